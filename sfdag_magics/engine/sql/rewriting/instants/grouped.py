"""GROUP BY of values with an offset: by their instants, and each group shows one of its values."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.rewriting.instants.zoned_values import (
    instant,
    is_zoned,
    with_name,
)
from sfdag_magics.light_classes import dataclass

_SHOWN = ("expressions", "having", "qualify", "order")
#: What holds keys that a row of the answer may be without.
_SETS = (exp.GroupingSets, exp.Cube, exp.Rollup)
_GROUPING = (exp.Grouping, exp.GroupingId)
_OVER = (exp.Window, exp.IgnoreNulls, exp.RespectNulls)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A value with an offset that is grouped by, as it was written, and whether within a set."""

    value: exp.Expr
    may_be_left_out: bool


def group_by_instants(select: exp.Select, lineage: Lineage) -> None:
    """Let GROUP BY go by instants, and what is shown of a group be one of its values."""
    group = select.args.get("group")
    if group is None:
        return
    if is_all := bool(group.args.get("all")):
        meant = [_value(item) for item in select.expressions if not item.find(exp.AggFunc)]
    else:
        meant = [_meant(key, select) for key in _leaves(group.expressions)]
    with_offset = [is_zoned(key, lineage) for key in meant]
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
            leaf.replace(instant(key.copy()))
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
        named.append(with_name(item.copy(), item.name) if is_plain else item)
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
                    node.replace(instant(one.value.copy()))
                elif not _is_gathered(node):
                    node.replace(_one_of(node, one))


def _one_of(node: exp.Expr, key: _Key) -> exp.Expr:
    """One of the values of a group; none where the group is not of this key."""
    shown = exp.AnyValue(this=node.copy())
    if not key.may_be_left_out:
        return shown
    is_there = exp.EQ(
        this=exp.Grouping(expressions=[instant(key.value.copy())]),
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
