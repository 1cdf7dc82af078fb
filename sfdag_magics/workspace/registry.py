"""The graphs of this kernel: which there are, which is current, where a cell's task belongs.

One registry serves cells, decorators and objects. Imports no IPython: plain modules and tests
use it as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import Value, check_value
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph
from sfdag_magics.graph.names import key_of, nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import HERE, to_type
from sfdag_magics.workspace.decorated.refused import Refused

#: What the graph is called as long as nobody named it.
DEFAULT_GRAPH = "notebook"
_GRAPH = Value(
    says="a TaskGraph or a name",
    example="'nightly'",
    fits=lambda value: isinstance(value, str | TaskGraph),
)
#: What is said of a task that this kernel did not deploy. It stands in the output for good, and is
#: to be as true when it has been deployed.
NEXT_DEPLOY = "ships with a deploy"
#: Of one that it deployed otherwise; no deploy, run or retry that ships it makes this untrue.
EDITED_SINCE = "edited after it was deployed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What registering a task did.

    Attributes:
        replaced: the task of the same name that was there before.
        is_taken_over: that one was another cell's, or its name is spelled otherwise.
        left_behind: a task the same cell registered under another name, which is still there.
    """

    graph: TaskGraph
    task: Task
    replaced: Task | None
    is_taken_over: bool
    left_behind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadeByCell:
    """What a cell made when it was last run: in a loop, one cell makes many tasks.

    Attributes:
        graph: the key of the graph its tasks belong to.
        tasks: their names by their keys.
        execution: which running of the cell it was.
    """

    graph: str
    tasks: Mapping[str, str]
    execution: int | None


