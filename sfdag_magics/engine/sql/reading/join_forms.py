"""Joins that DuckDB writes otherwise: ASOF with its MATCH_CONDITION, and `(+)`. Trees as parsed.

A row of the left table of an ASOF JOIN stays without a match too (docs: ASOF JOIN), which DuckDB
does where it is LEFT. `(+)` marks the columns of a table whose rows may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.transforms import eliminate_join_marks

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.reading.walking import found_in

_MARKS = "An outer join by (+)"


def with_join_forms(tree: exp.Expr) -> exp.Expr:
    """The tree with its joins as DuckDB reads them.

    Raises:
        SqlError: a join by `(+)` has a form in which it is not clear what it joins.
    """
    for join in found_in(tree, exp.Join):
        if join.args.get("match_condition") is not None and not join.args.get("using"):
            _match(join)
    marked = [select for select in found_in(tree, exp.Select) if any(_marked(select))]
    for select in marked:
        _check_clear(select)
    try:
        return eliminate_join_marks(tree) if marked else tree
    except (AssertionError, SqlglotError) as problem:
        raise unsupported(_MARKS, "LEFT JOIN ... ON says the same") from problem


def _match(join: exp.Join) -> None:
    """What is matched by is one of the conditions, the last one."""
    condition = join.args["match_condition"]
    on = join.args.get("on")
    join.set("match_condition", None)
    join.set("side", "LEFT")
    join.set("on", condition if on is None else exp.and_(on, condition, copy=False))


def _check_clear(select: exp.Select) -> None:
    """Refuse what would be joined to another table, or in another order."""
    joins = select.args.get("joins") or []
    if any(join.args.get(key) for join in joins for key in ("on", "using", "side", "method")):
        raise unsupported(f"{_MARKS} beside JOIN", "LEFT JOIN ... ON says the same")
    where = select.args.get("where")
    if where is None or not all(column.table for column in found_in(where, exp.Column)):
        raise unsupported(f"{_MARKS} of columns without their table", "alias.column names them")
    _begin_with_all_rows(select)


def _begin_with_all_rows(select: exp.Select) -> None:
    """Let no table stand first whose rows may be missing: others are joined to the first one."""
    missing = {column.table.upper() for column in _marked(select)}
    from_, joins = select.args["from_"], select.args.get("joins") or []
    if from_.this.alias_or_name.upper() not in missing:
        return
    whole = next((each for each in joins if each.this.alias_or_name.upper() not in missing), None)
    if select.is_star or whole is None:
        raise unsupported(
            f"{_MARKS} of the first table beside *", "RIGHT JOIN ... ON says the same"
        )
    first, other = from_.this, whole.this
    from_.set("this", other)
    whole.set("this", first)


def _marked(select: exp.Select) -> Iterator[exp.Column]:
    """The columns of its condition that are marked."""
    where = select.args.get("where")
    if where is not None:
        yield from (
            column for column in found_in(where, exp.Column) if column.args.get("join_mark")
        )
