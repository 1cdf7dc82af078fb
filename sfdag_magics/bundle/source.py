"""The module a task ships as: readable text, and which of its lines come from which cell. Pure."""

from __future__ import annotations

from sfdag_magics.bundle.taking.terms.captured import TaskCapture
from sfdag_magics.bundle.taking.terms.pieces import Made
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines of a module that stand somewhere else in the notebook; all numbers count from 1."""

    first_line: int
    line_count: int
    place: str
    place_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSource:
    """The text of one task's module."""

    path: str
    text: str
    pieces: tuple[Piece, ...]


def module_path(task: str) -> str:
    """Where a task's module lies in the package; names differ by more than case."""
    return f"tasks/{task.lower()}.py"


def entry_path(task: str) -> str:
    """Where the package says what a task needs to run; the runtime knows this rule as well."""
    return f"tasks/{task.lower()}.json"


def module_source(graph: str, captured: TaskCapture) -> ModuleSource:
    """The module of a captured task: imports, literals, then definitions, needed ones first."""
    path = module_path(captured.task)
    lines = [f'"""Task {captured.task} of graph {graph}, as it was written in the notebook."""', ""]
    if captured.futures:
        lines += [f"from __future__ import {', '.join(captured.futures)}", ""]
    pieces: list[Piece] = []
    if captured.imports:
        pieces.append(_piece(lines, list(captured.imports), path, len(lines) + 1))
    for each in captured.pieces:
        if isinstance(each, Made):
            pieces.append(_piece(lines, list(each.lines), path, len(lines) + 1))
            continue
        lines += ["", "", f"# {_one_line(each.place)}, line {max(each.first_line, 1)}"]
        pieces.append(_piece(lines, each.text.split("\n"), each.place, each.first_line))
    return ModuleSource(path=path, text="\n".join([*lines, ""]), pieces=tuple(pieces))


def _piece(lines: list[str], text: list[str], place: str, place_line: int) -> Piece:
    first = len(lines) + 1
    lines += text
    return Piece(first_line=first, line_count=len(text), place=place, place_line=place_line)


def _one_line(place: str) -> str:
    return " ".join(place.split())
