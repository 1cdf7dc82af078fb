"""What CREATE, ALTER and DROP TASK make of the catalogue, or why they may not. Pure rules.

Each function looks at the catalogue and answers what is to be put, removed, started and stopped;
nothing is changed here. Texts that a test of Snowflake's clients asserts are theirs to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError, already_exists, does_not_exist
from sfdag_magics.engine.tasks.defined.catalogue import Catalogue, Family, started_root_error
from sfdag_magics.engine.tasks.defined.conditions import check_condition
from sfdag_magics.engine.tasks.defined.definition import (
    BECAME_ROOT,
    BY_USER,
    FINALIZER_BECAME_ROOT,
    TaskDefinition,
)
from sfdag_magics.graph.grammar import (
    AddAfter,
    AlterTask,
    CreateMode,
    CreateTask,
    DropTask,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SuspendTask,
    TaskProperties,
    UnsetProperties,
)
from sfdag_magics.graph.grammar.properties import EXECUTE_AS_USER, PROPERTIES
from sfdag_magics.graph.rules import predecessors_problem
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a statement comes to.

    Attributes:
        message: the answer's one row.
        started: the root whose schedule begins.
        stopped: ids of roots whose schedule ends.
    """

    message: str
    put: Sequence[TaskDefinition] = ()
    remove: Sequence[TaskDefinition] = ()
    started: TaskDefinition | None = None
    stopped: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """When, by whom, and the id a new task gets."""

    now: datetime
    owner: str
    new_id: str


def created(
    catalogue: Catalogue, statement: CreateTask, name: QualifiedName, around: Circumstances
) -> Change:
    """CREATE [OR REPLACE | OR ALTER] TASK [IF NOT EXISTS].

    Raises:
        SqlError: it may not.
    """
    old = catalogue.find(name)
    said = name.name
    if old is not None and statement.mode is CreateMode.CREATE:
        raise already_exists(name.sql())
    if old is not None and statement.mode is CreateMode.IF_NOT_EXISTS:
        return Change(message=f"{said} already exists, statement succeeded.")
    family = catalogue.family(name)
    altered = old is not None and statement.mode is CreateMode.OR_ALTER
    task = TaskDefinition(
        task_id=old.task_id if old and altered else around.new_id,
        name=name,
        body=statement.body,
        created_on=old.created_on if old and altered else around.now,
        owner=around.owner,
        condition=statement.condition,
        predecessors=_siblings(name, statement.after),
        finalizes=_finalized(name, statement.properties),
        properties=replace(statement.properties, finalize=None),
        last_committed_on=old.last_committed_on if old and altered else None,
        last_suspended_on=old.last_suspended_on if old and altered else None,
        last_suspended_reason=old.last_suspended_reason if old and altered else None,
    )
    if old is not None:
        _check_suspended(family, old.name.name, but_itself=not altered)
    _check(family, task, old)
    stopped = [old.task_id] if old is not None and not altered else []
    if altered:
        return Change(message="Statement executed successfully.", put=[task], stopped=stopped)
    remove = [old] if old is not None else []
    return Change(
        message=f"Task {said} successfully created.", put=[task], remove=remove, stopped=stopped
    )


def dropped(
    catalogue: Catalogue, statement: DropTask, name: QualifiedName, around: Circumstances
) -> Change:
    """DROP TASK [IF EXISTS].

    Raises:
        SqlError: it may not.
    """
    task = catalogue.find(name)
    if task is None:
        if not statement.if_exists:
            raise does_not_exist("Task", name.sql())
        return Change(message="Drop statement executed successfully.")
    family = catalogue.family(name)
    is_alone = not family.children(name.name) and family.finalizer(name.name) is None
    if not (task.is_root and is_alone):
        _check_suspended(family, name.name)
    left = [_without(family.tasks[child], name.name, around.now)
            for child in family.children(name.name)]  # fmt: skip
    finalizer = family.finalizer(name.name)
    if finalizer is not None:
        freed = finalizer.suspended(around.now, FINALIZER_BECAME_ROOT)
        left.append(replace(freed, finalizes=None))
    return Change(
        message=f"{name.name} successfully dropped.",
        put=left,
        remove=[task],
        stopped=[task.task_id] if task.is_root else [],
    )


