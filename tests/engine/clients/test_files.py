"""Everything that the unmodified clients do with files."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import snowflake.connector
from snowflake.connector.pandas_tools import write_pandas
from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkPandasException
from snowflake.snowpark.types import IntegerType, StringType, StructField, StructType

# pandas calls what the connector's write_pandas asks of it deprecated
pytestmark = pytest.mark.filterwarnings("ignore:is_datetime64tz_dtype:DeprecationWarning")

MOMENT = dt.datetime.fromisoformat("2024-01-02 10:00:00.123456")
CSV = StructType([StructField("A", IntegerType()), StructField("B", StringType())])


@pytest.fixture
def connection(connection):
    """With an empty stage S in its schema."""
    connection.cursor().execute("CREATE OR REPLACE STAGE s")
    return connection


@pytest.fixture
def session(connection, session) -> Session:
    """Opened when the stage is there."""
    return session


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "N": [1, 2],
            "lower name": ["x", None],
            "TS": [MOMENT, None],
            "F": [1.5, None],
            "B": [True, False],
            "L": [[1, 2], None],
        }
    )


ROWS = [(1, "x", MOMENT, 1.5, True, "[1,2]"), (2, None, None, None, False, None)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "it's a.csv"
    path.write_text("1,x\n2,y\n")
    return path


def plain(rows) -> list[tuple]:
    """Rows with arrays as they are, whatever white space their text has."""
    return [tuple(_squeezed(value) for value in row) for row in rows]


def _squeezed(value):
    return "".join(value.split()) if isinstance(value, str) and value[0] == "[" else value


def test_put_list_get_remove(session, file, tmp_path):
    [uploaded] = session.file.put(str(file), "@s/a")
    assert (uploaded.target, uploaded.status) == ("it's a.csv.gz", "UPLOADED")
    [again] = session.file.put(str(file), "@s/a")
    assert again.status == "SKIPPED"
    [over] = session.file.put(str(file), "@s/a", overwrite=True)
    assert over.status == "UPLOADED"
    assert [row["name"] for row in session.sql("LIST @s").collect()] == ["s/a/it's a.csv.gz"]
    session.file.get("@s/a", str(tmp_path / "got"))
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["it's a.csv.gz"]
    session.sql("REMOVE @s/a").collect()
    assert session.sql("LIST @s").collect() == []


def test_a_put_of_several_files(connection, tmp_path):
    for name in ("1.csv", "2.csv", "3.txt"):
        (tmp_path / name).write_text(name)
    rows = connection.cursor().execute(f"PUT 'file://{tmp_path}/*.csv' @s PARALLEL=2").fetchall()
    assert [row[1] for row in rows] == ["1.csv.gz", "2.csv.gz"]


def test_a_large_file_arrives_whole(session, tmp_path):
    content = bytes(range(256)) * 40_000
    (tmp_path / "large").write_bytes(content)
    session.file.put(str(tmp_path / "large"), "@s", auto_compress=False)
    with session.file.get_stream("@s/large") as stream:
        assert stream.read() == content


def test_streams(session):
    session.file.put_stream(io.BytesIO(b"plain"), "@s/p/x.txt", auto_compress=False)
    session.file.put_stream(io.BytesIO(b"packed"), "@s/p/y.txt")
    with session.file.get_stream("@s/p/x.txt") as stream:
        assert stream.read() == b"plain"
    with session.file.get_stream("@s/p/y.txt.gz", decompress=True) as stream:
        assert stream.read() == b"packed"


def test_getting_nothing_is_an_error(connection, tmp_path):
    with pytest.raises(snowflake.connector.Error, match="file does not exist"):
        connection.cursor().execute(f"GET @s/nothing 'file://{tmp_path}'")


def test_write_pandas(connection, frame):
    cursor = connection.cursor()
    success, chunks, count, _ = write_pandas(connection, frame, "WP", auto_create_table=True)
    assert (success, chunks, count) == (True, 1, 2)
    assert plain(cursor.execute('SELECT * FROM "WP" ORDER BY n').fetchall()) == ROWS
    assert write_pandas(connection, frame, "WP", chunk_size=1)[:3] == (True, 2, 2)
    assert write_pandas(connection, frame, "WP", bulk_upload_chunks=True)[:3] == (True, 1, 2)
    assert cursor.execute("SELECT COUNT(*) FROM wp").fetchone() == (6,)
    write_pandas(connection, frame, "WP", overwrite=True)
    write_pandas(connection, frame, "WP", overwrite=True, auto_create_table=True)
    assert cursor.execute("SELECT COUNT(*) FROM wp").fetchone() == (2,)


def test_write_pandas_belongs_to_the_transaction(connection, frame):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE tx (n INT)")
    write_pandas(connection, frame[["N"]], "TX")
    cursor.execute("BEGIN")
    cursor.execute("DELETE FROM tx")
    cursor.execute("ROLLBACK")
    assert cursor.execute("SELECT COUNT(*) FROM tx").fetchone() == (2,)


def test_write_pandas_of_what_does_not_fit_loads_nothing(connection):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE tight (n INT)")
    with pytest.raises(snowflake.connector.Error, match="'x' is not recognized"):
        write_pandas(connection, pd.DataFrame({"N": ["1", "x"]}), "TIGHT")
    assert cursor.execute("SELECT COUNT(*) FROM tight").fetchone() == (0,)


def test_times_with_a_zone(connection):
    frame = pd.DataFrame({"T": pd.to_datetime(["2024-01-01 10:00:00+02:00"])})
    write_pandas(connection, frame, "TZ", auto_create_table=True, use_logical_type=True)
    [(value,)] = connection.cursor().execute("SELECT * FROM tz").fetchall()
    assert value == dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)


def test_frames_in_snowpark(session, frame):
    written = session.write_pandas(frame, "SWP", auto_create_table=True, table_type="temp")
    assert plain(written.order_by("N").collect()) == ROWS
    assert plain(session.create_dataframe(frame).order_by("N").collect()) == ROWS


@pytest.mark.filterwarnings("ignore")  # snowpark calls its own write_arrow experimental
def test_arrow_in_snowpark(session):
    written = session.write_arrow(pa.table({"a": [1, 2]}), "WA", auto_create_table=True)
    assert written.count() == 2


@pytest.fixture
def staged(session, file) -> Session:
    session.file.put(str(file), "@s/csv/", auto_compress=False)
    return session


def test_reading_csv(staged):
    assert staged.read.schema(CSV).csv("@s/csv/").order_by("A").collect() == [(1, "x"), (2, "y")]
    filtered = staged.read.schema(CSV).option("pattern", ".*csv").csv("@s/csv/").filter("A > 1")
    assert filtered.collect() == [(2, "y")]
    inferred = staged.read.options({"INFER_SCHEMA": True}).csv("@s/csv/")
    assert [(row["c1"], row["c2"]) for row in inferred.order_by('"c1"').collect()] == [
        (1, "x"),
        (2, "y"),
    ]
    on_error = staged.read.schema(CSV).option("on_error", "continue").csv("@s/csv/")
    assert on_error.count() == 2


def test_copying_csv_into_a_new_table(staged):
    staged.sql("DROP TABLE IF EXISTS made").collect()
    [row] = staged.read.schema(CSV).csv("@s/csv/").copy_into_table("MADE")
    assert (row["status"], row["rows_loaded"]) == ("LOADED", 2)
    assert staged.table("MADE").count() == 2


def test_parquet_there_and_back(session, frame):
    written = session.create_dataframe(frame).write.copy_into_location(
        "@s/p/", file_format_type="parquet", header=True, overwrite=True
    )
    assert written[0]["rows_unloaded"] == 2
    read = session.read.parquet("@s/p/")
    assert [field.name for field in read.schema] == ["N", '"lower name"', "TS", "F", "B", "L"]
    assert plain(read.order_by("N").collect()) == ROWS


def test_json_there_and_back(session):
    rows = session.sql("SELECT OBJECT_CONSTRUCT('a', 1, 'b', 'x') AS o")
    rows.write.json("@s/j/")
    read = session.read.json("@s/j/")
    assert read.select(read["$1"]["b"].cast(StringType())).collect() == [("x",)]


def test_csv_out(session, frame):
    session.create_dataframe(frame[["N", "lower name"]]).write.csv(
        "@s/c/", header=True, format_type_options={"compression": "none"}
    )
    with session.file.get_stream("@s/c/data_0_0_0.csv") as stream:
        assert stream.read() == b"N,lower name\n1,x\n2,\\N\n"


def test_copying_files_between_stages(staged):
    assert staged.file.copy_files("@s/csv/", "@s/copy/") == ["it's a.csv"]


def test_write_pandas_into_a_table_that_is_not_there_says_so_in_snowparks_words(session, frame):
    with pytest.raises(SnowparkPandasException, match="does not exist"):
        session.write_pandas(frame, "NOT_THERE")


def test_a_frame_is_appended_to_a_table_that_is_not_there_yet(session):
    for value in (1, 2):
        rows = session.create_dataframe([[value]], schema=["a"])
        rows.write.save_as_table("appended", mode="append")
    assert plain(session.table("appended").sort("a").collect()) == [(1,), (2,)]
