"""The types of values as the unmodified clients give them to users."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest
from snowflake.snowpark import functions as fn
from snowflake.snowpark.types import (
    BooleanType,
    DateType,
    DecimalType,
    IntegerType,
    LongType,
    PandasSeriesType,
    StringType,
    StructField,
    TimeType,
)

NEW_YEAR = dt.date(2024, 1, 1)
#: Beyond 512 values Snowpark writes a table instead of a VALUES clause.
MANY = 600


@pytest.fixture
def frame(session):
    rows = [[1, Decimal("1.50"), NEW_YEAR, b"ab"], [2, Decimal("2.25"), NEW_YEAR, b"\x00\xff"]]
    return session.create_dataframe(rows, schema=["i", "n", "d", "b"])


def test_an_average_is_a_decimal(frame):
    averages = frame.agg(fn.avg("i").alias("a"))
    assert averages.schema.fields == [StructField("A", DecimalType(38, 6))]
    assert averages.collect() == [(Decimal("1.500000"),)]


def test_a_quotient_is_a_decimal(frame):
    divided = frame.sort("i").select((fn.col("i") / fn.lit(3)).alias("q"))
    assert divided.schema.fields[0].datatype == DecimalType(38, 6)
    assert [row["Q"] for row in divided.collect()] == [Decimal("0.333333"), Decimal("0.666667")]
    assert divided.to_pandas()["Q"].tolist() == [0.333333, 0.666667]


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (lambda: fn.date_add("d", 1), dt.date(2024, 1, 2)),
        (lambda: fn.date_sub("d", 1), dt.date(2023, 12, 31)),
        (lambda: fn.dateadd("month", fn.lit(1), fn.col("d")), dt.date(2024, 2, 1)),
        (lambda: fn.add_months("d", fn.lit(1)), dt.date(2024, 2, 1)),
        (lambda: fn.date_trunc("year", "d"), NEW_YEAR),
        (lambda: fn.last_day("d"), dt.date(2024, 1, 31)),
        (lambda: fn.col("d") + fn.make_interval(months=2), dt.date(2024, 3, 1)),
    ],
)
def test_a_moved_date_is_a_date(frame, moved, expected):
    dates = frame.select(moved().alias("m"))
    assert dates.schema.fields[0].datatype == DateType()
    assert [row["M"] for row in dates.collect()] == [expected] * 2


def test_bytes_come_back_as_they_went_in(session, frame):
    assert [row["B"] for row in frame.sort("i").collect()] == [b"ab", b"\x00\xff"]
    many = session.create_dataframe([[i, bytes([i % 256])] for i in range(MANY)], schema=["i", "b"])
    many.write.save_as_table("many_bytes", mode="overwrite")
    rows = session.table("many_bytes").filter(fn.col("b") == fn.lit(b"\x05")).sort("i").collect()
    assert rows == [(5, b"\x05"), (261, b"\x05"), (517, b"\x05")]


def test_a_function_without_arguments_is_called_for_each_row(session):
    session.create_dataframe([[i] for i in range(5)], schema=["a"]).write.save_as_table(
        "five", mode="overwrite"
    )
    one = fn.udf(lambda: 1, return_type=IntegerType(), input_types=[], session=session)
    assert session.table("five").select(one().alias("x")).agg(fn.sum("x")).collect() == [(5,)]
    assert session.sql("select 1").select(one()).collect() == [(1,)]
    assert session.table("five").filter(fn.col("a") == 9).select(one()).collect() == []
    drawn = fn.udf(
        lambda: __import__("random").random(),
        return_type=StringType(),
        input_types=[],
        session=session,
    )
    assert len({row[0] for row in session.table("five").select(drawn()).collect()}) == 5


def test_a_vectorised_function_without_arguments_is_told_the_rows(session):
    session.create_dataframe([[i] for i in range(5)], schema=["a"]).write.save_as_table(
        "five", mode="overwrite"
    )
    session.sql(
        """CREATE OR REPLACE FUNCTION numbered() RETURNS INT LANGUAGE PYTHON
        RUNTIME_VERSION = '3.11' PACKAGES = ('pandas') HANDLER = 'run' AS $$
import pandas
from _snowflake import vectorized

@vectorized(input=pandas.DataFrame)
def run(frame):
    return pandas.Series(range(len(frame)))
