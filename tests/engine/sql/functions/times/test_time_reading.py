"""TO_DATE, TO_TIME and TO_TIMESTAMP with their TRY_ forms, and casts of text to what they give."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker


def _at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - TIMESTAMP_NTZ


def _tz(minutes: int, *parts: int) -> dict[str, Any]:
    return {"utc": _at(*parts), "offset_minutes": minutes}


#: A function with its arguments and what it reads; the TRY_ form reads the same.
READ: list[tuple[str, tuple[str, ...], Any]] = [
    ("to_date", ("'2024-05-10'",), date(2024, 5, 10)),
    ("to_date", ("'2024-5-1'",), date(2024, 5, 1)),
    ("to_date", ("'05/10/2024'",), date(2024, 5, 10)),
    ("to_date", ("'17-Dec-1980'",), date(1980, 12, 17)),
    ("to_date", ("'2024-05-10 23:01:02'",), date(2024, 5, 10)),
    ("to_date", ("'31536000'",), date(1971, 1, 1)),
    ("to_date", ("'31536000000'",), date(1971, 1, 1)),
    ("to_date", ("'31536000000000'",), date(1971, 1, 1)),
    ("to_date", ("'2024-05-10'", "'AUTO'"), date(2024, 5, 10)),
    ("to_date", ("'20240510'", "'YYYYMMDD'"), date(2024, 5, 10)),
    ("to_date", ("'10.05.2024'", "'dd.mm.yyyy'"), date(2024, 5, 10)),
    ("to_date", ("'3/4/2024'", "'dd/mm/yyyy'"), date(2024, 4, 3)),
    ("to_date", ("'3-MAR-24'", "'DD-MON-YY'"), date(2024, 3, 3)),
    ("to_date", ("'3-MAR-69'", "'DD-MON-YY'"), date(2069, 3, 3)),
    ("to_date", ("'3-MAR-70'", "'DD-MON-YY'"), date(1970, 3, 3)),
    ("to_date", ("'3-MAR-1969'", "'DD-MON-YYYY'"), date(1969, 3, 3)),
    ("to_date", ("'3 march 2024'", "'DD MON YYYY'"), date(2024, 3, 3)),
    ("to_date", ("'March 3, 2024'", "'MMMM DD, YYYY'"), date(2024, 3, 3)),
    ("to_date", ("'Fri 03 May 2024'", "'DY DD MON YYYY'"), date(2024, 5, 3)),
    ("to_date", ("'2024y05'", "'YYYY\"y\"MM'"), date(2024, 5, 1)),
    ("to_date", ("'05'", "'MM'"), date(1970, 5, 1)),
    ("to_date", ("null",), None),
    ("date", ("'2024-05-10'",), date(2024, 5, 10)),
    ("date", ("'10.05.2024'", "'DD.MM.YYYY'"), date(2024, 5, 10)),
    ("to_time", ("'13:30:00'",), time(13, 30)),
    ("to_time", ("'13:30'",), time(13, 30)),
    ("to_time", ("'13:30:00.000123'",), time(13, 30, 0, 123)),
    ("to_time", ("'31536001'",), time(0, 0, 1)),
    ("to_time", ("'11.15.00'", "'HH24.MI.SS'"), time(11, 15)),
    ("to_time", ("'01:15 pm'", "'HH12:MI AM'"), time(13, 15)),
    ("time", ("'13:30:00'",), time(13, 30)),
    ("to_timestamp", ("'2013-04-05 01:02:03'",), _at(2013, 4, 5, 1, 2, 3)),
    ("to_timestamp_ntz", ("'2013-04-05T01:02:03.456'",), _at(2013, 4, 5, 1, 2, 3, 456000)),
    ("to_timestamp", ("'2013-04-05T01:02:03.123456789Z'",), _at(2013, 4, 5, 1, 2, 3, 123456)),
    ("to_timestamp", ("'2013-04-05 01:02'",), _at(2013, 4, 5, 1, 2)),
    ("to_timestamp", ("'2013-04-05 01'",), _at(2013, 4, 5, 1)),
    ("to_timestamp", ("'2013-04-05 01:02:03 +07:00'",), _at(2013, 4, 5, 1, 2, 3)),
    ("to_timestamp", ("'2/18/2008 02:36:48'",), _at(2008, 2, 18, 2, 36, 48)),
    ("to_timestamp", ("'Thu, 21 Dec 2000 16:01:07 +0200'",), _at(2000, 12, 21, 16, 1, 7)),
    ("to_timestamp", ("'Thu, 21 Dec 2000 04:01:07 PM'",), _at(2000, 12, 21, 16, 1, 7)),
    ("to_timestamp", ("'Mon Jul 08 18:09:51 +0000 2013'",), _at(2013, 7, 8, 18, 9, 51)),
    ("to_timestamp", ("'1365123723'",), _at(2013, 4, 5, 1, 2, 3)),
    ("to_timestamp", ("'1365123723004'",), _at(2013, 4, 5, 1, 2, 3, 4000)),
    ("to_timestamp", ("'1365123723004005006'",), _at(2013, 4, 5, 1, 2, 3, 4005)),
    (
        "to_timestamp",
        ("'04/05/2013 01:02:03'", "'mm/dd/yyyy hh24:mi:ss'"),
        _at(2013, 4, 5, 1, 2, 3),
    ),
    (
        "to_timestamp",
        ("'2013-04-05 01:02:03.123456789'", "'YYYY-MM-DD HH24:MI:SS.FF'"),
        _at(2013, 4, 5, 1, 2, 3, 123456),
    ),
    (
        "to_timestamp",
        ("'2013-04-05 01:02 -0730'", "'YYYY-MM-DD HH24:MI TZHTZM'"),
        _at(2013, 4, 5, 1, 2),
    ),
    (
        "to_timestamp_ltz",
        ("'2013-04-05 01:02:03 +01:00'",),
        datetime(2013, 4, 5, 0, 2, 3, tzinfo=UTC),
    ),
    (
        "to_timestamp_ltz",
        ("'05.04.2013 01:02'", "'DD.MM.YYYY HH24:MI'"),
        datetime(2013, 4, 5, 1, 2, tzinfo=UTC),
    ),
    ("to_timestamp_tz", ("'2013-04-05 01:02:03 -07:30'",), _tz(-450, 2013, 4, 5, 8, 32, 3)),
    ("to_timestamp_tz", ("'2013-04-05 01:02:03'",), _tz(0, 2013, 4, 5, 1, 2, 3)),
    ("to_timestamp_tz", ("'2013-04-05T01:02Z'",), _tz(0, 2013, 4, 5, 1, 2)),
    ("to_timestamp_tz", ("'2013-04-05 01:02:03 +2'",), _tz(120, 2013, 4, 4, 23, 2, 3)),
    ("to_timestamp_tz", ("'2013-04-05'",), _tz(0, 2013, 4, 5)),
    ("to_timestamp_tz", ("'Thu, 21 Dec 2000 16:01:07 +0200'",), _tz(120, 2000, 12, 21, 14, 1, 7)),
    (
        "to_timestamp_tz",
        ("'2013-04-05 01:02 +01:00'", "'YYYY-MM-DD HH24:MI TZH:TZM'"),
        _tz(60, 2013, 4, 5, 0, 2),
    ),
    ("to_timestamp_tz", ("null",), None),
]


def _same(found: list[tuple[Any, ...]], value: Any) -> bool:
    return all(row == (value,) for row in found) and bool(found)


@pytest.mark.parametrize(("function", "arguments", "value"), READ)
@pytest.mark.parametrize("prefix", ["", "try_"])
def test_a_text_is_read(
    calculator: Asker, prefix: str, function: str, arguments: tuple[str, ...], value: Any
):
    if not function.startswith("to_"):
        prefix = ""
    text, *format_ = arguments
    rest = "".join(f", {given}" for given in format_)
    call = f"{prefix}{function}({{}}{rest})"
    assert _same(calculator(f"select {call.format(text)}"), value)
    assert _same(calculator(f"select {call.format('column1')} from values ({text})"), value)
    computed = call.format("nvl(s, s)")
    assert _same(calculator(f"select {computed} from (select {text} as s)"), value)
    for given in format_:
        if given != "'AUTO'" and "TZ" not in given:
            bound = calculator(f"select {prefix}{function}({text}, ?)", given.strip("'"))
            assert bound == [(value,)]


#: Values of other types.
CONVERTED = {
    "to_date('2024-05-10 11:12:13'::timestamp)": date(2024, 5, 10),
    "to_date('2024-05-10 23:00:00 -05:00'::timestamp_tz)": date(2024, 5, 10),
    "to_date(parse_json('\"2024-05-10\"'))": date(2024, 5, 10),
    "to_time('2024-05-10 11:12:13'::timestamp)": time(11, 12, 13),
    "to_timestamp('2024-05-10'::date)": _at(2024, 5, 10),
    "to_timestamp('2024-05-10 23:00:00 -05:00'::timestamp_tz)": _at(2024, 5, 10, 23),
    "to_timestamp(1365123723)": _at(2013, 4, 5, 1, 2, 3),
    "to_timestamp(1365123723.5)": _at(2013, 4, 5, 1, 2, 3, 500000),
    "to_timestamp(1365123723004, 3)": _at(2013, 4, 5, 1, 2, 3, 4000),
    "to_timestamp_ntz(1365123723004005006, 9)": _at(2013, 4, 5, 1, 2, 3, 4005),
    "to_timestamp_tz(1365123723)": _tz(0, 2013, 4, 5, 1, 2, 3),
    "to_timestamp_ltz(1365123723)": datetime(2013, 4, 5, 1, 2, 3, tzinfo=UTC),
    "'04/05/2013'::date": date(2013, 4, 5),
    "'17-Dec-1980'::timestamp": _at(1980, 12, 17),
    "'2013-04-05 01:02:03 +0200'::timestamp_tz": _tz(120, 2013, 4, 4, 23, 2, 3),
    "'2024-05-10 11:12:13'::timestamp::date": date(2024, 5, 10),
    "dateadd(day, 1, to_date('2024-05-10'))": date(2024, 5, 11),
}


@pytest.mark.parametrize("expression", CONVERTED)
def test_a_value_is_converted(calculator: Asker, expression: str):
    assert calculator(f"select {expression}") == [(CONVERTED[expression],)]


#: What each strict function says of a text that it cannot read.
UNREADABLE = {
    "to_date('x')": 100040,
    "to_date('2024-13-02')": 100040,
    "to_date('infinity')": 100040,
    "to_date('10000-01-01')": 100040,
    "'-1-01-01'::date": 100040,
    "'+2024-01-01'::date": 100040,
    "to_date(5)": 100040,
    "'x'::date": 100040,
    "to_time('25:00:00')": 100108,
    "to_time('24:00:00')": 100108,
    "to_time('24:00')": 100108,
    "'24:00:00'::time": 100108,
    "to_time('2024-02-29 24:00:00')": 100108,
    "to_time('24:00', 'HH24:MI')": 100096,
    "to_time(5)": 100108,
    "'290000-01-01'::timestamp": 100035,
    "'2024-02-29 24:00:00'::timestamp": 100035,
    "'2024-02-29 24:00:00'::timestamp_ltz": 100035,
    "'2024-02-29 24:00:00'::timestamp_tz": 100035,
    "'2024-02-29T24:00:00Z'::timestamp_tz": 100035,
    "parse_json('\"24:00:00\"')::time": 100071,
    "to_timestamp('x')": 100035,
    "to_timestamp_tz('x')": 100035,
    "to_timestamp_ltz('x')": 100035,
    "to_date('2013-04-05 01:02:03 foo')": 100040,
    "to_time('2013-04-05 01:02:03 foo')": 100108,
    "to_timestamp('2013-04-05 01:02:03 foo')": 100035,
    "to_timestamp_ltz('2013-04-05 01:02:03 America/New_York')": 100035,
    "to_timestamp_tz('2013-04-05 01:02:03 PST')": 100035,
    "'2013-04-05 01:02:03 Europe/Berlin'::timestamp_tz": 100035,
    "'2013-04-05 01:02:03+25:00'::timestamp_tz": 100035,
    "'2013-04-05 01:02:03+25:00'::timestamp_ltz": 100035,
    "'Thu, 21 Dec 2000 16:01:07 +2500'::timestamp_tz": 100035,
    "parse_json('\"2013-04-05 01:02:03 foo\"')::timestamp": 100071,
    "dateadd(day, 1, '2013-04-05 01:02:03 foo')": 100035,
    "datediff(day, '2013-04-05 01:02:03 foo', '2013-04-06')": 100035,
    "to_timestamp_tz('2013-04-05 01:02:03 +2500', 'YYYY-MM-DD HH24:MI:SS TZHTZM')": 100096,
    "to_date('2024', 'YYYY-MM-DD')": 100096,
    "to_timestamp('2024-01-32', 'YYYY-MM-DD')": 100096,
}


@pytest.mark.parametrize("call", UNREADABLE)
def test_what_cannot_be_read_is_an_error(calculator: Asker, call: str):
    assert calculator.error(f"select {call}").code == UNREADABLE[call]


def test_an_unreadable_text_is_named_as_it_was_written(calculator: Asker):
    for text in ("2013-04-05 01:02:03 foo", "infinity", "x"):
        said = calculator.error(f"select '{text}'::timestamp").message
        assert said == f"Timestamp '{text}' is not recognized"


@pytest.mark.parametrize("kind", ["timestamp", "timestamp_tz", "timestamp_ltz", "date", "time"])
def test_what_is_not_read_whole_is_not_stored(sql: Asker, kind: str):
    sql(f"create table moments (at {kind})")
    sql.error("insert into moments values ('2013-04-05 01:02:03 foo')")
    sql.error("insert into moments select '2013-04-05 01:02:03 ' || 'foo'")
    sql.error("insert into moments values ('2013-04-05 24:00:00')")
    assert sql("select * from moments") == []


@pytest.mark.parametrize("value", ["5", "5.5", "true"])
def test_what_is_no_moment_is_not_stored_as_one(sql: Asker, value: str):
    sql("create table moments (at timestamp_tz)")
    said = f"Timestamp '{value}' is not recognized"
    assert sql.error(f"insert into moments select {value}").message == said
    assert sql.error(f"insert into moments values ({value})").message == said
    assert sql.error(f"select convert_timezone('UTC', {value})").message == said


@pytest.mark.parametrize(
    "call",
    [
        "try_to_date('x')",
        "try_to_date('infinity')",
        "try_to_date('2024', 'YYYY-MM-DD')",
        "try_to_time('25:00')",
        "try_to_time('24:00:00')",
        "try_to_date('10000-01-01')",
        "try_to_timestamp('2024-02-29 24:00:00')",
        "try_cast('24:00:00' as time)",
        "try_to_timestamp('x')",
        "try_to_timestamp_ntz('x', 'YYYY')",
        "try_to_timestamp_ltz('x')",
        "try_to_timestamp_tz('x')",
        "try_to_timestamp('2013-04-05 01:02:03 foo')",
        "try_to_timestamp_tz('2013-04-05 01:02:03+25:00')",
        "try_cast('x' as date)",
        "try_cast('x' as time)",
        "try_cast('x' as timestamp)",
        "try_cast('x' as timestamp_ltz)",
        "try_cast('x' as timestamp_tz)",
    ],
)
def test_a_try_gives_null_for_what_it_cannot_read(calculator: Asker, call: str):
    assert calculator(f"select {call}") == [(None,)]
    column = call.replace("'x'", "nvl(s, s)", 1)
    assert calculator(f"select {column} from (select 'x' as s)") == [(None,)]


def test_a_format_to_read_must_be_the_same_for_all_rows(calculator: Asker):
    text = "select to_date(column1, column2) from values ('2024', 'YYYY')"
    assert "format" in calculator.error(text).message


def test_the_types_of_what_is_read(calculator: Asker):
    text = "select to_date('2020-01-01'), to_time('01:02:03'), to_timestamp_tz('2020-01-01')"
    kinds = [column.type for column in calculator.result(text).columns]
    assert kinds == [SfType.DATE, SfType.TIME, SfType.TIMESTAMP_TZ]
