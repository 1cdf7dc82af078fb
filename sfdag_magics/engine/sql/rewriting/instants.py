"""Rows told apart by a TIMESTAMP_TZ: one instant is one value, whatever its offset.

Trees with their tables resolved, before any rewrite. DuckDB has the instant and the offset in a
struct, and would take the same instant at two offsets for two groups, partitions, ranks or rows.
What is grouped, ordered or chosen by becomes the instant; a group shows one of its values. UNION,
INTERSECT and EXCEPT become groups of all their rows. Joins by name go by both, as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.answers import SfType, unsupported
from sfdag_magics.engine.sql.functions.aggregates import BY_INSTANT
from sfdag_magics.engine.sql.names.lineage import TYPES, Lineage
from sfdag_magics.engine.sql.names.orders import selected_by
from sfdag_magics.engine.sql.reading.walking import found_in, nodes
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.types import SqlType
from sfdag_magics.light_classes import dataclass

_Type = exp.DataType.Type
_SHOWN = ("expressions", "having", "qualify", "order")
_OUTSIDE = ("order", "limit", "offset", "with_")
#: What holds keys that a row of the answer may be without.
_SETS = (exp.GroupingSets, exp.Cube, exp.Rollup)
_GROUPING = (exp.Grouping, exp.GroupingId)
_SIDE = exp.to_identifier("side", quoted=True)
#: What counts different values by what they look like.
_COUNTED = (exp.ApproxDistinct, exp.Hll)
_CHOICES = (exp.Case, exp.DecodeCase, exp.EqualNull, exp.NullSafeEQ, exp.NullSafeNEQ)
_OVER = (exp.Window, exp.IgnoreNulls, exp.RespectNulls)
_CALLS = (exp.TimestampTzFromParts, exp.Anonymous, exp.ConvertTimezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A value with an offset that is grouped by, as it was written, and whether within a set."""

    value: exp.Expr
    may_be_left_out: bool


def tell_apart_by_instants(tree: exp.Expr) -> exp.Expr:
    """The tree, in which groups, partitions and distinct rows go by instants."""
    if not _may_have_offsets(tree):
        return tree
    for query in reversed(list(found_in(tree, exp.Select, exp.SetOperation))):
        if (grouped := _distinct_rows(query)) is None:
            continue
        if query is tree:
            tree = grouped
        else:
            query.replace(grouped)
    for pivot in found_in(tree, exp.Pivot):
        _refuse_offsets_in(pivot, Lineage())
    for select in list(found_in(tree, exp.Select)):
        _group(select, Lineage())
    _mark_gathered(tree, Lineage())
    for value in [*_compared_whole(tree, Lineage()), *_looked_for(tree, Lineage())]:
        value.replace(_instant(value.copy()))
    _choose_by_instants(tree)
    return tree


def _may_have_offsets(tree: exp.Expr) -> bool:
    for node in nodes(tree):
        if isinstance(node, exp.DataType) and node.this is _Type.TIMESTAMPTZ:
            return True
        columns = node.meta.get(TYPES) or () if node._meta else ()  # noqa: SLF001 - meta makes a dict
        if any(_has_offset(kind) for _, kind in columns):
            return True
        if isinstance(node, _CALLS) and _is_offset(node, Lineage()):
            return True
    return False


def _instant(value: exp.Expr) -> exp.Expr:
    return macro("_sf_instant", value)


def _is_offset(node: exp.Expr, lineage: Lineage) -> bool:
    return _has_offset(lineage.of(node))


def _refuse_offsets_in(pivot: exp.Pivot, lineage: Lineage) -> None:
    """PIVOT groups by all columns that it does not sum up, and by what they look like."""
    rows = pivot.parent
    if rows is None or pivot.args.get("unpivot"):
        return
    summed_up = {
        column.name for value in pivot.expressions for column in found_in(value, exp.Column)
    }
    for name, kind in lineage.columns(rows) or []:
        if _has_offset(kind) and name not in summed_up:
            raise unsupported(
                f"PIVOT beside the TIMESTAMP_TZ {name}",
                f"leave it out, or write {name}::TIMESTAMP_LTZ AS {name} in a query within",
            )


# -- values that are compared as they are -------------------------------------------------------


