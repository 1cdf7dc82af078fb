"""The rows of a run that is looked at again and again: what has changed is asked for, where known.

The embedded engine tells a run's changes by a mark (`news`); a service tells all rows each time.
The statements are those of `history` on both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import attempts, history
from sfdag_magics.client.observing.attempts import GraphState
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.graph.states import TaskState
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """All rows of a run as of one look.

    Attributes:
        rows: by attempt and stored name.
        mark: of the run's news before they were read; empty where nobody knows it.
    """

    rows: Mapping[tuple[int, str], HistoryRow]
    mark: str = ""

    @property
    def since(self) -> datetime | None:
        """The run's first scheduled time."""
        times = (row.scheduled for row in self.rows.values() if row.scheduled)
        return min(times, default=None)


NOTHING = Followed(rows={})


def look(
    backend: Backend, graph: DeployedGraph, group_id: str, *, before: Followed, mark: str
) -> tuple[Followed, GraphState | None]:
    """The rows of the run now, and what is said of its last attempt where they do not say it.

    Args:
        before: the rows of an earlier look.
        mark: of the run's news, read just before.
    """
    if not mark:
        # The state first: rows read after it can only be newer, so a final one has all its rows.
        told = attempts.graph_state(backend, graph, group_id)
        return _rows(backend, graph, group_id, before=before, mark=mark), told
    seen = _rows(backend, graph, group_id, before=before, mark=mark)
    if not seen.rows or _is_going(seen.rows.values()):
        return seen, None
    told = attempts.graph_state(backend, graph, group_id)
    is_whole = not before.mark  # all rows were read at one moment, in which nothing was open
    if is_whole and told is not None and told.attempt == _last_attempt(seen.rows.values()):
        return seen, told
    return _with_changes(backend, graph, group_id, seen), told  # a final state has all its rows


def _rows(
    backend: Backend, graph: DeployedGraph, group_id: str, *, before: Followed, mark: str
) -> Followed:
    # What waits behind another run may be taken from the queue, and no change tells of a row that
    # is gone: such a run is read whole.
    if before.mark and not _waits(before.rows.values()):
        return replace(_with_changes(backend, graph, group_id, before), mark=mark)
    rows = history.rows_of_group(backend, graph, group_id, since=before.since)
    return Followed(rows=_by_task(rows), mark=mark)


def _with_changes(
    backend: Backend, graph: DeployedGraph, group_id: str, before: Followed
) -> Followed:
    if not before.mark:
        return Followed(rows=_by_task(history.rows_of_group(backend, graph, group_id)))
    changed = history.rows_of_group(
        backend, graph, group_id, since=before.since, changed_since=before.mark
    )
    return replace(before, rows={**before.rows, **_by_task(changed)}) if changed else before


def _by_task(rows: Collection[HistoryRow]) -> dict[tuple[int, str], HistoryRow]:
    return {(row.attempt, row.stored): row for row in rows}


def _is_going(rows: Collection[HistoryRow]) -> bool:
    """Whether the rows of the embedded engine alone say that the last attempt executes.

    A task is there as soon as what it waits for has ended. A root alone may wait for another run.
    """
    states = _last_states(rows)
    is_open = any(not state.is_final for state in states)
    return is_open and not _waits(rows)


def _waits(rows: Collection[HistoryRow]) -> bool:
    """Whether the last attempt is its root alone, and that has not begun."""
    return _last_states(rows) == {TaskState.SCHEDULED}


def _last_states(rows: Collection[HistoryRow]) -> set[TaskState]:
    last = _last_attempt(rows)
    return {row.state for row in rows if row.attempt == last}


def _last_attempt(rows: Collection[HistoryRow]) -> int:
    return max(row.attempt for row in rows)
