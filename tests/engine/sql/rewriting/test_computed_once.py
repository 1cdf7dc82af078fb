"""What differs at each time is computed once, and what is nested does not grow with each level."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

#: An expression that takes one number of a sequence.
TAKING = [
    "{0}::varchar::int::float::number(10,2)",
    "{0} || 'x'",
    "decode({0}, -1, 'a', -2, 'b', 'c')",
    "case {0} when -1 then 'a' when -2 then 'b' end",
    "nullif({0}, -1)",
    "zeroifnull({0})",
    "nullifzero({0})",
    "to_boolean({0})",
    "to_array({0})",
    "as_char(to_variant({0}))",
    "get(array_construct(1), {0})",
    "array_slice(array_construct(1), 0, {0})",
    "array_generate_range(0, {0})",
    "repeat('a', {0})",
    "object_insert(object_construct(), 'a', {0})",
    "bit_length({0})",
    "trim({0})",
    "to_timestamp({0})",
    "{0} / 3",
]

#: A choice by a random number, which is one of three.
CHOICES = [
    "decode(uniform(0, 2, random()), 0, 'a', 1, 'b', 2, 'c')",
    "case uniform(0, 2, random()) when 0 then 'a' when 1 then 'b' when 2 then 'c' end",
    "get(array_construct('a', 'b', 'c'), uniform(0, 2, random()))",
]

#: A value and what is made of it again and again, and what comes out.
NESTED: list[tuple[str, str, Any]] = [
    ("2.5::float", "({0} + 0.25)::int::float", 3.0),
    ("2", "nullif({0}, 1)", 2),
    ("'x'", "decode({0}, 'y', 'z', 'x', 'x')", "x"),
    ("'x'", "case {0} when 'x' then 'x' end", "x"),
    ("1", "to_varchar({0})::int", 1),
    ("null", "zeroifnull({0})", 0),
]


@pytest.mark.parametrize("expression", TAKING)
def test_one_number_of_a_sequence_is_taken(calculator: Asker, expression: str):
    calculator("create or replace sequence numbers")
    calculator(f"select {expression.format('numbers.nextval')}")
    assert calculator("select numbers.nextval") == [(2,)]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_has_one_value(calculator: Asker, choice: str):
    query = f"select count_if(x is null) from (select {choice} as x from"
    assert calculator(f"{query} table(generator(rowcount => 500)))") == [(0,)]


@pytest.mark.parametrize(("value", "made", "result"), NESTED)
def test_what_is_nested_does_not_grow(calculator: Asker, value: str, made: str, result: Any):
    for _ in range(15):
        value = made.format(value)
    assert calculator(f"select {value}") == [(result,)]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("select decode(sum(a), 1, max(b), 0) from (select 1 as a, 7 as b)", 7),
        ("select decode(a, null, 'n', 'o') from (select null as a)", "n"),
        ("select nullifzero(column1) from values (0)", None),
        ("select zeroifnull(n) / 2 from (select 1::number(3,0) as n)", 0.5),
    ],
)
def test_choices_keep_their_values(calculator: Asker, query: str, value: Any):
    assert [float(x) if isinstance(value, float) else x for (x,) in calculator(query)] == [value]
