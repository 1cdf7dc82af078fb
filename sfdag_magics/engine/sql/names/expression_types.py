"""What an expression's value is, as far as that follows from its parts. Trees and types only.

A type is claimed only where DuckDB's own value has it too, or is given it by our rewrites; where
that is not sure the answer is None, and everything stays as DuckDB has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.ports import Value
from sfdag_magics.engine.sql.names.text_arguments import text_arguments
from sfdag_magics.engine.sql.values import intervals
from sfdag_magics.engine.sql.values import number_rules as rules
from sfdag_magics.engine.sql.values.constants import has_offset
from sfdag_magics.engine.sql.values.types import SqlType, number, plain, type_from_ast, varchar

#: Where a value that is not in the tree (a bound one, a function of the user's) keeps its type.
_KNOWN = "known_type"

TypeOf = Callable[[exp.Expr], SqlType | None]

#: By days or more: a DATE stays a DATE.
_WHOLE_DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
#: Of days or more as well, as they are written in a DATEADD or an interval.
_DAY_UNITS = _WHOLE_DAYS | {
    *("D", "DD", "DAYOFMONTH", "W", "WK", "WEEKOFYEAR", "MM", "MON", "MONS", "MTH"),
    *("Q", "QTR", "Y", "YY", "YYY", "YYYY", "YR", "CENTURY", "DECADE"),
}
_STAMPS = frozenset({SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_TZ})
_COUNT = replace(number(18), nullable=False)
_LONG = number()


def is_number(kind: SqlType | None) -> bool:
    """Whether it is a NUMBER of any scale."""
    return kind is not None and kind.kind is SfType.FIXED


def type_of(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """The type of an expression that is no column; `of` tells those of its parts."""
    if node._meta and _KNOWN in node.meta:  # noqa: SLF001 - meta makes a dict
        known: SqlType | None = node.meta[_KNOWN]
        return known
    for kind in type(node).__mro__:
        if kind in _RULES:
            return _RULES[kind](node, of)
    return None


def known_as(kind: SqlType | None, node: exp.Expr) -> exp.Expr:
    """The node with a note of its type, which does not follow from its parts."""
    node.meta[_KNOWN] = kind
    return node


def type_of_value(value: Value) -> SqlType | None:
    """The type of a bound value."""
    match value:
        case bool():
            return plain(SfType.BOOLEAN)
        case int():
            return _LONG
        case Decimal():
            return literal_type(format(value, "f").lstrip("-"))
        case float():
            return plain(SfType.REAL)
        case str():
            return varchar()
        case bytes() | bytearray():
            return plain(SfType.BINARY)
        case datetime():
            kind = SfType.TIMESTAMP_NTZ if value.tzinfo is None else SfType.TIMESTAMP_LTZ
            return plain(SfType.TIMESTAMP_TZ if has_offset(value) else kind)
        case date():
            return plain(SfType.DATE)
        case time():
            return plain(SfType.TIME)
        case _:
            return None


def literal_type(text: str) -> SqlType | None:
    """The type of a number as it is written; None where it is no NUMBER."""
    if "e" in text.lower():
        text = format(Decimal(text), "f")
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdigit():
        return None
    digits = len(whole.lstrip("0")) + len(fraction)
    if digits > rules.MAX_PRECISION:
        return None
    return number(max(1, digits, len(fraction)), min(len(fraction), rules.MAX_PRECISION - 1))


def united(kinds: Sequence[SqlType | None]) -> SqlType | None:
    """What holds each of several values."""
    known = [kind for kind in kinds if kind is not None]
    if any(kind.kind is SfType.VARIANT for kind in known):
        return plain(SfType.VARIANT)  # `variant_coercions` makes one of the others
    if not known or len(known) < len(kinds):
        return None
    of_kind = {kind.kind for kind in known}
    if of_kind == {SfType.FIXED}:
        return rules.common(known)
    if of_kind == {SfType.FIXED, SfType.REAL}:
        return plain(SfType.REAL)
    if of_kind == {SfType.DATE, SfType.TIMESTAMP_NTZ}:
        return plain(SfType.TIMESTAMP_NTZ)
    if len(of_kind) > 1:
        return None
    nullable = any(kind.nullable for kind in known)
    return replace(known[0] if len(set(known)) == 1 else plain(known[0].kind), nullable=nullable)


def is_of_days(unit: exp.Expr | None) -> bool:
    """Whether a unit of time is a day or longer; none is a day."""
    return unit is None or unit.name.upper().rstrip("S") in _DAY_UNITS


def _united_of(parts: Callable[[exp.Expr], Sequence[exp.Expr | None]]) -> _Rule:
    def rule(node: exp.Expr, of: TypeOf) -> SqlType | None:
        present = [part for part in parts(node) if part is not None]
        kind = united([of(part) for part in present if not isinstance(part, exp.Null)])
        return _maybe(kind)

    return rule


def _calculated(calculate: Callable[[SqlType, SqlType], SqlType]) -> _Rule:
    """Of two numbers; with a FLOAT among them it is one."""

    def rule(node: exp.Expr, of: TypeOf) -> SqlType | None:
        left, right = of(node.this), of(node.expression)
        if isinstance(node, exp.Div) and isinstance(node.expression, exp.Null):
            right = left
        if left is None or right is None:
            return None
        if is_number(left) and is_number(right):
            return calculate(left, right)
        return united([left, right]) if SfType.REAL in (left.kind, right.kind) else None

    return rule


def _of_argument(calculate: Callable[[SqlType], SqlType]) -> _Rule:
    def rule(node: exp.Expr, of: TypeOf) -> SqlType | None:
        kind = of(argument_of(node))
        if kind is not None and kind.kind is SfType.FIXED:
            return calculate(kind)
        return _maybe(kind) if kind is not None and kind.kind is SfType.REAL else None

    return rule


def argument_of(node: exp.Expr) -> exp.Expr:
    """What it is of, also behind DISTINCT or WITHIN GROUP."""
    if isinstance(node, exp.WithinGroup):
        first: exp.Expr = node.expression.expressions[0].this
        return first
    if isinstance(node, exp.ConvertTimezone):
        moment: exp.Expr = node.args["timestamp"]
        return moment
    argument: exp.Expr = node.this
    if isinstance(argument, exp.Distinct) and len(argument.expressions) == 1:
        argument = argument.expressions[0]
    return argument


def _maybe(kind: SqlType | None) -> SqlType | None:
    """The same, of a value that may be NULL."""
    return replace(kind, nullable=True) if kind is not None and not kind.nullable else kind


def _never(kind: SqlType | None) -> SqlType | None:
    return replace(kind, nullable=False) if kind is not None else None


def _same(node: exp.Expr, of: TypeOf) -> SqlType | None:
    return _maybe(of(argument_of(node)))


def _kept(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """NULL where its argument is, and nowhere else."""
    return of(node.this)


def _zoned(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """With the zone that it is of, a moment without one; else one with the offset of its zone.

    A column's DEFAULT computes what the zone's clock shows, for want of macros.
    """
    if node.args.get("source_tz") is not None:
        return plain(SfType.TIMESTAMP_NTZ)
    if node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        return None
    return plain(SfType.TIMESTAMP_TZ)


def _text(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """Text of text; BINARY of BINARY has its own length."""
    kinds = [of(part) for part in text_arguments(node)]
    if any(kind is None or kind.kind is SfType.BINARY for kind in kinds):
        return None
    return varchar()


def _always(kind: SqlType) -> _Rule:
    return lambda _node, _of: kind


def _literal(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    return _never(varchar() if node.args["is_string"] else literal_type(node.name))


def _cast(node: exp.Expr, of: TypeOf) -> SqlType | None:
    kind, value = type_from_ast(node.args["to"]), of(node.this)
    is_kept = value is not None and not value.nullable and not isinstance(node, exp.TryCast)
    return _never(kind) if is_kept else kind


def _shifted(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """`date + 1`, `date + INTERVAL …`, `date - date`, and sums of numbers."""
    left, right = of(node.this), node.expression
    if left is not None and left.kind in _STAMPS and isinstance(right, exp.Interval):
        return plain(left.kind)  # an interval may be of any digits of a second
    if left is None or left.kind is not SfType.DATE:
        return _calculated(rules.sum_of)(node, of)
    if isinstance(right, exp.Interval):
        return _maybe(left) if intervals.is_of_days(right) else plain(SfType.TIMESTAMP_NTZ)
    other = of(right)
    if is_number(other):
        return _maybe(left)
    return _LONG if isinstance(node, exp.Sub) and other == left else None


def _moved(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """DATEADD, DATE_TRUNC and their like: a DATE stays one by days or more."""
    kind = of(node.this)
    if kind is None or kind.kind is not SfType.DATE:
        return plain(kind.kind) if kind is not None and kind.kind in _STAMPS else None
    return _maybe(kind) if is_of_days(node.args.get("unit")) else plain(SfType.TIMESTAMP_NTZ)


def _rounded(node: exp.Expr, of: TypeOf) -> SqlType | None:
    kind, decimals = of(node.this), node.args.get("decimals")
    if kind is None or kind.kind is not SfType.FIXED:
        return _maybe(kind) if kind is not None and kind.kind is SfType.REAL else None
    if isinstance(decimals, exp.Neg) and isinstance(decimals.this, exp.Literal):
        return _LONG
    if decimals is not None and not (isinstance(decimals, exp.Literal) and decimals.name.isdigit()):
        return None
    wanted = 0 if decimals is None else int(decimals.name)
    return number(rules.MAX_PRECISION, min(rules.scale_of(kind), wanted))


def _to_number(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    given = [node.args.get("precision"), node.args.get("scale")]
    if not all(isinstance(part, exp.Literal) and part.name.isdigit() for part in given):
        return None
    precision, scale = (int(part.name) for part in given if part is not None)
    return number(precision, scale)


def _subquery(node: exp.Expr, of: TypeOf) -> SqlType | None:
    inner = node.unnest()
    if not isinstance(inner, exp.Select) or len(inner.expressions) != 1:
        return None
    return _maybe(of(inner.expressions[0].unalias()))


def _extracted(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    return _LONG if node.this.name.upper().startswith("EPOCH") else number(9)


def _within_group(node: exp.Expr, of: TypeOf) -> SqlType | None:
    if isinstance(node.this, exp.ArrayAgg):
        return of(node.this)
    kind = of(argument_of(node))
    if not isinstance(node.this, exp.PercentileCont):
        return _maybe(kind) if isinstance(node.this, exp.PercentileDisc) else None
    if kind is not None and kind.kind is SfType.FIXED:
        return rules.median(kind)
    return plain(SfType.REAL)


def _chosen(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """MAX_BY and MIN_BY; of several values an ARRAY."""
    return _same(node, of) if node.args.get("count") is None else plain(SfType.ARRAY)


def _reduced(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """As it began; a number is a FLOAT where the lambda calculates with VARIANTs."""
    kind = of(node.args["initial"])
    if not is_number(kind):
        return _maybe(kind)
    step = of(node.args["merge"].this)
    return _maybe(step) if is_number(step) else plain(SfType.REAL)


def _default_of(decode: exp.Expr) -> list[exp.Expr]:
    """What DECODE gives where nothing matches, if it says so."""
    return decode.expressions[-1:] if len(decode.expressions) % 2 == 0 else []


#: What is a part of a moment, which may be written as a text.
PARTS_OF_TIME: tuple[type[exp.Expr], ...] = (
    *(exp.Year, exp.Quarter, exp.Month, exp.Week, exp.WeekOfYear, exp.YearOfWeek, exp.Day),
    *(exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear),
    *(exp.Hour, exp.Minute, exp.Second, exp.Dayname, exp.Monthname, exp.Extract),
)
#: Whole numbers, in DuckDB as well.
_COUNTING: tuple[type[exp.Expr], ...] = (
    *(exp.Year, exp.Quarter, exp.Month, exp.Week, exp.WeekOfYear, exp.YearOfWeek, exp.Day),
    *(exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear),
    *(exp.Hour, exp.Minute, exp.Second, exp.Sign, exp.StrPosition, exp.ArraySize),
    *(exp.Ascii, exp.Unicode, exp.Levenshtein, exp.ByteLength),
)
#: Text, whatever they are of.
_WRITING: tuple[type[exp.Expr], ...] = (
    *(exp.Upper, exp.Lower, exp.Initcap, exp.Replace, exp.Translate, exp.ConcatWs, exp.GroupConcat),
    *(exp.SplitPart, exp.Strtok, exp.MD5, exp.SHA, exp.Hex, exp.Base64Encode, exp.Chr),
)
_WRITING_OR_BYTES: tuple[type[exp.Expr], ...] = (
    *(exp.DPipe, exp.Concat, exp.Left, exp.Right, exp.Substring, exp.Reverse, exp.Pad),
)
_BITWISE = (exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot)
_Rule = Callable[[exp.Expr, TypeOf], SqlType | None]
_BOOLEAN, _REAL, _DATE = plain(SfType.BOOLEAN), plain(SfType.REAL), plain(SfType.DATE)

_RULES: Mapping[type[exp.Expr], _Rule] = {
    exp.Literal: _literal,
    exp.Boolean: _always(replace(_BOOLEAN, nullable=False)),
    exp.HexString: _always(plain(SfType.BINARY)),
    exp.Cast: _cast,
    exp.Paren: _kept,
    exp.Neg: _kept,
    exp.Abs: _kept,
    exp.Window: _kept,
    exp.Max: _same,
    exp.Min: _same,
    exp.AnyValue: _same,
    exp.First: _same,
    exp.FirstValue: _same,
    exp.LastValue: _same,
    exp.NthValue: _same,
    exp.Lag: _same,
    exp.Lead: _same,
    exp.Mode: _same,
    exp.IgnoreNulls: _same,
    exp.RespectNulls: _same,
    exp.Filter: _same,
    exp.Nullif: _same,
    exp.ArgMax: _chosen,
    exp.ArgMin: _chosen,
    exp.Reduce: _reduced,
    exp.Subquery: _subquery,
    exp.Coalesce: _united_of(lambda node: [node.this, *node.expressions]),
    exp.Greatest: _united_of(lambda node: [node.this, *node.expressions]),
    exp.Least: _united_of(lambda node: [node.this, *node.expressions]),
    exp.If: _united_of(lambda node: [node.args.get("true"), node.args.get("false")]),
    exp.Case: _united_of(
        lambda node: [*(one.args["true"] for one in node.args["ifs"]), node.args.get("default")]
    ),
    exp.Add: _shifted,
    exp.Sub: _shifted,
    exp.Mul: _calculated(rules.product),
    exp.Div: _calculated(rules.quotient),
    exp.Mod: _calculated(rules.remainder),
    exp.Sum: _of_argument(rules.total),
    exp.Avg: _of_argument(rules.average),
    exp.Median: _of_argument(rules.median),
    exp.Round: _rounded,
    exp.Trunc: _rounded,
    exp.Ceil: _rounded,
    exp.Floor: _rounded,
    exp.WithinGroup: _within_group,
    exp.ApproxQuantile: _always(plain(SfType.REAL)),
    exp.DecodeCase: _united_of(lambda node: [*node.expressions[2::2], *_default_of(node)]),
    exp.ToNumber: _to_number,
    exp.ToDouble: _always(_REAL),
    exp.Count: _always(_COUNT),
    exp.CountIf: _always(_COUNT),
    exp.ApproxDistinct: _always(_COUNT),
    exp.RowNumber: _always(_COUNT),
    exp.Rank: _always(_COUNT),
    exp.DenseRank: _always(_COUNT),
    exp.Ntile: _always(_COUNT),
    exp.Length: _always(number(18)),
    exp.DateDiff: _always(number(9)),
    **dict.fromkeys(_COUNTING, _always(number(9))),
    **dict.fromkeys(_WRITING, _always(varchar())),
    **dict.fromkeys(_WRITING_OR_BYTES, _text),
    **dict.fromkeys(_BITWISE, _always(_LONG)),
    exp.Extract: _extracted,
    exp.ConvertTimezone: _zoned,
    exp.TimestampFromParts: _always(plain(SfType.TIMESTAMP_NTZ)),
    exp.TimestampLtzFromParts: _always(plain(SfType.TIMESTAMP_LTZ)),
    exp.TimestampTzFromParts: _always(plain(SfType.TIMESTAMP_TZ)),
    exp.DateAdd: _moved,
    exp.DateSub: _moved,
    exp.DateTrunc: _moved,
    exp.TimestampTrunc: _moved,
    exp.TimeAdd: _moved,
    exp.TimeSub: _moved,
    exp.AddMonths: _moved,
    exp.TsOrDsToDate: _always(_DATE),
    exp.Date: _always(_DATE),
    exp.LastDay: _always(_DATE),
    exp.NextDay: _always(_DATE),
    exp.PreviousDay: _always(_DATE),
    exp.DateFromParts: _always(_DATE),
    exp.CurrentDate: _always(_DATE),
    exp.Sqrt: _always(_REAL),
    exp.Cbrt: _always(_REAL),
    exp.Exp: _always(_REAL),
    exp.Ln: _always(_REAL),
    exp.Log: _always(_REAL),
    exp.Pow: _always(_REAL),
    exp.Stddev: _always(_REAL),
    exp.StddevPop: _always(_REAL),
    exp.StddevSamp: _always(_REAL),
    exp.Variance: _of_argument(rules.average),
    exp.VariancePop: _of_argument(rules.average),
    exp.Kurtosis: _of_argument(rules.kurtosis),
    exp.Predicate: _always(_BOOLEAN),
    exp.Connector: _always(_BOOLEAN),
    exp.Not: _always(_BOOLEAN),
}
