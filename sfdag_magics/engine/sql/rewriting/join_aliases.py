"""What is selected under a name, used by that name in the ON of a join. Resolved trees only.

DuckDB knows such a name in WHERE and behind it, in ON it does not: there the expression stands for
it. A column of the tables goes before a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from sfdag_magics.engine.sql.names.lineage import Lineage
from sfdag_magics.engine.sql.reading.walking import found_in, nodes


def with_aliases(tree: exp.Expr) -> exp.Expr:
    """The tree, whose joins name no expression of their query's."""
    for join in list(found_in(tree, exp.Join)):
        select = join.parent
        if join.args.get("on") is None or not isinstance(select, exp.Select):
            continue
        named = {
            item.alias: item.this for item in select.expressions if isinstance(item, exp.Alias)
        }
        if any(column.name in named for column in _unqualified(join.args["on"])):
            for name in _of_tables(select):
                named.pop(name, None)
            join.set("on", _spelled_out(join.args["on"], named))
    return tree


def _spelled_out(condition: exp.Expr, named: Mapping[str, exp.Expr]) -> exp.Expr:
    """The condition; an expression may name others, and must not name itself."""
    whole = exp.Paren(this=condition)
    for column in list(_unqualified(whole)):
        if (meant := named.get(column.name)) is not None:
            others = {name: one for name, one in named.items() if name != column.name}
            column.replace(exp.Paren(this=_spelled_out(meant.copy(), others)))
    inner: exp.Expr = whole.this
    return inner


def _unqualified(condition: exp.Expr) -> Iterator[exp.Column]:
    """The columns without a table's name, but those of queries within."""
    parts = nodes(condition, prune=lambda part: isinstance(part, exp.Query))
    return (part for part in parts if isinstance(part, exp.Column) and not part.table)


def _of_tables(select: exp.Select) -> set[str]:
    """The columns of what stands behind FROM, as far as they are known."""
    lineage = Lineage()
    joined = [join.this for join in select.args.get("joins") or []]
    sources = [select.args["from_"].this, *joined]
    return {name for source in sources for name in lineage.column_names(source) or []}
