"""What is said of a difference, and of a task that cannot be loaded: a note, or an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sfdag_magics.bundle.checked.comparing import LoadedDifference, What
from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.errors import Problem

_NAMES = re.compile(r"[^\W\d]\w*")
#: Ends notes that promise that a thing is the same there: no word of a difference.
_PROMISES = ("is set where the task runs", "is changed where the task runs")
_HERE, _THERE = "in the notebook", "once the task is loaded"
#: How parts without a name of their own are reached, in words.
_AS = re.compile(r" as \w+| class$")


def unsaid(difference: LoadedDifference, notes: Iterable[str]) -> bool:
    """Whether no note speaks of what differs."""
    names = _NAMES.findall(difference.path)
    wanted = {names[0], names[-1]} if names else set()
    said = (note for note in notes if not note.endswith(_PROMISES))
    return not any(wanted & set(_NAMES.findall(note)) for note in said)


def note_of(difference: LoadedDifference) -> str:
    """A difference that the task may never meet."""
    return _said(difference)


def problem_of(difference: LoadedDifference, task: TaskCapture) -> Problem:
    """A difference that makes the task's result another one."""
    used = _user(difference.name, task)
    place = f" ({used} uses {difference.name!r})" if used else ""
    return Problem(
        task=task.task,
        message=f"{_said(difference)}{place}",
        hint="make it inside the function, or as it is now where it is written, and run that again",
    )


def _said(difference: LoadedDifference) -> str:
    path, here, there = _AS.sub("", difference.path), difference.here, difference.there
    match difference.what:
        case What.MISSING:
            return f"{path} is {here} {_HERE}, and is not there {_THERE}"
        case What.MORE:
            return f"{path} is not there {_HERE}, and is {there} {_THERE}"
        case What.ORDER:
            return f"the keys of {path} are in another order {_THERE}"
        case What.APART:
            return f"{path} is the very same thing as {here} {_HERE}, and another {_THERE}"
        case What.TOGETHER:
            return f"{path} is another thing than {here} {_HERE}, and the very same {_THERE}"
    if here == there:
        return f"{path} ({here}) is another one {_HERE} than {_THERE}"
    return f"{path} is {here} {_HERE}, and {there} {_THERE}"


def _user(name: str, task: TaskCapture) -> str:
    """The first function or class that names a thing, with its cell."""
    for piece in task.definitions:
        if piece.name != name and name in _NAMES.findall(piece.text):
            return f"{piece.name} ({piece.place}, line {max(piece.first_line, 1)})"
    return ""


def not_loaded(limit_s: float) -> str:
    """What is not known of a task that was not loaded in time."""
    return (
        f"was not loaded here before it ships: that takes more than {limit_s:g} s, or ends its "
        "process; what it is where it runs is not compared with the notebook"
    )


def failure(task: TaskCapture, raised: Mapping[str, Any]) -> Problem | None:
    """A task that cannot be loaded; None where a package is not here, which is said otherwise."""
    if raised["name"] and raised["name"].partition(".")[0] in {
        each.partition(".")[0] for each in task.third_party
    }:
        return None
    kind, text = raised["kind"], raised["text"].splitlines()[:1]
    said = f"{kind}: {text[0]}" if text else kind
    return Problem(
        task=task.task,
        message=f"cannot be loaded where it runs: {said} ({_place(task, raised['frames'])})",
        hint=_way_out(kind, _line(task, raised["frames"])),
    )


def _way_out(kind: str, line: str) -> str:
    """What to do where a line of a cell fails, or one of a file, whose text is not told."""
    is_of_environment = not line or "environ" in line
    return _WAYS_OUT.get(kind, _AGAIN) if kind != "KeyError" or is_of_environment else _AGAIN


def _line(task: TaskCapture, frames: Iterable[tuple[str, int, str]]) -> str:
    """The text of the last line of a cell that ran."""
    found = ""
    for file, line, _ in frames:
        for piece in task.definitions:
            lines, number = piece.text.splitlines(), line - piece.first_line
            if piece.place == file and 0 <= number < len(lines):
                found = lines[number]
    return found


def _place(task: TaskCapture, frames: Iterable[tuple[str, int, str]]) -> str:
    """The last line of the user's that ran."""
    cells = {piece.place for piece in task.definitions}
    found = ""
    for file, line, _ in frames:
        local = next((path for path in task.files if file.endswith(f"/{path}")), None)
        if file in cells or local is not None:
            found = f"{local or file}, line {line}"
    return found or "lines made for what it takes"


#: Where a definition fails that ran once.
_AGAIN = (
    "run its cell again where a name in that line is another thing by now, or do it inside the "
    "function"
)
_WAYS_OUT = {
    "NameError": "run the cell that defines it, or define it inside the function",
    "KeyError": "read it inside the function; what cells put into os.environ is not there",
    "FileNotFoundError": "put the file on a stage, and open it inside the task",
    "ModuleNotFoundError": "let it lie beside the notebook, or name its package: --packages …",
}
