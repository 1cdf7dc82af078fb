"""Finds the runs that made versions of models in the history of tasks. The same on both engines.

The history's function looks back a week; older versions are looked for in ACCOUNT_USAGE, for whom
may read it, which tells of a year.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.connecting.backend import Backend, Row, utc
from sfdag_magics.client.models.maker import Execution, Maker, executions_of
from sfdag_magics.client.models.registered import ModelVersion
from sfdag_magics.client.observing.bridges.lineage import bridged_root
from sfdag_magics.client.observing.deployed import DeployedGraph, graphs_from_rows
from sfdag_magics.client.observing.history_arguments import KEPT, MOST_ROWS, moment_argument
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.grammar import ShowScope, ShowTasks
from sfdag_magics.sqltext import QualifiedName, sql_identifier

#: No execution takes longer (Snowflake docs: USER_TASK_TIMEOUT_MS).
_LONGEST = timedelta(days=7)
#: So many versions are looked for, the newest: each is a condition of the question.
_MOST_VERSIONS = 200
_COLUMNS = (
    "NAME, DATABASE_NAME, SCHEMA_NAME, ROOT_TASK_ID, GRAPH_RUN_GROUP_ID, ATTEMPT_NUMBER, QUERY_ID, "
    "QUERY_START_TIME, COMPLETED_TIME, RETURN_VALUE"
)


def with_makers(
    backend: Backend, versions: Sequence[ModelVersion], database: str | None
) -> tuple[ModelVersion, ...]:
    """The same versions, with the runs that made them where the history still tells of these.

    Args:
        database: one whose information schema can be asked.
    """
    made = executions_by_version(backend, versions, database)
    graphs = _graphs(backend, [each for those in made.values() for each in those])
    return tuple(
        replace(version, made_by=_maker(made.get(version.name, ()), graphs)) for version in versions
    )


def executions_by_version(
    backend: Backend, versions: Sequence[ModelVersion], database: str | None
) -> dict[str, tuple[Execution, ...]]:
    """`{version: the executions of the one run that made it}`; none where that is not known."""
    moments = [version.created for version in versions if version.created][-_MOST_VERSIONS:]
    found = _executions(backend, moments, database) if moments else []
    return {
        version.name: executions_of(version.name, version.comment, version.created, found)
        for version in versions
        if version.created is not None
    }


def _executions(
    backend: Backend, moments: Sequence[datetime], database: str | None
) -> list[Execution]:
    """The executions that went on at any of these moments."""
    border = datetime.now(UTC) - KEPT
    recent = [moment for moment in moments if moment > border]
    older = [moment for moment in moments if moment <= border]
    rows: list[Row] = []
    if recent and database is not None:
        rows += _asked(
            backend, _function(database, min(recent), is_embedded=backend.is_embedded), recent
        )
    if older:
        rows += _asked(backend, "SNOWFLAKE.ACCOUNT_USAGE.TASK_HISTORY", older)
    # Both tell of one that went on at moments of both kinds.
    return [*dict.fromkeys(each for each in map(_execution, rows) if each is not None)]


def _function(database: str, earliest: datetime, *, is_embedded: bool) -> str:
    since = max(earliest - _LONGEST, datetime.now(UTC) - KEPT)
    start = moment_argument(since, is_embedded=is_embedded)
    return (
        f"TABLE({sql_identifier(database)}.INFORMATION_SCHEMA.TASK_HISTORY("
        f"SCHEDULED_TIME_RANGE_START => {start}, RESULT_LIMIT => {MOST_ROWS}))"
    )


def _asked(backend: Backend, table: str, moments: Iterable[datetime]) -> Sequence[Row]:
    """No answer is no reason not to show the versions: who may not read it is told no runs."""
    covers = " OR ".join(
        f"(QUERY_START_TIME <= {at} AND (COMPLETED_TIME IS NULL OR COMPLETED_TIME >= {at}))"
        for at in (moment_argument(moment, is_embedded=False) for moment in moments)
    )
    with contextlib.suppress(BackendError):
        return backend.rows(f"SELECT {_COLUMNS} FROM {table} WHERE {covers}")  # noqa: S608 - literals are quoted by sqltext
    return []


def _execution(row: Row) -> Execution | None:
    started = utc(row["QUERY_START_TIME"])
    if started is None:
        return None
    return Execution(
        task=QualifiedName(str(row["NAME"]), str(row["SCHEMA_NAME"]), str(row["DATABASE_NAME"])),
        root_id=str(row["ROOT_TASK_ID"]),
        group_id=str(row["GRAPH_RUN_GROUP_ID"]),
        attempt=int(row["ATTEMPT_NUMBER"] or 1),
        query_id=row["QUERY_ID"],
        started=started,
        completed=utc(row["COMPLETED_TIME"]),
        return_value=str(row["RETURN_VALUE"] or ""),
    )


def _graphs(backend: Backend, executions: Iterable[Execution]) -> Mapping[str, DeployedGraph]:
    """`{id of a root: its graph}` for those that are still deployed."""
    found: dict[str, DeployedGraph] = {}
    places = {(each.task.database, each.task.schema) for each in executions}
    for database, schema in sorted(places, key=str):
        scope = ShowScope(kind="SCHEMA", database=database, schema=schema)
        try:
            rows = backend.rows(ShowTasks(scope=scope).to_sql())
        except ConnectError:
            raise
        except BackendError:  # the schema is gone, or somebody else's
            continue
        found |= {graph.root_id: graph for graph in graphs_from_rows(rows)}
    return found


def _maker(executions: Sequence[Execution], graphs: Mapping[str, DeployedGraph]) -> Maker | None:
    if not executions:
        return None
    one = executions[-1]
    root, _, short = one.task.name.partition("$")
    root = bridged_root(root) or root
    graph = graphs.get(one.root_id) or next(
        (each for each in graphs.values() if each.root.name == root), None
    )
    tasks = {each.task.name for each in executions}
    spelled = {task.stored: name for name, task in graph.tasks.items()} if graph else {}
    stored = f"{graph.root.name}${short}" if graph else one.task.name
    return Maker(
        graph=graph.name if graph else root.lower(),
        group_id=one.group_id,
        task=spelled.get(stored, short.lower() or root.lower()) if len(tasks) == 1 else None,
        attempt=one.attempt,
        query_id=one.query_id if len(tasks) == 1 else None,
    )
