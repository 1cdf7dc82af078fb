"""PIVOT ... IN (ANY) and IN (a query): the values of now, written out as a list. Trees as prepared.

DuckDB finds such values itself only where the PIVOT is a statement of its own. They are looked for
before the statement that pivots by them is translated, which then has as many columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.reading.parse import parse

_COLUMN, _ROWS = "VALUE", "PIVOTED"


def write_values_out(pivot: exp.Pivot, computed: Callable[[exp.Expr], Value]) -> bool:
    """Whether the list of a PIVOT was no list, which it now is.

    Args:
        computed: the one value of a query.

    Raises:
        SqlError: there are no values, or they have an order that is not theirs.
    """
    fields = pivot.args.get("fields") or []
    listed = [each.expressions[0] for each in fields if len(each.expressions) == 1]
    if pivot.args.get("unpivot") or not any(map(_is_no_list, listed)):
        return False
    if len(fields) != 1:
        raise unsupported("PIVOT of several columns with ANY or a query")
    (field,) = fields
    values = _values(computed(_query(pivot, field.this, listed[0])))
    if not values:
        raise unsupported("PIVOT with ANY or a query of which there are no values")
    field.set("expressions", values)
    pivot.set("columns", _columns_as_written(pivot))
    return True


def _is_no_list(value: exp.Expr) -> bool:
    return isinstance(value, exp.PivotAny | exp.Query)


def _query(pivot: exp.Pivot, column: exp.Expr, listed: exp.Expr) -> exp.Expr:
    """A query of all the values as one array, in their order."""
    if isinstance(listed, exp.Query):
        values, order = _named(listed.copy()), None
    else:
        rows = _rows_before(pivot)
        values = exp.select(exp.alias_(column.copy(), _COLUMN)).distinct().from_(rows)
        values = values.where(exp.Is(this=column.copy(), expression=exp.Null()).not_())
        order = _order(listed, column)
    value = exp.column(_COLUMN)
    gathered: exp.Expr = exp.ArrayAgg(this=value)
    if order is not None:
        gathered = exp.WithinGroup(this=gathered, expression=order)
    query = exp.select(gathered).from_(values.subquery(_ROWS))
    for cte in _ctes_before(pivot):
        query = query.with_(cte.args["alias"].copy(), as_=cte.this.copy(), append=True)
    return query


def _named(query: exp.Query) -> exp.Query:
    alias = exp.TableAlias(this=exp.to_identifier("v"), columns=[exp.to_identifier(_COLUMN)])
    return exp.select(_COLUMN).from_(exp.Subquery(this=query, alias=alias))


def _rows_before(pivot: exp.Pivot) -> exp.Expr:
    """What is pivoted, as it is before."""
    rows = pivot.parent
    if not isinstance(rows, exp.Table | exp.Subquery) or len(rows.args["pivots"]) != 1:
        raise unsupported("PIVOT with ANY or a query in this place")
    copy = rows.copy()
    copy.set("pivots", None)
    copy.set("joins", None)
    return copy


def _order(listed: exp.Expr, column: exp.Expr) -> exp.Order:
    """That of ANY; without one the values are in their own."""
    order = listed.this if isinstance(listed.this, exp.Order) else None
    if order is None:
        return exp.Order(expressions=[exp.Ordered(this=exp.column(_COLUMN))])
    ordered = [each.copy() for each in order.expressions]
    if len(ordered) != 1 or ordered[0].this.name.upper() != column.name.upper():
        raise unsupported("PIVOT with ANY in the order of another column")
    ordered[0].set("this", exp.column(_COLUMN))
    return exp.Order(expressions=ordered)


def _ctes_before(node: exp.Expr) -> list[exp.CTE]:
    """What WITH names where the node stands, the outer ones first."""
    found: list[exp.CTE] = []
    parent = node.parent
    while parent is not None:
        with_ = parent.args.get("with_")
        ctes = with_.expressions if with_ is not None else []
        own = next((at for at, cte in enumerate(ctes) if _contains(cte, node)), len(ctes))
        found = [*ctes[:own], *found]
        parent = parent.parent
    return found


def _contains(outer: exp.Expr, inner: exp.Expr) -> bool:
    parent: exp.Expr | None = inner
    while parent is not None and parent is not outer:
        parent = parent.parent
    return parent is outer


def _values(array: Value) -> list[exp.Expr]:
    found = json.loads(str(array), parse_float=Decimal) if array is not None else []
    return [_literal(value) for value in found if value is not None]


def _literal(value: Any) -> exp.Expr:  # noqa: ANN401 - any JSON
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | Decimal):
        return exp.Literal.number(str(value))
    if isinstance(value, str):
        return exp.Literal.string(value)
    raise unsupported("PIVOT by semi-structured values")


def _columns_as_written(pivot: exp.Pivot) -> list[exp.Expr]:
    """How the columns of a PIVOT with this list are called."""
    copy = pivot.copy()
    copy.set("alias", None)
    copy.set("columns", None)
    written = parse(f"SELECT * FROM t {copy.sql(dialect='snowflake')}")  # noqa: S608 - a tree's
    read = written.find(exp.Pivot)
    return list(read.args.get("columns") or []) if read is not None else []
