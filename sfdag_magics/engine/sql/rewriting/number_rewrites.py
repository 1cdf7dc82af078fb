"""NUMBER that stays NUMBER: division, averages and products with Snowflake's digits. Trees only.

DuckDB divides and averages as DOUBLE, and counts in 32 or 64 bits. Where both operands are known to
be NUMBER, a quotient is made of whole numbers (its digits are exact, the last is rounded half away
from zero), and whole numbers are calculated with 128 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.names.marks import operands
from sfdag_magics.engine.sql.names.type_rules import argument_of
from sfdag_magics.engine.sql.names.value_types import is_number
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.values import number_rules as rules
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import duck_cast
from sfdag_magics.engine.sql.values.types import SqlType, number, plain

BITWISE = (
    *(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot),
    *(exp.BitwiseLeftShift, exp.BitwiseRightShift),
)
SPREADS = (exp.Variance, exp.VariancePop, exp.Kurtosis)
MIDDLES = (exp.Median, exp.WithinGroup)
#: What an aggregate may stand in, and is rewritten with.
WRAPPERS = (exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls)
#: What must be computed once only, because it costs much or differs at each time.
_ONCE = (exp.Query, exp.Window, exp.Rand, exp.Anonymous)
#: An operand stands in a quotient's text many times: a longer one is computed aside.
_SHORT_NODES = 12
#: Sums and products of whole numbers with fewer digits fit into 32 bits.
_NARROW_DIGITS = 9
_LONG = number()
_FLOAT = plain(SfType.REAL)
_Typed = tuple[exp.Expr, SqlType]


def written_out(node: exp.Expr) -> exp.Expr:
    """`1.5e3` is the NUMBER 1500, not a float."""
    if not isinstance(node, exp.Literal) or node.is_string or "e" not in node.name.lower():
        return node
    try:
        digits = format(Decimal(node.name), "f")
    except InvalidOperation:
        return node
    fits = len(digits.replace(".", "").lstrip("0")) <= rules.MAX_PRECISION
    return exp.Literal.number(digits) if fits else node


def calculated(node: exp.Expr) -> exp.Expr:
    """`+ - *` of NUMBERs: whole ones in 128 bits, products with no more digits than they have."""
    numbers = _numbers(node) if isinstance(node, exp.Add | exp.Sub | exp.Mul) else None
    if numbers is None:
        return node
    left, right = numbers
    if left.is_integer and right.is_integer:
        return _in_128_bits(node)
    scale = rules.scale_of(rules.product(left, right))
    surplus = rules.scale_of(left) + rules.scale_of(right) - scale
    if not isinstance(node, exp.Mul) or surplus <= 0:
        return node
    return _of_units("_sf_product", (node.this, left), (node.expression, right), surplus, scale)


def _in_128_bits(node: exp.Expr) -> exp.Expr:
    first: exp.Expr = node.this
    inner = first.unnest()
    if isinstance(inner, exp.Add | exp.Sub | exp.Mul | exp.Cast):
        return node  # the first operand has them already
    sides = [first, node.expression]
    digits = [len(side.name) for side in sides if isinstance(side, exp.Literal)]
    if len(digits) == len(sides) and sum(digits) <= _NARROW_DIGITS:
        return node
    node.set("this", duck_cast(first, _LONG))
    return node


def divided(node: exp.Expr) -> exp.Expr:
    """`/` of NUMBERs."""
    numbers = _numbers(node) if isinstance(node, exp.Div) else None
    if numbers is None:
        return node
    if isinstance(node.expression, exp.Null):
        return duck_cast(exp.Null(), rules.quotient(*numbers))
    return _quotient((node.this, numbers[0]), (node.args["expression"], numbers[1]))


def cube_roots(node: exp.Expr) -> exp.Expr:
    """CBRT of a whole number's cube is that number."""
    return macro("_sf_cbrt", node.this) if isinstance(node, exp.Cbrt) else node


