"""Rows of a data frame of the notebook: pandas', or any that hands on Arrow's streams.

A cell of pandas may hold anything: columns of Python objects are looked through for what they are.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from typing import Any

import pyarrow as pa

from sfdag_magics.client.arriving.arrow_rows import rows_of_schema, stream_rows
from sfdag_magics.client.arriving.arrow_values import json_of
from sfdag_magics.client.arriving.columns import DIGITS, Rows, said_name
from sfdag_magics.errors import InputError
from sfdag_magics.place_words import to_type

#: A column of nothing else is one of these.
_NESTED: dict[str, tuple[type, ...]] = {"OBJECT": (dict,), "ARRAY": (list, tuple)}


def is_frame(value: object) -> bool:
    """Whether rows can be taken from the value."""
    return _is_pandas(value) or hasattr(value, "__arrow_c_stream__")


def frame_rows(value: Any, *, where: str) -> Rows:  # noqa: ANN401 - a frame of any library
    """The rows of a frame; NaN, NaT and None become NULL.

    Raises:
        InputError: it is no frame, or a column holds what Snowflake has no type for.
    """
    if _is_pandas(value):
        return _pandas_rows(value, where)
    if hasattr(value, "__arrow_c_stream__"):
        return stream_rows(value, where=where)
    raise InputError(f"{where} is {type(value).__name__} and no data frame", hint=_instead())


def _instead() -> str:
    return f"{to_type('load', file='FILE')}, or of a table of pandas, polars or Arrow"


def _is_pandas(value: object) -> bool:
    pandas = sys.modules.get("pandas")  # who has such a frame has loaded it
    return pandas is not None and isinstance(value, pandas.DataFrame | pandas.Series)


def _pandas_rows(value: Any, where: str) -> Rows:  # noqa: ANN401 - a DataFrame or Series
    frame = value.to_frame() if value.ndim == 1 else value
    notes: tuple[str, ...] = ()
    if any(name is not None for name in frame.index.names):
        named = ", ".join(str(name) for name in frame.index.names)
        notes = (f"the index became columns: {named}",)
        frame = frame.reset_index()
    if not frame.shape[1]:
        raise InputError(f"{where} has no column", hint=_instead())
    found = [_arrow(frame.iloc[:, place], where) for place in range(frame.shape[1])]
    table = pa.Table.from_arrays([each for each, _ in found], [str(n) for n in range(len(found))])
    schema = pa.schema(
        [pa.field(said_name(n), t.type) for n, t in zip(frame.columns, table.columns, strict=True)]
    )
    rows = rows_of_schema(schema, table.to_batches, where=where, notes=notes)
    columns = tuple(
        replace(column, type=nested) if nested else column
        for column, (_, nested) in zip(rows.columns, found, strict=True)
    )
    mixed = tuple(
        f"column {column.name} holds {_names(_kinds(frame.iloc[:, place]))}: VARIANT"
        for place, column in enumerate(columns)
        if column.type == "VARIANT"
    )
    return replace(rows, columns=columns, notes=rows.notes + mixed)


def _arrow(series: Any, where: str) -> tuple[pa.Array, str]:  # noqa: ANN401 - a Series
    """A column in Arrow, and which of the nested types it is where it became JSON."""
    kind = str(series.dtype)
    if kind.startswith(("period", "interval", "complex")):
        raise _no_type(series.name, kind, where)
    if kind.startswith("Sparse"):
        series = series.sparse.to_dense()
    nested = _nested(_kinds(series)) if kind == "object" else ""
    if nested:
        return _as_json(series, where), nested
    try:
        return _widened(pa.Array.from_pandas(series)), ""
    except (pa.ArrowException, TypeError) as problem:
        said = kind if kind != "object" else _names(_kinds(series))
        raise _no_type(series.name, said, where) from problem


def _widened(values: pa.Array) -> pa.Array:
    """Python's decimals have no bound: those of another frame may have more digits."""
    if not pa.types.is_decimal(values.type) or values.type.scale < 0:
        return values
    try:
        return values.cast(pa.decimal128(DIGITS, values.type.scale))
    except pa.ArrowInvalid:  # too many digits, which is said of the column
        return values


def _nested(kinds: set[type]) -> str:
    """What holds values of these types where no plain type does; empty where one may."""
    for nested, types in _NESTED.items():
        if kinds and all(issubclass(each, types) for each in kinds):
            return nested
    return "VARIANT" if len(kinds) > 1 and not kinds <= {int, float} else ""


def _as_json(series: Any, where: str) -> pa.Array:  # noqa: ANN401 - as above
    texts = []
    for place, value in enumerate(series, 1):
        try:
            texts.append(None if _is_missing(value) else json_of(value))
        except TypeError as problem:
            raise _no_type(series.name, f"{problem} in row {place}", where) from problem
    return pa.array(texts, pa.string())


def _kinds(series: Any) -> set[type]:  # noqa: ANN401 - as above
    return {type(each) for each in series if not _is_missing(each)}


def _is_missing(value: object) -> bool:
    """Whether pandas takes it for nothing: None, NaN, NaT or NA."""
    is_nan = isinstance(value, float) and math.isnan(value)
    return value is None or is_nan or type(value).__name__ in ("NaTType", "NAType")


def _names(kinds: set[type]) -> str:
    return " and ".join(sorted(kind.__name__ for kind in kinds)) or "nothing"


def _no_type(name: object, kind: str, where: str) -> InputError:
    return InputError(
        f"{where}: column {said_name(name)} holds {kind}, which Snowflake has no type for",
        hint="make it a number or a text first (a duration: its seconds), or leave it out",
    )
