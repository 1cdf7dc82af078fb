"""What a query's columns are declared as where they come straight from a table. Reads trees only.

DuckDB forgets VARCHAR(10) and tells VARIANT, OBJECT and ARRAY all as JSON. Here a resolved tree is
followed from its projections through subqueries and CTEs to the tables; what is computed has no
declared type and keeps what DuckDB says.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.ports import ObjectFact
from sfdag_magics.engine.sql.macros_table import made_type
from sfdag_magics.engine.sql.parse import CALLED
from sfdag_magics.engine.sql.types import SqlType, plain, type_from_ast, type_from_stored

#: Where a resolved table or query of rows keeps its columns: a list of (name, type).
TYPES = "types"

Columns = list[tuple[str, SqlType | None]]

_MADE_BY: Mapping[str, SfType] = {
    "ArrayAgg": SfType.ARRAY,
    "Array": SfType.ARRAY,
    "ArrayConcat": SfType.ARRAY,
    "ArrayUniqueAgg": SfType.ARRAY,
    "ArrayConstructCompact": SfType.ARRAY,
    "Split": SfType.ARRAY,
    "ObjectAgg": SfType.OBJECT,
    "StarMap": SfType.OBJECT,
    "Struct": SfType.OBJECT,
    "JSONObject": SfType.OBJECT,
    "ParseJSON": SfType.VARIANT,
}


def column_types(fact: ObjectFact) -> Columns:
    """A table's columns as the catalogue has them."""
    return [(column["name"], type_from_stored(column["type"])) for column in fact.detail["columns"]]


def output_types(tree: exp.Expr) -> tuple[SqlType | None, ...] | None:
    """One entry per column of the query, None where unknown; None when not even the number is."""
    columns = _columns(tree, {})
    return None if columns is None else tuple(kind for _, kind in columns)


def mark_dates(tree: exp.Expr) -> None:
    """Note on DATEADD and DATE_TRUNC by days or more whether they are of a DATE, which they keep.

    DuckDB makes a TIMESTAMP of both.
    """
    for node in tree.find_all(*_KEEPING_DATES):
        if _keeps_date(node):
            node.meta[IS_DATE] = True


_KEEPING_DATES = (exp.DateAdd, exp.DateSub, exp.DateTrunc, exp.TimestampTrunc)
IS_DATE = "is_date"
_WHOLE_DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})


def _keeps_date(node: exp.Expr) -> bool:
    unit = node.args.get("unit")
    if unit is not None and unit.name.upper().rstrip("S") not in _WHOLE_DAYS:
        return False
    kind = _scalar_type(node.this)
    return kind is not None and kind.kind is SfType.DATE


def _scalar_type(node: exp.Expr) -> SqlType | None:
    """The type of an expression where it is, as far as it comes from a table or a cast."""
    if isinstance(node, _KEEPING_DATES):
        return plain(SfType.DATE) if _keeps_date(node) else None
    if isinstance(node, exp.Cast | exp.TsOrDsToDate | exp.Date | exp.LastDay):
        return type_from_ast(node.to) if isinstance(node, exp.Cast) else plain(SfType.DATE)
    if isinstance(node, exp.Anonymous) and CALLED in node.meta:
        return _type_of(node, {})
    select = node.find_ancestor(exp.Select)
    if not isinstance(node, exp.Column) or select is None:
        return None
    return _type_of(node, _sources(select, _ctes_around(select)))


def _ctes_around(node: exp.Expr) -> dict[str, Columns | None]:
    """The columns of every CTE that `node` may name."""
    known: dict[str, Columns | None] = {}
    parent: exp.Expr | None = node
    while parent is not None:
        with_ = parent.args.get("with_")
        for cte in with_.expressions if isinstance(with_, exp.With) else ():
            if cte.alias not in known and not _is_inside(node, cte):
                found = _columns(cte.this, _ctes_before(cte))
                known[cte.alias] = _renamed(found, cte.args.get("alias"))
        parent = parent.parent
    return known


def _ctes_before(cte: exp.Expr) -> dict[str, Columns | None]:
    known: dict[str, Columns | None] = {}
    for other in cte.parent.expressions if cte.parent is not None else ():
        if other is cte:
            break
        known[other.alias] = _renamed(_columns(other.this, known), other.args.get("alias"))
    return known


def _is_inside(node: exp.Expr, outer: exp.Expr) -> bool:
    parent: exp.Expr | None = node
    while parent is not None:
        if parent is outer:
            return True
        parent = parent.parent
    return False


