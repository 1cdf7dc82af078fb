"""A graph as a `graphviz.Digraph`. Knows no states; `dot` itself is not called here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import graphviz

from sfdag_magics.graph.task import Task, TaskKind
from sfdag_magics.graph.topology import Topology

#: The box of the live view, in inches, for the layout.
BOX_WIDTH_IN = 2.2
BOX_HEIGHT_IN = 0.7


def digraph(
    name: str,
    tasks: Sequence[Task],
    topology: Topology,
    arms: Mapping[str, tuple[str, ...]],
    *,
    labels: bool,
) -> graphviz.Digraph:
    """The tasks as nodes `n0…` in their order, groups as clusters, a finalizer after the leaves."""
    ids = {task.name: f"n{index}" for index, task in enumerate(tasks)}
    drawn = graphviz.Digraph(name=name, graph_attr={"rankdir": "LR"}, node_attr=_NODES[labels])
    for group, members in _groups(tasks).items():
        _add_nodes(drawn, ids, members, group, labels=labels)
    for task in tasks:
        for above in topology.parents[task.name]:
            style = {"style": "dashed"} if task.name in arms.get(above, ()) else {}
            drawn.edge(ids[above], ids[task.name], **style)
    for finalizer in (task.name for task in tasks if task.finalizer):
        for leaf in topology.leaves:
            if leaf != finalizer:
                drawn.edge(ids[leaf], ids[finalizer], style="dotted")
    return drawn


_NODES = {
    True: {"shape": "box", "style": "rounded", "fontname": "sans-serif"},
    False: {
        "shape": "box",
        "label": "",
        "fixedsize": "true",
        "width": str(BOX_WIDTH_IN),
        "height": str(BOX_HEIGHT_IN),
    },
}


def _groups(tasks: Sequence[Task]) -> dict[str | None, list[Task]]:
    members: dict[str | None, list[Task]] = {}
    for task in tasks:
        members.setdefault(task.group, []).append(task)
    return members


def _add_nodes(
    drawn: graphviz.Digraph,
    ids: Mapping[str, str],
    members: Sequence[Task],
    group: str | None,
    *,
    labels: bool,
) -> None:
    if group is None:
        for task in members:
            drawn.node(ids[task.name], **(_look(task) if labels else {}))
        return
    with drawn.subgraph(name=f"cluster_{ids[members[0].name]}") as cluster:
        cluster.attr(label=graphviz.escape(group) if labels else "")
        _add_nodes(cluster, ids, members, None, labels=labels)


def _look(task: Task) -> dict[str, str]:
    if task.branch:
        shape = "diamond"
    elif task.finalizer:
        shape = "octagon"
    else:
        shape = "cylinder" if task.kind is TaskKind.SQL else "box"
    return {"label": graphviz.escape(task.name), "shape": shape}
