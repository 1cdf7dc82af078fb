"""The rows that an UPDATE, DELETE or MERGE may change, as a query before it. Trees only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.stored.tracked_form import HIDDEN

_ROWID = "rowid"


def may_change(statement: exp.Expr, target: ObjectFact) -> exp.Select:
    """The target's rows that match, with their hidden columns."""
    rows = _rows(statement, target)
    sources = _sources(statement)
    if not sources:
        rows.set("where", _copy(statement.args.get("where")))
        return rows
    matching = exp.Select(
        expressions=[_rowid(statement)],
        from_=exp.From(this=statement.this.copy()),
        joins=sources,
        where=_copy(statement.args.get("where")),
    )
    is_one = exp.In(this=_rowid(statement), query=exp.Subquery(this=matching))
    rows.set("where", exp.Where(this=is_one))
    rows.set("with_", _copy(statement.args.get("with_")))
    return rows


def all_rows(statement: exp.Expr, target: ObjectFact) -> exp.Select:
    """All rows of the target, with their hidden columns."""
    return _rows(statement, target)


def _sources(statement: exp.Expr) -> list[exp.Join]:
    """What a statement reads beside its target, as joins to it."""
    if isinstance(statement, exp.Merge):
        source, on = statement.args["using"], statement.args["on"]
        return [exp.Join(this=source.copy(), on=on.copy())]
    others: Sequence[exp.Expr] = statement.args.get("using") or []
    if (from_ := statement.args.get("from_")) is not None:
        others = [from_.this]
    return [exp.Join(this=other.copy(), kind="CROSS") for other in others]


def _rows(statement: exp.Expr, target: ObjectFact) -> exp.Select:
    names = [*(column["name"] for column in target.detail["columns"]), *HIDDEN]
    columns: list[exp.Expr] = [_column(statement, name) for name in names]
    return exp.Select(expressions=columns, from_=exp.From(this=statement.this.copy()))


def _rowid(statement: exp.Expr) -> exp.Column:
    """DuckDB's own number of a row, which is the same for the whole of a transaction's reading."""
    return exp.column(exp.to_identifier(_ROWID), table=_table(statement))


def _column(statement: exp.Expr, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=_table(statement))


def _table(statement: exp.Expr) -> exp.Identifier:
    name: str = statement.this.alias_or_name
    return exp.to_identifier(name, quoted=True)


def _copy(node: exp.Expr | None) -> exp.Expr | None:
    return None if node is None else node.copy()
