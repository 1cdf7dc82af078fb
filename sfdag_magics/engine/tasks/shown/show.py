"""SHOW TASKS, DESCRIBE TASK, SHOW PARAMETERS IN TASK: tasks as rows, with Snowflake's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.parameter_values import SessionParameters, type_name, value_text
from sfdag_magics.engine.borders.rowset import like, rowset
from sfdag_magics.engine.tasks.defined.catalogue import Family, TaskCatalogue
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.graph.grammar import SESSION_PARAMETERS, OverlapPolicy, ShowTasks
from sfdag_magics.graph.rules import (
    DEFAULT_SUSPEND_AFTER_FAILURES,
    DEFAULT_TIMEOUT_MS,
    DEFAULT_TRIGGER_INTERVAL_S,
)
from sfdag_magics.sqltext import QualifiedName

_TEXT, _TIME = SfType.TEXT, SfType.TIMESTAMP_LTZ
_COLUMNS = {
    "created_on": _TIME,
    "name": _TEXT,
    "id": _TEXT,
    "database_name": _TEXT,
    "schema_name": _TEXT,
    "owner": _TEXT,
    "comment": _TEXT,
    "warehouse": _TEXT,
    "schedule": _TEXT,
    "predecessors": _TEXT,
    "state": _TEXT,
    "definition": _TEXT,
    "condition": _TEXT,
    "allow_overlapping_execution": _TEXT,
    "error_integration": _TEXT,
    "last_committed_on": _TIME,
    "last_suspended_on": _TIME,
    "owner_role_type": _TEXT,
    "config": _TEXT,
    "budget": _TEXT,
    "task_relations": _TEXT,
    "last_suspended_reason": _TEXT,
    "success_integration": _TEXT,
    "scheduling_mode": _TEXT,
    "target_completion_interval": _TEXT,
}
_TERSE = ("created_on", "name", "kind", "database_name", "schema_name", "schedule", "state")
_DEPENDENTS = (
    "created_on", "name", "database_name", "schema_name", "owner", "comment", "warehouse",
    "schedule", "predecessors", "state", "definition", "condition",
)  # fmt: skip
#: The parameters of a task that are not session parameters: default, type, description.
_PARAMETERS: dict[str, tuple[Any, str, str]] = {
    "LOG_LEVEL": ("OFF", "STRING", "Severity from which on task events are kept."),
    "OVERLAP_POLICY": (
        OverlapPolicy.NO_OVERLAP,
        "STRING",
        "Whether a run may begin while another one of the graph goes on.",
    ),
    "SUSPEND_TASK_AFTER_NUM_FAILURES": (
        DEFAULT_SUSPEND_AFTER_FAILURES,
        "NUMBER",
        "Number of consecutive failed runs after which the task is suspended; 0 is never.",
    ),
    "TASK_AUTO_RETRY_ATTEMPTS": (0, "NUMBER", "Number of automatic retries of the task graph."),
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": ("Medium", "STRING", "Initial warehouse size."),
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE": ("X-Small", "STRING", "Least warehouse size."),
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE": ("X2Large", "STRING", "Largest warehouse size."),
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": (
        DEFAULT_TRIGGER_INTERVAL_S,
        "NUMBER",
        "Least time between two triggered runs, in seconds.",
    ),
    "USER_TASK_TIMEOUT_MS": (DEFAULT_TIMEOUT_MS, "NUMBER", "Time limit of one run, in ms."),
}


def shown(
    catalogue: TaskCatalogue, statement: ShowTasks, *, database: str | None, schema: str | None
) -> Result:
    """The tasks of a namespace (None is all), filtered as the statement says."""
    wanted = like(statement.like)
    tasks = [
        task
        for task in catalogue.all()
        if database in (None, task.name.database)
        and schema in (None, task.name.schema)
        and wanted.match(task.name.name)
        and task.name.name.startswith(statement.starts_with or "")
        and (task.is_root or not statement.root_only)
        and (statement.from_name is None or task.name.name > statement.from_name)
    ]
    tasks.sort(key=lambda task: (str(task.name.database), str(task.name.schema), task.name.name))
    rows = _rows(catalogue, tasks[: statement.limit])
    if not statement.terse:
        return rowset(_COLUMNS, [list(row.values()) for row in rows])
    columns = {name: _COLUMNS.get(name, _TEXT) for name in _TERSE}
    return rowset(columns, [[(row | {"kind": "TASK"})[name] for name in _TERSE] for row in rows])


def described(catalogue: TaskCatalogue, task: TaskDefinition) -> Result:
    """One task, with the columns of SHOW TASKS."""
    (row,) = _rows(catalogue, [task])
    return rowset(_COLUMNS, [list(row.values())])


def dependents(
    catalogue: TaskCatalogue, task: TaskDefinition, *, is_recursive: bool
) -> list[TaskDefinition]:
    """A task and what depends on it, breadth first; the finalizer of a root comes last."""
    family = catalogue.family(task.name)
    names = [task.name.name]
    for name in names:  # it grows while it is walked
        if name != task.name.name and not is_recursive:
            break
        names += [child for child in family.children(name) if child not in names]
    finalizer = family.finalizer(task.name.name)
    return [*(family.tasks[name] for name in names), *([finalizer] if finalizer else [])]


def dependents_rows(catalogue: TaskCatalogue, tasks: Sequence[TaskDefinition]) -> Result:
    """TASK_DEPENDENTS: tasks in the given order."""
    columns = {name.upper(): _COLUMNS[name] for name in _DEPENDENTS}
    return rowset(columns, [[row[name] for name in _DEPENDENTS] for row in _rows(catalogue, tasks)])


def parameters(task: TaskDefinition, pattern: str | None, of_sessions: SessionParameters) -> Result:
    """SHOW PARAMETERS IN TASK: the task's own parameters and those of its session."""
    said = {name.upper(): value for name, value in task.properties.said().items()}
    wanted = like(pattern)
    rows = [
        (name, *_setting(said.get(name), task.inherited.get(name), default), description, kind)
        for name, (default, kind, description) in _PARAMETERS.items()
    ]
    own = task.properties.session_parameters
    rows += [
        _session_row(name, own.get(name), *of_sessions.get(name, ("", "")))
        for name in {**of_sessions, **own}
        if name in SESSION_PARAMETERS and name not in _PARAMETERS
    ]
    columns = dict.fromkeys(("key", "value", "default", "level", "description", "type"), _TEXT)
    return rowset(columns, [row for row in sorted(rows) if wanted.match(row[0])])


