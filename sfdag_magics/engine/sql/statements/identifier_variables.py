"""Values in statements that are read by their tokens: variables of the session, and bound ones.

IDENTIFIER($name) is one everywhere. A statement about a task has more of them, before its body:
SCHEDULE = $name, EXECUTE TASK IDENTIFIER(:name). Bodies that are kept for later (tasks, procedures,
blocks) keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.words import variable
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind, quoted_string

_KEPT = {"BLOCK", "CREATE PROCEDURE", "CREATE FUNCTION"}
_OF_TASKS = " TASK"
_VALUES = (TokenKind.WORD, TokenKind.QUOTED_NAME, TokenKind.STRING)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, and which."""

    start: int
    end: int
    value: Value


def with_named_variables(statement: Statement, session: Session) -> Statement:
    """The statement with the values of its variables in their places.

    Raises:
        SqlError: a variable was not set, or nothing was bound.
    """
    if statement.kind in _KEPT:
        return statement
    if statement.kind.endswith(_OF_TASKS):
        places = list(_before_the_body(statement, session))
    else:
        places = list(_names(statement, session))
    if not places:
        return statement
    text = statement.text
    for place in reversed(places):
        text = f"{text[: place.start]}{_literal(place.value)}{text[place.end :]}"
    return classify(text, statement.query_id, statement.bindings)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else quoted_string(str(value))


def _names(statement: Statement, session: Session) -> Iterator[_Place]:
    """The variables in IDENTIFIER(…)."""
    tokens = statement.tokens
    for before, opening, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.word == "IDENTIFIER" and opening.text == "(" and _is_named(token):
            value = str(variable(session.variables, token.text[1:]))
            yield _Place(token.start, token.end, value)


def _before_the_body(statement: Statement, session: Session) -> Iterator[_Place]:
    """All variables of a statement about a task, up to the AS of its body."""
    reader = StatementReader(statement)
    while not reader.at_end and not _is_body(statement.tokens, reader.index()):
        token = reader.take()
        start = reader.position
        if _is_named(token):
            value = variable(session.variables, token.text[1:])
            yield _Place(token.start, token.end, value)
        elif reader.peek_words("?") or (reader.peek_words(":") and not _has_path(token, start)):
            value = reader.bound_value()
            yield _Place(start, reader.previous_end, value)


def _is_body(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].word == "AS" and tokens[index - 1].word != "EXECUTE"


def _has_path(token: Token, colon: int) -> bool:
    """Whether the colon behind a token is that of a path: `f():a`."""
    return token.end == colon and (token.kind in _VALUES or token.text in (")", "]"))


def _is_named(token: Token) -> bool:
    return token.kind is TokenKind.VARIABLE and not token.text[1:].isdigit()
