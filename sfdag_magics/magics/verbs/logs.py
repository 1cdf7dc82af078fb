"""The verb that shows what tasks printed and logged: logs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.options import OptionParser, Options, count
from sfdag_magics.magics.showing.records import log_record
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.place_words import to_type
from sfdag_magics.render.text import plain
from sfdag_magics.workspace.answers.listings import LogListing, with_task
from sfdag_magics.workspace.answers.looking import task_of
from sfdag_magics.workspace.seen_code import ran_code

_NEVER = datetime.max.replace(tzinfo=UTC)


def _options(parser: OptionParser) -> None:
    parser.word("task", help="the task; else all of the run, by time")
    parser.flag("-f", "--follow", help="go on until the task, or the run, ends")
    parser.value("--attempt", metavar="N", help="an earlier attempt", type=count)
    parser.value("--last", metavar="N", help="only the last lines", type=count)
    parser.value("--grep", metavar="RE", help="only lines that match", words=True)
    parser.value("--run", metavar="ID", help="the start of a run's id; else the newest")


def _check(options: Options) -> None:
    if options.follow and (options.json or options.attempt or options.last):
        raise InputError(
            "--follow goes with none of --json, --attempt and --last",
            hint=f"%sfdag logs{f' {options.task}' if options.task else ''} --follow",
        )
    _matcher(options.grep or "")


def _logs(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    task = task_of(run, options.task) if options.task is not None else None
    matcher = _matcher(options.grep or "")
    if options.follow:
        return _followed(desk, options, run, task)
    lines = tuple(line for line in run.logs(task, options.attempt) if matcher.search(line.message))
    lines = lines[-options.last :] if options.last else lines
    if options.json:
        desk.notebook.write(json_text([log_record(line) for line in lines]))
    elif task is None:
        desk.notebook.write(_text_of_all(run, lines, options))
    else:
        desk.notebook.write(_text_of_one(desk, graph, run, task, lines, options))
    return LogListing(task, lines)


def _text_of_one(
    desk: Desk,
    graph: TaskGraph,
    run: Run,
    task: str,
    lines: tuple[LogLine, ...],
    options: Options,
) -> str:
    ran = ran_code(desk.workspace, graph, run.snapshot, options.target).get(task)
    note = [f"  note: {task} {ran}"] if ran else []
    said = map(str, lines or [_no_lines(run, task)])
    shown = [] if options.last or options.grep else _shown(run, task, options.attempt)
    return "\n".join([*said, *_raised(run, task, options), *shown, *note])


def _text_of_all(run: Run, lines: tuple[LogLine, ...], options: Options) -> str:
    """All lines with their tasks in front; what tasks raised stands among them, in a line each."""
    seen = run.seen_at(options.attempt)
    if not options.last and not options.grep:
        own = [each for each in lines if not each.is_crash]  # which says only that there was one
        both = [*own, *_in_a_line(seen, options.attempt)]
        lines = tuple(sorted(both, key=lambda line: line.time or _NEVER))
    return str(LogListing(None, lines)) if lines else f"{seen.label} {run.why_no_logs()}"


def _in_a_line(seen: RunSnapshot, attempt: int | None = None) -> list[LogLine]:
    """What each task that failed in it raised."""
    return [
        LogLine(
            time=task.completed,
            severity="FATAL",
            logger="",
            message=f"{task.reason} ({to_type('logs', task=task.name)})",
            task=task.name,
        )
        for task in seen.failed
        if task.reason and attempt in (None, task.attempt)
    ]


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


def _followed(desk: Desk, options: Options, run: Run, task: str | None) -> LogListing:
    """Print the lines as they come; Ctrl-C ends the looking and not the run."""
    matcher, found = _matcher(options.grep or ""), []
    told = _told(run, task)
    desk.notebook.say(f"following {task or 'all tasks'} of {run.snapshot.label}")
    doing("following", task or run.graph)
    try:
        for line in run.follow_logs(task):
            if matcher.search(line.message):
                found.append(line)
                desk.notebook.write(told(line))
        for line in () if task or options.grep else _in_a_line(run.snapshot):
            desk.notebook.write(told(line))
    except KeyboardInterrupt:
        again = f"%sfdag logs {task} -f" if task else "%sfdag logs -f"
        left = f"no longer following; {task or 'the run'} goes on: {again}"
        desk.notebook.say(desk.elsewhere(options).completed(left))
    return LogListing(task, found)


def _told(run: Run, task: str | None) -> Callable[[LogLine], str]:
    if task is not None:
        return str
    width = max(map(len, run.snapshot.tasks), default=0)
    return lambda line: with_task(line, width)


def _matcher(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise InputError(
            f"--grep {pattern!r} is no regular expression: {error}",
            hint=f"as it is meant to the letter: --grep '{re.escape(pattern)}'",
        ) from error


LOGS_VERBS = (
    Verb(
        name="logs",
        summary="Shows what a task printed and logged, or all tasks of a run by time.",
        example="%sfdag logs train -f",
        act=_logs,
        check=_check,
        options=_options,
        daily=True,
    ),
)
