"""What is said of tasks that are in the graph though no cell makes them now. Asks no target."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.registry import Registry


def left_behind(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    """Notes on all of them."""
    return (
        *without_cell(registry, graph),
        *_renamed(registry, graph),
        *_left_names(registry, graph),
    )


def _left_names(registry: Registry, graph: TaskGraph) -> list[str]:
    """A note for what each task takes that is in the kernel alone."""
    sources = {task.name: task.source.name for task in graph.tasks if task.source is not None}
    left = {task: registry.left_names(function) for task, function in sources.items()}
    return [
        f"{task} takes {listed(names)}, which no cell gives any more: a kernel that is started "
        "again has not got it"
        for task, names in left.items()
        if names
    ]


def without_cell(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    """A note on the tasks whose cells were deleted."""
    return _noted(
        registry.without_cell(graph), "was deleted", "were deleted", ", or deploy --prune"
    )


def _renamed(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    return _noted(registry.left_behind(graph), "has become another task", "have become other tasks")


def _noted(names: Sequence[str], one: str, several: str, other_way: str = "") -> tuple[str, ...]:
    """One note, however many there are: each goes by the same command."""
    match names:
        case []:
            return ()
        case [name]:
            what, forget = f"{name} is still in the graph, though its cell {one}", name
        case _:
            listing = listed(names)
            what, forget = f"{listing} are still in the graph, though their cells {several}", "NAME"
    return (f"{what}: {to_type('forget', task=forget)}{other_way}",)
