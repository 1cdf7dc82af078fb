"""A graph as a `graphviz.Digraph`. Knows no states; `dot` itself is not called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sfdag_magics.graph.task import Task, TaskKind
from sfdag_magics.graph.topology import Topology

if TYPE_CHECKING:
    # A sixth of what loading the extension takes; the engine and its workers draw nothing.
    import graphviz

#: A box for a layout, in inches, where the caller names no other.
BOX_IN = (2.2, 0.7)
#: Between ranks, in inches: below each other they need an arrow's room and no more.
_RANKSEP, _RANKSEP_DOWN = "0.4", "0.28"
#: Between what stands side by side in a rank, in inches.
GAP_IN = 0.3
#: Keeps a line free for a group's name. An empty table and no text: Graphviz would look for a font.
_TITLE_ROOM = (
    '<<TABLE BORDER="0" CELLBORDER="0" FIXEDSIZE="TRUE" WIDTH="8" HEIGHT="10">'
    "<TR><TD></TD></TR></TABLE>>"
)


def digraph(
    name: str,
    tasks: Sequence[Task],
    topology: Topology,
    arms: Mapping[str, tuple[str, ...]],
    *,
    labels: bool,
) -> graphviz.Digraph:
    """The tasks as nodes `n0…` in their order, groups as clusters, a finalizer after the leaves."""
    index = {task.name: number for number, task in enumerate(tasks)}
    edges = [
        (index[above], index[task.name], "dashed" if task.name in arms.get(above, ()) else "solid")
        for task in tasks
        for above in topology.parents[task.name]
        if above in index  # an unknown name is `validate`'s to report
    ]
    edges += [
        (index[leaf], index[finalizer.name], "dotted")
        for finalizer in tasks
        if finalizer.finalizer
        for leaf in topology.leaves
        if leaf != finalizer.name
    ]
    members: dict[str, list[int]] = {}
    for number, task in enumerate(tasks):
        if task.group is not None:
            members.setdefault(task.group, []).append(number)
    if not labels:
        return skeleton(len(tasks), edges, list(members.values()))
    drawn = _drawn(name, {"shape": "box", "style": "rounded", "fontname": "sans-serif"})
    for number, task in enumerate(tasks):
        drawn.node(f"n{number}", **_look(task))
    _add_groups(drawn, list(members.values()), [_escaped(group) for group in members])
    _add_edges(drawn, edges)
    return drawn


def skeleton(
    count: int,
    edges: Iterable[tuple[int, int, str]],
    groups: Sequence[Sequence[int]],
    *,
    box_in: tuple[float, float] = BOX_IN,
    direction: str = "LR",
    sizes: Mapping[int, tuple[float, float]] | None = None,
    columns: int = 0,
    gap_in: float = GAP_IN,
) -> graphviz.Digraph:
    """Boxes of one size without a name or a text, to be laid out: nodes `n0…`, clusters by index.

    Args:
        edges: `(tail, head, style)`.
        groups: the nodes of each cluster.
        box_in: width and height of every box, in inches.
        sizes: of the boxes that are larger.
        columns: what hangs together by no edge stands in so many columns; 0: as it comes.
        gap_in: between what stands side by side in a rank, in inches.
    """
    node = {"shape": "box", "label": "", "fixedsize": "true"}
    larger = sizes or {}
    ranksep = _RANKSEP_DOWN if direction == "TB" else _RANKSEP
    apart = {"pack": "30", "packmode": f"array_c{columns}"} if columns else {}
    drawn = _drawn(
        None,
        node | _size(*box_in),
        rankdir=direction,
        nodesep=str(gap_in),
        ranksep=ranksep,
        **apart,
    )
    drawn.attr("edge", arrowhead="none")
    for number in _told_in_order(count, groups) if direction == "LR" else range(count):
        drawn.node(f"n{number}", **(_size(*larger[number]) if number in larger else {}))
    _add_groups(drawn, groups, [_TITLE_ROOM] * len(groups))
    _add_edges(drawn, edges)
    return drawn


def _told_in_order(count: int, groups: Iterable[Sequence[int]]) -> list[int]:
    """All boxes, those of a group the other way round: rightwards, Graphviz turns each cluster."""
    told = list(range(count))
    for group in groups:
        for number, turned in zip(sorted(group), sorted(group, reverse=True), strict=True):
            told[number] = turned
    return told


def _size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{width:.4f}", "height": f"{height:.4f}"}


def _drawn(name: str | None, node: Mapping[str, str], **graph: str) -> graphviz.Digraph:
    import graphviz

    return graphviz.Digraph(name=name, graph_attr={"rankdir": "LR"} | graph, node_attr=dict(node))


def _add_groups(
    drawn: graphviz.Digraph, groups: Sequence[Sequence[int]], labels: Sequence[str]
) -> None:
    for number, (members, label) in enumerate(zip(groups, labels, strict=True)):
        with drawn.subgraph(name=f"cluster_{number}") as cluster:
            cluster.attr(label=label, margin="8")
            for member in members:
                cluster.node(f"n{member}")


def _add_edges(drawn: graphviz.Digraph, edges: Iterable[tuple[int, int, str]]) -> None:
    for tail, head, style in edges:
        drawn.edge(f"n{tail}", f"n{head}", **({} if style == "solid" else {"style": style}))


def _look(task: Task) -> dict[str, str]:
    if task.branch:
        shape = "diamond"
    elif task.finalizer:
        shape = "octagon"
    else:
        shape = "cylinder" if task.kind is TaskKind.SQL else "box"
    return {"label": _escaped(task.name), "shape": shape}


def _escaped(text: str) -> str:
    import graphviz

    escaped: str = graphviz.escape(text)
    return escaped
