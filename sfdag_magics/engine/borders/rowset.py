"""Small answers made in Python: the rows of SHOW, the status line of DDL, a table function's rows.

Knows how Python values become Arrow columns of a `Result`; knows no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, Result, SfType, StatementType
from sfdag_magics.engine.borders.plain_types import plain_types

#: Snowflake's length of a VARCHAR without one (docs: "String & binary data types").
_TEXT_LENGTH = 16_777_216


def rowset(
    columns: Mapping[str, SfType],
    rows: Iterable[Sequence[Any]],
    *,
    statement_type: StatementType = StatementType.SELECT,
) -> Result:
    """A result of `rows` in the order of `columns` (name → type); None is NULL.

    TIMESTAMP_LTZ takes aware datetimes, VARIANT, OBJECT and ARRAY take JSON text.
    """
    described = [_column(name, kind) for name, kind in columns.items()]
    return rows_result(described, rows, statement_type=statement_type)


def rows_result(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    statement_type: StatementType = StatementType.SELECT,
) -> Result:
    """The same, of columns that are described in full."""
    listed = list(rows)
    arrays = [
        pa.array([row[index] for row in listed], type=arrow_type(column))
        for index, column in enumerate(columns)
    ]
    table = pa.Table.from_arrays(arrays, names=[column.name for column in columns])
    return Result(columns=tuple(columns), rows=table, statement_type=statement_type)


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type of a result column, as `answers.Result` promises it."""
    if column.type is SfType.FIXED and column.scale:
        return pa.decimal128(38, column.scale)
    return plain_types()[column.type]


def status(message: str, statement_type: StatementType = StatementType.DDL) -> Result:
    """One row that says what was done, as DDL answers: one column `status`."""
    return rowset({"status": SfType.TEXT}, [(message,)], statement_type=statement_type)


def like(pattern: str | None) -> re.Pattern[str]:
    """The LIKE of SHOW, case-insensitive: `%` any text, `_` any character; None matches all."""
    if pattern is None:
        return re.compile(r".*", re.DOTALL)
    translated = {"%": ".*", "_": "."}
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    body = "".join(
        re.escape(part[1]) if len(part) == 2 else translated.get(part, re.escape(part))
        for part in parts
    )
    return re.compile(rf"(?:{body})\Z", re.DOTALL | re.IGNORECASE)


def _column(name: str, kind: SfType) -> Column:
    match kind:
        case SfType.FIXED:
            return Column(name=name, type=kind, precision=38, scale=0)
        case SfType.TEXT:
            return Column(name=name, type=kind, length=_TEXT_LENGTH)
        case SfType.TIMESTAMP_LTZ | SfType.TIMESTAMP_NTZ | SfType.TIME:
            return Column(name=name, type=kind, precision=0, scale=6)
        case _:
            return Column(name=name, type=kind)
