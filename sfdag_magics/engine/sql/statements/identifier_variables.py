"""IDENTIFIER($name) in statements that are read by their tokens: the variable's value, as text.

Bodies that are kept for later (tasks, procedures, blocks) keep their variables.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.words import variable
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.sqltext import TokenKind

_KEPT = {"BLOCK", "CREATE TASK", "ALTER TASK", "CREATE PROCEDURE", "CREATE FUNCTION"}


def with_named_variables(statement: Statement, session: Session) -> Statement:
    """The statement with the names that its session's variables hold.

    Raises:
        SqlError: a variable was not set.
    """
    tokens = statement.tokens
    places = [
        token
        for before, opening, token in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if before.word == "IDENTIFIER"
        and opening.text == "("
        and token.kind is TokenKind.VARIABLE
        and not token.text[1:].isdigit()
    ]
    if not places or statement.kind in _KEPT:
        return statement
    text = statement.text
    for token in reversed(places):
        value = (
            str(variable(session.variables, token.text[1:]))
            .replace("\\", "\\\\")
            .replace("'", "''")
        )
        text = f"{text[: token.start]}'{value}'{text[token.end :]}"
    return classify(text, statement.query_id, statement.bindings)
