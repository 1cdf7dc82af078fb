"""A graph as its cells describe it, whether it can run or not. Pure; judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sfdag_magics.graph.branches import candidates
from sfdag_magics.graph.edges import effective_edges, explicit_edges
from sfdag_magics.graph.maps import Mapped, maps_of, named_by
from sfdag_magics.graph.task import Task
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, kw_only=True)
class Described:
    """A graph as described: its name, and its tasks by `key_of` their names, in their order."""

    name: str
    tasks: Mapping[str, Task]

    @cached_property
    def explicit(self) -> Mapping[str, tuple[str, ...]]:
        """`{task: tasks it names by --after}`."""
        return explicit_edges(self.tasks)

    @cached_property
    def topology(self) -> Topology:
        """The effective edges between tasks; the root is left out."""
        return Topology(effective_edges(self.tasks))

    @cached_property
    def arms(self) -> Mapping[str, tuple[str, ...]]:
        """`{branch: its candidates}`."""
        return candidates(self.tasks, self.explicit)

    @cached_property
    def maps(self) -> Mapping[str, Mapped]:
        """`{key of a map's name: its tasks}`."""
        return maps_of(self.tasks.values())

    def means(self, name: str) -> tuple[str, ...]:
        """The tasks that a name means: one, or all of a map; none where it is neither."""
        return named_by(name, self.tasks, self.maps)

    @property
    def names(self) -> tuple[str, ...]:
        """The tasks' names, in the order they were first described."""
        return tuple(task.name for task in self.tasks.values())
