"""The shape to draw for a run: the notebook's graph, and the run's tasks it does not have."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.deployed import DeployedGraph, DeployedTask
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.render.shape import Absence, Edge, EdgeKind, Node, NodeKind, Shape
from sfdag_magics.render.shape_of import shape_of


def shape_of_run(shape: Shape, deployed: DeployedGraph, seen: RunSnapshot | None = None) -> Shape:
    """`shape` with the tasks that are deployed or that a run had, and have no cell here: marked so.

    Args:
        seen: the run; it may have tasks that neither the notebook nor the graph has any more.
    """
    here = {key_of(node.name): node.name for node in shape.nodes}
    missing = [task for name, task in deployed.tasks.items() if key_of(name) not in here]
    known = {*here, *map(key_of, deployed.tasks)}
    lost = [name for name in (seen.tasks if seen else ()) if key_of(name) not in known]
    if not missing and not lost:
        return shape
    spelled = {name: here.get(key_of(name), name) for name in deployed.tasks}
    gone = {task.name for task in missing}
    # A task that is here may stand below one that is not: what is deployed says so.
    pairs = [
        (above, name)
        for name, task in deployed.tasks.items()
        for above in task.predecessors
        if name in gone or above in gone
    ]
    answers = {pair for pair in pairs if deployed.is_answer(*pair)}
    edges = [
        Edge(
            tail=spelled[above],
            head=spelled[name],
            kind=EdgeKind.BRANCH if (above, name) in answers else EdgeKind.AFTER,
        )
        for above, name in pairs
    ]
    branches = {above for above, _ in answers}
    nodes = (
        *shape.nodes,
        *(_node(task, is_branch=task.name in branches) for task in missing),
        *(Node(name=name, absence=Absence.DROPPED) for name in lost),
    )
    drawn = replace(shape, nodes=nodes, edges=_without_finalizers(shape) + tuple(edges))
    return _with_finalizers(drawn)


def _node(task: DeployedTask, *, is_branch: bool) -> Node:
    kind = NodeKind.PYTHON if task.is_python else NodeKind.SQL
    kind = NodeKind.BRANCH if is_branch else kind
    kind = NodeKind.FINALIZER if task.is_finalizer else kind
    return Node(name=task.name, kind=kind, group=task.group, absence=Absence.NOT_LOADED)


def _without_finalizers(shape: Shape) -> tuple[Edge, ...]:
    return tuple(edge for edge in shape.edges if edge.kind is not EdgeKind.FINALIZER)


def _with_finalizers(shape: Shape) -> Shape:
    finalizers = [node.name for node in shape.nodes if node.kind is NodeKind.FINALIZER]
    last = tuple(
        Edge(tail=leaf, head=finalizer, kind=EdgeKind.FINALIZER)
        for finalizer in finalizers
        for leaf in shape.leaves()
    )
    return replace(shape, edges=(*shape.edges, *last))


def shape_seen(graph: TaskGraph, run: Run | None) -> Shape:
    """What is drawn of a graph: its tasks here, and those only the run has."""
    shape = shape_of(graph)
    return shape_of_run(shape, run.deployed, run.snapshot) if run else shape
