"""The slots of a deployed graph's schedule up to now, for whoever looks on. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sfdag_magics.client.backfilling.lately import SlotsLately, lately
from sfdag_magics.client.backfilling.told_runs import told_runs
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.times.schedule import parse_schedule
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
    if deployed.schedule_waits:
        return SlotsLately(
            schedule=deployed.schedule, zone=zone, zone_name=zone_name, is_begun=False
        )
    backend = workspace.places.backend(target)
    created = deployed.created
    since = now - _YEAR if created is None else max(due_since(schedule, created), now - _YEAR)
    anchor = anchor_of(backend, deployed, schedule, Range(min(since, now), now))
    within, slots = lately(schedule, since=since, now=now, anchor=anchor)
    told = told_runs(backend, deployed, after=within.after, now=now)
    return SlotsLately(
        schedule=deployed.schedule,
        zone=zone,
        zone_name=zone_name,
        seen=with_states(slots, told, schedule, deployed),
    )
