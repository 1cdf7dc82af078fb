"""What became of the slots of a schedule, by the runs that the history tells of. Pure.

A run that was told its slot counts for that, and for each that lies within it; any other for the
last slot that had ended when it was due, which is the one its tasks are told of.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sfdag_magics.graph.states import GraphRunState, SlotState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.light_classes import dataclass

_STATES = {
    GraphRunState.SUCCEEDED: SlotState.SUCCEEDED,
    GraphRunState.SCHEDULED: SlotState.RUNNING,
    GraphRunState.EXECUTING: SlotState.RUNNING,
    GraphRunState.FAILED: SlotState.FAILED,
    GraphRunState.CANCELLED: SlotState.CANCELLED,
    GraphRunState.SKIPPED: SlotState.SKIPPED,
}
#: What one run of a slot says for all of them; of the others the newest counts.
_ABOVE_ALL = (SlotState.RUNNING, SlotState.SUCCEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRun:
    """A run as far as it tells of a slot; times are aware UTC.

    Attributes:
        started: when its first attempt began.
        attempt: its last one; a run that was retried has rested between them.
        slot: what it was told; None where it was told none.
        backfill: which backfill began it, and `words` how that was asked for; empty where none did.
    """

    group_id: str
    state: GraphRunState
    scheduled: datetime
    started: datetime | None = None
    completed: datetime | None = None
    attempt: int = 1
    slot: Slot | None = None
    backfill: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class SlotSeen:
    """A slot, and what became of it.

    Attributes:
        run: the id of the run that says so; None where there is none.
    """

    slot: Slot
    state: SlotState
    run: str | None = None


def slots_seen(
    slots: Sequence[Slot],
    runs: Iterable[SlotRun],
    *,
    next_end: datetime,
    told_since: datetime | None = None,
) -> tuple[SlotSeen, ...]:
    """Each slot with its state.

    Args:
        slots: of one schedule, the oldest first, without a gap.
        next_end: when the slot behind the last one ends: runs from then on are of others.
        told_since: earlier runs may have been, and the history does not have them.
    """
    by_slot = runs_of_slots(slots, runs, next_end=next_end)
    return tuple(_seen(slot, by_slot.get(slot, ()), told_since) for slot in slots)


def runs_of_slots(
    slots: Sequence[Slot], runs: Iterable[SlotRun], *, next_end: datetime
) -> Mapping[Slot, Sequence[SlotRun]]:
    """`{slot: its runs}`, the newest first. Args as of `slots_seen`."""
    starts, ends = [slot.start for slot in slots], [slot.end for slot in slots]
    found: dict[Slot, list[SlotRun]] = {}
    for run in sorted(runs, key=lambda run: run.scheduled, reverse=True):
        if run.slot is not None:
            first, last = bisect_left(starts, run.slot.start), bisect_right(ends, run.slot.end)
        else:
            last = bisect_right(ends, run.scheduled) if run.scheduled < next_end else 0
            first = max(last - 1, 0)
        for slot in slots[first:last]:
            found.setdefault(slot, []).append(run)
    return found


def _seen(slot: Slot, runs: Sequence[SlotRun], told_since: datetime | None) -> SlotSeen:
    states = [_STATES[run.state] for run in runs]
    for state in (*_ABOVE_ALL, *states[:1]):
        if state in states:
            return SlotSeen(slot, state, runs[states.index(state)].group_id)
    is_told = told_since is None or slot.end >= told_since
    return SlotSeen(slot, SlotState.MISSING if is_told else SlotState.UNKNOWN)


def last_backfill(runs: Iterable[SlotRun], words: str) -> tuple[str, frozenset[Slot]]:
    """The newest backfill that was asked for so, and the slots that it ran; empty without one."""
    its = [run for run in runs if run.words == words and run.slot is not None]
    if not its:
        return "", frozenset()
    newest = max(its, key=lambda run: run.scheduled).backfill
    return newest, frozenset(run.slot for run in its if run.slot and run.backfill == newest)
