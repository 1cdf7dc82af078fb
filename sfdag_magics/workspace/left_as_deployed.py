"""What of a failed run a retry takes from the notebook, and what it runs as it is deployed.

A kernel that was started again has no cell of the graph, and a cell that is run then may have
joined another graph: who looks before a retry is told so. Starts nothing, ships nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from sfdag_magics.client.observing.intentions import (
    Edited,
    LeftAsDeployed,
    listed,
    runs_again,
)
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import CaptureError, InputError
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.seen_code import newer_here
from sfdag_magics.workspace.workspace import Workspace


def left_as_deployed(
    registry: Registry, graph: TaskGraph, run: Run, gone: Collection[str] = ()
) -> LeftAsDeployed:
    """The Python tasks of the run's next attempt whose cells are not in the graph here.

    Args:
        gone: the tasks that are no longer deployed either.
    """
    there = run.deployed.tasks
    again = [name for name in runs_again(run.snapshot) if name not in gone]
    left = [name for name in again if name not in graph and name in there and there[name].is_python]
    if not left:
        return LeftAsDeployed()
    ours = [n for n in again if n in graph and graph.task(n).kind is TaskKind.PYTHON]
    return LeftAsDeployed(tasks=tuple(left), says=_why(registry, graph, left), is_all=not ours)


def goes_along(workspace: Workspace, graph: TaskGraph, run: Run, target: str) -> Edited:
    """What the run's retry would take along; asks the target where this kernel deployed nothing."""
    gone = _gone(workspace, graph, run, target)
    left = left_as_deployed(workspace.registry, graph, run, gone)
    shipped = workspace.shipped
    code = shipped.edited_code(graph, target)
    if graph.tasks and not shipped.knows(graph, target):
        try:
            code = newer_here(workspace, graph, target)
        except (CaptureError, InputError):  # the retry itself says what is wrong with a cell
            code = ()
    return Edited(
        code=code,
        in_graph=shipped.edited_in_graph(graph, target),
        altered=shipped.altered(graph, target),
        left=left,
        gone=gone,
    )


def _gone(workspace: Workspace, graph: TaskGraph, run: Run, target: str) -> tuple[str, ...]:
    """What did not succeed and is not in the graph as it was seen last; asks nobody."""
    seen = workspace.places.place(target).seen.get(key_of(graph.name))
    there = seen.graph if seen is not None and seen.graph is not None else run.deployed
    return tuple(name for name in runs_again(run.snapshot) if name not in there.tasks)


def _why(registry: Registry, graph: TaskGraph, left: list[str]) -> str:
    """Where the cells are instead, where they are."""
    others = {name: registry.elsewhere(name, graph) for name in left}
    joined = [name for name, other in others.items() if other is not None]
    if not joined:
        each = "its cell was" if len(left) == 1 else "their cells were"
        return f"{listed(left)} as deployed: {each} not run here"
    other = next(each for each in others.values() if each is not None)
    each = "its cell" if len(joined) == 1 else "their cells"
    way = registry.way_into(graph, other)
    return f"{listed(left)} as deployed: {each} joined graph {other.name} here; {way}"
