"""A bridge as the graph that it stands for: so a run of it is read as any other. Pure.

Made from the deployed graph and from what the run says of itself: the bridge may be gone.
"""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.bridges.lineage import Lineage, bridge_name
from sfdag_magics.client.observing.deployed import DeployedGraph, DeployedTask
from sfdag_magics.sqltext import QualifiedName


def bridge_root(root: QualifiedName) -> QualifiedName:
    """The full name of the root of a graph's bridge."""
    return replace(root, name=bridge_name(root.name))


def bridged(graph: DeployedGraph, lineage: Lineage) -> DeployedGraph:
    """The graph with the names of its bridge, and those of its tasks that the bridge has."""
    root = bridge_root(graph.root)
    return replace(
        graph,
        root=root,
        root_id=lineage.root_id,
        origin=graph,
        lineage=lineage,
        leftover=None,
        is_started=False,
        schedule=None,
        tasks={
            name: _bridged(task, graph.root.name, root.name)
            for name, task in graph.tasks.items()
            if name in lineage.tasks
        },
    )


def _bridged(task: DeployedTask, origin: str, root: str) -> DeployedTask:
    return replace(task, stored=f"{root}{task.stored.removeprefix(origin)}", origin=origin)
