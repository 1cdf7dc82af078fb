"""GROUP BY ALL beside QUALIFY, which DuckDB does not carry out together. Resolved trees only.

What is grouped by is written out as positions: of what is selected all that has no aggregate and
no window.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.walking import found_in


def with_groups(tree: exp.Expr) -> exp.Expr:
    """The tree, whose queries with a QUALIFY say what they group by."""
    for qualify in list(found_in(tree, exp.Qualify)):
        select = qualify.parent
        if not isinstance(select, exp.Select) or select.is_star:
            continue
        group = select.args.get("group")
        if group is None or not group.args.get("all"):
            continue
        keys = [
            exp.Literal.number(place)
            for place, item in enumerate(select.expressions, start=1)
            if item.find(exp.AggFunc, exp.Window) is None
        ]
        select.set("group", exp.Group(expressions=keys) if keys else None)
    return tree
