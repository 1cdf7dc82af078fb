"""What is said of tasks that are in the graph though no cell makes them now. Asks no target."""

from __future__ import annotations

from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.registry import Registry


def left_behind(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    """Notes on all of them."""
    return (*without_cell(registry, graph), *_renamed(registry, graph))


def without_cell(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    """Notes on the tasks whose cells were deleted."""
    return tuple(
        f"{name} is still in the graph, though its cell was deleted: "
        f"%sfdag forget {name}, or deploy --prune"
        for name in registry.without_cell(graph)
    )


def _renamed(registry: Registry, graph: TaskGraph) -> tuple[str, ...]:
    return tuple(
        f"{name} is still in the graph, though its cell has become another task: "
        f"%sfdag forget {name}"
        for name in registry.left_behind(graph)
    )
