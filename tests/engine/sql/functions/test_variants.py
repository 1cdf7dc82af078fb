"""VARIANT by what it holds: in comparisons, orders and calculations; what values become in one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

_FROM = "from (select parse_json(column1) as v from values ('10'), ('9'), ('\"a\"'))"

#: An expression and its value.
VALUES: list[tuple[str, Any]] = [
    # compared
    ("parse_json('{\"a\":10}'):a > parse_json('{\"a\":9}'):a", True),
    ("parse_json('10') > 9", True),
    ("parse_json('{\"a\":1}') = parse_json('{ \"a\" : 1 }')", True),
    ("parse_json('1') = parse_json('1.0')", True),
    ("parse_json('1') <> parse_json('2')", True),
    ("parse_json('\"x\"') = 'x'", True),
    ("'x' = parse_json('\"x\"')", True),
    ("parse_json('{\"a\":\"x\"}'):a in ('x', 'y')", True),
    ("parse_json('10') not in (9)", True),
    ("case parse_json('\"x\"') when 'x' then 1 end", 1),
    ("case parse_json('3') when 3 then 1 end", 1),
    ("parse_json('\"2024-01-31\"') > '2024-01-01'::date", True),
    ("parse_json('{\"a\":null}'):a = 'x'", None),
    ("parse_json('true') = true", True),
    # calculated with
    ("parse_json('{\"a\":1.5}'):a * 2", 3.0),
    ('parse_json(\'{"a":"5"}\'):a + 1', 6.0),
    ("'1' + 1", 2),
    ("2 - '1'", 1),
    # made of values that JSON has no form for
    ("to_variant('2024-01-31 10:00:00'::timestamp)", '"2024-01-31 10:00:00.000"'),
    ("to_variant('2024-01-31 10:00:00 +0200'::timestamp_tz)", '"2024-01-31 10:00:00.000 +0200"'),
    ("to_binary('6162')::variant", '"6162"'),
    ("object_construct('b', to_binary('6162'))", '{"b":"6162"}'),
    ("array_construct('2024-01-31 10:00:00'::timestamp)", '["2024-01-31 10:00:00.000"]'),
    ("array_append([], '2024-01-31 10:00:00'::timestamp)", '["2024-01-31 10:00:00.000"]'),
    ("to_variant('2024-01-31'::date)", '"2024-01-31"'),
    ("to_variant('10:00:00'::time)", '"10:00:00"'),
    # arrays
    ("array_except([1, 2, 2, 2, 3], [2])", "[1,2,2,3]"),
    ("array_except(['A', null, null], ['A'])", "[null,null]"),
    ("array_intersection(['A', 'B', 'B', 'B'], ['B', 'B'])", '["B","B"]'),
    ("array_remove([1, 5, 5.0, '5', 2], 5)", '[1,"5",2]'),
    ("array_remove_at([2, 5, 7], 0)", "[5,7]"),
    ("array_remove_at([2, 5, 7], -1)", "[2,5]"),
    ("array_insert([0, 1, 2, 3], 2, 'x')", '[0,1,"x",2,3]'),
    ("array_insert([0, 1], -1, 'x')", '[0,"x",1]'),
    ("array_except([1], null)", None),
    ("array_remove([1], null)", None),
    ("array_reverse([1, 2])", "[2,1]"),
    ("array_flatten([[1, 2], [3]])", "[1,2,3]"),
    ("array_contains(5, [5.0])", True),
    ("array_position(5, [1, 5.0])", 1),
    ("array_construct()", "[]"),
]

_FLATTENED = "from table(flatten(parse_json('[10, 9, \"x\"]')))"

#: A query over the VARIANTs 10, 9 and "a", and its rows.
QUERIES = {
    f"select v {_FROM} order by v": ["9", "10", '"a"'],
    f"select v as w {_FROM} order by w desc nulls last": ['"a"', "10", "9"],
    f"select listagg(v, ',') within group (order by v) {_FROM}": ["9,10,a"],
    f"select v {_FROM} qualify row_number() over (order by v) = 1": ["9"],
    f"select v {_FROM} group by v order by v": ["9", "10", '"a"'],
    f"select sum(v) {_FROM} where v <> 'a'": [19.0],
    f"select avg(v) {_FROM} where v <> 'a'": [9.5],
    f"select count(*) {_FROM} join (select parse_json('9.0') as w) on v = w": [1],
    "select array_agg(column1) from values ('2024-01-31 10:00:00'::timestamp)": [
        '["2024-01-31 10:00:00.000"]'
    ],
    f"select value {_FLATTENED} order by value": ["9", "10", '"x"'],
    f"select index {_FLATTENED} where value = 'x'": [2],
    f"select sum(value) {_FLATTENED} where value in (9, 10)": [19.0],
    f"select value || 'y' {_FLATTENED} where index = 2": ["xy"],
    "select object_agg('k', column1) from values (to_binary('6162'))": ['{"k":"6162"}'],
}


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_an_expression_has_its_value(calculator: Asker, expression: str, value: Any):
    assert calculator(f"select {expression}") == [(value,)]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_its_rows(calculator: Asker, query: str):
    assert [row[0] for row in calculator(query)] == QUERIES[query]
