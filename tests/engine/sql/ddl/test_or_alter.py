"""CREATE OR ALTER TABLE: columns by name, rows kept."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.sql.reading.words import DONE
from tests.engine.sql.conftest import Asker


def described(sql: Asker) -> list[tuple[object, ...]]:
    rows = sql.result("describe table t").rows.to_pylist()
    return [(row["name"], row["type"], row["null?"], row["default"]) for row in rows]


def test_a_table_that_is_not_there_is_made(sql: Asker):
    sql("create or alter table t (a int not null, b varchar(3) default 'x') comment = 'c'")
    assert described(sql) == [
        ("A", "NUMBER(38,0)", "N", None),
        ("B", "VARCHAR(3)", "Y", "'x'"),
    ]
    assert sql.result("show tables like 't'").rows.to_pylist()[0]["comment"] == "c"


def test_a_table_that_is_there_gets_the_columns_and_keeps_its_rows(sql: Asker):
    sql(
        "create table t (a int, b varchar(3), gone int, n int autoincrement) as"
        " select 1, 'old', 2, 10"
    )
    sql("create tag cost")
    sql("alter table t set tag cost = 'high'")
    before = sql.result("show tables like 't'").rows.to_pylist()[0]["created_on"]
    sql("create or alter table t (c int default 5, b varchar(9), a int, n int autoincrement)")
    assert [row[0] for row in described(sql)] == ["C", "B", "A", "N"]
    assert sql("select * from t") == [(5, "old", 1, 10)]
    sql("insert into t(a) values (2)")
    assert sql("select c, b, a from t where a = 2") == [(5, None, 2)]
    assert sql.result("show tables like 't'").rows.to_pylist()[0]["created_on"] == before
    references = "select tag_value from table(information_schema.tag_references('t', 'TABLE'))"
    assert sql(references) == [("high",)]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("create or alter table t (a varchar)", 2108, "cannot change column A"),
        ("create or alter table v (a int)", 2203, "is a view, no table"),
        ("create or alter table t as select 1 as a", 2, "without columns, or with a query"),
        ("create or alter table t (a int, a int)", 2025, "duplicate column name"),
    ],
)
def test_what_cannot_be_altered_so_is_left_as_it_was(sql: Asker, text, code, said):
    sql("create table t (a int) as select 7")
    sql("create view v as select a from t")
    error = sql.error(text)
    assert (error.code, said in error.message) == (code, True), error.message
    assert sql("select * from t") == [(7,)]


def test_a_view_is_made_or_gets_another_query_and_keeps_its_tags(sql: Asker):
    sql("create tag a")
    assert sql("create or alter view v as select 1 as a") == [("View V successfully created.",)]
    sql("alter view v set tag a = 'x'")
    assert sql("create or alter view v (b) comment = 'c' as select 2") == [(DONE,)]
    assert sql("select b from v") == [(2,)]
    assert sql("select system$get_tag('a', 'v', 'view')") == [("x",)]
    sql("create table t (i int)")
    assert "already exists" in sql.error("create or alter view t as select 1 as a").message
