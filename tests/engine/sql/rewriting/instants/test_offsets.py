"""TIMESTAMP_TZ that is moved, cut off, measured and compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker, rows_of

_EAST = "'2024-03-31 23:30:00 +0530'"

#: An expression over t(z TIMESTAMP_TZ 2024-03-31 23:30 +0530, n TIMESTAMP_NTZ 2024-03-31 18:00).
VALUES: dict[str, Any] = {
    # moved and cut off on the clock of the offset
    "dateadd(day, 1, z)::varchar": "2024-04-01 23:30:00.000 +0530",
    "dateadd(hour, 1, z)::varchar": "2024-04-01 00:30:00.000 +0530",
    "dateadd(month, -1, z)::varchar": "2024-02-29 23:30:00.000 +0530",
    "dateadd(day, 1, dateadd(hour, 1, z))::varchar": "2024-04-02 00:30:00.000 +0530",
    "timestampadd(minute, 31, z)::varchar": "2024-04-01 00:01:00.000 +0530",
    "add_months(z, 1)::varchar": "2024-04-30 23:30:00.000 +0530",
    "date_trunc(day, z)::varchar": "2024-03-31 00:00:00.000 +0530",
    "date_trunc('month', z)::varchar": "2024-03-01 00:00:00.000 +0530",
    "time_slice(z, 1, 'hour')::varchar": "2024-03-31 23:00:00.000 +0530",
    "(z + interval '1 day')::varchar": "2024-04-01 23:30:00.000 +0530",
    "(z - interval '2 hours, 1 minute')::varchar": "2024-03-31 21:29:00.000 +0530",
    "(interval '1 day' + z)::varchar": "2024-04-01 23:30:00.000 +0530",
    f"dateadd(day, 1, {_EAST}::timestamp_tz)::varchar": "2024-04-01 23:30:00.000 +0530",
    "dateadd(day, 1, null::timestamp_tz)": None,
    "last_day(z)": date(2024, 3, 31),
    "next_day(z, 'mo')": date(2024, 4, 1),
    "dateadd(day, 1, z)::date": date(2024, 4, 1),
    # its parts
    "hour(z)": 23,
    "date_part(epoch_second, z)": 1711908000,
    "date_part(timezone_hour, z)": 5,
    "extract(tzm from z)": 30,
    "date_part(timezone_hour, '2024-01-01 10:00:00 -0830'::timestamp_tz)": -8,
    "date_part(timezone_minute, '2024-01-01 10:00:00 -0830'::timestamp_tz)": -30,
    # measured
    "datediff(day, z, dateadd(hour, 1, z))": 1,
    "datediff(hour, z, n)": 0,
    "datediff(minute, n, z)": 0,
    "datediff(day, z, '2024-04-02')": 2,
    "timediff(hour, z, '2024-03-31 23:30:00 +0000'::timestamp_tz)": 5,
    # compared
    "z = n": True,
    "z > '2024-03-31 18:00:00 +0000'": False,
    "z between '2024-03-31' and '2024-04-01'": True,
    "z between n and dateadd(day, 1, z)": True,
    "z in ('2024-03-31 18:00:00 +0000')": True,
    "z = '2024-03-31 20:00:00 +0200'::timestamp_tz": True,
}


@pytest.mark.parametrize("expression", VALUES)
def test_value(calculator: Asker, expression: str) -> None:
    table = f"(select {_EAST}::timestamp_tz as z, '2024-03-31 18:00:00'::timestamp_ntz as n)"
    assert calculator(f"select {expression} from {table}") == [(VALUES[expression],)]


@pytest.mark.parametrize(
    "expression",
    ["dateadd(day, 1, z)", "date_trunc(day, z)", "z + interval '1 day'", "time_slice(z, 1, 'day')"],
)
def test_it_stays_one(calculator: Asker, expression: str) -> None:
    result = calculator.result(f"select {expression} from (select {_EAST}::timestamp_tz as z)")
    assert result.columns[0].type is SfType.TIMESTAMP_TZ


def test_windows_and_groups(sql: Asker) -> None:
    sql("create table e(z timestamp_tz)")
    sql("insert into e values ('2024-01-01 23:30:00 -0800'), ('2024-01-02 00:10:00 -0800')")
    assert sql("select datediff(minute, lag(z) over (order by z), z) from e order by z") == [
        (None,),
        (40,),
    ]
    assert sql("select date_trunc(day, z)::varchar, count(*) from e group by 1 order by 1") == [
        ("2024-01-01 00:00:00.000 -0800", 1),
        ("2024-01-02 00:00:00.000 -0800", 1),
    ]


def test_written_and_changed(sql: Asker, connect: Callable[..., Asker]) -> None:
    sql("create table e(id int, z timestamp_tz default '2024-01-01 10:00:00 +0200')")
    sql("insert into e select 1, '2024-03-05 10:11:12 +0500'")
    sql("insert into e(id) values (2)")
    sql("update e set z = dateadd(day, 1, z)")
    expected = [("2024-03-06 10:11:12.000 +0500",), ("2024-01-02 10:00:00.000 +0200",)]
    assert sql("select z::varchar from e order by id") == expected
    sql("update e set z = '2024-12-25 00:00:00 +0100' where id = ?", 2)
    assert rows_of(connect().result("select z::varchar from e where id = 2")) == [
        ("2024-12-25 00:00:00.000 +0100",)
    ]


_BOUND = datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=-8, minutes=-30)))


def test_bound(sql: Asker) -> None:
    sql("create table e(id int, z timestamp_tz)")
    sql("insert into e values (1, ?)", _BOUND)
    sql.session.execute_batch("insert into e values (?, ?)", [(2, _BOUND), (3, None)])
    written = "2024-01-02 03:04:05.000 -0830"
    assert sql("select z::varchar from e order by id") == [(written,), (written,), (None,)]
    assert sql("select count(*) from e where z = ?", _BOUND.astimezone(UTC)) == [(2,)]
    result = sql.result("select dateadd(day, 1, ?)", (_BOUND,))
    assert result.columns[0].type is SfType.TIMESTAMP_TZ
    assert sql("select ?::varchar, hour(?)", _BOUND, _BOUND) == [(written, 3)]


def test_two_moments_are_not_subtracted(calculator: Asker) -> None:
    error = calculator.error(f"select {_EAST}::timestamp_tz - {_EAST}::timestamp_tz")
    assert (error.code, error.sqlstate) == (1044, "42P13")
    assert "DATEDIFF" in str(error)


_TWO_AT_ONE_INSTANT = (
    "insert into e values (1, 'a', '2024-01-01 00:00:00 +0000'),"
    " (2, 'b', '2024-01-01 01:00:00 +0100'), (3, 'b', '2024-01-02 01:00:00 +0100'), (4, 'b', null)"
)
#: What a query of instants answers, whatever offset is shown of each.
BY_INSTANT = {
    "select count(*) from e group by z order by 1": [1, 1, 2],
    "select count(*), z::varchar from e group by z order by 1": [1, 1, 2],
    "select count(*) as c, e.z from e group by 2 order by c": [1, 1, 2],
    "select count(*), z as t from e group by t having z > '2023-01-01' order by z": [2, 1],
    "select count(*), date_trunc('hour', z) from e group by all order by 1": [1, 1, 2],
    "select row_number() over (order by z), z from e group by z order by 1": [1, 2, 3],
    "select max(id), n, z from e group by n, z order by 1": [1, 2, 3, 4],
    "select count(*) from (select distinct z from e)": [3],
    "select count(*) from (select distinct * from (select z from e) order by 1)": [3],
    "with q as (select z from e union select z from e order by z) select count(*) from q": [3],
    "select count(distinct z) from e": [2],
    "select approx_count_distinct(z) from e": [2],
    "select array_size(array_agg(distinct z)) from e": [2],
    "select array_size(array_unique_agg(z)) from e": [2],
    "select array_size(array_agg(distinct z) within group (order by z desc)) from e": [2],
    "select array_agg(distinct z) within group (order by z desc)[0]::varchar from e": [
        "2024-01-02 01:00:00.000 +0100"
    ],
    "select array_size(split(listagg(distinct z, '|'), '|')) from e": [2],
    "select array_size(split(listagg(distinct z, '|') within group (order by z), '|')) from e": [2],
    "select array_size(array_agg(distinct z) over (partition by n)) from e order by 1": [
        1,
        2,
        2,
        2,
    ],
    "select array_size(array_agg(distinct z)) from e where z is null": [0],
    "select listagg(distinct z, '|') from e where false": [""],
    "select hll(z) from e": [2],
    "select rank() over (order by z) from e order by id": [1, 1, 3, 4],
    "select dense_rank() over (partition by n order by z) from e order by id": [1, 1, 2, 3],
    "select sum(id) over (order by z) from e order by id": [3, 3, 6, 10],
    "select row_number() over (order by z, id desc) from e order by id": [2, 1, 3, 4],
    "select id from e order by z, id desc": [2, 1, 3, 4],
    "select id, z as t from e order by t, id desc": [2, 1, 3, 4],
    "select id, dateadd('hour', 1, z) from e order by 2, id": [1, 2, 3, 4],
    "select decode(z, '2024-01-01 00:00:00 +0000', 'at', null, 'no', 'other') from e order by id": [
        "at",
        "at",
        "other",
        "no",
    ],
    "select decode(z, '2024-01-01 00:00:00 +0000'::timestamp_tz, 'at') from e order by id": [
        *("at", "at"),
        *(None, None),
    ],
    "select case z when '2024-01-01 02:00:00 +0200'::timestamp_tz then 'at' else 'x' end from e"
    " order by id": ["at", "at", "x", "x"],
    "select id from e where nullif(z, '2024-01-01 02:00:00 +0200'::timestamp_tz) is null"
    " order by id": [1, 2, 4],
    "select nullif(z, '2024-01-01 02:00:00 +0200')::varchar from e order by id desc limit 2": [
        None,
        "2024-01-02 01:00:00.000 +0100",
    ],
    "select nullif('2024-01-01'::timestamp_tz, nullif('2024-01-01'::timestamp_tz, z))::varchar"
    " from e order by id": [
        *("2024-01-01 00:00:00.000 +0000", "2024-01-01 00:00:00.000 +0000"),
        *(None, None),
    ],
    "select case nullif(z, '2023-12-31'::timestamp_tz) when '2024-01-01 02:00:00 +0200' then 1 end"
    " from e order by id": [1, 1, None, None],
    "select mode(z) = '2024-01-01'::timestamp_tz from e": [True],
    "select mode(z) over (partition by n)::varchar from e where id < 3 order by id": [
        "2024-01-01 00:00:00.000 +0000",
        "2024-01-01 01:00:00.000 +0100",
    ],
    "select mode(z) from e where false": [None],
    "select equal_null(z, '2024-01-01 02:00:00 +0200'::timestamp_tz) from e order by id": [
        *(True, True),
        *(False, False),
    ],
    "select equal_null(z, null) from e order by id": [False, False, False, True],
    "select z is distinct from '2024-01-01 02:00:00 +0200' from e order by id": [
        *(False, False),
        *(True, True),
    ],
    "select a.id from e a join e b on a.z is not distinct from b.z where b.id = 2 order by 1": [
        1,
        2,
    ],
    "select row_number() over (partition by z order by id) from e order by id": [1, 2, 1, 1],
    "select id from e where z in (select z from e where id = 2) order by id": [1, 2],
    "select id from e where z not in (select z from e where id = 2) order by id": [3],
    "select id from e where z = any (select z from e where id = 2) order by id": [1, 2],
    "select count(*) from (select z from e where id = 1 intersect select z from e where id = 2)": [
        1
    ],
    "select count(*) from (select z from e intersect select z from e)": [3],
    "select count(*) from (select z from e minus select z from e where id = 2)": [2],
    "select count(*) from (select z from e except select z from e where id = 4)": [2],
    "select n from (select n, z from e intersect select n, z from e where id = 2)": ["b"],
    "select count(*) from (select z from e except select z from e where id = 1"
    " union select z from e where id = 2)": [3],
    "with q as (select z from e where id = 1) select z is null from e minus"
    " (select z is null from q) order by 1": [True],
    "(select z from e where id < 3) intersect (select z from e where id > 2)": [],
    "select count(*) from e group by rollup(z) order by 1": [1, 1, 2, 4],
    "select count(*) as c from e group by rollup(z, n) order by 1": [1, 1, 1, 1, 1, 1, 2, 4],
    "select count(*) from e group by cube(z) order by 1": [1, 1, 2, 4],
    "select count(*) from e group by grouping sets ((z), (n)) order by 1": [1, 1, 1, 2, 3],
    "select count(*), z from e group by grouping sets ((n, 2), ()) order by 1": [1, 1, 1, 1, 4],
    "select count(*), z from e group by rollup(2) order by 1": [1, 1, 2, 4],
    "select grouping(z) from e group by rollup(z) order by 1": [0, 0, 0, 1],
    "select count(*) from e group by rollup(e.z) having z > '2020-01-01' order by 1": [1, 2],
    "select iff(grouping(z) = 1, 'all', to_char(z, 'YYYY')) as s from e group by rollup(z)"
    " order by s nulls last": ["2024", "2024", "all", None],
    "select count(*) from e group by n, rollup(date_trunc('day', z)) order by 1": [
        1,
        1,
        1,
        1,
        1,
        3,
    ],
}


@pytest.mark.parametrize("query", BY_INSTANT)
def test_rows_are_told_apart_by_instants(sql: Asker, query: str) -> None:
    sql("create table e(id int, n varchar, z timestamp_tz)")
    sql(_TWO_AT_ONE_INSTANT)
    assert [row[0] for row in sql(query)] == BY_INSTANT[query]


def test_a_pivot_by_an_offset_is_refused(sql: Asker) -> None:
    sql("create table e(id int, n varchar, z timestamp_tz)")
    sql(_TWO_AT_ONE_INSTANT)
    error = sql.error("select * from e pivot(max(id) for n in ('a', 'b'))")
    assert (error.code, "PIVOT beside the TIMESTAMP_TZ Z" in error.message) == (2, True)
    summed_up = "select * from (select n, z from e) pivot(max(z) for n in ('a', 'b'))"
    assert len(sql(summed_up)) == 1


def test_a_row_for_all_shows_no_moment(sql: Asker) -> None:
    sql("create table e(id int, n varchar, z timestamp_tz)")
    sql(
        "insert into e values (1, 'a', '2024-01-01 00:00:00 +0100'),"
        " (2, 'b', '2024-01-02 00:00:00 +0100')"
    )
    result = sql.result("select z, count(*) as c from e group by rollup(z) order by c desc, z")
    assert result.columns[0].type is SfType.TIMESTAMP_TZ
    written = sql(
        "select z::varchar, c from (select z, count(*) as c from e group by cube(z))"
        " order by c desc, z"
    )
    assert written == [
        (None, 2),
        ("2024-01-01 00:00:00.000 +0100", 1),
        ("2024-01-02 00:00:00.000 +0100", 1),
    ]


def test_a_group_shows_one_of_its_offsets(sql: Asker) -> None:
    sql("create table e(id int, n varchar, z timestamp_tz)")
    sql(_TWO_AT_ONE_INSTANT)
    result = sql.result("select distinct z from e order by z limit 1")
    assert [(column.name, column.type) for column in result.columns] == [("Z", SfType.TIMESTAMP_TZ)]
    assert sql("select z::varchar from (select distinct z from e) order by z limit 1")[0][0] in (
        "2024-01-01 00:00:00.000 +0000",
        "2024-01-01 01:00:00.000 +0100",
    )


@pytest.mark.parametrize(
    "condition",
    [
        "max(z) > '2023-01-01'",
        "to_char(max(z), 'YYYY TZH') = '2024 +01'",
        "dateadd(day, 1, max(z)) is not null",
        "convert_timezone('UTC', max(z)) is not null",
        "repeat(max(n), sum(id)) > ''",
        "rpad(max(n), sum(id), 'x') > ''",
    ],
)
def test_a_having_computes_what_a_select_does(sql: Asker, condition: str) -> None:
    sql("create table e(id int, n varchar, z timestamp_tz)")
    sql("insert into e select 1, 'a', '2024-01-01 00:00:00 +0100'")
    assert sql(f"select id from e group by id having {condition}") == [(1,)]
