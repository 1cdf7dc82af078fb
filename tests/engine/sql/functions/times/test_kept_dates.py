"""DATE that stays DATE, and when it becomes a TIMESTAMP, as Snowflake documents it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.engine.sql.conftest import Asker

LEAP_DAY = "2024-02-29"


@pytest.fixture(scope="module")
def dates(calculator: Asker) -> Asker:
    calculator("CREATE TABLE t(d DATE, ts TIMESTAMP_NTZ, i INT)")
    row = f"'{LEAP_DAY}'::DATE, '{LEAP_DAY} 10:20:30'::TIMESTAMP_NTZ, 2"
    calculator(f"INSERT INTO t SELECT {row}")
    return calculator


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("dateadd(day, 1, d)", "2024-03-01"),
        ("dateadd(day, i, d)", "2024-03-02"),
        ("dateadd(day, i + 1, d)", "2024-03-03"),
        ("dateadd('month', 1, d)", "2024-03-29"),
        ("dateadd(year, 1, d)", "2025-02-28"),
        ("dateadd(quarter, -1, d)", "2023-11-29"),
        ("timestampadd(week, 1, d)", "2024-03-07"),
        ("timeadd(month, 1, d)", "2024-03-29"),
        ("add_months(d, 1)", "2024-03-31"),
        ("last_day(d)", "2024-02-29"),
        ("last_day(ts, 'year')", "2024-12-31"),
        ("next_day(d, 'mo')", "2024-03-04"),
        ("next_day(d, 'Monday ')", "2024-03-04"),
        ("previous_day(d, 'mo')", "2024-02-26"),
        ("date_trunc('month', d)", "2024-02-01"),
        ("trunc(d, 'year')", "2024-01-01"),
        ("dateadd(month, -1, date_trunc('month', d))", "2024-01-01"),
        ("d + 1", "2024-03-01"),
        ("d - i", "2024-02-27"),
        ("d + INTERVAL '1 month'", "2024-03-29"),
        ("d - INTERVAL '2 days'", "2024-02-27"),
        ("d + INTERVAL '1 year, 3 quarters'", "2025-11-28"),
        ("d + INTERVAL '2 w, 1 d'", "2024-03-15"),
        ("d + INTERVAL '1 month' + 1", "2024-03-30"),
        ("d + 1 + INTERVAL '1 month'", "2024-04-01"),
        ("d + INTERVAL '1 month' + i", "2024-03-31"),
        ("d + INTERVAL '1 month, 1 day' + 1", "2024-03-31"),
        ("d + INTERVAL '1 month' - INTERVAL '1 day' - 1", "2024-03-27"),
        ("INTERVAL '1 month' + d + 1", "2024-03-30"),
        ("max(d) OVER () + INTERVAL '1 week' + 1", "2024-03-08"),
        ("1 + d", "2024-03-01"),
        ("iff(i > 1, d, NULL) + INTERVAL '1 day'", "2024-03-01"),
        ("dateadd(day, 1, coalesce(d, CURRENT_DATE))", "2024-03-01"),
        ("dateadd(day, 1, greatest(d, '2024-01-01'::DATE))", "2024-03-01"),
        ("dateadd(day, 1, max(d) OVER ())", "2024-03-01"),
        ("dateadd(day, 1, ts::DATE)", "2024-03-01"),
        ("dateadd(day, 1, to_date(ts))", "2024-03-01"),
        ("dateadd(day, 1, date_from_parts(2024, 2, 29))", "2024-03-01"),
    ],
)
def test_a_date_stays_a_date(dates: Asker, expression: str, value: str):
    assert dates(f"SELECT {expression} FROM t") == [(dt.date.fromisoformat(value),)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("dateadd(hour, 1, d)", "2024-02-29 01:00:00"),
        ("timestampadd(minute, 90, d)", "2024-02-29 01:30:00"),
        ("d + INTERVAL '1 hour'", "2024-02-29 01:00:00"),
        ("d + INTERVAL '1 day, 1 second'", "2024-03-01 00:00:01"),
        ("dateadd(day, 1, ts)", "2024-03-01 10:20:30"),
        ("ts + INTERVAL '1 month'", "2024-03-29 10:20:30"),
        ("ts - INTERVAL '1 d, 20 minutes'", "2024-02-28 10:00:30"),
        ("add_months(ts, 1)", "2024-03-31 10:20:30"),
        ("date_trunc('month', ts)", "2024-02-01 00:00:00"),
        ("date_trunc('hour', ts)", "2024-02-29 10:00:00"),
        ("dateadd(day, 1, coalesce(d, ts))", "2024-03-01 00:00:00"),
        ("INTERVAL '1 hour' + ts", "2024-02-29 11:20:30"),
    ],
)
def test_what_has_a_time_is_a_timestamp(dates: Asker, expression: str, value: str):
    assert dates(f"SELECT {expression} FROM t") == [(dt.datetime.fromisoformat(value),)]


@pytest.mark.parametrize(
    "expression", ["ts + 1", "ts + INTERVAL '1 hour' + 1", "d + INTERVAL '1 hour' + 1", "ts - ts"]
)
def test_a_number_is_no_time(dates: Asker, expression: str):
    assert "Invalid argument types" in dates.error(f"SELECT {expression} FROM t").message


@pytest.mark.parametrize(
    "query",
    [
        "SELECT dateadd(day, 1, column1) FROM VALUES ('2024-02-29'::DATE), (NULL)",
        'SELECT dateadd(day, 1, "A") FROM (SELECT $1 AS "A" FROM VALUES (DATE \'2024-02-29\'))',
        "WITH c AS (SELECT d AS e FROM t) SELECT e + INTERVAL '1 day' FROM c",
        "SELECT dateadd(day, 1, x) FROM (SELECT d AS x FROM t UNION ALL SELECT d FROM t)",
        "SELECT d AS e, dateadd(day, 1, e) FROM t",
    ],
)
def test_dates_are_followed_through_queries(dates: Asker, query: str):
    assert dt.date(2024, 3, 1) in dates(query)[0]


@pytest.mark.parametrize(
    "condition",
    [
        "z = '2024-01-01 08:00:00 +0000'::TIMESTAMP_TZ",
        "z <> '2024-01-01 10:00:00 +0000'::TIMESTAMP_TZ",
        "z < current_timestamp()",
        "z > '2024-01-01 07:00:00'::TIMESTAMP_NTZ",
        "z > '2024-01-01'",
        "z BETWEEN '2024-01-01'::DATE AND current_timestamp()",
        "z IN (SELECT z FROM v)",
    ],
)
def test_moments_with_offsets_are_compared_as_instants(dates: Asker, condition: str):
    query = "WITH v AS (SELECT '2024-01-01 10:00:00 +0200'::TIMESTAMP_TZ AS z)"
    assert dates(f"{query} SELECT count(*) FROM v WHERE {condition}") == [(1,)]


@pytest.mark.parametrize(
    ("first", "second", "months"),
    [
        ("'2024-02-29'::DATE", "'2024-01-31'::DATE", "1.000000"),
        ("'2019-03-01'::DATE", "'2019-02-15'::DATE", "0.548387"),
        ("'2019-02-15'::DATE", "'2019-04-15'::DATE", "-2.000000"),
        ("'2020-05-01 13:11:20'::TIMESTAMP", "'2020-08-21 01:30:05'::TIMESTAMP", "-3.629452"),
    ],
)
def test_months_between_are_counted_in_days_of_31(
    dates: Asker, first: str, second: str, months: str
):
    assert str(dates(f"SELECT months_between({first}, {second})")[0][0]) == months


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("year('2024-02-03')", 2024),
        ("month(to_varchar(ts))", 2),
        ("dayname('2024-02-03')", "Sat"),
        ("date_part(day, '2024-02-03')", 3),
        ("hour('2024-01-01 10:00:00 +0200'::TIMESTAMP_TZ)", 10),
        ("extract(year FROM '2024-01-01 00:30:00 +0200'::TIMESTAMP_TZ)", 2024),
    ],
)
def test_parts_of_texts_and_of_moments_with_offsets(
    dates: Asker, expression: str, value: int | str
):
    assert dates(f"SELECT {expression} FROM t") == [(value,)]


@pytest.mark.parametrize(
    "expression",
    [
        *("dateadd(day, 1, null)", "dateadd(day, null, d)", "timestampadd(hour, null, null)"),
        *("add_months(null, 1)", "date_trunc('day', null)", "time_slice(null, 1, 'day')"),
        *("year(null)", "hour(null)", "extract(year FROM null)", "date_part(epoch, null)"),
        *("next_day(null, 'mo')", "last_day(null)", "months_between(null, null)"),
        *("null + interval '1 day'", "null - null", "null / null", "datediff(day, null, d)"),
        *("datediff(day, null, null)", "datediff(ns, null, null)", "last_day(null, 'year')"),
    ],
)
def test_of_a_moment_that_is_not_known_nothing_is(dates: Asker, expression: str):
    assert dates(f"SELECT {expression} FROM t") == [(None,)]


def test_days_between_dates_are_whole_numbers(dates: Asker):
    assert dates("SELECT d - '2024-01-01'::DATE, datediff(day, d, d + 5) FROM t") == [(59, 5)]


def test_a_table_made_of_moved_dates_has_dates(dates: Asker):
    dates("CREATE TABLE made AS SELECT dateadd(month, 1, d) AS a, d + INTERVAL '1 day' AS b FROM t")
    assert [row[1] for row in dates("DESCRIBE TABLE made")] == ["DATE", "DATE"]
    assert dates("SELECT a::VARCHAR FROM made") == [("2024-03-29",)]


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("dateadd(day, {}, d)", "2024-03-02"),
        ("dateadd(month, {}, d)", "2024-04-29"),
        ("timestampadd(week, {}, d)", "2024-03-14"),
        ("add_months(d, {})", "2024-04-30"),
        ("dateadd(hour, {}, ts)", "2024-02-29 12:20:30"),
        ("timeadd(second, {}, ts)", "2024-02-29 10:20:32"),
        ("add_months(ts, {})", "2024-04-30 10:20:30"),
        ("dateadd(hour, {}, ts::timestamp_ltz)::timestamp_ntz", "2024-02-29 12:20:30"),
        ("dateadd(hour, {}, ts::timestamp_tz)::timestamp_ntz", "2024-02-29 12:20:30"),
    ],
)
@pytest.mark.parametrize("count", ["1.6", "1.5", "2.4", "1.5::float", "i - 0.5", "'1.6'"])
def test_units_are_added_as_the_nearest_whole_number(
    dates: Asker, call: str, count: str, value: str
):
    """Docs: ADD_MONTHS, num_months_expr."""
    (found,) = dates(f"SELECT {call.format(count)} FROM t")[0]
    assert str(found) == value


def test_less_than_nothing_is_rounded_away_from_it(calculator: Asker):
    day = f"'{LEAP_DAY}'::date"
    assert calculator(
        f"SELECT dateadd(day, -1.5, {day}), add_months({day}, column1) from values (-0.5)"
    ) == [(dt.date(2024, 2, 27), dt.date(2024, 1, 31))]


def test_a_date_is_sliced_by_days(calculator: Asker):
    day = "'2024-03-07'::date"
    slices = f"time_slice({day}, 2, 'WEEK')::varchar, time_slice({day}, 4, 'MONTH', 'END')::varchar"
    assert calculator(f"select {slices}") == [("2024-02-26", "2024-05-01")]
    assert "TIME_SLICE" in calculator.error(f"select time_slice({day}, 1, 'HOUR')").message


@pytest.mark.parametrize(
    "call", ["date_trunc('decade', d)", "date_part('decade', d)", "extract(century from d)"]
)
def test_parts_of_other_systems_are_refused(calculator: Asker, call: str):
    error = calculator.error(f"select {call} from (select current_date as d)")
    assert "is not a valid date/time component" in error.message
