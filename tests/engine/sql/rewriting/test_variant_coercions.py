"""A VARIANT where a text, a number, a truth value or a moment is wanted, and beside other types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

_ANN = (
    '{"u":"ann","n":10,"f":true,"day":"2024-01-05","list":[1,2],"five":"5","object":{"b":1,"a":2}}'
)

#: An expression over `v`, which holds `_ANN`, and its value.
VALUES: dict[str, Any] = {
    # as text
    "v:u like 'a%'": True,
    "v:u ilike any ('A%', 'b%')": True,
    "startswith(v:u, 'a')": True,
    "contains(v:u, 'n')": True,
    "v:u || 'z'": "annz",
    "v['u'] || 'z'": "annz",
    "concat(v:u, 'z')": "annz",
    "concat_ws('-', v:u, v:u)": "ann-ann",
    "replace(v:u, 'n', 'm')": "amm",
    "initcap(v:u)": "Ann",
    "upper(v:u)": "ANN",
    "length(v:u)": 3,
    "substr(v:u, 1, 2)": "an",
    "charindex('n', v:u)": 2,
    "md5(v:u)": "7e0d7f8a5d96c24ffcc840f31bce72b2",
    "trim(v:u)": "ann",
    "regexp_replace(v:u, 'n', 'm')": "amm",
    "v:u rlike 'a.*'": True,
    "split(v:u, 'n')[0] || 'x'": "ax",
    "get(split('a,b', ','), 1) || 'x'": "bx",
    "v:n || 'x'": "10x",
    "v:object || ''": '{"a":2,"b":1}',
    # as a number
    "v:n + 1": 11,
    "v:n * 1.5": 15,
    "-v:n": -10,
    "v:n % 4": 2,
    "round(v:n)": 10,
    "v:list[0] + v:list[1]": 3,
    "v:five + 1": 6,
    # as a truth value and as a moment
    "iff(v:f, 1, 2)": 1,
    "not v:f": False,
    "case when v:f and v:n > 9 then 1 end": 1,
    "year(v:day)": 2024,
    "dateadd(day, 1, v:day)": datetime(2024, 1, 6),  # noqa: DTZ001 - TIMESTAMP_NTZ
    "monthname(v:day)": "Jan",
    "datediff(day, v:day, '2024-01-07')": 2,
    # compared
    "v:u = 'ann'": True,
    "'ann' = v:u": True,
    "v:u <> upper('ann')": True,
    "v:u in ('ann', 'bob')": True,
    "v:u in (select 'ann')": True,
    "'ann' in (select v:u)": True,
    "v:n in (9, 10)": True,
    "v:n > 9": True,
    "v:n between 9.5 and 10": True,
    "v:u > 9": None,
    "v:day = '2024-01-05'::date": True,
    "v:day > '2024-01-05'::timestamp": False,
    "v:f = true": True,
    "split('a,b', ',')[0] = 'a'": True,
    "parse_json('\"x\"') = 'x'": True,
    "case v:u when 'ann' then 1 when 'bob' then 2 end": 1,
    "decode(v:u, 'bob', 1, 'ann', 2)": 2,
    "equal_null(v:u, 'ann')": True,
    "nullif(v:u, 'ann')": None,
    # one of several: all are VARIANT
    "nvl(v:nothing, 'none')": '"none"',
    "nvl(v:nothing, 'none')::varchar": "none",
    "coalesce(v:nothing, 0)": "0",
    "iff(v:f, 'yes', v:u)": '"yes"',
    "case when v:f then v:u else 'x' end": '"ann"',
    "decode(1, 1, v:u, 'x')": '"ann"',
    "coalesce(v:nothing, 0) + 1": 1,
    "iff(v:f, v:u, 'x') || 'z'": "annz",
    "nvl(v:u, '') = 'ann'": True,
    # an index that is computed
    "v:list[v:n - 9]": "2",
    "get(v, split('x,u', ',')[1])": '"ann"',
}
#: A query over `t`, two rows of such values, and its rows.
QUERIES: dict[str, list[tuple[Any, ...]]] = {
    "select sum(v:n), avg(v:n), count(v:n) from t": [(19, 9.5, 2)],
    "select sum(f.value) from t, lateral flatten(input => v:list) f": [(6,)],
    "select upper(f.value), f.value || 'x' from table(flatten(split('a,b', ','))) f": [
        ("A", "ax"),
        ("B", "bx"),
    ],
    "select f.key from t, lateral flatten(v) f where f.value = 'ann'": [("u",)],
    "select id from t where v:f": [(1,)],
    "select t.id from t join (select 'bob' as k) k on t.v:u = k.k": [(2,)],
    "select t.id from t join (select 9 as k) k on k.k = t.v:n": [(2,)],
    # joined by name, the VARIANT is of the other's type
    "select * from (select v:u as k, id from t) join (select 'bob' as k, 7 as n) using (k)": [
        ("bob", 2, 7)
    ],
    "select * from (select 'bob' as k, 7 as n) natural join (select v:u as k, id from t)": [
        ("bob", 7, 2)
    ],
    "select k, a.id from (select v:n as k, id from t) a join (select '9' as k) b using (k)": [
        ("9", 2)
    ],
    "select id from (select 9 as k) b left join (select v:n as k, id from t) a using (k)": [(2,)],
    "select n from (select v:u as k from t) join (select 9 as k, 1 as n) using (k)": [],
    "select v:u from t where id = 1 union all select 'x'": [('"ann"',), ('"x"',)],
    "select 'x' union all select v:u from t where id = 1": [('"x"',), ('"ann"',)],
    "select column1 from values (parse_json('1')), ('x')": [("1",), ('"x"',)],
    "select * from (select v:u as u, 1 as n from t where id = 1) union all select 'x', 2": [
        ('"ann"', 1),
        ('"x"', 2),
    ],
    "select v:u as u from t where id = 1 union (select * from (select 'x')) order by u": [
        ('"ann"',),
        ('"x"',),
    ],
    "with c as (select v:u as u, v:n as n from t) select u || 'z', n + 1 from c where u = 'bob'": [
        ("bobz", 10)
    ],
    "select upper(v:u), count(*) from t group by upper(v:u) order by 1": [("ANN", 1), ("BOB", 1)],
    "select listagg(distinct v:f, ',') within group (order by v:f) from t": [("false,true",)],
    "select listagg(v:u, ',') within group (order by id) from t": [("ann,bob",)],
}


@pytest.fixture(scope="module")
def variants(calculator: Asker) -> Iterator[Asker]:
    calculator(
        "create table t as select column1 as id, parse_json(column2) as v from values"
        f' (1, \'{_ANN}\'), (2, \'{{"u":"bob","n":9,"f":false,"list":[3]}}\')'
    )
    yield calculator
    calculator("drop table if exists t")


@pytest.mark.parametrize("expression", VALUES)
def test_a_variant_is_converted_to_what_is_wanted(variants: Asker, expression: str):
    assert variants(f"select {expression} from t where id = 1") == [(VALUES[expression],)]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_converts_variants(variants: Asker, query: str):
    assert variants(query) == QUERIES[query]


def test_a_text_that_is_no_number_is_none(variants: Asker):
    error = variants.error("select v:u + 1 from t")
    assert error.message.startswith('Failed to cast variant value "ann" to REAL')


def test_a_merge_finds_rows_by_a_variant(sql: Asker):
    sql("create table target (k varchar, at date)")
    sql("insert into target values ('ann', null)")
    sql('create table source as select parse_json(\'{"u":"ann","at":"2024-01-05"}\') as v')
    sql(
        "merge into target using source on source.v:u = target.k"
        " when matched then update set at = source.v:at::date"
    )
    assert sql("select * from target") == [("ann", date(2024, 1, 5))]
