"""Columns of rows of ours that a query does not name: DuckDB is not given them. Trees only.

TASK_HISTORY has 27 and a look at a run names a dozen: each costs DuckDB more than its values. Told
by names alone, wherever they stand: a name that means another column keeps one too many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import TYPES
from sfdag_magics.engine.sql.reading.walking import nodes

#: What stands for columns that it does not name.
_NAMELESS = (exp.Star, exp.Pivot, exp.Command)


def without_unused(tree: exp.Expr, registered: Collection[str]) -> Mapping[str, tuple[int, ...]]:
    """Take the columns that nothing names out of the queries over these registered rows.

    `{registration: the positions of those that stay}`; one that keeps all is left out.
    """
    every = list(nodes(tree))
    if any(isinstance(node, _NAMELESS) or _is_natural(node) for node in every):
        return {}
    found = dict(_over_rows(every, registered))
    own = {id(item.args.get("alias")) for query in found.values() for item in query.expressions}
    named = {n.name for n in every if isinstance(n, exp.Identifier) and id(n) not in own}
    return {name: left for name, query in found.items() if (left := _left(query, named))}


def _over_rows(
    every: Collection[exp.Expr], registered: Collection[str]
) -> Iterator[tuple[str, exp.Select]]:
    """The queries over registered rows that stand in a FROM or a JOIN, with no other names."""
    for node in every:
        if isinstance(node, exp.Table) and node.name in registered:
            query = node.parent_select
            place = query.parent if query is not None else None
            if not isinstance(query, exp.Select) or not isinstance(place, exp.Subquery):
                continue
            alias = place.args.get("alias")
            is_renamed = isinstance(alias, exp.TableAlias) and bool(alias.args.get("columns"))
            if isinstance(place.parent, exp.From | exp.Join) and not is_renamed:
                yield node.name, query


def _left(query: exp.Select, named: Collection[str]) -> tuple[int, ...]:
    """The positions of the columns that stay, after the others were taken out; empty of all."""
    left = tuple(
        place for place, item in enumerate(query.expressions) if item.alias_or_name in named
    )
    if not left or len(left) == len(query.expressions):
        return ()
    types = query.meta.get(TYPES)
    query.set("expressions", [query.expressions[place] for place in left])
    if types is not None:
        query.meta[TYPES] = [types[place] for place in left]
    return left


def _is_natural(node: exp.Expr) -> bool:
    return isinstance(node, exp.Join) and str(node.args.get("method", "")).upper() == "NATURAL"
