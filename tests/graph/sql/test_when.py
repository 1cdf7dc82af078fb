"""Conditions and names that a target would refuse or never find, told by validate."""

import re

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.graph.sql.when import asks_stream, names_asked, not_allowed
from sfdag_magics.graph.times.schedule import schedule_from_option

READS = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"


def problems(*, body="select 1", when=None, after=("big",)):
    graph = TaskGraph("mix", tasks=[sql_task("first", "select 1")])
    graph.add(sql_task("big", "select 1", after=["first"]))
    graph.add(sql_task("last", body, when=when, after=after))
    return [str(problem) for problem in graph.validate()]


@pytest.mark.parametrize(
    "when",
    [
        "1 = 1",
        f"{READS}('MIX$BIG') = 'x'",
        f"{READS}('MIX$FIRST') = 'x'",
        f"{READS}('DB.S.MIX$BIG')::number > 3",
        f"{READS}() is not null",
        "SYSTEM$STREAM_HAS_DATA('S')",
        "NOT SYSTEM$STREAM_HAS_DATA('S') OR TO_NUMBER('1') in (1, 2)",
    ],
)
def test_a_condition_that_snowflake_takes_passes(when):
    assert problems(when=when) == []


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("current_date > '2026-01-01'", "last: --when has 'current_date'"),
        ("1 = 1 or", "last: --when '1 = 1 or': syntax error .* unexpected '<EOF>'"),
        ("exists (select 1)", "last: --when has 'exists'"),
        ("no_such_function(1) = 1", "last: --when has 'no_such_function'"),
        (f"{READS}('big') = 'x'", "of 'big', which is not the stored name.*VALUE..MIX.BIG"),
        (f"{READS}('mix$big') = 'x'", "MIX.BIG"),
        (f"{READS}('MIX$BIGG') = 'x'", "MIX.BIG"),
        (f"{READS}('qqq') = 'x'", r"names above: MIX\$BIG, MIX\$FIRST"),
    ],
)
def test_what_would_be_refused_or_never_found_is_a_problem_with_the_right_name(when, told):
    (problem,) = problems(when=when)
    assert re.search(told, problem, re.DOTALL), problem


def test_the_sql_of_a_task_is_held_to_stored_names_too():
    assert problems(body=f"select {READS}('MIX$BIG')") == []
    (problem,) = problems(body=f"select {READS}('big')")
    assert "the SQL asks for the return value of 'big'" in problem
    (problem,) = problems(body=f"select {READS}('MIX$BIG')", after=["first"])
    assert "not the stored name of a task above" in problem


@pytest.mark.parametrize(
    ("body", "written", "name"),
    [
        ("create table {database}.t as select 1", "{database}", "database"),
        ("select * from t where day = {{ day }}", "{{ day }}", "day"),
        ("select {'a': 1}", "", None),
        ("select '{database}'", "", None),
        ("-- {database}\nselect 1", "", None),
    ],
)
def test_braces_in_sql_are_told_with_what_reads_the_configuration(body, written, name):
    found = problems(body=body)
    assert [f": {written} is not replaced in SQL" in problem for problem in found] == (
        [True] if name else []
    )
    assert all(f"SYSTEM$GET_TASK_GRAPH_CONFIG('{name}')" in problem for problem in found)


@pytest.mark.parametrize(
    "text", ["USING CRON 0 5 * * *", "0 5 * * *", "0 5 * * MON-FRI", "0 5 1 * 5L"]
)
def test_a_cron_without_a_zone_is_told_what_is_missing(text):
    with pytest.raises(InputError, match="names no time zone") as raised:
        schedule_from_option(text)
    fields = text.removeprefix("USING CRON ")
    assert f"USING CRON {fields} UTC" in raised.value.hint


def test_the_pieces_by_themselves():
    assert not_allowed("a = 1") == "a"
    assert asks_stream("system$stream_has_data('S')")
    assert not asks_stream("'unclosed")
    assert not asks_stream(None)
    assert list(names_asked(f"{READS}('a') || {READS}() || {READS}('b')", READS)) == ["a", "b"]
