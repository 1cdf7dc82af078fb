"""From a `%%sftask` cell to a task. Knows the cell's options; registers nothing, runs nothing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle import TaskCapture
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.maps import mapped_tasks
from sfdag_magics.graph.model import (
    SqlPlace,
    Task,
    TaskGraph,
    TaskOptions,
    python_task,
    sql_task,
)
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.source import task_function
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.reading.notebook_lines import check_python
from sfdag_magics.magics.reading.options import OptionParser, Options, duration
from sfdag_magics.magics.reading.words import CellText


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCell:
    """A cell that was read.

    Attributes:
        tasks: the cell's task, or one for each element of a list.
        label: how tracebacks name the cell, such as `Cell [7] train`.
        graph: what `--graph` said.
    """

    tasks: tuple[Task, ...]
    text: CellText
    label: str
    graph: str | None


def cell_parser() -> OptionParser:
    """The options of `%%sftask`."""
    parser = OptionParser(
        "%%sftask",
        summary="Makes the cell's last function a task of the graph; nothing remote happens.",
        example="%%sftask train --after split_data --timeout 20m",
    )
    parser.word("name", help="the task's name; else the function's")
    parser.value("--map", metavar="LIST", help="a task for each element of this list or dict")
    parser.names("--after", metavar="T,T", help="tasks that must have succeeded before")
    parser.value("--group", metavar="G", help="tasks that fold and retry together")
    parser.flag("--branch", help="the return value names the next task")
    parser.flag("--finalizer", help="runs when all other tasks have ended")
    parser.flag("--sql", help="the cell is SQL; NAME is then required")
    parser.value("--when", metavar="EXPR", help="a Snowflake condition", words=True)
    parser.value("--timeout", metavar="20m", help="fails after this time", type=duration)
    parser.value("--retries", metavar="N", help="called again so often if it raises", type=_count)
    parser.value("--backoff", metavar="30s", help="wait before it is, then twice", type=duration)
    parser.value("--warehouse", metavar="W", help="runs on this warehouse")
    parser.value("--serverless", metavar="SIZE", help="runs serverless, from this size on")
    parser.names("--packages", metavar="P,P", help="packages this task needs")
    parser.names("--allow-secret", metavar="N,N", help="names that only look like a secret")
    parser.names("--pickle", metavar="N,N", help="names of the notebook that ship as pickles")
    parser.value("-g", "--graph", metavar="G", help="the graph it belongs to; else the current")
    parser.value("--comment", metavar="TEXT", help="kept with the task in Snowflake", words=True)
    return parser


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def task_cell(
    text: CellText,
    options: Options,
    *,
    number: int,
    namespace: Callable[[], Mapping[str, Any]],
    place_of: Callable[[str], str],
    texts: Callable[[], Mapping[str, str]],
) -> TaskCell:
    """The task a cell describes.

    Args:
        text: the cell.
        options: what `cell_parser` read of its line.
        number: the cell's number, as in `In [7]`.
        namespace: the notebook's global names, asked for when the code is captured.
        place_of: how tracebacks name other cells, by the file name of their code.
        texts: the exact texts of the cells that were run, by the file name of their code.

    Raises:
        InputError: the cell is not Python, has no function, or a name or option does not fit.
    """
    if options.sql:
        if options.map is not None:
            raise InputError(
                "--map gives an element to a function, and the cell is SQL",
                hint="a function that runs the statement: def load(table, session): session.sql(…)",
            )
        label = _label(number, _sql_name(options))
        written = SqlPlace(cell=label, first_line=text.first_line)
        task = sql_task(options.name, text.body, written=written, **_task_options(options))
        return TaskCell(tasks=(task,), text=text, label=label, graph=options.graph)
    check_python(text.body, cell=f"Cell [{number}]", first_line=text.first_line)
    found = task_function(
        text.body, cell=f"Cell [{number}]", task=options.name, first_line=text.first_line
    )
    label = _label(number, options.name or found.name)
    source = task_function(text.body, cell=label, first_line=text.first_line, namespace=namespace)
    source = replace(source, place_of=place_of, texts=texts)
    if options.map is None:
        tasks: tuple[Task, ...] = (python_task(source, options.name, **_task_options(options)),)
    else:
        over = _list_of(options.map, namespace())
        source = replace(source, mapped=options.map)
        tasks = mapped_tasks(source, over, options.name, **_task_options(options))
    return TaskCell(tasks=tasks, text=text, label=label, graph=options.graph)


def _list_of(text: str, namespace: Mapping[str, Any]) -> object:
    """What the notebook calls so, or the JSON that stands there: `{name}` was put in already."""
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise InputError(
                f"--map {text}: it is no JSON: {error}",
                hint='--map NAME, or --map \'["de", "fr"]\'',
            ) from error
    if text not in namespace:
        raise InputError(
            f"--map {text}: the notebook has nothing of that name",
            hint="run the cell that makes it, a list or a dict",
        )
    return namespace[text]


def _label(number: int, task: str) -> str:
    return f"Cell [{number}] {task}"


def _sql_name(options: Options) -> str:
    if not options.name:
        raise InputError(
            "a SQL cell has no function to take the task's name from", hint="%%sftask NAME --sql"
        )
    return str(options.name)


def _task_options(options: Options) -> TaskOptions:
    return TaskOptions(
        after=options.after,
        branch=options.branch,
        finalizer=options.finalizer,
        when=options.when,
        timeout=options.timeout,
        warehouse=options.warehouse,
        serverless=options.serverless,
        packages=options.packages,
        comment=options.comment,
        group=options.group,
        retries=options.retries or 0,
        backoff=options.backoff,
        allow_secret=options.allow_secret,
        pickle=options.pickle,
    )


def with_what_it_sees(task: Task, taken: TaskCapture) -> Task:
    """The task of a cell that has just run, with what it takes from the notebook now."""
    source = task.source and replace(task.source, seen=taken.fingerprints)
    return replace(task, source=source)


def placed_line(graph: TaskGraph, task: Task, state: str) -> str:
    """What a cell says when it was registered: `✓ train  after split_data · as deployed`."""
    above = list(graph.predecessors(task.name))
    named = [*task.after, *(parameter.name for parameter in task.values)]
    above = _by_their_maps(graph, above)
    unknown = [name for name in dict.fromkeys(named) if not graph.means(name)]
    above += [f"{name} (not defined yet)" for name in unknown]
    if task.finalizer:
        place = "finalizer of the graph"
    else:
        place = f"after {listed(above)}" if above else "first"
    kind = " · branch" if task.branch else ""
    return f"✓ {_called(graph, task)}  {place}{kind} · {state}"


def _called(graph: TaskGraph, task: Task) -> str:
    """The task, or the map that it is of: `score (5 tasks: score_1 … score_5)`."""
    if task.element is None:
        return task.name
    names = graph.maps[task.element.map]
    ends = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
    return f"{task.element.map} ({counted(len(names), 'task')}: {ends})"


def _by_their_maps(graph: TaskGraph, names: list[str]) -> list[str]:
    """The names, those of all tasks of a map as the map."""
    for name, those in graph.maps.items():
        if len(those) > 1 and set(those) <= set(names):
            where = names.index(next(each for each in names if each in those))
            rest = [each for each in names if each not in those]
            names = [*rest[:where], f"all of {name}", *rest[where:]]
    return names


def replaced_line(task: Task, replaced: Task) -> str:
    """What a cell says when its task took the place of another cell's, or of another spelling."""
    where = f" ({replaced.place})" if replaced.place else ""
    if task.name == replaced.name:
        return (
            f"  it replaces another cell's {replaced.name}{where}: a graph has one task of a name"
        )
    return f"  it replaces {replaced.name}{where}: {task.name} is the same name to Snowflake"