def _compared_whole(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What partitions and orders go by, and what COUNT(DISTINCT) and its kin count."""
    for node in list(found_in(tree, exp.Window, exp.Distinct, exp.Select, *_COUNTED)):
        if isinstance(node, exp.Distinct):
            values = node.expressions if isinstance(node.parent, exp.Count) else []
        elif isinstance(node, _COUNTED):
            values = [node.this]
        else:
            keys = node.args.get("order")
            values = [*(node.args.get("partition_by") or []), *_keys(keys)]
        yield from (value for value in values if _is_offset(_stands_for(value), lineage))


def _keys(order: exp.Expr | None) -> list[exp.Expr]:
    """What ORDER BY names, where it is no position in the list."""
    keys = order.expressions if order is not None else []
    return [key.this for key in keys if not isinstance(key.this, exp.Literal)]


def _stands_for(value: exp.Expr) -> exp.Expr:
    """The item of the list that a key of ORDER BY names; else the value itself."""
    item = selected_by(value.parent) if isinstance(value.parent, exp.Ordered) else None
    return value if item is None else item.unalias()


def _choose_by_instants(tree: exp.Expr) -> None:
    """What CASE of a value, DECODE and what is safe of NULL compare, where one has an offset.

    The innermost first: NULLIF becomes a CASE that has its value twice.
    """
    for node in reversed(list(found_in(tree, *_CHOICES, exp.Nullif))):
        values = _compared_in(node)
        if not any(_is_offset(value, Lineage()) for value in values):
            continue
        if isinstance(node, exp.Nullif):
            is_same = exp.EQ(this=node.this.copy(), expression=node.expression.copy())
            choice = exp.Case(ifs=[exp.If(this=is_same, true=exp.Null())], default=node.this)
            node.replace(choice)
            values = [is_same.this, is_same.expression]
        for value in values:
            value.replace(_instant(macro("_sf_as_timestamp_tz", value.copy())))


def _compared_in(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Case):
        given = node.args.get("this")
        return [given, *(choice.this for choice in node.args["ifs"])] if given is not None else []
    if isinstance(node, exp.DecodeCase):
        value, *rest = node.expressions
        return [value, *rest[:-1:2]]
    return [node.this, node.expression]


def _mark_gathered(tree: exp.Expr, lineage: Lineage) -> None:
    """Note on what gathers distinct values that they are told apart by their instants."""
    for node in found_in(tree, exp.Distinct, exp.ArrayUniqueAgg, exp.Mode):
        values = node.expressions if isinstance(node, exp.Distinct) else [node.this]
        if any(_is_offset(value, lineage) for value in values):
            node.meta[BY_INSTANT] = True


def _looked_for(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What IN, ANY and ALL look for, and what they look through, which gets a column's name."""
    for node in list(found_in(tree, exp.In, exp.Any, exp.All)):
        is_in = isinstance(node, exp.In)
        holder = node.args.get("query") if is_in else node
        query = holder.this if isinstance(holder, exp.Subquery | exp.Any | exp.All) else None
        sought = node.this if is_in else node.parent and node.parent.this
        if not isinstance(query, exp.Query) or not isinstance(sought, exp.Expr):
            continue
        columns = lineage.columns(query) or []
        if len(columns) != 1 or not _has_offset(columns[0][1]) or not _is_offset(sought, lineage):
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


# -- groups -------------------------------------------------------------------------------------


def _group(select: exp.Select, lineage: Lineage) -> None:
    group = select.args.get("group")
    if group is None:
        return
    if is_all := bool(group.args.get("all")):
        meant = [_value(item) for item in select.expressions if not item.find(exp.AggFunc)]
    else:
        meant = [_meant(key, select) for key in _leaves(group.expressions)]
    with_offset = [_is_offset(key, lineage) for key in meant]
    if not any(with_offset):
        return
    keys = [key.copy() for key in meant]
    if is_all:
        group.set("all", None)
        group.set("expressions", [key.copy() for key in keys])
    alike = []
    for leaf, key, is_one in zip(list(_leaves(group.expressions)), keys, with_offset, strict=True):
        if is_one:
            alike.append(_Key(value=key, may_be_left_out=leaf.parent is not group))
            leaf.replace(_instant(key.copy()))
        elif isinstance(key, exp.Literal):
            leaf.pop()
        else:
            leaf.replace(key.copy())
    _show_one_of_each(select, alike)


def _leaves(items: list[exp.Expr]) -> Iterator[exp.Expr]:
    """What is grouped by, also in sets."""
    for item in items:
        if isinstance(item, (*_SETS, exp.Tuple)):
            yield from _leaves(item.expressions)
        elif isinstance(item, exp.Paren):
            yield from _leaves([item.this])
        else:
            yield item


def _meant(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """The expression behind a position or an alias."""
    if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.name) <= len(select.expressions):
        return _value(select.expressions[int(key.name) - 1])
    if isinstance(key, exp.Column) and not key.table:
        for item in select.expressions:
            if isinstance(item, exp.Alias) and item.alias == key.name:
                return _value(item)
    return key


def _value(item: exp.Expr) -> exp.Expr:
    return item.unalias()


def _show_one_of_each(select: exp.Select, alike: list[_Key]) -> None:
    named = []
    for item in select.expressions:
        is_plain = isinstance(item, exp.Column) and not isinstance(item.this, exp.Star)
        named.append(_named(item.copy(), item.name) if is_plain else item)
    select.set("expressions", named)
    aliases = {item.alias for item in named}
    for key in _SHOWN:
        part = select.args.get(key)
        for root in part if isinstance(part, list) else [part] if part is not None else []:
            for node in list(found_in(root, *{type(one.value) for one in alike})):
                is_alias = key == "order" and isinstance(node, exp.Column) and node.name in aliases
                one = next((each for each in alike if _is_same(node, each.value)), None)
                if one is None or is_alias:
                    continue
                if isinstance(node.parent, _GROUPING):
                    node.replace(_instant(one.value.copy()))
                elif not _is_gathered(node):
                    node.replace(_one_of(node, one))


def _one_of(node: exp.Expr, key: _Key) -> exp.Expr:
    """One of the values of a group; none where the group is not of this key."""
    shown = exp.AnyValue(this=node.copy())
    if not key.may_be_left_out:
        return shown
    is_there = exp.EQ(
        this=exp.Grouping(expressions=[_instant(key.value.copy())]),
        expression=exp.Literal.number(0),
    )
    return exp.Case(ifs=[exp.If(this=is_there, true=shown)])


def _is_gathered(node: exp.Expr) -> bool:
    """Whether it is within an aggregate of the group, and no function over a window."""
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Select):
        if isinstance(parent, exp.AggFunc) and not isinstance(parent.parent, _OVER):
            return True
        parent = parent.parent
    return False


