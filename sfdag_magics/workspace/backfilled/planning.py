"""What a backfill would run: its slots by schedule and history. Changes nothing.

Whatever it decides by stands in the history and in what was typed, so that another kernel goes on
where this one ended.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from sfdag_magics.client.backfilling.asked import Asked, Reprocess, chosen
from sfdag_magics.client.backfilling.slots_seen import SlotRun, SlotSeen, last_backfill
from sfdag_magics.client.backfilling.told_runs import ToldRuns, told_runs
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.usual import MOST
from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted, short_run
from sfdag_magics.graph.states import GraphRunState, SlotState
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import Schedule, schedule_from_option
from sfdag_magics.graph.times.slots import Range, Slot, slots_in, typed_range, zone_of_schedule
from sfdag_magics.place_words import EVERY, ONE_AT_A_TIME, OVERLAP, RANGE, REPROCESS_ALL
from sfdag_magics.workspace.answers.backfill import Backfill
from sfdag_magics.workspace.backfilled.known_slots import anchor_of, due_since, with_states
from sfdag_magics.workspace.workspace import Workspace

#: As far back as a service tells of runs.
_YEAR = timedelta(days=365)


def planned(
    workspace: Workspace, graph: TaskGraph, asked: Asked, target: str | None, *, now: datetime
) -> Backfill:
    """The slots that are meant, what became of each, and which of them would be run.

    Changes nothing.

    Raises:
        InputError: the graph has no schedule and none is given, the range is none, it is not
            deployed and no range is given, or so many runs at once are not allowed.
    """
    asked.check(now=now)
    deployed = workspace.there.found(graph, target)
    if deployed is None and not graph.tasks:
        deployed = workspace.there.deployed(graph, target)  # which says what to do
    backend = workspace.places.backend(target)
    _check_most(graph, deployed, asked)
    schedule = _schedule(graph, deployed, asked)
    within = _range(graph, deployed, asked, schedule, now)
    told = ToldRuns((), within.after)
    if deployed is not None:
        told = told_runs(backend, deployed, after=within.after, now=now)
    anchor = _anchor(backend, deployed, asked, schedule, within)
    slots = slots_in(schedule, within, anchor=anchor)
    seen = with_states(slots, told, schedule, deployed)
    those, before = _chosen(seen, asked, told, schedule)
    zone, zone_name = zone_of_schedule(schedule)
    return Backfill(
        graph=graph.name,
        place=backend.place,
        schedule=schedule.to_text(),
        zone=zone,
        zone_name=zone_name,
        within=within,
        seen=seen,
        chosen=those,
        asked=asked,
        usual=_usual(told.runs),
        notes=tuple(_notes(seen, told, deployed, asked, goes_on=bool(before))),
        id=before or secrets.token_hex(4),
    )


def words_of(asked: Asked, schedule: str) -> str:
    """By what the runs of a backfill are known as those of one that is asked for again."""
    return f"{asked.words} {schedule}"


def _check_most(graph: TaskGraph, deployed: DeployedGraph | None, asked: Asked) -> None:
    overlap = graph.options.overlap or OverlapPolicy.NO_OVERLAP
    overlaps = (deployed is not None and deployed.overlaps) or overlap != OverlapPolicy.NO_OVERLAP
    if asked.most > 1 and not overlaps:
        raise InputError(
            f"{asked.most} runs at once: those of graph {graph.name} do not overlap, and one that "
            "waits for its turn would be replaced by the next",
            hint=f"{ONE_AT_A_TIME}, or let them overlap first: {OVERLAP}",
        )


def _schedule(graph: TaskGraph, deployed: DeployedGraph | None, asked: Asked) -> Schedule:
    if asked.schedule is not None:
        return asked.schedule
    text = (deployed.schedule if deployed is not None else None) or graph.options.schedule
    if text is None:
        raise InputError(
            f"graph {graph.name} has no schedule, so nothing says which slots there are",
            hint=EVERY,
        )
    return schedule_from_option(text)


def _range(
    graph: TaskGraph,
    deployed: DeployedGraph | None,
    asked: Asked,
    schedule: Schedule,
    now: datetime,
) -> Range:
    since = now if asked.start else _since(graph, deployed, schedule, now)
    zone, _ = zone_of_schedule(schedule)
    found = typed_range(asked.start, asked.end, zone=zone, since=since, now=now)
    if asked.every is None or isinstance(schedule, CronSchedule):
        return found
    # Intervals are counted from START itself; a moment's range begins a little before it.
    return replace(found, after=found.after + found.after.microsecond % 2 * timedelta.resolution)


def _since(
    graph: TaskGraph, deployed: DeployedGraph | None, schedule: Schedule, now: datetime
) -> datetime:
    """Since when a schedule may have missed something."""
    if deployed is None or deployed.schedule is None or deployed.schedule_waits:
        raise InputError(
            f"the schedule of graph {graph.name} was never started, so it has missed nothing",
            hint=RANGE,
        )
    earliest = now - _YEAR
    created = deployed.created
    return earliest if created is None else max(due_since(schedule, created), earliest)


def _anchor(
    backend: Backend,
    deployed: DeployedGraph | None,
    asked: Asked,
    schedule: Schedule,
    within: Range,
) -> datetime:
    """From where intervals are counted: START where their length is given, else as the engine."""
    if deployed is None or asked.every is not None:
        return within.after
    return anchor_of(backend, deployed, schedule, within)


def _chosen(
    seen: Sequence[SlotSeen], asked: Asked, told: ToldRuns, schedule: Schedule
) -> tuple[tuple[Slot, ...], str]:
    """The slots to run, and the id of the backfill that goes on with them, if one does.

    Of all slots the states do not tell which were run again; of the others they do.
    """
    every = chosen(seen, asked)
    if asked.reprocess is not Reprocess.ALL:
        return every, ""
    before, done = last_backfill(told.runs, words_of(asked, schedule.to_text()))
    if not done or done.issuperset(every):
        return every, ""
    return chosen(seen, asked, done=done), before


def _usual(runs: Iterable[SlotRun]) -> timedelta | None:
    """How long the last runs took that succeeded, at once where some did."""
    well = [run for run in runs if run.state is GraphRunState.SUCCEEDED]
    at_once = [run for run in well if run.attempt == 1]
    newest = sorted(at_once or well, key=lambda run: run.scheduled, reverse=True)[:MOST]
    took = [
        (run.completed - run.started).total_seconds()
        for run in newest
        if run.completed and run.started
    ]
    return timedelta(seconds=median(took)) if took else None


def _notes(
    seen: Sequence[SlotSeen],
    told: ToldRuns,
    deployed: DeployedGraph | None,
    asked: Asked,
    *,
    goes_on: bool,
) -> Iterator[str]:
    running = [short_run(each.run) for each in seen if each.state is SlotState.RUNNING and each.run]
    unknown = sum(each.state is SlotState.UNKNOWN for each in seen)
    if running:
        runs = listed([*dict.fromkeys(running)])
        yield f"running now, and left alone: {counted(len(running), 'slot')}, run {runs}"
    if unknown:
        why = "" if told.is_whole else " (who may read SNOWFLAKE.ACCOUNT_USAGE sees a year)"
        yield (
            f"{counted(unknown, 'slot')} unknown: nothing is told of runs before "
            f"{told.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC{why}; {REPROCESS_ALL} runs them too"
        )
    if goes_on:
        yield "goes on with the same backfill, which ended before all were run"
    if asked.start is None and deployed is not None and not deployed.is_started:
        yield "the graph's schedule is suspended: what it passes over meanwhile is missing as well"
