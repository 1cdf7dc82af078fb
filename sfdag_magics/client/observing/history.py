"""Runs as TASK_HISTORY tells them: the statements, and their rows as values.

The same statements on both engines. Knows nothing of how a run is shown or followed; which runs
are executing is asked in `attempts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sfdag_magics.client.connecting.backend import Backend, Row, utc
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.history_arguments import (
    GROUP_START,
    KEPT,
    MOST_ROWS,
    OF_GROUP,
    WITH_CONFIG,
    information,
    known_of,
    lies_in,
    moment_argument,
    of_groups,
    unless,
)
from sfdag_magics.graph.states import TaskState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string

#: The key of a run's config that belongs to this package: the token a run is found by.
OWN_CONFIG_KEY = "sfdag"
#: Of the embedded engine only: a run that has begun, by its root and by what its config holds.
_BEGUN = "SYSTEM$SFDAG_RUN_BEGUN"
#: A graph that has more rows in less time is read as far as they are given.
_SHORTEST_WINDOW = timedelta(seconds=1)
#: What the root's row of a run that a schedule will start says.
_IS_DUE = "STATE = 'SCHEDULED' AND SCHEDULED_FROM = 'SCHEDULE'"
_COLUMNS = (
    "NAME, STATE, QUERY_ID, ERROR_CODE, ERROR_MESSAGE, SCHEDULED_TIME, QUERY_START_TIME, "
    "COMPLETED_TIME, RETURN_VALUE, SCHEDULED_FROM, ATTEMPT_NUMBER, GRAPH_RUN_GROUP_ID"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One row of TASK_HISTORY: one task in one attempt; times are aware UTC."""

    stored: str
    state: TaskState
    group_id: str
    attempt: int
    query_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    scheduled: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    return_value: str | None = None
    scheduled_from: str | None = None
    config: Mapping[str, Any] | None = None


def rows_of_group(
    backend: Backend,
    graph: DeployedGraph,
    group_id: str,
    *,
    since: datetime | None = None,
    changed_since: str = "",
) -> list[HistoryRow]:
    """All rows of one run over all attempts, however many rows are newer.

    Args:
        since: a time not after the run's first scheduled time; saves looking for that.
        changed_since: a mark of the run's news, where somebody knows it: rows that have not changed
            since then may be left out.
    """
    condition = f"GRAPH_RUN_GROUP_ID = {quoted_string(group_id)}"
    if backend.is_embedded:  # which finds them by index, where the service only has time ranges
        argument = {OF_GROUP: quoted_string(group_id)}
        if changed_since:
            argument["CHANGED_SINCE"] = quoted_string(changed_since)
        said = known_of(backend, argument)
        condition = unless(OF_GROUP, said, condition)
        return _history(backend, graph, condition, since=since, arguments=said)
    if since is None:
        begun = root_rows(backend, graph, condition)
        since = min((row.scheduled for row in begun if row.scheduled), default=None)
        if since is None:
            return []
    found = _history(backend, graph, condition, since=since)
    # The newest rows are given first: a run that is cut off lacks the root's, which is its first.
    if any(row.stored == graph.root.name and row.attempt == 1 for row in found):
        return found
    return _rows_by_windows(backend, graph, condition, since)


def rows_of_groups(
    backend: Backend, graph: DeployedGraph, group_ids: Sequence[str], since: datetime
) -> list[HistoryRow]:
    """The newest rows of these runs, as far as they are given.

    Args:
        since: a time not after the first scheduled time of any.
    """
    said = known_of(backend, of_groups(group_ids))
    return _history(backend, graph, "TRUE", since=since, arguments=said)


def _rows_by_windows(
    backend: Backend, graph: DeployedGraph, condition: str, since: datetime
) -> list[HistoryRow]:
    """Window after window from the run's start, each small enough, until one has none of it."""
    found: list[HistoryRow] = []
    start, now = since, datetime.now(UTC)
    while start < now:
        end = _window_end(backend, graph, start, now)
        rows = _history(backend, graph, condition, since=start, until=end)
        if not rows:
            break
        found += rows
        start = end
    return found


