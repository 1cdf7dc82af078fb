"""What a drawing needs to know of a graph: names, edges, groups. Knows nothing of runs or states.

A shape comes from the cells of a notebook or from a graph that was deployed by somebody else, so
its names may hold anything. Two graphs of equal shape have equal layouts.
"""

from __future__ import annotations

from enum import StrEnum

from sfdag_magics.light_classes import dataclass


class Absence(StrEnum):
    """Why a task is drawn that the notebook has no cell of; as it is said."""

    NOT_LOADED = "not loaded here"
    #: The run had it; the graph was deployed without it since, or dropped.
    DROPPED = "no longer deployed"


class EdgeKind(StrEnum):
    """Why one task stands after another."""

    AFTER = "after"
    #: The predecessor is a branch: it answers which of its successors run.
    BRANCH = "branch"
    #: From a leaf to the finalizer, which runs when everything else has ended.
    FINALIZER = "finalizer"


class NodeKind(StrEnum):
    """What sort of task a node is; shown as a small mark on its box."""

    PYTHON = "python"
    SQL = "sql"
    BRANCH = "branch"
    FINALIZER = "finalizer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One task of a shape.

    Attributes:
        absence: None where its cell was run in this notebook.
    """

    name: str
    kind: NodeKind = NodeKind.PYTHON
    group: str | None = None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One arrow; both ends name nodes of the same shape."""

    tail: str
    head: str
    kind: EdgeKind = EdgeKind.AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A graph as drawn. The root task is left out: it has no body and stands above everything."""

    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """`{group: its tasks}`, in order of first appearance."""
        members: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.group is not None:
                members.setdefault(node.group, []).append(node.name)
        return {group: tuple(names) for group, names in members.items()}

    def leaves(self) -> tuple[str, ...]:
        """The tasks nothing stands after; a finalizer and the edges to it are not counted."""
        tails = {edge.tail for edge in self.edges if edge.kind is not EdgeKind.FINALIZER}
        return tuple(
            node.name
            for node in self.nodes
            if node.kind is not NodeKind.FINALIZER and node.name not in tails
        )
