"""What a transaction keeps when a statement in it fails, and what others see of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import duckdb
import pytest

from sfdag_magics.engine.sql.stored.commit_clock import CommitClock
from sfdag_magics.engine.sql.stored.transaction import SessionTransaction
from sfdag_magics.engine.store.effects import Unended
from tests.engine.sql.conftest import Asker

#: Statements that fail before, and while, DuckDB runs them.
FAILING = (
    "select nothing_like_it from t",
    "select * from not_there",
    "select 'x'::int",
    "insert into t values ('x')",
    "insert into short values ('too long for it')",
    "select 1 / 0",
)


@pytest.fixture
def table(sql: Asker) -> Asker:
    sql("create table t (a int)")
    sql("create table short (s varchar(3))")
    return sql


@pytest.mark.parametrize("failing", FAILING)
def test_a_failed_statement_keeps_the_rows_before_it(table: Asker, failing: str):
    table("begin")
    table("insert into t values (1)")
    table.error(failing)
    table("insert into t values (2)")
    table("commit")
    assert table("select a from t order by a") == [(1,), (2,)]


def test_rollback_undoes_what_was_repeated_after_a_failure(table: Asker):
    table("begin")
    table("insert into t values (1)")
    table.error("select 'x'::int")
    table("rollback")
    assert table("select count(*) from t") == [(0,)]


def test_a_query_sees_the_rows_of_its_transaction_after_a_failure(table: Asker):
    table("begin")
    table("insert into t values (1)")
    table("update t set a = a + 10")
    table.error("select 'x'::int")
    assert table("select a from t") == [(11,)]
    table("commit")


def test_rows_that_cannot_be_repeated_exactly_are_not_reported_as_committed(table: Asker):
    table("create table numbers (n int)")
    table("begin")
    table("insert into numbers select uniform(1, 1000000, random())")
    table.error("select 'x'::int")
    for statement in ("select 1", "insert into t values (1)", "commit"):
        assert "ROLLBACK" in table.error(statement).message
    table("rollback")
    assert table("select count(*) from numbers") == [(0,)]
    table("insert into t values (1)")
    assert table("select a from t") == [(1,)]


def test_a_sequence_in_a_transaction_cannot_be_repeated_either(table: Asker):
    table("create table numbered (id int autoincrement, a int)")
    table("begin")
    table("insert into numbered (a) values (1)")
    table.error("select 'x'::int")
    assert table.error("commit").sqlstate == "25P02"
    table("rollback")


def test_a_time_of_day_is_repeated_as_it_was(table: Asker):
    table("create table moments (at timestamp_ltz)")
    table("begin")
    table("insert into moments select current_timestamp()")
    before = table("select at from moments")
    table.error("select 'x'::int")
    table("commit")
    assert table("select at from moments") == before


def test_others_commits_do_not_stop_constants_from_being_kept(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect()
    table("begin")
    table("insert into t values (1)")
    other("insert into short values ('x')")
    table.error("select 'x'::int")
    table("commit")
    assert table("select a from t") == [(1,)]


def test_others_commits_stop_what_was_read_from_being_kept(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect()
    table("begin")
    table("insert into t select count(*) from short")
    other("insert into short values ('x')")
    table.error("select 'x'::int")
    assert table.error("commit").sqlstate == "25P02"


def test_ddl_commits_what_is_open(table: Asker):
    table("begin")
    table("insert into t values (1)")
    table("create table another (a int)")
    table("rollback")
    assert table("select a from t") == [(1,)]


def test_uncommitted_rows_are_seen_by_their_session_only(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect()
    table("begin")
    table("insert into t values (1)")
    assert table("select count(*) from t") == [(1,)]
    assert other("select count(*) from t") == [(0,)]
    table("commit")
    assert other("select count(*) from t") == [(1,)]


def test_a_session_that_closes_takes_back_what_it_did_not_commit(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect()
    other("begin")
    other("insert into t values (1)")
    other.session.close()
    assert table("select count(*) from t") == [(0,)]


def test_a_transaction_that_only_reads_sees_what_others_commit(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect()
    table("begin")
    assert table("select count(*) from t") == [(0,)]
    other("insert into t values (1)")
    assert table("select count(*) from t") == [(1,)]


def test_without_autocommit_a_statement_opens_a_transaction(
    table: Asker, connect: Callable[..., Asker]
):
    other = connect(parameters={"AUTOCOMMIT": False})
    other("insert into t values (1)")
    assert other.session.transaction_id
    other("rollback")
    assert table("select count(*) from t") == [(0,)]
    other("insert into t values (2)")
    other("commit")
    assert table("select a from t") == [(2,)]


def test_insert_overwrite_is_one_step(table: Asker):
    table("insert into t values (1), (2)")
    table.error("insert overwrite into t select a / 0 from t")
    assert table("select count(*) from t") == [(2,)]
    table("insert overwrite into t select 9")
    assert table("select a from t") == [(9,)]


def test_a_statement_of_its_own_waits_for_another_transaction_to_end(
    table: Asker, connect: Callable[..., Asker]
):
    """Two updates of one row: the second is retried until the first has committed."""
    table("insert into t values (1)")
    other = connect()
    table("begin")
    table("update t set a = 2")
    waiting = threading.Thread(target=lambda: other("update t set a = a + 10"))
    waiting.start()
    table("commit")
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert table("select a from t") == [(12,)]


def test_actions_after_the_commit_run_once_and_never_after_a_rollback(table: Asker):
    done: list[str] = []
    table.session.after_commit(lambda: done.append("at once"))
    table("begin")
    table.session.after_commit(lambda: done.append("later"))
    assert done == ["at once"]
    table("commit")
    table("begin")
    table.session.after_commit(lambda: done.append("never"))
    table("rollback")
    table("begin")
    table("commit")
    assert done == ["at once", "later"]


@pytest.mark.slow
def test_sessions_change_the_catalogue_at_once_without_losing_anything(
    connect: Callable[..., Asker],
):
    """Eight sessions create, fill, read and drop at the same time; none fails."""
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            session = connect()
            session(f"create schema s{number}")
            for round_ in range(5):
                session(f"create or replace table t as select {round_} as a")
                session("insert into t select a + 1 from t")
                session("create or replace table sfdag.public.shared as select * from t")
                assert session("select count(*) from t") == [(2,)]
            session(f"drop schema s{number}")
        except Exception as problem:  # noqa: BLE001 - a thread reports to its test
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failures == []
    assert connect()("select count(*) from shared") == [(2,)]


def _transaction(*, crowded: bool) -> SessionTransaction:
    connection = duckdb.connect()
    return SessionTransaction(
        connection,
        CommitClock(),
        cancelled=lambda: False,
        crowded=lambda: crowded,
        lock_timeout_s=lambda: 0.0,
        effects=Unended(),
    )


class Short:
    """Work that is out of memory a number of times."""

    def __init__(self, times: int, problem: type[Exception]) -> None:
        self.left = times
        self.problem = problem

    def __call__(self) -> str:
        self.left -= 1
        if self.left >= 0:
            raise self.problem("not enough")
        return "done"


@pytest.mark.parametrize("problem", [duckdb.OutOfMemoryException, MemoryError])
def test_who_lacks_the_memory_that_another_statement_holds_tries_again(problem: type[Exception]):
    assert _transaction(crowded=True).retried(Short(2, problem)) == "done"


def test_who_is_alone_and_lacks_memory_has_taken_it():
    work = Short(1, MemoryError)
    with pytest.raises(MemoryError):
        _transaction(crowded=False).retried(work)
    assert work.left == 0
