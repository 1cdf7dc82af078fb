"""A graph of the notebook as the scheduler knows graphs. Pure."""

from __future__ import annotations

from sfdag_magics.engine.scheduler.graphs import GraphSpec, TaskSpec
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.sql.predecessor_states import needs_any_outcome


def spec_of(graph: TaskGraph) -> GraphSpec:
    """The graph with its root as it would be deployed; free of cycles."""
    root = key_of(graph.name)
    order = [graph.task(name) for name in graph.topology.order]
    specs = {task.name: _spec(graph, task.name, root) for task in order}
    finalizer = graph.finalizer
    return GraphSpec(
        root_id=root,
        version=1,
        database="DB",
        schema="SCHEMA",
        tasks={
            root: TaskSpec(name=root, task_id=root),
            **{specs[task.name].name: specs[task.name] for task in order if not task.finalizer},
        },
        finalizer=specs[finalizer.name] if finalizer else None,
        automatic_retries=graph.options.auto_retry or 0,
    )


def _spec(graph: TaskGraph, name: str, root: str) -> TaskSpec:
    stored = graph.deployed_name(name)
    above = tuple(map(graph.deployed_name, graph.predecessors(name)))
    condition = graph.condition(name)
    return TaskSpec(
        name=stored,
        task_id=stored,
        predecessors=() if graph.task(name).finalizer else above or (root,),
        condition=condition,
        runs_after_any_outcome=needs_any_outcome(condition),
    )
