"""What the buttons and questions of a live view do: as the verbs do it, with the run it shows.

Knows the workspace and which words a view has for them; draws nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.lifecycle import resume, suspend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.rows import with_rows
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import Parameter, ParameterKind, TaskGraph
from sfdag_magics.magics.showing.chosen import (
    own_config,
    part_of,
    run_chosen,
    run_form,
    schedule_there,
    ship,
    turn_schedule,
)
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.showing.drift_there import DriftThere
from sfdag_magics.magics.showing.retry_chosen import codes_asked, retry_asked, retry_way
from sfdag_magics.magics.showing.shapes import shape_seen
from sfdag_magics.magics.showing.slots_chosen import (
    backfill_begun,
    backfill_proposed,
    slots_lately,
)
from sfdag_magics.place_words import SHOW, ByPlace
from sfdag_magics.workspace.left_as_deployed import goes_along
from sfdag_magics.workspace.seen_code import (
    cells_now,
    compared_code,
    ran_code,
    ran_defaults,
    taken_here,
)
from sfdag_magics.workspace.starting import continued, stopped
from sfdag_magics.workspace.workspace import Workspace


def actions_of(
    workspace: Workspace,
    graph: TaskGraph,
    run: Run | None,
    target: str,
    *,
    missed: Callable[[str, str], str] | None = None,
) -> Any:  # noqa: ANN401 - imported late
    """What the buttons do: each acts on the run it is given, the one the view shows.

    Args:
        missed: what a task that failed with that error had not, and the notebook has.
    """
    actions = importlib.import_module("sfdag_magics.widget.held.actions")
    return actions.Actions(
        **_acting(workspace, graph, target),
        **_schedules(workspace, graph, target),
        connect=lambda _: workspace.places.backend(target),
        **_proposing(workspace, graph, target),
        **_of_tasks(workspace, graph, target),
        **_of_runs(workspace, graph, target),
        missed=missed,
        place=_place(workspace.places.target(target)),
        kept_place=run.place if run else "",
        others=_others(workspace, graph, target),
        anew=_anew(workspace, graph.name, target),
        back=_back(workspace, graph, target),
    )


def _place(target: Target) -> str:
    """Where it is, and whether that is production: every sheet says so before its last step."""
    return f"{target.place} · production" if target.production else target.place


def _acting(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, Any]:
    """What changes something there: `run`, `retry`, `stop`, `deploy`."""
    sheets = importlib.import_module("sfdag_magics.widget.told.sheets")
    return {
        "run": lambda talk: run_chosen(
            workspace,
            graph,
            target,
            talk.chosen.values,
            part=part_of(talk.chosen.part),
            agrees=talk.agrees,
            say=talk.say,
        ),
        "retry": lambda shown, talk: continued(
            workspace,
            graph,
            shown,
            target=target,
            asked=retry_asked(talk.chosen),
            **codes_asked(talk.chosen),
            agrees=talk.agrees,
            say=talk.say,
        ),
        "stop": lambda shown, talk: stopped(
            workspace, shown, target=target, agrees=talk.agrees, say=talk.say
        ),
        "deploy": lambda talk: ship(
            workspace,
            graph,
            target,
            lambda plan: sheets.plan_mark(plan) == talk.chosen.plan,
            agrees=talk.agrees,
            say=talk.say,
        ),
    }


def _schedules(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, Any]:
    """The graph's schedule there, and what turns it on and off."""
    return {
        "suspend": partial(_turn, workspace, graph, target, suspend, "suspend"),
        "resume": partial(_turn, workspace, graph, target, resume, "resume"),
        "schedule": lambda: schedule_there(workspace, graph, target),
        "slots": lambda: slots_lately(workspace, graph, target),
        "backfill": lambda typed: backfill_proposed(workspace, graph, target, typed),
        "backfilling": lambda: workspace.backfills.how_far(graph.name, target),
        "fill": lambda talk: backfill_begun(
            workspace, graph, target, talk.chosen.values, agrees=talk.agrees, say=talk.say
        ),
    }


def _proposing(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, Any]:
    """What stands in a sheet before anybody agrees."""
    shipped, drift = workspace.shipped, DriftThere(workspace.places, graph, target)
    return {
        "form": lambda typed, seen, whole: run_form(
            workspace, graph, target, typed, seen, whole=whole
        ),
        "plan": lambda: workspace.deploys.plan(graph, target),
        "config": lambda: own_config(workspace, graph, target),
        "again": lambda shown: goes_along(workspace, graph, shown, target),
        "way": lambda shown, chosen: retry_way(workspace, graph, shown, target, chosen),
        "cell_of": partial(_cell_of, graph),
        "cells": lambda: cells_now(graph),
        "edited": lambda: Edited(
            code=shipped.edited_code(graph, target),
            in_graph=shipped.edited_in_graph(graph, target),
            altered=shipped.altered(graph, target),
            any=shipped.not_shipped(graph, target),
            not_there=shipped.not_there(graph, target),
            by_others=drift.lines(),
        ),
        "since": lambda seen: shipped.changed_since(graph, seen, target),
    }


