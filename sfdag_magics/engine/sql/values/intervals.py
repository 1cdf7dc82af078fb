"""Snowflake's INTERVAL texts: `'1 year, 3 quarters'`. Pure.

sqlglot reads one number with one unit; several, or a short unit, stay a text without a unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

_SPELLINGS: Mapping[str, str] = {
    "YEAR": "year years y yy yyy yyyy yr yrs",
    "QUARTER": "quarter quarters q qtr qtrs",
    "MONTH": "month months mm mon mons",
    "WEEK": "week weeks w wk weekofyear woy wy",
    "DAY": "day days d dd dayofmonth",
    "HOUR": "hour hours h hh hr hrs",
    "MINUTE": "minute minutes m mi min mins",
    "SECOND": "second seconds s sec secs",
    "MILLISECOND": "millisecond milliseconds ms msec",
    "MICROSECOND": "microsecond microseconds us usec",
}
_UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_DAYS = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY"})
_NANOSECONDS = re.compile(
    r"\d\s*(?:ns|nsec|nanosec|nsecond|nanosecond|nanosecs|nseconds|nanoseconds)\b", re.IGNORECASE
)
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_PART = re.compile(r"\s*([+-]?\d+)\s*([a-z]*)\s*(?:,|$)", re.IGNORECASE)


def is_of_days(interval: exp.Interval) -> bool:
    """Whether all of it is days or longer."""
    unit = interval.args.get("unit")
    if unit is not None:
        return _UNITS.get(unit.name.lower()) in _DAYS
    parts = interval_parts(interval)
    return parts is not None and all(name in _DAYS for _, name in parts)


def is_of_nanoseconds(interval: exp.Interval) -> bool:
    """Whether one of its units is finer than what is kept of a moment."""
    unit, written = interval.args.get("unit"), interval.this
    if unit is not None:
        return bool(unit.name.lower().startswith("nanosec"))
    return isinstance(written, exp.Literal) and _NANOSECONDS.search(written.name) is not None


def is_readable(interval: exp.Interval) -> bool:
    """Whether it is written as Snowflake reads it: whole numbers, each with a unit or seconds."""
    unit, number = interval.args.get("unit"), interval.this
    if unit is None:
        return bool(interval_parts(interval))
    if unit.name.lower() not in _UNITS:
        return False
    return not isinstance(number, exp.Literal) or _WHOLE.fullmatch(number.name) is not None


def interval_parts(interval: exp.Interval) -> list[tuple[str, str]] | None:
    """Its numbers with their units; None where it is not written as Snowflake reads it."""
    literal = interval.this
    if interval.args.get("unit") is not None or not isinstance(literal, exp.Literal):
        return None
    parts, position = [], 0
    while position < len(literal.name):
        found = _PART.match(literal.name, position)
        unit = _UNITS.get(found[2].lower() or "second") if found is not None else None
        if found is None or unit is None:
            return None
        parts.append((found[1], unit))
        position = found.end()
    return parts


def intervals_last(tree: exp.Expr) -> exp.Expr:
    """`INTERVAL '1 day' + d` as `d + INTERVAL '1 day'`, which is how types are followed."""
    for node in list(tree.find_all(exp.Interval)):
        add = node.parent
        if isinstance(add, exp.Add) and node.arg_key == "this":
            other = add.expression
            add.set("this", other)
            add.set("expression", node)
    return tree


def spelled_out(node: exp.Expr) -> exp.Expr:
    """`x + INTERVAL '1 year, 1 day'` adds one after the other, in the order they are written."""
    if not isinstance(node, exp.Add | exp.Sub) or not isinstance(node.expression, exp.Interval):
        return node
    parts = interval_parts(node.expression)
    if parts is None:
        return node
    *earlier, last = [
        exp.Interval(this=exp.Literal.string(number), unit=exp.var(unit)) for number, unit in parts
    ]
    for interval in earlier:
        node.set("this", type(node)(this=node.this, expression=interval))
    node.set("expression", last)
    return node
