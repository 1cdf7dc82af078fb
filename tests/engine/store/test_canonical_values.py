"""Format 3: values that are equal and were kept as different texts become the same one."""

from __future__ import annotations

import duckdb
import pytest

from sfdag_magics.engine.store.canonical_values import written_in_one_way

#: What was kept, and what is kept today.
VALUES: list[tuple[str | None, str | None]] = [
    ('{"b": 1, "a": [1.0, 2.50]}', '{"a":[1,2.5],"b":1}'),
    ('{"a":[1,2.5],"b":1}', '{"a":[1,2.5],"b":1}'),
    ("1.0", "1"),
    ('"text: 1.0"', '"text: 1.0"'),
    (None, None),
]


@pytest.fixture
def older() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute('CREATE SCHEMA "o""ld"')
    connection.execute('CREATE TABLE "o""ld"."t t"(id INTEGER PRIMARY KEY, "v ""v" JSON NOT NULL)')
    connection.execute("CREATE TABLE plain(id INTEGER, v JSON, t VARCHAR)")
    return connection


def test_values_become_the_one_text(older: duckdb.DuckDBPyConnection):
    rows = [[index, before] for index, (before, _) in enumerate(VALUES)]
    older.executemany('INSERT INTO plain VALUES (?, ?, \'{"b": 1, "a": 2}\')', rows)
    older.executemany('INSERT INTO "o""ld"."t t" VALUES (?, ?)', rows[:-1])
    older.execute("BEGIN")
    written_in_one_way(older)
    older.execute("COMMIT")
    today = [after for _, after in VALUES]
    kept = older.execute("SELECT v FROM plain ORDER BY id").fetchall()
    assert [value for (value,) in kept] == today
    kept = older.execute('SELECT "v ""v" FROM "o""ld"."t t" ORDER BY id').fetchall()
    assert [value for (value,) in kept] == today[:-1]
    assert older.execute("SELECT DISTINCT t FROM plain").fetchall() == [('{"b": 1, "a": 2}',)]


def test_a_file_without_such_columns_is_left_alone():
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t(a INTEGER)")
    written_in_one_way(connection)
    assert connection.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
