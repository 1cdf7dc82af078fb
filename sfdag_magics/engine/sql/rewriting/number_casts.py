"""Casts to FLOAT, INT and NUMBER. Trees only; types are noted, texts are read by `conversions`."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, unsupported
from sfdag_magics.engine.sql.names.marks import is_to_double, operands
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import FINAL, duck_cast
from sfdag_magics.engine.sql.values.number_rules import MAX_PRECISION
from sfdag_magics.engine.sql.values.types import plain

_NEVER_TOO_LARGE = frozenset({SfType.FIXED, SfType.REAL, SfType.BOOLEAN})


def doubles(node: exp.Expr) -> exp.Expr:
    """A cast to FLOAT, and TO_DOUBLE: of text, what is too large for one is no infinity."""
    if not is_to_double(node):
        return node
    strict = not (isinstance(node, exp.TryCast) or node.args.get("safe"))
    kind = operands(node)[0]
    is_known = kind is not None and kind.kind in _NEVER_TOO_LARGE
    if is_known or node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        return duck_cast(node.this, plain(SfType.REAL))
    if strict:
        return macro("_sf_to_double", node.this)
    return macro("_sf_read_double", macro("_sf_text", node.this))


def decimals(node: exp.Expr) -> exp.Expr:
    """TO_NUMBER and its TRY_ form; a format is carried out before.

    Raises:
        SqlError: the precision or the scale is computed.
    """
    if not isinstance(node, exp.ToNumber):
        return node
    value = exp.Null() if isinstance(node.args.get("format"), exp.Null) else node.this
    given = [node.args.get("precision") or exp.Literal.number(MAX_PRECISION)]
    given.append(node.args.get("scale") or exp.Literal.number(0))
    if not all(isinstance(one, exp.Literal) for one in given):
        raise unsupported("A precision or scale of TO_NUMBER that is computed", "write a number")
    kind = exp.TryCast if node.args.get("safe") else exp.Cast
    return kind(this=value, to=exp.DataType(this=exp.DType.DECIMAL, expressions=given))


def whole_number(cast: exp.Cast) -> exp.Expr:
    """A cast to INT; what it is of is written once, or casts in casts would grow with each."""
    if isinstance(cast, exp.TryCast):
        digits = exp.TryCast(this=cast.this, to=exp.DataType.build("DECIMAL(38, 0)"))
        digits.meta[FINAL] = True
        cast.set("this", digits)
        return cast
    kind = operands(cast)[0]
    if kind is None:
        return macro("_sf_rounded_once", cast.this)
    if kind.kind is SfType.REAL:
        return macro("_sf_whole", macro("round", cast.this))
    is_read = kind.kind in (SfType.FIXED, SfType.TEXT, SfType.BOOLEAN)
    return macro("_sf_whole" if is_read else "_sf_rounded_once", cast.this)
