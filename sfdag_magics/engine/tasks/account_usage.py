"""SNOWFLAKE.ACCOUNT_USAGE of tasks: what ran and in which versions, as far back as is kept.

Without the limits and the latency that Snowflake has there: a run is in a view once it is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import NamespaceNumbers, namespace_numbers
from sfdag_magics.engine.borders.ports import Arguments, SqlSession, VirtualTable
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.borders.table_arguments import moment, named, text_of
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_history import (
    GraphRunQuestion,
    TaskRunQuestion,
    graph_runs,
    task_runs,
)
from sfdag_magics.engine.store.runlog_rows import time_from_micros
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.versions import Versions, stored_version
from sfdag_magics.engine.tasks.history import (
    COMPLETE_GRAPHS,
    TASK_HISTORY,
)
from sfdag_magics.graph.states import TaskState
from sfdag_magics.sqltext import QualifiedName, identifier_from_sql

_T, _N, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
#: More rows than there can be.
_ALL = 2**53
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = "SNOWFLAKE.ACCOUNT_USAGE"
#: Snowflake docs, ACCOUNT_USAGE.TASK_HISTORY: its columns in their order; ids are our own.
_HISTORY = (
    "NAME", "QUERY_TEXT", "CONDITION_TEXT", "SCHEMA_NAME", "TASK_SCHEMA_ID", "DATABASE_NAME",
    "TASK_DATABASE_ID", "SCHEDULED_TIME", "COMPLETED_TIME", "STATE", "RETURN_VALUE", "QUERY_ID",
    "QUERY_START_TIME", "ERROR_CODE", "ERROR_MESSAGE", "GRAPH_VERSION", "RUN_ID", "ROOT_TASK_ID",
    "SCHEDULED_FROM", "INSTANCE_ID", "ATTEMPT_NUMBER", "CONFIG", "QUERY_HASH",
    "QUERY_HASH_VERSION", "QUERY_PARAMETERIZED_HASH", "QUERY_PARAMETERIZED_HASH_VERSION",
    "GRAPH_RUN_GROUP_ID", "BACKFILL_INFO",
)  # fmt: skip
_OWN = ("TASK_SCHEMA_ID", "TASK_DATABASE_ID", "INSTANCE_ID")
#: Snowflake docs, ACCOUNT_USAGE.TASK_VERSIONS.
_VERSIONS: Mapping[str, SfType] = {
    "ROOT_TASK_ID": _T,
    "GRAPH_VERSION": _N,
    "GRAPH_VERSION_CREATED_ON": _TIME,
    "NAME": _T,
    "ID": _T,
    "DATABASE_ID": _N,
    "DATABASE_NAME": _T,
    "SCHEMA_ID": _N,
    "SCHEMA_NAME": _T,
    "OWNER": _T,
    "COMMENT": _T,
    "WAREHOUSE_NAME": _T,
    "SCHEDULE": _T,
    "PREDECESSORS": SfType.ARRAY,
    "STATE": _T,
    "DEFINITION": _T,
    "CONDITION_TEXT": _T,
    "ALLOW_OVERLAPPING_EXECUTION": SfType.BOOLEAN,
    "ERROR_INTEGRATION": _T,
    "LAST_COMMITTED_ON": _TIME,
    "LAST_SUSPENDED_ON": _TIME,
}
_SERVERLESS: Mapping[str, SfType] = {
    "START_TIME": _TIME,
    "END_TIME": _TIME,
    "TASK_NAME": _T,
    "CREDITS_USED": _N,
}
#: Snowflake docs, ACCOUNT_USAGE.SERVERLESS_TASK_HISTORY: a row for each task and hour.
_SERVERLESS_HOURS: Mapping[str, SfType] = {
    "START_TIME": _TIME,
    "END_TIME": _TIME,
    "TASK_ID": _T,
    "TASK_NAME": _T,
    "SCHEMA_ID": _N,
    "SCHEMA_NAME": _T,
    "DATABASE_ID": _N,
    "DATABASE_NAME": _T,
    "CREDITS_USED": _N,
    "INSTANCE_ID": _N,
}
_HOUR = timedelta(hours=1)
#: Snowflake docs, SERVERLESS_TASK_HISTORY: the range that is looked at where none is said.
_RANGE = timedelta(minutes=10)


class AccountUsage:
    """The views, and the function of what ran without a warehouse. Any thread."""

    def __init__(self, runlog: RunLog, versions: Versions, clock: Clock) -> None:
        self._runlog = runlog
        self._versions = versions
        self._clock = clock

    def views(self) -> Mapping[str, VirtualTable]:
        """By name, as a `SqlFeature` has them."""
        return {
            f"{_PLACE}.TASK_HISTORY": self._task_history,
            f"{_PLACE}.COMPLETE_TASK_GRAPHS": self._complete_task_graphs,
            f"{_PLACE}.TASK_VERSIONS": self._task_versions,
            f"{_PLACE}.SERVERLESS_TASK_HISTORY": self._serverless_hours,
        }

    def _task_history(self, session: SqlSession) -> Result:
        question = TaskRunQuestion(start=_BEGINNING, end=self._clock.now(), limit=_ALL)
        ids = namespace_numbers(session.catalogue())
        rows = [
            _history_row(row, ids)
            for row in task_runs(self._runlog, question)
            if TaskState(row["state"]).is_final
        ]
        kinds = {name: _N if name in _OWN else TASK_HISTORY[name][0] for name in _HISTORY}
        return rowset(kinds, rows)

    def _complete_task_graphs(self, session: SqlSession) -> Result:
        del session
        question = GraphRunQuestion(limit=_ALL, complete_since=_BEGINNING)
        return rowset(
            {name: kind for name, (kind, _) in COMPLETE_GRAPHS.items()},
            [
                [tell(row) for _, tell in COMPLETE_GRAPHS.values()]
                for row in graph_runs(self._runlog, question)
            ],
        )

    def _task_versions(self, session: SqlSession) -> Result:
        ids = namespace_numbers(session.catalogue())
        found = self._runlog.rows(
            "SELECT root_id, version, document FROM versions ORDER BY root_id, version", ()
        )
        rows = []
        for row in found:
            version, created_on = stored_version(row["version"], row["document"])
            rows += [
                _version_row(task, row["root_id"], row["version"], created_on, ids)
                for task in version.tasks.values()
            ]
        return rowset(_VERSIONS, rows)

    def serverless_task_history(self, arguments: Arguments, session: SqlSession) -> Result:
        """SERVERLESS_TASK_HISTORY: each task that ran without a warehouse, and its 0 credits."""
        del session
        said = named(arguments, ("DATE_RANGE_START", "DATE_RANGE_END", "TASK_NAME"))
        end = moment(said.get("DATE_RANGE_END")) or self._clock.now()
        start = moment(said.get("DATE_RANGE_START")) or end - _RANGE
        name = text_of(said.get("TASK_NAME"))
        wanted = None if name is None else _stored(name)
        names = {task.name.name for _, task in self._serverless_runs(start, end)}
        return rowset(
            _SERVERLESS,
            [(start, end, each, 0) for each in sorted(names) if wanted in (None, each)],
        )

    def _serverless_hours(self, session: SqlSession) -> Result:
        ids = namespace_numbers(session.catalogue())
        hours = {
            (began.replace(minute=0, second=0, microsecond=0), task.task_id): task.name
            for began, task in self._serverless_runs(_BEGINNING, self._clock.now())
        }
        return rowset(
            _SERVERLESS_HOURS,
            [
                _hour_row(hour, task_id, name, ids)
                for (hour, task_id), name in sorted(hours.items(), key=lambda each: each[0])
            ],
        )

    def _serverless_runs(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, TaskDefinition]]:
        """The executions that began without a warehouse: when, and the task as it was then."""
        question = TaskRunQuestion(start=start, end=end, limit=_ALL)
        for row in task_runs(self._runlog, question):
            if row["query_start_time"] is None:
                continue
            task = self._versions.get(row["root_id"], row["version"]).tasks.get(row["name"])
            if task is not None and task.properties.warehouse is None:
                yield time_from_micros(row["query_start_time"]), task


def _hour_row(
    hour: datetime, task_id: str, name: QualifiedName, ids: NamespaceNumbers
) -> Sequence[Any]:
    database, schema = str(name.database), str(name.schema)
    return (
        *(hour, hour + _HOUR, task_id, name.name),
        *(ids(database, schema), schema, ids(database, None), database, 0, None),
    )


def _stored(name: str) -> str:
    try:
        return identifier_from_sql(name)
    except ValueError:
        return name


def _history_row(row: Mapping[str, Any], ids: NamespaceNumbers) -> list[Any]:
    failed = row["state"] == TaskState.FAILED_AND_AUTO_SUSPENDED
    said = {**row, "state": TaskState.FAILED.value} if failed else row
    own = {
        "TASK_SCHEMA_ID": ids(row["database_name"], row["schema_name"]),
        "TASK_DATABASE_ID": ids(row["database_name"], None),
        "INSTANCE_ID": None,
    }
    return [own[name] if name in own else TASK_HISTORY[name][1](said) for name in _HISTORY]


def _version_row(
    task: TaskDefinition,
    root_id: str,
    number: int,
    created_on: datetime | None,
    ids: NamespaceNumbers,
) -> list[Any]:
    properties, name = task.properties, task.name
    database, schema = str(name.database), str(name.schema)
    above = [QualifiedName(each, schema, database).sql() for each in task.predecessors]
    overlap = str(properties.overlap_policy or "NO_OVERLAP") != "NO_OVERLAP"
    return [
        *(root_id, number, created_on, name.name, task.task_id),
        *(ids(database, None), database, ids(database, schema), schema),
        *(task.owner, properties.comment or "", properties.warehouse, properties.schedule),
        *(json.dumps(above), "started" if task.is_started else "suspended"),
        *(task.body, task.condition, overlap if task.is_root else None),
        *(properties.error_integration, created_on, task.last_suspended_on),
    ]
