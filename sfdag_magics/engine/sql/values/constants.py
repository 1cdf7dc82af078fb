"""Python values as SQL constants and back. Knows literals; computes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Self

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.borders.ports import Value

_Type = exp.DataType.Type


def literal(value: Value) -> exp.Expr:
    """`value` as an expression of Snowflake's dialect."""
    match value:
        case None:
            return exp.Null()
        case bool():
            return exp.Boolean(this=value)
        case int():
            return _signed(str(value))
        case Decimal():
            return _signed(f"{value:f}")  # with an exponent it would be a FLOAT
        case float():
            if math.isfinite(value):
                return _cast(exp.Literal.string(repr(value)), _Type.DOUBLE)
            return _cast(exp.Literal.string(str(value)), _Type.DOUBLE)
        case datetime():
            kind = _Type.TIMESTAMPNTZ if value.tzinfo is None else _Type.TIMESTAMPLTZ
            kind = _Type.TIMESTAMPTZ if has_offset(value) else kind
            return _cast(exp.Literal.string(value.isoformat(sep=" ")), kind)
        case date():
            return _cast(exp.Literal.string(value.isoformat()), _Type.DATE)
        case time():
            return _cast(exp.Literal.string(value.isoformat()), _Type.TIME)
        case bytes() | bytearray():
            return exp.HexString(this=bytes(value).hex())
        case dict() | list() | tuple():
            return exp.ParseJSON(this=exp.Literal.string(json.dumps(value, default=str)))
        case _:
            return exp.Literal.string(str(value))


def has_offset(value: Value) -> bool:
    """Whether it is a moment with an offset of its own; one in UTC is a TIMESTAMP_LTZ."""
    return isinstance(value, datetime) and value.tzinfo is not None and bool(value.utcoffset())


def stored_with_offset(value: datetime) -> dict[str, Value]:
    """A moment with an offset as DuckDB has it."""
    offset = value.utcoffset() or timedelta()
    utc = value.replace(tzinfo=None) - offset
    return {"utc": utc, "offset_minutes": offset // timedelta(minutes=1)}


def moment_with_offset(stored: Mapping[str, Value]) -> datetime:
    """The inverse of `stored_with_offset`."""
    offset = timedelta(minutes=int(stored["offset_minutes"]))
    moment: datetime = stored["utc"] + offset
    return moment.replace(tzinfo=timezone(offset))


class SemiStructured(str):
    """The JSON text of a VARIANT, OBJECT or ARRAY, which is bound as one and not as a text."""

    __slots__ = ("kind",)
    kind: SfType

    def __new__(cls, text: str, kind: SfType) -> Self:
        """Args: kind: the one of the three that it is."""
        made = super().__new__(cls, text)
        made.kind = kind
        return made


def semi_structured(kind: SfType, text: exp.Expr) -> exp.Expr:
    """What such a text is, as an expression."""
    value = exp.ParseJSON(this=text)
    return value if kind is SfType.VARIANT else _cast(value, exp.DType[kind.name])


def constant(node: exp.Expr) -> Value:
    """The value of a literal, or NotImplemented for anything that has to be computed."""
    match node:
        case exp.Literal():
            return node.name if node.is_string else _number(node.name)
        case exp.Boolean():
            return bool(node.this)
        case exp.Null():
            return None
        case exp.Neg() if isinstance(node.this, exp.Literal) and not node.this.is_string:
            return -_number(node.this.name)
        case exp.Paren():
            return constant(node.this)
        case _:
            return NotImplemented


def _number(text: str) -> int | Decimal | float:
    if text.isdigit():
        return int(text)
    return float(text) if "e" in text.lower() else Decimal(text)


def _signed(text: str) -> exp.Expr:
    if text.startswith("-"):
        return exp.Paren(this=exp.Neg(this=exp.Literal.number(text[1:])))
    return exp.Literal.number(text)


def _cast(node: exp.Expr, kind: exp.DType) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType(this=kind))
