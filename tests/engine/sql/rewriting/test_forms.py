"""Forms of statements that Snowpark or everyday code writes and that other systems do not know."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A CREATE with IF NOT EXISTS behind the name, and what was made by it.
CREATIONS = {
    "create table n if not exists (a int)": [("A", "NUMBER(38,0)")],
    'create temporary table sfdag.public.n if not exists ("A" bigint, "B" string(16))': [
        ("A", "NUMBER(38,0)"),
        ("B", "VARCHAR(16)"),
    ],
    "create  scoped temporary  table  n  if  not  exists  (a int)": [("A", "NUMBER(38,0)")],
    "create table identifier('n') if not exists (a int)": [("A", "NUMBER(38,0)")],
    "create table n if not exists as select 'x'::varchar(3) as a": [("A", "VARCHAR(3)")],
    "create table n if not exists like t": [("A", "NUMBER(38,0)"), ("B", "VARCHAR(5)")],
    "create table n if not exists clone t": [("A", "NUMBER(38,0)"), ("B", "VARCHAR(5)")],
    "create table if not exists n (a int)": [("A", "NUMBER(38,0)")],
    "create table n like v": [("C", "NUMBER(38,0)"), ("B", "VARCHAR(5)")],
    "create table n like identifier('v')": [("C", "NUMBER(38,0)"), ("B", "VARCHAR(5)")],
}

#: A query over `t` with the rows (1, 'x') and (2, 'y'), and its rows.
QUERIES = {
    "select $1 from (select 5 as x)": [(5,)],
    "select $2, $1 from t": [("x", 1), ("y", 2)],
    "select $1 + 1 as p from (select a from t) where $1 > 1 order by $1": [(3,)],
    "select $2, count(*) from t group by $2 order by $2": [("x", 1), ("y", 1)],
    "select $1 from v where $1 = 2": [(2,)],
    "with q as (select a from t) select $1 from q": [(1,), (2,)],
    "select $1, $2 from values (1, 'x')": [(1, "x")],
    "select * from (select $1 from t) order by 1 desc": [(2,), (1,)],
    'select "$2", "$1" from (select a, b from t)': [("x", 1), ("y", 2)],
    'select "$1" from (select b, a as "$1" from t)': [(1,), (2,)],
    'select "$1" from (select $1 from t)': [(1,), (2,)],
    "select upper($2) from t": [("X",), ("Y",)],
    "select * from t order by all desc": [(2, "y"), (1, "x")],
    "select a % 1 as m, count(*) from t group by all order by all": [(0, 2)],
}


@pytest.fixture
def tables(sql: Asker) -> Asker:
    sql("create table t (a int, b varchar(5))")
    sql("insert into t values (1, 'x'), (2, 'y')")
    sql("create view v as select a as c, b from t")
    return sql


@pytest.mark.parametrize("statement", CREATIONS)
def test_a_table_is_made_once(tables: Asker, statement: str):
    tables(statement)
    described = [row[:2] for row in tables("describe table n")]
    assert described == CREATIONS[statement]
    if "exists" in statement:
        assert tables(statement) == [("N already exists, statement succeeded.",)]


def test_a_view_is_made_once(tables: Asker):
    tables("create view w if not exists as select 1 as a")
    tables("create view w if not exists as select 2 as a")
    assert tables("select a from w") == [(1,)]


def test_a_view_cannot_be_cloned_as_a_table(tables: Asker):
    assert "CLONE of a view" in tables.error("create table n clone v").message


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_its_rows(tables: Asker, query: str):
    assert tables(query) == QUERIES[query]


def test_a_column_named_all_is_quoted(tables: Asker):
    assert tables('select a as "ALL" from t order by "ALL" desc') == [(2,), (1,)]


def test_a_position_beyond_the_columns_is_named(tables: Asker):
    assert tables.error("select $3 from t").message.endswith("invalid identifier '$3'")


def test_variables_are_set_from_a_row(tables: Asker):
    tables("set (x, y) = (select a, b from t where a = 2)")
    assert tables("select $x, $y") == [(2, "y")]
    tables("set (x, y) = (with q as (select 3 as p) select p, p + 1 from q)")
    assert tables("select $x, $y") == [(3, 4)]
    assert "differ" in tables.error("set (x, y) = (select 1)").message
    assert "single value" in tables.error("set (x, y) = (select a, b from t)").message
    tables("set (x) = ((select max(a) from t))")
    assert tables("select $x") == [(2,)]


#: An unnamed expression of `t` and the name that its column has.
NAMES = {
    "count(*) over ()": "COUNT(*) OVER ()",
    "sum(a) / count(*)": "SUM(A) / COUNT(*)",
    "count(*) + 1": "COUNT(*) + 1",
    "iff(count(*) > 1, 'many', 'one')": "IFF(COUNT(*) > 1, 'MANY', 'ONE')",
    "count(*)::varchar": "COUNT(*)::VARCHAR",
    "(count(*))": "(COUNT(*))",
    "(select count(*) from t)": "(SELECT COUNT(*) FROM T)",
    "case when count(*) = 2 then 'x' end": "CASE WHEN COUNT(*) = 2 THEN 'X' END",
    "sum(count(*)) over ()": "SUM(COUNT(*)) OVER ()",
}


@pytest.mark.parametrize("expression", NAMES)
def test_an_unnamed_expression_is_named_as_it_is_written(tables: Asker, expression: str):
    assert tables.columns(f"select {expression} from t") == [NAMES[expression]]
    assert tables.columns(f"select * from (select {expression} from t)") == [NAMES[expression]]


def test_stars_have_no_name_of_their_own(tables: Asker):
    assert tables.columns("select t.*, count(*) over () from t") == ["A", "B", "COUNT(*) OVER ()"]
    assert tables.columns("select t.* ilike 'a%' from t") == ["A"]
    assert tables.columns("select * exclude (a) from t") == ["B"]


def test_values_alone_have_columns_by_number(tables: Asker):
    assert tables.columns("values (1, 'x')") == ["COLUMN1", "COLUMN2"]


@pytest.mark.parametrize("text", ["select 'HOME'.getenv()", "select (1).f()", "select 'a'.b.c()"])
def test_a_call_on_a_constant_is_a_named_error(tables: Asker, text: str):
    assert tables.error(text).message.startswith("SQL compilation error")


def test_a_variable_names_what_a_statement_is_about(tables: Asker):
    tables("set s = 'other'")
    tables("set n = 'other.made'")
    tables("create schema identifier($s)")
    tables("use schema identifier($s)")
    assert tables("select current_schema()") == [("OTHER",)]
    tables("create table identifier($n) (a int)")
    tables("alter table identifier($n) add column b int")
    assert [row[0] for row in tables("describe table identifier($n)")] == ["A", "B"]
    tables("create view identifier('v2') as select * from identifier($n)")
    tables("truncate table identifier($n)")
    tables("drop table identifier($n)")
    tables("drop schema identifier($s)")
    assert "'$NOT_SET' does not exist" in tables.error("use schema identifier($not_set)").message


def test_alter_schema_without_a_name_is_about_the_current_one(tables: Asker):
    tables("alter schema set comment = 'mine'")
    comments = {row[1]: row for row in tables("show schemas")}
    assert "mine" in comments["PUBLIC"]
    tables("alter schema unset comment")
    assert "'NOPE'" in tables.error("alter schema nope set comment = 'x'").message
