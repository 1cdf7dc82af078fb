"""What the hand-read statements (DROP, ALTER, SHOW, USE, …) have in common. Tokens only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sfdag_magics.engine.borders.answers import SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, SqlTextError

#: What most statements that answer nothing else say.
DONE = "Statement executed successfully."


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """`DROP kind [IF EXISTS] name [CASCADE | RESTRICT]`."""

    kind: str
    name: QualifiedName
    exists: bool


@contextmanager
def read_statement(statement: Statement, noun: str) -> Iterator[StatementReader]:
    """A reader behind `noun`; what cannot be read inside the block is a syntax error."""
    reader = StatementReader(statement)
    words = noun.split()
    try:
        while not reader.accept(*words):
            reader.take()
        yield reader
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem


def read_drop(statement: Statement) -> Drop:
    """Read a DROP statement."""
    kind = statement.kind.removeprefix("DROP ")
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "EXISTS")
        name = reader.object_name()
        if not reader.accept("CASCADE"):
            reader.accept("RESTRICT")
        end(reader)
    return Drop(kind=kind, name=name, exists=exists)


def end(reader: StatementReader) -> None:
    """Raises SqlTextError unless everything was read."""
    if not reader.at_end:
        raise reader.unexpected()


def variable(variables: Mapping[str, object], name: str) -> object:
    """A session variable's value; `variables` are by upper-case name.

    Raises:
        SqlError: it was not set.
    """
    if name.upper() not in variables:
        raise SqlError(
            "SQL compilation error: error line 1 at position 0\n"
            f"Session variable '${name.upper()}' does not exist",
            code=2211,
            sqlstate="02000",
        )
    return variables[name.upper()]
