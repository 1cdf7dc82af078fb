"""Bounds recursive WITH: what never stops to find rows ends with an error. Trees only.

Snowflake limits the iterations of one query by MAX_RECURSIONS, which is the account's (docs:
"Working with CTEs", infinite loops) and here the session's; DuckDB goes on for ever. So the rows of
a recursive WITH carry the number of their iteration under a name that no user can write, a WITH
around them leaves it out again, and the iteration after the last allowed one fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sfdag_magics.engine.sql.reading.walking import found_in

_DEPTH = "sfdag iteration"
_ROWS = "sfdag rows of "


def with_one_step(tree: exp.Expr) -> exp.Expr:
    """`A UNION ALL B UNION ALL C`, of which B and C read the WITH's own rows, as A and one step.

    DuckDB would take the step to be C, and A with B for what the recursion begins with.
    """
    for cte in found_in(tree, exp.CTE):
        arms = list(_united(cte.this))
        steps = [arm for arm in arms if _reads(arm, cte.alias)]
        if len(steps) > 1 and arms[0] is not steps[0]:
            begun = [arm for arm in arms if arm not in steps]
            step = exp.Subquery(this=_union(steps))
            cte.set("this", _union([*begun, step]))
    return tree


def _united(query: exp.Expr) -> Iterator[exp.Expr]:
    """What UNION ALL puts together."""
    plain = isinstance(query, exp.Union) and not any(
        query.args.get(key) for key in ("distinct", "by_name", "order", "limit", "offset", "with_")
    )
    if plain:
        yield from _united(query.this)
        yield from _united(query.expression)
    else:
        yield query


def _union(arms: list[exp.Expr]) -> exp.Expr:
    whole, *others = (arm.copy() for arm in arms)
    for other in others:
        whole = exp.Union(this=whole, expression=other, distinct=False)
    return whole


def bounded_recursions(tree: exp.Expr, most: int) -> exp.Expr:
    """The tree, every recursion in it within so many iterations."""
    for with_ in list(found_in(tree, exp.With)):
        if with_.recursive:
            bounded = [each for cte in with_.expressions for each in _bounded(cte, most)]
            with_.set("expressions", bounded)
    return tree


def _bounded(cte: exp.CTE, most: int) -> tuple[exp.CTE, ...]:
    """A recursive WITH in two: with the iterations, and without them under its name."""
    union, name = cte.this, cte.alias
    steps = _recursive_steps(union, name)
    if not steps:
        return (cte,)
    anchors = list(_selects(union.left))
    for anchor in anchors:
        anchor.select(_named(exp.cast(exp.Literal.number(0), "BIGINT")), copy=False)
    inner = _ROWS + name
    for select, table in steps:
        seen = exp.column(_depth(), table=exp.to_identifier(table.alias_or_name, quoted=True))
        select.select(_named(_counted(seen, name, most)), copy=False)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        table.set("this", exp.to_identifier(inner, quoted=True))
    alias = cte.args["alias"].copy()
    outer_alias = exp.TableAlias(this=alias.this.copy())
    alias.set("this", exp.to_identifier(inner, quoted=True))
    if alias.columns:
        alias.append("columns", _depth())
    rows = exp.Select(expressions=[exp.Star(except_=[exp.column(_depth())])])
    rows.from_(exp.Table(this=exp.to_identifier(inner, quoted=True)), copy=False)
    return (exp.CTE(this=union, alias=alias), exp.CTE(this=rows, alias=outer_alias))


def _recursive_steps(union: exp.Expr, name: str) -> list[tuple[exp.Select, exp.Table]]:
    """The parts that read the rows of the iteration before, and where they do; none elsewhere."""
    if not isinstance(union, exp.Union) or _reads(union.left, name):
        return []
    steps = [_step(select, name) for select in _selects(union.right)]
    found = [step for step in steps if step is not None]
    return found if len(found) == len(steps) else []


def _step(select: exp.Select, name: str) -> tuple[exp.Select, exp.Table] | None:
    if any(
        isinstance(item, exp.Star) or (isinstance(item, exp.Column) and item.is_star)
        for item in select.expressions
    ):
        return None  # with every column it would take the number, too
    from_ = select.args.get("from_")
    sources = [from_, *select.args.get("joins", [])]
    tables = [source.this for source in sources if source is not None]
    found = [table for table in tables if isinstance(table, exp.Table) and table.name == name]
    return (select, found[0]) if len(found) == 1 else None


def _reads(tree: exp.Expr, name: str) -> bool:
    return any(table.name == name and not table.db for table in found_in(tree, exp.Table))


def _selects(tree: exp.Expr) -> Iterator[exp.Select]:
    """The SELECTs whose rows a query has."""
    if isinstance(tree, exp.Select):
        yield tree
    elif isinstance(tree, exp.SetOperation):
        yield from _selects(tree.left)
        yield from _selects(tree.right)
    elif isinstance(tree, exp.Subquery):
        yield from _selects(tree.this)


def _counted(seen: exp.Expr, name: str, most: int) -> exp.Expr:
    said = (
        f"Recursion exceeded max iteration count ({most:,}): the recursive part of"
        f" {name} finds new rows for ever. Give it a condition that ends it, or let it go on for"
        f" longer: ALTER SESSION SET MAX_RECURSIONS = {10 * most}."
    )
    over = exp.GTE(this=seen.copy(), expression=exp.Literal.number(most))
    error = exp.func("error", exp.Literal.string(said))
    return exp.Case().when(over, error).else_(exp.Add(this=seen, expression=exp.Literal.number(1)))


def _named(value: exp.Expr) -> exp.Expr:
    return exp.alias_(value, _depth())


def _depth() -> exp.Identifier:
    return exp.to_identifier(_DEPTH, quoted=True)
