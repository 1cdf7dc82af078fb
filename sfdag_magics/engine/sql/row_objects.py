"""OBJECT_CONSTRUCT(*) with its columns written out, so that its values are what they are by name.

Trees only, tables resolved. What DuckDB makes of a whole row at once has its own text of moments
and numbers. Where the columns are not known, or are of either side of a join, it stays a whole.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import unsupported
from sfdag_magics.engine.sql.lineage import Lineage

#: What a star may say of its columns besides leaving some out.
_CHANGED = ("replace", "rename", "ilike")


def spell_out_rows(tree: exp.Expr) -> None:
    """Write keys and values for every `*` in an OBJECT_CONSTRUCT."""
    lineage = Lineage()
    found: list[tuple[exp.Expr, exp.Expr]] = []
    for node in tree.find_all(exp.StarMap, exp.JSONObject):
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


def _columns(node: exp.Expr, item: exp.Expr, lineage: Lineage) -> list[exp.Column] | None:
    select = node.find_ancestor(exp.Select)
    from_ = select.args.get("from_") if select is not None else None
    joins: list[exp.Join] = (select.args.get("joins") or []) if select is not None else []
    if from_ is None or any(map(_merges_both, joins)):
        return None
    star = item.this if isinstance(item, exp.Column) else item
    excluded = {name.name for name in star.args.get("except_") or []}
    columns: list[exp.Column] = []
    for source, left_out in [(from_.this, set()), *((join.this, _used(join)) for join in joins)]:
        if isinstance(item, exp.Column) and source.alias_or_name != item.table:
            continue
        names = lineage.column_names(source)
        if names is None or (not source.alias_or_name and joins):
            return None
        left_out = excluded if isinstance(item, exp.Column) else excluded | left_out
        columns += [_column(name, source.alias_or_name) for name in names if name not in left_out]
    return columns


def _merges_both(join: exp.Join) -> bool:
    """Whether a column that it is by may have the value of either side."""
    is_by_name = bool(join.args.get("using")) or join.method == "NATURAL"
    return is_by_name and (join.method == "NATURAL" or join.side in ("RIGHT", "FULL"))


def _used(join: exp.Join) -> set[str]:
    return {column.name for column in join.args.get("using") or []}


def _column(name: str, table: str) -> exp.Column:
    return exp.column(
        exp.to_identifier(name, quoted=True),
        table=exp.to_identifier(table, quoted=True) if table else None,
    )


def _object(node: exp.Expr, columns: list[exp.Column]) -> exp.Expr:
    if isinstance(node, exp.StarMap):
        return exp.Struct(
            expressions=[
                exp.PropertyEQ(this=exp.Literal.string(column.name), expression=column)
                for column in columns
            ]
        )
    return exp.JSONObject(
        expressions=[
            exp.JSONKeyValue(this=exp.Literal.string(column.name), expression=column)
            for column in columns
        ]
    )
