"""Each rewrite of fakesnow that is used has an expression here, with the value it must have."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from sfdag_magics.engine.sql.rewriting.adapter_fakesnow import REWRITES
from tests.engine.sql.conftest import Asker

_ROWS = "from values (1, 'b'), (2, 'a') v(n, s)"
CASES = {
    "split": ("select split('a,b', ',')", '["a","b"]'),
    "indices_to_json_extract": ("select parse_json('[7, 8]')[1]", "8"),
    "json_extract_cast_as_varchar": ('select parse_json(\'{"a": "x"}\'):a::varchar', "x"),
    "json_extract_cased_as_varchar": ('select upper(parse_json(\'{"a": "x"}\'):a)', "X"),
    "json_extract_precedence": ("select parse_json('{\"a\": 1}'):a::int + 1", 2),
    "values_columns": ("select column2 from values (1, 'x')", "x"),
    "to_decimal": ("select to_decimal('2.345', 10, 2)", Decimal("2.35")),
    "to_variant": ("select to_variant('x')", '"x"'),
    "object_construct": (f"select count(object_construct(*)) {_ROWS}", 2),
    "float_to_double": ("select 0.1::float + 0.2::float", 0.30000000000000004),
    "sample": (f"select count(*) {_ROWS} sample (100)", 2),
    "array_size": ("select array_size(parse_json('{}'))", None),
    "array_construct_etc": ("select array_construct_compact(1, null, 2)", "[1,2]"),
    "dateadd_date_cast": ("select dateadd(day, 1, '2020-02-28'::date)", date(2020, 2, 29)),
    "dateadd_string_literal_timestamp_cast": (
        "select dateadd(hour, 1, '2020-01-01')",
        datetime(2020, 1, 1, 1),  # noqa: DTZ001 - TIMESTAMP_NTZ
    ),
    "datediff_string_literal_timestamp_cast": (
        "select datediff(hour, '2020-01-01', '2020-01-02')",
        24,
    ),
    "haversine": ("select round(haversine(0, 0, 0, 180))", 20015),
    "hex_string": ("select x'4142'", b"AB"),
    "alias_in_join": (
        "select x.a + 1 as k from (select 1 as a) x join (select 2 as b) y on k = y.b",
        2,
    ),
    "alias_in_where": (
        "select object_construct('n', n) as o from values (1) v(n) where o:n = 1",
        '{"n":1}',
    ),
}


def test_every_rewrite_has_a_case():
    assert {rewrite.name for rewrite in REWRITES} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_rewrite_gives_snowflakes_value(sql: Asker, name: str):
    statement, value = CASES[name]
    assert sql(statement) == [(value,)]
