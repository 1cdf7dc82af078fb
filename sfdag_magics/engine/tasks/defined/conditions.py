"""What the engine says to a WHEN that it cannot take; the rules are those of `graph.sql.when`."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.graph.sql.when import ASKS_STREAM, asks_stream, not_allowed
from sfdag_magics.sqltext import tokenize

#: Functions that need the outcome of predecessors which did not succeed.
OUTCOME_FUNCTIONS = frozenset({"SYSTEM$PREDECESSORS_STATE"})


def check_condition(text: str) -> None:
    """See that a WHEN is one that Snowflake takes.

    Raises:
        SqlError: it is not, in Snowflake's words; or it asks a stream, which is not supported here.
    """
    if asks_stream(text):
        raise unsupported(f"{ASKS_STREAM} (streams)")
    if not_allowed(text) is not None:
        raise SqlError(
            "Invalid expression for task condition expression. Only some data type conversions"
            " and the following functions are allowed: [SYSTEM$GET_PREDECESSOR_RETURN_VALUE,"
            " SYSTEM$STREAM_HAS_DATA]."
        )


def needs_any_outcome(text: str | None) -> bool:
    """Whether the condition is to be asked whatever became of the predecessors."""
    return text is not None and any(token.word in OUTCOME_FUNCTIONS for token in tokenize(text))
