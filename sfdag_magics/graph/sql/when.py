"""What a task's condition may say, and whose return value a text asks for. Pure; spelling only.

The same rules for the notebook and the engine (Snowflake docs: CREATE TASK, "WHEN";
SYSTEM$PREDECESSORS_STATE).
"""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.graph.sql.predecessor_states import ASKS_OUTCOMES
from sfdag_magics.sqltext import SqlTextError, Token, TokenKind, tokenize

READS_RETURN_VALUE = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"
ASKS_STREAM = "SYSTEM$STREAM_HAS_DATA"
COMPLETION_STATE = "SYSTEM$TASK_COMPLETION_STATE"
#: Asked of a graph's other tasks, and of streams.
FUNCTIONS = (
    READS_RETURN_VALUE,
    ASKS_STREAM,
    ASKS_OUTCOMES,
    COMPLETION_STATE,
)

_KNOWN_WORDS = """
    AND OR NOT TRUE FALSE NULL IS IN BETWEEN LIKE ILIKE CAST TRY_CAST AS
    TO_BOOLEAN TO_NUMBER TO_NUMERIC TO_DECIMAL TO_DOUBLE TO_VARCHAR TO_CHAR
    BOOLEAN NUMBER NUMERIC DECIMAL INT INTEGER BIGINT SMALLINT FLOAT DOUBLE REAL VARCHAR STRING TEXT
    CHAR
"""
_KNOWN_SYMBOLS = "( ) , = <> != < > <= >= :: + - * / % ||"
_WORDS = frozenset(_KNOWN_WORDS.split())
_SYMBOLS = frozenset(_KNOWN_SYMBOLS.split())
_CONSTANTS = (TokenKind.STRING, TokenKind.NUMBER)


def not_allowed(condition: str) -> str | None:
    """The first word of a condition that Snowflake does not take there, or None.

    Raises:
        SqlTextError: a quote is not closed.
    """
    tokens = tokenize(condition)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if not _is_allowed(token, following):
            return token.text
    return None


def asks_stream(condition: str | None) -> bool:
    """Whether a condition asks a stream for data."""
    return condition is not None and any(t.word == ASKS_STREAM for t in _tokens(condition))


def names_asked(text: str, function: str) -> Iterator[str]:
    """The constants that a text gives to a function as its first argument."""
    tokens = _tokens(text)
    for called, bracket, argument in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if called.word == function and bracket.text == "(" and argument.kind is TokenKind.STRING:
            yield argument.value


def _tokens(text: str) -> tuple[Token, ...]:
    try:
        return tokenize(text)
    except SqlTextError:
        return ()


def _is_allowed(token: Token, following: Token | None) -> bool:
    if token.kind in _CONSTANTS:
        return True
    if token.kind is TokenKind.SYMBOL:
        return token.text in _SYMBOLS
    is_call = following is not None and following.text == "("
    return token.word in _WORDS or (is_call and token.word in FUNCTIONS)
