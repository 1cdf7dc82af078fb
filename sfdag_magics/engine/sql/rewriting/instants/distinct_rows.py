"""DISTINCT, UNION, INTERSECT and EXCEPT of rows with an offset, as groups of all their columns."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.names.orders import selected_by
from sfdag_magics.engine.sql.rewriting.instants.zoned_values import (
    has_offset,
    instant,
    with_name,
)

_OUTSIDE = ("order", "limit", "offset", "with_")
_SIDE = exp.to_identifier("side", quoted=True)


def distinct_rows(query: exp.Query) -> exp.Query | None:
    """The query of groups that a DISTINCT or a UNION and its kin of offsets is; None to stay."""
    if not query.args.get("distinct") or _is_recursive(query):
        return None
    columns = Lineage().columns(query)
    if columns is None or not any(map(has_offset, (kind for _, kind in columns))):
        return None
    order = _by_position(query, [name for name, _ in columns])
    if order is None:
        return None
    outer = exp.Select(expressions=[], group=exp.Group(expressions=[]))
    names = [exp.to_identifier(f"c{number}", quoted=True) for number in range(len(columns))]
    for given, (name, kind) in zip(names, columns, strict=True):
        value = exp.column(given.copy())
        is_one = has_offset(kind)
        shown: exp.Expr = exp.AnyValue(this=value.copy()) if is_one else value.copy()
        outer.append("expressions", with_name(shown, name))
        outer.args["group"].append("expressions", instant(value) if is_one else value)
    inner = query.copy()
    inner.set("distinct", False if isinstance(inner, exp.Union) else None)
    for key in _OUTSIDE:
        if (part := query.args.get(key)) is not None:
            outer.set(key, part.copy())
            inner.set(key, None)
    if order:
        outer.set("order", exp.Order(expressions=order))
    if isinstance(inner, exp.Intersect | exp.Except):
        inner, names = _of_both_sides(inner, names), [*names, _SIDE]
        outer.set("having", exp.Having(this=_sides_of(query)))
    outer.set("from_", _rows(inner, names))
    return outer


def _of_both_sides(query: exp.SetOperation, names: list[exp.Identifier]) -> exp.Union:
    """All rows of both, with the number of their side."""
    first, second = (
        exp.Select(
            expressions=[*(exp.column(name.copy()) for name in names), exp.Literal.number(side)],
            from_=_rows(part.unnest(), names),
        )
        for side, part in enumerate((query.this, query.expression))
    )
    return exp.Union(this=first, expression=second, distinct=False)


def _sides_of(query: exp.Query) -> exp.Expr:
    """Whether a group has rows of the sides that the operation wants."""
    first, last = exp.Min(this=exp.column(_SIDE.copy())), exp.Max(this=exp.column(_SIDE.copy()))
    wanted = 1 if isinstance(query, exp.Intersect) else 0
    return exp.And(
        this=exp.EQ(this=first, expression=exp.Literal.number(0)),
        expression=exp.EQ(this=last, expression=exp.Literal.number(wanted)),
    )


def _rows(query: exp.Expr, names: list[exp.Identifier]) -> exp.From:
    """FROM a query, whose columns get names."""
    columns = [name.copy() for name in names]
    alias = exp.TableAlias(this=exp.to_identifier("rows", quoted=True), columns=columns)
    return exp.From(this=exp.Subquery(this=query.copy(), alias=alias))


def _by_position(query: exp.Query, names: list[str]) -> list[exp.Expr] | None:
    """The keys of ORDER BY as positions; None where one of them is something else."""
    found: list[exp.Expr] = []
    written = query.args.get("order")
    items = query.selects if isinstance(query, exp.Select) else []
    for key in written.expressions if written is not None else []:
        item = selected_by(key)
        place = next((at for at, one in enumerate(items, start=1) if one is item), None)
        if place is None and isinstance(key.this, exp.Column) and key.this.name in names:
            place = names.index(key.this.name) + 1
        if place is None and not (isinstance(key.this, exp.Literal) and key.this.is_int):
            return None
        moved = key.copy()
        if place is not None:
            moved.set("this", exp.Literal.number(place))
        found.append(moved)
    return found


def _is_recursive(query: exp.Query) -> bool:
    cte = query.parent
    return isinstance(cte, exp.CTE) and bool(cte.parent and cte.parent.args.get("recursive"))
