"""TO_CHAR and TO_VARCHAR: each format element, on every type, constant and not."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_DATE = "'2021-12-05'::date"
_MORNING = "'2013-04-05 01:02:03.4567'::timestamp_ntz"
_EVENING = "'2024-01-02 13:14:15'::timestamp_ntz"

#: A value, a format, the text.
CASES = [
    (_DATE, "YYYY-MM-DD", "2021-12-05"),
    (_DATE, "yyyy-mm-dd", "2021-12-05"),
    (_DATE, "yyyy-MM-dd", "2021-12-05"),
    (_DATE, "YYYYMM", "202112"),
    (_DATE, "DD/MM/YYYY", "05/12/2021"),
    (_DATE, "YYYY-MM-DD HH24:MI:SS", "2021-12-05 00:00:00"),
    (_DATE, 'YYYY"y"', "2021y"),
    (_DATE, 'DD "of" MMMM, YY', "05 of December, 21"),
    (_DATE, "DY DD MON", "Sun 05 Dec"),
    (_DATE, "UUUU", "2021"),
    (_DATE, '"100%"', "100%"),
    (_DATE, 'Q"', 'Q"'),
    (_MORNING, "mm/dd/yyyy, hh24:mi hours", "04/05/2013, 01:02 hours"),
    (_MORNING, "HH12:MI:SS AM", "01:02:03 AM"),
    (_MORNING, 'YYYY-MM-DD"T"HH24:MI:SS.FF3', "2013-04-05T01:02:03.456"),
    (_MORNING, "SS.FF", "03.456700000"),
    (_MORNING, "SS.FF9", "03.456700000"),
    (_MORNING, "SS.FF6", "03.456700"),
    (_MORNING, "SS.FF1", "03.4"),
    (_MORNING, "SS.FF0", "03."),
    (_MORNING, "YYYY TZH:TZM", "2013 +00:00"),
    (_EVENING, "HH12:MI pm", "01:14 PM"),
    (_EVENING, "HH:mi:ss", "13:14:15"),
    (_EVENING, "hh24mi", "1314"),
    ("'2024-01-02 13:14:15 -05:30'::timestamp_tz", "HH24:MI TZHTZM", "13:14 -0530"),
    ("'2024-01-02 13:14:15 +02:00'::timestamp_ltz", "HH24:MI", "11:14"),
    ("'13:14:15'::time", "HH12.MI", "01.14"),
    ("'13:14:15.678'::time", "AUTO", "13:14:15"),
    ("'2013-04-05'", "mm/dd/yyyy", "04/05/2013"),
    ("parse_json('\"2013-04-05\"')", "yyyymm", "201304"),
    ("null::date", "YYYY", None),
    (_DATE, "AUTO", "2021-12-05"),
    ("x'4142'", "HEX", "4142"),
    ("x'4142'", "utf-8", "AB"),
    ("x'4142'", "BASE64", "QUI="),
]


@pytest.mark.parametrize(("value", "written", "text"), CASES)
def test_a_value_is_written_by_its_format(
    calculator: Asker, value: str, written: str, text: str | None
):
    given = f"'{written}'"
    assert in_every_form(calculator, "to_char", value, given) == {text}
    named = f"select to_char(v, {given}), to_varchar(v, {given}), to_char(v, ?)"
    rows = calculator(f"{named} from (select {value} as v)", written)
    assert rows == [(text, text, text)]


def test_a_value_without_a_format_has_snowflakes_text(calculator: Asker):
    assert calculator(f"select to_char({_MORNING}), to_varchar({_DATE}), to_char(1.50)") == [
        ("2013-04-05 01:02:03.456", "2021-12-05", "1.50")
    ]


def test_a_format_of_no_value_is_no_text(calculator: Asker):
    assert calculator(f"select to_char({_DATE}, null)") == [(None,)]


def test_formats_within_defaults_and_groups(sql: Asker):
    sql("create table t (a int, m varchar default to_char('2020-02-03'::date, 'YYYYMM'))")
    sql("insert into t(a) values (1), (2)")
    text = "select to_char(to_date(m, 'YYYYMM'), 'MON'), sum(a) from t group by 1 order by 1"
    assert sql(text) == [("Feb", 3)]


def test_numbers_are_no_times(calculator: Asker):
    assert calculator.error("select to_char(5, 'YYYY')").code == 100035


def test_a_time_has_whole_seconds_wherever_it_becomes_text(calculator: Asker):
    time = "'01:02:03.5'::time"
    text = f"select {time}::varchar, {time} || '', concat(t, '|'), upper(t), to_char(t, 'SS.FF1')"
    assert calculator(f"{text} from (select {time} as t)") == [
        ("01:02:03", "01:02:03", "01:02:03|", "01:02:03", "03.5")
    ]
