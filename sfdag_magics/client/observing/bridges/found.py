"""The runs of a graph's bridges, found by the name that their roots have in common.

Also those of bridges that are gone, which most are: the history keeps what they ran.
"""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.bridges.bridged import bridge_root, bridged
from sfdag_magics.client.observing.bridges.lineage import LineageKind, lineage_of
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRun:
    """A run of a graph or of one of its bridges.

    Attributes:
        graph: what its rows belong to.
        row: its root's.
    """

    graph: DeployedGraph
    row: HistoryRow


def bridge_runs(
    backend: Backend, graph: DeployedGraph, *, limit: int = 100, start: str = ""
) -> tuple[FoundRun, ...]:
    """The newest runs of the graph's bridges, the newest first. One request.

    Args:
        start: what their ids begin with.
    """
    all_bridges = replace(graph, root=bridge_root(graph.root), root_id="")
    condition = f"SCHEMA_NAME = {quoted_string(graph.root.schema or '')}"
    if start:
        condition += f" AND GRAPH_RUN_GROUP_ID LIKE {quoted_string(f'{start}%')}"
    rows = history.root_rows(backend, all_bridges, condition, limit=limit)
    found = []
    for row in rows:
        lineage = lineage_of((row.config or {}).get(history.OWN_CONFIG_KEY))
        if lineage is not None:  # else a person's own graph is called so
            found.append(FoundRun(graph=bridged(graph, lineage), row=row))
    return tuple(found)


def continued_by(backend: Backend, graph: DeployedGraph, run: str) -> tuple[str, ...]:
    """The ids of the runs of bridges in which a run goes on, the newest first. One request.

    Args:
        run: its id.
    """
    found = bridge_runs(backend, graph.origin or graph)
    return tuple(
        each.row.group_id
        for each in found
        if each.graph.lineage is not None
        and each.graph.lineage.kind is LineageKind.RETRY
        and each.graph.lineage.of == run
    )