def remainders(node: exp.Expr) -> exp.Expr:
    """`%` and MOD of NUMBERs; DuckDB has none of a whole number and a decimal."""
    numbers = _numbers(node) if isinstance(node, exp.Mod) else None
    if numbers is None:
        return node
    left, right = numbers
    kind = number(rules.MAX_PRECISION, rules.scale_of(rules.remainder(left, right)))
    for side in ("this", "expression"):
        node.set(side, duck_cast(node.args[side], kind))
    return node


def averages(node: exp.Expr) -> exp.Expr:
    """AVG of a NUMBER, with its window or filter, is its sum divided by how many there are."""
    aggregate = _aggregate(node)
    if not isinstance(aggregate, exp.Avg) or _is_wrapped(node):
        return node
    kind = operands(aggregate)[0]
    if kind is None or kind.kind is not SfType.FIXED:
        return node
    total = _instead(node, lambda average: exp.Sum(this=average.this))
    count = _instead(node, lambda average: exp.Count(this=average.this, big_int=True))
    present = exp.Nullif(this=count, expression=exp.Literal.number(0))
    return _quotient((total, rules.total(kind)), (present, _LONG))


def middles(node: exp.Expr) -> exp.Expr:
    """MEDIAN and PERCENTILE_CONT of a NUMBER have three more digits, which DuckDB cuts off."""
    aggregate = _aggregate(node)
    if _is_wrapped(node) or not _is_between(aggregate):
        return node
    kind = operands(aggregate)[0]
    if kind is None or kind.kind is not SfType.FIXED:
        return node
    wanted = rules.median(kind)
    value = argument_of(aggregate)
    value.replace(duck_cast(value.copy(), wanted))
    return duck_cast(node, wanted)


def spreads(node: exp.Expr) -> exp.Expr:
    """VARIANCE, VAR_POP and KURTOSIS of a NUMBER are NUMBERs."""
    aggregate = _aggregate(node)
    if _is_wrapped(node) or not isinstance(aggregate, SPREADS):
        return node
    kind = operands(aggregate)[0]
    if kind is None or kind.kind is not SfType.FIXED:
        return node
    wanted = rules.kurtosis if isinstance(aggregate, exp.Kurtosis) else rules.average
    return duck_cast(node, wanted(kind))


def slopes(node: exp.Expr) -> exp.Expr:
    """REGR_SLOPE where the second value is always the same: NULL, of which DuckDB makes NaN."""
    if _is_wrapped(node) or not isinstance(_aggregate(node), exp.RegrSlope):
        return node
    return exp.Nullif(this=node, expression=duck_cast(exp.Literal.string("NaN"), _FLOAT))


def _is_between(aggregate: exp.Expr) -> bool:
    """Whether its value may lie between two of those that it is of."""
    if isinstance(aggregate, exp.WithinGroup):
        return isinstance(aggregate.this, exp.PercentileCont)
    return isinstance(aggregate, exp.Median)


def approximate(node: exp.Expr) -> exp.Expr:
    """APPROX_PERCENTILE is a FLOAT, whatever it is of."""
    if isinstance(node, exp.ApproxQuantile) and is_number(operands(node)[0]):
        node.set("this", duck_cast(node.this, plain(SfType.REAL)))
    return node


def buckets(node: exp.Expr) -> exp.Expr:
    """WIDTH_BUCKET: the number of the bucket of a histogram."""
    if not isinstance(node, exp.WidthBucket):
        return node
    range_ = [node.args[name] for name in ("min_value", "max_value", "num_buckets")]
    return macro("_sf_width_bucket", node.this, *range_)


