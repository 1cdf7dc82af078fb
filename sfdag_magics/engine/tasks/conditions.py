"""What a WHEN may say: a few functions, constants, comparisons and casts. Knows spelling only."""

from __future__ import annotations

from sfdag_magics.engine.answers import SqlError, unsupported
from sfdag_magics.sqltext import Token, TokenKind, tokenize

#: Asked of a graph's other tasks (Snowflake docs: CREATE TASK, "WHEN"; SYSTEM$PREDECESSORS_STATE).
FUNCTIONS = (
    "SYSTEM$GET_PREDECESSOR_RETURN_VALUE",
    "SYSTEM$STREAM_HAS_DATA",
    "SYSTEM$PREDECESSORS_STATE",
    "SYSTEM$TASK_COMPLETION_STATE",
)
#: Functions that need the outcome of predecessors which did not succeed.
OUTCOME_FUNCTIONS = frozenset({"SYSTEM$PREDECESSORS_STATE"})

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


def check_condition(text: str) -> None:
    """See that a WHEN is one that Snowflake takes.

    Raises:
        SqlError: it is not, in Snowflake's words; or it asks a stream, which is not supported here.
    """
    tokens = tokenize(text)
    if any(token.word == "SYSTEM$STREAM_HAS_DATA" for token in tokens):
        raise unsupported("SYSTEM$STREAM_HAS_DATA (streams)")
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if not _is_allowed(token, following):
            raise SqlError(
                "Invalid expression for task condition expression. Only some data type conversions"
                " and the following functions are allowed: [SYSTEM$GET_PREDECESSOR_RETURN_VALUE,"
                " SYSTEM$STREAM_HAS_DATA]."
            )


def needs_any_outcome(text: str | None) -> bool:
    """Whether the condition is to be asked whatever became of the predecessors."""
    return text is not None and any(token.word in OUTCOME_FUNCTIONS for token in tokenize(text))


def _is_allowed(token: Token, following: Token | None) -> bool:
    if token.kind in _CONSTANTS:
        return True
    if token.kind is TokenKind.SYMBOL:
        return token.text in _SYMBOLS
    is_call = following is not None and following.text == "("
    return token.word in _WORDS or (is_call and token.word in FUNCTIONS)