def altered(
    catalogue: Catalogue, statement: AlterTask, name: QualifiedName, around: Circumstances
) -> Change:
    """ALTER TASK [IF EXISTS].

    Raises:
        SqlError: it may not.
    """
    task = catalogue.find(name)
    if task is None:
        if not statement.if_exists:
            raise does_not_exist("Task", name.sql())
        return Change(message="Statement executed successfully.")
    family = catalogue.family(name)
    message = "Statement executed successfully."
    if isinstance(statement.action, SuspendTask):
        return replace(_suspended(family, task, around.now), message=message)
    if isinstance(statement.action, ResumeTask):
        return replace(_resumed(family, task), message=message)
    _check_suspended(family, name.name)
    changed = _altered(task, statement, around.now)
    _check(family, changed, task)
    return Change(message=message, put=[changed])


def _suspended(family: Family, task: TaskDefinition, now: datetime) -> Change:
    if not task.is_root:
        _check_suspended(family, task.name.name)
        return Change(message="", put=[task.suspended(now, BY_USER)])
    return Change(message="", put=[task.suspended(now, BY_USER)], stopped=[task.task_id])


def _resumed(family: Family, task: TaskDefinition) -> Change:
    started = resumed(task)
    if not task.is_root:
        _check_suspended(family, task.name.name)
        return Change(message="", put=[started])
    # Again for a started one, as Snowflake does: an interval is counted from now.
    return Change(message="", put=[started], started=started)


def resumed(task: TaskDefinition) -> TaskDefinition:
    """The task as started."""
    return replace(task, is_started=True)


def moved(task: TaskDefinition, *, whole: bool, new: str) -> TaskDefinition:
    """The task after its database (`whole`) or its schema was renamed."""
    name = task.name
    place = (name.schema, new) if whole else (new, name.database)
    return replace(task, name=QualifiedName(name.name, *place))


def _altered(task: TaskDefinition, statement: AlterTask, now: datetime) -> TaskDefinition:
    match statement.action:
        case SetProperties(properties=said):
            finalizes = _finalized(task.name, said) or task.finalizes
            merged = _merged(task.properties, said)
            return replace(task, properties=merged, finalizes=finalizes)
        case UnsetProperties(names=names):
            return _unset(task, names, now)
        case AddAfter(names=names):
            added = _siblings(task.name, names)
            both = (*task.predecessors, *(n for n in added if n not in task.predecessors))
            return replace(task, predecessors=both)
        case RemoveAfter(names=names):
            return _removed(task, _siblings(task.name, names), now)
        case ModifyBody(body=body):
            return replace(task, body=body)
        case ModifyWhen(condition=condition):
            return replace(task, condition=condition)
        case RemoveWhen():
            return replace(task, condition=None)
        case _:  # RESUME and SUSPEND were taken before
            raise SqlError(f"Invalid action {type(statement.action).__name__}")


def _removed(task: TaskDefinition, names: Sequence[str], now: datetime) -> TaskDefinition:
    for name in names:
        if name not in task.predecessors:
            raise SqlError(f"Task {task.name.sql()} has no predecessor {name}.")
        task = _without(task, name, now)
    return task


def _without(task: TaskDefinition, predecessor: str, now: datetime) -> TaskDefinition:
    """The task without one predecessor; a child that becomes a root is suspended."""
    left = tuple(name for name in task.predecessors if name != predecessor)
    task = replace(task, predecessors=left)
    return task if left else task.suspended(now, BECAME_ROOT)


def _unset(task: TaskDefinition, names: Sequence[str], now: datetime) -> TaskDefinition:
    properties = task.properties
    session = {
        name: value for name, value in properties.session_parameters.items() if name not in names
    }
    cleared: dict[str, Any] = {}
    for name in names:
        if name == EXECUTE_AS_USER:
            cleared["execute_as_user"] = None
        elif name in PROPERTIES:
            cleared[PROPERTIES[name].attribute] = None
    if "finalize" in cleared:
        task = replace(task.suspended(now, FINALIZER_BECAME_ROOT), finalizes=None)
    return replace(task, properties=replace(properties, session_parameters=session, **cleared))


