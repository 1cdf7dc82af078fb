"""Runs as Snowflake's history functions tell them: the statements, and their rows as values.

The same statements on both engines. Knows nothing of how a run is shown or followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sfdag_magics.client.connecting.backend import Backend, Row, utc
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.states import GraphRunState, TaskState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

#: The key of a run's config that belongs to this package: the token a run is found by.
OWN_CONFIG_KEY = "sfdag"
#: Arguments of the embedded engine's history functions, which then find runs by index: by their
#: id, by what their id begins with, by what their config holds.
_OF_GROUP = "GRAPH_RUN_GROUP_ID"
_GROUP_START = "GRAPH_RUN_GROUP_ID_START"
_WITH_CONFIG = "CONFIG_PART"
#: Of the embedded engine only: a run that has begun, by its root and by what its config holds.
_BEGUN = "SYSTEM$SFDAG_RUN_BEGUN"
#: TASK_HISTORY refuses a longer range, and gives at most so many rows (Snowflake docs).
_KEPT = timedelta(days=6, hours=23)
_MOST_ROWS = 10_000
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphState:
    """What CURRENT_ or COMPLETE_TASK_GRAPHS says of one attempt of a run."""

    state: GraphRunState
    attempt: int
    group_id: str


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
        argument = {_OF_GROUP: quoted_string(group_id)}
        if changed_since:
            argument["CHANGED_SINCE"] = quoted_string(changed_since)
        said = _known(backend, argument)
        condition = _unless(_OF_GROUP, said, condition)
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
    said = _known(backend, _of_groups(group_ids))
    return _history(backend, graph, "TRUE", since=since, arguments=said)


def _of_groups(group_ids: Sequence[str]) -> dict[str, str]:
    """What makes the embedded engine find these runs by index."""
    return {_OF_GROUP: quoted_string(",".join(group_ids))}


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
        table = _table(backend, graph, since=start, until=end, limit=_MOST_ROWS, arguments={})
        (row,) = backend.rows(f"SELECT COUNT(*) AS ROW_COUNT FROM {table}")  # noqa: S608 - literals are quoted by sqltext
        if int(row["ROW_COUNT"]) < _MOST_ROWS:
            return end
        end = start + (end - start) / 2
    return end


def rows_of_token(backend: Backend, graph: DeployedGraph, token: str) -> list[HistoryRow]:
    """The root's rows of the run whose config carries this token; none where there is no run.

    The embedded engine stops at the newest, and so reads no more where a graph runs often.
    """
    said = _known(backend, {_WITH_CONFIG: quoted_string(token)})
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
    limit: int = _MOST_ROWS,
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
    said = _known(backend, {_GROUP_START: quoted_string(start)})
    return root_rows(backend, graph, _unless(_GROUP_START, said, condition), arguments=said)


def root_names(backend: Backend, place: QualifiedName, start: str) -> dict[str, str]:
    """`{run's id: stored name of its root}` for ids that begin with `start`, the newest first.

    Of every graph beside `place`, also of those that were dropped. The service looks for them among
    its newest rows.
    """
    condition = f"GRAPH_RUN_GROUP_ID LIKE {quoted_string(f'{start}%')}"
    said = _known(backend, {_GROUP_START: quoted_string(start)})
    arguments = {**_range(None, None, is_embedded=backend.is_embedded), **said}
    listed = "".join(f"{name} => {value}, " for name, value in arguments.items())
    rows = backend.rows(
        "SELECT NAME, GRAPH_RUN_GROUP_ID "  # noqa: S608 - literals are quoted by sqltext
        f"FROM TABLE({_function(place, 'TASK_HISTORY')}({listed}RESULT_LIMIT => {_MOST_ROWS})) "
        f"WHERE DATABASE_NAME = {quoted_string(place.database or '')} "
        f"AND SCHEMA_NAME = {quoted_string(place.schema or '')} AND NOT ({_IS_DUE}) "
        f"AND {_unless(_GROUP_START, said, condition)} "
        # The root is scheduled first, and the names of the other tasks begin with its.
        "ORDER BY SCHEDULED_TIME DESC, LENGTH(NAME) DESC"
    )
    found = {str(row["GRAPH_RUN_GROUP_ID"]): str(row["NAME"]) for row in rows}
    return {group: name for group, name in found.items() if group.startswith(start)}


def _known(backend: Backend, arguments: Mapping[str, str]) -> dict[str, str]:
    """Those that the embedded engine has of its own: by them it finds by index.

    Without any it looks through all, as the service does.
    """
    return {name: value for name, value in arguments.items() if backend.knows(name)}


def _unless(argument: str, said: Mapping[str, str], condition: str) -> str:
    """The condition where no argument says it: a text that differs from run to run is read anew."""
    return "TRUE" if argument in said else condition


def past_root_id(backend: Backend, root: QualifiedName) -> str | None:
    """The id of the newest root task of this name that has a run, also of one that was dropped."""
    start = f"TO_TIMESTAMP_LTZ({_timestamp(datetime.now(UTC) - _KEPT)})"
    table = (
        f"TABLE({_function(root, 'TASK_HISTORY')}(SCHEDULED_TIME_RANGE_START => {start}, "
        f"TASK_NAME => {quoted_string(root.name)}, RESULT_LIMIT => {_MOST_ROWS}))"
    )
    rows = backend.rows(
        f"SELECT ROOT_TASK_ID FROM {table} "  # noqa: S608 - literals are quoted by sqltext
        f"WHERE DATABASE_NAME = {quoted_string(root.database or '')} "
        f"AND SCHEMA_NAME = {quoted_string(root.schema or '')} AND NOT ({_IS_DUE}) "
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
    limit: int = _MOST_ROWS,
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
        "ROOT_TASK_ID": quoted_string(graph.root_id),
        **({} if _OF_GROUP in arguments else _range(since, until, is_embedded=backend.is_embedded)),
        **arguments,
        "RESULT_LIMIT": str(min(limit, _MOST_ROWS)),
    }
    listed = ", ".join(f"{name} => {value}" for name, value in said.items())
    return f"TABLE({_function(graph.root, 'TASK_HISTORY')}({listed}))"


def _range(since: datetime | None, until: datetime | None, *, is_embedded: bool) -> dict[str, str]:
    """What bounds the rows where no run does; a run's own need none, and a time costs a query."""
    if since is None and until is None and is_embedded:
        return {}  # which looks back as far by itself
    earliest = datetime.now(UTC) - _KEPT
    start = max(since - timedelta(seconds=2), earliest) if since else earliest
    bounds = {"START": start, "END": until} if until else {"START": start}
    # The embedded engine reads the text itself; to compute a time is another query there.
    form = "{}" if is_embedded else "TO_TIMESTAMP_LTZ({})"
    return {
        f"SCHEDULED_TIME_RANGE_{name}": form.format(_timestamp(moment))
        for name, moment in bounds.items()
    }


