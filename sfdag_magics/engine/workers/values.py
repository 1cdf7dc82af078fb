"""Values on their way into a handler and back: declared SQL types, JSON forms, Python objects.

A value crosses as JSON whose meaning the declared type gives: NUMBER as digits, BINARY as hex,
dates and times in ISO form, VARIANT, OBJECT and ARRAY as JSON text; NULL is null. Used on both
sides of the worker's socket, so it imports nothing heavy at the top.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import Any

from sfdag_magics.engine.borders.answers import Column, SfType
from sfdag_magics.light_classes import dataclass

#: What a value is as JSON.
Encoded = Any

_NAMES: dict[SfType, str] = {
    SfType.FIXED: "NUMBER DECIMAL DEC NUMERIC INT INTEGER BIGINT SMALLINT TINYINT BYTEINT",
    SfType.REAL: "FLOAT FLOAT4 FLOAT8 DOUBLE DOUBLEPRECISION REAL",
    SfType.TEXT: "VARCHAR CHAR CHARACTER NCHAR STRING TEXT NVARCHAR NVARCHAR2 CHARVARYING",
    SfType.BINARY: "BINARY VARBINARY",
    SfType.BOOLEAN: "BOOLEAN BOOL",
    SfType.DATE: "DATE",
    SfType.TIME: "TIME",
    SfType.TIMESTAMP_NTZ: "TIMESTAMP_NTZ TIMESTAMPNTZ TIMESTAMP DATETIME TIMESTAMPWITHOUTTIMEZONE",
    SfType.TIMESTAMP_LTZ: "TIMESTAMP_LTZ TIMESTAMPLTZ TIMESTAMPWITHLOCALTIMEZONE",
    SfType.TIMESTAMP_TZ: "TIMESTAMP_TZ TIMESTAMPTZ TIMESTAMPWITHTIMEZONE",
    SfType.VARIANT: "VARIANT",
    SfType.OBJECT: "OBJECT MAP",
    SfType.ARRAY: "ARRAY",
}
_FAMILY_OF = {name: family for family, names in _NAMES.items() for name in names.split()}
#: The names SHOW and DESCRIBE give the families that are not called as in `SfType`.
_CANONICAL = {SfType.FIXED: "NUMBER", SfType.REAL: "FLOAT", SfType.TEXT: "VARCHAR"}
_DECLARED = re.compile(r"\s*([A-Za-z_0-9 ]+?)\s*(?:\((.*)\))?\s*", re.DOTALL)
_LONGEST_TEXT = 16 * 1024 * 1024
_MOST_DIGITS = 38
_SEMISTRUCTURED = (SfType.VARIANT, SfType.OBJECT, SfType.ARRAY)


class UnknownTypeError(ValueError):
    """A declared type that this engine does not know; the message is its text."""


class ConversionError(ValueError):
    """A handler's value does not fit the declared type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredType:
    """A SQL type as written in a signature; `text` is that, normalised."""

    family: SfType
    text: str
    precision: int | None = None
    scale: int | None = None
    length: int | None = None

    @property
    def canonical(self) -> str:
        """The family's name as in `SHOW PROCEDURES`: VARCHAR, NUMBER, …"""
        return _CANONICAL.get(self.family, self.family.value)

    def column(self, name: str) -> Column:
        """A result column of this type."""
        return Column(
            name=name,
            type=self.family,
            precision=self.precision,
            scale=self.scale,
            length=self.length,
        )


@lru_cache(maxsize=1000)  # of a few dozen declarations, each asked at each call
def declared_type(text: str) -> DeclaredType:
    """The type that `text` declares, such as `NUMBER(10, 2)`.

    Raises:
        UnknownTypeError: Snowflake or this engine has no such type.
    """
    found = _DECLARED.fullmatch(text)
    family = _FAMILY_OF.get(re.sub(r"\s+", "", found[1]).upper()) if found else None
    if found is None or family is None:
        raise UnknownTypeError(text.strip())
    numbers = [int(part) for part in (found[2] or "").split(",") if part.strip().isdigit()]
    normalised = " ".join(text.upper().split())
    match family:
        case SfType.FIXED:
            precision, scale = [*numbers, _MOST_DIGITS, 0][:2] if not numbers else [*numbers, 0][:2]
            return DeclaredType(family=family, text=normalised, precision=precision, scale=scale)
        case SfType.TEXT | SfType.BINARY:
            longest = _LONGEST_TEXT if family is SfType.TEXT else _LONGEST_TEXT // 2
            length = numbers[0] if numbers else longest
            return DeclaredType(family=family, text=normalised, length=length)
        case SfType.TIME | SfType.TIMESTAMP_NTZ | SfType.TIMESTAMP_LTZ | SfType.TIMESTAMP_TZ:
            scale = numbers[0] if numbers else 9
            return DeclaredType(family=family, text=normalised, precision=0, scale=scale)
        case _:
            return DeclaredType(family=family, text=normalised)


