"""Whether a WHEN is met, by what is known of a run. DuckDB works out what is constant then.

Knows the functions that a condition may call, and no scheduler. What reads SQL is imported with the
first condition: most graphs have none, and a kernel's first verb would wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

#: Answers a function of a condition: its upper-case name and constant arguments in, its value out.
Answers = Callable[[str, tuple[str, ...]], str | bool | None]


class UnknownError(Exception):
    """What a condition asks cannot be known before a run."""


class ConditionError(Exception):
    """The condition raises for these values; the text says how."""


def is_met(condition: str, answer: Answers) -> bool:
    """Whether the condition is true; NULL counts as false, as in SQL.

    Args:
        answer: raises `UnknownError` where it does not know.

    Raises:
        UnknownError: of `answer`.
        ConditionError: it is none, or fails for these values.
    """
    import duckdb
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(condition, dialect="snowflake")
        constant = tree.transform(lambda node: _constant(node, answer))
        text = constant.sql(dialect="duckdb")
        with duckdb.connect() as memory:
            ((met,),) = memory.sql(f"SELECT CAST(({text}) AS BOOLEAN)").fetchall()
    except (SqlglotError, duckdb.Error) as error:
        raise ConditionError(str(error).partition("\n")[0]) from error
    return bool(met)


def _constant(node: exp.Expr, answer: Answers) -> exp.Expr:
    from sqlglot import exp

    if isinstance(node, exp.Literal) and not node.is_string:
        # As a DECIMAL of its own digits a number would round the text that it is compared with.
        return exp.cast(node.copy(), "double")
    if not isinstance(node, exp.Anonymous):
        return node
    value = answer(node.name.upper(), tuple(each.name for each in node.expressions))
    if value is None:
        return exp.null()
    return exp.convert(value)
