"""What a program says with `TaskGraph`, `sftask` and `sql_task`, such as one that was exported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from sfdag_magics.client.importing.found import Findings
from sfdag_magics.client.importing.program.values import Function, Unknown, is_known
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import (
    GraphOptions,
    Task,
    TaskGraph,
    python_task,
    sql_task,
    task_function,
)
from sfdag_magics.light_classes import dataclass

#: What the graph of tasks is called that name none.
DEFAULT_GRAPH = "notebook"
_HOME = "sfdag_magics"
#: What `TaskGraph` takes that is no option.
_OF_GRAPHS = ("name", "options", "tasks")


@dataclass(slots=True, eq=False)
class OwnGraph:
    """A `TaskGraph` on its way."""

    name: str
    options: object
    line: int
    tasks: list[OwnTask] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class OwnTask:
    """A `sql_task`, or a function that `sftask` makes a task."""

    name: object
    body: object
    options: Mapping[str, object]
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class OwnOptions:
    """`GraphOptions(…)`."""

    said: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Decorator:
    """`sftask(…)` before it has a function."""

    options: Mapping[str, object]


class OwnGraphs:
    """The graphs that a program makes with this package. Filled while it is read."""

    def __init__(self, findings: Findings) -> None:
        self.graphs: list[OwnGraph] = []
        self._findings = findings

    @property
    def functions(self) -> Iterator[str]:
        """The functions that are tasks."""
        for graph in self.graphs:
            yield from (t.body.name for t in graph.tasks if isinstance(t.body, Function))

    def called(
        self, path: str, given: Sequence[object], named: Mapping[str, object], line: int
    ) -> object:
        """What a call makes; None where it is none of these."""
        if path.partition(".")[0] != _HOME:
            return None
        said = dict(named)
        match path.rpartition(".")[2]:
            case "TaskGraph":
                name = given[0] if given else said.get("name")
                options = given[1] if len(given) > 1 else said.get("options")
                graph = OwnGraph(str(name), _with_named(options, said), line)
                self.graphs.append(graph)
                for each in _listed(said.get("tasks")):
                    self.add(graph, each)
                return graph
            case "GraphOptions":
                return OwnOptions(said)
            case "sql_task":
                return OwnTask(given[0], given[1] if len(given) > 1 else "", said, line)
            case "sftask" if given and isinstance(given[0], Function):
                self.decorate(Decorator(said), given[0], line)
                return given[0]
            case "sftask":
                return Decorator(said)
        return None

    def add(self, graph: OwnGraph, task: object) -> None:
        """`graph.add(task)`."""
        if isinstance(task, OwnTask):
            graph.tasks.append(task)

    def decorate(self, decorator: Decorator, function: Function, line: int) -> None:
        """Make a function a task of the graph that its decorator names."""
        options = dict(decorator.options)
        name = options.pop("name", None) or function.name
        graph = self._graph(options.pop("graph", None), line)
        graph.tasks.append(OwnTask(name, function, options, line))

    def _graph(self, named: object, line: int) -> OwnGraph:
        if isinstance(named, OwnGraph):
            return named
        name = named if isinstance(named, str) else DEFAULT_GRAPH
        found = next((g for g in self.graphs if g.name.upper() == name.upper()), None)
        if found is None:
            found = OwnGraph(name, None, line)
            self.graphs.append(found)
        return found

    def made(self) -> Iterator[TaskGraph]:
        """The graphs that have tasks; what cannot be made is a finding."""
        for graph in self.graphs:
            if graph.tasks:
                yield self._made(graph)

    def _made(self, graph: OwnGraph) -> TaskGraph:
        found = TaskGraph(graph.name)
        try:
            if isinstance(graph.options, OwnOptions):
                found.options = GraphOptions(**self._known(graph.options.said, graph.line))
        except InputError as error:
            self._findings.problem(error.message, graph.line)
        for task in graph.tasks:
            try:
                made = self._task(task)
            except InputError as error:
                self._findings.problem(error.message, task.line)
                continue
            if made.name in found:
                self._findings.problem(f"task {made.name} is made again", task.line)
            found.add(made)
        return found

    def _task(self, task: OwnTask) -> Task:
        options = self._known(task.options, task.line)
        if not isinstance(task.body, Function):
            return sql_task(str(task.name), str(task.body), **options)
        source = task_function(own_text(task.body), cell=f"task {task.name}", task=str(task.name))
        return python_task(source, str(task.name), **options)

    def _known(self, said: Mapping[str, object], line: int) -> dict[str, Any]:
        for name, value in said.items():
            if not is_known(value):
                text = value.text if isinstance(value, Unknown) else name
                self._findings.left(f"{name} = {text}, known when the program runs", line)
        return {name: value for name, value in said.items() if is_known(value)}


def _with_named(options: object, said: Mapping[str, object]) -> object:
    """The options of `TaskGraph(…)`, with those that it is given by name."""
    named = {name: value for name, value in said.items() if name not in _OF_GRAPHS}
    if not named:
        return options
    return OwnOptions({**(options.said if isinstance(options, OwnOptions) else {}), **named})


def _listed(value: object) -> list[object]:
    return [*value] if isinstance(value, (list, tuple)) else []


def own_text(function: Function) -> str:
    """A function as it is written, without the decorators that make it a task."""
    node = function.node
    if not isinstance(node, ast.FunctionDef):
        return ""
    lines = function.module.text.split("\n")
    ours = {
        number
        for each in node.decorator_list
        if "sftask" in ast.unparse(each)
        for number in range(each.lineno - 1, each.end_lineno or each.lineno)
    }
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
    kept = [lines[n] for n in range(first, node.end_lineno or node.lineno) if n not in ours]
    return "\n".join(kept)