class Registry:
    """All graphs by name, without regard to case. The notebook's thread only."""

    def __init__(self) -> None:
        self._graphs: dict[str, TaskGraph] = {}
        #: Of these, the objects that plain Python made: there is no cell to run for them.
        self._taken_up: dict[str, TaskGraph] = {}
        self._current: str | None = None
        #: Whether the graph of tasks that nobody named a graph for is still without a name.
        self._has_unnamed = False
        self._cells: dict[str, _MadeByCell] = {}
        #: Which cell each task was last registered by, as far as the front end names its cells.
        self._owners: dict[tuple[str, str], str | None] = {}
        self._deleted: set[str] = set()
        #: `{cell: why it makes no task}`, of the last time that it ran.
        self._refused: dict[str, Refused] = {}
        #: Whether what cannot be a task is remembered, and not raised: a file is read as a whole.
        self.gathers = False
        #: What a function uses that the kernel has and no cell gives any more; a notebook knows.
        self.left_names: Callable[[str], Sequence[str]] = lambda _: ()

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Inside it knows nothing, afterwards what it knew before."""
        before = dict(vars(self))
        vars(self).clear()
        vars(self).update(vars(Registry()))
        try:
            yield
        finally:
            vars(self).clear()
            vars(self).update(before)

    @property
    def graphs(self) -> tuple[TaskGraph, ...]:
        """All graphs, in the order they were named."""
        return tuple(self._graphs.values())

    @property
    def current(self) -> TaskGraph:
        """The graph that verbs and new tasks mean; called `notebook` until one is named."""
        if not self._current:
            self.choose(DEFAULT_GRAPH)
            self._has_unnamed = True
        return self._graphs[self._current or key_of(DEFAULT_GRAPH)]

    @property
    def unnamed(self) -> TaskGraph | None:
        """The graph of the tasks whose cells ran before any graph was named, beside the current."""
        found = self._graphs.get(key_of(DEFAULT_GRAPH)) if self._has_unnamed else None
        return found if found is not None and found is not self.current else None

    def is_unnamed(self, graph: TaskGraph) -> bool:
        """Whether it is the graph of tasks that nobody named a graph for."""
        return self._has_unnamed and key_of(graph.name) == key_of(DEFAULT_GRAPH)

    def choose(self, name: str, options: Mapping[str, Any] | None = None) -> TaskGraph:
        """Make a graph current; make it when it is new, change the options that are named.

        Raises:
            InputError: the name or an option does not fit; nothing is changed.
        """
        graph = self._graphs.get(key_of(name)) or TaskGraph(name)
        graph.configure(**(options or {}))
        self._has_unnamed = self._has_unnamed and key_of(name) != key_of(DEFAULT_GRAPH)
        unnamed = self._graphs.get(key_of(DEFAULT_GRAPH))
        if unnamed is not None and not unnamed.tasks:
            del self._graphs[key_of(DEFAULT_GRAPH)]
        self._graphs[key_of(name)] = graph
        self._current = key_of(name)
        return graph

    def named(self, name: str | None) -> TaskGraph:
        """The graph of this name, the current one for None.

        Raises:
            InputError: there is none of this name.
        """
        if name is None:
            return self.current
        found = self._graphs.get(key_of(name))
        if found is None:
            known = [graph.name for graph in self.graphs]
            raise unknown_graph(name, known, str(HERE))
        return found

    def options_of(self, name: str) -> GraphOptions:
        """The options of a graph; nothing is said of one that is not there yet."""
        graph = self._graphs.get(key_of(name))
        return graph.options if graph else GraphOptions()

    def tasks_of(self, name: str) -> tuple[Task, ...]:
        """The tasks of a graph; none of one that is not there yet."""
        graph = self._graphs.get(key_of(name))
        return graph.tasks if graph else ()

    def cells_deleted(self, cell_ids: Iterable[str]) -> None:
        """Know that cells are gone; one that is run again is back, as after an undo."""
        gone = [*cell_ids]
        self._deleted.update(gone)
        for cell_id in gone:
            self._refused.pop(cell_id, None)

    def refuse(self, cell_id: str, refused: Refused) -> None:
        """Know why a cell makes no task, until it runs again or is deleted."""
        graph = refused.graph or self._current or DEFAULT_GRAPH
        self._refused[cell_id] = replace(refused, graph=graph)

    def runs_again(self, cell_id: str) -> None:
        """Know no longer what was wrong with a cell."""
        self._refused.pop(cell_id, None)

    def refused(self, graph: TaskGraph | None = None) -> tuple[Refused, ...]:
        """What was to be a task of this graph, or of any, and is none."""
        found = self._refused.values()
        wanted = key_of(graph.name) if graph is not None else None
        return tuple(each for each in found if wanted in (None, key_of(each.graph or "")))

    def elsewhere(self, name: str, graph: TaskGraph) -> TaskGraph | None:
        """Another graph here that has a task of this name; of several the current one."""
        others = [other for other in self.graphs if other is not graph and name in other]
        return self.current if self.current in others else next(iter(others), None)

    def way_into(self, graph: TaskGraph, other: TaskGraph) -> str:
        """What brings a cell's task from a graph into another: from one that nobody named, all."""
        if self.is_unnamed(other):
            return f"{to_type('graph', name=graph.name)}, then run the cell again"
        return f"%%sftask -g {graph.name} makes it a task of {graph.name}"

    def without_cell(self, graph: TaskGraph) -> tuple[str, ...]:
        """The tasks whose cell was deleted; they are still in the graph."""
        owners = {task.name: (key_of(graph.name), key_of(task.name)) for task in graph.tasks}
        return tuple(name for name, at in owners.items() if self._owners.get(at) in self._deleted)

    def left_behind(self, graph: TaskGraph) -> tuple[str, ...]:
        """The tasks whose cell has become another task since; they are still in the graph."""
        found, without_cell = [], frozenset(self.without_cell(graph))
        for task in graph.tasks:
            if task.name in without_cell:
                continue
            owner = self._owners.get((key_of(graph.name), key_of(task.name)))
            if owner and key_of(task.name) not in self._cells[owner].tasks:
                found.append(task.name)
        return tuple(found)

    def add(self, graph: TaskGraph) -> None:
        """Take up a graph that was made elsewhere; the current one stays."""
        self._graphs[key_of(graph.name)] = graph

    def take_up(self, graph: TaskGraph) -> None:
        """Mean this object by its name from now on, unless cells have made a graph of that name."""
        key = key_of(graph.name)
        known = self._graphs.get(key)
        is_of_cells = known is not None and (known.tasks or known.options != GraphOptions())
        if not is_of_cells or known is self._taken_up.get(key):
            self._graphs[key] = self._taken_up[key] = graph

    def register(
        self,
        task: Task,
        *,
        graph: str | TaskGraph | None = None,
        cell_id: str | None = None,
        execution: int | None = None,
    ) -> Registered:
        """Put a task into its graph, in place of the one of its name.

        Args:
            task: the task.
            graph: where to; else the graph its cell was first run in, else the current one. From
                the graph that nobody named, it goes to the current one.
            cell_id: the front end's name of the cell, if it gave one.
            execution: which running of the cell it is: what it made in this one, it still makes.
        """
        check_value("graph", graph, _GRAPH)
        before = self._cells.get(cell_id or "")
        self._deleted.discard(cell_id or "")
        if isinstance(graph, TaskGraph):
            home = graph
        elif graph is not None:
            home = self._graphs.setdefault(key_of(graph), TaskGraph(graph))
        else:
            home = self._graphs[before.graph] if before else self.current
            if home is self.unnamed:  # its graph has been named since
                home = self._moved(task, home)
        replaced = home.task(task.name) if task.name in home else None
        home.add(task)
        place = (key_of(home.name), key_of(task.name))
        owner, self._owners[place] = self._owners.get(place), cell_id
        respelled = replaced is not None and replaced.name != task.name
        other = replaced is not None and None not in (owner, cell_id) and owner != cell_id
        is_same = before is not None and execution is not None and before.execution == execution
        earlier = before.tasks if before is not None and is_same else {}
        left = None if earlier else _only_task(before, home, instead_of=task)
        if cell_id:
            self._cells[cell_id] = _MadeByCell(
                graph=key_of(home.name),
                tasks={**earlier, key_of(task.name): task.name},
                execution=execution,
            )
        return Registered(
            graph=home,
            task=task,
            replaced=replaced,
            is_taken_over=respelled or other,
            left_behind=left,
        )

    def register_map(
        self,
        tasks: Sequence[Task],
        *,
        graph: str | TaskGraph | None = None,
        cell_id: str | None = None,
        execution: int | None = None,
    ) -> tuple[Registered, ...]:
        """Put all tasks of a map into its graph, and take those out that it had and makes no more.

        Args:
            tasks: one or more, of one map.
            graph, cell_id, execution: as in `register`.
        """
        done = [self.register(tasks[0], graph=graph, cell_id=cell_id, execution=execution)]
        home = done[0].graph
        done += [
            self.register(task, graph=home, cell_id=cell_id, execution=execution)
            for task in tasks[1:]
        ]
        made, name = {task.name for task in tasks}, tasks[0].element and tasks[0].element.map
        for former in home.maps.get(name or "", ()):
            if former not in made:
                home.forget(former)
        if done[0].left_behind is not None and key_of(done[0].left_behind) == key_of(name or ""):
            home.forget(done[0].left_behind)  # the cell's one task became the map
            done[0] = replace(done[0], left_behind=None)
        return tuple(done)

    def _moved(self, task: Task, unnamed: TaskGraph) -> TaskGraph:
        """The current graph, to which a task of the one that nobody named goes over."""
        if task.name in unnamed:
            unnamed.forget(task.name)
        return self.current


def _only_task(before: _MadeByCell | None, home: TaskGraph, *, instead_of: Task) -> str | None:
    """The task its cell made before and not now; of several, the others may follow yet."""
    if before is None or len(before.tasks) > 1:
        return None
    ((key, name),) = before.tasks.items()
    return name if key != key_of(instead_of.name) and name in home else None


def unknown_graph(
    name: str, known: Sequence[str], where: str, current: TaskGraph | None = None
) -> InputError:
    """What is said of a graph that nobody knows: the one that was meant, else how to find it."""
    if current is not None and name in current:
        return InputError(
            f"there is no graph {name!r} {where}: it is a task of graph {current.name!r}",
            hint=f"graph {current.name!r} where the whole is meant; "
            f"{to_type('forget', task=name, graph=current.name)} takes the task out",
        )
    near = nearest(name, known)
    did = f"; did you mean {near!r}?" if near else ""
    hint = to_type("status", graph=near) if near else to_type("graphs")
    return InputError(f"there is no graph {name!r} {where}{did}", hint=hint)


#: The registry of this process: cells, `@sftask` and `%sfdag` share it.
REGISTRY = Registry()
