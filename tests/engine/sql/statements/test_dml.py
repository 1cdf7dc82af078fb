"""INSERT, UPDATE, DELETE, MERGE: what is stored, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from sfdag_magics.engine.borders.answers import StatementType
from tests.engine.sql.conftest import Asker, rows_of


@pytest.fixture
def table(sql: Asker) -> Asker:
    sql("create table t (a int, s varchar, n number(10,2), v variant)")
    return sql


def test_insert_answers_how_many_rows(table: Asker):
    result = table.result("insert into t (a) values (1), (2)")
    assert [column.name for column in result.columns] == ["number of rows inserted"]
    assert (rows_of(result), result.rows_affected) == ([(2,)], 2)
    assert result.statement_type is StatementType.INSERT


def test_update_and_delete_answer_how_many_rows(table: Asker):
    table("insert into t (a) values (1), (2), (3)")
    updated = table.result("update t set s = 'x' where a > 1")
    assert [column.name for column in updated.columns] == [
        "number of rows updated",
        "number of multi-joined rows updated",
    ]
    assert rows_of(updated) == [(2, 0)]
    assert table("delete from t where s = 'x'") == [(2,)]
    assert table("select a, s from t") == [(1, None)]


def test_fractions_round_half_away_from_zero_into_whole_numbers(table: Asker):
    table("insert into t (a) values (2.5), (-2.5)")
    table("insert into t (a) select 3.5::float")
    table("update t set a = 0.5::float where a = 4")
    assert table("select a from t order by a") == [(-3,), (1,), (3,)]


def test_numbers_take_the_scale_of_their_column(table: Asker):
    table("insert into t (n) values (1.005), ('2.5')")
    assert table("select n from t order by n") == [(Decimal("1.01"),), (Decimal("2.50"),)]


def test_update_from_another_table(table: Asker):
    table("insert into t (a) values (1), (2)")
    table("create table u (k int, name varchar)")
    table("insert into u values (2, 'two')")
    table("update t set t.s = u.name from u where t.a = u.k")
    assert table("select a, s from t order by a") == [(1, None), (2, "two")]


def test_delete_using_another_table(table: Asker):
    table("insert into t (a) values (1), (2)")
    assert table("delete from t using (select 2 as k) u where t.a = u.k") == [(1,)]


def test_merge_takes_all_columns_by_name(table: Asker):
    table("insert into t (a, s) values (1, 'old'), (2, 'kept')")
    source = "(select s, n, a from t where a = 1 union all select 'new', 5, 9) u"
    merging = f"merge into t using {source} on t.a = u.a when"
    everything = "matched then update all by name when not matched then insert all by name"
    assert "invalid identifier" in table.error(f"{merging} {everything}").message
    table("create table two (s varchar, a int)")
    table("insert into two values ('b', 1)")
    source = "select 1 as a, 'now' as s union all select 2, 'new'"
    merged = table(f"merge into two using ({source}) u on two.a = u.a when {everything}")
    assert merged == [(1, 1)]
    assert table("select a, s from two order by a") == [(1, "now"), (2, "new")]


def test_merge_counts_only_what_it_can_do(table: Asker):
    table("insert into t (a, s) values (1, 'old'), (2, 'gone')")
    merged = table.result(
        "merge into t using (select column1 as a, column2 as s from values"
        " (1, 'new'), (2, 'delete'), (3, 'added')) u on t.a = u.a"
        " when matched and u.s = 'delete' then delete"
        " when matched then update set t.s = u.s"
        " when not matched then insert (a, s) values (u.a, u.s)"
    )
    assert {column.name: rows for column, rows in zip(merged.columns, merged.rows, strict=True)}
    assert [column.name for column in merged.columns] == [
        "number of rows inserted",
        "number of rows updated",
        "number of rows deleted",
    ]
    assert (rows_of(merged), merged.rows_affected) == ([(1, 1, 1)], 3)
    assert table("select a, s from t order by a") == [(1, "new"), (3, "added")]


def test_defaults_fill_what_is_left_out(sql: Asker):
    sql("create table d (id int autoincrement start 10 increment 5, s varchar default 'x')")
    sql("insert into d (s) values ('a')")
    sql("insert into d (id) values (default)")
    assert sql("select id, s from d order by id") == [(10, "a"), (15, "x")]


def test_a_column_is_set_to_its_default(sql: Asker):
    sql("create table d (id int, s varchar default 'x', n int)")
    sql("insert into d values (1, 'a', 1), (2, 'b', 2)")
    sql("update d set s = default, n = default where id = 1")
    sql(
        "merge into d using (select 2 as id) m on m.id = d.id when matched then update"
        " set d.s = default"
    )
    assert sql("select * from d order by id") == [(1, "x", None), (2, "x", 2)]


def test_a_column_that_is_called_default_is_no_default(sql: Asker):
    sql('create table d ("DEFAULT" int, n int)')
    sql("insert into d values (1, 2)")
    sql('update d set n = "DEFAULT"')
    assert sql("select n from d") == [(1,)]


def test_a_default_time_is_that_of_the_insert(sql: Asker):
    sql("create table d (a int, at timestamp_ltz default current_timestamp())")
    sql("insert into d (a) values (1)")
    sql("insert into d (a) values (2)")
    assert sql("select count(distinct at) from d") == [(2,)]


def test_many_rows_are_bound_at_once(table: Asker):
    rows = [(number, str(number), Decimal("1.5"), "{}") for number in range(1000)]
    result = table.session.execute_batch(
        "insert into t (a, s, n, v) select ?, ?, ?, parse_json(?)", rows
    )
    assert result.rows_affected == 1000
    assert table("select count(*), sum(a), max(n) from t") == [(1000, 499500, Decimal("1.50"))]


def test_bound_rows_are_kept_all_or_none(table: Asker):
    table("create table short (s varchar(3))")
    with pytest.raises(Exception, match="too long"):
        table.session.execute_batch("insert into short values (?)", [("ok",), ("longer",)])
    assert table("select count(*) from short") == [(0,)]


def test_an_update_of_bound_rows_runs_for_each(table: Asker):
    table("insert into t (a) values (1), (2), (3)")
    result = table.session.execute_batch("update t set s = ? where a = ?", [("x", 1), ("y", 3)])
    assert result.rows_affected == 2
    assert table("select a, s from t order by a") == [(1, "x"), (2, None), (3, "y")]


def test_a_statement_reads_the_rows_a_handler_gives_it(table: Asker):
    given = table.result("select 5 as a, 'five' as s, parse_json('{\"k\": 1}') as v")
    over = table.session.execute_over
    over('insert into t (a, s, v) select a, s, v from "GIVEN"', {"GIVEN": given})
    assert table("select a, s, v:k::int from t") == [(5, "five", 1)]
    assert "does not exist" in table.error('select * from "GIVEN"').message


def test_truncate_empties_a_table(table: Asker):
    table("insert into t (a) values (1)")
    assert table("truncate table t") == [("Statement executed successfully.",)]
    assert table("select count(*) from t") == [(0,)]
    table("truncate table if exists nothing_here")


def test_values_bound_as_dates_stay_dates(sql: Asker):
    sql("create table d (day date)")
    sql("insert into d values (?)", date(2020, 2, 29))
    assert sql("select day from d") == [(date(2020, 2, 29),)]


def test_rows_of_one_session_are_seen_by_the_next(table: Asker, connect: Callable[..., Asker]):
    table("insert into t (a) values (1)")
    assert connect()("select a from t") == [(1,)]
