"""The code of a run's tasks beside other versions: deployed, in the cells, of another run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfdag_magics.bundle import CodeLine, capture, own_lines, read_archive, travels_text
from sfdag_magics.client.code.cells_now import CellNow
from sfdag_magics.client.code.code_that_ran import RanCode, code_that_ran
from sfdag_magics.client.code.differing_lines import (
    Against,
    CodeAsk,
    ComparedLine,
    as_they_are,
    compared_lines,
)
from sfdag_magics.client.deploying.standing import Standing
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.ran_lines import sql_lines
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import CaptureError, InputError
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.workspace import Workspace

#: So many things that a cell takes are listed by name.
_MOST_TAKEN = 12


def ran_code(
    workspace: Workspace, graph: TaskGraph, seen: RunSnapshot, target: str | None
) -> Mapping[str, RanCode]:
    """`{task: what it ran}` for the tasks that would run other code now. Two requests."""
    standing = workspace.deploys.standing(graph, target, schedule_waits=True)
    return code_that_ran(seen, standing.code, _here(workspace, graph, standing))


def ran_defaults(
    workspace: Workspace, graph: TaskGraph, run: Run, task: str, target: str | None
) -> Mapping[str, str | None] | None:
    """What a task of a run took for keys that are not set; None where its cell says the same.

    Raises:
        InputError: it ran other code than its cell has, and that is not kept any more.
    """
    return run.defaults(task) if task in ran_code(workspace, graph, run.snapshot, target) else None


def cells_now(graph: TaskGraph) -> tuple[CellNow, ...]:
    """The cells of the graph's tasks, and those that were run beside them, as they are now."""
    sources = [task.source for task in graph.tasks if task.source is not None]
    beside = sources[0].texts().items() if sources else ()
    return (
        *(CellNow(label=sources[0].place_of(name), text=text) for name, text in beside),
        *(CellNow(label=of.cell, text=of.text, first_line=of.first_line) for of in sources),
    )


def taken_here(graph: TaskGraph, task: str) -> tuple[tuple[str, str], ...]:
    """`(name, how and how much)` of what a task's cell takes from the notebook as it is now.

    Raises:
        InputError: the cell is no Python any more.
    """
    source = graph.task(task).source if task in graph else None
    if source is None:
        return ()
    taken = capture(task, source)
    told = [
        (each.name, f"{each.how.value}, {size_text(each.size)}")
        for each in taken.taken
        if each.name != source.name
    ]
    more = [("…", f"and {len(told) - _MOST_TAKEN} more")] if len(told) > _MOST_TAKEN else []
    notes = [("note", note) for note in dict.fromkeys(taken.notes)]
    problems = [("problem", each.message) for each in taken.problems]
    return ("all of it", travels_text(taken)), *told[:_MOST_TAKEN], *more, *problems, *notes


def newer_here(workspace: Workspace, graph: TaskGraph, target: str | None) -> tuple[str, ...]:
    """The Python tasks of the notebook whose code is not what is deployed.

    Raises:
        CaptureError, InputError: what a cell takes cannot be shipped as it stands.
    """
    standing = workspace.deploys.standing(graph, target, schedule_waits=True)
    code = workspace.deploys.code(standing.whole)
    here = code.tasks if code is not None else {}
    there = standing.code.tasks
    return tuple(name for name in here if name in graph and here[name] != there.get(name))


def _here(workspace: Workspace, graph: TaskGraph, standing: Standing) -> Mapping[str, str]:
    try:
        code = workspace.deploys.code(standing.whole)
    except (CaptureError, InputError):  # what a cell needs is not there yet: nothing to compare
        return {}
    tasks = code.tasks if code is not None else {}
    return {name: digest for name, digest in tasks.items() if name in graph}


def compared_code(
    workspace: Workspace, graph: TaskGraph, run: Run, task: str, ask: CodeAsk, target: str
) -> tuple[ComparedLine, ...]:
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