def _window_end(backend: Backend, graph: DeployedGraph, start: datetime, end: datetime) -> datetime:
    """The end of a window from `start` that has no more rows than are given at once."""
    while end - start > _SHORTEST_WINDOW:
        table = _table(backend, graph, since=start, until=end, limit=MOST_ROWS, arguments={})
        (row,) = backend.rows(f"SELECT COUNT(*) AS ROW_COUNT FROM {table}")  # noqa: S608 - literals are quoted by sqltext
        if int(row["ROW_COUNT"]) < MOST_ROWS:
            return end
        end = start + (end - start) / 2
    return end


def rows_of_token(backend: Backend, graph: DeployedGraph, token: str) -> list[HistoryRow]:
    """The root's rows of the run whose config carries this token; none where there is no run.

    The embedded engine stops at the newest, and so reads no more where a graph runs often.
    """
    said = known_of(backend, {WITH_CONFIG: quoted_string(token)})
    if said:
        named = {"TASK_NAME": quoted_string(graph.root.name), **said}
        return _history(backend, graph, "TRUE", limit=1, arguments=named)
    since = datetime.now(UTC) - timedelta(days=1)
    return root_rows(backend, graph, f"CONFIG LIKE {quoted_string(f'%{token}%')}", since=since)


def begun_with_token(backend: Backend, graph: DeployedGraph, token: str) -> str | None:
    """The id of the run whose config carries this token, once it has begun.

    None also where nobody tells that: on the service, and on an engine of an earlier release.
    """
    if not backend.knows(_BEGUN):
        return None
    asked = f"{_BEGUN}({quoted_string(graph.root_id)}, {quoted_string(token)})"
    ((group_id,),) = (row.values() for row in backend.rows(f"SELECT {asked} AS RUN"))
    return None if group_id is None else str(group_id)


def root_rows(
    backend: Backend,
    graph: DeployedGraph,
    condition: str = "TRUE",
    *,
    since: datetime | None = None,
    limit: int = MOST_ROWS,
    arguments: Mapping[str, str] = MappingProxyType({}),
) -> list[HistoryRow]:
    """The root's rows, one for each run, newest first; a run that is only due is left out."""
    return _history(
        backend,
        graph,
        f"NOT ({_IS_DUE}) AND {condition}",
        since=since,
        limit=limit + 1,  # at most one is due
        arguments={"TASK_NAME": quoted_string(graph.root.name), **arguments},
    )


def root_rows_named(backend: Backend, graph: DeployedGraph, start: str) -> list[HistoryRow]:
    """The root's rows of the runs whose id begins with `start`, newest first."""
    condition = f"GRAPH_RUN_GROUP_ID LIKE {quoted_string(f'{start}%')}"
    said = known_of(backend, {GROUP_START: quoted_string(start)})
    return root_rows(backend, graph, unless(GROUP_START, said, condition), arguments=said)


def root_names(backend: Backend, place: QualifiedName, start: str) -> dict[str, str]:
    """`{run's id: stored name of its root}` for ids that begin with `start`, the newest first.

    Of every graph beside `place`, also of those that were dropped. The service looks for them among
    its newest rows.
    """
    condition = f"GRAPH_RUN_GROUP_ID LIKE {quoted_string(f'{start}%')}"
    said = known_of(backend, {GROUP_START: quoted_string(start)})
    arguments = {**_range(None, None, is_embedded=backend.is_embedded), **said}
    listed = "".join(f"{name} => {value}, " for name, value in arguments.items())
    rows = backend.rows(
        "SELECT NAME, GRAPH_RUN_GROUP_ID "  # noqa: S608 - literals are quoted by sqltext
        f"FROM TABLE({information(place, 'TASK_HISTORY')}({listed}RESULT_LIMIT => {MOST_ROWS})) "
        f"WHERE {lies_in(place)} AND NOT ({_IS_DUE}) "
        f"AND {unless(GROUP_START, said, condition)} "
        # The root is scheduled first, and the names of the other tasks begin with its.
        "ORDER BY SCHEDULED_TIME DESC, LENGTH(NAME) DESC"
    )
    found = {str(row["GRAPH_RUN_GROUP_ID"]): str(row["NAME"]) for row in rows}
    return {group: name for group, name in found.items() if group.startswith(start)}


