"""What compares single values: partitions, orders, choices, IN, and what gathers distinct ones."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.sql.functions.aggregates import BY_INSTANT
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.names.orders import selected_by
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.rewriting.instants.zoned_values import (
    has_offset,
    instant,
    is_zoned,
)
from sfdag_magics.engine.sql.values.calls import macro

#: What counts different values by what they look like.
_COUNTED = (exp.ApproxDistinct, exp.Hll)
_CHOICES = (exp.Case, exp.DecodeCase, exp.EqualNull, exp.NullSafeEQ, exp.NullSafeNEQ)


def compared_whole(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What partitions and orders go by, and what COUNT(DISTINCT) and its kin count."""
    for node in list(found_in(tree, exp.Window, exp.Distinct, exp.Select, *_COUNTED)):
        if isinstance(node, exp.Distinct):
            values = node.expressions if isinstance(node.parent, exp.Count) else []
        elif isinstance(node, _COUNTED):
            values = [node.this]
        else:
            keys = node.args.get("order")
            values = [*(node.args.get("partition_by") or []), *_keys(keys)]
        yield from (value for value in values if is_zoned(_stands_for(value), lineage))


def _keys(order: exp.Expr | None) -> list[exp.Expr]:
    """What ORDER BY names, where it is no position in the list."""
    keys = order.expressions if order is not None else []
    return [key.this for key in keys if not isinstance(key.this, exp.Literal)]


def _stands_for(value: exp.Expr) -> exp.Expr:
    """The item of the list that a key of ORDER BY names; else the value itself."""
    item = selected_by(value.parent) if isinstance(value.parent, exp.Ordered) else None
    return value if item is None else item.unalias()


def choose_by_instants(tree: exp.Expr) -> None:
    """What CASE of a value, DECODE and what is safe of NULL compare, where one has an offset.

    The innermost first: NULLIF becomes a CASE that has its value twice.
    """
    for node in reversed(list(found_in(tree, *_CHOICES, exp.Nullif))):
        values = _compared_in(node)
        if not any(is_zoned(value, Lineage()) for value in values):
            continue
        if isinstance(node, exp.Nullif):
            is_same = exp.EQ(this=node.this.copy(), expression=node.expression.copy())
            choice = exp.Case(ifs=[exp.If(this=is_same, true=exp.Null())], default=node.this)
            node.replace(choice)
            values = [is_same.this, is_same.expression]
        for value in values:
            value.replace(instant(macro("_sf_as_timestamp_tz", value.copy())))


def _compared_in(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Case):
        given = node.args.get("this")
        return [given, *(choice.this for choice in node.args["ifs"])] if given is not None else []
    if isinstance(node, exp.DecodeCase):
        value, *rest = node.expressions
        return [value, *rest[:-1:2]]
    return [node.this, node.expression]


def mark_gathered(tree: exp.Expr, lineage: Lineage) -> None:
    """Note on what gathers distinct values that they are told apart by their instants."""
    for node in found_in(tree, exp.Distinct, exp.ArrayUniqueAgg, exp.Mode):
        values = node.expressions if isinstance(node, exp.Distinct) else [node.this]
        if any(is_zoned(value, lineage) for value in values):
            node.meta[BY_INSTANT] = True


def looked_for(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What IN, ANY and ALL look for, and what they look through, which gets a column's name."""
    for node in list(found_in(tree, exp.In, exp.Any, exp.All)):
        is_in = isinstance(node, exp.In)
        holder = node.args.get("query") if is_in else node
        query = holder.this if isinstance(holder, exp.Subquery | exp.Any | exp.All) else None
        sought = node.this if is_in else node.parent and node.parent.this
        if not isinstance(query, exp.Query) or not isinstance(sought, exp.Expr):
            continue
        columns = lineage.columns(query) or []
        if len(columns) != 1 or not has_offset(columns[0][1]) or not is_zoned(sought, lineage):
            continue
        value = _only_column(holder, query)
        # beside ANY and ALL stands a comparison, whose rewrite takes the instant of what is sought
        yield from (sought, value) if is_in else (value,)


def _only_column(holder: exp.Expr | None, query: exp.Query) -> exp.Expr:
    """The column of a query that becomes one with a name for it, which `holder` has then."""
    name = exp.to_identifier("c0", quoted=True)
    alias = exp.TableAlias(this=exp.to_identifier("rows", quoted=True), columns=[name])
    value = exp.column(name.copy())
    rows = exp.Subquery(this=query.copy(), alias=alias)
    if holder is not None:
        holder.set("this", exp.Select(expressions=[value], from_=exp.From(this=rows)))
    return value
