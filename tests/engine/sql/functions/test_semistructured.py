"""Text of VARIANT, ARRAY and OBJECT, and functions whose rules are not DuckDB's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_NESTED = """parse_json('{"b":1, "a": [1, {"d":2,"c":1.5}]}')"""

#: An expression and its value.
VALUES: dict[str, Any] = {
    f"{_NESTED}::varchar": '{"a":[1,{"c":1.5,"d":2}],"b":1}',
    f"to_varchar({_NESTED}:a)": '[1,{"c":1.5,"d":2}]',
    f"{_NESTED}:a[1]::string": '{"c":1.5,"d":2}',
    "parse_json('\"x\"')::varchar": "x",
    "parse_json('null')::varchar": None,
    "{'a': 1}:a::int": 1,
    "{'a': 1, 'B': {'c': 2}}::varchar": '{"B":{"c":2},"a":1}',
    f"object_keys({_NESTED})": '["a","b"]',
    "object_keys(parse_json('{}'))": "[]",
    "object_insert({'a': 1}, 'b', 2)": '{"a":1,"b":2}',
    "object_insert({'a': {'x': 1}}, 'a', {'y': 2}, true)": '{"a":{"y":2}}',
    "object_insert({'a': 1}, 'b', null)": '{"a":1}',
    "object_insert(null, 'a', 1)": None,
    "object_delete({'a': 1, 'b': 2, 'c': 3}, 'a', 'c')": '{"b":2}',
    "object_delete({'a': 1}, 'a')": "{}",
    "object_pick({'a': 1, 'b': 2, 'c': 3}, 'c', 'a')": '{"a":1,"c":3}',
    "object_pick({'a': 1, 'b': 2, 'c': 3}, ['c', 'a', 'x'])": '{"a":1,"c":3}',
    "object_pick({'a': 1, 'b': 2}, 'x')": "{}",
    "get_ignore_case({'aA': 1, 'aa': 2}, 'aa')": "2",
    "get_ignore_case({'aA': 1, 'aa': 2}, 'AA')": "1",
    "get_ignore_case({'a': 1}, 'b')": None,
    "get_ignore_case(parse_json('[1]'), 'a')": None,
    "is_decimal(parse_json('1.5'))": True,
    "is_decimal(parse_json('1.5e0'))": False,
    "is_real(parse_json('1.5'))": True,
    "as_real(parse_json('1.5'))": 1.5,
    "parse_json('123456789012345678901234567890')::varchar": "123456789012345678901234567890",
    "typeof(parse_json('123456789012345678901234567890'))": "INTEGER",
    f"to_json({_NESTED})": '{"a":[1,{"c":1.5,"d":2}],"b":1}',
    "to_json('x'::variant)": '"x"',
    "typeof(1.5)": "DECIMAL",
    "typeof('2024-01-01'::date)": "DATE",
    "typeof('10:00:00'::time)": "TIME",
    "typeof('61'::binary)": "BINARY",
    "typeof('2024-01-01'::timestamp_ntz::variant)": "TIMESTAMP_NTZ",
    "typeof(to_variant('2024-01-01'::timestamp_ltz))": "TIMESTAMP_LTZ",
    "typeof(to_variant('2024-01-01'::timestamp_tz))": "TIMESTAMP_TZ",
    "typeof(null::date)": None,
    "typeof(1.00::variant)": "INTEGER",
    "typeof(1)": "INTEGER",
    "typeof(1.5::float)": "DOUBLE",
    "typeof(1.5::float::variant)": "DOUBLE",
    "typeof(to_variant(1.5::float))": "DOUBLE",
    "typeof(parse_json('1.912e2'))": "DOUBLE",
    "typeof(parse_json('3.21'))": "DECIMAL",
    "typeof(parse_json('null'))": "NULL_VALUE",
    "typeof(null)": None,
    "array_distinct(array_construct(3, 1, null, 3, null, 'x'))": '[3,1,null,"x"]',
    "array_distinct(null)": None,
}


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_has_snowflakes_value(calculator: Asker, expression: str):
    assert calculator(f"select {expression}") == [(VALUES[expression],)]


def test_a_key_that_is_there_is_not_inserted_again(calculator: Asker):
    error = calculator.error("select object_insert({'a': 1}, 'a', 2)")
    assert "Duplicate field key 'a'" in error.message


def test_columns_are_made_text_alike(sql: Asker):
    sql("create table t (v variant, o object, a array)")
    sql(
        "insert into t select parse_json('{\"b\":1,\"a\":2}'), {'z': 1, 'y': 2}, array_construct(1)"
    )
    assert sql("select v::varchar, o::varchar, a::varchar, listagg(v) from t group by all") == [
        ('{"a":2,"b":1}', '{"y":2,"z":1}', "[1]", '{"a":2,"b":1}')
    ]


def test_the_greatest_variant_is_the_greatest_value(calculator: Asker):
    numbers = "(select parse_json(column1) as v from values ('9'), ('10'), ('2.5'), (null))"
    assert calculator(f"select max(v), min(v) from {numbers}") == [("10", "2.5")]
    assert calculator(f"select distinct max(v) over () from {numbers}") == [("10",)]
    texts = "(select to_variant(column1) as v from values ('b'), ('a'))"
    assert calculator(f"select max(v)::varchar, min(v)::varchar from {texts}") == [("b", "a")]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("parse_json('1.10')", "1.1"),
        ("parse_json('1e3')", "1000"),
        ("to_variant(1.00::number(10,2))", "1"),
        ("to_variant(1.0::float)", "1"),
        ("to_variant(100)", "100"),
        ("parse_json('{\"a\":1.10}')", '{"a":1.1}'),
        ("parse_json('{\"a\":1.10}'):a", "1.1"),
        ("array_to_string(array_construct(1.0::float, 1.50, 'x', null), ',')", "1,1.5,x,"),
    ],
)
def test_numbers_in_variants_have_no_zeros_behind_their_last_digit(
    calculator: Asker, expression: str, text: str
):
    assert calculator(f"select ({expression})::varchar") == [(text,)]


_ROW = (
    "(select 10.50::number(10, 2) n, '2024-01-01 10:00:00'::timestamp ts, null::int nn,"
    " '2024-01-01 10:00:00 +0200'::timestamp_tz z, '6162'::binary b)"
)
_OF_ROW = '"B":"6162","N":10.5,"TS":"2024-01-01 10:00:00.000","Z":"2024-01-01 10:00:00.000 +0200"'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"select object_construct(*) from {_ROW}", f"{{{_OF_ROW}}}"),
        (f"select object_construct(t.*) from {_ROW} t, (select 1 x)", f"{{{_OF_ROW}}}"),
        (f"select object_construct(* exclude (b, z)) from {_ROW}",
         '{"N":10.5,"TS":"2024-01-01 10:00:00.000"}'),
        (f"with w as (select n, nn from {_ROW}) select object_construct_keep_null(*) from w",
         '{"N":10.5,"NN":null}'),
        (f"select object_construct(*) from (select n, ts from {_ROW}) a"
         " join (select 10.5 n, 2 y) b using (n)",
         '{"N":10.5,"TS":"2024-01-01 10:00:00.000","Y":2}'),
        (f"select object_construct(*) from (select n, z from {_ROW}) a"
         " natural join (select 10.5 n, 2 y) b",
         '{"N":10.5,"Y":2,"Z":"2024-01-01 10:00:00.000 +0200"}'),
        (f"select object_construct(*) from (select 1 x, 2 y) a"
         f" right join (select 7 x, z from {_ROW}) b using (x)",
         '{"X":7,"Z":"2024-01-01 10:00:00.000 +0200"}'),
        (f"select object_construct_keep_null(*) from (select 1 x, 2 y) a"
         f" full join (select 7 x, z from {_ROW}) b using (x) order by 1",
         '{"X":1,"Y":2,"Z":null}'),
    ],
)  # fmt: skip
def test_a_rows_values_are_as_they_are_by_name(calculator: Asker, query: str, expected: str):
    assert calculator(query)[0] == (expected,)


def test_a_rows_star_says_no_more_than_what_to_leave_out(calculator: Asker):
    error = calculator.error(f"select object_construct(* ilike 'n%') from {_ROW}")
    assert "OBJECT_CONSTRUCT(* ILIKE ...) is not supported" in error.message


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{"a": {"b": [1, "x"]}}', "a.b[1]", "x"),
        ('{"a": {"c": 1.50}}', "a", '{"c":1.5}'),
        ("[1, 2]", "[1]", "2"),
        ('{"a": null}', "a", None),
        ('{"a": true}', "b", None),
    ],
)
def test_a_texts_json_is_read_by_path(
    calculator: Asker, text: str, path: str, expected: str | None
):
    assert in_every_form(calculator, "json_extract_path_text", f"'{text}'", f"'{path}'") == {
        expected
    }