def past_root_id(backend: Backend, root: QualifiedName) -> str | None:
    """The id of the newest root task of this name that has a run, also of one that was dropped."""
    start = moment_argument(datetime.now(UTC) - KEPT, is_embedded=False)
    table = (
        f"TABLE({information(root, 'TASK_HISTORY')}(SCHEDULED_TIME_RANGE_START => {start}, "
        f"TASK_NAME => {quoted_string(root.name)}, RESULT_LIMIT => {MOST_ROWS}))"
    )
    rows = backend.rows(
        f"SELECT ROOT_TASK_ID FROM {table} "  # noqa: S608 - literals are quoted by sqltext
        f"WHERE {lies_in(root)} AND NOT ({_IS_DUE}) "
        "ORDER BY SCHEDULED_TIME DESC LIMIT 1"
    )
    return next((str(row["ROOT_TASK_ID"]) for row in rows), None)


def due_row(backend: Backend, graph: DeployedGraph) -> HistoryRow | None:
    """The root's row of the run that its schedule starts next; None where there is none yet."""
    arguments = {"TASK_NAME": quoted_string(graph.root.name)}
    found = _history(backend, graph, _IS_DUE, limit=2, arguments=arguments)
    return next(iter(found), None)


def _history(
    backend: Backend,
    graph: DeployedGraph,
    condition: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST_ROWS,
    arguments: Mapping[str, str] = MappingProxyType({}),
) -> list[HistoryRow]:
    # All rows of a run have the same config; asked for with each, it is most of the answer.
    config = f"CASE WHEN NAME = {quoted_string(graph.root.name)} THEN CONFIG END AS ROOT_CONFIG"
    table = _table(backend, graph, since=since, until=until, limit=limit, arguments=arguments)
    rows = backend.rows(
        f"SELECT {_COLUMNS}, {config} FROM {table} WHERE {condition} ORDER BY SCHEDULED_TIME DESC"  # noqa: S608 - literals are quoted by sqltext
    )
    return [row_from(row) for row in rows]


def _table(
    backend: Backend,
    graph: DeployedGraph,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    arguments: Mapping[str, str],
) -> str:
    """TASK_HISTORY with its arguments; what they leave out is never looked at by a condition."""
    said = {
        # A bridge has another root each time: all its runs have the name alone in common.
        **({"ROOT_TASK_ID": quoted_string(graph.root_id)} if graph.root_id else {}),
        **({} if OF_GROUP in arguments else _range(since, until, is_embedded=backend.is_embedded)),
        **arguments,
        "RESULT_LIMIT": str(min(limit, MOST_ROWS)),
    }
    listed = ", ".join(f"{name} => {value}" for name, value in said.items())
    return f"TABLE({information(graph.root, 'TASK_HISTORY')}({listed}))"


def _range(since: datetime | None, until: datetime | None, *, is_embedded: bool) -> dict[str, str]:
    """What bounds the rows where no run does; a run's own need none, and a time costs a query."""
    if since is None and until is None and is_embedded:
        return {}  # which looks back as far by itself
    earliest = datetime.now(UTC) - KEPT
    start = max(since - timedelta(seconds=2), earliest) if since else earliest
    bounds = {"START": start, "END": until} if until else {"START": start}
    return {
        f"SCHEDULED_TIME_RANGE_{name}": moment_argument(moment, is_embedded=is_embedded)
        for name, moment in bounds.items()
    }


def row_from(row: Row) -> HistoryRow:
    """A value for a row of TASK_HISTORY."""
    config = row["ROOT_CONFIG"]
    return HistoryRow(
        stored=str(row["NAME"]),
        state=TaskState(str(row["STATE"])),
        group_id=str(row["GRAPH_RUN_GROUP_ID"]),
        attempt=int(row["ATTEMPT_NUMBER"] or 1),
        query_id=row["QUERY_ID"],
        error_code=None if row["ERROR_CODE"] is None else str(row["ERROR_CODE"]),
        error_message=row["ERROR_MESSAGE"],
        scheduled=utc(row["SCHEDULED_TIME"]),
        started=utc(row["QUERY_START_TIME"]),
        completed=utc(row["COMPLETED_TIME"]),
        return_value=row["RETURN_VALUE"],
        scheduled_from=row["SCHEDULED_FROM"],
        config=json.loads(config) if config else None,
    )


def groups(rows: Sequence[HistoryRow]) -> dict[str, list[HistoryRow]]:
    """`{group id: its rows}`, the newest run first."""
    found: dict[str, list[HistoryRow]] = {}
    for row in rows:
        found.setdefault(row.group_id, []).append(row)
    return found
