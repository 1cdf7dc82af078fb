"""The SQL that the unmodified Snowpark writes for its own methods."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from snowflake.snowpark import DataFrame, Session
from snowflake.snowpark.functions import col, lit, parse_json, seq4, seq8, upper
from snowflake.snowpark.functions import max as max_of
from snowflake.snowpark.functions import sum as sum_of
from snowflake.snowpark.types import IntegerType, StringType, StructField, StructType

#: As many rows as make Snowpark write a temporary table and read `SELECT * FROM (TABLE)`.
MANY = [[number, "x"] for number in range(512)]
CSV = StructType([StructField("A", IntegerType()), StructField("B", StringType())])


def _large(session: Session) -> DataFrame:
    return session.create_dataframe(MANY, schema=["a", "b"])


def _left(session: Session) -> DataFrame:
    return session.create_dataframe([[1, 5, "x"]], schema=["int", "int2", "str"])


def _right(session: Session) -> DataFrame:
    return session.create_dataframe([[1, 6, "x"]], schema=["int", "other", "str"])


def _variants(session: Session) -> DataFrame:
    rows = [[1, {"u": "ann", "n": 10}], [2, {"u": "bob", "n": 9}]]
    return session.create_dataframe(rows, schema=["id", "j"])


#: What a data frame answers, by how it is made.
FRAMES: dict[str, tuple[Callable[[Session], DataFrame], list[tuple[Any, ...]]]] = {
    "range": (lambda session: session.range(3), [(0,), (1,), (2,)]),
    "range with a step": (lambda session: session.range(1, 10, 4), [(1,), (5,), (9,)]),
    "range filtered": (lambda session: session.range(3).filter(col("id") > 1), [(2,)]),
    "range in a union": (
        lambda session: session.range(2).union_all(session.range(1)).sort("id"),
        [(0,), (0,), (1,)],
    ),
    "generator": (
        lambda session: session.generator(seq4(), seq8().as_("b"), rowcount=2),
        [(0, 0), (1, 1)],
    ),
    "table function": (
        lambda session: session.table_function("flatten", input=parse_json(lit("[7]"))).select(
            "index", "value"
        ),
        [(0, "7")],
    ),
    "flatten": (
        lambda session: session.flatten(parse_json(lit("[7]"))).select("index", "value"),
        [(0, "7")],
    ),
    "flatten of a column": (
        lambda session: (
            session.create_dataframe([[1, [7, 8]]], schema=["a", "b"])
            .flatten("b")
            .filter(col("index") == 1)
            .select("a", "value")
        ),
        [(1, "8")],
    ),
    "generator as a table function": (
        lambda session: session.table_function("generator", rowcount=lit(2)).select(seq4()),
        [(0,), (1,)],
    ),
    "large": (lambda session: _large(session).select(max_of("a")), [(511,)]),
    "large, filtered": (lambda session: _large(session).filter(col("a") > 510), [(511, "x")]),
    "large, joined": (
        lambda session: (
            _large(session)
            .join(session.range(512), col("a") == col("id"))
            .sort("id", ascending=False)
            .limit(1)
        ),
        [(511, "x", 511)],
    ),
    "large, pivoted": (
        lambda session: _large(session).pivot("b", ["x"]).sum("a"),
        [(511 * 256,)],
    ),
    "joined by name": (
        lambda session: _left(session).join(_right(session), ["int", "str"]),
        [(1, "x", 5, 6)],
    ),
    "joined by name, outer": (
        lambda session: _left(session).join(_right(session), ["int", "str"], "full"),
        [(1, "x", 5, 6)],
    ),
    "joined by name, three": (
        lambda session: (
            _left(session)
            .join(_right(session), ["int", "str"])
            .join(_left(session).select("int", lit(7).as_("more")), "int")
        ),
        [(1, "x", 5, 6, 7)],
    ),
    "joined naturally": (
        lambda session: _left(session).natural_join(_right(session).select("str", lit(8).as_("n"))),
        [("x", 1, 5, 8)],
    ),
    "names that differ in case": (
        lambda session: (
            session.create_dataframe([[1, 2]], schema=['"a"', "A"])
            .distinct()
            .filter(col("A") == 2)
            .select("A", '"a"')
        ),
        [(2, 1)],
    ),
    "joined without a condition": (
        lambda session: session.sql("select ? as a", params=[1]).join(
            session.sql("select ? as b", params=[2])
        ),
        [(1, 2)],
    ),
    "a variant filtered by a text": (
        lambda session: _variants(session).filter(col("j")["u"] == "ann").select("id"),
        [(1,)],
    ),
    "a variant filtered by texts": (
        lambda session: _variants(session).filter(col("j")["u"].isin("bob", "x")).select("id"),
        [(2,)],
    ),
    "a variant like a pattern, as text": (
        lambda session: (
            _variants(session).filter(col("j")["u"].like("a%")).select(upper(col("j")["u"]))
        ),
        [("ANN",)],
    ),
    "variants added up": (
        lambda session: _variants(session).select(sum_of(col("j")["n"]), max_of(col("id"))),
        [(19, 2)],
    ),
    "by position": (lambda session: _left(session).select("$2", "$1"), [(5, 1)]),
    "cached": (lambda session: session.range(3).cache_result().select(max_of("id")), [(2,)]),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_its_rows(session: Session, name: str):
    frame, rows = FRAMES[name]
    assert [tuple(row) for row in frame(session).collect()] == rows


@pytest.mark.parametrize(
    ("on_error", "rows"), [("continue", [(1, "x"), (3, "z")]), ("skip_file", [])]
)
def test_a_file_with_a_bad_line_is_read_as_on_error_says(
    session: Session, tmp_path: Path, on_error: str, rows: list[tuple[Any, ...]]
):
    file = tmp_path / "lines.csv"
    file.write_text("1,x\nbad,y\n3,z\n")
    session.sql("create or replace stage lines").collect()
    session.file.put(str(file), "@lines", auto_compress=False)
    read = session.read.schema(CSV).option("on_error", on_error).csv("@lines/lines.csv")
    assert [tuple(row) for row in read.collect()] == rows


def test_metadata_columns_that_snowpark_quotes_are_found(session: Session, tmp_path: Path):
    file = tmp_path / "named.csv"
    file.write_text("1,x\n")
    session.sql("create or replace stage named").collect()
    session.file.put(str(file), "@named", auto_compress=False)
    reader = session.read.with_metadata("metadata$filename", "metadata$file_row_number")
    rows = reader.schema(CSV).csv("@named/named.csv").collect()
    assert [tuple(row) for row in rows] == [("named.csv", 1, 1, "x")]
