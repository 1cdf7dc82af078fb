"""CONNECT BY: PRIOR is of a column, and the column LEVEL is called so. Trees as they are parsed.

sqlglot makes a recursive WITH of such a query, in which the level is one of the columns, and reads
all of `PRIOR a + 1` as one value, of which it would take the column from the wrong row.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.sql.reading.walking import found_in

_LEVEL = "LEVEL"


def with_levels(tree: exp.Expr) -> exp.Expr:
    """The tree, whose levels are called LEVEL, and each PRIOR before its column.

    Raises:
        SqlError: PRIOR is of no column, or a level beside `*`, which would have it as well.
    """
    for select in found_in(tree, exp.Select):
        if (connect := select.args.get("connect")) is not None:
            for prior in list(found_in(connect, exp.Prior)):
                _put_before_its_column(prior)
            _name(select)
    return tree


def _put_before_its_column(prior: exp.Prior) -> None:
    whole, first = prior.this, prior.this
    while isinstance(first, exp.Binary | exp.Cast):
        first = first.this
    if not isinstance(first, exp.Column):
        raise unsupported("PRIOR of a value that is no column", "PRIOR stands before each column")
    if first is not whole:
        first.replace(exp.Prior(this=first.copy()))
        prior.replace(whole)


def _name(select: exp.Select) -> None:
    levels = [column for column in select.expressions if _is_level(column)]
    reads_level = any(
        _is_level(column) for each in select.expressions for column in found_in(each, exp.Column)
    )
    if reads_level and select.is_star:
        raise unsupported("LEVEL beside * in a query with CONNECT BY", "name the columns")
    for level in levels:
        level.replace(exp.alias_(level.copy(), _LEVEL, quoted=True))


def _is_level(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and not node.table and node.name.upper() == _LEVEL
