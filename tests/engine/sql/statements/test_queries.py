"""Queries: what comes out, under which name and of which type."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.sessions.session import own_session
from tests.engine.sql.conftest import Asker

#: An expression and its value.
VALUES = {
    "7 / 2": 3.5,
    "2.5::int": 3,
    "-2.5::int": -3,
    "2.5::float::int": 3,
    "'2.5'::int": 3,
    "12345678901234567890123456789012345678::number(38,0)": (
        12345678901234567890123456789012345678
    ),
    "'abcdef'::varchar(3)": "abc",
    "1.0::float::varchar": "1",
    "1.50::number(10,2)::varchar": "1.50",
    "true::varchar": "true",
    "'2020-01-01'::timestamp::varchar": "2020-01-01 00:00:00.000",
    "to_char('2020-05-17'::timestamp, 'YYYY/MM/DD HH24:MI')": "2020/05/17 00:00",
    'parse_json(\'{"a": {"b": [1, "x"]}}\'):a.b[1]::varchar': "x",
    "parse_json('{\"a\": 1}'):a = 1": True,
    "parse_json('{\"a\": \"x\"}'):a = 'x'": True,
    "object_construct('a', 1, 'b', null)": '{"a":1}',
    "object_construct_keep_null('a', null)": '{"a":null}',
    "array_construct(1, 'x', null)": '[1,"x",null]',
    "array_size(array_construct(1, 2))": 2,
    "array_contains('x'::variant, array_construct('x'))": True,
    "array_to_string(array_construct(1, 'x'), '-')": "1-x",
    "get(array_construct(5, 6), 1)": "6",
    "to_decimal('2.50', 10, 2)": Decimal("2.50"),
    "try_to_number('x')": None,
    "dateadd(day, 1, '2020-01-31'::date)": date(2020, 2, 1),
    "datediff(day, '2020-01-01', '2020-01-05')": 4,
    "date_trunc('month', '2020-05-17'::date)": date(2020, 5, 1),
    "last_day('2020-02-01'::date)": date(2020, 2, 29),
    "to_timestamp_ntz('2020-01-01 10:00:00')": datetime(2020, 1, 1, 10),  # noqa: DTZ001 - NTZ
    "to_timestamp_ltz('2020-01-01 10:00:00')": datetime(2020, 1, 1, 10, tzinfo=UTC),
    "iff(1 > 0, 'yes', 'no')": "yes",
    "equal_null(null, null)": True,
    "div0(1, 0)": 0,
    "rpad('x', 3, '')": "x",
    "lpad('xyz', 2, '')": "xy",
    "convert_timezone('Asia/Tokyo', '2024-01-01 10:00:00 +0100'::timestamp_tz)::varchar": (
        "2024-01-01 18:00:00.000 +0900"
    ),
    "convert_timezone('America/New_York', '2024-07-01 00:00:00 +0000'::timestamp_tz)::varchar": (
        "2024-06-30 20:00:00.000 -0400"
    ),
    "convert_timezone('UTC', null::timestamp_tz)": None,
    "convert_timezone(null, '2024-01-01'::timestamp_tz)": None,
    "convert_timezone('America/New_York', '2024-03-10 07:30:00'::timestamp_ntz)::varchar": (
        "2024-03-10 03:30:00.000 -0400"
    ),
    "convert_timezone('America/New_York', '2024-03-10 06:30:00'::timestamp_ltz)::varchar": (
        "2024-03-10 01:30:00.000 -0500"
    ),
    "convert_timezone('Asia/Kolkata', '2024-01-01 20:00:00')::varchar": (
        "2024-01-02 01:30:00.000 +0530"
    ),
    "convert_timezone('America/New_York', '2024-01-01'::date)::varchar": (
        "2023-12-31 19:00:00.000 -0500"
    ),
    "convert_timezone('Asia/Tokyo', '2024-01-01 20:00:00'::timestamp_ltz)::date": date(2024, 1, 2),
    "hour(convert_timezone('Asia/Tokyo', '2024-01-01 20:00:00'::timestamp_ntz))": 5,
    "convert_timezone('UTC', 'Asia/Tokyo', '2024-01-01 10:00:00 +0500'::timestamp_tz)::varchar": (
        "2024-01-01 19:00:00.000"
    ),
    "convert_timezone('UTC', 'Asia/Tokyo', '2024-01-01'::timestamp)::varchar": (
        "2024-01-01 09:00:00.000"
    ),
    "cbrt(27)": 3.0,
    "cbrt(-216)": -6.0,
    "cbrt('8')": 2.0,
    "round(cbrt(2), 10)": 1.2599210499,
    "date_part(epoch, '2024-01-01 10:00:00.5'::timestamp)": 1704103200,
    "extract(epoch from '2024-01-01'::date)": 1704067200,
    "extract(epoch from '2024-01-01 10:00:00.5'::timestamp_ltz)": 1704103200,
    "date_part(epoch_millisecond, '2024-01-01 10:00:00.5'::timestamp_ltz)": 1704103200500,
    "date_part(weekiso, '2024-01-01 10:00:00'::timestamp_ltz)": 1,
    "date_part(timezone_hour, '2024-01-01 10:00:00'::timestamp_ltz)": 0,
    "date_part(year, current_timestamp()) >= 2024": True,
    "datediff(nanosecond, '00:00:00'::time, '00:00:01'::time)": 1_000_000_000,
    "datediff(ns, '2024-01-01'::date, '2024-01-02'::date)": 86_400_000_000_000,
    "datediff(nanoseconds, '2024-01-01', '2024-01-02')": 86_400_000_000_000,
    "datediff('nanoseconds', '00:00:00'::time, '00:00:01'::time)": 1_000_000_000,
    "date_trunc(nanosecond, '2024-01-01 10:00:00.5'::timestamp)::text": "2024-01-01 10:00:00.500",
    "date_trunc('ns', '10:00:00.5'::time)": time(10, 0, 0, 500_000),
    "date_part('nanoseconds', '2024-01-01 10:00:00.5'::timestamp)": 500_000_000,
    "extract(ns from '2024-01-01 10:00:00.5'::timestamp)": 500_000_000,
    "extract(epoch_seconds from '2024-01-01'::date)": 1704067200,
    "extract(doy from '2024-02-01'::date)": 32,
    "date_part(yearday, '2024-02-01'::date)": 32,
    "typeof(date_part(epoch, '2024-01-01'::date)::variant)": "INTEGER",
    "is_role_in_session('PUBLIC')": True,
    "is_role_in_session(current_role())": True,
    "is_role_in_session('NOBODYS')": False,
    "bitxor(5, 2)": 7,
    "bitshiftleft(1, 2)": 4,
    "split_part('a-b', '-', 2)": "b",
    "regexp_like('abc', 'a.*')": True,
    "'back\\\\slash'": "back\\slash",
    "$$it's$$": "it's",
}


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_has_snowflakes_value(sql: Asker, expression: str):
    assert sql(f"select {expression}") == [(VALUES[expression],)]


def test_expressions_without_an_alias_are_named_as_they_are_written(sql: Asker):
    sql("create table t (a int)")
    text = "select a, A+1, count( * ) from t group by a"
    assert sql.columns(text) == ["A", "A+1", "COUNT( * )"]


def test_a_name_given_by_its_text_can_be_selected_from_outside(sql: Asker):
    assert sql('select "COUNT(1)" from (select count(1) from (select 1 as a))') == [(1,)]


def test_declared_types_are_kept_where_a_column_is_selected_directly(sql: Asker):
    sql("create table t (s varchar(10), n number(10,2), o object, b binary(5))")
    columns = sql.result(
        "with q as (select * from (select s, n as m, o from t) x) select q.* from q"
    ).columns
    assert [(column.name, column.type, column.length, column.scale) for column in columns] == [
        ("S", SfType.TEXT, 10, None),
        ("M", SfType.FIXED, None, 2),
        ("O", SfType.OBJECT, None, None),
    ]


def test_large_numbers_keep_all_digits(sql: Asker):
    sql("create table t (n int)")
    sql("insert into t values (12345678901234567890), (12345678901234567891)")
    assert sql("select sum(n), max(n) + 1 from t") == [
        (Decimal(24691357802469135781), Decimal(12345678901234567892))
    ]


def test_names_that_differ_only_in_case_are_different_tables(sql: Asker):
    sql('create table "t" (a int)')
    sql("create table t (b int)")
    assert sql.columns('select * from "t"') == ["A"]
    assert sql.columns("select * from T") == ["B"]


def test_values_have_numbered_columns(sql: Asker):
    assert sql("select $2, column1 from values (1, 'a'), (2, 'b') order by $1") == [
        ("a", 1),
        ("b", 2),
    ]


def test_rows_are_generated_and_counted(sql: Asker):
    assert sql("select seq4() from table(generator(rowcount => 3))") == [(0,), (1,), (2,)]
    inner = "(select seq4() as x from table(generator(rowcount => 3)))"
    assert sql(f"select seq4(), x from {inner}") == [(0, 0), (1, 1), (2, 2)]


def test_arrays_are_flattened(sql: Asker):
    sql("create table t (id int, v variant)")
    sql('insert into t select 1, parse_json(\'["a","b"]\')')
    rows = sql(
        "select id, f.index, f.value::varchar from t, lateral flatten(input => v) f order by 2"
    )
    assert rows == [(1, 0, "a"), (1, 1, "b")]


def test_bound_values_come_in_the_order_they_are_written(sql: Asker):
    text = "select ?, (select ? from (select ? as x) where x = ?), ?"
    assert sql(text, 1, "b", 3, 3, None) == [(1, "b", None)]
    assert sql("select :2, :1, :2", "a", 5) == [(5, "a", 5)]


def test_a_missing_bound_value_is_an_error(sql: Asker):
    assert sql.error("select ?, ?", 1).code == 2049


def test_an_earlier_result_can_be_read_again(sql: Asker):
    sql("select 1 as a, parse_json('{\"k\": 2}') as v")
    assert sql("select a, v:k::int from table(result_scan(last_query_id()))") == [(1, 2)]
    assert sql.error("select * from table(result_scan('nothing'))").code == 709


def test_describing_a_query_runs_nothing(sql: Asker):
    sql("create sequence s")
    described = sql.session.describe("select s.nextval as n, 'x' as t")
    assert [column.name for column in described.columns] == ["N", "T"]
    assert described.rows.num_rows == 0
    assert sql("select s.nextval") == [(1,)]


def test_a_recursive_query_needs_no_keyword(sql: Asker):
    text = "with r as (select 1 as n union all select n + 1 from r where n < 3) select n from r"
    assert sql(text) == [(1,), (2,), (3,)]


def test_text_is_read_as_a_number_where_arithmetic_needs_one(sql: Asker):
    assert sql("SELECT ABS(6 - v) FROM (SELECT '4' AS v) ORDER BY -v") == [(2.0,)]
    assert sql.error("SELECT 1 - v FROM (SELECT 'x' AS v)").code == 100038
    assert sql.error("SELECT 1 - v FROM (SELECT [1] AS v)").code == 1044


def test_a_timestamp_with_its_offset_keeps_it(sql: Asker):
    sql("create table t (id int, at timestamp_tz)")
    sql("insert into t values (1, '2020-01-01 10:00:00 +02:00')")
    sql("insert into t select 2, '2020-01-01 10:00:00.5-0530'::timestamp_tz")
    sql("insert into t select 3, '2020-01-01 10:00:00'::timestamp_ntz")
    sql("create table u as select * from t")
    result = sql.result("select at, at::varchar from u order by id")
    assert result.columns[0].type is SfType.TIMESTAMP_TZ
    assert [row["offset_minutes"] for row in result.rows.column(0).to_pylist()] == [120, -330, 0]
    assert result.rows.column(1).to_pylist() == [
        "2020-01-01 10:00:00.000 +0200",
        "2020-01-01 10:00:00.500 -0530",
        "2020-01-01 10:00:00.000 +0000",
    ]
    assert sql("select count(*) from t where at < '2020-01-01 09:00:00Z'::timestamp_tz") == [(1,)]


def test_an_outer_flatten_keeps_rows_without_elements(sql: Asker):
    sql("create table t (id int, v variant)")
    sql("insert into t select 1, parse_json('{\"a\": [5]}') union all select 2, null")
    text = "select id, f.value::int from t, lateral flatten({}) f order by id"
    assert sql(text.format("input => v, path => 'a'")) == [(1, 5)]
    assert sql(text.format("outer => true, path => 'a', input => v")) == [(1, 5), (2, None)]
    assert sql(text.format("input => v, mode => 'ARRAY'")) == []


def test_a_text_is_split_into_rows(sql: Asker):
    sql("create table t (id int, s varchar)")
    sql("insert into t values (1, 'a,b')")
    rows = sql("select id, p.index, p.value from t, lateral split_to_table(s, ',') p order by 2")
    assert rows == [(1, 1, "a"), (1, 2, "b")]


def test_rows_picked_in_no_order_are_not_repeated(sql: Asker):
    sql("create table t as select column1 as a from values (1), (2), (3)")
    sql("create table one (a int)")
    sql("begin")
    sql("insert into one select a from t limit 1")
    sql.error("select 'x'::int")
    assert sql.error("commit").sqlstate == "25P02"
    sql("rollback")


def test_a_plan_is_told_under_the_users_names(sql: Asker):
    sql("create table t as select 5 as a")
    ((plan,),) = sql("explain using text select a from t where a > 1")
    assert "T" in plan
    assert "t_" not in plan
    assert "not supported" in sql.error("explain insert into t values (1)").message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("insert into nothere selekt 1", 1003),
        ("delete from t wher a = 1 1", 1003),
        ("select from where", 1003),
        ("merge into t using s on t.a = s.a when matched then delete", 2),
    ],
)
def test_explain_says_first_what_cannot_be_read(sql, text, code):
    assert sql.error(f"explain {text}").code == code


def test_a_long_text_is_not_remembered_with_its_translation(sql: Asker):
    session = own_session(sql.session)
    for characters, is_remembered in ((1_000, True), (200_000, False)):
        text = f"select length('{'x' * characters}')"
        assert sql(text) == sql(text) == [(characters,)]
        key = (text, session.relied_on)
        assert (session.shared.translations.get(key) is not None) is is_remembered


@pytest.mark.parametrize(
    ("star", "column"),
    {
        "* ilike '%_ount'": ("AMOUNT", 10, 2),
        "* replace (amount + 1 as amount)": ("AMOUNT", 11, 2),
        "* replace (1.5 as amount)": ("AMOUNT", 2, 1),
        "* exclude (other) rename (amount as sum)": ("SUM", 10, 2),
    }.items(),
)
def test_a_stars_columns_keep_their_types(sql: Asker, star: str, column: tuple[str, int, int]):
    sql("create table prices (amount number(10, 2), other varchar)")
    sql("insert into prices values (1.5, 'x')")
    found = sql.result(f"select {star} from prices").columns[0]
    assert (found.name, found.precision, found.scale) == column


def test_a_plan_names_tables_as_the_user_does(sql: Asker):
    sql("create table prices (amount number(10, 2))")
    [(plan,)] = sql("explain select * from prices a join prices b on a.amount = b.amount")
    assert "PRICES" in plan
    assert ".main" not in plan
    assert '"' not in plan
