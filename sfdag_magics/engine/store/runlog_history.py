"""Questions about the past, answered by index: task runs and graph runs, newest first.

Knows tables, not SQL functions: what a question's defaults are and how its answer looks is known by
`tasks`. Rows are {column: value}, times in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_rows import micros_from_time
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunQuestion:
    """Which task runs; None does not matter. Names are compared without regard to case.

    Attributes:
        start: the earliest scheduled time.
        end: the latest scheduled time.
        group_ids: those of the groups; empty does not matter.
        group_start: what the group's id begins with.
        config_part: what the run's config holds.
        attempts, names: of groups that are named, these attempts' tasks of these names only.
    """

    start: datetime
    end: datetime
    limit: int
    task_name: str | None = None
    database: str | None = None
    schema: str | None = None
    root_id: str | None = None
    errors_only: bool = False
    group_ids: Sequence[str] = ()
    group_start: str | None = None
    config_part: str | None = None
    attempts: Sequence[int] | None = None
    names: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRunQuestion:
    """Which graph runs; None does not matter.

    Attributes:
        complete_since: runs that ended since then, newest end first; None asks for those that are
            scheduled or executing, newest scheduled time first.
        group_ids: as above.
    """

    limit: int
    complete_since: datetime | None = None
    root_name: str | None = None
    errors_only: bool = False
    group_ids: Sequence[str] = ()


#: Among so many of a root's newest runs one that has just begun is looked for.
_NEWEST = 100
#: Behind every text that begins alike.
_LAST_CHARACTER = "\U0010ffff"

_TASK_RUNS = """
SELECT t.*, g.version, g.original_scheduled_time, g.scheduled_from, g.config,
    g.next_scheduled_time, v.root_name, v.database_name, v.schema_name, d.definition, d.condition
FROM task_runs t {index}
JOIN graph_runs g ON g.group_id = t.group_id AND g.attempt = t.attempt
JOIN versions v INDEXED BY versions_named ON v.root_id = g.root_id AND v.version = g.version
LEFT JOIN version_tasks d
    ON d.root_id = g.root_id AND d.version = g.version AND d.name = t.name
WHERE {conditions}
ORDER BY t.scheduled_time DESC, t.rowid DESC LIMIT :limit
"""
_GRAPH_RUNS = """
SELECT g.*, v.root_name, v.database_name, v.schema_name,
    e.name AS first_error_name, e.error_code AS first_error_code,
    e.error_message AS first_error_message
FROM graph_runs g
JOIN versions v INDEXED BY versions_named ON v.root_id = g.root_id AND v.version = g.version
LEFT JOIN task_runs e ON e.rowid = (
    SELECT rowid FROM task_runs WHERE group_id = g.group_id AND attempt = g.attempt
        AND state IN ('FAILED', 'FAILED_AND_AUTO_SUSPENDED')
    ORDER BY completed_time LIMIT 1)
