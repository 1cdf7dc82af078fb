"""OBJECT_CONSTRUCT of pairs, and of rows whose columns are known or not."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: An expression and its value.
VALUES = {
    "object_construct()": "{}",
    "object_construct_keep_null()": "{}",
    "object_construct('a', 1, 'b', null)": '{"a":1}',
    "object_construct_keep_null('a', 1, 'b', null)": '{"a":1,"b":null}',
    "object_construct('z', 1.50, 'a', '2024-01-01'::timestamp)": (
        '{"a":"2024-01-01 00:00:00.000","z":1.5}'
    ),
    "object_construct(null, 1)": "{}",
    "object_construct('a', object_construct('b', [1]))": '{"a":{"b":[1]}}',
    "object_construct('a', parse_json('null'))": '{"a":null}',
    "object_construct('o', 1):o + 1": 2.0,
}


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_has_snowflakes_value(calculator: Asker, expression: str):
    assert calculator(f"select {expression}") == [(VALUES[expression],)]


#: Behind FROM, a row that is the same both times: by its columns, and where only DuckDB knows them.
_KNOWN = "(select 1.50 as n, null as s, '2024-01-01'::timestamp as t)"
_PIVOTED = """(select * from (select 'A' as key, 1 as x) pivot (max(x) for key in ('A', 'B'))
    as p (a, b))"""
#: What is selected of each, and its value.
ROWS = {
    f"object_construct(*) from {_KNOWN}": '{"N":1.5,"T":"2024-01-01 00:00:00.000"}',
    f"object_construct(r.*) from {_KNOWN} r": '{"N":1.5,"T":"2024-01-01 00:00:00.000"}',
    f"object_construct_keep_null(*) from {_KNOWN}": (
        '{"N":1.5,"S":null,"T":"2024-01-01 00:00:00.000"}'
    ),
    f"object_construct(* exclude t) from {_KNOWN}": '{"N":1.5}',
    f"object_construct(*) from {_PIVOTED}": '{"A":1}',
    f"object_construct(r.*) from {_PIVOTED} r": '{"A":1}',
    f"object_construct_keep_null(*) from {_PIVOTED}": '{"A":1,"B":null}',
    f"object_construct(* exclude a) from {_PIVOTED}": "{}",
    f"count(object_construct(*)) from {_PIVOTED}": 1,
}


@pytest.mark.parametrize("selected", ROWS)
def test_a_row_is_an_object(calculator: Asker, selected: str):
    assert calculator(f"select {selected}") == [(ROWS[selected],)]


def test_an_object_is_found_by_its_name_in_conditions(calculator: Asker):
    asked = "select object_construct('n', n) as o from values (1), (2) v(n) where {} order by o:n"
    assert calculator(asked.format("o:n = 1")) == [('{"n":1}',)]
    assert calculator(asked.format("o['n'] > 1")) == [('{"n":2}',)]
