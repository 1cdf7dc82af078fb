"""What a statement does while another session's transaction has written the same rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions, SqlSession
from sfdag_magics.engine.sql.sql_engine import SqlEngine
from sfdag_magics.engine.sql.stored import transaction
from tests.engine.sql.conftest import rows_of


def opened(engine: SqlEngine, **parameters: int) -> SqlSession:
    return engine.open_session(
        SessionOptions(database="SFDAG", schema="PUBLIC", parameters=parameters)
    )


@pytest.fixture
def holder(engine: SqlEngine) -> Iterator[SqlSession]:
    """Has written the row of `t` and of `u`, and not committed."""
    with closing(opened(engine)) as session:
        for name in ("t", "u"):
            session.execute(f"create table {name} (a int, b int)")
            session.execute(f"insert into {name} values (1, 1)")
        session.execute("begin")
        session.execute("update t set b = 2")
        yield session


def said(engine: SqlEngine) -> list[tuple[object, ...]]:
    with closing(opened(engine)) as session:
        return rows_of(session.execute("select b from t"))


STATEMENTS = (
    "update t set b = b + 10",
    "merge into t using (select 1 a) s on t.a = s.a when matched then update set b = 7",
)


@pytest.mark.parametrize("lock_timeout", [0, 1])
@pytest.mark.parametrize("text", STATEMENTS)
def test_it_ends_when_it_has_waited_for_long_enough(
    engine: SqlEngine,
    holder: SqlSession,
    text: str,
    lock_timeout: int,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(transaction, "_CONFLICT_S", 0.1)
    with closing(opened(engine, LOCK_TIMEOUT=lock_timeout)) as session:
        with pytest.raises(SqlError, match=f"the {lock_timeout} seconds of LOCK_TIMEOUT") as told:
            session.execute(text)
        assert told.value.code == 625
    holder.execute("commit")
    assert said(engine) == [(2,)]


def test_it_goes_on_when_the_other_one_has_ended(engine: SqlEngine, holder: SqlSession):
    begins = threading.Event()

    def waiting() -> None:
        with closing(opened(engine)) as session:
            begins.set()
            session.execute("update t set b = b + 10")

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(waiting)
        assert begins.wait(30)
        holder.execute("commit")
        future.result(60)
    assert said(engine) == [(12,)]


def test_a_statement_that_waits_can_be_cancelled(engine: SqlEngine, holder: SqlSession):
    with closing(opened(engine)) as session, ThreadPoolExecutor(1) as pool:
        future = pool.submit(session.execute, "update t set b = 3")
        while not future.done():
            session.cancel()
        with pytest.raises(SqlError, match="canceled"):
            future.result()


def test_of_two_that_wait_for_each_other_one_ends_and_one_goes_on(
    engine: SqlEngine, holder: SqlSession
):
    with closing(opened(engine)) as other, ThreadPoolExecutor(2) as pool:
        other.execute("begin")
        other.execute("update u set b = 5")
        sessions = {pool.submit(holder.execute, "update u set b = 2"): holder}
        sessions[pool.submit(other.execute, "update t set b = 5")] = other
        failed = []
        for future, session in sessions.items():
            if future.exception(60) is not None:
                failed.append(session)
                session.execute("rollback")
        for session in {holder, other} - set(failed):
            session.execute("commit")
    assert failed
    assert said(engine) in [[(1,)], [(2,)], [(5,)]]