def _merged(old: TaskProperties, said: TaskProperties) -> TaskProperties:
    values = {
        each.name: value
        for each in fields(said)
        if each.name not in ("session_parameters", "finalize")
        and (value := getattr(said, each.name)) is not None
    }
    session = {**old.session_parameters, **said.session_parameters}
    return replace(old, session_parameters=session, **values)


def _siblings(name: QualifiedName, others: Sequence[QualifiedName]) -> tuple[str, ...]:
    """The stored names of tasks of the same schema, which is also where bare names are looked up.

    Snowflake takes no others, so looking bare names up elsewhere could only fail.
    """
    found = []
    for other in others:
        there = other.within(name.database, name.schema)
        if (there.database, there.schema) != (name.database, name.schema):
            raise SqlError(
                f"Task {name.sql()} and its predecessor {there.sql()} must be in the same schema."
            )
        found.append(there.name)
    return tuple(dict.fromkeys(found))


def _finalized(name: QualifiedName, said: TaskProperties) -> str | None:
    return None if said.finalize is None else _siblings(name, [said.finalize])[0]


# What must hold of a task and its graph


def _check(family: Family, task: TaskDefinition, old: TaskDefinition | None) -> None:
    if task.condition is not None:
        check_condition(task.condition)
    _check_warehouse(task)
    if task.finalizes is not None:
        _check_finalizer(family, task)
    if task.predecessors:
        _check_child(family, task)
    if not task.is_root:
        _check_root_only(task)
        if old is not None and family.finalizer(task.name.name) is not None:
            raise SqlError("cannot finalize a non-root task")


def _check_warehouse(task: TaskDefinition) -> None:
    properties = task.properties
    if properties.warehouse is None:
        return
    if properties.user_task_managed_initial_warehouse_size is not None:
        raise SqlError(
            "Cannot set USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE on a non-serverless task."
        )
    if properties.target_completion_interval is not None:
        raise SqlError(
            "TARGET_COMPLETION_INTERVAL is only allowed for serverless Tasks.",
            code=91857,
            sqlstate="42601",
        )


def _check_root_only(task: TaskDefinition) -> None:
    what = "finalizer" if task.finalizes is not None else "task with a predecessor"
    properties = task.properties
    if properties.schedule is not None:
        raise SqlError(f"Task {task.name.sql()}: a {what} cannot have a schedule.")
    if properties.task_auto_retry_attempts is not None:
        raise SqlError("cannot set parameter task_auto_retry_attempts on non-root task")
    if properties.overlap_policy is not None:
        raise SqlError("Cannot set allow_overlapping_execution on non-root task")
    if properties.config is not None:
        raise SqlError("Cannot set config on non-root task")


def _check_finalizer(family: Family, task: TaskDefinition) -> None:
    root = family.tasks.get(str(task.finalizes))
    if root is None:
        missing = QualifiedName(str(task.finalizes), task.name.schema, task.name.database)
        raise does_not_exist("Task", missing.sql())
    if not root.is_root or root.name == task.name:
        raise SqlError("cannot finalize a non-root task")
    if task.predecessors:
        raise SqlError(f"Finalizer task {task.name.sql()} cannot have predecessors.")
    if family.children(task.name.name):
        raise SqlError(f"Finalizer task {task.name.sql()} cannot have child tasks.")
    other = family.finalizer(root.name.name)
    if other is not None and other.name != task.name:
        raise SqlError(f"Task {root.name.sql()} already has the finalizer {other.name.sql()}.")
    if root.is_started:
        raise started_root_error(root)


def _check_child(family: Family, task: TaskDefinition) -> None:
    if problem := predecessors_problem(len(task.predecessors)):
        raise SqlError(f"Task {task.name.sql()}: {problem}.")
    for name in task.predecessors:
        above = task if name == task.name.name else family.tasks.get(name)
        if above is None:
            missing = QualifiedName(name, task.name.schema, task.name.database)
            raise does_not_exist("Task", missing.sql())
        if above.finalizes is not None:
            raise SqlError(f"Finalizer task {above.name.sql()} cannot be a predecessor.")
        if name in family.tasks:
            _check_suspended(family, name)


def _check_suspended(family: Family, name: str, *, but_itself: bool = False) -> None:
    """The roots above a task must be suspended before anything of their graph changes."""
    for root in family.roots(name):
        if root.is_started and not (but_itself and root.name.name == name):
            raise started_root_error(root)
