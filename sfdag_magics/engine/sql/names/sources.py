"""What an expression sees: the queries around it, their tables and CTEs. Reads trees only."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.sql.reading.walking import nodes

#: Statements whose expressions see tables, besides SELECT.
_WRITING = (exp.Update, exp.Delete, exp.Merge)
_QUERIES = (exp.Select, exp.SetOperation, exp.With)


def scopes(node: exp.Expr) -> Iterator[exp.Expr]:
    """The queries around an expression whose tables it sees, the innermost first."""
    child, parent = node, node.parent
    while parent is not None:
        is_source = isinstance(child, exp.From) and isinstance(parent, exp.Select)
        if isinstance(parent, (exp.Select, *_WRITING)) and not is_source:
            yield parent
        child, parent = parent, parent.parent


def ctes_seen(parent: exp.Expr, child: exp.Expr) -> list[exp.Expr]:
    """The CTEs that are known in `child`, the nearest first."""
    if isinstance(parent, exp.With):
        position = next(index for index, cte in enumerate(parent.expressions) if cte is child)
        return parent.expressions[position::-1]
    with_ = parent.args.get("with_")
    if isinstance(with_, exp.With) and child is not with_:
        return with_.expressions[::-1]
    return []


def sources_in(scope: exp.Expr) -> list[exp.Expr]:
    """The tables and queries whose columns a query's expressions see, in its order."""
    if scope.args.get("this") is None and isinstance(scope, exp.Update):
        return []  # what a MERGE does with a row that matches
    nodes: list[exp.Expr] = []
    if isinstance(scope, exp.Merge):
        nodes += [scope.this, scope.args["using"]]
    elif isinstance(scope, _WRITING):
        using = scope.args.get("using") or []
        nodes += [scope.this, *using]
    from_ = scope.args.get("from_")
    if from_ is not None:
        nodes.append(from_.this)
    nodes.extend(join.this for join in scope.args.get("joins") or [])
    nodes.extend(scope.args.get("laterals") or [])
    return nodes


def may_lack_rows(scope: exp.Expr) -> bool:
    """Whether a column may be NULL that never is in its table: outer joins, ROLLUP and its kin.

    Of the query itself: those inside it have made their own columns nullable already.
    """
    lacking = (exp.Cube, exp.Rollup, exp.GroupingSets)
    return any(
        isinstance(node, lacking)
        or (isinstance(node, exp.Join) and (node.args.get("side") or node.args.get("method")))
        for node in nodes(
            scope, prune=lambda node: node is not scope and isinstance(node, _QUERIES)
        )
    )
