"""Tables, table functions, joins and VALUES in parentheses, wherever a table may stand."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A query over `t` with the rows (1, 2) and (3, 4), and its rows.
QUERIES = {
    "select * from (t)": [(1, 2), (3, 4)],
    "select * from (((t)))": [(1, 2), (3, 4)],
    "select t.a from (t)": [(1,), (3,)],
    "select public.t.a from (sfdag.public.t)": [(1,), (3,)],
    "select x.a from (t) as x": [(1,), (3,)],
    "select x.a from ((t)) x": [(1,), (3,)],
    "select y.a from (t as y)": [(1,), (3,)],
    "select z.a from (t as y) z": [(1,), (3,)],
    "select z.a from ((t as y)) z": [(1,), (3,)],
    "select x.c from (t) as x(c, d)": [(1,), (3,)],
    "select z.c from (t as y(c, d)) z": [(1,), (3,)],
    "select * from (v)": [(1, 2), (3, 4)],
    "select * from (t) where a > 1": [(3, 4)],
    "select * from (t) order by a desc limit 1": [(3, 4)],
    "select * from (t) sample (100)": [(1, 2), (3, 4)],
    "select * from (t sample (100)) x": [(1, 2), (3, 4)],
    "select * from (t) pivot (sum(b) for a in (1, 3)) as p": [(2, 4)],
    "select x.* from (t pivot (sum(b) for a in (1, 3))) x": [(2, 4)],
    "select * from (t) unpivot (n for name in (a, b)) order by n": [
        ("A", 1),
        ("B", 2),
        ("A", 3),
        ("B", 4),
    ],
    "select count(*) from (sfdag.information_schema.tables) where table_name = 'T'": [(1,)],
    "select * from (identifier('t'))": [(1, 2), (3, 4)],
    "select * from (table('t'))": [(1, 2), (3, 4)],
    "select count(*) from (table(generator(rowcount => 3)))": [(3,)],
    "select seq4() from ((table(generator(rowcount => 2)))) g": [(0,), (1,)],
    "select value from (table(flatten(parse_json('[1, 2]'))))": [("1",), ("2",)],
    "select f.value from (table(flatten(input => parse_json('[1, 2]')))) f": [("1",), ("2",)],
    "select t.a, f.value from (t), (lateral flatten(parse_json('[7]'))) f": [(1, "7"), (3, "7")],
    "select t.a, f.value from (t cross join lateral flatten(parse_json('[7]')) f)": [
        (1, "7"),
        (3, "7"),
    ],
    "select x.b, y.b from (t) x join (t) y on x.a = y.a": [(2, 2), (4, 4)],
    "select x.b, y.b from (t x) join (t y) on x.a = y.a": [(2, 2), (4, 4)],
    "select x.b, y.b from (t x join t y on x.a = y.a)": [(2, 2), (4, 4)],
    "select x.b, y.b from ((t) x join (t) y on x.a = y.a)": [(2, 2), (4, 4)],
    "select z.b from ((t x join t y on x.a = y.a) join t z on z.a = x.a)": [(2,), (4,)],
    "select z.b from t x join (t y join (t) z on y.a = z.a) on x.a = y.a": [(2,), (4,)],
    "select x.b, y.b from (t x, t y) where x.a = y.a": [(2, 2), (4, 4)],
    "select x.b, y.b from (t x inner join t y) where x.a = y.a": [(2, 2), (4, 4)],
    "select * from ((select 1 as a) as x inner join (select 2 as b) as y)": [(1, 2)],
    "select * from ((select 1 as a) join (select 2 as b))": [(1, 2)],
    "select * from ((select 1 as a), (select 2 as b))": [(1, 2)],
    "select t.b from ((t)), ((v)) where t.a = v.a": [(2,), (4,)],
    "select x.b from (t) x left join (v) y on x.a = y.a": [(2,), (4,)],
    "select * from (t) natural join (v)": [(1, 2), (3, 4)],
    "select * from ((values (1, 2)))": [(1, 2)],
    "select column2 from (values (1, 2))": [(2,)],
    "select x.column2, x.$1 from (values (1, 2)) x": [(2, 1)],
    "select x.column2 from ((values (1, 2))) x": [(2,)],
    "select x.b from ((values (1, 2))) x(a, b)": [(2,)],
    "select * from ((select 1 as a))": [(1,)],
    "select y.a from ((select 1 as a) x) y": [(1,)],
    "(select * from (t))": [(1, 2), (3, 4)],
    "((select * from (t) order by a)) limit 1": [(1, 2)],
    "select * from ((select * from (t)) union all (select * from (v))) order by a limit 1": [
        (1, 2)
    ],
    "with q as (select * from (t)) select * from (q)": [(1, 2), (3, 4)],
    "with q as (select * from (t)) select x.a from ((q)) x": [(1,), (3,)],
    "select (select count(*) from (t))": [(2,)],
    "select 1 where exists (select 1 from (t))": [(1,)],
    "select a from t where a in (select a from (t) where a > 1)": [(3,)],
}

#: A statement that changes `u`, filled like `t`, and the rows of `u` afterwards.
CHANGES = {
    "create or replace table u as select * from (t) where a = 1": [(1, 2)],
    "create or replace table u as ((select * from (t)))": [(1, 2), (3, 4)],
    "create or replace table u as select * from (values (5, 6)) x(a, b)": [(5, 6)],
    "insert into u select * from (t) where a = 1": [(1, 2), (1, 2), (3, 4)],
    "insert into u (b, a) (select a, b from (t) where a = 1)": [(1, 2), (2, 1), (3, 4)],
    "insert into u select * from (values (5, 6)) x": [(1, 2), (3, 4), (5, 6)],
    "delete from u using (t) x where u.a = x.a and x.a = 1": [(3, 4)],
    "delete from u using (t) where u.a = t.a and t.a = 1": [(3, 4)],
    "update u set b = 9 from (t) where u.a = t.a and t.a = 1": [(1, 9), (3, 4)],
    "update u set b = x.a from ((t)) x where u.a = x.a": [(1, 1), (3, 3)],
    "merge into u using (t) on u.a = t.a when matched then update set b = t.a": [(1, 1), (3, 3)],
    "merge into u using (t) s on u.a = s.a when matched then delete": [],
    "merge into u using (values (1, 9)) s on u.a = s.column1"
    " when matched then update set b = s.column2": [(1, 9), (3, 4)],
    "merge into u using (select * from (t)) s on u.a = s.b"
    " when not matched then insert (a, b) values (s.a, s.b)": [(1, 2), (1, 2), (3, 4), (3, 4)],
}


@pytest.fixture
def tables(sql: Asker) -> Asker:
    sql("create table t (a int, b int)")
    sql("insert into t values (1, 2), (3, 4)")
    sql("create view v as select * from (t)")
    sql("create table u as select * from t")
    return sql


def test_parentheses_around_a_table_change_no_query(tables: Asker):
    answers = {query: tables(query) for query in QUERIES}
    assert answers == QUERIES


@pytest.mark.parametrize("statement", CHANGES)
def test_parentheses_around_a_source_change_no_write(tables: Asker, statement: str):
    tables(statement)
    assert tables("select * from u order by a") == CHANGES[statement]


def test_a_table_in_parentheses_that_is_not_there_is_named(tables: Asker):
    assert "'NOTHERE'" in tables.error("select * from (nothere)").message
    assert "'SQLITE_MASTER'" in tables.error("select * from ((sqlite_master))").message
