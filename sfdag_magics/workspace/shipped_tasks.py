"""Which tasks were edited since this kernel deployed them. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.registry import NOT_DEPLOYED


class ShippedTasks:
    """What this kernel deployed, task by task. Any thread."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def state_of(self, graph: TaskGraph, task: Task, target: str | None = None) -> str:
        """`deployed`, `edited, not deployed` or `not deployed`, as far as this kernel knows."""
        before = self._of(graph, target).get(key_of(task.name))
        if before is None:
            return NOT_DEPLOYED
        return "deployed" if _same(before, task) else "edited, not deployed"

    def not_shipped(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """The tasks that were edited since this kernel deployed them."""
        shipped = self._of(graph, target)
        before = [(task, shipped.get(key_of(task.name))) for task in graph.tasks]
        return tuple(task.name for task, there in before if there and not _same(there, task))

    def edited_code(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """Those of them whose code a retry can ship."""
        edited = self.not_shipped(graph, target)
        return tuple(name for name in edited if graph.task(name).kind is TaskKind.PYTHON)

    def note(self, graph: TaskGraph, target: str | None) -> None:
        """The graph was deployed as it stands here."""
        tasks = {key_of(task.name): task for task in graph.tasks}
        self._places.place(target).shipped[key_of(graph.name)] = tasks

    def forget(self, graph: str, target: str | None = None) -> None:
        """Know of none of a graph that was dropped."""
        self._places.place(target).shipped.pop(key_of(graph), None)

    def _of(self, graph: TaskGraph, target: str | None) -> Mapping[str, Task]:
        return self._places.place(target).shipped.get(key_of(graph.name), {})


def _same(one: Task, other: Task) -> bool:
    """Whether two tasks are the same but for the cell they were written in."""
    texts = [task.source.text if task.source else None for task in (one, other)]
    return texts[0] == texts[1] and replace(one, source=None) == replace(other, source=None)