def graph_state(backend: Backend, graph: DeployedGraph, group_id: str) -> GraphState | None:
    """The state of the run's last attempt; None when it ended more than an hour ago."""
    return last_states(backend, graph, [group_id]).get(group_id)


def last_states(
    backend: Backend, graph: DeployedGraph, group_ids: Sequence[str]
) -> dict[str, GraphState]:
    """`{group id: the state of its last attempt}`; of runs that ended within the last hour."""
    wanted = ", ".join(map(quoted_string, group_ids))
    said = _known(backend, _of_groups(group_ids))
    condition = _unless(_OF_GROUP, said, f"GRAPH_RUN_GROUP_ID IN ({wanted})")
    found = graph_states(backend, graph, condition, arguments=said)
    return {state.group_id: state for state in sorted(found, key=lambda state: state.attempt)}


def executing(backend: Backend, graph: DeployedGraph) -> list[GraphState]:
    """The graph's attempts that are running now."""
    return graph_states(backend, graph, "STATE = 'EXECUTING'")


def graph_states(
    backend: Backend,
    graph: DeployedGraph,
    condition: str,
    *,
    arguments: Mapping[str, str] = MappingProxyType({}),
) -> list[GraphState]:
    """The running and the recently ended attempts of the graph for which `condition` holds."""
    said = {"ROOT_TASK_NAME": quoted_string(graph.root.name), **arguments}
    listed = ", ".join(f"{name} => {value}" for name, value in said.items())
    selects = (
        f"SELECT STATE, ATTEMPT_NUMBER, GRAPH_RUN_GROUP_ID, ROOT_TASK_ID FROM TABLE("  # noqa: S608 - literals are quoted by sqltext
        f"{_function(graph.root, function)}({listed})) "
        f"WHERE ROOT_TASK_ID = {quoted_string(graph.root_id)} AND {condition}"
        for function in ("CURRENT_TASK_GRAPHS", "COMPLETE_TASK_GRAPHS")
    )
    return [
        GraphState(
            state=GraphRunState(str(row["STATE"])),
            attempt=int(row["ATTEMPT_NUMBER"]),
            group_id=str(row["GRAPH_RUN_GROUP_ID"]),
        )
        for row in backend.rows(" UNION ALL ".join(selects))
    ]


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


def _function(root: QualifiedName, function: str) -> str:
    # Qualified by the graph's database: the session may have no current one.
    prefix = f"{sql_identifier(root.database)}." if root.database else ""
    return f"{prefix}INFORMATION_SCHEMA.{function}"


def _timestamp(moment: datetime) -> str:
    return quoted_string(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000"))
