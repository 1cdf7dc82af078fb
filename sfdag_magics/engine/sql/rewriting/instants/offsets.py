"""TIMESTAMP_TZ that is moved, cut off, measured and compared. Trees only.

It is stored as the instant with the minutes of its offset. What moves it works on what the clock of
its offset shows, and keeps the offset; what compares it, or counts hours or less between two of
them, works on instants. Days and longer are counted by what each one's clock shows.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.marks import is_of, operands
from sfdag_magics.engine.sql.names.type_rules import is_of_days
from sfdag_magics.engine.sql.rewriting.instants.zoned_values import has_offset
from sfdag_magics.engine.sql.rewriting.text_coercions import is_assignment
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.intervals import spelled_out

_VALUE = "_sf_z"

#: What gives a moment with the offset of the one that it is given.
KEEPING = (
    *(exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub, exp.AddMonths),
    *(exp.DateTrunc, exp.TimestampTrunc, exp.TimeSlice),
)
#: What gives a DATE.
_DAYS = (exp.LastDay, exp.NextDay, exp.PreviousDay)
MOVED = (*KEEPING, *_DAYS, exp.Add, exp.Sub)
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)


def moved(node: exp.Expr) -> exp.Expr:
    """What is moved or cut off is what the clock of the offset shows."""
    if not isinstance(node, MOVED) or not is_of(SfType.TIMESTAMP_TZ, node):
        return node
    if isinstance(node, _DAYS):
        node.set("this", macro("_sf_local", node.this))
        return node
    if isinstance(node, exp.Add | exp.Sub) and not isinstance(node.expression, exp.Interval):
        return node
    return _keeping(node)


def _keeping(node: exp.Expr) -> exp.Expr:
    value = node.this
    if isinstance(value, exp.Column):
        node.set("this", macro("_sf_local", value.copy()))
        return macro("_sf_at_offset", spelled_out(node), value)
    named = exp.column(exp.to_identifier(_VALUE))
    node.set("this", macro("_sf_local", named))
    kept = macro("_sf_at_offset", spelled_out(node.copy()), named.copy())
    once = exp.Lambda(this=kept, expressions=[exp.to_identifier(_VALUE)], colon=True)
    listed = macro("list_transform", macro("list_value", value), once)
    return macro("list_extract", listed, exp.Literal.number(1))


def measured(node: exp.Expr) -> exp.Expr:
    """DATEDIFF by days of what the clocks show, by hours and less of instants."""
    if not isinstance(node, exp.DateDiff):
        return node
    of_days = is_of_days(node.args.get("unit"))
    for name, kind in zip(("this", "expression"), operands(node), strict=True):
        if has_offset(kind):
            value = node.args[name]
            node.set(name, macro("_sf_local" if of_days else "_sf_instant", value))
    return node


def compared(node: exp.Expr) -> exp.Expr:
    """Where one of several values is a TIMESTAMP_TZ, instants are compared."""
    if not isinstance(node, COMPARED) or is_assignment(node):
        return node
    first, second = operands(node)
    if isinstance(node, exp.Between | exp.In):
        return _compared_with_several(node) if has_offset(first) else node
    for name, kind in (("this", first), ("expression", second)):
        if has_offset(kind):
            node.set(name, macro("_sf_instant", node.args[name]))
    return node


def _compared_with_several(node: exp.Between | exp.In) -> exp.Expr:
    if isinstance(node, exp.Between):
        others = [node.args["low"], node.args["high"]]
    else:
        others = list(node.expressions)
    if isinstance(node, exp.In) and not others:
        return node
    for value in (node.this, *others):
        value.replace(macro("_sf_instant", macro("_sf_as_timestamp_tz", value.copy())))
    return node
