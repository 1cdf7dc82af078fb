"""The table functions over what ran and runs, with Snowflake's arguments, bounds and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import Arguments, SqlSession, TableFunction, Value
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
from sfdag_magics.engine.tasks.news import News
from sfdag_magics.engine.tasks.shown.argument_values import is_true, whole_number
from sfdag_magics.sqltext import identifier_from_sql

_T, _N, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ

#: Snowflake docs, TASK_HISTORY: the past 7 days and what is scheduled within 8.
_PAST, _AHEAD = timedelta(days=7), timedelta(days=8)
#: Snowflake docs, COMPLETE_TASK_GRAPHS: the past 60 minutes.
_COMPLETE_FOR = timedelta(minutes=60)
_MOST_ROWS = 10_000
#: Of more tasks that have changed all of the run are told.
_MOST_NAMES = 500
#: SQLite takes 32,766 parameters.
_MOST_GROUPS = 10_000

#: Snowflake has no such arguments, and a run that is older than 10,000 rows is lost there.
OWN_ARGUMENTS = (
    # Of one run, or of several with commas between their ids.
    "GRAPH_RUN_GROUP_ID",
    "GRAPH_RUN_GROUP_ID_START",
    # A text that the run's config holds, as a run carries what it is found by.
    "CONFIG_PART",
    # Of one run, what has changed since SYSTEM$SFDAG_NEWS gave this mark, or all.
    "CHANGED_SINCE",
)
#: By argument: its name, in the order of positional ones.
_TASK_HISTORY_ARGUMENTS = (
    "SCHEDULED_TIME_RANGE_START",
    "SCHEDULED_TIME_RANGE_END",
    "RESULT_LIMIT",
    "TASK_NAME",
    "ERROR_ONLY",
    "ROOT_TASK_ID",
    "DATABASE_NAME",
    "SCHEMA_NAME",
    *OWN_ARGUMENTS,
)
_CURRENT_ARGUMENTS = ("RESULT_LIMIT", "ROOT_TASK_NAME", "GRAPH_RUN_GROUP_ID")
_COMPLETE_ARGUMENTS = ("RESULT_LIMIT", "ROOT_TASK_NAME", "ERROR_ONLY", "GRAPH_RUN_GROUP_ID")

_Row = Mapping[str, Any]


def _time(row: _Row, name: str) -> datetime | None:
    return None if row[name] is None else time_from_micros(row[name])


def _column(name: str) -> Callable[[_Row], Any]:
    return lambda row: row[name]


def _time_column(name: str) -> Callable[[_Row], datetime | None]:
    return lambda row: _time(row, name)


def _nothing(row: _Row) -> None:
    """A column of the service that has no meaning here."""
    del row


def _run_id(row: _Row) -> int:
    return int(row["original_scheduled_time"] // 1000)


def _query_id(row: _Row) -> str | None:
    return None if row["query_start_time"] is None else str(row["attempt_id"])


def _next_time(row: _Row) -> datetime | None:
    """Said of the root only."""
    return _time(row, "next_scheduled_time") if row["name"] == row["root_name"] else None


_Columns = Mapping[str, tuple[SfType, Callable[[_Row], Any]]]

TASK_HISTORY: _Columns = {
    "QUERY_ID": (_T, _query_id),
    "NAME": (_T, _column("name")),
    "DATABASE_NAME": (_T, _column("database_name")),
    "SCHEMA_NAME": (_T, _column("schema_name")),
    "QUERY_TEXT": (_T, _column("definition")),
    "CONDITION_TEXT": (_T, _column("condition")),
    "STATE": (_T, _column("state")),
    "ERROR_CODE": (_N, _column("error_code")),
    "ERROR_MESSAGE": (_T, _column("error_message")),
    "SCHEDULED_TIME": (_TIME, _time_column("scheduled_time")),
    "QUERY_START_TIME": (_TIME, _time_column("query_start_time")),
    "NEXT_SCHEDULED_TIME": (_TIME, _next_time),
    "COMPLETED_TIME": (_TIME, _time_column("completed_time")),
    "ROOT_TASK_ID": (_T, _column("root_id")),
    "GRAPH_VERSION": (_N, _column("version")),
    "RUN_ID": (_N, _run_id),
    "RETURN_VALUE": (_T, _column("return_value")),
    "SCHEDULED_FROM": (_T, _column("scheduled_from")),
    "ATTEMPT_NUMBER": (_N, _column("attempt")),
    "CONFIG": (_T, _column("config")),
    "QUERY_HASH": (_T, _nothing),
    "QUERY_HASH_VERSION": (_N, _nothing),
    "QUERY_PARAMETERIZED_HASH": (_T, _nothing),
    "QUERY_PARAMETERIZED_HASH_VERSION": (_N, _nothing),
    "GRAPH_RUN_GROUP_ID": (_T, _column("group_id")),
    "BACKFILL_INFO": (SfType.OBJECT, _nothing),
    "SPCS_JOB_ID": (_N, _nothing),
}
_CURRENT_GRAPHS: _Columns = {
    "ROOT_TASK_NAME": (_T, _column("root_name")),
    "DATABASE_NAME": (_T, _column("database_name")),
    "SCHEMA_NAME": (_T, _column("schema_name")),
    "STATE": (_T, _column("state")),
    "SCHEDULED_FROM": (_T, _column("scheduled_from")),
    "FIRST_ERROR_TASK_NAME": (_T, _column("first_error_name")),
    "FIRST_ERROR_CODE": (_N, _column("first_error_code")),
    "FIRST_ERROR_MESSAGE": (_T, _column("first_error_message")),
    "SCHEDULED_TIME": (_TIME, _time_column("scheduled_time")),
    "QUERY_START_TIME": (_TIME, _time_column("query_start_time")),
    "NEXT_SCHEDULED_TIME": (_TIME, _time_column("next_scheduled_time")),
    "ROOT_TASK_ID": (_T, _column("root_id")),
    "GRAPH_VERSION": (_N, _column("version")),
    "RUN_ID": (_N, _run_id),
    "ATTEMPT_NUMBER": (_N, _column("attempt")),
    "CONFIG": (_T, _column("config")),
    "GRAPH_RUN_GROUP_ID": (_T, _column("group_id")),
    "BACKFILL_INFO": (SfType.OBJECT, _nothing),
}
COMPLETE_GRAPHS: _Columns = {
    **dict(list(_CURRENT_GRAPHS.items())[:11]),
    "COMPLETED_TIME": (_TIME, _time_column("completed_time")),
    **dict(list(_CURRENT_GRAPHS.items())[11:]),
}


class History:
    """The table functions over the run log. Any thread."""

    def __init__(self, runlog: RunLog, clock: Clock, news: News) -> None:
        self._runlog = runlog
        self._clock = clock
        self._news = news

    def table(self) -> dict[str, TableFunction]:
        """By name, as a `SqlFeature` has them."""
        return {
            "TASK_HISTORY": self._task_history,
            "CURRENT_TASK_GRAPHS": self._current_task_graphs,
            "COMPLETE_TASK_GRAPHS": self._complete_task_graphs,
        }

    def _task_history(self, arguments: Arguments, session: SqlSession) -> Result:
        del session  # the answer is account-wide, whatever database qualifies the function
        said = named(arguments, _TASK_HISTORY_ARGUMENTS)
        now = self._clock.now()
        start = moment(said.get("SCHEDULED_TIME_RANGE_START")) or now - _PAST
        if start < now - _PAST - timedelta(minutes=1):
            raise SqlError(
                "Cannot retrieve data from more than 7 days ago: SCHEDULED_TIME_RANGE_START"
                f" is {start.isoformat()}."
            )
        if said.get("SCHEMA_NAME") is not None and said.get("DATABASE_NAME") is None:
            raise SqlError("TASK_HISTORY: SCHEMA_NAME needs DATABASE_NAME.")
        groups = _listed(said.get("GRAPH_RUN_GROUP_ID"))
        attempts, names = self._changed(groups, text_of(said.get("CHANGED_SINCE")))
        question = TaskRunQuestion(
            start=start,
            end=moment(said.get("SCHEDULED_TIME_RANGE_END")) or now + _AHEAD,
            limit=_limit(said.get("RESULT_LIMIT"), 100),
            task_name=text_of(said.get("TASK_NAME")),
            database=_namespace(said.get("DATABASE_NAME")),
            schema=_namespace(said.get("SCHEMA_NAME")),
            root_id=text_of(said.get("ROOT_TASK_ID")),
            errors_only=is_true(said.get("ERROR_ONLY")),
            group_ids=groups,
            group_start=text_of(said.get("GRAPH_RUN_GROUP_ID_START")),
            config_part=text_of(said.get("CONFIG_PART")),
            attempts=attempts,
            names=names,
        )
        return _answer(TASK_HISTORY, task_runs(self._runlog, question))

    def _changed(
        self, groups: Sequence[str], mark: str | None
    ) -> tuple[Sequence[int] | None, Sequence[str] | None]:
        """The attempts and the names to ask for; None asks for all."""
        if mark is None or len(groups) != 1:
            return None, None
        tasks = self._news.tasks_since(groups[0], mark)
        if tasks is None or len(tasks) > _MOST_NAMES:
            return None, None
        return sorted({attempt for attempt, _ in tasks}), sorted({name for _, name in tasks})

    def _current_task_graphs(self, arguments: Arguments, session: SqlSession) -> Result:
        del session
        said = named(arguments, _CURRENT_ARGUMENTS)
        question = GraphRunQuestion(
            limit=_limit(said.get("RESULT_LIMIT"), 1000),
            root_name=text_of(said.get("ROOT_TASK_NAME")),
            group_ids=_listed(said.get("GRAPH_RUN_GROUP_ID")),
        )
        return _answer(_CURRENT_GRAPHS, graph_runs(self._runlog, question))

    def _complete_task_graphs(self, arguments: Arguments, session: SqlSession) -> Result:
        del session
        said = named(arguments, _COMPLETE_ARGUMENTS)
        question = GraphRunQuestion(
            limit=_limit(said.get("RESULT_LIMIT"), 1000),
            complete_since=self._clock.now() - _COMPLETE_FOR,
            root_name=text_of(said.get("ROOT_TASK_NAME")),
            errors_only=is_true(said.get("ERROR_ONLY")),
            group_ids=_listed(said.get("GRAPH_RUN_GROUP_ID")),
        )
        return _answer(COMPLETE_GRAPHS, graph_runs(self._runlog, question))


def _answer(columns: _Columns, rows: Sequence[_Row]) -> Result:
    return rowset(
        {name: kind for name, (kind, _) in columns.items()},
        [[tell(row) for _, tell in columns.values()] for row in rows],
    )


def _limit(value: Value, default: int) -> int:
    limit = default if value is None else whole_number(value)
    if not 1 <= limit <= _MOST_ROWS:
        raise SqlError(f"Invalid value [{limit}] for RESULT_LIMIT: 1 to {_MOST_ROWS}.")
    return limit


def _listed(value: Value) -> tuple[str, ...]:
    """What a text lists with commas; an empty text is a name that nothing has."""
    return () if value is None else tuple(dict.fromkeys(str(value).split(",")))[:_MOST_GROUPS]


def _namespace(value: Value) -> str | None:
    """A database or schema name; double quotes inside the string keep its case."""
    if value is None:
        return None
    try:
        return identifier_from_sql(str(value))
    except ValueError:
        return str(value)
