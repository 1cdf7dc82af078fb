"""From a graph of the notebook to the TASK statements it is deployed by. Pure; sends nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import timedelta
from typing import Any

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.observing.deployed import (
    NOTED_GROUP,
    NOTED_MAP,
    NOTED_OPTIONS,
    NOTED_WAITING,
    marked_comment,
    split_comment,
)
from sfdag_magics.graph.grammar import CreateMode, CreateTask, TaskProperties
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, identifier_from_sql, quoted_string

_HASH_LENGTH = 12
#: Under this the root notes the timeout of tasks that name none, which SQL has no place for.
TASK_TIMEOUT = "task_timeout_ms"
#: Properties that SHOW TASKS leaves out, and what a person calls them.
NOTED = {
    "overlap_policy": "overlap",
    "user_task_timeout_ms": "timeout",
    "suspend_task_after_num_failures": "suspend after",
    "task_auto_retry_attempts": "automatic retries",
    "user_task_managed_initial_warehouse_size": "serverless size",
    TASK_TIMEOUT: "timeout of each task",
}
#: Which of these, as a person calls them, are milliseconds.
DURATIONS = frozenset({NOTED["user_task_timeout_ms"], NOTED[TASK_TIMEOUT]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One task as it is to be deployed.

    Attributes:
        name: as the notebook spells it; the graph's own name for the root.
        statement: CREATE OR ALTER TASK, its comment carrying our mark.
        digest: of everything in the statement but the mark: the same means nothing to do.
        comment: the user's own.
        noted: properties that SHOW TASKS will not tell.
        waits: the schedule is not to start before a deploy.
        group: what the task folds, runs and retries with; it changes nothing that runs, so it is no
            part of the digest.
        element: of which map it is, and at which place; no part of it either.
    """

    name: str
    stored: str
    statement: CreateTask
    digest: str
    comment: str = ""
    noted: Mapping[str, object] = field(default_factory=dict)
    waits: bool = False
    group: str | None = None
    element: Element | None = None


def definitions(
    graph: TaskGraph, root: QualifiedName, target: Target, *, schedule_off: bool = False
) -> tuple[Definition, ...]:
    """All tasks in the order they can be created: root, topological order, finalizer last.

    Args:
        graph: checked; its edges have no cycle. Tasks that are not loaded have no definition.
        root: the full name of the root task.
        target: its warehouse and config count where the graph says nothing.
        schedule_off: the schedule waits for a deploy; noted in the root's comment.
    """
    by_name = {task.name: task for task in graph.tasks}
    order = sorted(graph.topology.order, key=lambda name: by_name[name].finalizer)
    found = [
        marked_definition(
            graph.name,
            _root(graph, root, target),
            defaults=_defaults(graph.options),
            off=schedule_off,
        )
    ]
    for name in order:
        if by_name[name].kind is TaskKind.NOT_LOADED:
            continue
        task = by_name[name]
        statement = task_statement(graph, task, root, target)
        made = marked_definition(name, statement, group=task.group, element=task.element)
        found.append(made)
    return tuple(found)


def task_statement(graph: TaskGraph, task: Task, root: QualifiedName, target: Target) -> CreateTask:
    """What makes one task, without our mark: all of it that is part of the graph, and no code."""
    return CreateTask(
        name=QualifiedName(graph.deployed_name(task.name), root.schema, root.database),
        mode=CreateMode.OR_ALTER,
        body=_body(graph, task),
        properties=_properties(graph.options, task, root, target),
        after=_after(graph, task, root),
        condition=graph.condition(task.name),
    )


