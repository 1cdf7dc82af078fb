"""Rows told apart by a TIMESTAMP_TZ: one instant is one value, whatever its offset.

Trees with their tables resolved, before any rewrite. DuckDB has the instant and the offset in a
struct, and would take the same instant at two offsets for two groups, partitions or rows. What is
grouped by becomes the instant; a group shows one of its values. INTERSECT, EXCEPT, joins by name
and grouping sets go by both, as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.calls import macro
from sfdag_magics.engine.sql.lineage import TYPES, Lineage
from sfdag_magics.engine.sql.orders import selected_by
from sfdag_magics.engine.sql.types import SqlType

_Type = exp.DataType.Type
_SHOWN = ("expressions", "having", "qualify", "order")
_OUTSIDE = ("order", "limit", "offset", "with_")
_SETS = ("grouping_sets", "cube", "rollup")
_OVER = (exp.Window, exp.IgnoreNulls, exp.RespectNulls)
_CALLS = (exp.TimestampTzFromParts, exp.Anonymous, exp.ConvertTimezone)


def tell_apart_by_instants(tree: exp.Expr) -> exp.Expr:
    """The tree, in which groups, partitions and distinct rows go by instants."""
    if not _may_have_offsets(tree):
        return tree
    for query in reversed(list(tree.find_all(exp.Select, exp.Union))):
        if (grouped := _distinct_rows(query)) is None:
            continue
        if query is tree:
            tree = grouped
        else:
            query.replace(grouped)
    for select in list(tree.find_all(exp.Select)):
        _group(select, Lineage())
    for value in [*_compared_whole(tree, Lineage()), *_looked_for(tree, Lineage())]:
        value.replace(macro("_sf_instant", value.copy()))
    return tree


def _may_have_offsets(tree: exp.Expr) -> bool:
    for node in tree.walk():
        if isinstance(node, exp.DataType) and node.this is _Type.TIMESTAMPTZ:
            return True
        columns = node.meta.get(TYPES) or () if node._meta else ()  # noqa: SLF001 - meta makes a dict
        if any(_has_offset(kind) for _, kind in columns):
            return True
        if isinstance(node, _CALLS) and _is_offset(node, Lineage()):
            return True
    return False


def _is_offset(node: exp.Expr, lineage: Lineage) -> bool:
    return _has_offset(lineage.of(node))


# -- values that are compared as they are -------------------------------------------------------


def _compared_whole(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What partitions go by, and what COUNT(DISTINCT) counts."""
    for node in tree.find_all(exp.Window, exp.Distinct):
        if isinstance(node, exp.Distinct):
            values = node.expressions if isinstance(node.parent, exp.Count) else []
        else:
            values = node.args.get("partition_by") or []
        yield from (value for value in values if _is_offset(value, lineage))


def _looked_for(tree: exp.Expr, lineage: Lineage) -> Iterator[exp.Expr]:
    """What IN, ANY and ALL look for, and what they look through, which gets a column's name."""
    for node in list(tree.find_all(exp.In, exp.Any, exp.All)):
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
    if group is None or any(group.args.get(key) for key in _SETS):
        return
    if group.args.get("all"):
        keys = [_value(item) for item in select.expressions if item.find(exp.AggFunc) is None]
    else:
        keys = [_meant(key, select) for key in group.expressions]
    with_offset = [_is_offset(key, lineage) for key in keys]
    if not any(with_offset):
        return
    written = [
        macro("_sf_instant", key.copy()) if is_one else key.copy()
        for key, is_one in zip(keys, with_offset, strict=True)
        if not isinstance(key, exp.Literal)
    ]
    alike = [key.copy() for key, is_one in zip(keys, with_offset, strict=True) if is_one]
    group.set("all", None)
    group.set("expressions", written)
    _show_one_of_each(select, alike)


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


def _show_one_of_each(select: exp.Select, alike: list[exp.Expr]) -> None:
    named = []
    for item in select.expressions:
        is_plain = isinstance(item, exp.Column) and not isinstance(item.this, exp.Star)
        named.append(_named(item.copy(), item.name) if is_plain else item)
    select.set("expressions", named)
    aliases = {item.alias for item in named}
    for key in _SHOWN:
        part = select.args.get(key)
        for root in part if isinstance(part, list) else [part] if part is not None else []:
            for node in list(root.find_all(*{type(value) for value in alike})):
                is_alias = key == "order" and isinstance(node, exp.Column) and node.name in aliases
                if is_alias or _is_gathered(node):
                    continue
                if any(_is_same(node, value) for value in alike):
                    node.replace(exp.AnyValue(this=node.copy()))


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
    """The query of groups that a DISTINCT or a UNION with offsets is; None where it stays."""
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
        outer.args["group"].append("expressions", macro("_sf_instant", value) if is_one else value)
    inner = query.copy()
    inner.set("distinct", False if isinstance(inner, exp.Union) else None)
    for key in _OUTSIDE:
        if (part := query.args.get(key)) is not None:
            outer.set(key, part.copy())
            inner.set(key, None)
    if order:
        outer.set("order", exp.Order(expressions=order))
    alias = exp.TableAlias(this=exp.to_identifier("rows", quoted=True), columns=names)
    outer.set("from_", exp.From(this=exp.Subquery(this=inner, alias=alias)))
    return outer


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
