"""The columns of VALUES that nobody named: COLUMN1, COLUMN2, …; DuckDB's are col0, col1.

Trees only. VALUES under a name has its columns' names since it was read (`reading.parentheses`).
"""

from __future__ import annotations

from sqlglot import exp


def with_column_names(node: exp.Expr) -> exp.Expr:
    """VALUES behind FROM with the names of its columns; some rewrites gave it one of its own."""
    if not isinstance(node, exp.Values) or node.find_ancestor(exp.Select) is None:
        return node
    given = node.args.get("alias")
    if given is not None and given.args.get("columns"):
        return node
    width = len(node.expressions[0].expressions)
    if width:
        names = [exp.to_identifier(f"COLUMN{place}", quoted=True) for place in range(1, width + 1)]
        place = node.parent.index if isinstance(node.parent, exp.Join) else None
        own = exp.to_identifier("_" if place is None else f"_{place}")
        alias = own if given is None else given.this
        node.set("alias", exp.TableAlias(this=alias, columns=names))
    return node
