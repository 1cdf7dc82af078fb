"""What ALTER TASK makes of a task that a script made before. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfdag_magics.client.importing.found import FoundTask
from sfdag_magics.graph.grammar import (
    AddAfter,
    AlterAction,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SetTags,
    SuspendTask,
    UnsetProperties,
    UnsetTags,
)
from sfdag_magics.sqltext import QualifiedName

Full = Callable[[QualifiedName], QualifiedName]


def altered(task: FoundTask, action: AlterAction, full: Full) -> FoundTask:
    """The task after an action.

    Args:
        full: the whole name that a name means where the statement stands.
    """
    match action:
        case ResumeTask() | SuspendTask():
            return replace(task, is_started=isinstance(action, ResumeTask))
        case AddAfter(names=names):
            after = (*task.after, *(name for name in map(full, names) if name not in task.after))
            return replace(task, after=after)
        case RemoveAfter(names=names):
            gone = {name.name for name in names}
            return replace(task, after=tuple(n for n in task.after if n.name not in gone))
        case SetProperties(properties=properties):
            return replace(task, properties=task.properties.with_set(properties))
        case UnsetProperties(names=names):
            return replace(task, properties=task.properties.without(names))
        case ModifyBody(body=body):
            return replace(task, body=body)
        case ModifyWhen(condition=condition):
            return replace(task, condition=condition)
        case RemoveWhen():
            return replace(task, condition=None)
        case SetTags(tags=tags):
            named = {tag.name for tag in tags}
            return replace(task, tags=(*(t for t in task.tags if t.name not in named), *tags))
        case UnsetTags(names=gone_tags):
            return replace(task, tags=tuple(t for t in task.tags if t.name not in gone_tags))
