"""The branches of a block: IF and CASE. Knows no steps: who carries those out is handed in."""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.engine.sql.scripting.frame import Frame
from sfdag_magics.engine.sql.scripting.loops import Steps
from sfdag_magics.engine.sql.scripting.script_text import Piece, next_branch, placed, until
from sfdag_magics.sqltext import TokenReader


def if_statement(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`IF (condition) THEN … [ELSEIF (condition) THEN …] [ELSE …] END IF`."""
    for condition, body in if_parts(piece.text):
        if condition is None or frame.value(condition):
            steps(body, frame)
            return


def if_parts(text: str) -> Iterator[tuple[str | None, str]]:
    """The conditions and what is behind them; ELSE has none."""
    reader = TokenReader(text)
    reader.expect("IF")
    condition: str | None = until(reader, "THEN")
    while True:
        start = reader.position
        word, end = next_branch(reader, ("ELSEIF", "ELSE"))
        yield condition, placed(text, start, end)
        if word == "END":
            return
        condition = until(reader, "THEN") if word == "ELSEIF" else None


def case_statement(steps: Steps, piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`CASE [(value)] WHEN … THEN … [ELSE …] END [CASE]`; which it is, one expression says."""
    expression, bodies = case_parts(piece)
    chosen = frame.value(expression)
    if chosen is not None:
        steps(bodies[int(chosen)], frame)


def case_parts(piece: Piece) -> tuple[str, list[str]]:
    """The expression that gives the number of the branch to go, and the branches."""
    reader = TokenReader(piece.text)
    reader.expect("CASE")
    value = until(reader, "WHEN")
    bodies: list[str] = []
    conditions, word = "", "WHEN"
    while word != "END":
        if word == "WHEN":
            conditions += f" WHEN {until(reader, 'THEN')} THEN {len(bodies)}"
        else:
            conditions += f" ELSE {len(bodies)}"
        start = reader.position
        word, end = next_branch(reader, ("WHEN", "ELSE"))
        bodies.append(placed(piece.text, start, end))
    return f"CASE {value}{conditions} END", bodies
