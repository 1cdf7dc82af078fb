"""Columns of a subquery that DuckDB takes for one: their names differ only in case, or not at all.

What stands behind FROM with such columns gets names that differ for DuckDB, and the query around it
names them so, under their own names as far as it gives them on. Trees only, tables resolved.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in

#: Marks a query that was seen; a view's query is seen again with the query around it.
_SEEN = "case_names"


def tell_cases_apart(tree: exp.Expr) -> None:
    """Rename what DuckDB would take for one column, the innermost queries first."""
    lineage = Lineage()
    for select in reversed(list(found_in(tree, exp.Select))):
        from_ = select.args.get("from_")
        if from_ is None or select.meta.get(_SEEN):
            continue
        select.meta[_SEEN] = True
        sources = [from_.this, *(join.this for join in select.args.get("joins") or [])]
        names = [lineage.column_names(source) for source in sources]
        renamed = {
            index: _told_apart(found)
            for index, found in enumerate(names)
            if found is not None and len({name.upper() for name in found}) < len(found)
        }
        if not renamed:
            continue
        _expand_stars(select, sources, names, renamed)
        for index, new in renamed.items():
            _rename(select, sources[index], new, is_only=len(sources) == 1)
        lineage = Lineage()  # what the other one remembers may be of the names before


def _told_apart(names: list[str]) -> list[tuple[str, str]]:
    """Each name with the one it has for DuckDB."""
    seen: set[str] = set()
    taken = {name.upper() for name in names}
    pairs = []
    for name in names:
        new = name
        if name.upper() in seen:
            number = next(n for n in range(2, len(names) + 3) if f"{name}_{n}".upper() not in taken)
            new = f"{name}_{number}"
            taken.add(new.upper())
        seen.add(name.upper())
        pairs.append((name, new))
    return pairs


def _rename(
    select: exp.Select, source: exp.Expr, pairs: list[tuple[str, str]], *, is_only: bool
) -> None:
    alias = source.args.get("alias")
    if alias is None:
        alias = exp.TableAlias(this=exp.to_identifier("case_names", quoted=True))
        source.set("alias", alias)
    alias.set("columns", [exp.to_identifier(new, quoted=True) for _, new in pairs])
    first = dict(reversed(pairs))
    changed = {name: new for name, new in first.items() if name != new}
    for column in list(found_in(select, exp.Column)):
        is_here = column.find_ancestor(exp.Select) is select
        if (column.table == alias.name and (is_here or not _is_hidden(column, select))) or (
            not column.table and is_here and is_only
        ):
            _rename_column(select, column, changed)


def _is_hidden(column: exp.Column, select: exp.Select) -> bool:
    """Whether a query between the two has a table of the name by which the column is called."""
    inner = column.find_ancestor(exp.Select)
    while inner is not None and inner is not select:
        from_ = inner.args.get("from_")
        joined = [join.this for join in inner.args.get("joins") or []]
        if any(
            source.alias_or_name == column.table
            for source in ([from_.this, *joined] if from_ is not None else joined)
        ):
            return True
        inner = inner.find_ancestor(exp.Select)
    return False


def _rename_column(select: exp.Select, column: exp.Column, changed: Mapping[str, str]) -> None:
    name = column.name
    if name not in changed:
        return
    column.set("this", exp.to_identifier(changed[name], quoted=True))
    if column.parent is select and column.arg_key == "expressions":
        column.replace(exp.alias_(column.copy(), exp.to_identifier(name, quoted=True)))


def _expand_stars(
    select: exp.Select,
    sources: list[exp.Expr],
    names: list[list[str] | None],
    renamed: Mapping[int, list[tuple[str, str]]],
) -> None:
    """`*` and `x.*` as the columns they stand for, where all of them are known."""
    if any(found is None for found in names) or any(
        join.args.get("using") or join.method for join in select.args.get("joins") or []
    ):
        return
    items: list[exp.Expr] = []
    for item in select.expressions:
        table = item.table if isinstance(item, exp.Column) and item.is_star else None
        is_star = isinstance(item, exp.Star) and not any(item.args.values())
        if table is None and not is_star:
            items.append(item)
            continue
        for index, source in enumerate(sources):
            if table in (None, source.alias_or_name):
                pairs = renamed.get(index) or [(name, name) for name in names[index] or []]
                items.extend(_column(name, new, source.alias_or_name) for name, new in pairs)
    select.set("expressions", items)


def _column(name: str, new: str, table: str) -> exp.Expr:
    column = exp.column(
        exp.to_identifier(new, quoted=True),
        table=exp.to_identifier(table, quoted=True) if table else None,
    )
    if name == new:
        return column
    return exp.alias_(column, exp.to_identifier(name, quoted=True), copy=False)
