"""Who stands above whom. Knows names and edges only: no task, no state, no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter


class Topology:
    """A read-only directed graph of names; node order is kept and breaks every tie.

    Edges to names that are no node are left out: who asks for them has named them before.
    """

    def __init__(self, parents: Mapping[str, Iterable[str]]) -> None:
        #: `{node: the nodes directly above it}`, in the order they were given.
        self.parents: Mapping[str, tuple[str, ...]] = {
            node: tuple(dict.fromkeys(name for name in above if name in parents))
            for node, above in parents.items()
        }

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """`{node: the nodes directly below it}`."""
        below: dict[str, list[str]] = {node: [] for node in self.parents}
        for node, above in self.parents.items():
            for name in above:
                below[name].append(node)
        return {node: tuple(names) for node, names in below.items()}

    @property
    def roots(self) -> tuple[str, ...]:
        """The nodes with nothing above them."""
        return tuple(node for node, above in self.parents.items() if not above)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The nodes with nothing below them."""
        return tuple(node for node, below in self.children.items() if not below)

    def ancestors(self, *nodes: str) -> frozenset[str]:
        """All that stands above these, near or far; a node itself only on a cycle."""
        return _reached(self.parents, nodes)

    def descendants(self, *nodes: str) -> frozenset[str]:
        """All that stands below these, near or far; a node itself only on a cycle."""
        return _reached(self.children, nodes)

    @cached_property
    def cycle(self) -> tuple[str, ...] | None:
        """One cycle along its edges, its first node again at the end, or None."""
        return self.cycles[0] if self.cycles else None

    @cached_property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Cycles that have no node in common; without one of each there may be others."""
        found: list[tuple[str, ...]] = []
        left = dict(self.parents)
        while cycle := _cycle(left):
            found.append(cycle)
            left = {
                node: tuple(each for each in above if each not in cycle)
                for node, above in left.items()
                if node not in cycle
            }
        return tuple(found)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every node after all that is above it.

        Raises:
            ValueError: there is a cycle.
        """
        if self.cycle is not None:
            raise ValueError(f"a cycle has no order: {' → '.join(self.cycle)}")
        position = {node: index for index, node in enumerate(self.parents)}
        sorter = TopologicalSorter(self.parents)
        sorter.prepare()
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=position.__getitem__)
            order.extend(ready)
            sorter.done(*ready)
        return tuple(order)

    def between(self, starts: Iterable[str], ends: Iterable[str]) -> frozenset[str]:
        """The nodes on any path from one of `starts` to one of `ends`, both included."""
        first, last = tuple(starts), tuple(ends)
        below = self.descendants(*first) | set(first)
        above = self.ancestors(*last) | set(last)
        return frozenset(below & above)


def _cycle(parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as exc:
        return tuple(exc.args[1])
    return ()


def _reached(edges: Mapping[str, tuple[str, ...]], nodes: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name for node in nodes for name in edges[node]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(edges[name])
    return frozenset(found)
