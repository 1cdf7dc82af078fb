"""Snowflake's functions over rows that are other ones written out. Trees, tables resolved."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.walking import found_in


def written_out(tree: exp.Expr) -> exp.Expr:
    """The tree with RATIO_TO_REPORT as a quotient, CONDITIONAL_TRUE_EVENT as a count.

    BOOLXOR_AGG is one as well: of one true value, and of no other number of them (docs).
    """
    for window in list(found_in(tree, exp.Window)):
        call = window.this
        if not isinstance(call, exp.Anonymous) or len(call.expressions) != 1:
            continue
        if call.name.upper() == "RATIO_TO_REPORT":
            window.replace(_ratio(window, call.expressions[0]))
        elif call.name.upper() == "CONDITIONAL_TRUE_EVENT":
            window.set("this", exp.CountIf(this=call.expressions[0]))
            window.set("spec", _SO_FAR.copy())
    for aggregate in list(found_in(tree, exp.BoolxorAgg)):
        whole = aggregate.parent if isinstance(aggregate.parent, exp.Window) else aggregate
        whole.replace(_exactly_one(whole, aggregate.this))
    return tree


def _exactly_one(whole: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Whether one value is true, of those that are known, if there are any."""

    def of_the_same(aggregate: exp.Expr) -> exp.Expr:
        if not isinstance(whole, exp.Window):
            return aggregate
        window = whole.copy()
        window.set("this", aggregate)
        return window

    truth = exp.cast(value.copy(), exp.DataType.Type.BOOLEAN)
    is_one = exp.EQ(this=of_the_same(exp.CountIf(this=truth)), expression=exp.Literal.number(1))
    are_there = exp.GT(
        this=of_the_same(exp.Count(this=value.copy())), expression=exp.Literal.number(0)
    )
    return exp.Paren(this=exp.case().when(are_there, is_one))


#: Each row by itself, also where several come at the same place.
_SO_FAR = exp.WindowSpec(
    kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW", end_side=None
)


def _ratio(window: exp.Window, value: exp.Expr) -> exp.Expr:
    """Of a value to the sum over its partition, in whatever order; NULL where that is 0."""
    whole = window.copy()
    whole.set("this", exp.Sum(this=value.copy()))
    whole.set("order", None)
    not_zero = exp.Nullif(this=whole, expression=exp.Literal.number(0))
    return exp.Paren(this=exp.Div(this=exp.Paren(this=value.copy()), expression=not_zero))
