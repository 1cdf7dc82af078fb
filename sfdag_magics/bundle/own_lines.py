"""The lines of a task's code as its people wrote them, out of an archive. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.bundle.merging import Shipped
from sfdag_magics.bundle.source import Piece
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """A line that somebody wrote; `number` counts from 1 in its cell or file.

    It is 0 of imports and values that are gathered from several places: they stand in none of them.
    """

    place: str
    number: int
    text: str


def own_lines(shipped: Shipped, task: str) -> tuple[CodeLine, ...]:
    """What a task ran, without the words that were put around it to ship it.

    Raises:
        ValueError: the archive has no code of the task.
    """
    if task.upper() not in shipped.tasks:
        raise ValueError(f"it has no code of {task}")
    path, module = shipped.module(task)
    lines = module.decode("utf-8", "replace").split("\n")
    inside = path.partition("/")[2]
    return tuple(
        CodeLine(
            place="" if piece.place == inside else piece.place,
            number=0 if piece.place == inside else piece.place_line + at,
            text=text,
        )
        for piece in _pieces(shipped.tasks[task.upper()])
        for at, text in enumerate(lines[piece.first_line - 1 :][: piece.line_count])
    )


def _pieces(entry: Mapping[str, list[tuple[int, int, str, int]]]) -> list[Piece]:
    return [
        Piece(first_line=first, line_count=count, place=place, place_line=line)
        for first, count, place, line in entry["pieces"]
    ]