def _cell_of(graph: TaskGraph, name: str) -> tuple[str, str] | None:
    """Where the task's text begins, as `Cell [7] load, line 2`, and the text."""
    if name not in graph:
        return None
    task = graph.task(name)
    if task.source is not None:
        return f"{task.source.cell}, line {task.source.first_line}", task.source.text
    return (task.line_text(1), task.body) if task.written is not None else None


def _of_tasks(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, Any]:
    """What is read of a run's tasks, one after the other."""
    return {
        "logs": lambda shown, tasks, attempt, ask: shown.log_window(tasks, attempt, ask),
        "no_logs": lambda shown: shown.why_no_logs(),
        "shown": lambda shown, task, attempt: shown.shown(task, attempt),
        "attempts": lambda shown, task: shown.attempts(task),
        "parameters": lambda task: _parameters(graph, task),
        "elements": lambda shown, task: shown.elements(task),
        "defaults": lambda shown, task: ran_defaults(workspace, graph, shown, task, target),
        "changes": lambda shown, task: shown.why(task).changes,
        "cancelled": lambda shown, task: str(shown.cancelled(task) or ""),
        "code": lambda shown, task: str(
            ran_code(workspace, graph, shown.snapshot, target).get(task) or ""
        ),
        "lines": lambda shown, task, ask: compared_code(workspace, graph, shown, task, ask, target),
        "page": lambda query: _page(workspace, target, query),
        "ran_with": lambda shown, task: shown.ran_with(task),
        "takes": lambda task: taken_here(graph, task),
        "tables": lambda shown, task: shown.named_tables(task),
        "rows": lambda shown, task, said: shown.first_rows(task, said),
    }


def _parameters(graph: TaskGraph, name: str) -> tuple[Parameter, ...] | None:
    """What a task is given; for the list of a map's results, each of its tasks."""
    if name not in graph:
        return None
    task = graph.task(name)
    element = task.element.text if task.element is not None else None
    return tuple(
        replace(each, default=element)
        if each.kind is ParameterKind.GIVEN
        else replace(each, name=named)
        for each in task.parameters
        for named in (_named(graph, each) if each.kind is ParameterKind.VALUE else (each.name,))
    )


def _named(graph: TaskGraph, parameter: Parameter) -> tuple[str, ...]:
    return graph.means(parameter.name) or (parameter.name,)


def _of_runs(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, Any]:
    """Other runs of the graph, and what is drawn of one."""
    return {
        "past": lambda count: _past(workspace, graph, target, count),
        "at": lambda group: workspace.runs.find(graph, group, target, past=True),
        "shape": lambda shown: shape_seen(graph, shown),
    }


def _turn(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    do: Callable[[Backend, DeployedGraph], str],
    verb: str,
    talk: Any,  # noqa: ANN401 - imported late
) -> None:
    turn_schedule(workspace, graph, target, do, verb, agrees=talk.agrees, say=talk.say)


def _past(workspace: Workspace, graph: TaskGraph, target: str, count: int) -> list[RunSnapshot]:
    with starting_none():  # looking on is no reason to undo somebody's stop
        found = workspace.runs.recent_there(graph, target, last=count)
        if not found:
            return []
        backend = workspace.places.backend(target)
        return with_rows(backend, workspace.there.deployed(graph, target).root, found)


def _page(workspace: Workspace, target: str, query: str) -> str:
    pages = workspace.places.snowsight(target)
    return pages.query(query) if pages else ""


def _anew(workspace: Workspace, graph: str | None, target: str) -> str:
    """What shows the graph wherever no graph and no target is chosen yet."""
    is_default = target == workspace.places.targets.default
    elsewhere = Elsewhere(graph=graph, target=None if is_default else target)
    return elsewhere.completed(str(SHOW))


def _others(workspace: Workspace, graph: TaskGraph, target: str) -> list[tuple[str, str]]:
    """What shows the graph on each of the other targets."""
    names = [each.name for each in workspace.places.known_targets() if each.name != target]
    shows = [Elsewhere(graph=graph.name, target=name).completed(str(SHOW)) for name in names]
    calls = [f'open_target("{name}").live(…)' for name in names]
    return [(name, str(ByPlace(*each))) for name, *each in zip(names, shows, calls, strict=True)]


def _back(workspace: Workspace, graph: TaskGraph, target: str) -> str:
    """The same after the kernel's restart: the graph is the one that cells are to join again."""
    show = _anew(workspace, None, target)
    is_unnamed = workspace.registry.is_unnamed(graph)
    return show if is_unnamed else str(ByPlace(f"%sfdag graph {graph.name}\n{show}", show))
