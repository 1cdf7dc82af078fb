"""A VARIANT that holds nothing of what it is cast to: Snowflake's words, and the way to a NULL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

_TRIED = ": TRY_CAST(value::VARCHAR AS type) gives NULL instead"
#: An expression and what is said of it: the value, and the word for the type.
UNFIT = {
    "to_variant('abc')::int": ('"abc"', "FIXED", _TRIED),
    "to_variant('abc')::number(5, 2)": ('"abc"', "FIXED", _TRIED),
    "to_number(to_variant('abc'))": ('"abc"', "FIXED", _TRIED),
    'parse_json(\'{"a":"x"}\'):a::int': ('"x"', "FIXED", _TRIED),
    'parse_json(\'{"a":"x"}\'):a::number(5, 2)': ('"x"', "FIXED", _TRIED),
    "parse_json('[1]')::int": ("[1]", "FIXED", _TRIED),
    "parse_json('{}')::number(5, 2)": ("{}", "FIXED", _TRIED),
    "to_variant('abc')::float": ('"abc"', "REAL", _TRIED),
    "to_double(to_variant('abc'))": ('"abc"', "REAL", _TRIED),
    "to_variant('abc') + 1": ('"abc"', "REAL", _TRIED),
    "to_variant('abc')::boolean": ('"abc"', "BOOLEAN", _TRIED),
    "parse_json('{}')::boolean": ("{}", "BOOLEAN", _TRIED),
    "to_variant('abc')::date": ('"abc"', "DATE", _TRIED),
    "to_date(to_variant('abc'))": ('"abc"', "DATE", _TRIED),
    "parse_json('true')::date": ("true", "DATE", _TRIED),
    "to_variant('abc')::time": ('"abc"', "TIME", _TRIED),
    "to_variant('abc')::timestamp_ntz": ('"abc"', "TIMESTAMP_NTZ", _TRIED),
    "to_variant('abc')::timestamp_ltz": ('"abc"', "TIMESTAMP_LTZ", _TRIED),
    "to_variant('abc')::timestamp_tz": ('"abc"', "TIMESTAMP_TZ", _TRIED),
    "to_variant('abc')::object": ('"abc"', "OBJECT", ": AS_OBJECT(value) gives NULL instead"),
}
#: An expression and its value.
FIT: dict[str, Any] = {
    "to_variant('12')::int": 12,
    "parse_json('12.7')::int": 13,
    "parse_json('true')::int": 1,
    "parse_json('\"12.345\"')::number(5, 2)::varchar": "12.35",
    "parse_json('null')::int": None,
    "parse_json('null')::number(5, 2)": None,
    "parse_json('null')::float": None,
    "parse_json('null')::boolean": None,
    "parse_json('null')::date": None,
    "parse_json('null')::timestamp_tz": None,
    "parse_json('null')::object": None,
    "parse_json('\"yes\"')::boolean": True,
    "parse_json('\"2026-01-02\"')::date::varchar": "2026-01-02",
    "parse_json('1700000000')::timestamp_ntz::date::varchar": "2023-11-14",
    "to_variant('abc')::array": '["abc"]',
    "parse_json('[1]')::array": "[1]",
    "object_construct('k', 1)::array": '[{"k":1}]',
    "parse_json('{\"a\":1}')::object": '{"a":1}',
    "try_cast(to_variant('abc')::varchar as int)": None,
}


@pytest.mark.parametrize("expression", UNFIT)
def test_what_is_none_is_named_with_its_type(calculator: Asker, expression: str):
    value, kind, instead = UNFIT[expression]
    error = calculator.error(f"select {expression}")
    assert error.message == f"Failed to cast variant value {value} to {kind}{instead}"
    assert (error.code, error.sqlstate) == (100071, "22000")


@pytest.mark.parametrize("expression", FIT)
def test_what_is_one_is_cast(calculator: Asker, expression: str):
    assert calculator(f"select {expression}") == [(FIT[expression],)]


def test_a_number_that_is_too_large_is_no_other_kind(calculator: Asker):
    error = calculator.error("select parse_json('123456')::number(3, 1)")
    assert (error.code, error.message) == (100039, "Numeric value '123456' is out of range")


@pytest.mark.parametrize(
    ("kind", "word"), [("number(5, 2)", "FIXED"), ("float", "REAL"), ("date", "DATE")]
)
def test_what_is_put_into_a_column_is_told_in_the_same_words(sql: Asker, kind: str, word: str):
    sql(f"create table t (a {kind})")
    error = sql.error("insert into t select to_variant('abc')")
    assert error.message.startswith(f'Failed to cast variant value "abc" to {word}: ')


def test_a_column_of_objects_takes_no_other_value_of_a_variant(sql: Asker):
    sql("create table t (o object, a array)")
    error = sql.error("insert into t (o) select to_variant('abc')")
    assert error.message.startswith('Failed to cast variant value "abc" to OBJECT: ')
    sql("insert into t select parse_json('{\"x\":1}'), to_variant('abc')")
    assert sql("select * from t") == [('{"x":1}', '["abc"]')]
