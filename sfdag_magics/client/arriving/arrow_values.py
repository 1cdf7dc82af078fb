"""Arrow's types as Snowflake's, and their values as they travel. Knows no source and no SQL text.

What Snowflake has no type for is named, and what it holds otherwise instead.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sfdag_magics.client.arriving.columns import DIGITS, TEXT, Column
from sfdag_magics.errors import InputError

_Is = Callable[[pa.DataType], bool]
#: What Arrow's types become, and as what they travel; the first that fits.
_PLAIN: tuple[tuple[tuple[_Is, ...], str, pa.DataType], ...] = (
    ((pa.types.is_boolean,), "BOOLEAN", pa.bool_()),
    ((pa.types.is_uint64,), "NUMBER(20,0)", pa.decimal128(20, 0)),
    ((pa.types.is_integer,), f"NUMBER({DIGITS},0)", pa.int64()),
    ((pa.types.is_floating,), "FLOAT", pa.float64()),
    ((pa.types.is_date,), "DATE", pa.string()),
    ((pa.types.is_time,), "TIME", pa.string()),
    ((pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view), TEXT, pa.string()),
    ((pa.types.is_null,), TEXT, pa.string()),
    (
        (
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_fixed_size_binary,
            pa.types.is_binary_view,
        ),
        "BINARY",
        pa.binary(),
    ),
    (
        (
            pa.types.is_list,
            pa.types.is_large_list,
            pa.types.is_fixed_size_list,
            pa.types.is_list_view,
            pa.types.is_large_list_view,
        ),
        "ARRAY",
        pa.string(),
    ),
    ((pa.types.is_struct, pa.types.is_map), "OBJECT", pa.string()),
)


def column_of(name: str, kind: pa.DataType, where: str) -> Column:
    """The column for values of an Arrow type.

    Raises:
        InputError: Snowflake has no type that holds them.
    """
    if pa.types.is_dictionary(kind):
        return column_of(name, kind.value_type, where)
    if isinstance(kind, pa.BaseExtensionType):
        return column_of(name, _storage(kind), where)
    if pa.types.is_decimal(kind):
        return _decimal(name, kind, where)
    if pa.types.is_timestamp(kind):
        sql = "TIMESTAMP_NTZ" if kind.tz is None else "TIMESTAMP_TZ"
        return Column(name=name, type=sql, travels=pa.string())
    for fits, sql, travels in _PLAIN:
        if any(each(kind) for each in fits):
            return Column(name=name, type=sql, travels=travels)
    raise InputError(
        f"{where}: column {name} holds {kind}, which Snowflake has no type for",
        hint="make it a number or a text first (a duration: its seconds), or leave it out",
    )


def _storage(kind: pa.DataType) -> pa.DataType:
    return pa.string() if kind.extension_name == "arrow.uuid" else kind.storage_type


def _decimal(name: str, kind: pa.DataType, where: str) -> Column:
    digits = kind.precision - min(kind.scale, 0)
    scale = max(kind.scale, 0)
    if digits > DIGITS:
        raise InputError(
            f"{where}: column {name} holds numbers of {digits} digits, and NUMBER has {DIGITS}",
            hint="make it FLOAT or a text first",
        )
    travels = pa.decimal128(digits, scale)
    return Column(name=name, type=f"NUMBER({digits},{scale})", travels=travels)


def as_it_travels(values: pa.Array, column: Column) -> pa.Array:
    """The values in the type by which the column travels."""
    kind = values.type
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == "arrow.uuid":
            texts = [None if each is None else str(each) for each in values.to_pylist()]
            return pa.array(texts, pa.string())
        return as_it_travels(values.storage, column)
    if pa.types.is_dictionary(kind):
        # what is looked up has to be plain: polars' texts are views, which Arrow takes nothing from
        plain = as_it_travels(values.dictionary, column)
        return pa.DictionaryArray.from_arrays(values.indices, plain).dictionary_decode()
    if column.type in ("ARRAY", "OBJECT"):
        return pa.array([json_of(each) for each in _nested(values)], pa.string())
    if pa.types.is_timestamp(kind):
        return _moments(values)
    if pa.types.is_date64(kind):
        values = values.cast(pa.date32())
    return values.cast(column.travels, safe=False)


def _nested(values: pa.Array) -> list[Any]:
    if not pa.types.is_map(values.type):
        return list(values.to_pylist())
    return [None if each is None else dict(each) for each in values.to_pylist()]


def _moments(values: pa.Array) -> pa.Array:
    """With the offset of their zone, where they have one: `…+02:00`."""
    texts = values.cast(pa.string())
    if values.type.tz is None:
        return texts
    offsets = pc.replace_substring_regex(texts, r"([+-]\d\d)(\d\d)$", r"\1:\2")
    return pc.replace_substring_regex(offsets, r"Z$", "+00:00")


def json_of(value: Any) -> str | None:  # noqa: ANN401 - any value of a cell
    """A nested value as JSON; a NaN in it is null, as a missing one is.

    Raises:
        TypeError: it holds what JSON has not, or itself.
    """
    if value is None:
        return None
    try:
        return _json_text(value)
    except RecursionError:
        raise TypeError(f"{type(value).__name__} that holds itself") from None


def _json_text(value: Any) -> str:  # noqa: ANN401 - as above
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), default=_plain, ensure_ascii=False)


def _finite(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - as above
    if hasattr(value, "tolist"):  # numpy's arrays and single values
        return value.tolist()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b16encode(value).decode()
    raise TypeError(type(value).__name__)
