"""LISTAGG, ARRAY_AGG, ARRAY_UNIQUE_AGG and OBJECT_AGG: order, DISTINCT, NULL, nothing, OVER."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

_ROWS = "values (1, 'b', 10), (1, 'a', 2), (1, null, 10), (2, null, null)"
_NAMED = f"(select column1 as g, column2 as s, column3 as n from {_ROWS})"

#: An aggregate of all rows, of the rows that are NULL, and of none.
CASES = {
    "listagg(s)": ("ba", "", ""),
    "listagg(s, ',')": ("b,a", "", ""),
    "listagg(s, ', ') within group (order by s)": ("a, b", "", ""),
    "listagg(n, '|') within group (order by n)": ("2|10|10", "", ""),
    "listagg(distinct n, '|') within group (order by n desc)": ("10|2", "", ""),
    "listagg(s || n, '+') within group (order by n, s)": ("a2+b10", "", ""),
    "array_agg(s)": ('["b","a"]', "[]", "[]"),
    "array_agg(s) within group (order by s)": ('["a","b"]', "[]", "[]"),
    "array_agg(n) within group (order by n desc, s)": ("[10,10,2]", "[]", "[]"),
    "array_agg(distinct n) within group (order by n)": ("[2,10]", "[]", "[]"),
    "array_size(array_agg(distinct n))": (2, 0, 0),
    "array_sort(array_unique_agg(s))": ('["a","b"]', "[]", "[]"),
    "object_agg(s, n)": ('{"a":2,"b":10}', "{}", "{}"),
}


@pytest.mark.parametrize("aggregate", CASES)
def test_an_aggregate_gathers_what_is_not_null(calculator: Asker, aggregate: str):
    every, unknown, nothing = CASES[aggregate]
    assert calculator(f"select {aggregate} from {_NAMED}") == [(every,)]
    assert calculator(f"select {aggregate} from {_NAMED} where g = 2") == [(unknown,)]
    assert calculator(f"select {aggregate} from {_NAMED} where g = 3") == [(nothing,)]
    grouped = calculator(f"select g, {aggregate} from {_NAMED} group by g order by g")
    assert grouped == [(1, every), (2, unknown)]


@pytest.mark.parametrize(
    ("aggregate", "every", "unknown"),
    [
        ("listagg(s, ',')", "b,a", ""),
        ("listagg(s) within group (order by s)", "ab", ""),
        ("array_agg(s) within group (order by s)", '["a","b"]', "[]"),
        ("array_agg(s)", '["b","a"]', "[]"),
        ("object_agg(s, n)", '{"a":2,"b":10}', "{}"),
    ],
)
def test_an_aggregate_over_a_window(calculator: Asker, aggregate: str, every: str, unknown: str):
    text = f"select distinct g, {aggregate} over (partition by g) from {_NAMED} order by g"
    assert calculator(text) == [(1, every), (2, unknown)]


def test_the_row_with_the_most_may_have_nothing_to_give(calculator: Asker):
    rows = "values (1, 'a'), (2, null), (null, 'b')"
    assert calculator(f"select max_by(column2, column1), min_by(column2, column1) from {rows}") == [
        (None, "a")
    ]
    windowed = f"select distinct max_by(column2, column1) over () from {rows}"
    assert calculator(windowed) == [(None,)]


@pytest.mark.parametrize(
    ("values", "result"),
    [("(1), (0), (null)", True), ("(2), (1)", False), ("(1), (1), (1)", False), ("(0)", False)],
)
def test_exactly_one_is_true(calculator: Asker, values: str, result: object):
    rows = f"values {values}"
    assert calculator(f"select boolxor_agg(column1) from {rows}") == [(result,)]
    windowed = f"select distinct boolxor_agg(column1) over () from {rows}"
    assert calculator(windowed) == [(result,)]
    assert calculator(f"select boolxor_agg(column1) from {rows} where 1 = 0") == [(None,)]


def test_one_point_has_no_slope(calculator: Asker):
    slope = "select regr_slope(column1, column2)"
    assert calculator(f"{slope} from values (1, 2), (2, 2)") == [(None,)]
    assert calculator(f"{slope} over () from values (1, 2)") == [(None,)]
    assert calculator(f"{slope} from values (1, 2), (3, 3)") == [(2.0,)]


def test_a_gathered_array_is_used_as_one(calculator: Asker):
    text = f"select array_agg(n)[0]::int, array_to_string(array_agg(n), '-') from {_NAMED}"
    assert calculator(text) == [(10, "10-2-10")]


def test_a_key_that_comes_twice_is_an_error(calculator: Asker):
    assert calculator.error(f"select object_agg(n, g) from {_NAMED}").code == 100091


def test_several_values_are_counted_where_none_is_null(calculator: Asker):
    text = "select count(s, n), count(t.*), count(*), count(n), count(distinct g, n)"
    assert calculator(f"{text} from {_NAMED} t") == [(2, 2, 4, 3, 2)]
    assert calculator(f"select count(s, n), count(t.*) from {_NAMED} t where g = 3") == [(0, 0)]


def test_what_is_gathered_has_the_type_of_its_aggregate(calculator: Asker):
    text = (
        "select array_agg(n), array_agg(n) within group (order by n),"
        " array_agg(n) over (), array_agg(n) within group (order by n) over (),"
        f" object_agg(s, n) over (), listagg(s) over () from {_NAMED} group by n, s"
    )
    kinds = [column.type for column in calculator.result(text).columns]
    assert kinds == [*[SfType.ARRAY] * 4, SfType.OBJECT, SfType.TEXT]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "select array_size(array_agg(1)) from table(generator(rowcount => 16777217))",
            "Array is too long: ARRAY_AGG makes up to 16,777,216 elements",
        ),
        (
            "select object_agg(to_varchar(seq8()), 1) from table(generator(rowcount => 2000001))",
            "Object is too long: OBJECT_AGG makes up to 2,000,000 keys",
        ),
    ],
)
def test_what_is_gathered_ends_before_it_cannot_be_stopped(sql: Asker, query: str, said: str):
    assert sql.error(query).message == said
