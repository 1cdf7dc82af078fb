"""MERGE … UPDATE ALL BY NAME and INSERT ALL BY NAME, with the columns written out. Trees only.

Docs, MERGE: source and target have the same columns, in any order; one that the source has not is
no identifier, which is said of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp


def with_columns_by_name(merge: exp.Merge, columns: Sequence[str]) -> None:
    """Name the target's columns, in each clause that means all of them.

    Args:
        merge: prepared, not yet resolved.
    """
    source = merge.args["using"].alias_or_name
    for when in merge.args["whens"].expressions:
        then = when.args["then"]
        if isinstance(then, exp.Update) and isinstance(then.args.get("expressions"), exp.Star):
            pairs = [
                exp.EQ(this=_column(name), expression=_column(name, source)) for name in columns
            ]
            then.set("expressions", pairs)
        elif isinstance(then, exp.Insert) and isinstance(then.this, exp.Star):
            names = [exp.to_identifier(name, quoted=True) for name in columns]
            then.set("this", exp.Tuple(expressions=[exp.column(name) for name in names]))
            values = [_column(name, source) for name in columns]
            then.set("expression", exp.Tuple(expressions=values))


def _column(name: str, table: str | None = None) -> exp.Column:
    of = None if table is None else exp.to_identifier(table, quoted=True)
    return exp.column(exp.to_identifier(name, quoted=True), table=of)
