"""What the engine says to a WHEN that it cannot take; the rules are those of `graph.sql.when`."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError, syntax_error
from sfdag_magics.graph.sql.condition import check_expression
from sfdag_magics.graph.sql.when import not_allowed
from sfdag_magics.sqltext import SqlTextError


def check_condition(text: str) -> None:
    """See that a WHEN is one that Snowflake takes.

    Raises:
        SqlError: it is not, in Snowflake's words.
    """
    if not_allowed(text) is not None:
        raise SqlError(
            "Invalid expression for task condition expression. Only some data type conversions"
            " and the following functions are allowed: [SYSTEM$GET_PREDECESSOR_RETURN_VALUE,"
            " SYSTEM$STREAM_HAS_DATA]."
        )
    try:
        check_expression(text)
    except SqlTextError as problem:
        raise syntax_error(f"{problem}\nIn the condition: {text}") from problem
