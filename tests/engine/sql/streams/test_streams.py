"""What a stream on a table shows, and what moves its offset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import Translated
from tests.engine.sql.conftest import Asker

SHOWN = "select a, b, metadata$action, metadata$isupdate from {} order by a, b, 3"
_INSERT, _DELETE = ("INSERT", False), ("DELETE", False)
_NEW, _OLD = ("INSERT", True), ("DELETE", True)


@pytest.fixture
def ask(sql: Asker) -> Asker:
    """A table of three rows with a stream, and somewhere to take the stream's rows."""
    sql("create table t (a int, b varchar default 'd')")
    sql("insert into t values (1, 'x'), (2, 'y'), (2, 'y')")
    sql("create stream s on table t")
    sql("create table sink (a int, b varchar)")
    return sql


def shown(ask: Asker, stream: str = "s") -> list[tuple[object, ...]]:
    return ask(SHOWN.format(stream))


def take(ask: Asker, stream: str = "s") -> int:
    return ask(f"insert into sink select a, b from {stream}")[0][0]


def test_a_stream_begins_with_nothing_and_shows_what_is_inserted(ask):
    assert shown(ask) == []
    ask("insert into t (a) values (3)")
    assert shown(ask) == [(3, "d", *_INSERT)]


def test_an_update_is_what_was_and_what_is(ask):
    ask("update t set b = 'z' where a = 1")
    assert shown(ask) == [(1, "x", *_OLD), (1, "z", *_NEW)]
    assert ask("select count(distinct metadata$row_id) from s") == [(1,)]


def test_an_update_of_what_is_like_a_key_is_of_the_same_row(ask):
    ask("update t set a = 7 where a = 1")
    assert shown(ask) == [(1, "x", *_OLD), (7, "x", *_NEW)]


def test_rows_that_are_alike_are_told_apart(ask):
    ask("delete from t where a = 2")
    ask("insert into t values (2, 'y')")
    assert shown(ask) == [(2, "y", *_DELETE), (2, "y", *_DELETE), (2, "y", *_INSERT)]


def test_what_came_and_went_between_two_looks_is_not_shown(ask):
    ask("insert into t values (5, 'n')")
    ask("update t set b = 'm' where a = 5")
    ask("delete from t where a = 5")
    ask("update t set b = 'v' where a = 1")
    ask("delete from t where a = 1")
    assert shown(ask) == [(1, "x", *_DELETE)]


def test_a_new_row_that_was_updated_is_inserted_as_it_is(ask):
    ask("insert into t values (5, 'n')")
    ask("update t set b = 'm' where a = 5")
    assert shown(ask) == [(5, "m", *_INSERT)]


@pytest.mark.parametrize("emptying", ["truncate table t", "delete from t"])
def test_what_empties_a_table_deletes_its_rows(ask, emptying):
    ask(emptying)
    assert shown(ask) == [(1, "x", *_DELETE), (2, "y", *_DELETE), (2, "y", *_DELETE)]


def test_insert_overwrite_deletes_and_inserts(ask):
    ask("insert overwrite into t select a + 10, b from t where a = 1")
    assert shown(ask)[-1] == (11, "x", *_INSERT)
    assert [row[2] for row in shown(ask)] == ["DELETE"] * 3 + ["INSERT"]


def test_a_merge_shows_what_each_of_its_clauses_did_and_no_row_it_left_alone(ask):
    ask("insert into t values (3, 'k'), (4, 'l')")
    take(ask)
    ask(
        "merge into t using (select column1 a, column2 b from values (1, 'new'), (3, 'k'),"
        " (4, 'no'), (9, 'q')) u on t.a = u.a when matched and t.a = 3 then delete"
        " when matched and t.a = 1 then update set b = u.b when not matched then insert values"
        " (u.a, u.b)"
    )
    assert shown(ask) == [
        (1, "new", *_NEW),
        (1, "x", *_OLD),
        (3, "k", *_DELETE),
        (9, "q", *_INSERT),
    ]


