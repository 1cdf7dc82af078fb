"""Small answers made in Python: the rows of SHOW, the status line of DDL, a table function's rows.

Knows how Python values become Arrow columns of a `Result`; knows no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.answers import Column, Result, SfType, StatementType
from sfdag_magics.engine.plain_types import plain_types

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
    listed = list(rows)
    arrays = [
        pa.array([row[index] for row in listed], type=plain_types()[kind])
        for index, kind in enumerate(columns.values())
    ]
    return Result(
        columns=tuple(_column(name, kind) for name, kind in columns.items()),
        rows=pa.Table.from_arrays(arrays, names=list(columns)),
        statement_type=statement_type,
    )


def status(message: str) -> Result:
    """What a DDL statement answers: one row, one column `status`."""
    return rowset({"status": SfType.TEXT}, [(message,)], statement_type=StatementType.DDL)


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
