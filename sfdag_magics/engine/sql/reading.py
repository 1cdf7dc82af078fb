"""What the hand-read statements (DROP, ALTER, SHOW, USE, …) have in common. Tokens only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sfdag_magics.engine.answers import SqlError, syntax_error
from sfdag_magics.engine.ports import Statement
from sfdag_magics.engine.sql.scope import name_from_text
from sfdag_magics.engine.sql.session import Session
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenKind, TokenReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """`DROP kind [IF EXISTS] name [CASCADE | RESTRICT]`."""

    kind: str
    name: QualifiedName
    exists: bool


def reader_after(statement: Statement, *words: str) -> TokenReader:
    """A reader behind the statement's first words, modifiers before the last of them skipped."""
    reader = TokenReader(statement.text, statement.tokens)
    last = words[-1].split()
    while not reader.peek_words(*last):
        reader.take()
    reader.expect(*last)
    return reader


def read_drop(statement: Statement, session: Session) -> Drop:
    """Read a DROP statement."""
    kind = statement.kind.removeprefix("DROP ")
    try:
        reader = reader_after(statement, kind)
        exists = reader.accept("IF", "EXISTS")
        name = read_name(reader, statement, session)
        if not reader.accept("CASCADE"):
            reader.accept("RESTRICT")
        end(reader)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    return Drop(kind=kind, name=name, exists=exists)


def read_name(reader: TokenReader, statement: Statement, session: Session) -> QualifiedName:
    """A name, or IDENTIFIER('…' | $variable | :1 | ?)."""
    if reader.peek_words("IDENTIFIER", "("):
        reader.expect("IDENTIFIER", "(")
        text = str(read_value(reader, statement, session))
        reader.expect(")")
        return name_from_text(text)
    return reader.qualified_name()


def read_value(reader: TokenReader, statement: Statement, session: Session) -> object:
    """A literal, a bound value or a session variable."""
    token = reader.take()
    if token.text == "?":
        before = [other for other in statement.tokens if other.end <= token.start]
        return _bound(statement, str(sum(other.text == "?" for other in before) + 1))
    if token.text == ":":
        return _bound(statement, reader.take().text)
    if token.kind is TokenKind.VARIABLE:
        return variable(session, token.text[1:])
    if token.kind is TokenKind.NUMBER or (token.text == "-" and reader.peek() is not None):
        text = token.text if token.text != "-" else f"-{reader.take().text}"
        return int(text) if text.lstrip("-").isdigit() else float(text)
    if token.word in _WORDS:
        return _WORDS[token.word]
    return token.value


_WORDS: Mapping[str, object] = {"TRUE": True, "FALSE": False, "NULL": None}


def variable(session: Session, name: str) -> object:
    """A session variable's value.

    Raises:
        SqlError: it was not set.
    """
    if name.upper() not in session.variables:
        raise SqlError(
            "SQL compilation error: error line 1 at position 0\n"
            f"Session variable '${name.upper()}' does not exist",
            code=2211,
            sqlstate="02000",
        )
    value: object = session.variables[name.upper()]
    return value


def end(reader: TokenReader) -> None:
    """Raises SqlTextError unless everything was read."""
    if not reader.at_end:
        raise reader.unexpected()


def _bound(statement: Statement, name: str) -> object:
    bindings = statement.bindings
    if isinstance(bindings, Mapping):
        for key, value in bindings.items():
            if key.upper() == name.upper():
                found: object = value
                return found
    elif name.isdigit() and int(name) <= len(bindings):
        positional: object = bindings[int(name) - 1]
        return positional
    raise SqlError(
        f"SQL compilation error:\nBind variable :{name} not set.", code=2049, sqlstate="42601"
    )
