"""Which task really waits for which: what is written, and what the parameters imply. Pure.

A name is that of a task, or of a map and means all of its tasks.
A value parameter adds an edge only if that task is not already above by another way. This is the
transitive reduction of those edges within the whole graph, so the order of cells does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from sfdag_magics.graph.maps import Mapped, maps_of, named_by
from sfdag_magics.graph.task import Task
from sfdag_magics.graph.topology import Topology


def explicit_edges(tasks: Mapping[str, Task]) -> dict[str, tuple[str, ...]]:
    """`{task: tasks it names by --after}` in the tasks' own spelling; unknown names left out.

    Args:
        tasks: by `key_of` their name.
    """
    maps = maps_of(tasks.values())
    return {task.name: _known(task.after, tasks, maps) for task in tasks.values()}


def effective_edges(tasks: Mapping[str, Task]) -> dict[str, tuple[str, ...]]:
    """`{task: the tasks it waits for}`; on a graph with a cycle all edges, implied ones too."""
    explicit, maps = explicit_edges(tasks), maps_of(tasks.values())
    implied = {
        task.name: _known((p.name for p in task.values), tasks, maps)
        for task in tasks.values()
        if not task.finalizer
    }
    full = Topology(
        {name: dict.fromkeys((*above, *implied.get(name, ()))) for name, above in explicit.items()}
    )
    if full.cycle is not None:
        return dict(full.parents)
    ancestors = cache(full.ancestors)  # of few tasks: a task with one above it has no other way
    return {
        name: tuple(
            each
            for each in above
            if each in explicit[name]
            or not any(each in ancestors(other) for other in above if other != each)
        )
        for name, above in full.parents.items()
    }


def _known(
    names: Iterable[str], tasks: Mapping[str, Task], maps: Mapping[str, Mapped]
) -> tuple[str, ...]:
    found = (each for name in names for each in named_by(name, tasks, maps))
    return tuple(dict.fromkeys(found))