def bounds(node: exp.Expr) -> exp.Expr:
    """FLOOR, CEIL and TRUNC of NUMBERs, of which DuckDB makes floats, mostly."""
    if not isinstance(node, exp.Floor | exp.Ceil | exp.Trunc):
        return node
    kind, decimals = operands(node)[0], node.args.get("decimals")
    if kind is None or kind.kind is not SfType.FIXED:
        return node
    if decimals is None:
        return exp.Paren(this=node.this) if kind.is_integer else node
    if isinstance(decimals, exp.Neg) and isinstance(decimals.this, exp.Literal):
        return duck_cast(node, _LONG)
    if not isinstance(decimals, exp.Literal):
        is_left = isinstance(node, exp.Trunc)  # to `rounded`
        return (
            node if is_left else duck_cast(node, number(rules.MAX_PRECISION, rules.scale_of(kind)))
        )
    if not decimals.name.isdigit():
        return node
    scale = min(rules.scale_of(kind), int(decimals.name))
    return duck_cast(node, number(rules.MAX_PRECISION, scale))


def rounded(node: exp.Expr) -> exp.Expr:
    """ROUND and TRUNC of a NUMBER to as many digits as a column says; DuckDB wants a constant."""
    kind, decimals = operands(node)[0], node.args.get("decimals")
    if isinstance(mode := node.args.get("truncate"), exp.Literal):
        node.set("truncate", exp.Literal.string(mode.name.upper()))
    if not isinstance(node, exp.Round | exp.Trunc) or kind is None or kind.kind is not SfType.FIXED:
        return node
    digits = decimals.this if isinstance(decimals, exp.Neg) else decimals
    if digits is None or isinstance(digits, exp.Literal):
        return node
    node.set("this", duck_cast(node.this, plain(SfType.REAL)))
    return duck_cast(node, number(rules.MAX_PRECISION, rules.scale_of(kind)))


def enclosed(node: exp.Expr) -> exp.Expr:
    """BITAND and its kin become operators, which bind as loosely as none of Snowflake's."""
    return exp.Paren(this=node) if isinstance(node, BITWISE) else node


def _numbers(node: exp.Expr) -> tuple[SqlType, SqlType] | None:
    """The types of both operands, if they are known to be NUMBERs."""
    left, right = operands(node)
    if right is None and isinstance(node, exp.Div) and isinstance(node.expression, exp.Null):
        right = left
    if left is None or right is None or not (is_number(left) and is_number(right)):
        return None
    return left, right


def _quotient(left: _Typed, right: _Typed) -> exp.Expr:
    scale = rules.quotient_scale(left[1])
    more = scale - rules.scale_of(left[1]) + rules.scale_of(right[1])
    return _of_units("_sf_quotient", left, right, more, scale)


def _of_units(name: str, left: _Typed, right: _Typed, digits: int, scale: int) -> exp.Expr:
    """The macro's whole number of units of `scale`, as a number with its point."""
    is_short = _is_short(left[0]) and _is_short(right[0])
    units = exp.Anonymous(
        this=name if is_short else f"{name}_once",
        expressions=[
            _units(*left),
            _units(*right),
            duck_cast(exp.Literal.number(10**digits), _LONG),
        ],
    )
    if not scale:
        return units
    return exp.Paren(this=exp.Mul(this=units, expression=exp.Literal.number(f"0.{1:0{scale}d}")))


def _is_short(node: exp.Expr) -> bool:
    parts = list(nodes(node))
    return len(parts) <= _SHORT_NODES and not any(isinstance(part, _ONCE) for part in parts)


def _units(node: exp.Expr, kind: SqlType) -> exp.Expr:
    """The number without its point, as a whole one."""
    if kind.scale:
        shift = exp.Literal.number(10**kind.scale)
        node = exp.Mul(this=exp.Paren(this=node), expression=shift)
    return duck_cast(node, _LONG)


def _aggregate(node: exp.Expr) -> exp.Expr:
    while isinstance(node, WRAPPERS):
        node = node.this
    return node


def _is_wrapped(node: exp.Expr) -> bool:
    return isinstance(node.parent, WRAPPERS) and node.arg_key == "this"


def _instead(node: exp.Expr, made: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """A copy of an aggregate with its window or filter, with another aggregate in it."""
    copy = node.copy()
    aggregate = _aggregate(copy)
    new = made(aggregate)
    if aggregate is copy:
        return new
    aggregate.replace(new)
    return copy
