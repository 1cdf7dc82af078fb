"""What GRANT OWNERSHIP makes of tasks: they stop, and a graph has one owner. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sfdag_magics.engine.tasks.defined.catalogue import Family, TaskCatalogue
from sfdag_magics.engine.tasks.defined.changes import Change, without
from sfdag_magics.engine.tasks.defined.checks import check_suspended
from sfdag_magics.engine.tasks.defined.definition import (
    BY_OWNERSHIP,
    FINALIZER_BECAME_ROOT,
    TaskDefinition,
)
from sfdag_magics.sqltext import QualifiedName


def given(
    catalogue: TaskCatalogue, names: Sequence[QualifiedName], owner: str, now: datetime
) -> Change:
    """Let a role own these tasks; what joins them to tasks of another owner is cut.

    Raises:
        SqlError: a root above one goes on and is not among them.
    """
    put: list[TaskDefinition] = []
    tasks = [catalogue.get(name) for name in names]
    for place in dict.fromkeys((task.name.database, task.name.schema) for task in tasks):
        inside = [task for task in tasks if (task.name.database, task.name.schema) == place]
        put += _given(catalogue.family(inside[0].name), inside, owner, now)
    return Change(message="", put=put, stopped=[task.task_id for task in tasks if task.is_root])


def _given(
    family: Family, tasks: Sequence[TaskDefinition], owner: str, now: datetime
) -> list[TaskDefinition]:
    changed = {
        task.name.name: replace(task.suspended(now, BY_OWNERSHIP), owner=owner) for task in tasks
    }
    for name in changed:
        if not any(root.name.name in changed for root in family.roots(name)):
            check_suspended(family, name)
    after = family.with_changes(list(changed.values())).tasks
    put = []
    for task in after.values():
        freed = task
        for above in (*task.predecessors, *([task.finalizes] if task.finalizes else [])):
            is_touched = task.name.name in changed or above in changed
            if is_touched and above in after and after[above].owner != task.owner:
                freed = _freed(freed, above, now)
        if freed != family.tasks[task.name.name]:
            put.append(freed)
    return put


def _freed(task: TaskDefinition, above: str, now: datetime) -> TaskDefinition:
    if task.finalizes == above:
        return replace(task.suspended(now, FINALIZER_BECAME_ROOT), finalizes=None)
    return without(task, above, now)