def _is_same(node: exp.Expr, value: exp.Expr) -> bool:
    if isinstance(node, exp.Column) and isinstance(value, exp.Column):
        is_one_table = not node.table or not value.table or node.table == value.table
        return node.name == value.name and is_one_table
    return node == value


# -- distinct rows ------------------------------------------------------------------------------


def _distinct_rows(query: exp.Query) -> exp.Query | None:
    """The query of groups that a DISTINCT or a UNION and its kin of offsets is; None to stay."""
    if not query.args.get("distinct") or _is_recursive(query):
        return None
    columns = Lineage().columns(query)
    if columns is None or not any(map(_has_offset, (kind for _, kind in columns))):
        return None
    order = _by_position(query, [name for name, _ in columns])
    if order is None:
        return None
    outer = exp.Select(expressions=[], group=exp.Group(expressions=[]))
    names = [exp.to_identifier(f"c{number}", quoted=True) for number in range(len(columns))]
    for given, (name, kind) in zip(names, columns, strict=True):
        value = exp.column(given.copy())
        is_one = _has_offset(kind)
        shown: exp.Expr = exp.AnyValue(this=value.copy()) if is_one else value.copy()
        outer.append("expressions", _named(shown, name))
        outer.args["group"].append("expressions", _instant(value) if is_one else value)
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


def _has_offset(kind: SqlType | None) -> bool:
    return kind is not None and kind.kind is SfType.TIMESTAMP_TZ


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, exp.to_identifier(name, quoted=True), copy=False)
