"""VALUES whose columns nobody named."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A query and its rows.
QUERIES = {
    "select column2, column1 from values (1, 'x')": [("x", 1)],
    "select * from values (1, 'x'), (2, 'y')": [(1, "x"), (2, "y")],
    "select column1 + 1 as s from (values (1)) where column1 = 1": [(2,)],
    "with c as (select * from values (1, 'a')) select column2 from c": [("a",)],
    "select column1 from values (1) union all select column1 from values (2)": [(1,), (2,)],
    "select v.column1 from (values (3)) v": [(3,)],
    "select v.a, b from (values (3, 4)) v(a, b)": [(3, 4)],
    "select (select max(column1) from values (1), (7))": [(7,)],
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_columns_are_called_by_their_place(calculator: Asker, query: str):
    assert calculator(query) == QUERIES[query]


def test_the_names_are_those_that_a_client_sees(calculator: Asker):
    assert calculator.columns("select * from values (1, 'x')") == ["COLUMN1", "COLUMN2"]


def test_rows_are_inserted_by_their_places(sql: Asker):
    sql("create table t(n int, s varchar)")
    sql("insert into t values (1, 'a')")
    sql("insert into t(s, n) select column1, column2 from values ('b', 2)")
    assert sql("select * from t order by n") == [(1, "a"), (2, "b")]
