"""VARIANTs are equal and ordered by what they hold; what is put into one stays what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

#: An expression and its value.
VALUES: dict[str, Any] = {
    # equal
    """parse_json('{"a":1,"b":2}') = parse_json(' {"b":2, "a":1.0}')""": True,
    "parse_json('1') = parse_json('1.0')": True,
    "parse_json('[1, 2]') = array_construct(1, 2)": True,
    "object_construct('b', 1, 'a', 2.50) = parse_json('{\"a\":2.5,\"b\":1}')": True,
    "{'b': 1, 'a': 2} = {'a': 2, 'b': 1}": True,
    "parse_json('\"a\\\\u0062\"') = to_variant('ab')": True,
    "parse_json('\"1\"') = parse_json('1')": False,
    "array_contains(1::variant, array_construct(1.0))": True,
    "parse_json('12345678.10')::varchar": "12345678.1",
    "1.0::float::variant::varchar": "1",
    # ordered
    "parse_json('9') < parse_json('10')": True,
    "to_variant(9) >= to_variant(10)": False,
    "parse_json('9') between parse_json('8.5') and parse_json('10')": True,
    "greatest(to_variant(9), to_variant(10))": "10",
    "least(parse_json('9'), 10)": "9",
    "greatest(to_variant(9), null)": None,
}
_ROWS = (
    "(select column1 as id, parse_json(column2) as v from values"
    """ (1, '{"n":10}'), (2, '{"n":9.0}'), (3, '{"n": 9}'), (4, '{}'))"""
)
#: A query and its rows.
QUERIES: dict[str, list[tuple[Any, ...]]] = {
    f"select v:n from {_ROWS} order by v:n": [("9",), ("9",), ("10",), (None,)],
    f"select v:n as n from {_ROWS} order by n desc": [(None,), ("10",), ("9",), ("9",)],
    f"select v:n as id from {_ROWS} order by id": [("9",), ("9",), ("10",), (None,)],
    f"select v:n from {_ROWS} order by 1 limit 1": [("9",)],
    f"select distinct v:n from {_ROWS} order by v:n": [("9",), ("10",), (None,)],
    f"select distinct v:n as n from {_ROWS} order by n": [("9",), ("10",), (None,)],
    f"select v:n, count(*) from {_ROWS} group by v:n order by v:n": [
        ("9", 2),
        ("10", 1),
        (None, 1),
    ],
    f"select v:n as n, count(*) from {_ROWS} group by all order by n": [
        ("9", 2),
        ("10", 1),
        (None, 1),
    ],
    f"select v:n as n, count(*) from {_ROWS} group by 1 order by 2, 1": [
        ("10", 1),
        (None, 1),
        ("9", 2),
    ],
    f"select max(v:n) as most from {_ROWS} group by id order by most limit 1": [("9",)],
    f"select count(distinct v:n), count(distinct v) from {_ROWS}": [(2, 3)],
    f"select id from {_ROWS} qualify row_number() over (order by v:n desc nulls last) = 1": [(1,)],
    f"select max_by(id, v:n), array_agg(v:n) within group (order by v:n desc) from {_ROWS}": [
        (1, "[10,9,9]")
    ],
    f"select v:n from {_ROWS} union select to_variant(10) order by 1": [("9",), ("10",), (None,)],
    f"select v from {_ROWS} intersect select parse_json('{{\"n\": 10.00}}')": [('{"n":10}',)],
    "select object_construct(*) from (select 1.50 as b, 2 as a)": [('{"A":2,"B":1.5}',)],
    "select object_construct_keep_null(*) from (select null as b, 2 as a)": [('{"A":2,"B":null}',)],
}
#: What is put into a VARIANT, and the type that it has there.
PUT: dict[str, str] = {
    "'123'": "VARCHAR",
    "'true'": "VARCHAR",
    "'null'": "VARCHAR",
    "'{\"a\":1}'": "VARCHAR",
    "'hello'": "VARCHAR",
    "123": "INTEGER",
    "1.50": "DECIMAL",
    "true": "BOOLEAN",
    "parse_json('{\"a\":1}')": "OBJECT",
}


@pytest.mark.parametrize("expression", VALUES)
def test_variants_are_compared_by_value(calculator: Asker, expression: str):
    assert calculator(f"select {expression}") == [(VALUES[expression],)]


@pytest.mark.parametrize("query", QUERIES)
def test_variants_are_ordered_and_grouped_by_value(calculator: Asker, query: str):
    assert calculator(query) == QUERIES[query]


@pytest.fixture(scope="module")
def kept(calculator: Asker) -> Iterator[Asker]:
    calculator("create table kept (v variant)")
    yield calculator
    calculator("drop table if exists kept")


@pytest.mark.parametrize("value", PUT)
@pytest.mark.parametrize(
    "writing",
    [
        ("insert into kept select {}",),
        ("insert into kept select null", "update kept set v = {}"),
        (
            "merge into kept using (select 1 as k) s on s.k = 2"
            " when not matched then insert (v) values ({})",
        ),
        ("create or replace table kept as select to_variant({}) as v",),
    ],
    ids=["insert", "update", "merge", "create"],
)
def test_what_is_put_into_a_variant_is_not_read(kept: Asker, writing: tuple[str, ...], value: str):
    kept("truncate table kept")
    for statement in writing:
        kept(statement.format(value))
    assert kept("select typeof(v) from kept") == [(PUT[value],)]


def test_values_and_bound_texts_are_put_in_as_they_are(sql: Asker):
    sql("create table t (v variant)")
    sql("insert into t values ('x'), ('[1]'), (5), (null)")
    sql("insert into t values (?)", "7")
    assert sql("select typeof(v), v::varchar from t") == [
        ("VARCHAR", "x"),
        ("VARCHAR", "[1]"),
        ("INTEGER", "5"),
        (None, None),
        ("VARCHAR", "7"),
    ]


@pytest.mark.parametrize("kind", ["object", "array"])
def test_a_text_is_no_object_and_no_array(sql: Asker, kind: str):
    sql(f"create table t (c {kind})")
    message = sql.error("insert into t select '[1]'").message
    assert f"expecting {kind.upper()} but got VARCHAR" in message
    assert sql("select count(*) from t") == [(0,)]


def test_a_text_that_is_a_variants_default_is_not_read(sql: Asker):
    sql("create table t (v variant default '1', n int)")
    sql("insert into t (n) values (1)")
    assert sql("select typeof(v), v::varchar from t") == [("VARCHAR", "1")]
