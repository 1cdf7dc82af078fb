"""The order in which a layout sees a graph: the same however its tasks came. Pure.

A notebook tells tasks in the order of its cells, an account in one of its own, and of what it does
not load neither marks nor arms. None of that may move a box: a graph looks after a restart of the
kernel as it did before.
"""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from dataclasses import replace

from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape

_DIGITS = re.compile(r"(\d+)")


def ordered(shape: Shape) -> Shape:
    """The same tasks and arrows, by rank and then by name, without what a layout needs not."""
    place = {name: number for number, name in enumerate(_by_rank(shape))}
    nodes = sorted(shape.nodes, key=lambda node: place[node.name])
    edges = {(edge.tail, edge.head): edge.kind for edge in shape.edges}
    return Shape(
        name="",
        nodes=tuple(_plain(node) for node in nodes),
        edges=tuple(
            Edge(tail=tail, head=head, kind=_plain_kind(edges[tail, head]))
            for tail, head in sorted(edges, key=lambda pair: (place[pair[0]], place[pair[1]]))
        ),
    )


def _plain(node: Node) -> Node:
    kind = NodeKind.FINALIZER if node.kind is NodeKind.FINALIZER else NodeKind.PYTHON
    return replace(node, kind=kind, absence=None)


def _plain_kind(kind: EdgeKind) -> EdgeKind:
    return EdgeKind.FINALIZER if kind is EdgeKind.FINALIZER else EdgeKind.AFTER


def _by_rank(shape: Shape) -> list[str]:
    """Each task after those above it, those of a cycle last."""
    after: dict[str, set[str]] = defaultdict(set)
    for edge in shape.edges:
        after[edge.tail].add(edge.head)
    waits_for: dict[str, int] = {node.name: 0 for node in shape.nodes}
    for heads in after.values():
        for head in heads:
            waits_for[head] += 1
    free = [(0, _key(name), name) for name, count in waits_for.items() if not count]
    heapq.heapify(free)
    found: list[str] = []
    while free:
        rank, _, name = heapq.heappop(free)
        found.append(name)
        for head in after[name]:
            waits_for[head] -= 1
            if not waits_for[head]:
                heapq.heappush(free, (rank + 1, _key(head), head))
    return [*found, *sorted(set(waits_for) - set(found), key=_key)]


def _key(name: str) -> tuple[tuple[int, str], ...]:
    """Numbers in a name count as such: `load_9` before `load_10`."""
    parts = (part.lstrip("0") if at % 2 else part for at, part in enumerate(_DIGITS.split(name)))
    return tuple((len(part) if at % 2 else 0, part) for at, part in enumerate(parts))
