"""Verbs that look at what is deployed and at runs: graphs, status, runs, logs, why."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace

from sfdag_magics.client.code.code_that_ran import told
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.outlook import outlooks
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics.kernel.here import explained
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.next_step import what_next
from sfdag_magics.magics.showing.records import (
    cause_record,
    graph_record,
    log_record,
    no_run_record,
    run_record,
    schedule_record,
)
from sfdag_magics.magics.showing.shapes import shape_of_run
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.text import graph_text, plain
from sfdag_magics.workspace.left_behind import without_cell
from sfdag_magics.workspace.listings import (
    GraphListing,
    LogListing,
    schedule_line,
    stats_line,
)
from sfdag_magics.workspace.looking import cause_of, recent_runs, status, task_of
from sfdag_magics.workspace.seen_code import ran_code


def _status_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the newest")


def _status(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = status(desk.workspace, graph, options.run, options.target)
    deployed, seen, ran = found.deployed, found.seen, found.other_code
    if options.json:
        of_run = run_record(replace(seen, older=tuple(ran))) if seen else no_run_record(deployed)
        desk.notebook.write(json_text({**of_run, **schedule_record(deployed, found.due)}))
        return found.run
    place = desk.workspace.places.backend(options.target).place
    shape = shape_of_run(shape_of(graph), deployed, seen)
    which = f"{which_run(seen)} · {place}" if seen else place
    scheduled = desk.elsewhere(options).completed(schedule_line(deployed, found.due))
    gone = (f"note: {note}" for note in without_cell(desk.workspace.registry, graph))
    desk.notebook.say("\n".join((which, scheduled, graph_text(shape, seen), *told(ran), *gone)))
    return found.run


def _graphs_options(parser: OptionParser) -> None:
    parser.flag("--all", help="of every schema, not only the target's")


def _graphs(desk: Desk, options: Options) -> object:
    backend = desk.workspace.places.backend(options.target)
    found = GraphListing(outlooks(backend, everywhere=options.all))
    if options.json:
        desk.notebook.write(json_text([graph_record(each) for each in found]))
    elif found:
        desk.notebook.say(f"{backend.place}\n{found}")
    else:
        more = "" if options.all else "; %sfdag graphs --all looks in every schema"
        desk.notebook.say(f"no graph is deployed on {backend.place}{more}")
    return found


def _runs_options(parser: OptionParser) -> None:
    parser.value("--last", metavar="N", help="how many; else 20", type=_count)
    parser.flag("--stats", help="how often it succeeds and how long it takes")


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _runs(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = recent_runs(desk.workspace, graph, options.target, last=options.last or 20)
    if options.json:
        desk.notebook.write(json_text([run_record(seen) for seen in found]))
    else:
        desk.notebook.say(str(found) if found else f"graph {graph.name} has no run yet")
        if options.stats and found:
            desk.notebook.say(stats_line(found))
    return found


def _logs_options(parser: OptionParser) -> None:
    parser.word("task", help="the task")
    parser.flag("-f", "--follow", help="go on until the task ends")
    parser.value("--attempt", metavar="N", help="an earlier attempt", type=_count)
    parser.value("--last", metavar="N", help="only the last lines", type=_count)
    parser.value("--grep", metavar="RE", help="only lines that match", words=True)
    parser.value("--run", metavar="ID", help="the start of a run's id; else the newest")


def _logs(desk: Desk, options: Options) -> object:
    if options.follow and (options.json or options.attempt or options.last):
        raise InputError(
            "--follow goes with none of --json, --attempt and --last",
            hint=f"%sfdag logs {options.task or 'TASK'} --follow",
        )
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    task = _spelled(run, options.task)
    matcher = _matcher(options.grep or "")
    if options.follow:
        return _followed(desk, options, run, task)
    lines = tuple(line for line in run.logs(task, options.attempt) if matcher.search(line.message))
    lines = lines[-options.last :] if options.last else lines
    if options.json:
        desk.notebook.write(json_text([log_record(line) for line in lines]))
    else:
        ran = ran_code(desk.workspace, graph, run.snapshot, options.target).get(task)
        note = [f"  note: {task} {ran}"] if ran else []
        said = map(str, lines or [_no_lines(run, task)])
        shown = [] if options.last or options.grep else _shown(run, task, options.attempt)
        desk.notebook.write("\n".join([*said, *_raised(run, task, options), *shown, *note]))
    return LogListing(task, lines)


def _raised(run: Run, task: str, options: Options) -> list[str]:
    """What it raised, in full: every other answer folds the calls of libraries."""
    text = "" if options.last or options.grep else run.traceback(task, options.attempt)
    return [text] if text else []


def _shown(run: Run, task: str, attempt: int | None) -> list[str]:
    """What it shows, by name: a terminal has no place for pictures."""
    try:
        found = run.shown(task, attempt)
    except BackendError as error:  # the lines are there all the same
        return [f"  what it shows cannot be read: {error.message}"]
    return [f"  shown: {plain(str(each))}" for each in found]


def _no_lines(run: Run, task: str) -> str:
    seen = run.snapshot
    if seen.tasks[task].started is None:
        return f"{task} is {seen.tasks[task].state.word} in {seen.label}: it has printed nothing"
    return f"{task} of {seen.label} {run.why_no_logs()}"


def _followed(desk: Desk, options: Options, run: Run, task: str) -> LogListing:
    """Print the lines as they come; Ctrl-C ends the looking and not the task."""
    matcher, found = _matcher(options.grep or ""), []
    desk.notebook.say(f"following {task} of {run.snapshot.label}")
    doing("following", task)
    try:
        for line in run.follow_logs(task):
            if matcher.search(line.message):
                found.append(line)
                desk.notebook.write(str(line))
    except KeyboardInterrupt:
        left = f"no longer following; {task} goes on: %sfdag logs {task} -f"
        desk.notebook.say(desk.elsewhere(options).completed(left))
    return LogListing(task, found)


def _matcher(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InputError(
            f"--grep {pattern!r} is no regular expression: {error}",
            hint=f"as it is meant to the letter: --grep '{re.escape(pattern)}'",
        ) from error


def _spelled(run: Run, task: str | None) -> str:
    if task is None:
        known = run.snapshot.tasks
        raise InputError(
            f"which task of {run.snapshot.label}? {listed(known)}",
            hint=f"%sfdag logs {next(iter(known), 'TASK')}",
        )
    return task_of(run, task)


def _why_options(parser: OptionParser) -> None:
    parser.word("task", help="the task to explain; else the first that failed")
    parser.value("--run", metavar="ID", help="the start of a run's id; else the newest")


def _why(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    cause = cause_of(desk.workspace, graph, run, options.task, options.target)
    cause = explained(cause, desk.notebook)
    if options.json:
        desk.notebook.say(json_text(cause_record(cause)))
        return cause
    failed = cause.task is not None and cause.task.state is DisplayState.FAILED
    # Of an older run, a retry would continue another one.
    goes_on = failed and cause.is_over and options.run is None
    after = f"\n  next: {what_next(run, cause)}" if goes_on else ""
    desk.notebook.say(desk.elsewhere(options).completed(f"{cause}{after}"))
    return cause


LOOK_VERBS = (
    Verb(
        name="graphs",
        acts_on=frozenset({ActsOn.TARGET}),
        has_json=True,
        summary="Lists the deployed graphs with their schedule, next run and last run.",
        example="%sfdag graphs --all",
        act=_graphs,
        options=_graphs_options,
    ),
    Verb(
        name="status",
        has_json=True,
        summary="Shows the state of a run, task by task, and the graph's schedule.",
        example="%sfdag status --json",
        act=_status,
        options=_status_options,
        daily=True,
    ),
    Verb(
        name="runs",
        has_json=True,
        summary="Lists the runs of the graph, the newest first.",
        example="%sfdag runs --last 10 --stats",
        act=_runs,
        options=_runs_options,
    ),
    Verb(
        name="logs",
        has_json=True,
        summary="Shows what a task printed and logged.",
        example="%sfdag logs train -f",
        act=_logs,
        options=_logs_options,
        daily=True,
    ),
    Verb(
        name="why",
        has_json=True,
        summary="Explains a failed run: the first task that failed, where, and what followed.",
        example="%sfdag why",
        act=_why,
        options=_why_options,
        daily=True,
    ),
)
