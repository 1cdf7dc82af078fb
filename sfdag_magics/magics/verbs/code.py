"""The verb about code: bundle. Shows what travels with a task; sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfdag_magics.bundle import TaskCapture, build, load_check
from sfdag_magics.client.code.shipping import packages_of
from sfdag_magics.errors import InputError, Problem
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.names import counted, did_you_mean, key_of
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text


def _bundle_options(parser: OptionParser) -> None:
    parser.word("task", help="one task; else all whose cells were run")


def _bundle(desk: Desk, options: Options) -> object:
    if options.graph:
        desk.take_up(options.graph)
    graph = desk.workspace.registry.named(options.graph)
    bundle = build(graph, packages_of, load_check())
    captured = bundle.tasks
    if options.task is not None:
        name = _python_task(graph, options.task)
        captured = tuple(each for each in captured if each.task == name)
    if options.json:
        desk.notebook.write(json_text([_record(each, bundle.problems) for each in captured]))
    else:
        lines = [line for each in captured for line in _lines(each, bundle.problems)]
        none = f"graph {graph.name} has no Python task here, so nothing travels"
        desk.notebook.say("\n".join(lines) or none)
    return None


def _python_task(graph: TaskGraph, name: str) -> str:
    known = {key_of(task.name): task for task in graph.tasks}
    if key_of(name) not in known:
        names = [task.name for task in graph.tasks]
        raise InputError(
            f"{name!r} is not a task of graph {graph.name!r} whose cell was run here",
            hint=did_you_mean(name, names),
        )
    task = known[key_of(name)]
    if task.kind is not TaskKind.PYTHON:
        raise InputError(
            f"{task.name} is a SQL task: its text is all there is of it",
            hint="%sfdag plan --sql",
        )
    return task.name


def _lines(captured: TaskCapture, problems: Sequence[Problem]) -> list[str]:
    """A task, what it takes with how and how much, and what may surprise."""
    width = max((len(item.name) for item in captured.taken), default=0)
    lines = [
        f"{captured.task} takes {counted(len(captured.taken), 'thing')}, {captured.size:,} bytes"
    ]
    for item in captured.taken:
        shown = "" if item.text == item.name else f"  {item.text}"
        lines.append(f"  {item.name:<{width}}  {item.how.value:<7}  {item.size:>7,} bytes{shown}")
    packages = ", ".join(dict.fromkeys(packages_of(captured.third_party)))
    lines += [f"  packages: {packages}"] if packages else []
    lines += [f"  note: {note}" for note in captured.notes]
    for problem in _of(captured, problems):
        lines += [f"  problem: {problem.message}"]
        lines += [f"    {problem.hint}"] if problem.hint else []
    return lines


def _of(captured: TaskCapture, problems: Sequence[Problem]) -> list[Problem]:
    """What stops a task from shipping: of what it takes, returns, or is once it is loaded."""
    return [problem for problem in problems if problem.task == captured.task]


def _record(captured: TaskCapture, problems: Sequence[Problem]) -> dict[str, Any]:
    taken = [
        {"name": item.name, "how": item.how.value, "what": item.text, "bytes": item.size}
        for item in captured.taken
    ]
    return {
        "task": captured.task,
        "taken": taken,
        "packages": list(dict.fromkeys(packages_of(captured.third_party))),
        "notes": list(captured.notes),
        "problems": [problem.message for problem in _of(captured, problems)],
    }


CODE_VERBS = (
    Verb(
        name="bundle",
        acts_on=frozenset({ActsOn.GRAPH}),
        summary="Shows what travels with a task: each name, how, how much.",
        example="%sfdag bundle train",
        act=_bundle,
        options=_bundle_options,
    ),
)