def _session_row(
    name: str, value: object, default: object, description: str
) -> tuple[str, str, str, str, str, str]:
    in_force, level = (default, "") if value is None else (value, "TASK")
    texts = (value_text(in_force), value_text(default))
    return (name, *texts, level, description, type_name(in_force))


def _setting(
    value: object, above: tuple[int | str, str] | None, default: object
) -> tuple[str, str, str]:
    """Value, default and level of a parameter."""
    if value is not None:
        return value_text(value), str(default), "TASK"
    if above is not None:
        return value_text(above[0]), str(default), above[1]
    return str(default), str(default), ""


def _rows(catalogue: TaskCatalogue, tasks: Iterable[TaskDefinition]) -> list[dict[str, Any]]:
    families: dict[tuple[str | None, str | None], Family] = {}
    rows = []
    for task in tasks:
        place = (task.name.database, task.name.schema)
        if place not in families:
            families[place] = catalogue.family(task.name)
        rows.append(_row(task, families[place]))
    return rows


def _row(task: TaskDefinition, family: Family) -> dict[str, Any]:
    properties = task.properties
    policy = properties.overlap_policy
    values = {
        "created_on": task.created_on,
        "name": task.name.name,
        "id": task.task_id,
        "database_name": task.name.database,
        "schema_name": task.name.schema,
        "owner": task.owner,
        "comment": properties.comment or "",
        "warehouse": properties.warehouse,
        "schedule": properties.schedule,
        "predecessors": json.dumps(_full_names(task, task.predecessors)),
        "state": "started" if task.is_started else "suspended",
        "definition": task.body,
        "condition": task.condition,
        "allow_overlapping_execution": _overlap(task, policy),
        "error_integration": properties.error_integration,
        "last_committed_on": task.last_committed_on,
        "last_suspended_on": task.last_suspended_on,
        "owner_role_type": "ROLE",
        "config": properties.config,
        "task_relations": json.dumps(_relations(task, family)),
        "last_suspended_reason": task.last_suspended_reason,
        "success_integration": properties.success_integration,
        "scheduling_mode": None if properties.target_completion_interval is None else "FLEXIBLE",
        "target_completion_interval": properties.target_completion_interval,
    }
    return {name: values.get(name) for name in _COLUMNS}


def _overlap(task: TaskDefinition, policy: str | None) -> str:
    if not task.is_root:
        return "null"
    return "false" if policy in (None, "NO_OVERLAP") else "true"


def _full_names(task: TaskDefinition, names: Sequence[str]) -> list[str]:
    return [_full_name(task, name) for name in names]


def _full_name(task: TaskDefinition, name: str) -> str:
    return QualifiedName(name, task.name.schema, task.name.database).sql()


def _relations(task: TaskDefinition, family: Family) -> dict[str, Any]:
    relations: dict[str, Any] = {"Predecessors": _full_names(task, task.predecessors)}
    if task.finalizes is not None:
        relations["FinalizedRootTask"] = _full_name(task, task.finalizes)
    elif finalizer := family.finalizer(task.name.name):
        relations["FinalizerTask"] = finalizer.name.sql()
    return relations
