"""FLATTEN and SPLIT_TO_TABLE: rows, order and each argument."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

_ARRAYS = "(select column1 as i, parse_json(column2) as v from values (1, '[3,1]'), (2, '[9,8,7]'))"
_GAPS = (
    "(select column1 as i, parse_json(column2) as v from values (1, '[5]'), (2, '[]'), (3, null))"
)
_OBJECT = """parse_json('{"b":1,"a":[77,88],"c d":{"x":2}}')"""

_NESTED = """parse_json('{"b c":null,"a":[77,{"x":1.5}]}')"""
_NESTED_TEXT = '{"a":[77,{"x":1.5}],"b c":null}'

#: A query and its rows in their order.
QUERIES: dict[str, list[tuple[Any, ...]]] = {
    "select index, value from table(flatten(input => parse_json('[5,6]')))": [(0, "5"), (1, "6")],
    "select seq, key, path, index, value, this from table(flatten(parse_json('[5,null]')))": [
        (1, None, "[0]", 0, "5", "[5,null]"),
        (1, None, "[1]", 1, "null", "[5,null]"),
    ],
    f"select key, path, index, value from table(flatten({_OBJECT}))": [
        ("a", "a", None, "[77,88]"),
        ("b", "b", None, "1"),
        ("c d", "['c d']", None, '{"x":2}'),
    ],
    f"select path, value, this from table(flatten(input => {_OBJECT}, path => 'a'))": [
        ("a[0]", "77", "[77,88]"),
        ("a[1]", "88", "[77,88]"),
    ],
    f"select key from table(flatten(input => {_OBJECT}, mode => 'object'))": [
        ("a",),
        ("b",),
        ("c d",),
    ],
    f"select key from table(flatten(input => {_OBJECT}, mode => 'array'))": [],
    f"select key, path, index, value, this from table(flatten({_NESTED}, recursive => true))": [
        ("a", "a", None, '[77,{"x":1.5}]', _NESTED_TEXT),
        (None, "a[0]", 0, "77", '[77,{"x":1.5}]'),
        (None, "a[1]", 1, '{"x":1.5}', '[77,{"x":1.5}]'),
        ("x", "a[1].x", None, "1.5", '{"x":1.5}'),
        ("b c", "['b c']", None, "null", _NESTED_TEXT),
    ],
    f"select path from table(flatten({_NESTED}, recursive => true, mode => 'object'))": [
        ("a",),
        ("['b c']",),
    ],
    f"select path from table(flatten(input => {_NESTED}, path => 'a[1]', recursive => true))": [
        ("a[1].x",),
    ],
    f"select i, f.path from {_ARRAYS} t, lateral flatten(t.v, recursive => true) f where i = 1": [
        (1, "[0]"),
        (1, "[1]"),
    ],
    f"select i, value from {_GAPS} t, lateral flatten(v, outer => true, recursive => true)": [
        (1, "5"),
        (2, None),
        (3, None),
    ],
    "select count(*) from table(flatten(parse_json('5')))": [(0,)],
    f"select i, f.value from {_ARRAYS} t, lateral flatten(input => t.v) f": [
        (1, "3"),
        (1, "1"),
        (2, "9"),
        (2, "8"),
        (2, "7"),
    ],
    f"select i, f.index from {_ARRAYS} t, table(flatten(t.v)) f where f.value <> 9 and i > 1": [
        (2, 1),
        (2, 2),
    ],
    f"select i, value from {_GAPS} t, lateral flatten(input => v, outer => true)": [
        (1, "5"),
        (2, None),
        (3, None),
    ],
    f"select i, f.value from {_GAPS} t left join lateral flatten(input => t.v) f": [
        (1, "5"),
        (2, None),
        (3, None),
    ],
    f"select i, value from {_GAPS} t, lateral flatten(v, outer => true) where value is null": [
        (2, None),
        (3, None),
    ],
    "select value from table(flatten(input => parse_json('[]'), outer => true))": [(None,)],
    "select f.index, g.value from table(flatten(parse_json('[[1,2],[3]]'))) f,"
    " lateral flatten(input => f.value) g": [(0, "1"), (0, "2"), (1, "3")],
    'with t as (select parse_json(\'{"x":[{"n":"p"},{"n":"q"}]}\') as v)'
    " select f.value:n::varchar from t, lateral flatten(input => v:x) f": [("p",), ("q",)],
    "select t.s, f.index, f.value from (values ('b,a'), ('c')) t(s),"
    " lateral split_to_table(t.s, ',') f where f.value <> 'x'": [
        ("b,a", 1, "b"),
        ("b,a", 2, "a"),
        ("c", 1, "c"),
    ],
    f"select i, array_agg(value) from {_ARRAYS} t, lateral flatten(t.v) group by i order by i": [
        (1, "[3,1]"),
        (2, "[9,8,7]"),
    ],
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_rows_come_in_the_order_of_what_is_taken_apart(calculator: Asker, query: str):
    assert calculator(query) == QUERIES[query]


def test_the_rows_of_a_table_come_in_their_order(sql: Asker):
    sql(
        "create table t as select seq4() as i, array_construct(i, i + 1) as v"
        " from table(generator(rowcount => 5000))"
    )
    rows = sql("select i, index from t, lateral flatten(input => v) where index >= 0")
    assert rows == [(i, index) for i in range(5000) for index in range(2)]


def test_one_sequence_number_is_of_one_input(calculator: Asker):
    text = f"select count(distinct seq), min(seq) > 0 from {_ARRAYS} t, lateral flatten(t.v)"
    assert calculator(text) == [(2, True)]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("input => parse_json('[]'), mode => 'all'", "MODE => ALL"),
        ("input => parse_json('[]'), depth => 1", "DEPTH"),
        ("outer => true", "INPUT"),
    ],
)
def test_what_is_not_done_is_named(calculator: Asker, arguments: str, named: str):
    assert named in calculator.error(f"select * from table(flatten({arguments}))").message


#: A table function of a text, with TABLE and beside what it reads.
SPLIT = {
    "select value, index from table(split_to_table('a,b', ','))": [("a", 1), ("b", 2)],
    "select s.value from (select 'x|y' as t) q, table(split_to_table(q.t, '|')) s": [
        ("x",),
        ("y",),
    ],
    "select s.value from (select 'x|y' as t) q, lateral split_to_table(q.t, '|') s": [
        ("x",),
        ("y",),
    ],
    "select count(*) from (table(split_to_table('a,b,c', ',')))": [(3,)],
    "select value from (table (split_to_table('a b', ' ') over ()))": [("a",), ("b",)],
    "select value from table(flatten([1]) over (partition by 1))": [("1",)],
}


@pytest.mark.parametrize("query", SPLIT)
def test_a_text_is_split_into_rows(calculator: Asker, query: str) -> None:
    assert calculator(query) == SPLIT[query]


def test_rows_of_one_text_have_one_number(calculator: Asker) -> None:
    query = (
        "select column1, s.seq from values ('a,b'), ('c,d') v,"
        " lateral split_to_table(column1, ',') s"
    )
    of_text = [set(), set()]
    for text, number in calculator(query):
        of_text[text == "c,d"].add(number)
    assert [len(numbers) for numbers in of_text] == [1, 1]
    assert of_text[0] != of_text[1]


def test_tokens_are_rows(calculator: Asker):
    rows = calculator("select * from table(strtok_split_to_table('a.b--c', '.-'))")
    assert rows == [(1, 1, "a"), (1, 2, "b"), (1, 3, "c")]
    of_column = "values ('x y'), (' z') v(t), lateral strtok_split_to_table(t) s"
    assert calculator(f"select t, s.index, s.value from {of_column} order by 1 desc, 2") == [
        ("x y", 1, "x"),
        ("x y", 2, "y"),
        (" z", 1, "z"),
    ]