def merged_config(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Nested objects merged per leaf, as Snowflake does with USING CONFIG; lists are replaced."""
    merged = dict(base)
    for key, value in over.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = merged_config(before, value)
        else:
            merged[key] = value
    return merged


def _root(graph: TaskGraph, root: QualifiedName, target: Target) -> CreateTask:
    options = graph.options
    configured = replace(options, config=merged_config(graph.options.config, target.config))
    return CreateTask(
        name=root,
        mode=CreateMode.OR_ALTER,
        # A root needs a body, and this one has nothing to do (Snowflake's own DAG API does the
        # same); serverless or on the warehouse of the others, it takes no time.
        body=f"SELECT {quoted_string(f'root of task graph {graph.name}')}",
        properties=TaskProperties(
            warehouse=_warehouse(options, target),
            schedule=options.schedule,
            config=root_config_text(configured.config),
            overlap_policy=options.overlap,
            user_task_timeout_ms=_milliseconds(options.graph_timeout),
            suspend_task_after_num_failures=options.suspend_after,
            task_auto_retry_attempts=options.auto_retry,
            comment=options.comment,
        ),
    )


def root_config_text(config: Mapping[str, object]) -> str | None:
    """The config as a root's CONFIG takes it; None where there is none."""
    return GraphOptions(config=config).config_text()


def _body(graph: TaskGraph, task: Task) -> str:
    if task.kind is TaskKind.SQL:
        return task.body
    # Not qualified: a cloned schema then calls its own procedure.
    procedure = QualifiedName(f"{key_of(graph.name)}$RUN")
    return f"CALL {procedure.sql()}({quoted_string(task.name)})"


def _properties(
    options: GraphOptions, task: Task, root: QualifiedName, target: Target
) -> TaskProperties:
    warehouse = identifier_from_sql(task.warehouse) if task.warehouse else None
    return TaskProperties(
        warehouse=None if task.serverless else warehouse or _warehouse(options, target),
        user_task_managed_initial_warehouse_size=task.serverless,
        # On each task: on the root it would be a limit of the whole run (tasks-graphs).
        user_task_timeout_ms=_milliseconds(task.timeout or options.timeout),
        comment=task.comment,
        finalize=root if task.finalizer else None,
    )


def _after(graph: TaskGraph, task: Task, root: QualifiedName) -> tuple[QualifiedName, ...]:
    if task.finalizer:
        return ()
    above = [graph.deployed_name(name) for name in graph.predecessors(task.name)]
    return tuple(QualifiedName(name, root.schema, root.database) for name in above or [root.name])


def _warehouse(options: GraphOptions, target: Target) -> str | None:
    named = options.warehouse or target.warehouse
    return identifier_from_sql(named) if named else None


def _milliseconds(timeout: timedelta | None) -> int | None:
    return None if timeout is None else round(timeout.total_seconds() * 1000)


def _defaults(options: GraphOptions) -> dict[str, object]:
    """What the graph says of its tasks, for a notebook that does not; only the root notes it."""
    timeout = _milliseconds(options.timeout)
    return {} if timeout is None else {TASK_TIMEOUT: timeout}


def marked_definition(
    name: str,
    statement: CreateTask,
    *,
    defaults: Mapping[str, object] | None = None,
    off: bool = False,
    group: str | None = None,
    element: Element | None = None,
) -> Definition:
    """A statement with our mark in its comment.

    Args:
        name: as the notebook spells it.
        statement: its comment is the user's own.
        defaults: the root's, who always notes: what the graph says of its tasks.
        off: the schedule waits for a deploy.
        group: the task's.
        element: the task's.
    """
    waits = {NOTED_WAITING: True} if off else {}
    said = f"{statement.to_sql()}{waits or ''}{defaults or ''}"
    digest = hashlib.sha256(said.encode()).hexdigest()[:_HASH_LENGTH]
    noted = {**_noted(statement.properties), **(defaults or {})}
    options = {NOTED_OPTIONS: noted} if noted or defaults is not None else {}
    grouped: dict[str, object] = {NOTED_GROUP: group} if group is not None else {}
    if element is not None:
        grouped[NOTED_MAP] = [element.map, element.place]
    mark = {"name": name, "hash": digest, **waits, **options, **grouped}
    return Definition(
        name=name,
        stored=statement.name.name,
        statement=_with_mark(statement, statement.properties.comment, mark),
        digest=digest,
        comment=statement.properties.comment or "",
        noted=noted,
        waits=off,
        group=group,
        element=element,
    )


def remembering(definition: Definition, noted: Mapping[str, object]) -> Definition:
    """The definition with more in its mark: when it is deployed, and what it replaces."""
    mark = split_comment(definition.statement.properties.comment or "")[1]
    marked = _with_mark(definition.statement, definition.comment or None, {**mark, **noted})
    return replace(definition, statement=marked)


def _with_mark(
    statement: CreateTask, comment: str | None, mark: Mapping[str, object]
) -> CreateTask:
    properties = replace(statement.properties, comment=marked_comment(comment, mark))
    return replace(statement, properties=properties)


def _noted(properties: TaskProperties) -> dict[str, object]:
    """What SHOW TASKS will not tell."""
    said = properties.said()
    return {name: said[name] for name in NOTED if name in said}
