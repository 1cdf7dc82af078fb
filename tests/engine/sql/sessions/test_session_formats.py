"""Session parameters that say how texts of moments are read and shown, and weeks counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.sql.conftest import Asker

#: By parameters: what expressions are then, as text.
IN_FORCE = {
    "DATE_OUTPUT_FORMAT = 'DD/MM/YYYY'": {
        "'2024-05-06'::date::varchar": "06/05/2024",
        "to_varchar('2024-05-06'::date)": "06/05/2024",
        "'2024-05-06'::date || '!'": "06/05/2024!",
        "to_char('2024-05-06'::date, 'YYYY')": "2024",
    },
    "DATE_INPUT_FORMAT = 'DD/MM/YYYY'": {
        "'06/05/2024'::date": "2024-05-06",
        "to_date('31/05/2024')": "2024-05-31",
        "try_cast('31/05/2024' as date)": "2024-05-31",
        "to_date('2024-05-06')": "2024-05-06",
        "to_date('05-06-2024', 'MM-DD-YYYY')": "2024-05-06",
        "try_to_date('x')": None,
        "'06/05/2024' = '2024-05-06'::date": "true",
        "current_date::varchar rlike '[0-9]{4}-.*'": "true",
    },
    "TIMESTAMP_INPUT_FORMAT = 'DD.MM.YYYY HH24:MI', TIMEZONE = 'Europe/Berlin',"
    " TIMESTAMP_OUTPUT_FORMAT = 'YYYY/MM/DD HH24:MI TZHTZM',"
    " TIMESTAMP_NTZ_OUTPUT_FORMAT = 'DD.MM.YY HH12:MI AM'": {
        "'06.05.2024 17:30'::timestamp": "06.05.24 05:30 PM",
        "'06.05.2024 17:30'::timestamp_ltz": "2024/05/06 17:30 +0200",
        "to_timestamp_tz('06.05.2024 17:30')": "2024/05/06 17:30 +0200",
        "to_timestamp('2024-05-06 01:02:03')": "06.05.24 01:02 AM",
    },
    "TIME_OUTPUT_FORMAT = 'HH12:MI AM', TIME_INPUT_FORMAT = 'HH24MI'": {
        "'13:05:00'::time": "01:05 PM",
        "'1305'::time": "01:05 PM",
    },
    "BINARY_OUTPUT_FORMAT = 'BASE64'": {
        "to_binary('SNOW', 'utf-8')": "U05PVw==",
        "to_char(x'53', 'hex')": "53",
    },
    "TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_LTZ', TIMEZONE = 'Europe/Berlin'": {
        "'2024-07-01 12:00 +0000'::timestamp": "2024-07-01 14:00:00.000 +0200",
        "to_timestamp('2024-07-01 12:00')": "2024-07-01 12:00:00.000 +0200",
        "'2024-07-01 12:00'::datetime": "2024-07-01 12:00:00.000",
    },
    "WEEK_START = 7": {
        "dayofweek('2024-05-19'::date)": "1",
        "dayofweekiso('2024-05-19'::date)": "7",
        "date_trunc(week, '2024-05-22'::date)": "2024-05-19",
        "last_day('2024-05-22'::date, week)": "2024-05-25",
        "datediff(week, '2024-05-18'::date, '2024-05-19'::date)": "1",
        "dayofweek(date_trunc(week, dateadd(day, dayofweek('2024-05-19'::date),"
        " '2024-05-19'::date)))": "1",
    },
    "WEEK_START = 3": {
        "date_part(dow, '2024-05-21'::date)": "7",
        "date_trunc(week, '2024-05-21 10:00:00'::timestamp)": "2024-05-15 00:00:00.000",
        "week('2024-01-02'::date)": "52",
        "yearofweek('2024-01-02'::date)": "2023",
    },
    # docs, "Calendar weeks and weekdays": the table of the policy 1
    "WEEK_START = 1, WEEK_OF_YEAR_POLICY = 1": {
        "week('2016-12-31'::date)": "53",
        "yearofweek('2016-12-31'::date)": "2016",
        "weekofyear('2017-01-01'::date)": "1",
        "date_part(week, '2017-01-02'::date)": "2",
        "week('2017-01-09'::date)": "3",
        "weekiso('2017-01-01'::date)": "52",
    },
}


def test_parameters_are_in_force_until_they_are_taken_back(sql: Asker):
    every = [each for expressions in IN_FORCE.values() for each in expressions]
    tried = ", ".join(f"({each})::varchar" for each in every if "'31/" not in each)
    tried = tried.replace("'06.05.2024 17:30'", "'2024-05-06'").replace("'1305'", "'13:05'")
    before = sql(f"SELECT {tried}")
    for parameters, expressions in IN_FORCE.items():
        sql(f"ALTER SESSION SET {parameters}")
        [row] = sql("SELECT " + ", ".join(f"({each})::varchar" for each in expressions))
        assert dict(zip(expressions, row, strict=True)) == expressions, parameters
        names = [part.split("=")[0].strip() for part in parameters.split(", ")]
        sql(f"ALTER SESSION UNSET {', '.join(names)}")
    assert sql(f"SELECT {tried}") == before


def test_what_is_written_is_read_by_the_format(connect: Callable[..., Asker]):
    ask = connect(parameters={"DATE_INPUT_FORMAT": "DD/MM/YYYY"})
    ask("CREATE TABLE T (D DATE)")
    ask("INSERT INTO T VALUES ('06/05/2024'), ('2024-12-31')")
    ask("INSERT INTO T SELECT '07/05/2024'")
    ask("UPDATE T SET D = '08/05/2024' WHERE D = '07/05/2024'")
    assert [str(day) for (day,) in ask("SELECT D FROM T ORDER BY D")] == [
        *("2024-05-06", "2024-05-08", "2024-12-31"),
    ]
    assert "'1/2/2024x'" in ask.error("SELECT '1/2/2024x'::DATE").message


@pytest.mark.parametrize("mapping", ["TIMESTAMP_TZ", "TIMESTAMP_LTZ"])
def test_a_column_of_timestamps_is_of_the_mapped_type(connect: Callable[..., Asker], mapping: str):
    ask = connect(parameters={"TIMESTAMP_TYPE_MAPPING": mapping})
    ask("CREATE TABLE T (A TIMESTAMP, B DATETIME)")
    assert [row[1] for row in ask("DESC TABLE T")] == [f"{mapping}(9)", "TIMESTAMP_NTZ(9)"]