WHERE {conditions}
ORDER BY {order} DESC, g.rowid DESC LIMIT :limit
"""


def task_runs(runlog: RunLog, question: TaskRunQuestion) -> list[dict[str, Any]]:
    """The task runs asked for, newest scheduled time first."""
    # A plus keeps SQLite from an index: of one group's few rows all other conditions are looked at.
    plain = "+" if _is_of_group(question) else ""
    groups = _numbered("group", question.group_ids)
    conditions = [f"{plain}t.scheduled_time BETWEEN :start AND :end"]
    if question.task_name is not None:
        conditions.append(f"{plain}t.name = :task_name COLLATE NOCASE")
    if question.database is not None:
        conditions.append("v.database_name = :database")
    if question.schema is not None:
        conditions.append("v.schema_name = :schema")
    if question.root_id is not None:
        conditions.append(f"{plain}t.root_id = :root_id")
    if question.errors_only:
        conditions.append(f"{plain}t.state IN ('FAILED', 'FAILED_AND_AUTO_SUSPENDED', 'CANCELLED')")
    if groups:
        conditions.append(f"t.group_id IN ({_marks(groups)})")
    some = _numbered("attempt", question.attempts or ()) | _numbered("name", question.names or ())
    for column, said in (("attempt", question.attempts), ("name", question.names)):
        if said is not None:
            conditions.append(f"t.{column} IN ({_marks(_numbered(column, said))})")
    if question.group_start is not None:
        conditions.append("t.group_id >= :group_start AND t.group_id < :group_start || :last")
    if question.config_part is not None:
        conditions.append("instr(g.config, :config_part) > 0")
    values = {
        "start": micros_from_time(question.start),
        "end": micros_from_time(question.end),
        "task_name": question.task_name,
        "database": question.database,
        "schema": question.schema,
        "root_id": question.root_id,
        **groups,
        **some,
        "group_start": question.group_start,
        "last": _LAST_CHARACTER,
        "config_part": question.config_part,
        "limit": question.limit,
    }
    sql = _TASK_RUNS.format(index=_index(question), conditions=" AND ".join(conditions))
    return runlog.rows(sql, values)


def _is_of_group(question: TaskRunQuestion) -> bool:
    return bool(question.group_ids) or question.group_start is not None


def _numbered(column: str, said: Sequence[Any]) -> dict[str, Any]:
    """`{parameter: value}`."""
    return {f"{column}_{number}": value for number, value in enumerate(said)}


def _marks(parameters: Iterable[str]) -> str:
    return ", ".join(f":{name}" for name in parameters)


def _index(question: TaskRunQuestion) -> str:
    """The index to walk backwards; without being told, SQLite sorts where it need not."""
    if _is_of_group(question):
        return ""  # the primary key begins with it
    if question.task_name is not None:
        return "INDEXED BY task_runs_by_name"
    if question.root_id is not None:
        return "INDEXED BY task_runs_of_root"
    if question.errors_only:
        return "INDEXED BY task_runs_ended_badly"
    return "INDEXED BY task_runs_by_time"


def graph_runs(runlog: RunLog, question: GraphRunQuestion) -> list[dict[str, Any]]:
    """The graph runs asked for."""
    groups = _numbered("group", question.group_ids)
    values: dict[str, Any] = {
        "limit": question.limit,
        "root_name": question.root_name,
        **groups,
    }
    plain = "+" if groups else ""  # as above
    if question.complete_since is None:
        conditions, order = [f"{plain}g.state IN ('SCHEDULED', 'EXECUTING')"], "g.scheduled_time"
    else:
        conditions = [
            f"{plain}g.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')",
            f"{plain}g.completed_time >= :since",
        ]
        order = "g.completed_time"
        values["since"] = micros_from_time(question.complete_since)
    if question.root_name is not None:
        conditions.append("v.root_name = :root_name COLLATE NOCASE")
    if question.errors_only:
        conditions.append("g.state IN ('FAILED', 'CANCELLED')")
    if groups:
        conditions.append(f"g.group_id IN ({_marks(groups)})")
    return runlog.rows(_GRAPH_RUNS.format(conditions=" AND ".join(conditions), order=order), values)


def outcomes(runlog: RunLog, group_id: str, attempt: int) -> Mapping[str, Mapping[str, Any]]:
    """By task name the state and return value that an attempt goes by, kept ones included."""
    rows = runlog.rows(
        "SELECT name, state, return_value FROM task_runs WHERE group_id = ? AND attempt <= ?"
        " ORDER BY attempt",
        (group_id, attempt),
    )
    return {row["name"]: row for row in rows}


def begun_again(runlog: RunLog, group_id: str) -> list[list[Any]]:
    """`[attempt, task]` of all in a run that were cut off: run again, or queued for that."""
    rows = runlog.rows(
        "SELECT attempt, name FROM task_runs WHERE group_id = ?"
        " AND (starts > 1 OR starts = 1 AND phase = 'QUEUED')"
        " ORDER BY attempt, query_start_time",
        (group_id,),
    )
    return [[row["attempt"], row["name"]] for row in rows]


def begun_with(runlog: RunLog, root_id: str, config_part: str) -> str | None:
    """The group of the root's newest run that has begun and whose config holds this; None else.

    Of the newest runs only: older ones are found by `task_runs`.
    """
    rows = runlog.rows(
        "SELECT group_id FROM (SELECT group_id, state, config FROM graph_runs"
        " WHERE root_id = ? ORDER BY scheduled_time DESC LIMIT ?)"
        " WHERE state <> 'SCHEDULED' AND instr(config, ?) > 0 LIMIT 1",
        (root_id, _NEWEST, config_part),
    )
    return rows[0]["group_id"] if rows else None


def return_value(runlog: RunLog, group_id: str, attempt: int, name: str) -> str | None:
    """What a task that succeeded in this attempt or an earlier one has set; None for nothing."""
    rows = runlog.rows(
        "SELECT return_value FROM task_runs WHERE group_id = ? AND attempt <= ? AND name = ?"
        " AND state = 'SUCCEEDED' ORDER BY attempt DESC LIMIT 1",
        (group_id, attempt, name),
    )
    return rows[0]["return_value"] if rows else None
