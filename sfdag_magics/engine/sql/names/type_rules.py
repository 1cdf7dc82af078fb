"""How the type of an expression follows from those of its parts: a rule for each way it does.

A type is claimed only where DuckDB's own value has it too, or is given it by our rewrites; where
that is not sure the answer is None. Which kind of expression follows which is `expression_types`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.text_arguments import text_arguments
from sfdag_magics.engine.sql.names.value_types import (
    LONG,
    is_number,
    literal_type,
    maybe,
    never,
    united,
)
from sfdag_magics.engine.sql.values import intervals
from sfdag_magics.engine.sql.values import number_rules as rules
from sfdag_magics.engine.sql.values.types import SqlType, number, plain, type_from_ast, varchar

TypeOf = Callable[[exp.Expr], SqlType | None]
Rule = Callable[[exp.Expr, TypeOf], SqlType | None]
#: By days or more: a DATE stays a DATE.
_WHOLE_DAYS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
#: Of days or more as well, as they are written in a DATEADD or an interval.
_DAY_UNITS = _WHOLE_DAYS | {
    *("D", "DD", "DAYOFMONTH", "W", "WK", "WEEKOFYEAR", "MM", "MON", "MONS", "MTH"),
    *("Q", "QTR", "Y", "YY", "YYY", "YYYY", "YR", "CENTURY", "DECADE"),
}
_STAMPS = frozenset({SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_TZ})


def is_of_days(unit: exp.Expr | None) -> bool:
    """Whether a unit of time is a day or longer; none is a day."""
    return unit is None or unit.name.upper().rstrip("S") in _DAY_UNITS


def united_of(parts: Callable[[exp.Expr], Sequence[exp.Expr | None]]) -> Rule:
    """What holds each of these parts; a NULL among them fits every type."""

    def rule(node: exp.Expr, of: TypeOf) -> SqlType | None:
        present = [part for part in parts(node) if part is not None]
        kind = united([of(part) for part in present if not isinstance(part, exp.Null)])
        return maybe(kind)

    return rule


def calculated(calculate: Callable[[SqlType, SqlType], SqlType]) -> Rule:
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


def of_argument(calculate: Callable[[SqlType], SqlType]) -> Rule:
    """Of a number; a FLOAT stays one."""

    def rule(node: exp.Expr, of: TypeOf) -> SqlType | None:
        kind = of(argument_of(node))
        if kind is not None and kind.kind is SfType.FIXED:
            return calculate(kind)
        return maybe(kind) if kind is not None and kind.kind is SfType.REAL else None

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


def same(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """That of its argument, or NULL."""
    return maybe(of(argument_of(node)))


def kept(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """NULL where its argument is, and nowhere else."""
    return of(node.this)


def zoned(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """With the zone that it is of, a moment without one; else one with the offset of its zone.

    A column's DEFAULT computes what the zone's clock shows, for want of macros.
    """
    if node.args.get("source_tz") is not None:
        return plain(SfType.TIMESTAMP_NTZ)
    if node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        return None
    return plain(SfType.TIMESTAMP_TZ)


def text(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """Text of text; BINARY of BINARY has its own length."""
    kinds = [of(part) for part in text_arguments(node)]
    if any(kind is None or kind.kind is SfType.BINARY for kind in kinds):
        return None
    return varchar()


def always(kind: SqlType) -> Rule:
    """This one, whatever it is of."""
    return lambda _node, _of: kind


def literal(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    """Text or a number, as it is written."""
    return never(varchar() if node.args["is_string"] else literal_type(node.name))


def cast(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """That it is cast to; NULL where its argument is, or what is tried fails."""
    kind, value = type_from_ast(node.args["to"]), of(node.this)
    is_kept = value is not None and not value.nullable and not isinstance(node, exp.TryCast)
    return never(kind) if is_kept else kind


def shifted(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """`date + 1`, `date + INTERVAL …`, `date - date`, and sums of numbers."""
    left, right = of(node.this), node.expression
    if left is not None and left.kind in _STAMPS and isinstance(right, exp.Interval):
        return plain(left.kind)  # an interval may be of any digits of a second
    if left is None or left.kind is not SfType.DATE:
        return calculated(rules.sum_of)(node, of)
    if isinstance(right, exp.Interval):
        return maybe(left) if intervals.is_of_days(right) else plain(SfType.TIMESTAMP_NTZ)
    other = of(right)
    if is_number(other):
        return maybe(left)
    return LONG if isinstance(node, exp.Sub) and other == left else None


def moved(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """DATEADD, DATE_TRUNC and their like: a DATE stays one by days or more."""
    kind = of(node.this)
    if kind is None or kind.kind is not SfType.DATE:
        return plain(kind.kind) if kind is not None and kind.kind in _STAMPS else None
    return maybe(kind) if is_of_days(node.args.get("unit")) else plain(SfType.TIMESTAMP_NTZ)


def rounded(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """With as many digits behind the point as it is rounded to."""
    kind, decimals = of(node.this), node.args.get("decimals")
    if kind is None or kind.kind is not SfType.FIXED:
        return maybe(kind) if kind is not None and kind.kind is SfType.REAL else None
    if isinstance(decimals, exp.Neg) and isinstance(decimals.this, exp.Literal):
        return LONG
    if decimals is not None and not (isinstance(decimals, exp.Literal) and decimals.name.isdigit()):
        return None
    wanted = 0 if decimals is None else int(decimals.name)
    return number(rules.MAX_PRECISION, min(rules.scale_of(kind), wanted))


def drawn(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """A whole number between two such."""
    bounds = [of(node.this), of(node.expression)]
    is_whole = all(kind and kind.kind is SfType.FIXED and not kind.scale for kind in bounds)
    return LONG if is_whole else None


def to_number(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    """With the digits that it names, if it does."""
    given = [node.args.get("precision"), node.args.get("scale")]
    if not all(isinstance(part, exp.Literal) and part.name.isdigit() for part in given):
        return None
    precision, scale = (int(part.name) for part in given if part is not None)
    return number(precision, scale)


def subquery(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """That of the one column of its query."""
    inner = node.unnest()
    if not isinstance(inner, exp.Select) or len(inner.expressions) != 1:
        return None
    return maybe(of(inner.expressions[0].unalias()))


def extracted(node: exp.Expr, _of: TypeOf) -> SqlType | None:
    """A whole number: as many digits as the part can have."""
    return LONG if node.this.name.upper().startswith("EPOCH") else number(9)


def within_group(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """That of what its group is ordered by; what lies between two is a number of more digits."""
    if isinstance(node.this, exp.ArrayAgg):
        return of(node.this)
    kind = of(argument_of(node))
    if not isinstance(node.this, exp.PercentileCont):
        return maybe(kind) if isinstance(node.this, exp.PercentileDisc) else None
    if kind is not None and kind.kind is SfType.FIXED:
        return rules.median(kind)
    return plain(SfType.REAL)


def chosen(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """MAX_BY and MIN_BY; of several values an ARRAY."""
    return same(node, of) if node.args.get("count") is None else plain(SfType.ARRAY)


def reduced(node: exp.Expr, of: TypeOf) -> SqlType | None:
    """As it began; a number is a FLOAT where the lambda calculates with VARIANTs."""
    kind = of(node.args["initial"])
    if not is_number(kind):
        return maybe(kind)
    step = of(node.args["merge"].this)
    return maybe(step) if is_number(step) else plain(SfType.REAL)


def default_of(decode: exp.Expr) -> list[exp.Expr]:
    """What DECODE gives where nothing matches, if it says so."""
    return decode.expressions[-1:] if len(decode.expressions) % 2 == 0 else []
