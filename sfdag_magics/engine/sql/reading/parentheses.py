"""Tables in parentheses behind FROM, written as DuckDB reads them. Trees only; no names are known.

`FROM (t)`, `FROM ((t AS x)) AS y`, `JOIN (TABLE(f())) z`: Snowflake takes a table, a table function
or VALUES in any number of parentheses, and Snowpark writes them so. DuckDB reads parentheses around
queries and around joins, and depends on its version for the rest. Here they come off, and what
stood behind them (alias, sample, pivots, joins) stands behind the table.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.walking import bottom_up

#: What may stand behind a table, and so behind its parentheses too.
_BEHIND = ("alias", "pivots", "sample")
_PLAIN = frozenset({"this", "joins", *_BEHIND})


def without_parentheses(tree: exp.Expr) -> exp.Expr:
    """The tree with only those parentheses behind FROM that DuckDB reads."""
    if tree.find(exp.Subquery, exp.Values, exp.TableFromRows) is None:
        return tree
    if isinstance(tree, exp.Values):
        tree.set("alias", exp.TableAlias(this=exp.to_identifier("v")))
        tree = exp.select("*").from_(tree, copy=False)
    changes = ((exp.TableFromRows,), _without_window), ((exp.Subquery, exp.Values), _taken_off)
    return bottom_up(tree, changes)


def _without_window(node: exp.Expr) -> exp.Expr:
    """`TABLE(SPLIT_TO_TABLE(...) OVER ())`, as Snowpark writes it: each row is a partition."""
    window = node.this
    if isinstance(window, exp.Window) and isinstance(window.this, exp.SplitToTable | exp.Explode):
        node.set("this", window.this)
    return node


def _taken_off(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Values):
        return _with_column_names(node)
    if not isinstance(node, exp.Subquery) or not _is_around_a_table(node):
        return node
    inner: exp.Expr = node.this
    if inner.args.get("joins"):
        _cross(inner.args["joins"])
        return node
    if not isinstance(inner, exp.Lateral) and not _may_follow(node, inner):
        node.set("this", exp.select("*").from_(inner, copy=False))
        return node
    for key in (*_BEHIND, "joins"):
        if value := node.args.get(key):
            inner.set(key, _renamed(inner, value) if key == "alias" else value)
    return _with_column_names(inner) if isinstance(inner, exp.Values) else inner


def _is_around_a_table(node: exp.Subquery) -> bool:
    """Whether nothing but a table, or parentheses that have a name, stands in these."""
    given = {key for key, value in node.args.items() if value}
    if isinstance(node.this, exp.Subquery):
        return given <= _PLAIN and bool(node.this.alias or node.this.args.get("joins"))
    return given <= _PLAIN and isinstance(
        node.this, exp.Table | exp.TableFromRows | exp.Values | exp.Lateral
    )


def _may_follow(node: exp.Expr, inner: exp.Expr) -> bool:
    """Whether what stands behind the parentheses means the same behind the table's own."""
    outside = [key for key in _BEHIND if node.args.get(key)]
    inside = [key for key in _BEHIND if inner.args.get(key)]
    return not outside or not inside or (inside == ["alias"] and "alias" not in outside)


def _renamed(inner: exp.Expr, alias: exp.TableAlias) -> exp.TableAlias:
    """The outer name; the columns of FLATTEN and VALUES keep theirs unless new ones are given."""
    own = inner.args.get("alias")
    if own is not None and not alias.args.get("columns"):
        alias.set("columns", own.args.get("columns"))
    return alias


def _cross(joins: list[exp.Join]) -> None:
    """`(a, b)` and `(a JOIN b)`: sqlglot writes a comma, inside parentheses DuckDB wants a word."""
    for join in joins:
        named = any(join.args.get(key) for key in ("on", "using", "side", "method"))
        if not named and join.kind in ("", "INNER"):
            join.set("kind", "CROSS")


def _with_column_names(values: exp.Values) -> exp.Values:
    """VALUES under a name has the columns COLUMN1, COLUMN2, … unless they are given."""
    alias = values.args.get("alias")
    if alias is not None and not alias.args.get("columns") and values.expressions:
        row = values.expressions[0]
        names = [f"COLUMN{index + 1}" for index, _ in enumerate(row.expressions or [row])]
        alias.set("columns", [exp.to_identifier(name, quoted=True) for name in names])
    return values
