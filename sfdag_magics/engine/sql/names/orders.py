"""What a key of ORDER BY stands for: a column of the query by position, by alias, or written again.

DuckDB finds those only where they stand alone; in an expression it looks for a table's column, and
for none of what a query groups by. Trees only.
"""

from __future__ import annotations

from sqlglot import exp


def selected_by(key: exp.Ordered) -> exp.Expr | None:
    """The item of the SELECT list that a key of the query's own ORDER BY names."""
    query = _query_of(key)
    if query is None:
        return None
    items = _first_select(query).expressions
    wanted = key.this
    if isinstance(wanted, exp.Literal):
        position = int(wanted.name) if wanted.name.isdigit() else 0
        at_position: exp.Expr | None = items[position - 1] if 0 < position <= len(items) else None
        return at_position
    if isinstance(wanted, exp.Column) and not wanted.table:
        for item in items:
            if isinstance(item, exp.Alias) and item.alias == wanted.name:
                return item
    return next((item for item in items if item.unalias() == wanted), None)


def usable_in_expressions(key: exp.Ordered) -> exp.Expr:
    """The key in a form that DuckDB understands as a part of an expression."""
    item, query = selected_by(key), _query_of(key)
    if item is None or query is None:
        written: exp.Expr = key.this
        return written
    if _is_known_by_alias_only(query, item):
        return exp.column(exp.to_identifier(item.alias_or_name, quoted=True))
    return item.unalias().copy()


def is_of_groups(key: exp.Ordered) -> bool:
    """Whether it orders groups, and by what all rows of a group have alike."""
    query = _query_of(key)
    if not isinstance(query, exp.Select) or not query.args.get("group"):
        return False
    item = selected_by(key) or key.this
    return item.find(exp.AggFunc) is None


def _is_known_by_alias_only(query: exp.Expr, item: exp.Expr) -> bool:
    if not isinstance(query, exp.Select) or query.args.get("distinct"):
        return True
    return bool(query.args.get("group")) and item.find(exp.AggFunc) is not None


def _query_of(key: exp.Ordered) -> exp.Expr | None:
    order = key.parent
    query = order.parent if isinstance(order, exp.Order) else None
    return query if isinstance(query, exp.Query) and order is query.args.get("order") else None


def _first_select(query: exp.Expr) -> exp.Expr:
    while not isinstance(query, exp.Select) and isinstance(query.this, exp.Expr):
        query = query.this
    return query
