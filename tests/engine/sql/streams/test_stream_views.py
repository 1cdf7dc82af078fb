"""Streams on views: which forms there are, and what they show."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_INSERT, _DELETE = ("INSERT", False), ("DELETE", False)
_NEW, _OLD = ("INSERT", True), ("DELETE", True)


@pytest.fixture
def ask(sql: Asker) -> Asker:
    sql("create table t (a int, b varchar)")
    sql("create table u (a int, c varchar)")
    sql("insert into t values (1, 'x'), (2, 'y')")
    sql("insert into u values (1, 'one'), (2, 'two'), (3, 'three')")
    return sql


def watched(ask: Asker, query: str, options: str = "") -> None:
    ask(f"create view v as {query}")
    ask(f"create stream s on view v {options}")


def shown(ask: Asker) -> list[tuple[object, ...]]:
    return ask("select * exclude metadata$row_id from s order by all")


def changed(ask: Asker) -> None:
    ask("update t set a = a + 1")
    ask("delete from u where a = 2")
    ask("insert into u values (9, 'nine')")
    ask("insert into t values (9, 't9')")


def test_a_row_that_a_filter_lets_in_is_inserted_and_one_that_stays_is_updated(ask):
    watched(ask, "select a, upper(b) as big from t where a > 1")
    changed(ask)
    assert shown(ask) == [
        (2, "X", *_INSERT),
        (2, "Y", *_OLD),
        (3, "Y", *_NEW),
        (9, "T9", *_INSERT),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "select t.*, u.c from t join u on t.a = u.a",
        "select t.a, b, c from t inner join u using (a)",
        "select t.a, b, c from t, u where t.a = u.a",
        "select q.a, b, c from (select a, c from u) q cross join t where t.a = q.a",
    ],
)
def test_a_join_shows_the_pairs_that_came_and_went(ask, query):
    watched(ask, query)
    changed(ask)
    assert shown(ask) == [
        (1, "x", "one", *_DELETE),
        (2, "y", "two", *_DELETE),
        (3, "y", "three", *_INSERT),
        (9, "t9", "nine", *_INSERT),
    ]


def test_union_all_shows_the_changes_of_its_parts_and_takes_one_table_twice(ask):
    watched(ask, "select a, b from t union all select a, b from t where a = 2")
    ask("update t set b = 'z' where a = 2")
    assert shown(ask) == [(2, "y", *_OLD), (2, "y", *_OLD), (2, "z", *_NEW), (2, "z", *_NEW)]


def test_views_of_views_with_other_names_of_columns(ask):
    ask("create view inner_one (p, q) as select a, b from t")
    ask("create view v (r) as select q from inner_one where p = 1")
    ask("create stream s on view v")
    ask("update t set b = 'z'")
    assert shown(ask) == [("x", *_OLD), ("z", *_NEW)]


def test_a_stream_on_a_view_moves_with_what_reads_it(ask):
    watched(ask, "select t.a, u.c from t join u on t.a = u.a")
    changed(ask)
    ask("create table sink as select a from s")
    assert shown(ask) == []
    ask("update u set c = 'III' where a = 3")
    assert shown(ask) == [(3, "III", *_NEW), (3, "three", *_OLD)]


def test_append_only_and_initial_rows_of_a_view(ask):
    watched(ask, "select a from t where a > 1", "append_only = true")
    ask("create stream whole on view v show_initial_rows = true")
    changed(ask)
    ask("delete from t")
    assert shown(ask) == [(9, *_INSERT)]
    assert ask("select a, metadata$action from whole") == [(2, "INSERT")]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("select a, count(*) as n from t group by a", "'GROUP BY'"),
        ("select count(*) as n from t", "aggregate or window functions"),
        ("select max(a) over () as m from t", "aggregate or window functions"),
        ("select distinct a from t", "'DISTINCT'"),
        ("select a from t limit 1", "'LIMIT'"),
        ("select a from t qualify row_number() over (order by a) = 1", "'QUALIFY'"),
        ("with w as (select a from t) select a from w", "'WITH'"),
        ("select t.a from t left join u on t.a = u.a", "joins of type 'LEFT'"),
        ("select a from t where a in (select a from u)", "subqueries that are not behind FROM"),
        ("select a from t union select a from u", "set operators other than UNION ALL"),
        ("select 1 as one", "no table behind FROM"),
    ],
)
def test_a_view_of_another_form_is_refused_by_what_it_has(ask, query, what):
    ask(f"create view v as {query}")
    error = ask.error("create stream s on view v")
    assert error.message.endswith(f"Change tracking is not supported on queries with {what}.")
    assert ask("show streams") == []
    assert ask("show tables like 'T'")[0][12] == "OFF"


def test_a_view_of_what_is_computed_is_refused(ask):
    ask("create view v as select table_name from information_schema.tables")
    assert "A stream on a view of anything but" in ask.error("create stream s on view v").message
    ask("create or replace view v as select t.a from t join u on t.a = u.a")
    error = ask.error("create stream s on view v append_only = true")
    assert "An APPEND_ONLY stream on a view that joins" in error.message


def test_a_stream_on_a_view_that_was_replaced_says_so(ask):
    watched(ask, "select a from t")
    ask("create or replace view v as select a + 1 as a from t")
    message = "Base view 'SFDAG.PUBLIC.V' dropped, cannot read from stream 'SFDAG.PUBLIC.S'."
    assert ask.error("select * from s").message.endswith(message)
