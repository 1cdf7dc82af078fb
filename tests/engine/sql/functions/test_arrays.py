"""ARRAY: what is written as one, its functions, and lambdas over its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

#: An expression over an ARRAY `a` of numbers, one `s` of texts and a number `k`, and its value.
VALUES: dict[str, Any] = {
    "['a', 1]": '["a",1]',
    "array_size(['a', 1])": 2,
    "array_size([])": 0,
    "array_size(null)": None,
    "array_size(parse_json('{}'))": None,
    "array_size(parse_json('[[1, 2]]')[0]) + 1": 3,
    "split('a,b', ',')": '["a","b"]',
    "split('a,b', '')": '["a,b"]',
    "split('', ',')": '[""]',
    "split(null, ',')": None,
    "split('a', null)": None,
    "array_size(split('a b c', ' '))": 3,
    "['a', 1][0] || 'q'": "aq",
    "[1.50, null]": "[1.5,null]",
    "array_cat(a, ['z'])": '[3,1,2,"z"]',
    "array_contains('x', s)": True,
    "array_contains('a'::variant, ['a', 'b'])": True,
    "array_to_string(['a', 'b'], ',')": "a,b",
    "array_distinct(['a', 'a'])": '["a"]',
    "arrays_overlap(s, ['x'])": True,
    "arrays_overlap([1, null], [null, 5])": True,
    "arrays_overlap([1, null], [2])": False,
    "arrays_overlap(a, null)": None,
    "array_contains(null, [1, null])": True,
    "array_contains(null, [1])": None,
    "array_contains(3::variant, [1, null])": False,
    "arrays_zip(a, [10, null])": '[{"$1":3,"$2":10},{"$1":1,"$2":null},{"$1":2,"$2":null}]',
    "arrays_zip(s)": '[{"$1":"x"},{"$1":"y"}]',
    "arrays_zip(a, null)": None,
    "arrays_zip([], [])": "[]",
    "arrays_to_object(s, [1, null])": '{"x":1,"y":null}',
    "arrays_to_object(['k', null], s)": '{"k":"x"}',
    "arrays_to_object(null, s)": None,
    "array_position('y', s)": 1,
    "array_append(s, 'z')": '["x","y","z"]',
    # ordered by value
    "array_max([9, 10])": "10",
    "array_min([9, null, 10])": "9",
    "array_max(['a', 'b'])": '"b"',
    "array_sort([9, 10, 1])": "[1,9,10]",
    "array_sort([1, null, 3, 2])": "[1,2,3,null]",
    "array_sort([1, null, 3], false)": "[null,3,1]",
    # as text
    "array_insert(['x'], 0, 'y')::varchar": '["y","x"]',
    "array_insert([1, 2], 3, 9)::varchar": "[1,2,null,9]",
    "array_insert([1, 2, 3], -1, 9)::varchar": "[1,2,9,3]",
    "array_remove_at([1, 2, 3], 1)::varchar": "[1,3]",
    "array_remove_at([1, 2, 3], -1)::varchar": "[1,2]",
    "strtok_to_array('a.b,c', '.,')::varchar": '["a","b","c"]',
    "strtok_to_array('a-b]c', '-]')::varchar": '["a","b","c"]',
    "array_flatten([[1, 2], [3]])::varchar": "[1,2,3]",
    "array_reverse(a)::varchar": "[2,1,3]",
    "array_construct_compact(1, null, 'x')::varchar": '[1,"x"]',
    "array_generate_range(0, 5, 2)::varchar": "[0,2,4]",
    # lambdas
    "filter(a, x -> x > 1)": "[3,2]",
    "filter(a, x -> x >= k)::varchar": "[3,2]",
    "filter(s, x -> x like 'x%')": '["x"]',
    "filter(['a', 'b'], x -> x = 'a')": '["a"]',
    "filter([{'a': 1, 'b': 'u'}, {'a': 2, 'b': 'w'}], x -> x:b = 'w')": '[{"a":2,"b":"w"}]',
    "transform(a, x -> x * 2)::varchar": "[6,2,4]",
    "transform(a, x int -> x + k)": "[5,3,4]",
    "transform(s, x -> upper(x))": '["X","Y"]',
    "transform(split('a,b', ','), x -> x || 'z')": '["az","bz"]',
    "transform([{'a': 1}], x -> x:a + 1)": "[2]",
    "reduce(a, 0, (acc, x) -> acc + x)": 6,
    "reduce(s, '', (acc, x) -> acc || x)": "xy",
    "reduce(a, [], (acc, x) -> array_prepend(acc, x))": "[2,1,3]",
}


@pytest.fixture(scope="module")
def arrays(calculator: Asker) -> Iterator[Asker]:
    calculator("create table t as select [3, 1, 2] as a, ['x', 'y'] as s, 2 as k")
    yield calculator
    calculator("drop table if exists t")


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_of_arrays_has_snowflakes_value(arrays: Asker, expression: str):
    assert arrays(f"select {expression} from t") == [(VALUES[expression],)]


def test_keys_and_values_are_as_many(arrays: Asker):
    error = arrays.error("select arrays_to_object(s, a) from t")
    assert "different lengths in ARRAYS_TO_OBJECT" in error.message


def test_several_of_the_greatest_are_an_array(calculator: Asker):
    rows = "(select column1 as a, column2 as b from values ('x', 1), ('y', 2), ('z', 3))"
    assert calculator(f"select max_by(a, b, 2)::varchar, min_by(b, b, 2)::varchar from {rows}") == [
        ('["z","y"]', "[1,2]")
    ]


@pytest.mark.parametrize(
    ("parameters", "kind"), [("(acc, x)", SfType.REAL), ("(acc int, x int)", SfType.FIXED)]
)
def test_what_is_reduced_has_the_type_of_its_lambda(arrays: Asker, parameters: str, kind: SfType):
    result = arrays.result(f"select reduce(a, 0, {parameters} -> acc + x) as total from t")
    assert [column.type for column in result.columns] == [kind]
    assert result.rows.column(0).to_pylist() == [6]


@pytest.mark.parametrize("expression", ["filter(a, x -> x > 1)", "transform(a, x -> 1)", "[1]"])
def test_what_is_made_of_an_array_is_one(arrays: Asker, expression: str):
    result = arrays.result(f"select {expression} from t")
    assert [column.type for column in result.columns] == [SfType.ARRAY]
