"""The columns of VALUES that nobody named: COLUMN1, COLUMN2, …; DuckDB's are col0, col1.

Trees only. VALUES under a name has its columns' names since it was read (`reading.parentheses`).
"""

from __future__ import annotations

from sqlglot import exp


def with_column_names(node: exp.Expr) -> exp.Expr:
    """VALUES behind FROM with the names of its columns."""
    if not isinstance(node, exp.Values) or node.alias or node.find_ancestor(exp.Select) is None:
        return node
    width = len(node.expressions[0].expressions)
    if width:
        names = [exp.to_identifier(f"COLUMN{place}", quoted=True) for place in range(1, width + 1)]
        node.set("alias", exp.TableAlias(this=exp.to_identifier("_"), columns=names))
    return node
