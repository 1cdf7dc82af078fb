"""DATE that stays DATE, by what is added to it or cut off, and parts of moments. Trees only.

DuckDB makes a TIMESTAMP of each of them.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.names.expression_types import PARTS_OF_TIME
from sfdag_magics.engine.sql.names.marks import is_of, operands
from sfdag_magics.engine.sql.names.type_rules import is_of_days
from sfdag_magics.engine.sql.names.value_types import is_number
from sfdag_magics.engine.sql.values import intervals
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import FINAL, duck_cast
from sfdag_magics.engine.sql.values.types import SqlType, number, plain

#: What adds so many units of time to a moment.
COUNTING = (exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub, exp.AddMonths)
MOVING = (
    *COUNTING,
    *(exp.DateTrunc, exp.TimestampTrunc),
)
IN_NANOSECONDS = (exp.DateDiff, exp.DateTrunc, exp.TimestampTrunc)
#: What is of a moment, or of two.
OF_MOMENTS: tuple[type[exp.Expr], ...] = (
    *MOVING,
    *PARTS_OF_TIME,
    *(exp.Add, exp.Sub, exp.TimeSlice, exp.NextDay, exp.PreviousDay, exp.MonthsBetween),
    *(exp.DateDiff, exp.LastDay),
)
_MOMENT_SIDES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Extract: ("expression",),
    exp.MonthsBetween: ("this", "expression"),
}
_READ_AS = {
    SfType.TEXT: "_sf_to_timestamp",
    SfType.TIMESTAMP_LTZ: "_sf_to_timestamp",
    SfType.TIMESTAMP_TZ: "_sf_local",
}
#: Parts that only an offset has.
_OF_OFFSET = {
    **dict.fromkeys(("TIMEZONE_HOUR", "TZH"), "_sf_offset_hour"),
    **dict.fromkeys(("TIMEZONE_MINUTE", "TZM"), "_sf_offset_minute"),
}
_DATE, _TIMESTAMP = plain(SfType.DATE), plain(SfType.TIMESTAMP_NTZ)
_INSTANT = plain(SfType.TIMESTAMP_LTZ)
#: What knows when it is; None of what is not known.
_INSTANTS = frozenset({SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ, None})
_LONG = number()
_DAYS = exp.DataType.Type.INT
_MOMENTS = frozenset({SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ, SfType.TIME})


def unknown(node: exp.Expr) -> exp.Expr:
    """NULL for a moment is one that is not known; DuckDB does not say of which type."""
    if isinstance(node, exp.Add | exp.Sub) and not isinstance(node.expression, exp.Interval):
        return node
    if isinstance(node, exp.DateDiff) and not isinstance(node.expression, exp.Null):
        return node  # the other moment is of a type
    if isinstance(node, exp.LastDay) and isinstance(node.this, exp.Null):
        return duck_cast(node.this, _DATE)
    for side in _MOMENT_SIDES.get(type(node), ("this",)):
        if isinstance(node.args.get(side), exp.Null):
            node.set(side, duck_cast(node.args[side], _TIMESTAMP))
    return node


def written(node: exp.Expr) -> exp.Expr:
    """A text that is moved, or that a time is measured from or to, is read as a moment."""
    if not isinstance(node, (*MOVING, exp.DateDiff)):
        return node
    sides = ("this", "expression") if isinstance(node, exp.DateDiff) else ("this",)
    for side, kind in zip(sides, operands(node), strict=False):
        if kind is not None and kind.kind is SfType.TEXT:
            node.set(side, macro("_sf_to_timestamp", node.args[side]))
    return node


def nanoseconds(node: exp.Expr) -> exp.Expr:
    """DATEDIFF in nanoseconds, and DATE_TRUNC to them: moments have microseconds here."""
    if node.text("unit").upper() != "NANOSECOND":
        return node
    node.set("unit", exp.var("MICROSECOND"))
    if not isinstance(node, exp.DateDiff):
        return node
    return exp.Paren(this=exp.Mul(this=node.copy(), expression=exp.Literal.number(1000)))


def counted(node: exp.Expr) -> exp.Expr:
    """Units of time are added as a whole number, the nearest one; DuckDB cuts some, rounds others.

    Docs: ADD_MONTHS, num_months_expr. A half is rounded away from zero.
    """
    if not isinstance(node, COUNTING) or isinstance(node.args["expression"], exp.Interval):
        return node
    kind = operands(node)[1]
    is_whole = kind is not None and kind.is_integer
    if not is_whole and node.find_ancestor(exp.DefaultColumnConstraint) is None:
        node.set("expression", macro("_sf_rounded_once", node.args["expression"]))
    return node


def moved(node: exp.Expr) -> exp.Expr:
    """DATEADD, ADD_MONTHS and DATE_TRUNC of a DATE by days or more are a DATE."""
    if isinstance(node, exp.AddMonths) and is_of(SfType.TIMESTAMP_NTZ, node):
        return _with_time(node)
    if not isinstance(node, MOVING) or not is_of(SfType.DATE, node):
        return node
    return duck_cast(node, _DATE if is_of_days(node.args.get("unit")) else _TIMESTAMP)


def _with_time(node: exp.AddMonths) -> exp.Expr:
    """The day is moved, so that a month's last one stays a last one; the time is added again."""
    time = duck_cast(node.this.copy(), plain(SfType.TIME))
    node.set("this", duck_cast(node.this, _DATE))
    return exp.Paren(this=exp.Add(this=duck_cast(node, _DATE), expression=time))


