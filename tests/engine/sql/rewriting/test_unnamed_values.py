"""VALUES whose columns nobody named."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SfType
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
    "select count(*) from values (1, 'a') join values (1), (2) on true": [(2,)],
    "select object_construct(*) from values (1, 'x')": [('{"COLUMN1":1,"COLUMN2":"x"}',)],
    "select object_construct(*):COLUMN1 + column1 as s from (values (2))": [(4.0,)],
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_columns_are_called_by_their_place(calculator: Asker, query: str):
    assert calculator(query) == QUERIES[query]


def test_the_names_are_those_that_a_client_sees(calculator: Asker):
    assert calculator.columns("select * from values (1, 'x')") == ["COLUMN1", "COLUMN2"]


#: Rows of VALUES, and the one column that they make: of the first one's type.
MIXED = {
    "('2024-01-01'::date), ('2024-01-02')": ["2024-01-01", "2024-01-02"],
    "('2024-01-02'), ('2024-01-01'::date)": ["2024-01-02", "2024-01-01"],
    "('three'), (4), (1.50), (true), (null)": ["three", "4", "1.50", "true", None],
    "(null), ('x'), (2)": [None, "x", "2"],
    "(true), ('off')": ["true", "false"],
    "(1.5::float), ('2')": ["1.5", "2"],
    "('2024-01-01 10:00 +0200'::timestamp_tz), ('2024-01-02')": [
        *("2024-01-01 10:00:00.000 +0200", "2024-01-02 00:00:00.000 +0000")
    ],
}


@pytest.mark.parametrize("rows", MIXED)
def test_the_first_row_is_the_guide_to_a_columns_type(calculator: Asker, rows: str):
    assert [value for (value,) in calculator(f"select column1::varchar from values {rows}")] == (
        MIXED[rows]
    )


def test_a_text_that_is_no_number_does_not_stand_below_one(sql: Asker):
    sql("create table t(s varchar, d date)")
    sql("insert into t values ('a', '2024-01-01'), (2, '2024-01-02'::date)")
    assert sql("insert into t(s) values (3), (4)") == [(2,)]
    assert sql.error("insert into t(s) values (3), ('four')").code == 100038
    assert sql("select s from t order by s") == [("2",), ("3",), ("4",), ("a",)]
    shifted = "select dateadd(day, 1, column1) from values ('2024-01-01'::date), ('2024-01-02')"
    assert sql.result(shifted).columns[0].type is SfType.DATE


def test_an_object_of_all_columns_stands_in_a_view(sql: Asker):
    sql("create view v as select object_construct(*) as o, column1 from values (1, 'a')")
    assert sql("select o:COLUMN2::varchar, column1 from v") == [("a", 1)]


def test_rows_are_inserted_by_their_places(sql: Asker):
    sql("create table t(n int, s varchar)")
    sql("insert into t values (1, 'a')")
    sql("insert into t(s, n) select column1, column2 from values ('b', 2)")
    assert sql("select * from t order by n") == [(1, "a"), (2, "b")]
