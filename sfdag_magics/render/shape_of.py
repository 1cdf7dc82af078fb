"""The shape of a graph of the notebook. Knows `TaskGraph`; a deployed graph is read elsewhere."""

from __future__ import annotations

from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape


def shape_of(graph: TaskGraph) -> Shape:
    """What is drawn of `graph`: its tasks in their order, its effective edges, its groups."""
    topology, arms = graph.topology, graph.branches
    nodes = tuple(Node(name=task.name, kind=_kind(task), group=task.group) for task in graph.tasks)
    known = {node.name for node in nodes}
    edges = [
        Edge(
            tail=above,
            head=task.name,
            kind=EdgeKind.BRANCH if task.name in arms.get(above, ()) else EdgeKind.AFTER,
        )
        for task in graph.tasks
        for above in topology.parents[task.name]
        if above in known  # an unknown name is `validate`'s to report, and drawing must go on
    ]
    shape = Shape(name=graph.name, nodes=nodes, edges=tuple(edges))
    return _with_finalizer(shape, graph.finalizer)


def _kind(task: Task) -> NodeKind:
    if task.finalizer:
        return NodeKind.FINALIZER
    if task.branch:
        return NodeKind.BRANCH
    return NodeKind.SQL if task.kind is TaskKind.SQL else NodeKind.PYTHON


def _with_finalizer(shape: Shape, finalizer: Task | None) -> Shape:
    if finalizer is None:
        return shape
    last = tuple(
        Edge(tail=leaf, head=finalizer.name, kind=EdgeKind.FINALIZER) for leaf in shape.leaves()
    )
    return Shape(name=shape.name, nodes=shape.nodes, edges=(*shape.edges, *last))