def test_update_from_and_delete_using_show_the_rows_they_match(ask):
    ask("create table u (a int, c varchar)")
    ask("insert into u values (1, 'one'), (1, 'one'), (8, 'no')")
    ask("alter session set error_on_nondeterministic_update = false")
    ask("update t set b = u.c from u where t.a = u.a")
    assert shown(ask) == [(1, "one", *_NEW), (1, "x", *_OLD)]
    ask("insert into u values (2, '')")
    ask("delete from t using u where t.a = u.a")
    assert shown(ask) == [(1, "x", *_DELETE), (2, "y", *_DELETE), (2, "y", *_DELETE)]


def test_rows_that_are_picked_at_random_are_those_that_changed(ask):
    ask("insert into t select seq4() + 100, 'r' from table(generator(rowcount => 400))")
    take(ask)
    ask("update t set b = 'picked' where uniform(0, 1, random()) = 1")
    changed = ask("select count(*) from t where b = 'picked'")
    assert 0 < changed[0][0] < 403
    assert ask("select count(*) from s where metadata$action = 'INSERT'") == changed
    assert ask("select count(*) from s where metadata$action = 'DELETE'") == changed
    assert ask("select count(*) from s where not metadata$isupdate") == [(0,)]


def test_a_query_leaves_the_offset_and_dml_moves_it(ask):
    ask("insert into t values (3, 'n')")
    assert shown(ask) == shown(ask) != []
    assert take(ask) == 1
    assert (shown(ask), ask("select * from sink")) == ([], [(3, "n")])


@pytest.mark.parametrize(
    "text",
    [
        "create table copy as select a from s",
        "merge into sink using s on sink.a = s.a when not matched then insert values (s.a, s.b)",
        "update sink set b = s.b from s where sink.a = s.a",
        "delete from sink using s where sink.a = s.a",
        "insert into sink select a, b from s where false",
        "insert into sink select 1, 'c' where exists (select 1 from s)",
    ],
)
def test_each_statement_that_writes_what_it_reads_moves_the_offset(ask, text):
    ask("insert into t values (3, 'n')")
    ask(text)
    assert shown(ask) == []


def test_who_only_asks_for_columns_moves_nothing(ask):
    ask("insert into t values (3, 'n')")
    ask("explain select a, b from s")
    ask.session.describe("insert into sink select a, b from s")
    assert len(shown(ask)) == 1


def test_a_statement_that_fails_moves_nothing(ask):
    ask("insert into t values (3, 'n')")
    ask.error("insert into sink select 1 / (a - a), b from s")
    assert len(shown(ask)) == 1


def test_several_streams_have_offsets_of_their_own(ask):
    ask("insert into t values (3, 'n')")
    ask("create stream later on table t")
    ask("insert into t values (4, 'o')")
    take(ask, "later")
    assert (len(shown(ask)), shown(ask, "later")) == (2, [])
    ask("update t set b = 'p' where a = 4")
    assert shown(ask, "later") == [(4, "o", *_OLD), (4, "p", *_NEW)]
    assert shown(ask) == [(3, "n", *_INSERT), (4, "p", *_INSERT)]


def test_a_transaction_sees_what_was_there_at_its_beginning_and_moves_with_its_commit(
    ask, connect: Callable[..., Asker]
):
    other = connect()
    ask("insert into t values (3, 'n')")
    ask("begin")
    other("insert into t values (4, 'o')")
    assert shown(ask) == [(3, "n", *_INSERT)]
    assert take(ask) == 1
    ask("insert into t values (5, 'own')")
    assert shown(ask) == [(3, "n", *_INSERT)]
    assert len(shown(other)) == 2
    ask("commit")
    assert shown(ask) == shown(other) == [(4, "o", *_INSERT), (5, "own", *_INSERT)]


def test_a_transaction_that_is_rolled_back_moves_nothing_and_shows_nothing(ask):
    ask("insert into t values (3, 'n')")
    ask("begin")
    take(ask)
    ask("delete from t")
    ask("rollback")
    assert shown(ask) == [(3, "n", *_INSERT)]