def _columns(query: exp.Expr | None, ctes: Mapping[str, Columns | None]) -> Columns | None:
    if query is None:
        return None
    if (made := query.meta.get(TYPES) if query._meta else None) is not None:  # noqa: SLF001 - meta makes a dict
        return list(made)
    with_ = query.args.get("with_")
    if isinstance(with_, exp.With):
        known = dict(ctes)
        for cte in with_.expressions:
            known[cte.alias] = _renamed(_columns(cte.this, known), cte.args.get("alias"))
        ctes = known
    if isinstance(query, exp.Subquery):
        return _columns(query.this, ctes)
    if isinstance(query, exp.SetOperation):
        return _united(_columns(query.left, ctes), _columns(query.right, ctes))
    if isinstance(query, exp.Select):
        return _selected(query, ctes)
    return None


def _united(left: Columns | None, right: Columns | None) -> Columns | None:
    if left is None or right is None or len(left) != len(right):
        return None
    return [
        (name, kind if kind == other else None)
        for (name, kind), (_, other) in zip(left, right, strict=True)
    ]


def _selected(select: exp.Select, ctes: Mapping[str, Columns | None]) -> Columns | None:
    sources = _sources(select, ctes)
    found: Columns = []
    for item in select.expressions:
        star = item if isinstance(item, exp.Star) else item.find(exp.Star)
        if isinstance(star, exp.Star) and isinstance(item, exp.Star | exp.Column):
            expanded = _expanded(item, star, sources)
            if expanded is None:
                return None
            found.extend(expanded)
        else:
            found.append((item.alias_or_name, _type_of(item.unalias(), sources)))
    return found


def _sources(select: exp.Select, ctes: Mapping[str, Columns | None]) -> dict[str, Columns | None]:
    nodes: list[exp.Expr] = []
    from_ = select.args.get("from_")
    if from_ is not None:
        nodes.append(from_.this)
    nodes.extend(join.this for join in select.args.get("joins") or [])
    nodes.extend(select.args.get("laterals") or [])
    sources: dict[str, Columns | None] = {}
    for index, node in enumerate(nodes):
        columns = _source(node, ctes)
        sources[node.alias_or_name or f" {index}"] = columns
        for join in node.args.get("joins") or []:
            sources[join.this.alias_or_name] = _source(join.this, ctes)
    return sources


def _source(node: exp.Expr, ctes: Mapping[str, Columns | None]) -> Columns | None:
    if node.args.get("pivots"):
        return None
    alias = node.args.get("alias")
    if isinstance(node, exp.Table) and TYPES not in node.meta:
        return _renamed(ctes.get(node.name), alias)
    if isinstance(node, exp.Table):
        return _renamed(list(node.meta[TYPES]), alias)
    return _renamed(_columns(node, ctes), alias)


def _renamed(columns: Columns | None, alias: exp.Expr | None) -> Columns | None:
    names = [column.name for column in alias.args.get("columns") or []] if alias else []
    if columns is None or not names:
        return columns
    if len(names) > len(columns):
        return None
    given = [(name, kind) for name, (_, kind) in zip(names, columns, strict=False)]
    return given + columns[len(names) :]


def _expanded(
    item: exp.Expr, star: exp.Star, sources: Mapping[str, Columns | None]
) -> Columns | None:
    wanted = [item.table] if isinstance(item, exp.Column) and item.table else list(sources)
    if star.args.get("ilike") or star.args.get("replace"):
        return None
    left_out = {name.name for name in star.args.get("except_") or []}
    renamed = {pair.this.name: pair.alias for pair in star.args.get("rename") or []}
    found: Columns = []
    for name in wanted:
        columns = sources.get(name)
        if columns is None:
            return None
        found.extend(
            (renamed.get(column, column), kind)
            for column, kind in columns
            if column not in left_out
        )
    return found


def _type_of(item: exp.Expr, sources: Mapping[str, Columns | None]) -> SqlType | None:
    if isinstance(item, exp.Paren):
        return _type_of(item.this, sources)
    if isinstance(item, exp.Cast):
        return type_from_ast(item.to)
    if isinstance(item, exp.Max | exp.Min):
        return _type_of(item.this, sources)
    if isinstance(item, exp.Anonymous) and CALLED in item.meta:
        made_as = made_type(item.meta[CALLED])
        return plain(made_as) if made_as is not None else None
    if (made := _MADE_BY.get(type(item).__name__)) is not None:
        return plain(made)
    if not isinstance(item, exp.Column):
        return None
    wanted = [item.table] if item.table else list(sources)
    kinds = [
        kind for name in wanted for column, kind in sources.get(name) or [] if column == item.name
    ]
    return kinds[0] if len(kinds) == 1 else None
