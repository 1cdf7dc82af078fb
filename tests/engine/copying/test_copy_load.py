"""COPY INTO a table: formats, bad rows, the history, the transaction."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from contextlib import closing
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sfdag_magics.engine.borders.answers import SqlError, StatementType
from tests.engine.stage_room import StageRoom

BAD = "1,a\nx,b\n3,toolong\n4\n5,e\n"


def statuses(room: StageRoom, text: str) -> list[tuple[object, ...]]:
    return [
        (row["file"], row["status"], row["rows_parsed"], row["rows_loaded"], row["errors_seen"])
        for row in room.records(text)
    ]


@pytest.fixture
def t(room: StageRoom) -> StageRoom:
    room.run("CREATE STAGE s")
    room.run("CREATE TABLE t (n INT, v VARCHAR(3))")
    return room


def test_csv_by_position(t: StageRoom):
    t.put("@s/1.csv", "1,a\n2,\n")
    t.put("@s/2.csv", '3,"c"\n')
    assert statuses(
        t, "COPY INTO t FROM @s FILE_FORMAT = (FIELD_OPTIONALLY_ENCLOSED_BY = '\"')"
    ) == [
        ("s/1.csv", "LOADED", 2, 2, 0),
        ("s/2.csv", "LOADED", 1, 1, 0),
    ]
    assert t.rows("SELECT * FROM t ORDER BY n") == [(1, "a"), (2, None), (3, "c")]


def test_the_answer_is_that_of_a_copy(t: StageRoom):
    t.put("@s/1.csv", "1,a\n2,b\n")
    result = t.run("COPY INTO t FROM @s")
    assert (result.statement_type, result.rows_affected) == (StatementType.COPY, 2)


def test_some_columns_and_the_rest_default(t: StageRoom):
    t.run("CREATE TABLE d (a INT, b INT DEFAULT 7)")
    t.put("@s/1.csv", "1\n")
    t.run("COPY INTO d (a) FROM @s")
    assert t.rows("SELECT * FROM d") == [(1, 7)]


def test_compressed_files_are_read_by_what_they_are(t: StageRoom):
    t.put("@s/1.csv.gz", gzip.compress(b"1,a\n"))
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT * FROM t") == [(1, "a")]


def test_types_are_snowflakes(room: StageRoom):
    room.run(
        "CREATE TABLE k (n NUMBER(10,2), f FLOAT, b BOOLEAN, d DATE, t TIME, ts TIMESTAMP_NTZ,"
        " j VARIANT, x BINARY)"
    )
    room.put("@~/k", '1.5;2.5;true;2024-02-03;10:11:12;2024-02-03 10:11:12.5;{"a": 1};FF00\n')
    room.run("COPY INTO k FROM @~/k FILE_FORMAT = (FIELD_DELIMITER = ';')")
    assert room.rows("SELECT n, f, b, d, t, ts, j:a::int, x FROM k") == [
        (
            Decimal("1.50"),
            2.5,
            True,
            dt.date(2024, 2, 3),
            dt.time(10, 11, 12),
            dt.datetime.fromisoformat("2024-02-03 10:11:12.5"),
            1,
            b"\xff\x00",
        )
    ]


def test_dates_in_a_format_of_their_own(room: StageRoom):
    room.run("CREATE TABLE k (d DATE)")
    room.put("@~/k", "03/02/2024\n")
    room.run("COPY INTO k FROM @~/k FILE_FORMAT = (DATE_FORMAT = 'DD/MM/YYYY')")
    assert room.rows("SELECT d FROM k") == [(dt.date(2024, 2, 3),)]


def test_a_bad_row_is_named_and_nothing_is_loaded(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.put("@s/2.csv", BAD)
    with pytest.raises(SqlError) as raised:
        t.run("COPY INTO t FROM @s")
    assert raised.value.message.startswith(
        "Numeric value 'x' is not recognized\n  File 's/2.csv', line 2\n"
        '  Row 2, column "T"["N"]'
    )
    assert (raised.value.code, raised.value.sqlstate) == (100038, "22018")
    assert t.rows("SELECT COUNT(*) FROM t") == [(0,)]


def test_continue_leaves_bad_rows_out(t: StageRoom):
    t.put("@s/2.csv", BAD)
    assert statuses(t, "COPY INTO t FROM @s ON_ERROR = CONTINUE") == [
        ("s/2.csv", "PARTIALLY_LOADED", 5, 2, 3)
    ]
    assert t.rows("SELECT * FROM t ORDER BY n") == [(1, "a"), (5, "e")]


def test_skip_file_leaves_bad_files_out(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.put("@s/2.csv", BAD)
    assert statuses(t, "COPY INTO t FROM @s ON_ERROR = 'skip_file'") == [
        ("s/1.csv", "LOADED", 1, 1, 0),
        ("s/2.csv", "LOAD_FAILED", 5, 0, 3),
    ]
    assert statuses(t, "COPY INTO t FROM @s ON_ERROR = SKIP_FILE_4") == [
        ("s/2.csv", "PARTIALLY_LOADED", 5, 2, 3)
    ]


@pytest.mark.parametrize(
    ("definition", "content", "message"),
    [
        ("n INT NOT NULL", "\n", "NULL result in a non-nullable column"),
        ("n DATE", "never\n", "Date 'never' is not recognized"),
        ("n TIMESTAMP_NTZ", "never\n", "Timestamp 'never' is not recognized"),
        ("n BOOLEAN", "perhaps\n", "Boolean value 'perhaps' is not recognized"),
        ("n VARCHAR(2)", "abc\n", "User character length limit exceeded by string 'abc'"),
        ("n VARIANT", "{a\n", "Error parsing JSON: {a"),
        ("n INT, m INT", "1\n", r"Number of columns in file \(1\) does not match"),
    ],
)
def test_each_kind_of_bad_value_has_its_message(
    room: StageRoom, definition: str, content: str, message: str
):
    room.run(f"CREATE TABLE k ({definition})")
    room.put("@~/k", content)
    with pytest.raises(SqlError, match=message):
        room.run("COPY INTO k FROM @~/k")


def test_long_texts_are_cut_when_asked_for(t: StageRoom):
    t.put("@s/1.csv", "1,abcdef\n")
    t.run("COPY INTO t FROM @s TRUNCATECOLUMNS = TRUE")
    assert t.rows("SELECT v FROM t") == [("abc",)]


def test_a_file_is_loaded_once(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.run("COPY INTO t FROM @s")
    assert t.rows("COPY INTO t FROM @s") == [("Copy executed with 0 files processed.",)]
    t.put("@s/1.csv", "2,b\n")
    t.run("COPY INTO t FROM @s")
    t.run("COPY INTO t FROM @s FORCE = TRUE")
    assert t.rows("SELECT n FROM t ORDER BY n") == [(1,), (2,), (2,)]


def test_a_new_table_has_loaded_nothing(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.run("COPY INTO t FROM @s")
    t.run("CREATE OR REPLACE TABLE t (n INT, v VARCHAR)")
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT n FROM t") == [(1,)]


def aged(room: StageRoom, days: int) -> None:
    """Let what was loaded so far have been loaded so many days ago."""
    with closing(room.engine._store.connect()) as connection:
        connection.execute(
            "UPDATE registry.loads SET loaded_at = loaded_at - to_days(CAST(? AS INTEGER))", [days]
        )


@pytest.mark.parametrize(("days", "loaded"), [(0, 2), (63, 2), (65, 3)])
def test_a_file_is_loaded_again_when_64_days_have_passed(t: StageRoom, days: int, loaded: int):
    t.put("@s/1.csv", "1,a\n")
    t.run("COPY INTO t FROM @s")
    aged(t, days)
    t.put("@s/2.csv", "2,b\n")
    t.run("COPY INTO t FROM @s FILES = ('2.csv')")  # drops what is too old
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT COUNT(*) FROM t") == [(loaded,)]


def test_a_truncated_table_loads_its_files_again_and_an_emptied_one_does_not(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.run("COPY INTO t FROM @s")
    t.run("DELETE FROM t")
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT n FROM t") == []
    t.run("TRUNCATE TABLE t")
    t.run("COPY INTO t FROM @s")
    assert t.rows("SELECT n FROM t") == [(1,)]


def test_an_error_after_a_load_does_not_lose_it_silently(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.run("BEGIN")
    t.run("COPY INTO t FROM @s PURGE = TRUE")
    with pytest.raises(SqlError):
        t.run("INSERT INTO t SELECT CAST('x' AS INT), 'b'")
    try:
        t.run("COMMIT")
    except SqlError:  # the transaction was poisoned, and said so
        t.run("ROLLBACK")
    loaded = t.rows("SELECT n FROM t")
    assert (loaded, t.names("@s")) in [([(1,)], []), ([], ["s/1.csv"])]


def test_files_and_patterns_choose(t: StageRoom):
    for name in ("a/1.csv", "a/2.csv", "a/3.txt"):
        t.put(f"@s/{name}", f"{name[2]},a\n")
    t.run("COPY INTO t FROM @s/a FILES = ('2.csv')")
    t.run("COPY INTO t FROM @s PATTERN = '.*txt'")
    assert t.rows("SELECT n FROM t ORDER BY n") == [(2,), (3,)]
    with pytest.raises(SqlError, match=r"Remote file 's/a/9\.csv' was not found"):
        t.run("COPY INTO t FROM @s/a FILES = ('9.csv')")


def test_purge_removes_what_was_loaded(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.put("@s/2.csv", BAD)
    t.run("COPY INTO t FROM @s PURGE = TRUE ON_ERROR = SKIP_FILE")
    assert t.names("@s") == ["s/2.csv"]


def test_a_rollback_undoes_the_load_and_keeps_its_files(t: StageRoom):
    t.put("@s/1.csv", "1,a\n")
    t.run("BEGIN")
    t.run("COPY INTO t FROM @s PURGE = TRUE")
    assert t.rows("SELECT n FROM t") == [(1,)]
    t.run("ROLLBACK")
    assert t.rows("SELECT n FROM t") == []
    assert t.names("@s") == ["s/1.csv"]
    t.run("BEGIN")
    t.run("COPY INTO t FROM @s PURGE = TRUE")
    t.run("COMMIT")
    assert t.rows("SELECT n FROM t") == [(1,)]
    assert t.names("@s") == []


def test_a_failed_copy_leaves_the_transaction_intact(t: StageRoom):
    t.put("@s/1.csv", BAD)
    t.run("BEGIN")
    t.run("INSERT INTO t VALUES (0, 'z')")
    with pytest.raises(SqlError, match="Numeric value"):
        t.run("COPY INTO t FROM @s")
    t.run("COMMIT")
    assert t.rows("SELECT n FROM t") == [(0,)]


def test_json_into_one_variant_column(room: StageRoom):
    room.run("CREATE TABLE j (c VARIANT)")
    room.put("@~/j", '{"a": 1}\n{"a": [2, null]}')
    room.run("COPY INTO j FROM @~/j FILE_FORMAT = (TYPE = JSON)")
    assert room.rows("SELECT c:a::varchar FROM j") == [("1",), ("[2,null]",)]
    room.put("@~/a", '[{"a": 1}, {"a": 2}]')
    room.run("COPY INTO j FROM @~/a FILE_FORMAT = (TYPE = JSON STRIP_OUTER_ARRAY = TRUE)")
    assert room.rows("SELECT COUNT(*) FROM j") == [(4,)]


def test_fields_of_documents_become_the_columns_types_without_casts(room: StageRoom):
    room.run("CREATE TABLE j (a VARCHAR, n INT, d DATE, o VARIANT)")
    room.put("@~/j", '{"a": "x", "n": 1, "d": "2024-02-03", "o": "y"}\n{"a": null, "o": null}\n')
    room.run(
        "COPY INTO j FROM (SELECT $1:a, $1:n, $1:d, $1:o FROM @~/j) FILE_FORMAT = (TYPE = JSON)"
    )
    assert room.rows("SELECT a, n, d, o::varchar FROM j ORDER BY n NULLS LAST") == [
        ("x", 1, dt.date(2024, 2, 3), "y"),
        (None, None, None, None),
    ]
    room.run("UPDATE j SET a = o WHERE n = 1")
    assert room.rows("SELECT a FROM j WHERE n = 1") == [("y",)]


def test_json_that_is_none_names_the_line(room: StageRoom):
    room.run("CREATE TABLE j (c VARIANT)")
    room.put("@~/j", '{"a": 1}\n{a}')
    with pytest.raises(SqlError, match=r"Error parsing JSON.*\n.*File 'j', line 2"):
        room.run("COPY INTO j FROM @~/j FILE_FORMAT = (TYPE = JSON)")


def test_json_into_several_columns_needs_names(t: StageRoom):
    t.put("@s/j", '{"N": 1, "v": "a", "x": 0}')
    with pytest.raises(SqlError, match="JSON file format can produce one and only one column"):
        t.run("COPY INTO t FROM @s FILE_FORMAT = (TYPE = JSON)")
    t.run("COPY INTO t FROM @s FILE_FORMAT=(TYPE=JSON) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE")
    assert t.rows("SELECT * FROM t") == [(1, "a")]
    t.run(
        "COPY INTO t FROM @s FILE_FORMAT=(TYPE=JSON) FORCE = TRUE"
        " MATCH_BY_COLUMN_NAME = CASE_SENSITIVE"
    )
    assert t.rows("SELECT * FROM t WHERE v IS NULL") == [(1, None)]


def test_parquet_by_name(t: StageRoom):
    t.put_parquet("@s/p", pa.table({"v": ["a", "b"], "n": [1, 2]}))
    t.run("COPY INTO t FROM @s FILE_FORMAT=(TYPE=PARQUET) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE")
    assert t.rows("SELECT * FROM t ORDER BY n") == [(1, "a"), (2, "b")]


def test_csv_by_name_from_its_header(t: StageRoom):
    t.put("@s/c", "v,N\na,1\n")
    t.run(
        "COPY INTO t FROM @s FILE_FORMAT=(TYPE=CSV PARSE_HEADER=TRUE)"
        " MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE"
    )
    assert t.rows("SELECT * FROM t") == [(1, "a")]


def test_a_query_over_parquet_keeps_the_files_types(room: StageRoom):
    moment = dt.datetime.fromisoformat("2024-01-02 03:04:05.000006")
    table = pa.table(
        {
            "i": pa.array([2**60, None], pa.int64()),
            "f": [float("inf"), 0.1],
            "b": [True, None],
            "ts": [moment, None],
            "d": [dt.date(2024, 1, 2), None],
            "n": pa.array([Decimal("1.50"), None]),
            "x": [b"\xff\xfe", None],
            "a": [[1, 2], None],
            "s": ["it's", ""],
        }
    )
    room.put_parquet("@~/p", table)
    room.run(
        "CREATE TABLE k (i INT, f FLOAT, b BOOLEAN, ts TIMESTAMP_NTZ, d DATE, n NUMBER(5,2),"
        " x BINARY, a ARRAY, s VARCHAR)"
    )
    fields = ", ".join(f'$1:"{name}"' for name in table.schema.names)
    room.run(
        f"COPY INTO identifier(?) FROM (SELECT {fields} FROM '@~/p')"
        " FILE_FORMAT=(TYPE=PARQUET USE_VECTORIZED_SCANNER=False BINARY_AS_TEXT=FALSE)"
        " PURGE=TRUE ON_ERROR=?",
        "K",
        "abort_statement",
    )
    assert room.rows("SELECT i, f, b, ts, d, n, x, a[1]::int, s FROM k ORDER BY i NULLS LAST") == [
        (2**60, float("inf"), True, moment, moment.date(), Decimal("1.50"), b"\xff\xfe", 2, "it's"),
        (None, 0.1, None, None, None, None, None, None, ""),
    ]


def test_a_query_transforms(t: StageRoom):
    t.put("@s/1.csv", "a,1,x\nb,2,y\n")
    t.run(
        "COPY INTO t (v, n) FROM (SELECT UPPER(f.$1), f.$2::INT + 10 FROM @s f) PATTERN = '.*csv'"
    )
    assert t.rows("SELECT * FROM t ORDER BY n") == [(11, "A"), (12, "B")]


def test_a_query_with_bad_rows_only_aborts(t: StageRoom):
    t.put("@s/1.csv", BAD)
    with pytest.raises(SqlError, match="ON_ERROR = CONTINUE of a COPY with a query"):
        t.run("COPY INTO t FROM (SELECT $1, $2 FROM @s) ON_ERROR = CONTINUE")
    assert t.rows("SELECT * FROM t") == []


@pytest.mark.parametrize(
    "statement",
    [
        "COPY INTO t FROM (SELECT 1)",
        "COPY INTO t FROM @s VALIDATION_MODE = RETURN_ERRORS",
        "COPY INTO t FROM @s NO_SUCH = 1",
        "COPY INTO t FROM @s ON_ERROR = PERHAPS",
        "COPY INTO t (nothing) FROM @s",
        "COPY INTO nothing FROM @s",
        "COPY INTO t FROM 's3://bucket/x'",
        "COPY INTO t FROM '/etc/passwd'",
        "COPY INTO t FROM t",
    ],
)
def test_what_cannot_be_done_is_an_error(t: StageRoom, statement: str):
    t.put("@s/1.csv", "1,a\n")
    with pytest.raises(SqlError):
        t.run(statement)
    assert t.rows("SELECT * FROM t") == []


def test_a_file_that_is_no_parquet(t: StageRoom):
    t.put("@s/p", "no parquet")
    with pytest.raises(SqlError, match="Error parsing the Parquet file"):
        t.run("COPY INTO t FROM (SELECT $1:n, $1:v FROM @s) FILE_FORMAT = (TYPE = PARQUET)")


def test_parquet_files_of_one_load_may_differ_in_columns(t: StageRoom):
    t.put_parquet("@s/1", pa.table({"n": [1]}))
    t.put_parquet("@s/2", pa.table({"n": [2], "v": ["b"]}))
    t.run("COPY INTO t FROM (SELECT $1:n, $1:v FROM @s) FILE_FORMAT = (TYPE = PARQUET)")
    assert t.rows("SELECT * FROM t ORDER BY n") == [(1, None), (2, "b")]


def test_what_was_written_is_parquet_that_others_read(t: StageRoom):
    t.run("INSERT INTO t VALUES (1, 'a')")
    t.run("COPY INTO @s/out/ FROM t FILE_FORMAT = (TYPE = PARQUET) HEADER = TRUE")
    read = pq.read_table(io.BytesIO(t.content("@s/out/data_0_0_0.snappy.parquet")))
    assert [tuple(row.values()) for row in read.to_pylist()] == [(1, "a")]
