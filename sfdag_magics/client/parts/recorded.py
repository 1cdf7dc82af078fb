"""What tasks returned in earlier runs: the values that stand for them in a bridge. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypedDict

from sfdag_magics.client.observing.bridges.lineage import ByHand
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass

_HAS_VALUE = frozenset({DisplayState.SUCCEEDED, DisplayState.REUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What one task gave.

    Attributes:
        value: as text; None where it returned nothing.
        run: the id of the run; empty where a person said it.
    """

    value: str | None
    run: str


def recorded(seen: RunSnapshot, lost: Collection[str] = ()) -> dict[str, Recorded]:
    """`{task: what it gave}` of the tasks that succeeded in a run, or were kept by it.

    Args:
        lost: tables of frames that are no more: what names one gives nothing.
    """
    return {
        name: Recorded(value=task.return_value, run=_origin(seen, name))
        for name, task in seen.tasks.items()
        if task.state in _HAS_VALUE and task.return_value not in lost
    }


class Said(TypedDict):
    """What a lineage notes of what a person said of tasks."""

    by_hand: Mapping[str, ByHand]
    who: str
    because: str
    said_in: str


NOTHING_SAID = Said(by_hand={}, who="", because="", said_in="")


def said_before(seen: RunSnapshot | None, tasks: Collection[str]) -> Said:
    """What was said by hand of these tasks in a run, or in the one that it had that from."""
    before = seen.lineage if seen is not None else None
    still = {n: s for n, s in before.by_hand.items() if n in tasks} if before is not None else {}
    if seen is None or before is None or not still:
        return NOTHING_SAID
    return Said(
        by_hand=still,
        who=before.who,
        because=before.because,
        said_in=before.said_in or seen.group_id or "",
    )


def skipped(seen: RunSnapshot) -> tuple[str, ...]:
    """The tasks that the run skipped."""
    return tuple(n for n, task in seen.tasks.items() if task.state is DisplayState.SKIPPED)


def newest_with(
    runs: Iterable[RunSnapshot], needed: Collection[str], lost: Collection[str] = ()
) -> RunSnapshot | None:
    """The first of these runs, the newest first, that has a value of each of these tasks."""
    return next((seen for seen in runs if not lacking(recorded(seen, lost), needed)), None)


def lacking(there: Mapping[str, Recorded], needed: Collection[str]) -> tuple[str, ...]:
    """The tasks that are needed and gave nothing."""
    return tuple(name for name in needed if name not in there)


def _origin(seen: RunSnapshot, task: str) -> str:
    """The run in which it ran: a bridge gives on what another recorded."""
    kept = seen.lineage.kept if seen.lineage is not None else {}
    return kept.get(task, seen.group_id or "")
