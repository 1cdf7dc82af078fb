"""A graph as a Python file that `sfdag run FILE` reads: the tasks with all that they take. Pure.

Reading it back gives the same tasks, options and code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from sfdag_magics.bundle import Bundle
from sfdag_magics.client.exporting.exported import Exported, Form, heading
from sfdag_magics.client.exporting.left_out import not_loaded
from sfdag_magics.client.exporting.merged_code import MergedCode, Piece, merged_code
from sfdag_magics.client.exporting.python_text import (
    call_text,
    free_name,
    keywords_text,
    lines_text,
    spelled,
    uses,
    value_text,
)
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, TaskKind, TaskOptions

Say = Callable[[str], str]


def as_module(graph: TaskGraph, bundle: Bundle) -> Exported:
    """The graph as a Python file.

    Args:
        bundle: of the same graph, without problems.

    Raises:
        InputError: tasks call different things by one name; lists all.
    """
    functions = {task.name: task.source.name for task in graph.tasks if task.source}
    code = merged_code(bundle.tasks, functions)
    file = _File(graph, code)
    not_carried = tuple(_not_carried(graph, bundle, code))
    use = f"sfdag run FILE.py --graph {graph.name}"
    text = "\n".join([*heading("#", graph.name, use, not_carried), *file.lines()])
    return Exported(graph=graph.name, form=Form.MODULE, text=f"{text}\n", not_carried=not_carried)


def task_options(task: Task) -> dict[str, object]:
    """What is said of a task beside its code, by the names of `TaskOptions`."""
    standard = {field.name: field.default for field in fields(Task)}
    told = {name: getattr(task, name) for name in TaskOptions.__annotations__}
    return {name: value for name, value in told.items() if value != standard[name]}


def graph_options(options: GraphOptions) -> dict[str, object]:
    """What is said of a graph, by the names of `GraphOptions`; its config as plain JSON."""
    nothing = GraphOptions()
    told = {field.name: getattr(options, field.name) for field in fields(GraphOptions)}
    said = {name: value for name, value in told.items() if value != getattr(nothing, name)}
    insisted = said.pop("insisted", frozenset())
    if options.config:
        config = json.loads(options.config_text() or "{}")
        said["config"] = {f"+{k}" if k in insisted else k: v for k, v in config.items()}
    return said


def says_all(graph: TaskGraph, task: Task) -> bool:
    """Whether a task stands alone, or is the first of a map, which is told with it."""
    return task.element is None or graph.maps[task.element.map][0] == task.name


def as_told(graph: TaskGraph, task: Task) -> tuple[str, dict[str, object], dict[str, object]]:
    """What a task is called, `{"over": its map's elements}`, and its options; of a map, the map's.

    The second is empty of a task that stands alone.
    """
    options = task_options(task)
    if task.element is None:
        return task.name, {}, options
    called = task.element.map
    # The group that a map makes of its tasks by itself.
    options = {k: v for k, v in options.items() if (k, v) != ("group", called)}
    return called, {"over": _elements(graph, called)}, options


def task_call(
    graph: TaskGraph,
    task: Task,
    arguments: Sequence[str],
    say: Callable[[str], str],
) -> str:
    """`sftask(…)` with all that is said of a task, `sftask.map(…)` of those of a map."""
    called, over, said = as_told(graph, task)
    function = task.source.name if task.source else task.name
    named = {} if called == function else {"name": called}
    made = f"{say('sftask')}.map" if over else say("sftask")
    keywords = keywords_text({**over, **named, **said}, say)
    return call_text(made, [*arguments, *keywords])


def _elements(graph: TaskGraph, name: str) -> object:
    """What a map goes over: a list where its tasks are numbered, else a dict."""
    found: dict[str, object] = {}
    for each in graph.maps[name]:
        element = graph.task(each).element
        if element is not None:
            found[each[len(name) + 1 :]] = json.loads(element.text)
    numbers = [str(number) for number in range(1, len(found) + 1)]
    return [*found.values()] if [*found] == numbers else found


class _File:
    """The lines of one file, below those that say what it is."""

    def __init__(self, graph: TaskGraph, code: MergedCode) -> None:
        self._graph = graph
        self._code = code
        self._variable = free_name("graph", code.names)
        taken = code.names | {self._variable}
        kinds = {task.kind for task in graph.tasks}
        options = {task.name: task_options(task) for task in graph.tasks}
        told = [graph_options(graph.options), *options.values()]
        ours = ["TaskGraph"]
        ours += ["GraphOptions"] if told[0] else []
        ours += ["sftask"] if TaskKind.PYTHON in kinds else []
        ours += ["sql_task"] if TaskKind.SQL in kinds else []
        values = [value_text(value) for each in told for value in each.values()]
        times = ["timedelta"] if uses(values, "timedelta") else []
        self._names = spelled({"datetime": times, "sfdag_magics": sorted(ours)}, taken)
        self._say = self._names.__getitem__
        self._options = options

    def lines(self) -> Iterator[str]:
        """All of them."""
        if self._code.futures:
            yield from ("", f"from __future__ import {', '.join(self._code.futures)}")
        if self._code.imports:
            yield from ("", *self._code.imports)
        yield from ("", *self._names.imports, "")
        yield f"{self._variable} = {self._graph_text()}"
        was_definition = False
        for text, is_definition in self._blocks():
            yield from ("", "") if is_definition or was_definition else ("",)
            yield text
            was_definition = is_definition

    def _blocks(self) -> Iterator[tuple[str, bool]]:
        """What is in the file task by task, and whether it is a definition."""
        for task in self._graph.tasks:
            if task.kind is TaskKind.SQL:
                yield self._sql_text(task), False
            for piece in self._code.pieces.get(task.name, ()):
                yield "\n".join(self._piece_lines(piece)), piece.is_definition

    def _graph_text(self) -> str:
        arguments = [value_text(self._graph.name)]
        if options := graph_options(self._graph.options):
            said = call_text(self._say("GraphOptions"), keywords_text(options, self._say), 1)
            arguments.append(said)
        return call_text(self._say("TaskGraph"), arguments)

    def _piece_lines(self, piece: Piece) -> Iterator[str]:
        told = [n for n in piece.tasks if says_all(self._graph, self._graph.task(n))]
        for first in told[:1]:
            yield f"@{self._task_text(first, ())}"
        yield piece.text
        for other in told[1:]:
            yield self._task_text(other, (self._function_of(other),))

    def _function_of(self, name: str) -> str:
        source = self._graph.task(name).source
        return source.name if source else name

    def _task_text(self, name: str, arguments: tuple[str, ...]) -> str:
        given = [*arguments, f"graph={self._variable}"]
        return task_call(self._graph, self._graph.task(name), given, self._say)

    def _sql_text(self, task: Task) -> str:
        arguments = [value_text(task.name), lines_text(task.body)]
        arguments += keywords_text(self._options[task.name], self._say)
        made = call_text(self._say("sql_task"), arguments, 1)
        return call_text(f"{self._variable}.add", [made])


def _not_carried(graph: TaskGraph, bundle: Bundle, code: MergedCode) -> Iterator[str]:
    yield from not_loaded(graph)
    for path in sorted({path for each in bundle.tasks for path in each.files}):
        yield f"file {path}: it lies beside the notebook, and has to lie beside this file"
    for name in code.otherwise:
        futures = ", ".join(code.futures)
        yield f"task {name}: it was written without some of what holds here for all: {futures}"
