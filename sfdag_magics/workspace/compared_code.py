"""The code of a run's task beside another version of it: an attempt's, a success's, the cell's."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.bundle import CodeLine, own_lines, read_archive
from sfdag_magics.client.code.differing_lines import (
    Against,
    CodeAsk,
    Compared,
    as_they_are,
    compared_lines,
)
from sfdag_magics.client.running.ran_lines import sql_lines
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.workspace import Workspace


def compared_code(
    workspace: Workspace, graph: TaskGraph, run: Run, task: str, ask: CodeAsk, target: str
) -> tuple[Compared, ...]:
    """The lines that a task ran, beside what is asked for; empty where both are the same.

    Raises:
        InputError: one of the two is not there.
        CaptureError: what the cell takes cannot be shipped as it stands.
    """
    if ask.against is Against.RUN:
        return compared_lines(*_lines_of_both(run, task, ask.runs))
    ran = run.ran_lines(task)
    match ask.against:
        case Against.CELL:
            return compared_lines(ran, _lines_here(workspace, graph, task, target))
        case Against.SUCCESS:
            return compared_lines(run.last_good_lines(task), ran)
        case Against.ATTEMPT:
            return compared_lines(run.ran_lines(task, ask.attempt), ran)
        case Against.NOTHING:
            return as_they_are(ran)


def _lines_of_both(run: Run, task: str, groups: Sequence[str]) -> list[tuple[CodeLine, ...]]:
    if len(groups) != 2:
        raise InputError("the code of two runs can be compared", hint=to_type("runs"))
    return [run.beside(group).ran_lines(task) for group in groups]


def _lines_here(
    workspace: Workspace, graph: TaskGraph, task: str, target: str
) -> tuple[CodeLine, ...]:
    if task not in graph:
        raise InputError(f"no cell of {task} was run in this kernel", hint="run its cell first")
    here = graph.task(task)
    if here.kind is TaskKind.SQL:
        return sql_lines(here.body)
    standing = workspace.deploys.standing(graph, target, schedule_waits=True)
    code = workspace.deploys.code(standing.whole)
    return own_lines(read_archive(code.archive), here.name) if code is not None else ()
