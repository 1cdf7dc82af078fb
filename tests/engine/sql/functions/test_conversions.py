"""Conversions to BOOLEAN, NUMBER, FLOAT and VARIANT, and what their TRY_ forms give."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

#: A function, its argument, its value.
CASES: list[tuple[str, str, Any]] = [
    *[("to_boolean", f"'{word}'", True) for word in ("true", "T", "Yes", "y", "ON", "1")],
    *[("to_boolean", f"'{word}'", False) for word in ("False", "f", "no", "N", "off", "0")],
    ("to_boolean", "7", True),
    ("to_boolean", "0.0", False),
    ("to_boolean", "parse_json('true')", True),
    ("to_boolean", "null", None),
    ("try_to_boolean", "'off'", False),
    ("try_to_boolean", "'tru'", None),
    ("try_to_number", "'12.5'", 13),
    ("try_to_number", "'x'", None),
    ("try_to_decimal", "''", None),
    ("try_to_double", "'1.5'", 1.5),
    ("try_to_double", "'x'", None),
    ("try_to_double", "'1e400'", None),
    ("try_to_double", "'-inf'", -math.inf),
    ("to_double", "'Infinity'", math.inf),
    ("to_double", "'1.5'", 1.5),
    ("to_double", "true", 1.0),
    ("to_double", "parse_json('\"1.5\"')", 1.5),
    ("to_double", "null", None),
    ("try_to_number", f"'{10**38}'", None),
    ("to_number", f"'{10**38 - 1}'", 10**38 - 1),
    ("parse_json", "'{\"a\":1}'", '{"a":1}'),
    ("parse_json", "''", None),
    ("parse_json", "'  '", None),
    ("parse_json", "null", None),
    ("parse_json", "'null'", "null"),
    ("try_parse_json", "'[1,2]'", "[1,2]"),
    ("try_parse_json", '\'{"a":1,"a":2}\'', None),
    ("try_parse_json", "'{'", None),
    ("try_parse_json", "''", None),
    ("check_json", "'{'", "Invalid JSON"),
    ("check_json", "'{}'", None),
]


@pytest.mark.parametrize(("function", "argument", "value"), CASES)
def test_a_function_has_its_value_in_every_form(
    calculator: Asker, function: str, argument: str, value: Any
):
    assert in_every_form(calculator, function, argument) == {value}


@pytest.mark.parametrize(
    "kind", ["int", "number(10,2)", "float", "boolean", "date", "time", "timestamp"]
)
def test_a_try_cast_gives_null_for_what_it_cannot_read(calculator: Asker, kind: str):
    assert calculator(f"select try_cast('x' as {kind})") == [(None,)]
    column = f"select try_cast(column1 as {kind}) from values ('x'), (null)"
    assert calculator(column) == [(None,), (None,)]


def test_casts_read_the_same_words(calculator: Asker):
    text = (
        "select 'on'::boolean, try_cast('2' as boolean), cast(column1 as boolean) from values (2)"
    )
    assert calculator(text) == [(True, None, True)]
    assert calculator("select try_to_number('12.5', 10, 1)") == [(Decimal("12.5"),)]
    assert calculator(f"select try_cast('{10**38}' as int), try_cast('12.5' as int)") == [
        (None, 13)
    ]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("to_boolean('x')", 100037),
        ("'x'::boolean", 100037),
        ("parse_json('{')", 100069),
        ("to_number('x')", 100038),
        ("to_double('x')", 100038),
        ("to_double('1e400')", 100038),
        ("'-1e400'::float", 100038),
        ("column1::float from values ('1'), ('1e400')", 100038),
        ('parse_json(\'{"a":"1e400"}\'):a::float', 100071),
        (f"'{10**38}'::number", 100038),
        (f"{10**38 - 1} + 1", 100039),
        (f"sum(column1) from values ({10**38 - 1}), (1)", 100039),
        ("1e38::float::number", 100039),
    ],
)
def test_what_cannot_be_read_is_an_error(calculator: Asker, call: str, code: int):
    error = calculator.error(f"select {call}")
    assert error.code == code
    assert "_sf_" not in error.message


#: BOOLAND and its kin, of numbers (rounded first) and of truth values.
TRUTHS = {
    "booland(1, 0)": False,
    "booland(0.4, 1)": False,
    "booland(2, true)": True,
    "booland(null, false)": False,
    "boolor(true, 0)": True,
    "boolxor(true, false)": True,
    "boolxor(2, 1)": False,
    "boolnot(true)": False,
    "boolnot(0)": True,
    "boolnot(null)": None,
}


@pytest.mark.parametrize("expression", TRUTHS)
def test_truths_of_numbers(calculator: Asker, expression: str) -> None:
    assert calculator(f"select {expression}") == [(TRUTHS[expression],)]


#: AS_… of a VARIANT: only of what is of that type already.
STRICT = {
    "as_varchar(parse_json('\"x\"'))": "x",
    "as_char(parse_json('5'))": None,
    "as_boolean(parse_json('\"true\"'))": None,
    "as_boolean(parse_json('true'))": True,
    "as_double(parse_json('\"5\"'))": None,
    "as_double(parse_json('5.5'))": 5.5,
    "as_integer(parse_json('\"5\"'))": None,
    "as_integer(parse_json('true'))": None,
    "as_integer(parse_json('5'))": 5,
    "as_double(parse_json('[1]'))": None,
}


@pytest.mark.parametrize("expression", STRICT)
def test_a_variant_as_what_it_is(calculator: Asker, expression: str) -> None:
    assert calculator(f"select {expression}") == [(STRICT[expression],)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a":1,"a":2}', '"a", pos 10'),
        ('[1,{"b":{"a b":1,"c":[],"a b":1}}]', '"a b", pos 29'),
        # Snowflake docs: PARSE_JSON
        ('{ "a" : "123", "b" : "456", "a": "789"} ', '"a", pos 31'),
        ('{"a":{"b":"a","c":["b","b"]},"b":1,"a":2}', '"a", pos 38'),
    ],
)
def test_json_with_a_key_that_comes_twice(calculator: Asker, text: str, key: str) -> None:
    """An error, NULL where it is tried, and the last value where `d` allows it."""
    for query in (
        f"select parse_json('{text}')",
        f"select parse_json(column1, 's') from values ('{text}')",
    ):
        refused = calculator.error(query)
        assert (refused.code, refused.message) == (
            100069,
            f"Error parsing JSON: duplicate object attribute {key}",
        )
    assert calculator(f"select try_parse_json('{text}'), try_parse_json('{text}', 's')") == [
        (None, None)
    ]
    said = f"duplicate object attribute {key}"
    assert calculator(f"select check_json('{text}')") == [(said,)]


def test_what_is_json_passes_the_check(calculator: Asker) -> None:
    query = "select check_json(column1) from values ('{\"a\":{\"a\":1}}'), ('[1,2'), (''), (null)"
    assert calculator(query) == [(None,), ("Invalid JSON",), (None,), (None,)]


@pytest.mark.parametrize("function", ["parse_json", "try_parse_json"])
def test_the_last_of_two_values_stays_where_both_are_allowed(
    calculator: Asker, function: str
) -> None:
    query = f"""select {function}('{{"b":1,"a":1,"a":{{"c":2,"c":3}}}}', 'd')"""
    assert calculator(query) == [('{"a":{"c":3},"b":1}',)]


@pytest.mark.parametrize("function", ["parse_json", "try_parse_json"])
def test_equal_keys_of_two_objects_are_no_duplicates(calculator: Asker, function: str) -> None:
    query = f"""select {function}('{{"a":{{"a":[{{"a":1}},{{"a":2}}]}}}}')"""
    assert calculator(query) == [('{"a":{"a":[{"a":1},{"a":2}]}}',)]
