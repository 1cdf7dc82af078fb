"""What sqlglot reads and is refused where it stands. Trees as they are parsed.

What Snowflake has not, though DuckDB would carry it out: on an account the same text is an error,
or means something else. And what Snowflake has in forms that this engine does not carry out.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError, syntax_error, unsupported
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.values import intervals

_Type = exp.DataType.Type
#: What has a value only over a window, in the window's order.
_OVER_WINDOWS: dict[type[exp.Expr], str] = {
    exp.RowNumber: "ROW_NUMBER",
    exp.Rank: "RANK",
    exp.DenseRank: "DENSE_RANK",
    exp.PercentRank: "PERCENT_RANK",
    exp.CumeDist: "CUME_DIST",
    exp.Ntile: "NTILE",
    exp.Lag: "LAG",
    exp.Lead: "LEAD",
    exp.FirstValue: "FIRST_VALUE",
    exp.LastValue: "LAST_VALUE",
    exp.NthValue: "NTH_VALUE",
}
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

#: What the parts of a name are read as.
_NAMES = (exp.Identifier, exp.Column, exp.Dot)
_OF_INTERVALS = "INTERVAL is of whole numbers with their units, as in '1 day, 12 hours'"


def refuse_foreign(node: exp.Expr) -> None:
    """Refuse a node that is no part of Snowflake's SQL, or of this engine's.

    Raises:
        SqlError: it is one.
    """
    if isinstance(node, exp.DataType) and (name := _TYPES.get(node.this)) is not None:
        raise SqlError(
            f"SQL compilation error:\nUnsupported data type '{name}'.", code=2040, sqlstate="42601"
        )
    if (function := _OVER_WINDOWS.get(type(node))) is not None and _window_of(node) is None:
        raise SqlError(
            f"SQL compilation error:\nWindow function type [{function}] requires keyword OVER to be"
            " specified",
            code=2303,
            sqlstate="42601",
        )
    if function is not None and not _is_ordered(node):
        raise SqlError(
            f"SQL compilation error:\nWindow function type [{function}] requires ORDER BY in window"
            " specification",
            code=2303,
            sqlstate="42601",
        )
    if (form := _not_offered(node)) is not None:
        raise unsupported(form)
    if (found := _unexpected(node)) is not None:
        raise syntax_error(f"syntax error unexpected {found}.")


def _unexpected(node: exp.Expr) -> str | None:
    match node:
        case exp.Group() if not any(node.args.values()):
            return "'<EOF>' behind GROUP BY"
        case exp.Select() if not node.expressions:
            return "'FROM': SELECT names at least one column"
        case exp.In() if not any(value for key, value in node.args.items() if key != "this"):
            return "')': IN has at least one value"
        case exp.Distinct(expressions=[], parent=exp.AggFunc()):
            return "')' behind DISTINCT"
        case exp.Interval() if not intervals.is_readable(node):
            written = " ".join(part.name for part in (node.this, node.args.get("unit")) if part)
            return f"'{written}': {_OF_INTERVALS}"
        case exp.Count(this=exp.Star()) if node.expressions:
            return "',' behind COUNT(*"
        case exp.Identifier(this=""):
            return "'\"\"': a name has at least one character"
        case exp.Identifier(quoted=False, parent=exp.Alias()) if node.name[:1].isdigit():
            return f"'{node.name}': a name that begins with a digit stands in double quotes"
        case exp.Comprehension():
            return "'for' in an array: TRANSFORM(array, x -> ...) makes one of another"
        case exp.Returning():
            return "'RETURNING'"
        case exp.Distinct() if node.args.get("on") is not None:
            return "'ON' behind DISTINCT: QUALIFY ROW_NUMBER() OVER (...) = 1 keeps one row of each"
        case exp.JSONExtract(this=exp.Literal()):
            return "':' in brackets: ARRAY_SLICE(array, from, to) gives a part of an array"
        case exp.Dot(this=value, expression=exp.Identifier()) if not isinstance(value, _NAMES):
            return f"'.{node.expression.name}': a field of a value stands behind ':'"
        case exp.BitwiseLeftShift() | exp.BitwiseRightShift() if CALLED not in node.meta:
            return "'<<' or '>>': BITSHIFTLEFT and BITSHIFTRIGHT shift"
        case _:
            return None


def _window_of(node: exp.Expr) -> exp.Window | None:
    parent = node.parent
    while isinstance(parent, exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        parent = parent.parent
    return parent if isinstance(parent, exp.Window) else None


def _is_ordered(node: exp.Expr) -> bool:
    """Whether its window says in which order."""
    window = _window_of(node)
    return window is None or window.args.get("order") is not None


def _not_offered(node: exp.Expr) -> str | None:
    """Snowflake's name of a form that is not carried out."""
    match node:
        case exp.Interval() if intervals.is_of_nanoseconds(node):
            return "An INTERVAL of nanoseconds (moments have microseconds here)"
        case exp.ApproxDistinct() if node.args.get("accuracy") is not None:
            return "APPROX_COUNT_DISTINCT of several values (of one array it is: [a, b])"
        case exp.Collate() if node.expression.name:
            return "COLLATE (UPPER or LOWER of both sides compares without case)"
        case exp.Struct() if any(isinstance(item, exp.Star) for item in node.expressions):
            return "{*} (OBJECT_CONSTRUCT(*) makes an object of a row)"
        case exp.MatchRecognize():
            return "MATCH_RECOGNIZE"
        case exp.Join() if node.args.get("match_condition") is not None:
            return "ASOF JOIN with USING (ON joins by the same columns)"
        case exp.Pivot() if isinstance(node.args.get("default_on_null"), exp.Expr):
            return "PIVOT with DEFAULT ON NULL"
        case _:
            return None
