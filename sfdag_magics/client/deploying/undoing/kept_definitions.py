"""A version's tasks as the definitions that made them. Pure."""

from __future__ import annotations

from sfdag_magics.client.deploying.task_statements import Definition, marked_definition
from sfdag_magics.client.kept.version import KeptTask, KeptVersion
from sfdag_magics.graph.grammar import CreateTask, parse_task_statement


def definitions_of(version: KeptVersion) -> tuple[Definition, ...]:
    """In the order in which they can be created, the root first."""
    return tuple(map(_definition, version.tasks))


def _definition(task: KeptTask) -> Definition:
    statement = parse_task_statement(task.sql)
    if not isinstance(statement, CreateTask):
        raise TypeError(f"a version of a graph holds no {type(statement).__name__}")
    is_root = not statement.after and statement.properties.finalize is None
    defaults = task.defaults if is_root else None
    return marked_definition(
        task.name,
        statement,
        defaults=defaults,
        off=task.waits,
        group=task.group,
        element=task.element,
    )