def parts(node: exp.Expr) -> exp.Expr:
    """YEAR and its kin of a moment that is written as a text, or knows when it is."""
    if not isinstance(node, PARTS_OF_TIME):
        return node
    side = "expression" if isinstance(node, exp.Extract) else "this"
    kind = operands(node)[side == "expression"]
    read = _READ_AS.get(kind.kind) if kind is not None else None
    if isinstance(node, exp.Extract) and kind is not None and kind.kind in _INSTANTS:
        if (made := _OF_OFFSET.get(node.this.name.upper())) is not None:
            return macro(made, macro("_sf_as_timestamp_tz", node.expression))
        if read is not None and node.this.name.upper().startswith("EPOCH"):
            read = "_sf_instant" if read == "_sf_local" else "_sf_utc"
    if read is not None:
        node.set(side, macro(read, node.args[side]))
    if isinstance(node, exp.Extract) and node.this.name.upper() == "EPOCH":
        return duck_cast(macro("floor", node), _LONG)
    return node


def sliced(node: exp.Expr) -> exp.Expr:
    """TIME_SLICE of a DATE is by days or longer (docs); DuckDB leaves the day as it is."""
    if isinstance(node, exp.TimeSlice) and is_of(SfType.DATE, node):
        unit = node.args.get("unit")
        if not is_of_days(unit):
            raise SqlError(
                f"SQL compilation error:\n'{node.text('unit')}' is not a valid date/time component"
                " for TIME_SLICE of a DATE",
                code=1003,
                sqlstate="42000",
            )
    if isinstance(node, exp.TimeSlice) and is_of(SfType.TIMESTAMP_LTZ, node):
        node.set("this", macro("_sf_to_timestamp", node.this))
        return duck_cast(node, _INSTANT)
    return node


def zoned(node: exp.Expr) -> exp.Expr:
    """CONVERT_TIMEZONE: an instant with a zone's offset; between two zones, what clocks show.

    Docs: what is not a TIMESTAMP_TZ is of the session's zone.
    """
    if not isinstance(node, exp.ConvertTimezone):
        return node
    kind = operands(node)[0]
    kind_of = kind.kind if kind is not None else None
    moment = node.args["timestamp"]
    of_two_zones = node.args.get("source_tz") is not None
    if node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        if not of_two_zones and kind_of is not SfType.TIMESTAMP_LTZ:
            node.set("timestamp", duck_cast(moment, _INSTANT))
    elif not of_two_zones:
        return macro("_sf_in_zone", node.args["target_tz"], macro("_sf_as_timestamp_tz", moment))
    elif kind_of in _INSTANTS:
        node.set("timestamp", macro("_sf_to_timestamp", moment))
    return node


def shifted(node: exp.Expr) -> exp.Expr:
    """A DATE and a number of days, or an interval of days or more, are a DATE."""
    if isinstance(node, exp.Sub):
        _refuse_moments(*operands(node))
    if not isinstance(node, exp.Add | exp.Sub) or not is_of(SfType.DATE, node):
        return node
    interval = node.args["expression"]
    if isinstance(interval, exp.Interval):
        return duck_cast(node, _DATE if intervals.is_of_days(interval) else _TIMESTAMP)
    if is_number(operands(node)[1]):
        node.set("expression", exp.Cast(this=interval, to=exp.DataType(this=_DAYS)))
        node.args["expression"].meta[FINAL] = True
    return node


def _refuse_moments(left: SqlType | None, right: SqlType | None) -> None:
    """Of two moments DuckDB makes an interval, which is no value in Snowflake."""
    if left is None or right is None or not {left.kind, right.kind} <= _MOMENTS:
        return
    raise SqlError(
        "SQL compilation error:\nInvalid argument types for function '-':"
        f" ({left.sql()}, {right.sql()}). DATEDIFF gives the time between two moments.",
        code=1044,
        sqlstate="42P13",
    )
