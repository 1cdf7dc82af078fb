"""What of a graph no statement and no object of Snowflake's carries, by name. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.client.exporting.needed import procedure
from sfdag_magics.graph.model import TaskGraph, TaskKind


def left_out(graph: TaskGraph) -> Iterator[str]:
    """A line for each: tasks that are not here, and the code of Python tasks."""
    yield from not_loaded(graph)
    runs = procedure(graph)
    for task in graph.tasks:
        if task.kind is TaskKind.PYTHON:
            yield f"task {task.name}: its Python code, which {runs} runs; a deploy makes that"


def lost_groups(graph: TaskGraph) -> Iterator[str]:
    """A line for each task of a group, which only our mark in the task's comment says."""
    for task in graph.tasks:
        if task.group is not None:
            yield f"task {task.name}: that it is of group {task.group!r}"


def not_loaded(graph: TaskGraph) -> Iterator[str]:
    """A line for each task that is deployed and not here."""
    for task in graph.tasks:
        if task.kind is TaskKind.NOT_LOADED:
            yield f"task {task.name}: its cell was not run here"
