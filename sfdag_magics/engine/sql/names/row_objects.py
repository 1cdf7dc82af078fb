"""OBJECT_CONSTRUCT(*) with its columns written out, so that its values are what they are by name.

Trees only, tables resolved. What DuckDB makes of a whole row at once has its own text of moments
and numbers. Where the columns are not known it stays a whole.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.names.join_columns import MergedColumns, quoted_column
from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in

#: What a star may say of its columns besides leaving some out.
_CHANGED = ("replace", "rename", "ilike")
#: OBJECT_CONSTRUCT_KEEP_NULL and its pairs.
_WITH_NULLS = (exp.JSONObject, exp.JSONKeyValue)
#: A column's name, and its value.
_Named = tuple[str, exp.Expr]


def spell_out_rows(tree: exp.Expr) -> None:
    """Write keys and values for every `*` in an OBJECT_CONSTRUCT."""
    lineage = Lineage()
    found: list[tuple[exp.Expr, exp.Expr]] = []
    for node in found_in(tree, exp.StarMap, exp.JSONObject):
        star = _star_of(node)
        columns = _columns(node, star, lineage) if star is not None else None
        if columns:
            found.append((node, _object(node, columns)))
    for whole, written in found:
        whole.replace(written)


def _star_of(node: exp.Expr) -> exp.Expr | None:
    """`*` or `t.*`.

    Raises:
        SqlError: it says more of its columns than which to leave out.
    """
    items = [node.this] if isinstance(node, exp.StarMap) else node.expressions
    only: exp.Expr | None = items[0] if len(items) == 1 else None
    star = only.this if isinstance(only, exp.Column) else only
    if not isinstance(star, exp.Star):
        return None
    for word in _CHANGED:
        if star.args.get(word):
            raise unsupported(f"OBJECT_CONSTRUCT(* {word.upper()} ...)")
    return only


def _columns(node: exp.Expr, item: exp.Expr, lineage: Lineage) -> list[_Named] | None:
    select = node.find_ancestor(exp.Select)
    from_ = select.args.get("from_") if select is not None else None
    if select is None or from_ is None:
        return None
    sources: list[exp.Expr] = [from_.this, *(select.args.get("joins") or [])]
    star = item.this if isinstance(item, exp.Column) else item
    excluded = {name.name for name in star.args.get("except_") or []}
    if isinstance(item, exp.Column):
        tables = [source for source in map(_table, sources) if source.alias_or_name == item.table]
        columns = _of_tables(tables, {}, lineage)
    else:
        columns = _of_all(sources, lineage)
    return columns and [(name, value) for name, value in columns if name not in excluded]


def _of_all(sources: list[exp.Expr], lineage: Lineage) -> list[_Named] | None:
    """The columns of a table and its joins, those that they are joined by once."""
    tables = [_table(source) for source in sources]
    if len(tables) > 1 and not all(table.alias_or_name for table in tables):
        return None
    merged = MergedColumns.of(sources, lineage)
    if merged is None:
        return None
    rest = _of_tables(tables, merged.left_out, lineage)
    joined_by = [(name, value.copy()) for name, value in merged.values.items()]
    return None if rest is None else [*joined_by, *rest]


def _of_tables(
    tables: list[exp.Expr], left_out: Mapping[str, list[str]], lineage: Lineage
) -> list[_Named] | None:
    columns: list[_Named] = []
    for table in tables:
        names = lineage.column_names(table)
        if names is None:
            return None
        known_as = table.alias_or_name
        without = left_out.get(known_as, [])
        columns += [(name, quoted_column(name, known_as)) for name in names if name not in without]
    return columns


def _table(source: exp.Expr) -> exp.Expr:
    return source.this if isinstance(source, exp.Join) else source


def _object(node: exp.Expr, columns: list[_Named]) -> exp.Expr:
    kinds = (exp.Struct, exp.PropertyEQ) if isinstance(node, exp.StarMap) else _WITH_NULLS
    whole, pair = kinds
    return whole(
        expressions=[
            pair(this=exp.Literal.string(name), expression=value) for name, value in columns
        ]
    )
