"""Which tasks were edited since this kernel deployed them. Asks nobody.

A view wants to know with every change of a run, so each comparison is made once: tasks are values,
and those of cells that were not run again are the same objects.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import NOTED_SQL, noted_sql
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import task_statement
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.grammar import CreateTask
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.registry import EDITED_SINCE, NEXT_DEPLOY


@dataclass(frozen=True, slots=True)
class _Compared:
    """All that the answer of a comparison hangs on."""

    there: tuple[Task, ...]
    here: tuple[Task, ...]
    options: tuple[GraphOptions, GraphOptions]
    on: Target


class ShippedTasks:
    """What this kernel deployed, task by task. Any thread: two may compare the same at once."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._edited: dict[tuple[str, str], tuple[_Compared, tuple[str, ...]]] = {}
        self._changed: dict[tuple[str, str], tuple[_Compared, tuple[str, ...]]] = {}

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
        return "as deployed" if is_same else EDITED_SINCE

    def not_shipped(self, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """The tasks that were edited since this kernel deployed them."""
        return self._once(self._edited, _edited, graph, target)

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

    def changed_since(
        self, graph: TaskGraph, seen: RunSnapshot, target: str | None = None
    ) -> tuple[str, ...]:
        """The tasks of a run that began with other code than this kernel has deployed since.

        Of a task that ran in a later attempt nothing is said: a retry may have taken code along.
        Nor is anything of a target that was closed: a view may be telling its last while it is.
        """
        if self._places.has_ended:
            return ()
        left = self._places.place(target).left.get(key_of(graph.name))
        if left is None:
            return ()
        now = {
            name: noted_sql(left.graph.tasks[name].definition)
            if noted.startswith(NOTED_SQL) and name in left.graph.tasks
            else left.code.get(key_of(name), "")[: len(noted)]
            for name, noted in seen.code.items()
            if name in graph and name in seen.tasks and seen.tasks[name].attempt == 1
        }
        return tuple(name for name, code in now.items() if code and code != seen.code[name])

    def _changed_in_graph(self, graph: TaskGraph, target: str | None) -> tuple[str, ...]:
        """By SQL, edges, options; the forgotten ones first."""
        return self._once(self._changed, _changed_in_graph, graph, target)

    def _once(
        self,
        known: dict[tuple[str, str], tuple[_Compared, tuple[str, ...]]],
        compare: Callable[[TaskGraph, TaskGraph, Target], tuple[str, ...]],
        graph: TaskGraph,
        target: str | None,
    ) -> tuple[str, ...]:
        """What `compare` says of the graph as deployed and as it is; none where it was not."""
        place = self._places.place(target)
        there, on = place.shipped.get(key_of(graph.name)), place.target
        if there is None:
            return ()
        compared = _Compared(there.tasks, graph.tasks, (there.options, graph.options), on)
        key = (on.name, key_of(graph.name))
        of, told = known.get(key, (None, ()))
        if of != compared:
            told = compare(there, graph, on)
            known[key] = (compared, told)
        return told

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


def _edited(there: TaskGraph, here: TaskGraph, _on: Target) -> tuple[str, ...]:
    shipped = {key_of(task.name): task for task in there.tasks}
    before = [(task, shipped.get(key_of(task.name))) for task in here.tasks]
    return tuple(task.name for task, was in before if was and not _same(was, task))


def _changed_in_graph(there: TaskGraph, here: TaskGraph, on: Target) -> tuple[str, ...]:
    if there.options == here.options and _are_all(there.tasks, here.tasks):
        return ()
    gone = [task.name for task in there.tasks if task.name not in here]
    both = [task.name for task in there.tasks if task.name in here]
    made = [[_statement(each, name, on) for name in both] for each in (there, here)]
    return (*gone, *(n for n, was, now in zip(both, *made, strict=True) if was != now))


def _are_all(some: tuple[Task, ...], others: tuple[Task, ...]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _statement(graph: TaskGraph, name: str, target: Target) -> CreateTask:
    return task_statement(graph, graph.task(name), QualifiedName(key_of(graph.name)), target)


def _stand_together(one: Task, other: Task) -> bool:
    """Whether it is one task, or two of one map."""
    if one.element is None or other.element is None:
        return key_of(one.name) == key_of(other.name)
    return key_of(one.element.map) == key_of(other.element.map)


def _same(one: Task, other: Task) -> bool:
    """Whether two tasks are the same but for the cell they were written in."""
    if one is other:
        return True
    texts = [task.source.text if task.source else None for task in (one, other)]
    return texts[0] == texts[1] and replace(one, source=None) == replace(other, source=None)
