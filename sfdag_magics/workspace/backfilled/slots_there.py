"""The slots of a deployed graph's schedule up to now, for whoever looks on. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sfdag_magics.client.backfilling.lately import SlotsLately, lately
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.client.backfilling.told_runs import ToldRuns, told_runs
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.times.schedule import Schedule, parse_schedule
from sfdag_magics.graph.times.slots import Range, zone_of_schedule
from sfdag_magics.workspace.backfilled.known_slots import anchor_of, due_since, with_states
from sfdag_magics.workspace.workspace import Workspace

_YEAR = timedelta(days=365)


def slots_there(
    workspace: Workspace, graph: TaskGraph, target: str, *, now: datetime
) -> SlotsLately | None:
    """The last slots with what became of them; None where the graph has no schedule there.

    Raises:
        InputError: the schedule is none that is known here.
        BackendError: the target does not say what ran.
    """
    deployed = workspace.there.found(graph, target)
    if deployed is None or deployed.schedule is None:
        return None
    schedule = parse_schedule(deployed.schedule)
    zone, zone_name = zone_of_schedule(schedule)
    backend = workspace.places.backend(target)
    since = _due_since(deployed, schedule, now)
    anchor = anchor_of(backend, deployed, schedule, Range(since, now))
    within, slots = lately(schedule, since=since, now=now, anchor=anchor)
    # Where the calendar does not go back to when the graph was made, neither do its runs.
    is_narrow = within.after > since
    after = within.after if is_narrow else deployed.created or within.after
    told = told_runs(backend, deployed, after=after, now=now)
    seen = with_states(slots, told, schedule, deployed)
    if not is_narrow:
        seen = _known([*_before(told, schedule, deployed, since=since), *seen], since=since)
    return SlotsLately(
        schedule=deployed.schedule,
        zone=zone,
        zone_name=zone_name,
        seen=seen,
        is_begun=not deployed.schedule_waits,
    )


def _due_since(deployed: DeployedGraph, schedule: Schedule, now: datetime) -> datetime:
    """After when something may have been due by now."""
    if deployed.schedule_waits:
        return now
    if deployed.created is None:
        return now - _YEAR
    return min(max(due_since(schedule, deployed.created), now - _YEAR), now)


def _before(
    told: ToldRuns, schedule: Schedule, deployed: DeployedGraph, *, since: datetime
) -> Iterable[SlotSeen]:
    """The slots that were never due, those of before the graph, from the first that was run.

    An interval may have been started again since: they count from where the backfill began.
    """
    first = min((run.slot.start for run in told.runs if run.slot is not None), default=since)
    if first >= since:
        return ()
    _, slots = lately(schedule, since=max(first, since - _YEAR), now=since, anchor=first)
    return with_states(slots, told, schedule, deployed)


def _known(seen: Sequence[SlotSeen], *, since: datetime) -> tuple[SlotSeen, ...]:
    """From the first that was run or due to the last; what a backfill left out between is missing.

    Nothing says that anybody wants those behind it, where none was due yet.
    """
    places = [n for n, each in enumerate(seen) if each.run is not None or each.slot.end > since]
    return tuple(seen[places[0] : places[-1] + 1]) if places else ()
