"""PIVOT by values that are not written out: ANY, and a query; of a VALUES list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.sql.conftest import Asker

_ROWS = "(select k, n from sales)"
#: A query, its columns and its rows.
PIVOTS: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    f"select * from {_ROWS} pivot (sum(n) for k in (any order by k))": (
        ["'a'", "'b'"],
        [(4, 2)],
    ),
    f"select * from {_ROWS} pivot (max(n) for k in (any order by k desc)) as p": (
        ["'b'", "'a'"],
        [(2, 3)],
    ),
    f"select * from {_ROWS} pivot (sum(n) for k in (select k from sales where n = 2))": (
        ["'b'"],
        [(2,)],
    ),
    "select * from (select n, k from sales) pivot (count(k) for n in (any))": (
        ["1", "2", "3", "9"],
        [(1, 1, 1, 0)],
    ),
    f"with w as {_ROWS}, p as (select * from w pivot (sum(n) for k in (any)))"
    " select \"'a'\" from p": (["'a'"], [(4,)]),
    "select * from (values ('a', 'x', 1), ('a', 'y', 2)) t(g, k, v)"
    " pivot (sum(v) for k in ('x', 'y')) as p (g, x, y)": (["G", "X", "Y"], [("a", 1, 2)]),
    "select * from values ('a', 1, 2) as t(g, j, f) unpivot (v for k in (j, f)) order by k": (
        ["G", "K", "V"],
        [("a", "F", 2), ("a", "J", 1)],
    ),
}
REFUSED = {
    f"select * from {_ROWS} pivot (sum(n) for k in (any order by n))": "order of another column",
    "select * from (select k, n from sales where n > 9) pivot (sum(n) for k in (any))": (
        "there are no values"
    ),
}


@pytest.fixture(scope="module")
def sales(calculator: Asker) -> Iterator[Asker]:
    rows = "values ('a', 1), ('b', 2), ('a', 3), (null, 9)"
    calculator(f"create table sales as select * from {rows} v(k, n)")
    yield calculator
    calculator("drop table sales")


@pytest.mark.parametrize("query", PIVOTS)
def test_the_values_are_looked_for(sales: Asker, query: str):
    names, rows = PIVOTS[query]
    assert sales.columns(query) == names
    assert sales(query) == rows


@pytest.mark.parametrize("query", REFUSED)
def test_what_has_no_values_is_refused(sales: Asker, query: str):
    assert REFUSED[query] in sales.error(query).message


def test_a_new_value_is_a_new_column(sql: Asker):
    sql("create table t as select 'a' as k, 1 as n")
    query = "select * from t pivot (sum(n) for k in (any order by k))"
    assert sql.columns(query) == ["'a'"]
    sql("insert into t values ('b', 2)")
    assert (sql.columns(query), sql(query)) == (["'a'", "'b'"], [(1, 2)])
