"""The session's TIMEZONE: what moments are read, cut, measured and shown by."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.sql.conftest import Asker

_L, _Z, _N = "timestamp_ltz", "timestamp_tz", "timestamp_ntz"
#: In Berlin: +01:00 in winter, +02:00 in summer.
IN_BERLIN = {
    f"'2024-07-01 12:00:00'::{_L}": "2024-07-01 12:00:00.000 +0200",
    f"to_timestamp_ltz('2024-01-01 12:00:00')::{_L}": "2024-01-01 12:00:00.000 +0100",
    f"'2024-07-01 12:00:00'::{_Z}": "2024-07-01 12:00:00.000 +0200",
    f"'2024-07-01T12:00:00Z'::{_L}": "2024-07-01 14:00:00.000 +0200",
    f"'2024-07-01T12:00:00Z'::{_Z}": "2024-07-01 12:00:00.000 +0000",
    f"'2024-07-01 12:00:00 +0000'::{_Z}::{_L}": "2024-07-01 14:00:00.000 +0200",
    f"'2024-07-01 12:00:00 +0000'::{_L}::{_N}": "2024-07-01 14:00:00.000",
    f"'2024-07-01 12:00:00'::{_N}::{_L}": "2024-07-01 12:00:00.000 +0200",
    f"'2024-07-01'::date::{_Z}": "2024-07-01 00:00:00.000 +0200",
    f"'2024-07-01 23:30:00 +0000'::{_L}::date": "2024-07-02",
    f"'2024-07-01 23:30:00 +0000'::{_L}::time": "01:30:00",
    f"hour('2024-07-01 23:30:00 +0000'::{_L})": "1",
    f"date_trunc('day', '2024-07-01 23:30:00 +0000'::{_L})": "2024-07-02 00:00:00.000 +0200",
    f"last_day('2024-07-31 23:00:00 +0000'::{_L})": "2024-08-31",
    f"time_slice('2024-07-31 23:00:00 +0000'::{_L}, 1, 'DAY')": "2024-08-01 00:00:00.000 +0200",
    f"date_part(epoch_second, '2024-07-01 12:00:00'::{_L})": "1719828000",
    f"date_part(tzh, '2024-07-01 12:00:00'::{_L})": "2",
    "to_timestamp_ltz(1719792000)": "2024-07-01 02:00:00.000 +0200",
    "to_timestamp_tz(1719792000)": "2024-07-01 02:00:00.000 +0200",
    f"'1719792000'::{_L}": "2024-07-01 02:00:00.000 +0200",
    "to_timestamp_tz('04/05/2013 01:02', 'mm/dd/yyyy hh24:mi')": "2013-04-05 01:02:00.000 +0200",
    f"'Thu, 21 Dec 2000 16:01:07 +0200'::{_L}": "2000-12-21 15:01:07.000 +0100",
    "timestamp_ltz_from_parts(2024,7,1,12,0,0)": "2024-07-01 12:00:00.000 +0200",
    "timestamp_tz_from_parts(2024,7,1,12,0,0)": "2024-07-01 12:00:00.000 +0200",
    f"convert_timezone('America/New_York', '2024-07-01 12:00'::{_N})": (
        "2024-07-01 06:00:00.000 -0400"
    ),
    f"dateadd(day, 1, '2024-03-30 12:00:00'::{_L})": "2024-03-31 12:00:00.000 +0200",
    f"dateadd(hour, 24, '2024-03-30 12:00:00'::{_L})": "2024-03-31 13:00:00.000 +0200",
    f"datediff(hour, '2024-07-01 12:00'::{_L}, '2024-07-01 12:00:00 +0000'::{_Z})": "2",
    f"'2024-07-01 12:00:00'::{_N} = '2024-07-01 10:00:00 +0000'::{_L}": "true",
    f"to_char('2024-07-01 12:00:00 +0000'::{_L}, 'HH24:MI TZHTZM')": "14:00 +0200",
    f"parse_json('\"2024-07-01 12:00:00\"')::{_L}": "2024-07-01 12:00:00.000 +0200",
    "right(current_timestamp()::varchar, 5) in ('+0100', '+0200')": "true",
    "current_date = current_timestamp()::date": "true",
    "left(current_time::varchar, 2) = to_char(current_timestamp(), 'HH24')": "true",
    "sysdate() < current_timestamp()::timestamp_ntz": "true",
}


def test_moments_go_by_the_zone_of_the_session(connect: Callable[..., Asker]):
    ask = connect(parameters={"TIMEZONE": "Europe/Berlin"})
    [row] = ask("SELECT " + ", ".join(f"({each})::varchar" for each in IN_BERLIN))
    assert dict(zip(IN_BERLIN, row, strict=True)) == IN_BERLIN


def test_a_table_shows_its_instants_in_the_zone_of_who_asks(connect: Callable[..., Asker]):
    here, there = connect(parameters={"TIMEZONE": "Europe/Berlin"}), connect()
    here(
        "CREATE TABLE T (L TIMESTAMP_LTZ, Z TIMESTAMP_TZ,"
        " NOW TIMESTAMP_TZ DEFAULT CURRENT_TIMESTAMP(), CLOCK TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
    )
    here("INSERT INTO T (L, Z) VALUES ('2024-07-01 12:00', '2024-07-01 12:00')")
    asked = "SELECT L::VARCHAR, Z::VARCHAR FROM T WHERE L = '{}' AND Z = L"
    in_zone = "2024-07-01 12:00:00.000 +0200"
    assert here(asked.format("2024-07-01 12:00")) == [(in_zone, in_zone)]
    in_utc = ("2024-07-01 10:00:00.000 +0000", in_zone)
    assert there(asked.format("2024-07-01 10:00")) == [in_utc]
    now = "SELECT ABS(DATEDIFF(SECOND, NOW, CURRENT_TIMESTAMP())) < 600, NOW::TIMESTAMP = CLOCK"
    assert here(f"{now} FROM T") == [(True, True)]


def test_the_zone_changes_with_the_session_and_back(sql: Asker):
    asked = "SELECT '2024-07-01 12:00 +0000'::TIMESTAMP_LTZ::VARCHAR"
    sql("ALTER SESSION SET TIMEZONE = 'America/Los_Angeles'")
    assert sql(asked) == [("2024-07-01 05:00:00.000 -0700",)]
    assert "'TIMEZONE'" in sql.error("ALTER SESSION SET TIMEZONE = 'Mars/Base'").message
    assert sql(asked) == [("2024-07-01 05:00:00.000 -0700",)]
    sql("ALTER SESSION UNSET TIMEZONE")
    assert sql(asked) == [("2024-07-01 12:00:00.000 +0000",)]


@pytest.mark.parametrize("clock", ["CURRENT_TIMESTAMP()", "SYSDATE()", "CURRENT_TIME"])
def test_a_statement_has_one_moment(sql: Asker, clock: str):
    assert sql(f"SELECT {clock} = {clock}, (SELECT {clock}) = {clock}") == [(True, True)]