def encoded(value: object, declared: DeclaredType) -> Encoded:
    """A Python value as JSON of the declared type; numpy's scalars count as Python's.

    Raises:
        ConversionError: the value has no such form; the message names both.
    """
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()  # a numpy scalar
    if value is None:
        return None
    try:
        return _ENCODERS[declared.family](value, declared)
    except InvalidOperation as error:  # its text is the names of Python's classes
        raise ConversionError(
            f"Failed to convert {_short(value)} of type {type(value).__name__} to {declared.text}:"
            " it is no number with so many digits"
        ) from error
    except (ValueError, TypeError, OverflowError) as error:
        raise ConversionError(
            f"Failed to convert {_short(value)} of type {type(value).__name__} to {declared.text}"
            f"{': ' if str(error) else ''}{error}"
        ) from error


def decoded(value: Encoded, declared: DeclaredType) -> object:
    """The Python value that a handler, or an Arrow array, gets for JSON of the declared type."""
    if value is None:
        return None
    match declared.family:
        case SfType.FIXED:
            return Decimal(value) if declared.scale else int(value)
        case SfType.REAL:
            return float(value)
        case SfType.BINARY:
            return base64.b16decode(value)
        case SfType.DATE:
            return dt.date.fromisoformat(value)
        case SfType.TIME:
            return dt.time.fromisoformat(value)
        case SfType.TIMESTAMP_NTZ | SfType.TIMESTAMP_LTZ | SfType.TIMESTAMP_TZ:
            return dt.datetime.fromisoformat(value)
        case SfType.VARIANT | SfType.OBJECT | SfType.ARRAY:
            return json.loads(value)
        case _:
            return value


def json_text(value: object) -> str:
    """A Python value as JSON for VARIANT, OBJECT and ARRAY.

    Numbers that JSON has no word for become strings, which a cast to FLOAT reads back.
    """
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value).replace("inf", "Infinity")
        case dict():
            return {str(key): _plain(member) for key, member in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(member) for member in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
        case bytes() | bytearray():
            return base64.b16encode(value).decode()
    if hasattr(value, "tolist"):  # numpy and pandas
        return _plain(value.tolist())
    if hasattr(value, "as_dict"):  # Snowpark's Row
        return _plain(value.as_dict())
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _number(value: object, declared: DeclaredType) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    number = Decimal(str(int(value) if isinstance(value, bool) else value))
    if not number.is_finite():
        raise ValueError("no number in SQL")
    with localcontext() as context:
        context.prec = _MOST_DIGITS + (declared.scale or 0) + 2
        rounded = number.quantize(Decimal(1).scaleb(-(declared.scale or 0)), ROUND_HALF_UP)
    if len(rounded.as_tuple().digits) > (declared.precision or _MOST_DIGITS):
        raise OverflowError("the number has too many digits")
    return format(rounded, "f")


def _text(value: object, declared: DeclaredType) -> str:
    text = value.decode() if isinstance(value, bytes | bytearray) else str(value)
    if declared.length is not None and len(text) > declared.length:
        raise ValueError(f"its {len(text)} characters are more than {declared.length}")
    return text


def _boolean(value: object, _declared: DeclaredType) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("neither true nor false") from None


def _date(value: object, _declared: DeclaredType) -> str:
    if isinstance(value, dt.datetime):
        value = value.date()
    return (value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))).isoformat()


def _time(value: object, _declared: DeclaredType) -> str:
    return (value if isinstance(value, dt.time) else dt.time.fromisoformat(str(value))).isoformat()


def _timestamp(value: object, declared: DeclaredType) -> str:
    if not isinstance(value, dt.datetime):
        value = dt.datetime.fromisoformat(str(value))
    if declared.family is SfType.TIMESTAMP_NTZ:
        return value.replace(tzinfo=None).isoformat()
    return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).isoformat()


def _semistructured(value: object, declared: DeclaredType) -> str:
    plain = _plain(value)
    wanted = {SfType.OBJECT: dict, SfType.ARRAY: list}.get(declared.family)
    if wanted is not None and not isinstance(plain, wanted):
        raise TypeError(f"not {'an object' if wanted is dict else 'an array'}")
    return json_text(plain)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


_ENCODERS: dict[SfType, Callable[[Any, DeclaredType], Encoded]] = {
    SfType.FIXED: _number,
    SfType.REAL: lambda value, _declared: float(value),
    SfType.TEXT: _text,
    SfType.BINARY: lambda value, _declared: base64.b16encode(value).decode(),
    SfType.BOOLEAN: _boolean,
    SfType.DATE: _date,
    SfType.TIME: _time,
    SfType.TIMESTAMP_NTZ: _timestamp,
    SfType.TIMESTAMP_LTZ: _timestamp,
    SfType.TIMESTAMP_TZ: _timestamp,
    **dict.fromkeys(_SEMISTRUCTURED, _semistructured),
}
