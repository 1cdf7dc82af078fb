"""All tasks of the engine, and which of them form a graph. Knows no rule of change and no SQL.

The scheduler's thread changes it; any thread may look. What is handed out are values, and a graph
is computed from one snapshot of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.store.runlog import CatalogueWrite, RemovedTask, StoredTask
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition, definition_from_json
from sfdag_magics.graph.topology import Topology
from sfdag_magics.sqltext import QualifiedName


class Family:
    """The tasks of one schema, and how they hang together.

    Walking up is cheap; `topology` is computed when somebody first walks down.
    """

    def __init__(self, tasks: Mapping[str, TaskDefinition]) -> None:
        self.tasks = tasks

    @cached_property
    def topology(self) -> Topology:
        """All edges of the schema."""
        return Topology({name: task.predecessors for name, task in self.tasks.items()})

    def with_changes(self, put: Sequence[TaskDefinition]) -> Family:
        """The family as it would be with these tasks in place of the ones of the same name."""
        if not put:
            return self
        return Family({**self.tasks, **{task.name.name: task for task in put}})

    def children(self, name: str) -> tuple[str, ...]:
        """The tasks that name this one as predecessor."""
        return self.topology.children.get(name, ())

    def finalizer(self, root: str) -> TaskDefinition | None:
        """The task that finalizes this root."""
        return next((task for task in self.tasks.values() if task.finalizes == root), None)

    def roots(self, name: str) -> list[TaskDefinition]:
        """The roots above a task, or the one it finalizes; a root is its own."""
        task = self.tasks[name]
        if task.finalizes is not None:
            return [self.tasks[task.finalizes]] if task.finalizes in self.tasks else []
        above = {name: task}
        waiting = [task]
        while waiting:
            for each in waiting.pop().predecessors:
                if each not in above and each in self.tasks:
                    above[each] = self.tasks[each]
                    waiting.append(self.tasks[each])
        return [each for _name, each in sorted(above.items()) if not each.predecessors]

    def graph(self, root: str) -> list[TaskDefinition]:
        """A root and all below it, by name, without the finalizer; the root first."""
        below = sorted(self.topology.descendants(root) - {root})
        return [self.tasks[name] for name in (root, *below)]


_Place = tuple[str | None, str | None]


class TaskCatalogue:
    """The tasks by schema and name."""

    def __init__(self) -> None:
        #: Each schema's tasks are replaced as a whole, so that others may be looking at them.
        self._schemas: dict[_Place, dict[str, TaskDefinition]] = {}
        self._ids: dict[str, TaskDefinition] = {}
        #: What was computed of a schema's tasks holds until they are replaced.
        self._families: dict[_Place, Family] = {}

    def load(self, stored: Iterable[StoredTask]) -> None:
        """Know just these tasks."""
        schemas: dict[_Place, dict[str, TaskDefinition]] = {}
        for each in stored:
            task = definition_from_json(json.loads(each.document))
            schemas.setdefault(_place(task.name), {})[task.name.name] = task
        self._schemas = schemas
        self._ids = {task.task_id: task for task in self.all()}

    def find(self, name: QualifiedName) -> TaskDefinition | None:
        """The task of this full name."""
        return self._schemas.get(_place(name), {}).get(name.name)

    def get(self, name: QualifiedName) -> TaskDefinition:
        """The task of this full name.

        Raises:
            SqlError: there is none.
        """
        found = self.find(name)
        if found is None:
            raise does_not_exist("Task", name.sql())
        return found

    def by_id(self, task_id: str) -> TaskDefinition | None:
        """The task of this id."""
        return self._ids.get(task_id)

    def all(self) -> list[TaskDefinition]:
        """All tasks."""
        return [task for tasks in list(self._schemas.values()) for task in tasks.values()]

    def family(self, name: QualifiedName) -> Family:
        """The tasks of the schema that this full name lies in; the same value until they change."""
        place = _place(name)
        tasks = self._schemas.get(place)
        if tasks is None:
            return Family({})
        family = self._families.get(place)
        if family is None or family.tasks is not tasks:
            family = self._families[place] = Family(tasks)
        return family

    def change(
        self, *, put: Sequence[TaskDefinition] = (), remove: Sequence[TaskDefinition] = ()
    ) -> list[CatalogueWrite]:
        """Take changes in; what is to be written for them. Scheduler thread only."""
        changed = {place: dict(self._schemas.get(place, {})) for place in _places(put, remove)}
        writes: list[CatalogueWrite] = []
        for task in remove:
            del changed[_place(task.name)][task.name.name]
            self._ids.pop(task.task_id, None)
            writes.append(RemovedTask(task_id=task.task_id))
        for task in put:
            changed[_place(task.name)][task.name.name] = task
            self._ids[task.task_id] = task
            writes.append(task.stored())
        self._schemas = {**self._schemas, **changed}
        return writes


def _place(name: QualifiedName) -> _Place:
    return name.database, name.schema


def _places(*groups: Sequence[TaskDefinition]) -> set[_Place]:
    return {_place(task.name) for group in groups for task in group}


def check_rooted(family: Family, name: str) -> None:
    """See that a task has a root above it, or is one: without, no run ever comes to it.

    Raises:
        SqlError: it stands on a cycle, or below one.
    """
    if not family.roots(name):
        parents = family.topology.parents
        above = {name, *family.topology.ancestors(name)}
        check_no_cycle(Topology({each: parents[each] for each in sorted(above)}), family)


def check_no_cycle(topology: Topology, family: Family) -> None:
    """See that no task of these waits for itself (Snowflake's words)."""
    if topology.cycle is not None:
        name = family.tasks[topology.cycle[0]].name.sql()
        raise SqlError(f"Graph has at least one cycle containing task {name}.")


def started_root_error(root: TaskDefinition) -> SqlError:
    """A graph whose root is started cannot be changed (Snowflake's code and words)."""
    return SqlError(
        f"Unable to update graph with root task {root.name.sql()} since that root task is not"
        " suspended.",
        code=91421,
        sqlstate="22000",
    )
