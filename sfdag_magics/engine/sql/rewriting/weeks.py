"""WEEK_START and WEEK_OF_YEAR_POLICY of the session: days and numbers of weeks. Trees only.

Works on Snowflake's own tree. Docs, "Calendar weeks and weekdays": with a WEEK_START the days of a
week are 1 to 7; a week is of the year of most of its days, or by the policy 1 of both its years.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.names.expression_types import known_as
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.types import number

_DAY = "_sf_day_of_week"
_WEEK = ("WEEK", "W", "WK", "WEEKOFYEAR", "WOY", "WY")
_NUMBERS: dict[type[exp.Expr], str] = {
    exp.DayOfWeek: _DAY,
    exp.Week: "_sf_week",
    exp.YearOfWeek: "_sf_year_of_week",
}
_PARTS = {
    **dict.fromkeys(("DAYOFWEEK", "WEEKDAY", "DOW", "DW"), _DAY),
    **dict.fromkeys(_WEEK, "_sf_week"),
    "YEAROFWEEK": "_sf_year_of_week",
}
#: What is cut off to a week, and what of it is a moment.
_CUT: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.TimestampTrunc: ("this",),
    exp.DateTrunc: ("this",),
    exp.LastDay: ("this",),
    exp.DateDiff: ("this", "expression"),
}


def in_session_weeks(tree: exp.Expr, start: int, policy: int) -> exp.Expr:
    """A prepared tree in which weeks begin on the session's day (1 is Monday, 0 says nothing)."""
    if not start and not policy:
        return tree
    found = [each for each in nodes(tree) if isinstance(each, (*_NUMBERS, *_CUT, exp.Extract))]
    for node in reversed(found):  # what stands around one is copied
        new = _of_week(node, start, policy)
        if new is not None:
            node.replace(new)
    return tree


def _of_week(node: exp.Expr, start: int, policy: int) -> exp.Expr | None:
    name, value = _NUMBERS.get(type(node)), node.this
    if isinstance(node, exp.Extract):
        name, value = _PARTS.get(node.this.name.upper()), node.expression
    if name is not None:
        if name == _DAY and not start:
            return None
        given = (start,) if name == _DAY else (start, policy)
        numbers = [exp.Literal.number(each) for each in given]
        return known_as(number(), macro(name, value.copy(), *numbers))
    if start < 2 or node.text("unit").upper() not in _WEEK:
        return None
    for side in _CUT[type(node)]:
        node.set(side, _later(node.args[side], 1 - start))
    return None if isinstance(node, exp.DateDiff) else _later(node.copy(), start - 1)


def _later(moment: exp.Expr, days: int) -> exp.Expr:
    count = exp.Literal.number(abs(days))
    by = exp.Neg(this=count) if days < 0 else count
    return exp.DateAdd(this=moment.copy(), expression=by, unit=exp.var("DAY"))
