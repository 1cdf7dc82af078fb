"""The slot that a run is told in its configuration: how it is written there, and read. Pure.

By it a run is found again as that of its slot, and its tasks read it from their context; what is
written here, `run_slots` reads where a task runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.observing.history import OWN_CONFIG_KEY
from sfdag_magics.run_slots import Slot, noted_slot, slot_by_schedule

#: Under what our key of a run's configuration says its slot, and which backfill began it.
NOTED_SLOT, NOTED_BACKFILL = "slot", "backfill"


def slot_note(slot: Slot) -> Mapping[str, Any]:
    """What a run of this slot is told, its moments with their offsets."""
    start, end = (moment.isoformat() for moment in slot)
    return {NOTED_SLOT: {"start": start, "end": end}}


def slot_told(config: Mapping[str, Any] | None) -> Slot | None:
    """The slot that a run's configuration tells, in UTC; None where it tells none."""
    try:
        said = noted_slot(config)
    except LookupError:  # written by hand: the run's tasks say so
        return None
    return None if said is None else Slot(*(moment.astimezone(UTC) for moment in said))


def backfill_told(config: Mapping[str, Any] | None) -> Mapping[str, str]:
    """What a run's configuration tells of the backfill that began it: its `id`, its `words`."""
    own = (config or {}).get(OWN_CONFIG_KEY)
    said = own.get(NOTED_BACKFILL) if isinstance(own, Mapping) else None
    return {key: str(each) for key, each in said.items()} if isinstance(said, Mapping) else {}


def note_of_run(
    config: Mapping[str, Any] | None, schedule: str | None, due: datetime | None, graph: str
) -> Mapping[str, Any]:
    """What a run is told that goes on from this one, which is of the same slot; may be nothing.

    Args:
        config: of the run that it goes on from.
        schedule: of the graph, as it is deployed.
        due: when that run was due.
    """
    own = (config or {}).get(OWN_CONFIG_KEY)
    if isinstance(own, Mapping) and NOTED_SLOT in own:
        return {NOTED_SLOT: own[NOTED_SLOT]}
    if schedule is None or due is None:
        return {}
    try:
        return slot_note(slot_by_schedule(schedule, due, graph))
    except LookupError:  # a service may know more schedules than we do
        return {}
