"""Views whose changes can be told, and their queries with the ids of the rows beneath. Trees only.

A row of such a view comes of one row of each table in a part of its query, so their ids together
are its own: filters, projections, inner joins, UNION ALL, and views of such views.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.stored.tracked_form import ROW
from sfdag_magics.engine.sql.streams.delta import CHANGED

#: Parts of a query by which a row comes of several, or of none.
_REFUSED = {
    "with_": "WITH",
    "distinct": "DISTINCT",
    "group": "GROUP BY",
    "having": "HAVING",
    "qualify": "QUALIFY",
    "limit": "LIMIT",
    "offset": "OFFSET",
    "laterals": "LATERAL",
    "connect": "CONNECT BY",
}


def with_rows(query: exp.Expr, path: str = "") -> exp.Expr:
    """A resolved query with two more columns: its rows' ids, and whether they changed.

    Raises:
        SqlError: it is not of the form.
    """
    if isinstance(query, exp.Union) and not query.args.get("distinct"):
        _refuse_parts(query)
        with_rows(query.left, f"{path}l")
        with_rows(query.right, f"{path}r")
    elif isinstance(query, exp.Subquery):
        with_rows(query.this, path)
    elif isinstance(query, exp.Select):
        _selected(query, path)
    else:
        raise _refused("set operators other than UNION ALL")
    return query


def is_joined(query: exp.Expr) -> bool:
    """Whether a row comes of several tables."""
    return next(found_in(query, exp.Join), None) is not None


def _selected(select: exp.Select, path: str) -> None:
    _refuse_parts(select)
    _refuse_inner(select)
    sources = list(_sources(select))
    for source in sources:
        if isinstance(source, exp.Subquery):
            with_rows(source.this)
    for item in select.expressions:
        if (star := _star_of(item)) is not None:
            hidden = [exp.to_identifier(name, quoted=True) for name in (ROW, CHANGED)]
            star.set("except_", [*(star.args.get("except_") or []), *hidden])
    names = [exp.to_identifier(source.alias_or_name, quoted=True) for source in sources]
    texts = [exp.Literal.string("|"), exp.Literal.string(path)]
    parts = [*texts, *(_column(ROW, name) for name in names)]
    row = exp.Anonymous(this="concat_ws", expressions=parts)
    changed = exp.or_(*(_column(CHANGED, name) for name in names))
    more = [
        exp.alias_(row, exp.to_identifier(ROW, quoted=True)),
        exp.alias_(changed, exp.to_identifier(CHANGED, quoted=True)),
    ]
    select.set("expressions", [*select.expressions, *more])


def _star_of(item: exp.Expr) -> exp.Star | None:
    """The `*` of an item that is one, `t.*` too."""
    star = item.this if isinstance(item, exp.Column) else item
    return star if isinstance(star, exp.Star) else None


def _sources(select: exp.Select) -> Iterator[exp.Expr]:
    from_ = select.args.get("from_")
    if from_ is None:
        raise _refused("no table behind FROM")
    pending = [from_.this]
    for join in select.args.get("joins") or []:
        if join.args.get("side") or join.args.get("method") or join.kind not in ("", *_INNER):
            raise _refused(f"joins of type '{(join.side or join.method or join.kind).upper()}'")
        pending.append(join.this)
    for source in pending:
        if source.args.get("pivots") or source.args.get("sample") or source.args.get("joins"):
            raise _refused("PIVOT, SAMPLE or joins in parentheses")
        if not isinstance(source, exp.Table | exp.Subquery):
            raise _refused("anything but tables, views and queries behind FROM")
        yield source


_INNER = ("INNER", "CROSS")


def _refuse_parts(query: exp.Expr) -> None:
    for part, word in _REFUSED.items():
        if query.args.get(part):
            raise _refused(f"'{word}'")


def _refuse_inner(select: exp.Select) -> None:
    """What is computed of several rows, or asks for others."""
    asked = [*select.expressions, select.args.get("where")]
    asked += [join.args.get("on") for join in select.args.get("joins") or []]
    for part in filter(None, asked):
        if part.find(exp.AggFunc) is not None or part.find(exp.Window) is not None:
            raise _refused("aggregate or window functions")
        if part.find(exp.Query) is not None:
            raise _refused("subqueries that are not behind FROM")


def _column(name: str, table: exp.Identifier) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table.copy())


def _refused(what: str) -> SqlError:
    return SqlError(
        f"SQL compilation error:\nChange tracking is not supported on queries with {what}.",
        code=2,
        sqlstate="0A000",
    )
