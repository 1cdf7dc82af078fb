"""Columns by their place: what `*` gives over joins by name, and "$1". Trees only, tables resolved.

Snowflake gives the columns of USING, or those that a NATURAL join finds in both, once and first,
then the rest of the left and of the right (docs: "JOIN"); DuckDB leaves them where they are on the
left. A further join by name comes before what was first so far. Where a join by condition brings
such a name again, the star is written table by table: the name alone would mean both columns.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.light_classes import dataclass

_POSITION = re.compile(r"\$(\d+)")
#: Marks a query whose stars are in order; a view's query is seen again with the query around it.
_ORDERED = "join_columns_first"


def join_columns_first(tree: exp.Expr) -> None:
    """Write the columns of joins by name before the rest, where a query says `*`."""
    lineage = Lineage()
    for select in list(found_in(tree, exp.Select)):
        from_ = select.args.get("from_")
        if from_ is None or select.meta.get(_ORDERED):
            continue
        select.meta[_ORDERED] = True
        if not any(isinstance(item, exp.Star) for item in select.expressions):
            continue
        joins = select.args.get("joins") or []
        first, repeats = _first(from_.this, joins, lineage)
        if repeats:
            _write_by_table(select, MergedColumns.of([from_.this, *joins], lineage))
        elif first:
            _write_first(select, first)
        if repeats or first:
            lineage = Lineage()  # what the other one remembers is of the stars before


def positions(tree: exp.Expr) -> None:
    """`"$1"`, which is how Snowpark writes $1, where nothing behind FROM has that name."""
    lineage = Lineage()
    placed: list[tuple[exp.Column, str]] = []
    for column in found_in(tree, exp.Column):
        place = _POSITION.fullmatch(column.name)
        select = column.find_ancestor(exp.Select)
        if place is None or column.table or select is None:
            continue
        from_ = select.args.get("from_")
        if from_ is None:
            continue
        sources = [from_.this, *(join.this for join in select.args.get("joins") or [])]
        if not any(column.name in (_names(source, lineage) or []) for source in sources):
            placed.append((column, place[1]))
    for column, number in placed:
        column.replace(exp.var(f"#{number}"))


def _write_first(select: exp.Select, first: list[str]) -> None:
    items: list[exp.Expr] = []
    for item in select.expressions:
        if isinstance(item, exp.Star) and not any(item.args.get(key) for key in _CHANGED):
            excluded = [name.name for name in item.args.get("except_") or []]
            items.extend(quoted_column(name) for name in first if name not in excluded)
            left_out = [*excluded, *(name for name in first if name not in excluded)]
            item.set("except_", [exp.to_identifier(name, quoted=True) for name in left_out])
        items.append(item)
    select.set("expressions", items)


@dataclass(slots=True)
class MergedColumns:
    """What joins by name make of the columns of some tables.

    Attributes:
        values: what each name that was joined by stands for, in the order in which they come out.
        left_out: by table, the columns that are there already.
    """

    values: dict[str, exp.Expr]
    left_out: dict[str, list[str]]

    @classmethod
    def of(cls, sources: list[exp.Expr], lineage: Lineage) -> MergedColumns | None:
        """Of a table and its joins; None where not all names are known, or joins are in a group."""
        merged = cls({}, {})
        passed: list[exp.Expr] = []
        for source in sources:
            table = source.this if isinstance(source, exp.Join) else source
            if _is_group(table) or table.args.get("joins"):
                return None
            merged.left_out[_alias(table)] = []
            for name in reversed(_joined_by(source, passed, lineage)) if passed else []:
                if not merged._join(name, source, passed, lineage):
                    return None
            passed.append(table)
        return merged

    def _join(self, name: str, join: exp.Expr, passed: list[exp.Expr], lineage: Lineage) -> bool:
        left = self.values.pop(name, None)
        if left is None:
            holding = [table for table in passed if name in (_names(table, lineage) or [])]
            if len(holding) != 1:
                return False
            left = quoted_column(name, _alias(holding[0]))
            self.left_out[_alias(holding[0])].append(name)
        right = quoted_column(name, _alias(join.this))
        self.left_out[_alias(join.this)].append(name)
        sides = {"RIGHT": right, "FULL": exp.Coalesce(this=left, expressions=[right])}
        self.values = {name: sides.get(str(join.args.get("side")), left), **self.values}
        return True


def _alias(table: exp.Expr) -> str:
    """The name a table is known by; it gets one where it has none."""
    if not table.alias_or_name:
        name = exp.to_identifier(f"_j{id(table):x}", quoted=True)
        table.set("alias", exp.TableAlias(this=name))
    return str(table.alias_or_name)


def _write_by_table(select: exp.Select, merged: MergedColumns | None) -> None:
    """Write `*` as what was joined by and the rest of each table."""
    if merged is None:
        return
    items: list[exp.Expr] = []
    for item in select.expressions:
        is_plain = isinstance(item, exp.Star) and not any(
            item.args.get(key) for key in (*_CHANGED, "except_")
        )
        items.extend(_table_by_table(merged) if is_plain else [item])
    select.set("expressions", items)


def _table_by_table(merged: MergedColumns) -> list[exp.Expr]:
    first = [
        exp.alias_(value.copy(), exp.to_identifier(name, quoted=True), copy=False)
        for name, value in merged.values.items()
    ]
    rest = [
        exp.Column(
            this=exp.Star(except_=[exp.to_identifier(name, quoted=True) for name in names] or None),
            table=exp.to_identifier(table, quoted=True),
        )
        for table, names in merged.left_out.items()
    ]
    return [*first, *rest]


#: What a star may say of its columns besides leaving some out.
_CHANGED = ("replace", "rename", "ilike")


def quoted_column(name: str, table: str | None = None) -> exp.Column:
    """A column by its exact name."""
    return exp.column(
        exp.to_identifier(name, quoted=True),
        table=exp.to_identifier(table, quoted=True) if table else None,
    )


def _first(item: exp.Expr, joins: list[exp.Join], lineage: Lineage) -> tuple[list[str], bool]:
    """The names that joins put first, as they come out; whether one of them comes again."""
    first, repeats = _first(item.this, [], lineage) if _is_group(item) else ([], False)
    passed: list[exp.Expr] = [item]
    for join in [*(item.args.get("joins") or []), *joins]:
        names = _joined_by(join, passed, lineage)
        repeats = repeats or (not names and _may_repeat(join, first, lineage))
        first = [*names, *(name for name in first if name not in names)]
        passed.append(join.this)
    return first, repeats


def _joined_by(join: exp.Expr, left: list[exp.Expr], lineage: Lineage) -> list[str]:
    if join.args.get("using"):
        return [column.name for column in join.args["using"]]
    if not isinstance(join, exp.Join) or join.method != "NATURAL":
        return []
    right = _names(join.this, lineage) or []
    known = [name for node in left for name in _names(node, lineage) or []]
    return [name for name in dict.fromkeys(known) if name in right]


def _may_repeat(join: exp.Join, first: list[str], lineage: Lineage) -> bool:
    """Whether a join by condition brings a name again, which then means two columns."""
    names = _names(join.this, lineage)
    return bool(first) and (names is None or any(name in first for name in names))


def _names(node: exp.Expr, lineage: Lineage) -> list[str] | None:
    """The columns of a table, a query, or of joins in parentheses; None where unknown."""
    if not _is_group(node):
        return lineage.column_names(node)
    inner = node.this
    found: list[str] = []
    for part in (inner, *(join.this for join in inner.args.get("joins") or [])):
        names = _names(part, lineage)
        if names is None:
            return None
        found.extend(names)
    return found


def _is_group(node: exp.Expr) -> bool:
    """Whether these are parentheses around joins, and not around a query."""
    return isinstance(node, exp.Subquery) and not isinstance(
        node.this, exp.Select | exp.SetOperation
    )
