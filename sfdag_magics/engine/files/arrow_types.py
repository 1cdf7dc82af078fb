"""From any Arrow table to one of Snowflake's types, and the columns that describe it.

Knows Arrow's types and their nearest among Snowflake's; knows no file and no SQL.
"""

from __future__ import annotations

import base64
import json
import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, SfType

_MAX_TEXT = 16_777_216
_MAX_BINARY = 8_388_608
_MAX_DIGITS = 38


def plain_table(table: pa.Table, *, binary_as_text: bool) -> pa.Table:
    """The same rows in the plain types of `Result.rows`; nested values become JSON text.

    The field's metadata `sfdag` keeps what nested values were: ARRAY or OBJECT.
    """
    arrays, fields = [], []
    for old, column in zip(table.schema, table.columns, strict=True):
        array, metadata = _plain(column, binary_as_text=binary_as_text)
        arrays.append(array)
        fields.append(pa.field(old.name, array.type, metadata=metadata))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def column_of(field: pa.Field) -> Column:
    """The Snowflake column of a field in a plain table."""
    kind = (field.metadata or {}).get(b"sfdag")
    if kind is not None:
        return Column(name=field.name, type=SfType(kind.decode()))
    match field.type:
        case found if pa.types.is_decimal(found):
            return Column(
                name=field.name, type=SfType.FIXED, precision=found.precision, scale=found.scale
            )
        case found if pa.types.is_integer(found):
            return Column(name=field.name, type=SfType.FIXED, precision=_MAX_DIGITS, scale=0)
        case found if pa.types.is_floating(found):
            return Column(name=field.name, type=SfType.REAL)
        case found if pa.types.is_boolean(found):
            return Column(name=field.name, type=SfType.BOOLEAN)
        case found if pa.types.is_binary(found):
            return Column(name=field.name, type=SfType.BINARY, length=_MAX_BINARY)
        case found if pa.types.is_date(found):
            return Column(name=field.name, type=SfType.DATE)
        case found if pa.types.is_time(found):
            return Column(name=field.name, type=SfType.TIME, precision=0, scale=9)
        case found if pa.types.is_timestamp(found):
            zoned = SfType.TIMESTAMP_NTZ if found.tz is None else SfType.TIMESTAMP_LTZ
            return Column(name=field.name, type=zoned, precision=0, scale=9)
        case _:
            return Column(name=field.name, type=SfType.TEXT, length=_MAX_TEXT)


def variant_field(name: str) -> pa.Field:
    """A field of JSON text that is a VARIANT."""
    return pa.field(name, pa.string(), metadata={"sfdag": SfType.VARIANT.value})


def json_rows(table: pa.Table) -> pa.ChunkedArray:
    """Each row as one JSON object, which is what `$1` of a Parquet file is."""
    nested = [
        field.name
        for field in table.schema
        if column_of(field).type in (SfType.ARRAY, SfType.OBJECT, SfType.VARIANT)
    ]
    documents = []
    for row in table.to_pylist():
        for name in nested:
            row[name] = None if row[name] is None else json.loads(row[name])
        kept = {key: _finite(value) for key, value in row.items() if value is not None}
        documents.append(json.dumps(kept, default=_json_value))
    return pa.chunked_array([pa.array(documents, pa.string())])


def _plain(
    column: pa.ChunkedArray, *, binary_as_text: bool
) -> tuple[pa.ChunkedArray, dict[str, str] | None]:
    found = column.type
    if pa.types.is_dictionary(found):
        return _plain(column.cast(found.value_type), binary_as_text=binary_as_text)
    if pa.types.is_list(found) or pa.types.is_large_list(found):
        return _as_json(column), {"sfdag": SfType.ARRAY.value}
    if pa.types.is_struct(found) or pa.types.is_map(found):
        return _as_json(column), {"sfdag": SfType.OBJECT.value}
    if _is_bytes(found):
        return _bytes(column, binary_as_text=binary_as_text), None
    return column.cast(_plain_type(found), safe=False), None


def _is_bytes(found: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(found)
        or pa.types.is_large_binary(found)
        or pa.types.is_fixed_size_binary(found)
    )


def _plain_type(found: pa.DataType) -> pa.DataType:
    if pa.types.is_uint64(found):
        return pa.decimal128(20, 0)
    if pa.types.is_integer(found):
        return pa.int64()
    if pa.types.is_decimal(found):
        return pa.decimal128(min(found.precision, _MAX_DIGITS), found.scale)
    if pa.types.is_floating(found):
        return pa.float64()
    if pa.types.is_boolean(found):
        return pa.bool_()
    if pa.types.is_date(found):
        return pa.date32()
    if pa.types.is_time(found):
        return pa.time64("us")
    if pa.types.is_timestamp(found):
        return pa.timestamp("us", tz=None if found.tz is None else "UTC")
    return pa.string()


def _bytes(column: pa.ChunkedArray, *, binary_as_text: bool) -> pa.ChunkedArray:
    """Bytes, or text where the format says so and they are text."""
    plain = column.cast(pa.binary())
    if not binary_as_text:
        return plain
    try:
        return plain.cast(pa.string())
    except pa.ArrowInvalid:
        return plain


def _as_json(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_map = pa.types.is_map(column.type)
    texts = [
        None if value is None else json.dumps(dict(value) if is_map else value, default=_json_value)
        for value in column.to_pylist()
    ]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _finite(value: Any) -> Any:  # noqa: ANN401 - any column's value
    """JSON has no NaN and no infinity; as text they still become the FLOAT they were."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _json_value(value: Any) -> Any:  # noqa: ANN401 - whatever json.dumps does not know
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (datetime, date, time)):
        return str(value)
    if isinstance(value, bytes):
        return base64.b16encode(value).decode()
    return str(value)
