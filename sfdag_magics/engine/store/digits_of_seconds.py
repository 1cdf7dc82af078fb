"""Format 4: moments and times in columns with a number of digits have no more digits than these.

Before, a column of TIMESTAMP(3) kept the microseconds of what was written into it, and rows that
read alike were unequal. Knows DuckDB, and where the catalogue keeps the types of columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from sfdag_magics.sqltext import quoted_identifier

_WITH_OFFSET = "TIMESTAMP_TZ"
_KINDS = frozenset({"TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", _WITH_OFFSET})
#: Digits of a second that DuckDB keeps.
_MOST_DIGITS = 6


def cut_to_digits(root: duckdb.DuckDBPyConnection) -> None:
    """Cut off what a column has not."""
    for (detail,) in root.execute(
        "SELECT detail FROM registry.objects WHERE kind = 'TABLE'"
    ).fetchall():
        told = json.loads(detail)
        for column, value, rest in _cut_columns(told["columns"]):
            table = quoted_identifier(told["physical"])
            root.execute(f"UPDATE {table} SET {column} = {value} WHERE {rest} <> 0")  # noqa: S608 - names of ours, quoted


def _cut_columns(columns: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """The columns that may have too many digits, what they are to hold, and what is too much."""
    for column in columns:
        kind, scale = column["type"]["kind"], column["type"]["scale"]
        if kind not in _KINDS or scale is None or scale >= _MOST_DIGITS:
            continue
        name = quoted_identifier(column["name"])
        moment = f"{name}.utc" if kind == _WITH_OFFSET else name
        rest = f"microsecond({moment}) % {10 ** (_MOST_DIGITS - scale)}"
        cut = f"{moment} - to_microseconds({rest})"
        if kind == _WITH_OFFSET:
            cut = f"struct_pack(utc := {cut}, offset_minutes := {name}.offset_minutes)"
        yield name, cut, rest
