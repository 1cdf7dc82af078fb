"""Rows in Snowflake's Arrow encoding, as the connector's native reader takes them. Knows pyarrow.

The reader (nanoarrow, in snowflake-connector-python 4.8: `CArrowChunkIterator.cpp` for rows,
`CArrowTableIterator.cpp` for pandas) goes by a field's metadata `logicalType`, `scale`, `precision`
and `byteLength`; times are integers, and timestamps of more than six digits are structs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, Result, SfType
from sfdag_magics.engine.borders.plain_types import plain_types
from sfdag_magics.engine.starting.later_compute import FEW, in_width, pc
from sfdag_magics.engine.wire.encoding.columns import length_of, precision_of, scale_of

#: pyarrow ships no types.
Array = Any

_SECOND_US = 1_000_000
# The reader takes integers up to this scale, and structs beyond.
_MAX_INTEGER_SCALE = 6
# Minutes are sent as minutes east of UTC plus a day, so that they are never negative.
_OFFSET_BASE = 1440
_STRUCT_BYTES = "16"
#: Arrow's own; without them it looks each time what they are.
_OPTIONS = pa.ipc.IpcWriteOptions()
#: Characters of the longest name whose field is remembered; a long expression is a name as well.
_SHORT = 160


def arrow_stream(
    result: Result, wide: frozenset[int] = frozenset(), *, is_all: bool = False
) -> bytes:
    """The rows of `result` as one Arrow IPC stream.

    Only for results with rows: the reader fails on an empty batch. The numbers of the columns in
    `wide` are sent as decimals, whether these rows need it or not. Where these are all rows
    (`is_all`), whole numbers are as narrow as they may be, which pandas makes its types of.
    """
    arrays = [
        _encode(column, _in_one(array), is_wide=number in wide)
        for number, (column, array) in enumerate(
            zip(result.columns, result.sent.columns, strict=True)
        )
    ]
    if is_all:
        arrays = [
            _narrowest(array) if column.type is SfType.FIXED and not column.scale else array
            for column, array in zip(result.columns, arrays, strict=True)
        ]
    fields = [
        _field(column, array.type) for column, array in zip(result.columns, arrays, strict=True)
    ]
    schema = pa.schema(fields)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_OPTIONS) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _in_one(array: Array) -> Array:
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()


def _field(column: Column, kind: pa.DataType) -> pa.Field:
    return (_remembered if len(column.name) <= _SHORT else _made)(column, kind)


def _made(column: Column, kind: pa.DataType) -> pa.Field:
    metadata = {
        "logicalType": column.type.value,
        "precision": str(precision_of(column) or 38),
        "scale": str(scale_of(column) or 0),
        "charLength": str(length_of(column) or 0),
        "byteLength": _STRUCT_BYTES,
        "finalType": "T",
    }
    return pa.field(column.name, kind, nullable=True, metadata=metadata)


#: Clients ask the same statements again and again.
_remembered = lru_cache(maxsize=1024)(_made)


def wide_columns(result: Result) -> frozenset[int]:
    """The whole-number columns that hold a value of more than 64 bits."""
    return frozenset(
        number
        for number, (column, array) in enumerate(
            zip(result.columns, result.rows.columns, strict=True)
        )
        if column.type is SfType.FIXED
        and pa.types.is_decimal128(array.type)
        and any(_unscaled(chunk) is None for chunk in array.chunks)
    )


def _encode(column: Column, array: Array, *, is_wide: bool) -> Array:
    if isinstance(array, pa.ChunkedArray):  # combine_chunks keeps an empty or huge one chunked
        array = pa.concat_arrays(array.chunks) if array.chunks else pa.array([], array.type)
    if pa.types.is_null(array.type):
        array = array.cast(plain_types()[column.type])
    if column.type is SfType.FIXED:
        return _fixed(column, array, is_wide=is_wide)
    return _ENCODERS[column.type](column, array)


def _fixed(column: Column, array: Array, *, is_wide: bool) -> Array:
    """As int64 where all values fit, as Snowflake does; wider ones as decimals."""
    scale = column.scale or 0
    if pa.types.is_integer(array.type):
        if scale == 0 and not is_wide:
            return in_width(array, pa.int64())
        array = array.cast(pa.decimal128(38, 0)).cast(pa.decimal128(38, scale))
    if not pa.types.is_decimal128(array.type) or array.type.scale != scale:
        array = array.cast(pa.decimal128(38, scale))
    narrow = None if is_wide else _unscaled(array)
    return array if narrow is None else narrow


def _narrowest(array: Array) -> Array:
    """Whole numbers in the fewest bytes that hold all of them."""
    if array.type != pa.int64():
        return array
    low, high = _bounds(array)
    for bits, kind in ((7, pa.int8()), (15, pa.int16()), (31, pa.int32())):
        if -(2**bits) <= low and high < 2**bits:
            return in_width(array, kind)
    return array


def _bounds(array: Array) -> tuple[int, int]:
    """The least and the largest number; 0 where there is none."""
    if len(array) <= FEW:
        numbers = [number for number in array.to_pylist() if number is not None]
        return min(numbers, default=0), max(numbers, default=0)
    bounds = pc.min_max(array)
    return bounds["min"].as_py() or 0, bounds["max"].as_py() or 0


def _unscaled(array: Array) -> Array | None:
    """The digits of decimals without their point, as int64; None when one is too large."""
    if len(array) == 0:
        return array.cast(pa.int64())
    words = pa.Array.from_buffers(
        pa.int64(), 2 * len(array), [None, array.buffers()[1]], offset=2 * array.offset
    )
    pairs = pa.FixedSizeListArray.from_arrays(words, 2)
    low, high = pc.list_element(pairs, 0), pc.list_element(pairs, 1)
    # The upper word of a number that fits is nothing but its sign.
    fits = pc.equal(high, pc.if_else(pc.less(low, 0), -1, 0))
    if not pc.all(pc.or_(fits, pc.is_null(array))).as_py():
        return None
    return pc.if_else(pc.is_valid(array), low, pa.scalar(None, pa.int64()))


def _cast(array: Array, kind: pa.DataType) -> Array:
    """The array in this type; Arrow takes its time also where there is nothing to do."""
    return array if array.type == kind else array.cast(kind)


def _real(_column: Column, array: Array) -> Array:
    return _cast(array, pa.float64())


def _text(_column: Column, array: Array) -> Array:
    return _cast(array, pa.string())


def _binary(_column: Column, array: Array) -> Array:
    return _cast(array, pa.binary())


def _boolean(_column: Column, array: Array) -> Array:
    return _cast(array, pa.bool_())


def _date(_column: Column, array: Array) -> Array:
    return _cast(array, pa.date32())


def _time(column: Column, array: Array) -> Array:
    microseconds = array.cast(pa.time64("us")).cast(pa.int64())
    return _rescaled(microseconds, scale_of(column) or 0)


def _timestamp(column: Column, array: Array) -> Array:
    zone = array.type.tz if pa.types.is_timestamp(array.type) else None
    microseconds = array.cast(pa.timestamp("us", zone), safe=False).cast(pa.int64())
    scale = scale_of(column) or 0
    if scale <= _MAX_INTEGER_SCALE:
        return _rescaled(microseconds, scale)
    return _struct(microseconds, {})


def _timestamp_tz(_column: Column, array: Array) -> Array:
    valid = array.is_valid()
    microseconds = pc.if_else(
        valid, array.field("utc").cast(pa.timestamp("us"), safe=False).cast(pa.int64()), None
    )
    offset = pc.fill_null(array.field("offset_minutes"), 0).cast(pa.int32())
    return _struct(microseconds, {"timezone": pc.add(offset, pa.scalar(_OFFSET_BASE, pa.int32()))})


def _rescaled(microseconds: Array, scale: int) -> Array:
    """Microseconds in units of 10**-scale seconds; digits that do not fit are cut off."""
    if scale >= _MAX_INTEGER_SCALE:
        return pc.multiply(microseconds, 10 ** (scale - _MAX_INTEGER_SCALE))
    return _floor_divide(microseconds, 10 ** (_MAX_INTEGER_SCALE - scale))


def _floor_divide(array: Array, divisor: int) -> Array:
    # Arrow's division cuts towards zero; before 1970 the second must be the one below.
    quotient = pc.divide(array, divisor)
    is_above = pc.greater(pc.multiply(quotient, divisor), array)
    return pc.subtract(quotient, is_above.cast(pa.int64()))


def _struct(microseconds: Array, further: dict[str, Array]) -> Array:
    seconds = _floor_divide(microseconds, _SECOND_US)
    fraction = pc.multiply(pc.subtract(microseconds, pc.multiply(seconds, _SECOND_US)), 1000)
    columns = {
        "epoch": pc.fill_null(seconds, 0),
        "fraction": pc.fill_null(fraction, 0).cast(pa.int32()),
        **further,
    }
    return pa.StructArray.from_arrays(
        list(columns.values()),
        fields=[pa.field(name, array.type, nullable=False) for name, array in columns.items()],
        mask=pc.is_null(microseconds),
    )


_ENCODERS: dict[SfType, Callable[[Column, Array], Array]] = {
    SfType.REAL: _real,
    SfType.TEXT: _text,
    SfType.BINARY: _binary,
    SfType.BOOLEAN: _boolean,
    SfType.DATE: _date,
    SfType.TIME: _time,
    SfType.TIMESTAMP_NTZ: _timestamp,
    SfType.TIMESTAMP_LTZ: _timestamp,
    SfType.TIMESTAMP_TZ: _timestamp_tz,
    SfType.VARIANT: _text,
    SfType.OBJECT: _text,
    SfType.ARRAY: _text,
}
