"""Every type through the real connector: as rows, as pandas, as JSON, and as bound values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from sfdag_magics.engine.borders.answers import Column, Result, SfType, StatementType
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.wire.encoding.json_rows import json_rows
from tests.engine.wire.fakes import fake_engine, one, result

UTC = dt.UTC
HALF_PAST = dt.timezone(dt.timedelta(hours=-3, minutes=-30))
TZ = pa.struct([("utc", pa.timestamp("us")), ("offset_minutes", pa.int32())])


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with fake_engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture
def engine(served):
    """One server for all of this module: each test has its own session."""
    served.opened.clear()
    return served


naive = dt.datetime.fromisoformat


def column(kind, **more):
    return Column(name="A", type=kind, **more)


def tz(text, minutes):
    return {"utc": dt.datetime.fromisoformat(text), "offset_minutes": minutes}


CASES = {
    "integer": (
        column(SfType.FIXED, precision=38, scale=0),
        pa.array([1, -(2**63), 2**63 - 1], pa.int64()),
        [1, -(2**63), 2**63 - 1],
    ),
    "wide integer": (
        column(SfType.FIXED, precision=38, scale=0),
        pa.array([Decimal(10**37), Decimal(-1)], pa.decimal128(38, 0)),
        [10**37, -1],
    ),
    "decimal": (
        column(SfType.FIXED, precision=10, scale=2),
        pa.array([Decimal("1.50"), Decimal("-0.01"), Decimal("99999999.99")], pa.decimal128(10, 2)),
        [Decimal("1.50"), Decimal("-0.01"), Decimal("99999999.99")],
    ),
    "wide decimal": (
        column(SfType.FIXED, precision=38, scale=10),
        pa.array([Decimal("1234567890123456789012345678.0000000001")], pa.decimal128(38, 10)),
        [Decimal("1234567890123456789012345678.0000000001")],
    ),
    "real": (
        column(SfType.REAL),
        pa.array([0.1, -1e300, float("inf")]),
        [0.1, -1e300, float("inf")],
    ),
    "text": (
        column(SfType.TEXT),
        pa.array(["", "a", "ünïcode 🐻‍❄️", "'\"\\\n"]),
        ["", "a", "ünïcode 🐻‍❄️", "'\"\\\n"],
    ),
    "large text": (column(SfType.TEXT), pa.array(["x"], pa.large_string()), ["x"]),
    "binary": (column(SfType.BINARY), pa.array([b"", b"\x00\xff"]), [b"", b"\x00\xff"]),
    "boolean": (column(SfType.BOOLEAN), pa.array([True, False]), [True, False]),
    "date": (
        column(SfType.DATE),
        pa.array([dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
        [dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31)],
    ),
    "time": (
        column(SfType.TIME),
        pa.array([dt.time(0), dt.time(23, 59, 59, 999999)], pa.time64("us")),
        [dt.time(0), dt.time(23, 59, 59, 999999)],
    ),
    "time of milliseconds": (
        column(SfType.TIME, scale=3),
        pa.array([dt.time(1, 2, 3, 4000)], pa.time64("us")),
        [dt.time(1, 2, 3, 4000)],
    ),
    "ntz": (
        column(SfType.TIMESTAMP_NTZ),
        pa.array(
            [naive("2024-01-02T03:04:05.678901"), naive("1969-12-31T23:59:59.000001")],
            pa.timestamp("us"),
        ),
        [naive("2024-01-02T03:04:05.678901"), naive("1969-12-31T23:59:59.000001")],
    ),
    "ntz of milliseconds": (
        column(SfType.TIMESTAMP_NTZ, scale=3),
        pa.array([naive("1969-12-31T23:59:59.001000")], pa.timestamp("us")),
        [naive("1969-12-31T23:59:59.001000")],
    ),
    "ntz of nanoseconds": (
        column(SfType.TIMESTAMP_NTZ),
        pa.array([1_700_000_000_123_456_789], pa.timestamp("ns")),
        [naive("2023-11-14T22:13:20.123456")],
    ),
    "ltz": (
        column(SfType.TIMESTAMP_LTZ),
        pa.array([dt.datetime(2024, 7, 1, 12, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        [dt.datetime(2024, 7, 1, 12, tzinfo=UTC)],
    ),
    "tz": (
        column(SfType.TIMESTAMP_TZ),
        pa.array([tz("2024-07-01T12:00:00.000001", -210), tz("1960-01-01T00:00:00.5", 330)], TZ),
        [
            dt.datetime(2024, 7, 1, 8, 30, 0, 1, tzinfo=HALF_PAST),
            dt.datetime(1960, 1, 1, 0, 0, 0, 500000, tzinfo=UTC),
        ],
    ),
    "variant": (
        column(SfType.VARIANT),
        pa.array(['{\n  "a": 1\n}', "null"]),
        ['{\n  "a": 1\n}', "null"],
    ),
    "object": (column(SfType.OBJECT), pa.array(["{}"]), ["{}"]),
    "array": (column(SfType.ARRAY), pa.array(["[\n  1\n]"]), ["[\n  1\n]"]),
}


def with_null(array):
    return pa.concat_arrays([array, pa.nulls(1, array.type)])


@pytest.fixture(params=["ARROW", "JSON"])
def form(request):
    return {"PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": request.param}


@pytest.mark.parametrize("case", CASES)
def test_values_arrive_as_they_are(engine, cursor, form, case):
    described, array, expected = CASES[case]
    engine.answers["q"] = result([described], [with_null(array)])
    rows = cursor.execute("q", _statement_params=form).fetchall()
    assert [row[0] for row in rows] == [*expected, None]


@pytest.mark.parametrize("case", CASES)
def test_a_column_of_nothing_but_nulls_arrives(engine, cursor, form, case):
    described, array, _ = CASES[case]
    for nulls in (pa.nulls(2, array.type), pa.nulls(2)):
        engine.answers["q"] = result([described], [nulls])
        assert cursor.execute("q", _statement_params=form).fetchall() == [(None,), (None,)]


@pytest.mark.parametrize("case", CASES)
def test_pandas_takes_every_type(engine, cursor, case):
    described, array, expected = CASES[case]
    engine.answers["q"] = result([described], [with_null(array)])
    frame = cursor.execute("q").fetch_pandas_all()
    assert list(frame.columns) == ["A"]
    assert len(frame) == len(expected) + 1
    assert frame["A"].isna().tolist() == [False] * len(expected) + [True]


def test_the_offset_of_a_timestamp_is_kept(engine, cursor, form):
    described, array, _ = CASES["tz"]
    engine.answers["q"] = result([described], [array])
    offsets = [row[0].utcoffset() for row in cursor.execute("q", _statement_params=form)]
    assert offsets == [dt.timedelta(minutes=-210), dt.timedelta(minutes=330)]


def test_a_number_that_fits_becomes_float_in_pandas_as_on_snowflake(engine, cursor):
    described, array, _ = CASES["decimal"]
    engine.answers["q"] = result([described], [array])
    assert cursor.execute("q").fetch_pandas_all()["A"].dtype == "float64"


def test_sliced_and_chunked_columns_arrive_whole(engine, cursor, form):
    numbers = pa.chunked_array([pa.array([Decimal(9), Decimal(1)], pa.decimal128(5, 1))] * 2)
    engine.answers["q"] = result(
        [column(SfType.FIXED, precision=5, scale=1)], [numbers.slice(1, 2)]
    )
    rows = cursor.execute("q", _statement_params=form).fetchall()
    assert rows == [(Decimal("1.0"),), (Decimal("9.0"),)]


def test_an_empty_result_has_columns_and_no_rows(engine, cursor, form):
    empty = rowset({"A": SfType.FIXED, "B": SfType.TEXT}, [])
    engine.answers["q"] = empty
    assert cursor.execute("q", _statement_params=form).fetchall() == []
    assert [meta.name for meta in cursor.description] == ["A", "B"]


def test_an_empty_result_in_pandas_keeps_its_columns(engine, cursor):
    engine.answers["q"] = rowset({"A": SfType.FIXED, "B": SfType.TEXT}, [])
    assert list(cursor.execute("q").fetch_pandas_all().columns) == ["A", "B"]


def test_many_rows_arrive(engine, cursor):
    engine.answers["q"] = rowset({"A": SfType.FIXED}, [(n,) for n in range(100_000)])
    assert sum(row[0] for row in cursor.execute("q")) == sum(range(100_000))


def test_columns_are_described(engine, cursor):
    engine.answers["q"] = result(
        [
            Column(name="N", type=SfType.FIXED, precision=10, scale=2, nullable=False),
            Column(name="T", type=SfType.TEXT, length=5),
            Column(name="U", type=SfType.TEXT),
        ],
        [pa.array([], pa.decimal128(10, 2)), pa.array([], pa.string()), pa.array([], pa.string())],
    )
    number, text, unbounded = cursor.describe("q")
    assert (number.precision, number.scale, number.is_nullable) == (10, 2, False)
    assert (text.internal_size, unbounded.internal_size) == (5, 16_777_216)
    assert engine.opened[0].executed == []


BOUND = [
    (1, 1),
    (10**30, 10**30),
    (Decimal("1.50"), Decimal("1.50")),
    (0.5, 0.5),
    ("it's", "it's"),
    (True, True),
    (None, None),
    (b"\x00\xff", b"\x00\xff"),
    (dt.date(1960, 2, 29), dt.date(1960, 2, 29)),
    (dt.time(1, 2, 3, 4), dt.time(1, 2, 3, 4)),
    (naive("1960-01-02T03:04:05.000006"), naive("1960-01-02T03:04:05.000006")),
    (
        ("TIMESTAMP_LTZ", dt.datetime(2024, 1, 2, 3, tzinfo=HALF_PAST)),
        dt.datetime(2024, 1, 2, 6, 30, tzinfo=UTC),
    ),
    (
        ("TIMESTAMP_TZ", dt.datetime(2024, 1, 2, 3, tzinfo=HALF_PAST)),
        dt.datetime(2024, 1, 2, 3, tzinfo=HALF_PAST),
    ),
    (("TIMESTAMP_NTZ", "2024-01-02"), "2024-01-02"),
    (("DATE", "2024-01-02"), "2024-01-02"),
    (("VARIANT", '{"a": 1}'), '{"a": 1}'),
]


@pytest.mark.parametrize(("sent", "arrived"), BOUND)
def test_bound_values_arrive_as_python_has_them(engine, connect, sent, arrived):
    engine.answers["q"] = one(1)
    connect(paramstyle="qmark").cursor().execute("q", (sent,))
    [(_, (value,))] = engine.opened[0].executed
    assert (value, type(value)) == (arrived, type(arrived))
    if isinstance(value, dt.datetime):
        assert value.utcoffset() == arrived.utcoffset()


def test_an_array_binding_is_one_batch(engine, connect):
    inserted = rowset(
        {"number of rows inserted": SfType.FIXED}, [(3,)], statement_type=StatementType.INSERT
    )
    engine.answers["insert into t values (?, ?)"] = inserted
    cursor = connect(paramstyle="qmark").cursor()
    cursor.executemany("insert into t values (?, ?)", [(1, "a"), (2, "b"), (3, None)])
    assert cursor.rowcount == 3
    [(_, rows)] = engine.opened[0].executed
    assert rows == ((1, "a"), (2, "b"), (3, None))


def test_an_array_of_several_types_comes_as_text(engine, connect):
    engine.answers["insert into t values (?)"] = one(1)
    connect(paramstyle="qmark").cursor().executemany(
        "insert into t values (?)", [(1,), (None,), ("b",)]
    )
    [(_, rows)] = engine.opened[0].executed
    assert rows == (("1",), (None,), ("b",))


@pytest.mark.slow
def test_ten_thousand_bound_rows_come_inline(engine, connect):
    engine.answers["insert into t values (?)"] = one(1)
    many = [(n,) for n in range(100_000)]
    connect(paramstyle="qmark").cursor().executemany("insert into t values (?)", many)
    [(_, rows)] = engine.opened[0].executed
    assert list(rows) == many


def test_a_day_has_no_year_that_json_cannot_send():
    days = pa.array([3_672_154, None, -800_000], pa.int32()).cast(pa.date32())
    answer = Result(columns=(column(SfType.DATE),), rows=pa.table({"A": days}))
    assert json_rows(answer) == [["3672154"], [None], ["-800000"]]
