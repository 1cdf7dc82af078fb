"""What stands behind EXCEPTION in a block: which clause takes an error. Text only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sfdag_magics.engine.answers import unsupported
from sfdag_magics.engine.sql.scripting.script_text import next_branch
from sfdag_magics.sqltext import TokenReader


class Failed(StrEnum):
    """What an error came from, by the names that Snowflake has for it."""

    STATEMENT = "STATEMENT_ERROR"
    EXPRESSION = "EXPRESSION_ERROR"


_OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """`WHEN a OR b THEN …`: what it takes, and its steps."""

    names: tuple[str, ...]
    body: str

    def takes(self, failed: Failed) -> bool:
        """Whether an error of that kind is for this clause."""
        return failed in self.names or _OTHER in self.names


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of `EXCEPTION WHEN … THEN … [WHEN … THEN …]`.

    Raises:
        SqlError: it cannot be read, or names a declared exception.
    """
    reader = TokenReader(f"{text} END")
    reader.expect("EXCEPTION", "WHEN")
    word = "WHEN"
    while word == "WHEN":
        names = [reader.identifier()]
        while reader.accept("OR"):
            names.append(reader.identifier())
        reader.expect("THEN")
        for name in names:
            if name not in (_OTHER, *Failed):
                raise unsupported(f"EXCEPTION WHEN {name}")
        start = reader.position
        word, end = next_branch(reader, ("WHEN",))
        yield Clause(names=tuple(names), body=reader.text[start:end])
