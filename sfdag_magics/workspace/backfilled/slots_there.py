"""The slots of a deployed graph's schedule up to now, for whoever looks on. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sfdag_magics.client.backfilling.lately import SlotsLately, lately
from sfdag_magics.client.backfilling.told_runs import ToldRuns, told_runs
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.times.schedule import Schedule, parse_schedule
from sfdag_magics.graph.times.slots import Range, Slot, zone_of_schedule
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
    within, slots = _lately(backend, deployed, schedule, since, now)
    # Where the calendar does not go back to when the graph was made, neither do its runs.
    is_narrow = within.after > since
    after = within.after if is_narrow else deployed.created or within.after
    told = told_runs(backend, deployed, after=after, now=now)
    first = _first_told(told)
    if first is not None and first < since:  # a backfill ran what was before the graph
        earlier = max(first, now - _YEAR)
        _, slots = _lately(backend, deployed, schedule, earlier, now)
    return SlotsLately(
        schedule=deployed.schedule,
        zone=zone,
        zone_name=zone_name,
        seen=tuple(
            each
            for each in with_states(slots, told, schedule, deployed)
            if each.slot.end > since or each.run is not None
        ),
        is_begun=not deployed.schedule_waits,
    )


def _due_since(deployed: DeployedGraph, schedule: Schedule, now: datetime) -> datetime:
    """After when something may have been due by now."""
    if deployed.schedule_waits:
        return now
    if deployed.created is None:
        return now - _YEAR
    return min(max(due_since(schedule, deployed.created), now - _YEAR), now)


def _lately(
    backend: Backend, deployed: DeployedGraph, schedule: Schedule, since: datetime, now: datetime
) -> tuple[Range, tuple[Slot, ...]]:
    anchor = anchor_of(backend, deployed, schedule, Range(since, now))
    return lately(schedule, since=since, now=now, anchor=anchor)


def _first_told(told: ToldRuns) -> datetime | None:
    """When the first slot begins that a run was told."""
    return min((run.slot.start for run in told.runs if run.slot is not None), default=None)
