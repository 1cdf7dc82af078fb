"""`TaskGraph`: the tasks of one graph, and what follows from them. No I/O; the public model.

Parts by question: `task` (what one task is), `edges` (who waits for whom), `branches` (what is
chosen), `validate` (what is wrong), `dot` (how Graphviz sees it).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from sfdag_magics.errors import GraphError, InputError, Problem
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import TEXT, check_value, of_type
from sfdag_magics.graph.branches import conditions, never_chosen
from sfdag_magics.graph.config import ConfigFindings, config_findings, with_insisted
from sfdag_magics.graph.described import Described
from sfdag_magics.graph.digraph import digraph
from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.names import check_graph_name, counted, deployed_name, did_you_mean, key_of
from sfdag_magics.graph.options import GraphOptionChanges, GraphOptions
from sfdag_magics.graph.source import FunctionSource, task_function
from sfdag_magics.graph.task import (
    SqlPlace,
    Task,
    TaskKind,
    TaskOptions,
    python_task,
    sql_task,
)
from sfdag_magics.graph.topology import Topology
from sfdag_magics.graph.validate import problems_of
from sfdag_magics.graph.values.signature import Parameter, ParameterKind
from sfdag_magics.place_words import RUN_IT

if TYPE_CHECKING:
    import graphviz
    import pandas as pd

__all__ = [
    "FunctionSource",
    "GraphOptionChanges",
    "GraphOptions",
    "Parameter",
    "ParameterKind",
    "SqlPlace",
    "Task",
    "TaskGraph",
    "TaskKind",
    "TaskOptions",
    "python_task",
    "sql_task",
    "task_function",
]


_OPTIONS = of_type(GraphOptions, "GraphOptions", "GraphOptions(schedule='1 day')")
_TASK = of_type(Task, "a Task", "python_task(…)")


@tells_arguments
class TaskGraph(Displayed):
    """A graph under construction: tasks come and go in any order, edges follow from all of them.

    The root is not one of `tasks`: it has no body, is named as the graph and carries the options.
    One thread at a time.

    >>> graph = TaskGraph("mortgage", schedule="1 day")
    >>> graph.add(sql_task("prepare", "create or replace table t as select 1 as a"))
    >>> graph.add(sql_task("check", "select count(*) from t", after=["prepare"]))
    >>> graph.predecessors("check")
    ('prepare',)
    >>> graph.validate()
    ()
    """

    def __init__(
        self,
        name: str,
        options: GraphOptions | None = None,
        *,
        tasks: Iterable[Task] = (),
        **named: Unpack[GraphOptionChanges],
    ) -> None:
        """A graph, empty unless it is given tasks.

        Args:
            name: its own, and its root's; `@sftask(graph=…)` takes it or the graph.
            options: of the graph as a whole, such as its schedule.
            tasks: built by `python_task` and `sql_task`.
            named: options by their names, as in `GraphOptions`; they count over `options`.

        Raises:
            InputError: the name is no identifier, there is no such option, or a value does not fit.
        """
        check_graph_name(name)
        check_value("options", options, _OPTIONS)
        self.name = name
        self.options = (options or GraphOptions()).changed(named)
        self._tasks: dict[str, Task] = {}
        self._described: Described | None = None
        for task in tasks:
            check_value("tasks", task, _TASK)
            self.add(task)

    def __repr__(self) -> str:
        return f"TaskGraph({self.name!r}, {counted(len(self._tasks), 'task')})"

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks in the order they were first added."""
        return tuple(self._tasks.values())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and key_of(name) in self._tasks

    def task(self, name: str) -> Task:
        """The task of this name, without regard to case.

        Raises:
            InputError: there is none; offers the nearest name.
        """
        check_value("task", name, TEXT)
        found = self._tasks.get(key_of(name))
        if found is None:
            raise InputError(
                f"{name!r} is not a task of graph {self.name!r}",
                hint=did_you_mean(name, (task.name for task in self.tasks)),
            )
        return found

    def add(self, task: Task) -> None:
        """Add a task, or replace the one of the same name where it stands."""
        self._tasks[key_of(task.name)] = task
        self._described = None

    def forget(self, name: str) -> Task:
        """Take a task out and return it.

        Raises:
            InputError: there is none; offers the nearest name.
        """
        found = self.task(name)
        del self._tasks[key_of(name)]
        self._described = None
        return found

    def configure(self, **changes: Unpack[GraphOptionChanges]) -> None:
        """Change the options named, keep the others.

        Args:
            changes: as in `GraphOptions`, such as `schedule="1 day"`.

        Raises:
            InputError: a value does not fit; nothing is changed.
        """
        self.options = self.options.changed(changes)

    @property
    def topology(self) -> Topology:
        """The effective edges between the tasks, without the root."""
        return self._as_described().topology

    def predecessors(self, name: str) -> tuple[str, ...]:
        """The tasks that `name` waits for, as spelled; empty for a first task and a finalizer."""
        return self.topology.parents[self.task(name).name]

    @property
    def maps(self) -> dict[str, tuple[str, ...]]:
        """`{map: its tasks, in the order of their results}`."""
        return {made.name: made.tasks for made in self._as_described().maps.values()}

    def means(self, name: str) -> tuple[str, ...]:
        """The tasks that a name means: one, or all of a map; none where it is neither."""
        return self._as_described().means(name)

    @property
    def branches(self) -> dict[str, tuple[str, ...]]:
        """`{branch: the tasks it may answer with}`."""
        return dict(self._as_described().arms)

    @property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """`{task: tasks above it}` in topological order."""
        return {name: self.topology.parents[name] for name in self.topology.order}

    @property
    def finalizers(self) -> frozenset[str]:
        """The name of the task below, in a set."""
        return frozenset(task.name for task in self.tasks if task.finalizer)

    @property
    def finalizer(self) -> Task | None:
        """The task that runs when all others have ended."""
        return next((task for task in self.tasks if task.finalizer), None)

    def condition(self, name: str) -> str | None:
        """The WHEN that a task is deployed with: its branches' choice and its own `--when`."""
        return conditions(self.name, self.task(name), self._as_described().arms)

    def deployed_name(self, name: str) -> str:
        """A task's stored name in Snowflake, such as `MORTGAGE$TRAIN`."""
        return deployed_name(self.name, self.task(name).name)

    def config(self) -> dict[str, object]:
        """The config the graph is deployed with, before a target's own is laid over it."""
        return dict(self.options.config)

    def validate(self, *, standing: GraphOptions | None = None) -> tuple[Problem, ...]:
        """Everything wrong with the graph, without running it; empty when it can be deployed.

        Args:
            standing: the options as they will stand where the graph goes; else its own.
        """
        return (*problems_of(self._as_described()), *self._config(standing).problems)

    def notes(self, *, standing: GraphOptions | None = None) -> tuple[str, ...]:
        """What may surprise and is not wrong: of config keys, of tasks that no branch chooses."""
        described = self._as_described()
        unchosen: tuple[str, ...] = ()
        if described.topology.cycle is None:
            unchosen = tuple(never_chosen(described.tasks, described.topology, described.arms))
        return (*unchosen, *self._config(standing).notes)

    def check(self, *, standing: GraphOptions | None = None, more: Iterable[Problem] = ()) -> None:
        """Refuse a graph that cannot run.

        Args:
            standing: as in `validate`.
            more: what is wrong with it where it goes.

        Raises:
            GraphError: carries all problems.
        """
        if problems := (*self.validate(standing=standing), *more):
            raise self.refused(problems)

    def refused(self, problems: Iterable[Problem]) -> GraphError:
        """The error of these problems, those of one task together, tasks in their order."""
        position = {key_of(name): index for index, name in enumerate(self._tasks)}
        found = sorted(
            dict.fromkeys(problems),
            key=lambda each: position.get(key_of(each.task or ""), len(position)),
        )
        return GraphError(
            f"graph {self.name!r} has {counted(len(found), 'problem')}",
            problems=tuple(found),
            hint=f"correct what is named{RUN_IT}, then the same again",
        )

    def check_config(
        self,
        config: Mapping[str, object],
        *,
        standing: GraphOptions | None = None,
        more: Iterable[Problem] = (),
        runs: Collection[str] | None = None,
    ) -> tuple[str, ...]:
        """Refuse a run's configuration that cannot work; answers with what may surprise.

        Args:
            config: laid over the graph's own; `+key` insists on a key that no task declares.
            standing: as in `validate`.
            more: what else is wrong with it.
            runs: the tasks that run, which need their keys; None where all do.

        Raises:
            InputError: a key is unknown or missing, or a value is of another type; lists all.
        """
        said, insisted = with_insisted(config)
        found = config_findings(
            self.tasks,
            said,
            insisted=insisted,
            elsewhere={**(standing or self.options).config, **self.options.config},
            is_complete=True,
            runs=runs,
        )
        self._refuse((*found.problems, *more))
        return found.notes

    def check_typed_config(self, config: Mapping[str, object]) -> None:
        """Refuse what is typed for the graph's configuration and cannot be meant.

        Args:
            config: `+key` insists on a key that no task declares.

        Raises:
            InputError: a key looks mistyped, or a value is of another type; lists all.
        """
        said, insisted = with_insisted(config)
        found = config_findings(self.tasks, said, insisted=insisted, is_graphs=True, more_come=True)
        self._refuse(found.problems)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if problems:
            raise InputError(
                f"the configuration does not fit graph {self.name!r}", problems=tuple(problems)
            )

    def _config(self, standing: GraphOptions | None) -> ConfigFindings:
        options = standing or self.options
        return config_findings(
            self.tasks,
            self.options.config,
            insisted=self.options.insisted,
            elsewhere=options.config,
            is_complete=options.schedule is not None,
            is_graphs=True,
        )

    def to_graphviz(self, *, labels: bool = True) -> graphviz.Digraph:
        """The graph as Graphviz sees it: neutral ids `n0…` in the order of `tasks`.

        Args:
            labels: true to read it; false for a layout: boxes of one size, no text in them.
        """
        described = self._as_described()
        return digraph(self.name, self.tasks, described.topology, described.arms, labels=labels)

    def to_pandas(self) -> pd.DataFrame:
        """The tasks in the order they were first added, a row each.

        Raises:
            MachineError: pandas is not installed.
        """
        rows = (
            {
                "task": task.name,
                "kind": task.kind.value,
                "after": self.predecessors(task.name),
                "when": self.condition(task.name),
                "timeout": task.timeout,
                "place": task.place,
            }
            for task in self.tasks
        )
        return data_frame(rows, ("task", "kind", "after", "when", "timeout", "place"))

    def _as_described(self) -> Described:
        if self._described is None:
            self._described = Described(name=self.name, tasks=dict(self._tasks))
        return self._described
