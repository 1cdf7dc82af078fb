"""The slots of a deployed graph with what became of them, and which of them its schedule missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sfdag_magics.client.backfilling.slots_seen import SlotRun, SlotSeen, slots_seen
from sfdag_magics.client.backfilling.told_runs import ToldRuns, told_runs
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.graph.times.schedule import Schedule, parse_schedule
from sfdag_magics.graph.times.slots import Range, Slot, end_after, slots_in
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

#: So far back missed slots are told of beside a graph's schedule.
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Missed:
    """How many slots of the last week a graph has missed, and since when.

    What was left out because a run was going is not among them, unless that was a backfill's own.
    """

    count: int = 0
    since: datetime | None = None

    def __str__(self) -> str:
        if self.since is None:
            return ""
        since = dated_text(self.since)
        return f"{counted(self.count, 'slot')} missed since {since}: {to_type('backfill')}"


def missed_slots(backend: Backend, deployed: DeployedGraph, *, now: datetime) -> Missed:
    """What a graph whose schedule is started has missed; nothing where to ask costs a warehouse."""
    if not backend.is_embedded or not deployed.is_started:
        return Missed()
    if deployed.schedule is None or deployed.created is None:
        return Missed()
    try:
        schedule = parse_schedule(deployed.schedule)
        since = max(due_since(schedule, deployed.created), now - _WEEK)
        within = Range(min(since, now), now)
        anchor = anchor_of(backend, deployed, schedule, within)
        slots = slots_in(schedule, within, anchor=anchor)
    except InputError:  # a schedule that we do not know, or one of too many slots
        return Missed()
    if not slots:
        return Missed()
    told = told_runs(backend, deployed, after=within.after, now=now)
    missed = [
        each.slot
        for each in with_states(slots, told, schedule, deployed)
        if each.state is SlotState.MISSING and not _was_busy(each.slot, told.runs)
    ]
    return Missed(len(missed), missed[0].end) if missed else Missed()


def _was_busy(slot: Slot, runs: Iterable[SlotRun]) -> bool:
    """Whether a run was going when the slot was due; one of a backfill makes up for none."""
    return any(
        # Not since it was due: an engine that starts again runs the first of what it missed.
        (run.started or run.scheduled) <= slot.end
        and (run.completed is None or slot.end <= run.completed)
        for run in runs
        if not run.backfill
    )


def due_since(schedule: Schedule, created: datetime) -> datetime:
    """After when a graph that was made then may have been due: an interval is waited for first."""
    return created if isinstance(schedule, CronSchedule) else created + schedule.period


def anchor_of(
    backend: Backend, deployed: DeployedGraph, schedule: Schedule, within: Range
) -> datetime:
    """A time at which an interval was or will be due: it counts from when it was started."""
    if isinstance(schedule, CronSchedule):
        return within.after
    due = history.due_row(backend, deployed)
    if due is not None and due.scheduled is not None:
        return due.scheduled
    condition = "SCHEDULED_FROM = 'SCHEDULE'"
    rows = history.root_rows(backend, deployed, condition, limit=1)
    return next((row.scheduled for row in rows if row.scheduled), within.after)


def with_states(
    slots: Sequence[Slot],
    told: ToldRuns,
    schedule: Schedule,
    deployed: DeployedGraph | None,
) -> tuple[SlotSeen, ...]:
    """Each slot with what became of it; args as of what gave them."""
    if not slots:
        return ()
    created = deployed.created if deployed is not None else None
    is_all = deployed is None or (created is not None and created >= told.since)
    return slots_seen(
        slots,
        told.runs,
        next_end=end_after(schedule, slots[-1].end),
        told_since=None if is_all else told.since,
    )