def test_changes_of_several_tables_are_shown_with_the_commit(ask, connect: Callable[..., Asker]):
    other = connect()
    ask("create table t2 (a int, b varchar)")
    ask("create stream s2 on table t2")
    ask("begin")
    ask("insert into t values (3, 'n')")
    ask("insert into t2 values (3, 'n')")
    assert shown(other) == shown(other, "s2") == []
    ask("commit")
    assert len(shown(other)) == len(shown(other, "s2")) == 1


def test_a_commit_that_comes_late_is_not_lost_on_who_has_read_meanwhile(
    ask, connect: Callable[..., Asker]
):
    other = connect()
    other("begin")
    other("insert into t values (8, 'late')")
    ask("insert into t values (9, 'early')")
    assert take(ask) == 1
    other("commit")
    assert shown(ask) == [(8, "late", *_INSERT)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Has something done once, when a statement was told what its streams show, and not yet run."""
    finished = Translator.finished

    def do(action: Callable[[], object]) -> None:
        left = [action]

        def then(*values: Any) -> Translated:
            if left:
                left.pop()()
            return finished(*values)

        monkeypatch.setattr(Translator, "finished", then)

    return do


READING = {
    "insert": "insert into sink select a, b from s",
    "insert overwrite": "insert overwrite into sink select a, b from s",
    "merge": "merge into sink using s on sink.a = s.a when not matched then insert values (3, 'n')",
    "update": "update sink set b = s.b from s where sink.a = s.a",
    "delete": "delete from sink using s where sink.a = s.a",
    "create table": "create table taken as select a, b from s",
}


@pytest.mark.parametrize("text", READING.values(), ids=READING)
def test_what_is_committed_while_a_statement_reads_a_stream_is_shown_to_the_next_one(
    ask, connect: Callable[..., Asker], meanwhile, text
):
    other = connect()
    ask("insert into t values (3, 'n')")
    meanwhile(lambda: other("delete from t where a = 3"))
    ask(text)
    assert shown(ask) == [(3, "n", *_DELETE)]


def test_two_streams_of_one_statement_show_the_same_commits(
    ask, connect: Callable[..., Asker], monkeypatch: pytest.MonkeyPatch
):
    other = connect()
    ask("create stream twin on table t")
    told = Translator.stream

    def then_another(*values: Any) -> Any:
        answer = told(*values)
        other("insert into t values (3, 'n')")
        return answer

    monkeypatch.setattr(Translator, "stream", then_another)
    ask("insert into sink select a, b from s union all select a, b from twin")
    monkeypatch.undo()
    assert ask("select count(*) from sink") == [(0,)]
    assert len(shown(ask)) == len(shown(ask, "twin")) == 2


def test_without_autocommit_the_first_statement_says_what_the_transaction_is_shown(
    ask, connect: Callable[..., Asker], meanwhile
):
    other = connect(parameters={"AUTOCOMMIT": False})
    ask("insert into t values (3, 'n')")
    meanwhile(lambda: ask("insert into t values (4, 'o')"))
    assert (take(other), take(other)) == (1, 1)
    other("commit")
    assert shown(ask) == [(4, "o", *_INSERT)]


def test_of_two_transactions_that_read_a_stream_for_good_one_gets_it(
    ask, connect: Callable[..., Asker]
):
    other = connect(parameters={"LOCK_TIMEOUT": 0})
    ask("insert into t values (3, 'n')")
    ask("begin")
    other("begin")
    take(ask)
    with pytest.raises(SqlError, match="LOCK_TIMEOUT"):
        take(other)
    other("rollback")
    ask("commit")
    assert (shown(other), ask("select count(*) from sink")) == ([], [(1,)])


def test_an_append_only_stream_shows_what_was_inserted_whatever_became_of_it(ask):
    ask("create stream added on table t append_only = true")
    ask("insert into t values (3, 'n'), (4, 'o')")
    ask("update t set b = 'later' where a = 3")
    ask("delete from t where a in (1, 4)")
    assert shown(ask, "added") == [(3, "n", *_INSERT), (4, "o", *_INSERT)]
    ask("truncate table t")
    assert len(shown(ask, "added")) == 2
    take(ask, "added")
    assert shown(ask, "added") == []


def test_initial_rows_are_shown_first_and_changes_after_them(ask):
    ask("create stream whole on table t show_initial_rows = true")
    ask("update t set b = 'z' where a = 1")
    first = [(1, "x", *_INSERT), (2, "y", *_INSERT), (2, "y", *_INSERT)]
    assert shown(ask, "whole") == first
    take(ask, "whole")
    assert shown(ask, "whole") == [(1, "x", *_OLD), (1, "z", *_NEW)]
    take(ask, "whole")
    assert shown(ask, "whole") == []


def test_a_table_of_another_shape_goes_on_being_watched(ask):
    ask("delete from t where a = 1")
    ask("alter table t add column c int default 5")
    ask("alter table t rename column b to bb")
    ask("update t set c = 6 where a = 2")
    assert ask("select a, bb, c, metadata$action from s order by 1, 3") == [
        (1, "x", 5, "DELETE"),
        (2, "y", 5, "DELETE"),
        (2, "y", 5, "DELETE"),
        (2, "y", 6, "INSERT"),
        (2, "y", 6, "INSERT"),
    ]
    ask("alter table t drop column c")
    assert ask.columns("select * from s")[:2] == ["A", "BB"]


def test_a_table_of_another_name_goes_on_being_watched(ask):
    ask("alter table t rename to renamed")
    ask("insert into renamed values (3, 'n')")
    assert shown(ask) == [(3, "n", *_INSERT)]


@pytest.mark.parametrize("end", ["drop table t", "create or replace table t (a int, b varchar)"])
def test_a_stream_whose_table_is_gone_says_so(ask, end):
    ask(end)
    error = ask.error("select * from s")
    assert error.message == (
        "SQL compilation error:\nBase table 'SFDAG.PUBLIC.T' dropped, cannot read from stream"
        " 'SFDAG.PUBLIC.S'."
    )
    (row,) = ask("describe stream s")
    assert (row[6], row[10]) == ("No privilege or table dropped", "true")
    ask("drop stream s")


def test_many_rows_bound_to_one_statement_are_shown(ask):
    ask.session.execute_batch("insert into t values (?, ?)", [(5, "v"), (6, "w")])
    ask.session.execute_batch("update t set b = ? where a = ?", [("u", 5), ("u", 1)])
    ask.session.execute_batch("delete from t where a = ?", [(2,), (6,)])
    assert shown(ask) == [
        (1, "u", *_NEW),
        (1, "x", *_OLD),
        (2, "y", *_DELETE),
        (2, "y", *_DELETE),
        (5, "u", *_INSERT),
    ]
    refused = "insert into sink select a, ? from s where a = ?"
    with pytest.raises(SqlError, match="reads computed tables"):
        ask.session.execute_batch(refused, [("u", 5), ("v", 5)])


def test_what_is_kept_of_the_rows_is_nobodys_to_see(ask):
    ask("insert into t values (3, 'n')")
    assert ask.columns("select * from t") == ["A", "B"]
    assert ask.columns("select t.*, u.* from t, t u") == ["A", "B", "A", "B"]
    assert len(ask("describe table t")) == 2
    assert ask("select count(*) from information_schema.columns where table_name = 'T'") == [(2,)]
    assert "invalid identifier" in ask.error('select "sfdag$row" from t').message
    ask("create table cloned clone t")
    assert ask("select count(*) from cloned") == ask("select count(*) from t")
    ask("insert into cloned values (1, 'c')")
    ask("drop stream s")
    assert ask.columns("select * from t") == ["A", "B"]
    ask("insert into t values (4, 'free')")


@pytest.mark.slow
def test_what_no_stream_shows_any_more_is_forgotten(ask):
    for number in range(60):
        ask(f"update t set b = '{number}' where a = 1")
        take(ask)
    session = ask.session
    (kept,) = session.run_duckdb("select count(*) n from registry.changes").to_pydict()["n"]
    assert kept < 55
    ask("update t set b = 'last' where a = 1")
    assert shown(ask) == [(1, "59", *_OLD), (1, "last", *_NEW)]
