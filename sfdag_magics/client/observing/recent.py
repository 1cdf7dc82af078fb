"""Which runs a graph has: the newest, those that are going, those named, the last ones.

Asks for as few rows as will do: a graph of a thousand tasks has ten thousand of them in ten runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import attempts, history
from sfdag_magics.client.observing.bridges.found import FoundRun, bridge_runs
from sfdag_magics.client.observing.bridges.lineage import bridged_root
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.states import TaskState
from sfdag_magics.sqltext import QualifiedName

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def past_graph(backend: Backend, name: str, root: QualifiedName) -> DeployedGraph | None:
    """A graph that is gone, as far as its runs tell of it; None where the service has none."""
    try:
        root_id = history.past_root_id(backend, root)
    except ConnectError:
        raise
    except BackendError:  # who may not read the history is told that the graph is not there
        return None
    if root_id is None:
        return None
    return DeployedGraph(
        name=name, root=root, root_id=root_id, is_started=False, schedule=None, config={}, mark={}
    )


def newest_root(backend: Backend, deployed: DeployedGraph, *, begun: bool) -> HistoryRow | None:
    """The root's row of the newest run, None where there is no run.

    Args:
        begun: prefer the newest that is more than waiting for its turn.
    """
    rows = history.root_rows(backend, deployed, limit=2)
    preferred = [row for row in rows if begun and row.state is not TaskState.SCHEDULED]
    return next(iter((*preferred, *rows)), None)


def newest_run(backend: Backend, deployed: DeployedGraph, *, begun: bool) -> FoundRun | None:
    """The newest run of the graph or of one of its bridges. Args as of `newest_root`."""
    row = newest_root(backend, deployed, begun=begun)
    found = [*bridge_runs(backend, deployed, limit=1)]  # first: one is made after its graph's run
    found += [FoundRun(graph=deployed, row=row)] if row is not None else []
    return max(found, key=lambda each: each.row.scheduled or _LONG_AGO, default=None)


def executing_groups(backend: Backend, deployed: DeployedGraph) -> tuple[str, ...]:
    """The groups of the runs that are going now."""
    going = attempts.executing(backend, deployed)
    return tuple(dict.fromkeys(run.group_id for run in going))


def start_of_id(named: str) -> str:
    """How the id of the run that is named so begins.

    >>> start_of_id("#3F2A")
    '3f2a'
    """
    return named.removeprefix("#").lower()


def groups_named(
    backend: Backend, deployed: DeployedGraph, start: str
) -> Mapping[str, DeployedGraph]:
    """`{id: the graph, or the bridge}` of the runs whose id begins with `start`, newest first."""
    rows = history.root_rows_named(backend, deployed, start)
    wanted = dict.fromkeys(row.group_id for row in rows if row.group_id.startswith(start))
    if wanted:
        return dict.fromkeys(wanted, deployed)
    return {each.row.group_id: each.graph for each in bridge_runs(backend, deployed, start=start)}


def runs_named(backend: Backend, place: QualifiedName, start: str) -> Mapping[str, str]:
    """`{run's id: stored name of its graph's root}` by the start of the id, whatever the graph is.

    Args:
        place: anything in the schema that is looked through.
    """
    found = history.root_names(backend, place, start)
    return {group: bridged_root(name) or name for group, name in found.items()}


def with_bridges(
    backend: Backend, deployed: DeployedGraph, found: Sequence[RunSnapshot], *, last: int
) -> list[RunSnapshot]:
    """The runs of `recent_snapshots` with those of the graph's bridges among them."""
    oldest = min((seen.scheduled for seen in found if seen.scheduled), default=_LONG_AGO)
    is_all = len(found) < last
    bridges = [
        _snapshot_of(backend, each)
        for each in bridge_runs(backend, deployed, limit=last)
        if is_all or (each.row.scheduled or _LONG_AGO) > oldest
    ]
    both = sorted((*found, *bridges), key=lambda seen: seen.scheduled or _LONG_AGO, reverse=True)
    return both[:last]


def _snapshot_of(backend: Backend, found: FoundRun) -> RunSnapshot:
    group = found.row.group_id
    told = attempts.graph_state(backend, found.graph, group)
    rows = history.rows_of_group(backend, found.graph, group, since=found.row.scheduled)
    return snapshot_from_rows(found.graph, rows or [found.row], told)


def recent_snapshots(backend: Backend, deployed: DeployedGraph, *, last: int) -> list[RunSnapshot]:
    """The last attempts of the last runs, the newest run first."""
    # Twice, because a retry may have a row of its own for the root.
    roots = history.groups(history.root_rows(backend, deployed, limit=last * 2))
    wanted = list(roots)[:last]
    if not wanted:
        return []
    since = min(row.scheduled for group in wanted for row in roots[group] if row.scheduled)
    told = attempts.last_states(backend, deployed, wanted)
    rows = history.groups(history.rows_of_groups(backend, deployed, wanted, since))
    return [
        snapshot_from_rows(
            deployed, _all_rows(backend, deployed, group, rows, roots), told.get(group)
        )
        for group in wanted
    ]


def _all_rows(
    backend: Backend,
    deployed: DeployedGraph,
    group: str,
    rows: Mapping[str, Sequence[HistoryRow]],
    roots: Mapping[str, Sequence[HistoryRow]],
) -> Sequence[HistoryRow]:
    """The run's rows; of a large graph not all came with the newest ones."""
    found = rows.get(group, ())
    if any(row.stored == deployed.root.name for row in found):
        return found
    return history.rows_of_group(backend, deployed, group, since=roots[group][-1].scheduled)
