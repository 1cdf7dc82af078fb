"""Which tasks were edited since this kernel deployed them. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import task_statement
from sfdag_magics.graph.grammar import CreateTask
from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.registry import NEXT_DEPLOY


class ShippedTasks:
    """What this kernel deployed, task by task. Any thread."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def state_of(self, graph: TaskGraph, task: Task, target: str | None = None) -> str:
        """Whether it differs from what this kernel deployed, in words that stay true afterwards.

        A task of a map speaks for all of them, and for those that its list has no more.
        """
        shipped = self._of(graph, target)
        before = {key: each for key, each in shipped.items() if _stand_together(each, task)}
        now = {key_of(each.name): each for each in graph.tasks if _stand_together(each, task)}
        if not before:
            return NEXT_DEPLOY
        is_same = before.keys() == now.keys() and all(_same(before[k], now[k]) for k in now)
        return "as deployed" if is_same else f"edited, {NEXT_DEPLOY}"

    def not_shipped(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """The tasks that were edited since this kernel deployed them."""
        shipped = self._of(graph, target)
        before = [(task, shipped.get(key_of(task.name))) for task in graph.tasks]
        return tuple(task.name for task, there in before if there and not _same(there, task))

    def not_there(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """The tasks that were added since this kernel deployed the graph; none where it did not."""
        shipped = self._of(graph, target)
        return tuple(t.name for t in graph.tasks if shipped and key_of(t.name) not in shipped)

    def edited_code(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """Those of them whose code a retry can ship."""
        edited = self.not_shipped(graph, target)
        return tuple(name for name in edited if graph.task(name).kind is TaskKind.PYTHON)

    def edited_in_graph(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """Those that make another graph now, which no retry there can apply.

        Tasks that were forgotten are among them.
        """
        changed = self._changed_in_graph(graph, target)
        is_embedded = self._places.target(target).is_embedded
        return tuple(name for name in changed if name not in graph or not is_embedded)

    def altered(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """Those that make another graph now, which a retry there deploys first."""
        if not self._places.target(target).is_embedded:
            return ()
        changed = self._changed_in_graph(graph, target)
        return tuple(name for name in changed if name in graph)

    def _changed_in_graph(self, graph: TaskGraph, target: str | None) -> tuple[str, ...]:
        """By SQL, edges, options; the forgotten ones first."""
        there = self._places.place(target).shipped.get(key_of(graph.name))
        if there is None:
            return ()
        gone = [task.name for task in there.tasks if task.name not in graph]
        both = [task.name for task in there.tasks if task.name in graph]
        on = self._places.target(target)
        made = [[_statement(each, name, on) for name in both] for each in (there, graph)]
        return (*gone, *(n for n, was, now in zip(both, *made, strict=True) if was != now))

    def knows(self, graph: TaskGraph, target: str | None = None) -> bool:
        """Whether this kernel deployed the graph."""
        return key_of(graph.name) in self._places.place(target).shipped

    def note(self, graph: TaskGraph, target: str | None) -> None:
        """The graph was deployed as it stands here."""
        there = TaskGraph(graph.name, graph.options, tasks=graph.tasks)
        self._places.place(target).shipped[key_of(graph.name)] = there

    def forget(self, graph: str, target: str | None = None) -> None:
        """Know of none of a graph that was dropped."""
        self._places.place(target).shipped.pop(key_of(graph), None)

    def _of(self, graph: TaskGraph, target: str | None) -> Mapping[str, Task]:
        there = self._places.place(target).shipped.get(key_of(graph.name))
        return {key_of(task.name): task for task in there.tasks} if there else {}


def _statement(graph: TaskGraph, name: str, target: Target) -> CreateTask:
    return task_statement(graph, graph.task(name), QualifiedName(key_of(graph.name)), target)


def _stand_together(one: Task, other: Task) -> bool:
    """Whether it is one task, or two of one map."""
    if one.element is None or other.element is None:
        return key_of(one.name) == key_of(other.name)
    return key_of(one.element.map) == key_of(other.element.map)


def _same(one: Task, other: Task) -> bool:
    """Whether two tasks are the same but for the cell they were written in."""
    texts = [task.source.text if task.source else None for task in (one, other)]
    return texts[0] == texts[1] and replace(one, source=None) == replace(other, source=None)
