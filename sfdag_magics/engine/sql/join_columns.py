"""Columns by their place: what `*` gives over joins by name, and "$1". Trees only, tables resolved.

Snowflake gives the columns of USING, or those that a NATURAL join finds in both, once and first,
then the rest of the left and of the right (docs: "JOIN"); DuckDB leaves them where they are on the
left. A further join by name comes before what was first so far.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sfdag_magics.engine.sql.lineage import column_names

_POSITION = re.compile(r"\$(\d+)")
#: Marks a query whose stars are in order; a view's query is seen again with the query around it.
_ORDERED = "join_columns_first"


def join_columns_first(tree: exp.Expr) -> None:
    """Write the columns of joins by name before the rest, where a query says `*`."""
    for select in list(tree.find_all(exp.Select)):
        from_ = select.args.get("from_")
        if from_ is None or select.meta.get(_ORDERED):
            continue
        select.meta[_ORDERED] = True
        if not any(isinstance(item, exp.Star) for item in select.expressions):
            continue
        first = _first(from_.this, select.args.get("joins") or [])
        if first:
            _write_first(select, first)


def positions(tree: exp.Expr) -> None:
    """`"$1"`, which is how Snowpark writes $1, where nothing behind FROM has that name."""
    for column in list(tree.find_all(exp.Column)):
        place = _POSITION.fullmatch(column.name)
        select = column.find_ancestor(exp.Select)
        if place is None or column.table or select is None:
            continue
        from_ = select.args.get("from_")
        if from_ is None:
            continue
        sources = [from_.this, *(join.this for join in select.args.get("joins") or [])]
        if not any(column.name in (_names(source) or []) for source in sources):
            column.replace(exp.var(f"#{place[1]}"))


def _write_first(select: exp.Select, first: list[str]) -> None:
    items: list[exp.Expr] = []
    for item in select.expressions:
        if isinstance(item, exp.Star) and not any(item.args.get(key) for key in _CHANGED):
            excluded = [name.name for name in item.args.get("except_") or []]
            items.extend(_column(name) for name in first if name not in excluded)
            left_out = [*excluded, *(name for name in first if name not in excluded)]
            item.set("except_", [exp.to_identifier(name, quoted=True) for name in left_out])
        items.append(item)
    select.set("expressions", items)


#: What a star may say of its columns besides leaving some out.
_CHANGED = ("replace", "rename", "ilike")


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _first(item: exp.Expr, joins: list[exp.Join]) -> list[str]:
    """The names that joins put first, in the order in which they come out."""
    first = _first(item.this, []) if _is_group(item) else []
    passed: list[exp.Expr] = [item]
    for join in [*(item.args.get("joins") or []), *joins]:
        names = _joined_by(join, passed)
        if not names and _may_repeat(join, first):
            return []
        first = [*names, *(name for name in first if name not in names)]
        passed.append(join.this)
    return first


def _joined_by(join: exp.Join, left: list[exp.Expr]) -> list[str]:
    if join.args.get("using"):
        return [column.name for column in join.args["using"]]
    if join.method != "NATURAL":
        return []
    right = _names(join.this) or []
    known = [name for node in left for name in _names(node) or []]
    return [name for name in dict.fromkeys(known) if name in right]


def _may_repeat(join: exp.Join, first: list[str]) -> bool:
    """Whether a join by condition brings a name again, which then means two columns."""
    names = _names(join.this)
    return bool(first) and (names is None or any(name in first for name in names))


def _names(node: exp.Expr) -> list[str] | None:
    """The columns of a table, a query, or of joins in parentheses; None where unknown."""
    if not _is_group(node):
        return column_names(node)
    inner = node.this
    found: list[str] = []
    for part in (inner, *(join.this for join in inner.args.get("joins") or [])):
        names = _names(part)
        if names is None:
            return None
        found.extend(names)
    return found


def _is_group(node: exp.Expr) -> bool:
    """Whether these are parentheses around joins, and not around a query."""
    return isinstance(node, exp.Subquery) and not isinstance(
        node.this, exp.Select | exp.SetOperation
    )
