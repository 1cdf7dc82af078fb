"""A column's DEFAULT: constants of any function, and what is computed at each INSERT."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

#: A column's type and default, and its value.
CONSTANTS: list[tuple[str, Any]] = [
    ("varchar default trim(' x ')", "x"),
    ("varchar default regexp_replace('abc', 'b', 'x')", "axc"),
    ("varchar default upper('x') || 1.0::float", "X1"),
    ("varchar default 5::float::varchar", "5"),
    ("varchar default 'it''s'", "it's"),
    ("varchar default current_user()", "SFDAG"),
    ("int default 1 + 1", 2),
    ("int default 10 / 4", 3),
    ("int default null", None),
    ("number(5,2) default -1.5", Decimal("-1.50")),
    ("number(10,2) default round(1.555, 2)", Decimal("1.56")),
    ("float default '1.5'::float", 1.5),
    ("boolean default 'yes'::boolean", True),
    ("date default to_date('2024-01-31')", dt.date(2024, 1, 31)),
    ("time default '10:00:00'", dt.time(10)),
    (
        "timestamp_ntz default '2024-01-31 10:00'::timestamp",
        dt.datetime.fromisoformat("2024-01-31 10:00"),
    ),
    ("binary default to_binary('6162')", b"ab"),
    ("variant default parse_json('{\"a\":1}')", '{"a":1}'),
    ("array default array_construct(1, 2)", "[1,2]"),
]

#: What differs at each INSERT, and what is so of two rows.
DIFFERENT = [
    ("varchar default uuid_string()", "count(distinct v) = 2"),
    ("varchar default 'id-' || uuid_string()", "count(distinct v) = 2 and min(v) like 'id-%'"),
    ("varchar default left(uuid_string(), 8)", "min(length(v)) = 8"),
    ("int default random()", "count(distinct v) = 2"),
    ("varchar default 'k' || numbers.nextval", "min(v) = 'k1' and max(v) = 'k2'"),
    ("date default current_date() + 1", "min(v) > current_date()"),
    ("varchar default to_varchar(current_timestamp(), 'YYYY')", "min(v) >= '2024'"),
    ("timestamp_tz default current_timestamp()", "max(v)::timestamp_ntz <= sysdate()"),
    ("timestamp_ntz default sysdate()", "min(v) <= sysdate()"),
    (
        "timestamp_tz default convert_timezone('Asia/Tokyo', current_timestamp())",
        "max(v) <= current_timestamp() and max(v)::varchar like '% +0900'",
    ),
    (
        "timestamp_ltz default convert_timezone('Asia/Tokyo', current_timestamp())",
        "max(v) <= current_timestamp()",
    ),
    (
        "timestamp_ntz default convert_timezone('Asia/Tokyo', current_timestamp())::timestamp_ntz",
        "max(datediff('hour', sysdate(), v)) in (8, 9)",
    ),
    (
        "timestamp_ntz default convert_timezone('Asia/Tokyo', sysdate())",
        "max(datediff('hour', sysdate(), v)) in (8, 9)",
    ),
    (
        "timestamp_ntz default convert_timezone('UTC', 'Asia/Tokyo', sysdate())",
        "max(datediff('hour', sysdate(), v)) in (8, 9)",
    ),
]


@pytest.mark.parametrize(("column", "value"), CONSTANTS)
def test_a_default_is_computed_when_the_column_is_made(sql: Asker, column: str, value: Any):
    sql(f"create table t (a int, v {column})")
    sql("insert into t(a) values (1)")
    assert sql("select v from t") == [(value,)]


@pytest.mark.parametrize(("column", "expected"), DIFFERENT)
def test_a_default_is_computed_at_each_insert(sql: Asker, column: str, expected: str):
    sql("create sequence numbers")
    sql(f"create table t (a int, v {column})")
    sql("insert into t(a) values (1), (2)")
    assert sql(f"select {expected} from t") == [(True,)]
    sql("drop table t")  # before the sequence that its default names


def test_a_column_that_is_added_has_its_default(sql: Asker):
    sql("create table t (a int)")
    sql("insert into t values (1)")
    sql("alter table t add column v varchar default trim(' q ')")
    assert sql("select v from t") == [("q",)]


@pytest.mark.parametrize(
    ("default", "named"),
    [("current_role()", "CURRENT_ROLE"), ("to_number('x')", "Numeric value 'x'")],
)
def test_a_default_that_cannot_be_is_refused_by_name(sql: Asker, default: str, named: str):
    assert named in sql.error(f"create table t (a varchar default {default})").message