$$"""
    ).collect()
    rows = session.sql("SELECT numbered() AS x FROM five ORDER BY x").collect()
    assert rows == [(0,), (1,), (2,), (3,), (4,)]


def test_a_vectorised_function_gets_the_types_of_the_service(session):
    def told(*columns: pd.Series) -> pd.Series:
        text = " ".join(str(column.dtype) for column in columns)
        return pd.Series([text] * len(columns[0]))

    types = [IntegerType(), LongType(), LongType(), BooleanType(), DateType(), TimeType()]
    function = fn.pandas_udf(
        told,
        return_type=PandasSeriesType(StringType()),
        input_types=[PandasSeriesType(one) for one in types],
        session=session,
        packages=["pandas"],
    )
    row = [7, 1048576, 8589934592, True, NEW_YEAR, dt.time(1, 2)]
    rows = session.create_dataframe([row], schema=list("abcdef"))
    assert rows.select(function(*"abcdef")).collect() == [
        ("int16 int32 int64 boolean datetime64[ns] timedelta64[ns]",)
    ]


def test_whole_numbers_are_as_narrow_in_pandas_as_they_may_be(session):
    read = session.sql("SELECT 1 AS a, 300 AS b, 70000 AS c, 2147483648 AS d").to_pandas()
    assert [str(kind) for kind in read.dtypes] == ["int8", "int16", "int32", "int64"]
    assert read.iloc[0].tolist() == [1, 300, 70000, 2147483648]
    edges = session.sql("SELECT * FROM VALUES (-128, 127), (127, 128)").to_pandas()
    assert [str(kind) for kind in edges.dtypes] == ["int8", "int16"]
    assert edges.to_numpy().tolist() == [[-128, 127], [127, 128]]


@pytest.mark.parametrize(
    ("query", "nullable"),
    [
        ("SELECT * FROM strict", [False, True]),
        ("SELECT a AS x, b AS y FROM (SELECT * FROM strict)", [False, True]),
        ("WITH c AS (SELECT a FROM strict) SELECT a, a::VARCHAR, (a) FROM c", [False] * 3),
        ("SELECT 1, 'x', true, count(*), NULL, max(a) FROM strict", [False] * 4 + [True] * 2),
        ("SELECT l.a, r.a FROM strict l LEFT JOIN strict r ON l.a = r.b", [True, True]),
        ("SELECT l.a, r.a FROM strict l JOIN strict r ON l.a = r.b", [False, False]),
        ("SELECT a, count(*) FROM strict GROUP BY ROLLUP(a)", [True, False]),
        ("SELECT iff(a > 1, a, NULL), try_cast('1' AS INT) FROM strict", [True, True]),
        ("SELECT (SELECT a FROM strict WHERE a > 5) FROM strict", [True]),
        (
            "SELECT lag(a) OVER (ORDER BY a), row_number() OVER (ORDER BY a) FROM strict",
            [True, False],
        ),
    ],
)
def test_what_is_never_null_is_told(connection, query, nullable):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE strict(a INT NOT NULL, b INT)")
    assert [column.is_nullable for column in cursor.execute(query).description] == nullable
    assert [column.is_nullable for column in cursor.describe(query)] == nullable


def test_snowparks_schema_says_what_is_never_null(session):
    session.sql("CREATE OR REPLACE TABLE strict(a INT PRIMARY KEY, b DATE)").collect()
    assert [field.nullable for field in session.table("strict").schema] == [False, True]


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("INSERT INTO counted VALUES (2), (3)", (2, 0, 0)),
        ("UPDATE counted SET a = 5", (0, 1, 0)),
        ("DELETE FROM counted", (0, 0, 1)),
        ("DELETE FROM counted WHERE a > 9", (0, 0, 0)),
        (
            "MERGE INTO counted USING (SELECT column1 AS x FROM VALUES (1), (2)) ON a = x"
            " WHEN MATCHED THEN UPDATE SET a = 4 WHEN NOT MATCHED THEN INSERT VALUES (x)",
            (1, 1, 0),
        ),
        ("SELECT a FROM counted", (None, None, None)),
    ],
)
def test_what_a_statement_does_not_do_is_none_of_it(connection, statement, counts):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE counted(a INT)")
    cursor.execute("INSERT INTO counted VALUES (1)")
    stats = cursor.execute(statement).stats
    assert (stats.num_rows_inserted, stats.num_rows_updated, stats.num_rows_deleted) == counts


@pytest.mark.parametrize("statement", ["show schemas", "describe table shown"])
def test_what_is_shown_has_quoted_names_in_pandas_and_plain_ones_in_rows(session, statement: str):
    session.sql("create or replace temporary table shown (a int)").collect()
    frame = session.sql(statement).to_pandas()
    names = list(session.sql(statement).collect()[0].as_dict())
    assert list(frame.columns) == [f'"{name}"' for name in names]
    assert "name" in names
