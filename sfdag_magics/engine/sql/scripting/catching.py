"""Exceptions that a block declares, and which clause behind its EXCEPTION takes an error."""

from __future__ import annotations

from collections.abc import Container, Iterator
from enum import StrEnum

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.scripting.script_text import next_branch, placed
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader


class Failed(StrEnum):
    """What an error came from, by the names that Snowflake has for it."""

    STATEMENT = "STATEMENT_ERROR"
    EXPRESSION = "EXPRESSION_ERROR"


_OTHER = "OTHER"
#: The numbers that a block may give (docs: "Handling exceptions").
_NUMBERS = range(-20999, -19999)


class RaisedError(SqlError):
    """A declared exception that RAISE raised; its message is the declared one."""

    def __init__(self, name: str, code: int, message: str) -> None:
        super().__init__(message, code=code, sqlstate="P0001")
        self.name = name


#: They end a block whatever it catches, and say so in their own words.
OF_NO_STATEMENT = frozenset({604, 630})


def uncaught(problem: SqlError, kind: str, place: tuple[int, int]) -> SqlError:
    """What leaves a block that an error ended, of what kind that is and where its statement is."""
    if problem.code in OF_NO_STATEMENT:
        return problem
    line, position = place
    return SqlError(
        f"Uncaught exception of type '{kind}' on line {line} at position {position} :"
        f" {problem.message}",
        code=problem.code,
        sqlstate=problem.sqlstate,
    )


def declared_exception(name: str, reader: TokenReader) -> RaisedError:
    """`EXCEPTION [(number [, 'message'])]` of DECLARE, from that word on.

    Raises:
        SqlError: the number is none that a block may give.
    """
    reader.expect("EXCEPTION")
    code, message = _NUMBERS[-1], ""
    if reader.accept("("):
        sign = -1 if reader.accept("-") else 1
        code = sign * reader.integer()
        message = reader.string() if reader.accept(",") else ""
        reader.expect(")")
    if code not in _NUMBERS:
        raise SqlError(
            f"SQL compilation error:\nInvalid error code '{code}'. Must be between"
            f" {_NUMBERS[0]} and {_NUMBERS[-1]}.",
            code=1003,
        )
    return RaisedError(name, code, message)


def unknown_exception(name: str) -> SqlError:
    """The error for a name that is no exception here."""
    return SqlError(
        "SQL compilation error: error line 1 at position 0\n"
        f"invalid identifier '{name}': DECLARE {name} EXCEPTION (-20001, 'what is wrong'); makes an"
        " exception.",
        code=904,
        sqlstate="42000",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """`WHEN a OR b [EXIT | CONTINUE] THEN …`: what it takes, its steps, and what comes then."""

    names: tuple[str, ...]
    body: str
    continues: bool = False

    def takes(self, failed: str) -> bool:
        """Whether an error of that kind, or the declared exception, is for this clause."""
        return failed in self.names or _OTHER in self.names


def clauses(text: str, declared: Container[str]) -> Iterator[Clause]:
    """The clauses of `EXCEPTION WHEN … THEN … [WHEN … THEN …]`.

    Raises:
        SqlError: it cannot be read, or names an exception that is not `declared`.
    """
    reader = TokenReader(f"{text} END")
    reader.expect("EXCEPTION", "WHEN")
    word = "WHEN"
    while word == "WHEN":
        names = [reader.identifier()]
        while reader.accept("OR"):
            names.append(reader.identifier())
        continues = reader.accept("CONTINUE")
        if not continues:
            reader.accept("EXIT")
        reader.expect("THEN")
        for name in names:
            if name not in (_OTHER, *Failed) and name not in declared:
                raise unknown_exception(name)
        start = reader.position
        word, end = next_branch(reader, ("WHEN",))
        body = placed(reader.text, start, end)
        yield Clause(names=tuple(names), body=body, continues=continues)
