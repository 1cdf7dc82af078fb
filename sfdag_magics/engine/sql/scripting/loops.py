"""The loops of a block: which rounds they have, and how BREAK and CONTINUE end one.

Knows no steps: who carries those out is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sfdag_magics.engine.borders.answers import SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.scripting.cursors import (
    rows_of,
)
from sfdag_magics.engine.sql.scripting.frame import Frame, rows_of_result
from sfdag_magics.engine.sql.scripting.script_text import (
    Loop,
    Piece,
    loop_parts,
    query_inside,
    until,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader, tokenize

_LOOP_ENDS = ("BREAK", "EXIT")
#: Carries out the text of a round.
Steps = Callable[[str, Frame], None]


@dataclass(slots=True)
class Leap(Exception):  # noqa: N818 - it ends a round, it is no error
    """A BREAK or CONTINUE on its way to its loop: the innermost where it names none."""

    word: str
    label: str


def while_loop(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`WHILE (condition) DO … END WHILE`."""
    reader.expect("WHILE")
    condition = until(reader, "DO", "LOOP")
    loop = loop_parts(reader)
    while frame.value(condition):
        if _round(steps, loop, frame):
            return


def endless_loop(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`LOOP … END LOOP`, which a BREAK or a RETURN ends."""
    reader.expect("LOOP")
    loop = loop_parts(reader)
    while not _round(steps, loop, frame):
        pass


def repeat_loop(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`REPEAT … UNTIL (condition) END REPEAT`: a round comes before the first look."""
    reader.expect("REPEAT")
    loop = loop_parts(reader)
    if not loop.until:
        raise syntax_error("syntax error unexpected 'END': REPEAT … UNTIL (condition) END REPEAT.")
    while not _round(steps, loop, frame) and not frame.value(loop.until):
        pass


def for_loop(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`FOR i IN [REVERSE] a TO b DO …` and `FOR row IN resultset_or_cursor DO …`."""
    reader.expect("FOR")
    name = reader.identifier()
    reader.expect("IN")
    reverse = reader.accept("REVERSE")
    source = until(reader, "DO", "LOOP")
    loop = loop_parts(reader)
    with frame.scope(counter=name):
        for value in _rounds(name, source, frame, reverse=reverse):
            for hiding in value:
                frame.hide(hiding)
            frame.values.update(value)
            if _round(steps, loop, frame):
                return


def _rounds(name: str, source: str, frame: Frame, *, reverse: bool) -> Iterator[dict[str, Value]]:
    words = TokenReader(source)
    if query_inside(source) is not None:
        raise syntax_error(
            "syntax error unexpected '(': FOR goes over a RESULTSET or a cursor, and no query:"
            f" LET found RESULTSET := {source.strip()}; FOR {name} IN found DO …"
        )
    first = until(words, "TO") if any(t.word == "TO" for t in tokenize(source)) else None
    if first is not None:
        start, stop = (_bound(text, name, frame) for text in (first, words.rest()))
        numbers = range(start, stop + 1)
        yield from ({name: number} for number in (reversed(numbers) if reverse else numbers))
        return
    found = rows_of(source, frame)
    names = [column.name for column in found.columns]
    for row in rows_of_result(found):
        yield {f"{name}.{column}": value for column, value in zip(names, row, strict=True)}


def _bound(text: str, counter: str, frame: Frame) -> int:
    """Where a counter begins or ends, which must be a number."""
    value = frame.value(text, "INT")
    if value is None:
        raise SqlError(
            f"FOR {counter} cannot begin or end at NULL, which {text.strip()} is: a default helps,"
            f" as in NVL({text.strip()}, 0).",
            code=100048,
            sqlstate="22004",
        )
    return int(value)


def _round(steps: Steps, loop: Loop, frame: Frame) -> bool:
    """One round of a loop; whether it was the last."""
    try:
        steps(loop.body, frame)
    except Leap as leap:
        if leap.label not in ("", loop.label):
            raise
        return leap.word in _LOOP_ENDS
    except SqlError as problem:
        if not frame.goes_on(problem):
            raise
    return False


def leap(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`BREAK [label]`, `CONTINUE [label]`, and their other words."""
    word = reader.take().word
    raise Leap(word, "" if reader.at_end else reader.identifier())
