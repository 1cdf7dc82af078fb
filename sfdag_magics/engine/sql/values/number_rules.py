"""Snowflake's rules for the precision and scale of calculated numbers. Pure.

Snowflake docs, "Arithmetic operators": digits before the point (`leading`) and behind it (`scale`)
follow from those of the operands; a result never has more than 38 digits.
"""

from __future__ import annotations

from sfdag_magics.engine.sql.values.types import SqlType, number

MAX_PRECISION = 38
#: Division gives this many more digits behind the point, up to 12 of them.
_MORE_DIGITS, _WANTED_SCALE = 6, 12
#: What MEDIAN adds to both.
_MEDIAN_DIGITS = 3


def scale_of(kind: SqlType) -> int:
    """Digits behind the point."""
    return kind.scale or 0


def sum_of(left: SqlType, right: SqlType) -> SqlType:
    """`left + right` and `left - right`."""
    leading = max(_leading(left), _leading(right)) + 1
    return _number(leading, max(scale_of(left), scale_of(right)))


def product(left: SqlType, right: SqlType) -> SqlType:
    """`left * right`."""
    most = max(scale_of(left), scale_of(right), _WANTED_SCALE)
    scale = min(scale_of(left) + scale_of(right), most)
    return _number(_leading(left) + _leading(right), scale)


def quotient(left: SqlType, right: SqlType) -> SqlType:
    """`left / right`."""
    return _number(_leading(left) + scale_of(right), quotient_scale(left))


def quotient_scale(left: SqlType) -> int:
    """Digits behind the point of `left` divided by anything."""
    return max(scale_of(left), min(scale_of(left) + _MORE_DIGITS, _WANTED_SCALE))


def remainder(left: SqlType, right: SqlType) -> SqlType:
    """`left % right`."""
    return _number(max(_leading(left), _leading(right)), max(scale_of(left), scale_of(right)))


def average(kind: SqlType) -> SqlType:
    """AVG: the sum divided by how many there are."""
    return number(MAX_PRECISION, quotient_scale(kind))


def kurtosis(_kind: SqlType) -> SqlType:
    """KURTOSIS."""
    return number(MAX_PRECISION, _WANTED_SCALE)


def total(kind: SqlType) -> SqlType:
    """SUM."""
    return number(MAX_PRECISION, scale_of(kind))


def median(kind: SqlType) -> SqlType:
    """MEDIAN: between two values there are more digits."""
    return _number(_leading(kind), scale_of(kind) + _MEDIAN_DIGITS)


def common(kinds: list[SqlType]) -> SqlType:
    """What holds each of several numbers: of CASE, COALESCE, UNION."""
    return _number(max(map(_leading, kinds)), max(map(scale_of, kinds)))


def _leading(kind: SqlType) -> int:
    return (kind.precision or MAX_PRECISION) - scale_of(kind)


def _number(leading: int, scale: int) -> SqlType:
    scale = min(scale, MAX_PRECISION - 1)
    return number(max(1, min(MAX_PRECISION, leading + scale)), scale)
