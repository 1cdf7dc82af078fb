"""Subqueries with columns that DuckDB takes for one: each is found, under its own name."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_BOTH = '(select 1 as "a", 2 as A)'

#: A query, its columns and its rows.
QUERIES = {
    f'select "a", A from {_BOTH}': ("a A", [(1, 2)]),
    f'select A, "a" from {_BOTH} q': ("A a", [(2, 1)]),
    f'select q."a", q.A from {_BOTH} q': ("a A", [(1, 2)]),
    f'select q."a" + q.A as s from {_BOTH} q': ("S", [(3,)]),
    f"select * from {_BOTH}": ("a A", [(1, 2)]),
    f"select q.* from {_BOTH} q": ("a A", [(1, 2)]),
    f"select distinct * from {_BOTH}": ("a A", [(1, 2)]),
    f'select distinct A, "a" from {_BOTH}': ("A a", [(2, 1)]),
    f"select A, count(*) as n from {_BOTH} group by A order by A": ("A N", [(2, 1)]),
    f'select max(A) as x, max("a") as y from {_BOTH}': ("X Y", [(2, 1)]),
    f'select "a" from {_BOTH} where A = 2': ("a", [(1,)]),
    f'select "a", A from (select "a", A from {_BOTH})': ("a A", [(1, 2)]),
    f'select "a", A from (select * from {_BOTH}) order by A': ("a A", [(1, 2)]),
    f'with q as {_BOTH} select A, "a" from q': ("A a", [(2, 1)]),
    f'with q as {_BOTH} select x.A, y."a" from q x join q y on x.A = y.A': ("A a", [(2, 1)]),
    f"select * from {_BOTH} x, (select 3 as b) y": ("a A B", [(1, 2, 3)]),
    f"select q.A from {_BOTH} q where exists (select 1 from (select 2 as c) y where y.c = q.A)": (
        "A",
        [(2,)],
    ),
    'select A from (select 1 as "a", 2 as A union all select 3, 4) order by A': ("A", [(2,), (4,)]),
    "select * from (select 1 as a, 2 as a)": ("A A", [(1, 2)]),
    "select * from (select * from t x join t y on x.a = y.a)": ("A B A B", [(1, 2, 1, 2)]),
    "with q as (select t.*, t.* from t) select * from q": ("A B A B", [(1, 2, 1, 2)]),
    "select * from (select * exclude (b) from t natural join t u)": ("A", [(1,)]),
}


@pytest.mark.parametrize("query", QUERIES)
def test_each_column_is_found(sql: Asker, query: str):
    sql("create table t (a int, b int)")
    sql("insert into t values (1, 2)")
    columns, rows = QUERIES[query]
    assert (" ".join(sql.columns(query)), sql(query)) == (columns, rows)


#: Joins by name whose columns are not all known: they answer all the same.
UNKNOWN = {
    "select * from (select * from t join t u using (a) join t v on v.a = t.a)": [(1, 2, 2, 1, 2)],
    "select * from (select * from (t join t u using (a)))": [(1, 2, 2)],
}


@pytest.mark.parametrize("query", UNKNOWN)
def test_columns_that_are_not_known_are_left_alone(sql: Asker, query: str):
    sql("create table t (a int, b int)")
    sql("insert into t values (1, 2)")
    assert sql(query) == UNKNOWN[query]
