"""COPY_HISTORY: which rows it has, what stands in them, and what it is asked with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom

_SINCE = "START_TIME => DATEADD(hour, -1, CURRENT_TIMESTAMP())"
HISTORY = f"TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 't', {_SINCE}))"
VIEW = "SNOWFLAKE.ACCOUNT_USAGE.COPY_HISTORY"
_FILE = [
    "FILE_NAME", "STAGE_LOCATION", "LAST_LOAD_TIME", "ROW_COUNT", "ROW_PARSED", "FILE_SIZE",
    "FIRST_ERROR_MESSAGE", "FIRST_ERROR_LINE_NUMBER", "FIRST_ERROR_CHARACTER_POS",
    "FIRST_ERROR_COLUMN_NAME", "ERROR_COUNT", "ERROR_LIMIT", "STATUS",
]  # fmt: skip
_PIPE = [
    "PIPE_CATALOG_NAME", "PIPE_SCHEMA_NAME", "PIPE_NAME", "PIPE_RECEIVED_TIME",
    "FIRST_COMMIT_TIME",
]  # fmt: skip


@pytest.fixture
def t(room: StageRoom) -> StageRoom:
    for text in ("CREATE STAGE s", "CREATE TABLE t (n INT, v VARCHAR(3))"):
        room.run(text)
    room.put("@s/in/1.csv", "1,a\n2,b\n")
    return room


def told(room: StageRoom, columns: str, source: str = HISTORY) -> list[tuple[Any, ...]]:
    return room.rows(f"SELECT {columns} FROM {source} ORDER BY file_name, last_load_time")


def test_a_file_that_was_loaded(t: StageRoom) -> None:
    before = datetime.now(UTC)
    t.run("COPY INTO t FROM @s")
    [row] = t.records(f"SELECT * FROM {HISTORY}")
    assert before <= row.pop("LAST_LOAD_TIME") == row.pop("FIRST_COMMIT_TIME") <= datetime.now(UTC)
    assert {name: value for name, value in row.items() if value is not None} == {
        "FILE_NAME": "in/1.csv",
        "STAGE_LOCATION": "SFDAG.PUBLIC.S",
        "ROW_COUNT": 2,
        "ROW_PARSED": 2,
        "FILE_SIZE": 8,
        "ERROR_COUNT": 0,
        "ERROR_LIMIT": 1,
        "STATUS": "Loaded",
        "TABLE_CATALOG_NAME": "SFDAG",
        "TABLE_SCHEMA_NAME": "PUBLIC",
        "TABLE_NAME": "T",
    }


def test_its_columns_are_those_of_the_documentation(t: StageRoom) -> None:
    function = [column.name for column in t.run(f"SELECT * FROM {HISTORY}").columns]
    names = ["TABLE_CATALOG_NAME", "TABLE_SCHEMA_NAME", "TABLE_NAME"]
    assert function == [*_FILE, *names, *_PIPE, "BYTES_BILLED"]
    view = [column.name for column in t.run(f"SELECT * FROM {VIEW}").columns]
    assert view == [
        *_FILE,
        *("TABLE_ID", "TABLE_NAME", "TABLE_SCHEMA_ID", "TABLE_SCHEMA_NAME"),
        *("TABLE_CATALOG_ID", "TABLE_CATALOG_NAME"),
        *_PIPE,
    ]


def test_what_was_wrong_with_a_file(t: StageRoom) -> None:
    t.put("@s/in/2.csv", "3,c\nx,d\ny,e\n")
    t.run("COPY INTO t FROM @s ON_ERROR = CONTINUE")
    columns = (
        "status, row_count, row_parsed, error_count, error_limit, first_error_line_number,"
        " first_error_character_pos, first_error_column_name"
    )
    assert told(t, columns) == [
        ("Loaded", 2, 2, 0, 2, None, None, None),
        ("Partially loaded", 1, 3, 2, 3, 2, 1, '"T"["N"]'),
    ]
    [_, (message,)] = told(t, "first_error_message")
    assert "'x'" in message


def test_a_file_that_was_skipped_is_told_each_time(t: StageRoom) -> None:
    t.put("@s/in/2.csv", "x,d\n")
    for _ in range(2):
        t.run("COPY INTO t FROM @s ON_ERROR = SKIP_FILE")
    assert told(t, "file_name, status, row_count, first_commit_time IS NULL") == [
        ("in/1.csv", "Loaded", 2, False),
        ("in/2.csv", "Load failed", 0, True),
        ("in/2.csv", "Load failed", 0, True),
    ]


def test_a_file_that_was_loaded_twice_is_told_twice(t: StageRoom) -> None:
    t.run("COPY INTO t FROM @s")
    t.run("COPY INTO t FROM @s")
    t.run("COPY INTO t FROM @s FORCE = TRUE")
    t.run("TRUNCATE TABLE t")
    assert told(t, "status") == [("Loaded",)] * 2


@pytest.mark.parametrize("options", ["", "FORCE = TRUE"])
def test_what_did_not_happen_is_not_told(t: StageRoom, options: str) -> None:
    t.run("BEGIN")
    t.run(f"COPY INTO t FROM @s {options}")
    assert len(told(t, "status")) == 1
    t.run("ROLLBACK")
    t.put("@s/in/2.csv", "x,d\n")
    with pytest.raises(SqlError):
        t.run("COPY INTO t FROM @s")
    assert told(t, "status") == []


_SOURCES: dict[str, tuple[Callable[[StageRoom], None], str]] = {
    "@%t": (lambda t: t.put("@%t/1.csv", "1,a\n"), "@%t"),
    "@~/d": (lambda t: t.put("@~/d/1.csv", "1,a\n"), "@~"),
    "(SELECT $1, $2 FROM @s/in)": (lambda t: None, "SFDAG.PUBLIC.S"),
}


@pytest.mark.parametrize("source", _SOURCES)
def test_where_a_file_was(t: StageRoom, source: str) -> None:
    lay, place = _SOURCES[source]
    lay(t)
    t.run(f"COPY INTO t FROM {source}")
    assert told(t, "stage_location, status") == [(place, "Loaded")]


def test_it_follows_the_table(t: StageRoom) -> None:
    t.run("CREATE TABLE other (n INT, v VARCHAR(3))")
    t.run("COPY INTO other FROM @s")
    assert told(t, "status") == []
    t.run("DROP TABLE t")
    t.run("ALTER TABLE other RENAME TO t")
    assert told(t, "table_name, status") == [("T", "Loaded")]
    t.run("CREATE OR REPLACE TABLE t (n INT, v VARCHAR(3))")
    assert told(t, "status") == told(t, "status", VIEW) == []


def test_the_view_has_every_table(t: StageRoom) -> None:
    t.run("CREATE SCHEMA more")
    t.run("CREATE TABLE public.u (n INT, v VARCHAR(3))")
    for table in ("public.t", "public.u"):
        t.run(f"COPY INTO {table} FROM @public.s")
    rows = t.records(f"SELECT * FROM {VIEW} ORDER BY table_name")
    assert [row["TABLE_NAME"] for row in rows] == ["T", "U"]
    assert len({row["TABLE_ID"] for row in rows}) == 2
    assert len({(row["TABLE_SCHEMA_ID"], row["TABLE_CATALOG_ID"]) for row in rows}) == 1


def test_the_range_of_time(t: StageRoom) -> None:
    t.run("COPY INTO t FROM @s")
    asked = "TABLE(INFORMATION_SCHEMA.COPY_HISTORY('t', '{}', END_TIME => '{}'))"
    now = datetime.now(UTC)
    hour, year = timedelta(hours=1), timedelta(days=365)
    assert told(t, "status", asked.format(now - year, now)) == [("Loaded",)]
    assert told(t, "status", asked.format(now - year, now - hour)) == []
    assert told(t, "status", asked.format(now, now + hour)) == []


def test_beyond_fourteen_days_only_the_view_tells_and_beyond_a_year_nothing(t: StageRoom) -> None:
    t.run("COPY INTO t FROM @s")
    connection = t.session.connection  # type: ignore[attr-defined]
    for days, seen in ((13, (1, 1)), (15, (0, 1)), (366, (0, 0))):
        moment = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)
        connection.execute("UPDATE registry.copies SET copied_on = ?", [moment])
        asked = HISTORY.replace("hour, -1", "year, -2")
        assert (len(told(t, "status", asked)), len(told(t, "status", VIEW))) == seen


_REFUSED = {
    f"TABLE_NAME => 'nope', {_SINCE}": "Table 'SFDAG.PUBLIC.NOPE' does not exist",
    f"TABLE_NAME => 'a b', {_SINCE}": "invalid table name 'a b'",
    "TABLE_NAME => 't'": "takes TABLE_NAME => 'table' and START_TIME => timestamp",
    _SINCE: "takes TABLE_NAME => 'table' and START_TIME => timestamp",
    "TABLE_NAME => 't', START_TIME => 'soon'": "Timestamp 'soon' is not recognized",
    f"TABLE_NAME => 't', {_SINCE}, PIPE_NAME => 'p'": "PIPE_NAME of COPY_HISTORY",
    f"TABLE_NAME => 't', {_SINCE}, NOPE => 1": "NOPE",
}


@pytest.mark.parametrize("arguments", _REFUSED)
def test_what_cannot_be_asked(t: StageRoom, arguments: str) -> None:
    with pytest.raises(SqlError) as refused:
        t.run(f"SELECT * FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY({arguments}))")
    assert _REFUSED[arguments] in refused.value.message
