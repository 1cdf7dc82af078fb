"""INFER_SCHEMA: the columns and types of staged files, as Snowflake names them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom

COLUMNS = "SELECT COLUMN_NAME, TYPE FROM TABLE(INFER_SCHEMA(LOCATION => '{}', FILE_FORMAT => 'f'))"


def test_parquet(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = PARQUET")
    day = dt.date(2024, 1, 2)
    moment = dt.datetime.fromisoformat("2024-01-02 03:04:05")
    table = pa.table(
        {
            "I": pa.array([1], pa.int8()),
            "f": [0.5],
            "b": [True],
            "t": ["x"],
            "d": [day],
            "ts": [moment],
            "tz": pa.array([moment], pa.timestamp("us", "UTC")),
            "n": [Decimal("1.50")],
            "a": [[1]],
            "o": [{"k": 1}],
        }
    )
    room.put_parquet("@~/p/1", table)
    room.put_parquet("@~/p/2", table.append_column("more", pa.array(["x"])))
    assert room.rows(COLUMNS.format("@~/p") + " ORDER BY ORDER_ID") == [
        ("I", "NUMBER(38, 0)"),
        ("f", "REAL"),
        ("b", "BOOLEAN"),
        ("t", "TEXT"),
        ("d", "DATE"),
        ("ts", "TIMESTAMP_NTZ"),
        ("tz", "TIMESTAMP_LTZ"),
        ("n", "NUMBER(3, 2)"),
        ("a", "ARRAY"),
        ("o", "OBJECT"),
        ("more", "TEXT"),
    ]


def test_the_whole_answer(room: StageRoom):
    room.run("CREATE STAGE s")
    room.run("CREATE FILE FORMAT f TYPE = PARQUET")
    room.put_parquet("@s/p", pa.table({"a": [1]}))
    call = "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => ?, FILE_FORMAT => ?{}))"
    assert room.rows(call.format(""), "@s", "f") == [
        ("a", "NUMBER(38, 0)", True, "$1:a::NUMBER(38, 0)", "s/p", 0)
    ]
    assert room.rows(call.format(", IGNORE_CASE => TRUE"), "@s", "f") == [
        ("A", "NUMBER(38, 0)", True, "GET_IGNORE_CASE ($1, 'A')::NUMBER(38, 0)", "s/p", 0)
    ]


def test_csv(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = CSV")
    room.put("@~/c", "1,1.25,true,2024-01-02,2024-01-02 03:04:05,x,\n-20,10,false,,,,\n")
    assert room.rows(COLUMNS.format("@~/c")) == [
        ("c1", "NUMBER(2, 0)"),
        ("c2", "NUMBER(4, 2)"),
        ("c3", "BOOLEAN"),
        ("c4", "DATE"),
        ("c5", "TIMESTAMP_NTZ"),
        ("c6", "TEXT"),
        ("c7", "TEXT"),
    ]


def test_csv_with_a_header(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = CSV PARSE_HEADER = TRUE")
    room.put("@~/c", "a,B\n1,x\n")
    assert room.rows(COLUMNS.format("@~/c")) == [("a", "NUMBER(1, 0)"), ("B", "TEXT")]


def test_json(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = JSON")
    room.put("@~/j", '{"a": 1, "b": "2024-01-02"}\n{"a": 2.5, "c": {"k": []}, "d": [1]}\n')
    assert room.rows(COLUMNS.format("@~/j")) == [
        ("a", "REAL"),
        ("b", "DATE"),
        ("c", "OBJECT"),
        ("d", "ARRAY"),
    ]


def test_no_files_no_columns(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = CSV")
    assert room.rows(COLUMNS.format("@~/nothing")) == []


def test_what_cannot_be_understood(room: StageRoom):
    for arguments in ("", "LOCATION => '@~', NO_SUCH => 1"):
        with pytest.raises(SqlError, match="INFER_SCHEMA takes LOCATION"):
            room.run(f"SELECT 1 FROM TABLE(INFER_SCHEMA({arguments}))")
