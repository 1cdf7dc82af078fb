"""Rows in Snowflake's JSON encoding: every value as text, or null. Knows what converters expect.

What each text must look like is what `converter.py` of snowflake-connector-python 4.8 reads back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, Result, SfType
from sfdag_magics.engine.wire.encoding.columns import scale_of

_MICRO_DIGITS = 6
_OFFSET_BASE = 1440

#: pyarrow ships no types, and its values are of all of them.
Array = Any
Value = Any
Cell = str | None


def json_rows(result: Result) -> list[list[Cell]]:
    """The rows of `result`, each a list of texts."""
    columns = [
        _texts(column, array)
        for column, array in zip(result.columns, result.sent.columns, strict=True)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _texts(column: Column, array: Array) -> list[Cell]:
    convert = _CONVERTERS[column.type]
    return [None if value is None else convert(column, value) for value in _values(column, array)]


def _values(column: Column, array: Array) -> list[Value]:
    """Python values; days as such and moments as microseconds, which have no year to overflow."""
    if column.type is SfType.TIMESTAMP_TZ and pa.types.is_struct(array.type):
        return [
            None if value is None else (value["utc"], value["offset_minutes"])
            for value in pa.chunked_array(
                [_instants_as_integers(chunk) for chunk in array.chunks], _INTEGER_TZ
            ).to_pylist()
        ]
    if pa.types.is_date32(array.type):
        array = array.cast(pa.int32())
    elif pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64())
    elif pa.types.is_time(array.type):
        array = array.cast(pa.time64("us")).cast(pa.int64())
    values: list[Value] = array.to_pylist()
    return values


_INTEGER_TZ = pa.struct([("utc", pa.int64()), ("offset_minutes", pa.int32())])


def _instants_as_integers(chunk: Array) -> Array:
    utc = chunk.field("utc").cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return pa.StructArray.from_arrays(
        [utc, chunk.field("offset_minutes").cast(pa.int32())],
        fields=list(_INTEGER_TZ),
        mask=chunk.is_null(),
    )


def _fixed(_column: Column, value: Value) -> str:
    return format(value, "f") if not isinstance(value, int) else str(value)


def _plain(_column: Column, value: Value) -> str:
    return str(value)


def _real(_column: Column, value: float) -> str:
    return repr(float(value))


def _boolean(_column: Column, value: bool) -> str:  # noqa: FBT001 - one converter among others
    return "1" if value else "0"


def _binary(_column: Column, value: bytes) -> str:
    return value.hex().upper()


def _seconds(column: Column, microseconds: int) -> str:
    """A decimal number of seconds with as many digits as the column's scale."""
    scale = scale_of(column) or 0
    units = microseconds * 10**scale // 10**_MICRO_DIGITS
    whole, fraction = divmod(abs(units), 10**scale)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{fraction:0{scale}d}" if scale else f"{sign}{whole}"


def _seconds_with_offset(column: Column, value: tuple[int, int]) -> str:
    microseconds, offset_minutes = value
    return f"{_seconds(column, microseconds)} {offset_minutes + _OFFSET_BASE}"


_CONVERTERS: dict[SfType, Callable[[Column, Value], str]] = {
    SfType.FIXED: _fixed,
    SfType.REAL: _real,
    SfType.TEXT: _plain,
    SfType.BINARY: _binary,
    SfType.BOOLEAN: _boolean,
    SfType.DATE: _plain,
    SfType.TIME: _seconds,
    SfType.TIMESTAMP_NTZ: _seconds,
    SfType.TIMESTAMP_LTZ: _seconds,
    SfType.TIMESTAMP_TZ: _seconds_with_offset,
    SfType.VARIANT: _plain,
    SfType.OBJECT: _plain,
    SfType.ARRAY: _plain,
}
