"""TIME(n) and TIMESTAMP(n): the digits of a second that a type has, in casts and in columns."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

MICROSECOND = 123_456


def _at(microsecond: int) -> datetime:
    return datetime(2024, 3, 5, 14, 7, 9, microsecond)  # noqa: DTZ001 - TIMESTAMP_NTZ


def _value(kind: str, microsecond: int) -> Any:
    moment = _at(microsecond)
    return {
        "time": moment.time(),
        "timestamp_ntz": moment,
        "timestamp_ltz": moment.replace(tzinfo=UTC),
        "timestamp_tz": {"utc": moment.replace(hour=12), "offset_minutes": 120},
    }[kind]


def _text(kind: str) -> str:
    date = "" if kind == "time" else "2024-03-05 "
    offset = " +0200" if kind == "timestamp_tz" else ""
    return f"{date}14:07:09.{MICROSECOND}{offset}"


KINDS = ("time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz")
#: Digits, and the microseconds that are left (scale 9 keeps microseconds).
CUT = {0: 0, 1: 100_000, 3: 123_000, 5: 123_450, 6: MICROSECOND, 9: MICROSECOND}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("digits", CUT)
def test_casts(calculator: Asker, kind: str, digits: int) -> None:
    text, value = _text(kind), _value(kind, CUT[digits])
    wanted = f"{kind}({digits})"
    found = calculator.result(
        f"select '{text}'::{wanted}, try_cast('{text}' as {wanted}), column1::{wanted},"
        f" column1::{kind}::{wanted}, to_variant('{text}')::{wanted}, null::{wanted}"
        f" from values ('{text}')"
    )
    assert [found.rows.column(index)[0].as_py() for index in range(6)] == [*[value] * 5, None]
    assert {column.scale for column in found.columns} == {digits}


@pytest.mark.parametrize("kind", KINDS)
def test_columns(sql: Asker, kind: str) -> None:
    """However a value comes into a column, also as what stands there without one."""
    text, wanted = _text(kind), f"{kind}(3)"
    sql(f"create table t(id int, x {wanted}, d {wanted} default '{text}')")
    sql(f"insert into t(id, x) values (1, '{text}'), (2, '{text}'::{kind}), (3, null)")
    sql(f"insert into t(id, x, d) select 4, '{text}', '{text}'")
    sql("insert into t(id, x) values (5, ?)", text)
    sql(f"update t set x = '{text}' where id = 3")
    sql(
        f"merge into t using (select 6 as id, '{text}'::{kind} as x) s on t.id = s.id"
        " when not matched then insert (id, x) values (s.id, s.x)"
    )
    sql(
        f"merge into t using (select 5 as id, '{text}'::{kind} as x) s on t.id = s.id"
        " when matched then update set x = s.x"
    )
    sql(f"create table made(id int, x {wanted}) as select 7, '{text}'")
    sql(f"alter table made add column d {wanted} default '{text}'")
    sql(f"insert into t select 8, '{text}'::{wanted}, '{text}'")
    found = sql.result("select * from t union all select * from made order by 1")
    value = _value(kind, 123_000)
    rows = list(zip(*(column.to_pylist() for column in found.rows.columns), strict=True))
    assert rows == [(number, value, value) for number in range(1, 9)]
    assert [column.scale for column in found.columns][1:] == [3, 3]
    assert sql("describe table t")[1][1] == f"{kind.upper()}(3)"


def test_a_query_with_a_cast_makes_a_column_of_its_type(sql: Asker) -> None:
    sql("create table t as select '2024-03-05 14:07:09.987'::timestamp_ntz(0) x")
    assert sql("describe table t")[0][1] == "TIMESTAMP_NTZ(0)"
    sql("insert into t values ('2024-03-05 14:07:09.5')")
    assert sql("select * from t") == [(_at(0),), (_at(0),)]


def test_now_as_a_default_has_the_digits_of_its_column(sql: Asker) -> None:
    sql(
        "create table t(id int, x timestamp_ntz(0) default current_timestamp,"
        " z timestamp_tz(0) default current_timestamp)"
    )
    sql("insert into t(id) values (1), (2)")
    fractions = "extract(nanosecond from x), extract(nanosecond from z)"
    assert sql(f"select distinct {fractions} from t") == [(0, 0)]


def test_before_1970(calculator: Asker) -> None:
    """What is cut off is behind the point of the clock's seconds."""
    text = "1969-12-31 23:59:59.987"
    assert calculator(f"select '{text}'::timestamp_ntz(1)") == [
        (datetime(1969, 12, 31, 23, 59, 59, 900_000),)  # noqa: DTZ001 - TIMESTAMP_NTZ
    ]


def test_what_is_added_may_have_more_digits(calculator: Asker) -> None:
    moment = "'2024-03-05 14:07:09'::timestamp_ntz(0)"
    found = calculator.result(
        f"select dateadd(millisecond, 5, {moment}), {moment} + interval '5 milliseconds'"
    )
    assert [column.scale for column in found.columns] == [9, 9]
    assert [column[0].as_py() for column in found.rows.columns] == [_at(5000), _at(5000)]


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_no_more_than_nine(calculator: Asker, kind: str) -> None:
    refused = calculator.error(f"select null::{kind}(10)")
    assert refused.message == (
        f"SQL compilation error:\nInvalid data type: {kind.upper()}(10). A time has 0 to 9 digits"
        " of a second."
    )


def test_a_time_has_no_digits(calculator: Asker) -> None:
    assert calculator("select '14:07:09.987'::time(0)") == [(time(14, 7, 9),)]
