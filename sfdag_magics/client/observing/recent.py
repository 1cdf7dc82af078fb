"""Which runs a graph has: the newest, those that are going, those named, the last ones.

Asks for as few rows as will do: a graph of a thousand tasks has ten thousand of them in ten runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.states import TaskState
from sfdag_magics.sqltext import QualifiedName


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


def executing_groups(backend: Backend, deployed: DeployedGraph) -> tuple[str, ...]:
    """The groups of the runs that are going now."""
    going = history.executing(backend, deployed)
    return tuple(dict.fromkeys(run.group_id for run in going))


def start_of_id(named: str) -> str:
    """How the id of the run that is named so begins.

    >>> start_of_id("#3F2A")
    '3f2a'
    """
    return named.removeprefix("#").lower()


def groups_named(backend: Backend, deployed: DeployedGraph, start: str) -> tuple[str, ...]:
    """The groups whose id begins with `start`, the newest first."""
    found = history.root_rows_named(backend, deployed, start)
    wanted = (row.group_id for row in found if row.group_id.startswith(start))
    return tuple(dict.fromkeys(wanted))


def runs_named(backend: Backend, place: QualifiedName, start: str) -> Mapping[str, str]:
    """`{run's id: stored name of its graph's root}` by the start of the id, whatever the graph is.

    Args:
        place: anything in the schema that is looked through.
    """
    return history.root_names(backend, place, start)


def recent_snapshots(backend: Backend, deployed: DeployedGraph, *, last: int) -> list[RunSnapshot]:
    """The last attempts of the last runs, the newest run first."""
    # Twice, because a retry may have a row of its own for the root.
    roots = history.groups(history.root_rows(backend, deployed, limit=last * 2))
    wanted = list(roots)[:last]
    if not wanted:
        return []
    since = min(row.scheduled for group in wanted for row in roots[group] if row.scheduled)
    told = history.last_states(backend, deployed, wanted)
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
