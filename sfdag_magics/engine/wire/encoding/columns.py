"""A result's columns as clients are told of them. Knows the sizes Snowflake names by default."""

from __future__ import annotations

from typing import TypedDict

from sfdag_magics.engine.borders.answers import Column, SfType

#: Snowflake docs, "Data types": what a type has where nothing else was said.
MAX_TEXT_LENGTH = 16_777_216
MAX_BINARY_LENGTH = 8_388_608
DEFAULT_PRECISION = 38
DEFAULT_TIME_SCALE = 9

_TIMES = {
    SfType.TIME,
    SfType.TIMESTAMP_NTZ,
    SfType.TIMESTAMP_LTZ,
    SfType.TIMESTAMP_TZ,
}


class RowType(TypedDict):
    """One column in a response's `rowtype` (snowflake-connector-python, `ResultMetadata`)."""

    name: str
    database: str
    schema: str
    table: str
    nullable: bool
    type: str
    byteLength: int | None
    length: int | None
    scale: int | None
    precision: int | None
    collation: str | None


def precision_of(column: Column) -> int | None:
    """Digits of a number; seconds have none that a client looks at."""
    if column.type is SfType.FIXED:
        return DEFAULT_PRECISION if column.precision is None else column.precision
    return 0 if column.type in _TIMES else None


def scale_of(column: Column) -> int | None:
    """Digits behind the point, of numbers and of seconds."""
    if column.type is SfType.FIXED:
        return column.scale or 0
    if column.type in _TIMES:
        return DEFAULT_TIME_SCALE if column.scale is None else column.scale
    return None


def length_of(column: Column) -> int | None:
    """Characters of text, bytes of binary."""
    if column.type is SfType.TEXT:
        return MAX_TEXT_LENGTH if column.length is None else column.length
    if column.type is SfType.BINARY:
        return MAX_BINARY_LENGTH if column.length is None else column.length
    return None


def row_type(column: Column) -> RowType:
    """The column as a response lists it."""
    return RowType(
        name=column.name,
        database="",
        schema="",
        table="",
        nullable=column.nullable,
        type=column.type.value.lower(),
        byteLength=_byte_length(column),
        length=length_of(column),
        scale=scale_of(column),
        precision=precision_of(column),
        collation=None,
    )


def _byte_length(column: Column) -> int | None:
    length = length_of(column)
    if length is None or column.type is SfType.BINARY:
        return length
    return min(4 * length, MAX_TEXT_LENGTH)  # a character of UTF-8 has at most four bytes
