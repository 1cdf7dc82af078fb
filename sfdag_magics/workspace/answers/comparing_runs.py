"""Finds two runs of a graph and holds them beside each other. Changes nothing."""

from __future__ import annotations

from sfdag_magics.client.code.retried_code import with_all_that_ran
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.answers.comparison import Comparison
from sfdag_magics.workspace.workspace import Workspace

#: Of the newest runs one waits at most, and one is the newest that has begun.
_NEAR = 3


def compared_runs(
    workspace: Workspace,
    graph: TaskGraph,
    first: str | None,
    second: str | None,
    target: str | None,
) -> Comparison:
    """The run whose id begins with `first`, and the other; without one the newest.

    Without any it is the newest and the one before it.

    Raises:
        InputError: there is no such run, or both are the same.
    """
    other = workspace.runs.find(graph, second, target, begun=True, past=True)
    first = first or _before(workspace, graph, other, target)
    one = workspace.runs.find(graph, first, target, begun=True, past=True)
    if one.group_id == other.group_id:
        raise InputError(
            f"{one.snapshot.label} is the newest run itself"
            if second is None
            else f"{first} and {second} are the same run",
            hint=str(to_type("runs")),
        )
    backend = workspace.places.backend(target)
    seen = with_all_that_ran(backend, other.deployed, (one.refresh(), other.refresh()))
    reads = {task.name: task.parameters for task in graph.tasks}
    return Comparison(first=seen[0], second=seen[1], reads=reads)


def _before(workspace: Workspace, graph: TaskGraph, run: Run, target: str | None) -> str:
    """The id of the run before the newest one."""
    seen = workspace.runs.recent(graph, target, last=_NEAR)
    begun = (each.group_id for each in seen if each.has_begun and each.group_id != run.group_id)
    if (found := next(begun, None)) is None:
        raise InputError(
            f"{run.snapshot.label} is the only one: there is none to compare it with",
            hint=str(to_type("run")),
        )
    return found
