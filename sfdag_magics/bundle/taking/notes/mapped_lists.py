"""A list of the notebook that tasks were made of, against what it is by now. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import Task, TaskGraph
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.values.element import Element, elements_of


def notes_of_list(graph: TaskGraph, task: Task) -> Iterator[str]:
    """That a map's tasks are of what its list was: said of the first of them."""
    source, element = task.source, task.element
    if source is None or element is None or not source.mapped:
        return
    made = graph.maps[element.map]
    names = source.namespace()
    if made[0] != task.name or source.mapped not in names:
        return
    tasks = map(graph.task, made)
    before = {each.name: each.element.text for each in tasks if each.element is not None}
    if _elements(element, names[source.mapped]) != before:
        yield (
            f"{source.mapped!r} was changed after {source.cell} ran: the tasks of {element.map} "
            f"are of what it was then, {counted(len(made), 'element')}; run that cell again"
        )


def _elements(element: Element, now: object) -> dict[str, str]:
    """`{task: its element}` of what the list is now; nothing where no map is made of it."""
    try:
        found = elements_of(element.map, now)
    except InputError:
        return {}
    return {f"{element.map}_{key}": text for key, text in found.items()}
