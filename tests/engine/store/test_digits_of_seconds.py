"""Format 4: what columns with a number of digits of a second held beyond them is cut off."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from sfdag_magics.engine.store.digits_of_seconds import cut_to_digits

_MOMENT = "2024-02-29 10:20:30.123456"
_TZ = "STRUCT(utc TIMESTAMP, offset_minutes INTEGER)"
#: A type with its digits, DuckDB's type, what was kept, and what is kept today as text.
COLUMNS: list[tuple[str, int | None, str, str, str | None]] = [
    ("TIMESTAMP_NTZ", 3, "TIMESTAMP", f"'{_MOMENT}'", "2024-02-29 10:20:30.123"),
    ("TIMESTAMP_NTZ", 0, "TIMESTAMP", f"'{_MOMENT}'", "2024-02-29 10:20:30"),
    ("TIMESTAMP_NTZ", 0, "TIMESTAMP", "'1901-01-01 00:00:00.5'", "1901-01-01 00:00:00"),
    ("TIMESTAMP_NTZ", 6, "TIMESTAMP", f"'{_MOMENT}'", _MOMENT),
    ("TIMESTAMP_NTZ", 9, "TIMESTAMP", f"'{_MOMENT}'", _MOMENT),
    ("TIMESTAMP_NTZ", 3, "TIMESTAMP", "NULL", None),
    ("TIMESTAMP_LTZ", 3, "TIMESTAMPTZ", f"'{_MOMENT}+00'", "2024-02-29 10:20:30.123+00"),
    ("TIME", 1, "TIME", "'10:20:30.5678'", "10:20:30.5"),
    ("TIME", 0, "TIME", "'23:59:59.999999'", "23:59:59"),
    (
        "TIMESTAMP_TZ",
        3,
        _TZ,
        f"{{'utc': TIMESTAMP '{_MOMENT}', 'offset_minutes': 90}}",
        "{'utc': '2024-02-29 10:20:30.123', 'offset_minutes': 90}",
    ),
    ("TIMESTAMP_TZ", 3, _TZ, "NULL", None),
    ("DATE", None, "DATE", "'2024-02-29'", "2024-02-29"),
]


@pytest.fixture
def older() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE SCHEMA registry")
    connection.execute("CREATE TABLE registry.objects(kind VARCHAR, detail VARCHAR)")
    return connection


def noted(connection: duckdb.DuckDBPyConnection, kind: str, detail: dict[str, Any]) -> None:
    connection.execute("INSERT INTO registry.objects VALUES (?, ?)", [kind, json.dumps(detail)])


def columns() -> list[dict[str, Any]]:
    return [
        {"name": f'c "{index}"', "type": {"kind": kind, "scale": scale}}
        for index, (kind, scale, *_) in enumerate(COLUMNS)
    ]


def test_digits_that_a_column_has_not_are_cut_off(older: duckdb.DuckDBPyConnection):
    noted(older, "TABLE", {"physical": "t_1", "columns": columns()})
    defined = ", ".join(
        f'"c ""{index}""" {physical}' for index, (_, _, physical, *_) in enumerate(COLUMNS)
    )
    older.execute(f"CREATE TABLE t_1({defined})")
    older.execute(f"INSERT INTO t_1 VALUES ({', '.join(kept for *_, kept, _ in COLUMNS)})")
    older.execute("BEGIN")
    cut_to_digits(older)
    older.execute("COMMIT")
    (row,) = older.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM t_1").fetchall()
    today = [after for *_, after in COLUMNS]
    assert [text and text.replace(".123000", ".123") for text in row] == today


def test_what_is_no_table_is_left_alone(older: duckdb.DuckDBPyConnection):
    noted(older, "VIEW", {"columns": columns()})
    noted(older, "SCHEMA", {})
    cut_to_digits(older)


def test_a_table_without_such_columns_is_left_alone(older: duckdb.DuckDBPyConnection):
    of_numbers = [{"name": "A", "type": {"kind": "FIXED", "scale": 0}}]
    noted(older, "TABLE", {"physical": "not_even_there", "columns": of_numbers})
    cut_to_digits(older)
