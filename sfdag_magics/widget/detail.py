"""What the drawer shows of one task: everything known of it, on request. Asks only for its logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sfdag_magics.client.observing.frames import raised_in
from sfdag_magics.client.observing.logs import LogEnd, LogLine
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import place_of
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.widget.page_state import milliseconds
from sfdag_magics.widget.shown_text import shown_text

#: The last lines of a log; the rest by `%sfdag logs`.
LOG_LINES = 200
#: Of a single line; a task may print a megabyte without a break.
LINE_LENGTH = 2000


def task_detail(
    name: str,
    seen: RunSnapshot | None,
    logs: Callable[[str], LogEnd] | None,
    completed: Callable[[str], str] = str,
    *,
    code: Callable[[str], str] | None = None,
    missed: Callable[[str, str], str] | None = None,
) -> dict[str, Any]:
    """The drawer's content for one task, as it travels to the page.

    Args:
        completed: completes the command that shows the whole log.
        code: says what code the task ran, where another would run now.
        missed: says what the task had not and the notebook has, from its name and its error.
    """
    task = seen.tasks.get(name) if seen is not None else None
    if seen is None or task is None:
        return {"name": name}
    error = shown_text(task.error_message or "")
    return {
        "name": name,
        "attempt": task.attempt,
        "code": _code(name, code if task.started is not None else None),
        "query_id": task.query_id or "",
        "scheduled": milliseconds(task.scheduled),
        "started": milliseconds(task.started),
        "completed": milliseconds(task.completed),
        "return_value": task.return_value and shown_text(task.return_value),
        "error": error,
        "missed": missed(name, error) if missed is not None and error else "",
        "raised": [asdict(each) for each in raised_in(error)],
        "error_code": task.error_code or "",
        "place": place_of(error) or "",
        "kept_back": _kept_back(name, seen),
        "logs_command": completed(f"%sfdag logs {name}{_of_run(seen)}"),
        **_logs(name, logs if task.started is not None else None),
    }


def _of_run(seen: RunSnapshot) -> str:
    return f" --run {seen.short_id}" if seen.short_id else ""


def _logs(name: str, logs: Callable[[str], LogEnd] | None) -> dict[str, Any]:
    if logs is None:
        return {"logs": []}
    try:
        end = logs(name)
    except SfdagError as error:  # the rest of the drawer is worth showing without them
        return {"logs": [], "logs_error": error.message}
    lines = [shown_text(str(line)[:LINE_LENGTH]) for line in end.lines if not _is_crash(line)]
    return {"logs": lines, "logs_left_out": end.left_out}


def _code(name: str, code: Callable[[str], str] | None) -> str:
    try:
        return code(name) if code is not None else ""
    except SfdagError:  # no reason not to show the rest
        return ""


def _is_crash(line: object) -> bool:
    """Whether it only says that there was an exception, which stands above in full."""
    return isinstance(line, LogLine) and line.is_crash


def _kept_back(name: str, seen: RunSnapshot) -> list[str]:
    """The tasks below a failed one that did not run."""
    if seen.tasks[name].state is not DisplayState.FAILED:
        return []
    below = {name}
    for other, task in seen.tasks.items():  # topological order: one pass reaches everything
        if below.intersection(task.predecessors):
            below.add(other)
    return [
        other
        for other in seen.tasks
        if other in below and seen.tasks[other].state is DisplayState.BLOCKED
    ]
