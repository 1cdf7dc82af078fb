"""What sqlglot reads and DuckDB would carry out, and Snowflake has not. Trees as they are parsed.

It is refused where it stands: on an account the same text is an error, or means something else.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import SqlError, syntax_error
from sfdag_magics.engine.sql.parse import CALLED

_Type = exp.DataType.Type
#: Types of DuckDB's and others' that Snowflake has not, by the name they are written with.
_TYPES = {
    **dict.fromkeys((_Type.INT128, _Type.INT256), "HUGEINT"),
    **dict.fromkeys((_Type.UINT128, _Type.UINT256), "UHUGEINT"),
    _Type.UTINYINT: "UTINYINT",
    _Type.USMALLINT: "USMALLINT",
    _Type.UINT: "UINTEGER",
    _Type.UBIGINT: "UBIGINT",
    _Type.BIT: "BIT",
}


def refuse_foreign(node: exp.Expr) -> None:
    """Refuse a node that is no part of Snowflake's SQL.

    Raises:
        SqlError: it is one.
    """
    if isinstance(node, exp.DataType) and (name := _TYPES.get(node.this)) is not None:
        raise SqlError(
            f"SQL compilation error:\nUnsupported data type '{name}'.", code=2040, sqlstate="42601"
        )
    if (found := _unexpected(node)) is not None:
        raise syntax_error(f"syntax error unexpected {found}.")


def _unexpected(node: exp.Expr) -> str | None:
    match node:
        case exp.Comprehension():
            return "'for' in an array: TRANSFORM(array, x -> ...) makes one of another"
        case exp.Distinct() if node.args.get("on") is not None:
            return "'ON' behind DISTINCT: QUALIFY ROW_NUMBER() OVER (...) = 1 keeps one row of each"
        case exp.JSONExtract(this=exp.Literal()):
            return "':' in brackets: ARRAY_SLICE(array, from, to) gives a part of an array"
        case exp.BitwiseLeftShift() | exp.BitwiseRightShift() if CALLED not in node.meta:
            return "'<<' or '>>': BITSHIFTLEFT and BITSHIFTRIGHT shift"
        case _:
            return None
