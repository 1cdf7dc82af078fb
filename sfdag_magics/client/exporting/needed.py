"""What must be where a graph is made by its statements, and what they do not make. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sfdag_magics.client.deploying.task_statements import Definition
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import sql_identifier


def warehouses(found: Iterable[Definition]) -> tuple[str, ...]:
    """The warehouses that the statements name, as SQL spells them, each once."""
    named = (each.statement.properties.warehouse for each in found)
    return tuple(dict.fromkeys(sql_identifier(name) for name in named if name is not None))


def needs(found: Iterable[Definition]) -> tuple[str, ...]:
    """A line for each."""
    return tuple(f"warehouse {name}: CREATE WAREHOUSE {name}" for name in warehouses(found))


def procedure(graph: TaskGraph) -> str | None:
    """The procedure that runs the graph's Python tasks; None where it has none."""
    is_called = any(task.kind is TaskKind.PYTHON for task in graph.tasks)
    return f"{key_of(graph.name)}$RUN" if is_called else None
