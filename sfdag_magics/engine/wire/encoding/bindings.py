"""Bound values as the connector sends them, and as Python has them. Knows no SQL.

The connector sends every value as text with its Snowflake type (`converter.py`,
`*_to_snowflake_bindings`): dates in milliseconds, times and timestamps in nanoseconds since 1970.
A list of texts is an array binding: one value per row of a batch.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.light_classes import dataclass

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone
_MS_PER_DAY = 86_400_000
_OFFSET_BASE = 1440
#: Of dates and times that are not in ISO's form: `5-Jan-2024`, `1/5/2024`, `Jan 5 2024`, `7:15 PM`.
_OTHER_FORM = re.compile(r"\w+[-/ ]\w+[-/ ]\d+|\d:\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundValues:
    """What a request binds.

    Attributes:
        row: the positional values of one execution; empty for a batch.
        batch: the rows of an array binding, None where nothing is an array.
    """

    row: tuple[Value, ...] = ()
    batch: tuple[tuple[Value, ...], ...] | None = None


def bound_values(sent: Mapping[str, Any] | None) -> BoundValues:
    """The values of a request's `bindings`, keyed there by position from "1".

    Raises:
        SqlError: a value is not what its type says, or arrays differ in length.
    """
    if not sent:
        return BoundValues()
    try:
        columns = [_column(sent[key]) for key in sorted(sent, key=int)]
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as exc:
        raise SqlError(f"A bound value cannot be read: {exc}", code=2049, sqlstate="22018") from exc
    lengths = {len(column) for column in columns if isinstance(column, list)}
    if not lengths:
        return BoundValues(row=tuple(columns))
    if len(lengths) > 1:
        raise SqlError("Array bindings differ in length.", code=2049, sqlstate="22018")
    length = lengths.pop()
    spread: list[Sequence[Value]] = [
        column if isinstance(column, list) else [column] * length for column in columns
    ]
    return BoundValues(batch=tuple(zip(*spread, strict=True)))


def _column(binding: Mapping[str, Any]) -> Value:
    name = str(binding["type"]).upper()
    convert = _FROM_TEXT.get(name)
    if convert is None:
        raise ValueError(f"{name[:40]} is no type of a value")
    value = binding["value"]
    if isinstance(value, list):
        return [None if cell is None else convert(_cell(cell)) for cell in value]
    return None if value is None else convert(_cell(value))


def _cell(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where text was expected")
    return value


def _text(text: str) -> str:
    return text


def _fixed(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{text[:40]!r} is not a number") from None


def _boolean(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text[:40]!r} is not a boolean")
    return words[text.lower()]


def _written(text: str, read: Callable[[str], object], what: str) -> str:
    """What the user has written out: SQL reads it as it reads a literal, in more forms than ISO's.

    Raises:
        ValueError: nothing in it can be a date or a time.
    """
    try:
        read(text.strip())
    except ValueError:
        if not _OTHER_FORM.search(text):
            raise ValueError(f"{text[:40]!r} is not a {what}") from None
    return text


def _is_count(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _date(text: str) -> dt.date | str:
    if not _is_count(text):
        return _written(text, dt.date.fromisoformat, "date")
    return (_EPOCH + dt.timedelta(days=int(text) // _MS_PER_DAY)).date()


def _time(text: str) -> dt.time | str:
    if not _is_count(text):
        return _written(text, dt.time.fromisoformat, "time")
    return _instant(text).time()


def _timestamp_ntz(text: str) -> dt.datetime | str:
    if not _is_count(text):
        return _written(text, dt.datetime.fromisoformat, "timestamp")
    return _instant(text)


def _timestamp_ltz(text: str) -> dt.datetime | str:
    if not _is_count(text):
        return _written(text, dt.datetime.fromisoformat, "timestamp")
    return _instant(text).replace(tzinfo=dt.UTC)


def _timestamp_tz(text: str) -> dt.datetime | str:
    count, _, offset = text.partition(" ")
    if not _is_count(count):
        return _written(text, dt.datetime.fromisoformat, "timestamp")
    zone = dt.timezone(dt.timedelta(minutes=int(offset or _OFFSET_BASE) - _OFFSET_BASE))
    return _instant(count).replace(tzinfo=dt.UTC).astimezone(zone)


def _instant(nanoseconds: str) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=int(nanoseconds) // 1000)


#: Types whose values stay the text that is sent; ANY is the connector's type of None.
_TEXTS = (
    *("TEXT", "STRING", "VARCHAR", "CHAR", "ANY", "DECFLOAT", "VARIANT", "OBJECT", "ARRAY", "MAP"),
    *("VECTOR", "GEOGRAPHY", "GEOMETRY", "FILE", "INTERVAL_YEAR_MONTH", "INTERVAL_DAY_TIME"),
)
_FROM_TEXT: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys(_TEXTS, _text),
    "FIXED": _fixed,
    "REAL": float,
    "BINARY": bytes.fromhex,
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIME": _time,
    "TIMESTAMP_NTZ": _timestamp_ntz,
    "TIMESTAMP_LTZ": _timestamp_ltz,
    "TIMESTAMP_TZ": _timestamp_tz,
    "TIMESTAMP": _timestamp_ntz,
}
