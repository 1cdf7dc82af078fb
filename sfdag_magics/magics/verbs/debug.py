"""The verb that restores what a task was given: debug."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Any

from sfdag_magics.client.connecting.activity import heard_by, nobody
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.options import OptionParser, Options, count
from sfdag_magics.magics.showing.records import debugged_record, value_record
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.answers.debugging import Debugged, debugged


def _options(parser: OptionParser) -> None:
    parser.word("task", help="the task; else the first that failed")
    parser.value("--run", metavar="ID", help="the start of a run's id; else the newest")
    parser.value("--attempt", metavar="N", help="an earlier attempt", type=count)
    parser.flag(
        "--call",
        help="call the function with them here; %%debug, or a terminal's pdb, looks into it",
    )


def _debug(desk: Desk, options: Options) -> object:
    __tracebackhide__ = True  # what is called here raises by its own lines
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    name = options.task or _first_failed(run.refresh().failed, run.snapshot.label)
    found = debugged(
        desk.workspace,
        graph,
        run,
        name,
        options.target,
        attempt=options.attempt,
        function=_function(desk, graph, name),
    )
    if options.json:
        return _told(desk, found) if not options.call else _called(desk, found)
    desk.notebook.say(str(found))
    if options.call:
        with heard_by(nobody):  # a line of ours would be written over what is typed to a debugger
            return found.call()
    source = graph.task(name).source
    if source is not None:
        desk.say(options, f"  next: {_next(desk, options, found.task, source.name)}")
    return found


def _told(desk: Desk, found: Debugged, **became: object) -> Debugged:
    desk.notebook.write(json_text({**debugged_record(found), **became}))
    return found


def _called(desk: Desk, found: Debugged) -> object:
    """What the function returned, and in the document too; what it raises is told, and loud."""
    __tracebackhide__ = True
    try:
        with heard_by(nobody), redirect_stdout(sys.stderr):
            value = found.call()
    except Exception as raised:
        _told(desk, found, raised=f"{type(raised).__name__}: {raised}")
        raise
    _told(desk, found, returned=value_record(value))
    return value


def _next(desk: Desk, options: Options, task: str, function: str) -> str:
    """With what was typed, and the name that the inputs have; a map's tasks share a function."""
    again = str(to_type("debug", task=task))
    again += f" --run {options.run}" if options.run else ""
    again += f" --attempt {options.attempt}" if options.attempt else ""
    if desk.typed is not None:  # a shell keeps no inputs, and has a debugger of its own
        return f"{again} --call; in a terminal a debugger opens where it raises"
    named = desk.notebook.assigned_name
    called = f"{function}(**{named or 'inputs'})"
    first = called if named else f"inputs = {again}, then {called}"
    return f"{first} · or {again} --call, then %debug"


def _first_failed(failed: tuple[Any, ...], label: str) -> str:
    if not failed:
        raise InputError(
            f"nothing failed in {label}: which task is meant?", hint="%sfdag debug TASK"
        )
    return str(failed[0].name)


def _function(desk: Desk, graph: TaskGraph, name: str) -> Any:  # noqa: ANN401 - the user's function
    """The function as notebook or file has it now; None where its cell was not run."""
    source = graph.task(name).source if name in graph else None
    if source is None:
        return None
    return desk.notebook.variables.get(source.name) or source.namespace().get(source.name)


DEBUG_VERBS = (
    Verb(
        name="debug",
        summary="Restores what a task was given in a run, so that its function is called here.",
        example="%sfdag debug train --call",
        act=_debug,
        options=_options,
    ),
)
