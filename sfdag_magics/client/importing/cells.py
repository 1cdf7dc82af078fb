"""Graphs as cells of a notebook: `%sfdag graph` and a `%%sftask` cell for each task. Pure.

Knows how options are typed. What no line can say as it is, such as a comment of several lines, is
a variable of the notebook, which the line names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sfdag_magics.client.exporting.as_module import as_told, graph_options, says_all
from sfdag_magics.client.exporting.python_text import value_text
from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.graph.options import NONE

LOADS = "%load_ext sfdag_magics"
_PLAIN = re.compile(r"[\w.:/@,+-]+", re.ASCII)
_UNITS = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("m", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def graph_cells(graph: TaskGraph, code: Sequence[str]) -> Iterator[str]:
    """The cells of one graph, in the order in which they are run.

    Args:
        code: the cells of plain Python that its tasks need.
    """
    variables: dict[str, object] = {}
    told = [task for task in in_order(graph) if says_all(graph, task)]
    tasks = [_task_cell(graph, task, variables) for task in told]
    line = _graph_line(graph, variables)
    assigned = [f"{name} = {value_text(value)}" for name, value in variables.items()]
    yield "\n".join((*assigned, line))
    yield from code
    yield from tasks


def in_order(graph: TaskGraph) -> list[Task]:
    """Its tasks, each below those that it waits for; as they come where they wait in a circle."""
    if graph.topology.cycle is not None:
        return list(graph.tasks)
    by_name = {task.name: task for task in graph.tasks}
    return sorted((by_name[name] for name in graph.topology.order), key=lambda t: t.finalizer)


def _graph_line(graph: TaskGraph, variables: dict[str, object]) -> str:
    said = graph_options(graph.options)
    said.pop("without", None)
    config = said.pop("config", None)
    words = list(_words(said, f"{graph.name}_graph", variables))
    words += [f"--{_dashed(name)} {NONE}" for name in sorted(graph.options.without)]
    if config is not None:
        name = _free(f"{graph.name}_config", variables)
        variables[name] = config
        words.append(f"--config {name}")
    return " ".join(("%sfdag", "graph", graph.name, *words))


def _task_cell(graph: TaskGraph, task: Task, variables: dict[str, object]) -> str:
    called, over, options = as_told(graph, task)
    elements = {"map": json.dumps(over["over"], ensure_ascii=False)} if over else {}
    words = list(_words({**elements, **options}, called, variables))
    if task.kind is TaskKind.SQL:
        return "\n".join((" ".join((f"%%sftask {task.name} --sql", *words)), task.body))
    source = task.source
    named = [] if source is None or source.name == called else [called]
    return "\n".join((" ".join(("%%sftask", *named, *words)), source.text if source else ""))


def _words(
    options: Mapping[str, object], owner: str, variables: dict[str, object]
) -> Iterator[str]:
    """`--option value` for each."""
    for name, value in options.items():
        flag = f"--{_dashed(name)}"
        if value is True:
            yield flag
        elif isinstance(value, timedelta):
            yield f"{flag} {duration_text(value)}"
        elif isinstance(value, (list, tuple)):
            yield f"{flag} {','.join(_word(str(each), owner, name, variables) for each in value)}"
        elif value is not None and value is not False:
            yield f"{flag} {_word(str(value), owner, name, variables)}"


def _word(text: str, owner: str, option: str, variables: dict[str, object]) -> str:
    """A text as one word of a line, or the variable that holds it."""
    if _PLAIN.fullmatch(text):
        return text
    if text.isprintable() and "\\" not in text:
        for quote in ('"', "'"):
            if quote not in text:
                return f"{quote}{text}{quote}"
    name = _free(f"{owner}_{option}", variables)
    variables[name] = text
    return f"{{{name}}}"


def _free(name: str, variables: Mapping[str, object]) -> str:
    while name in variables:
        name += "_"
    return name


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def duration_text(time: timedelta) -> str:
    """A time as options take it: `20m`, `1500ms`."""
    for unit, one in _UNITS:
        if time >= one and not time % one:
            return f"{time // one}{unit}"
    return f"{json.dumps(time / timedelta(milliseconds=1)).removesuffix('.0')}ms"
