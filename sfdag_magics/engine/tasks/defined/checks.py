"""What must hold of a task and of the graph around it, whatever statement changes it. Pure rules.

Texts that a test of Snowflake's clients asserts are theirs to the letter.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.tasks.defined.catalogue import Family, started_root_error
from sfdag_magics.engine.tasks.defined.conditions import check_condition
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.graph.rules import children_problem, predecessors_problem, sizes_problem
from sfdag_magics.sqltext import QualifiedName


def check(family: Family, task: TaskDefinition, old: TaskDefinition | None) -> None:
    """See that a task may be as it is to be, `old` being what it was.

    Raises:
        SqlError: it may not.
    """
    if task.condition is not None:
        check_condition(task.condition)
    _check_warehouse(task)
    if task.finalizes is not None:
        _check_finalizer(family, task)
    if task.predecessors:
        _check_child(family, task, old)
    if not task.is_root:
        _check_root_only(task)
        if old is not None and family.finalizer(task.name.name) is not None:
            raise SqlError("cannot finalize a non-root task")


def _check_warehouse(task: TaskDefinition) -> None:
    properties = task.properties
    problem = sizes_problem(
        properties.serverless_task_min_statement_size,
        properties.user_task_managed_initial_warehouse_size,
        properties.serverless_task_max_statement_size,
    )
    if problem is not None:
        raise SqlError(f"Task {task.name.sql()}: {problem}.")
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


def _check_child(family: Family, task: TaskDefinition, old: TaskDefinition | None) -> None:
    if problem := predecessors_problem(len(task.predecessors)):
        raise SqlError(f"Task {task.name.sql()}: {problem}.")
    for name in task.predecessors:
        is_itself = old is not None and name == task.name.name
        above = task if is_itself else family.tasks.get(name)
        if above is None:
            raise invalid_predecessor(task.name, name)
        siblings = len(set(family.children(name)) | {task.name.name})
        if problem := children_problem(siblings):
            raise SqlError(f"Task {above.name.sql()}: {problem}.")
        if above.finalizes is not None:
            raise SqlError(f"Finalizer task {above.name.sql()} cannot be a predecessor.")
        if name in family.tasks:
            check_suspended(family, name)


def check_suspended(family: Family, name: str, *, but_itself: bool = False) -> None:
    """The roots above a task must be suspended before anything of their graph changes.

    Raises:
        SqlError: one is started.
    """
    for root in family.roots(name):
        if root.is_started and not (but_itself and root.name.name == name):
            raise started_root_error(root)


def invalid_predecessor(task: QualifiedName, predecessor: str) -> SqlError:
    """What AFTER names is no task, or what REMOVE AFTER names is none of its predecessors."""
    name = QualifiedName(predecessor, task.schema, task.database)
    return SqlError(
        f"Invalid predecessor {name.sql()} was specified.", code=91085, sqlstate="42601"
    )
