"""A statement is ended before it takes effect, and then has none, or it is not ended at all."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import SessionOptions, SqlSession
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.sql_engine import SqlEngine
from sfdag_magics.engine.sql.stored.lost_answers import has_one_effect
from tests.engine.ended import WHY, Ender, Moment
from tests.engine.sql.conftest import rows_of

#: Writes, and what `t` holds when they have been carried out; it holds 1 and 2 before.
WRITES = {
    "insert into t values (3)": [1, 2, 3],
    "insert into t select a + 10 from t": [1, 2, 11, 12],
    "insert overwrite into t select a * 5 from t": [5, 10],
    "update t set a = a + 1": [2, 3],
    "update t set a = s.b from (select 1 x, 7 b) s where t.a = s.x": [2, 7],
    "delete from t where a = 1": [2],
    "merge into t using (select 1 a union all select 5) s on t.a = s.a when matched then delete"
    " when not matched then insert (a) values (s.a)": [2, 5],
    "truncate table t": [],
    "begin insert into t values (8); end": [1, 2, 8],
    "execute immediate 'insert into t values (8)'": [1, 2, 8],
}
#: DDL, which commits an open transaction and is one of its own.
DEFINITIONS = {
    "create table made as select a from t": "show tables like 'made'",
    "create or replace table old as select 5 a": "select * from old where a = 5",
    "create table cloned clone t": "show tables like 'cloned'",
    "create view seen as select a from t": "show views like 'seen'",
    "create sequence counted": "show sequences like 'counted'",
    "alter table old add column b int": "select * from information_schema.columns"
    " where table_name = 'OLD' and column_name = 'B'",
    "create schema room": "show schemas like 'room'",
}


@pytest.fixture
def session(engine: SqlEngine) -> Iterator[SqlSession]:
    options = SessionOptions(database="SFDAG", schema="PUBLIC")
    with closing(engine.open_session(options)) as session:
        session.execute("create table t (a int)")
        session.execute("create table old as select 1 a")
        session.execute("insert into t values (1), (2)")
        yield session


def values(session: SqlSession) -> list[int]:
    return [a for (a,) in rows_of(session.execute("select a from sfdag.public.t order by a"))]


def outcome_of(
    engine: SqlEngine, session: SqlSession, moment: Moment, text: str
) -> tuple[bool, bool, bool]:
    """Whether a client was told of its end, whether it succeeded, and whether that is noted."""
    query_id = str(uuid.uuid4())
    ender = Ender(session, moment)
    answer = ender.run(session, text, query_id=query_id, noted=True)
    assert ender.told == ([WHY] if moment is Moment.BEFORE else [])
    noted = engine.outcomes.outcome(query_id) is not None
    return bool(ender.told), isinstance(answer, Result), noted


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("text", WRITES)
def test_a_write_that_was_given_up_has_no_effect(
    engine: SqlEngine, session: SqlSession, text: str, moment: Moment
):
    told, succeeded, noted = outcome_of(engine, session, moment, text)
    script = text.startswith(("begin", "execute"))
    assert (succeeded, noted or script) == (not told, not told or script)
    assert values(session) == ([1, 2] if told else WRITES[text])
    session.execute("insert into t values (100)")
    assert values(session)[-1] == 100


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("text", WRITES)
def test_in_a_transaction_the_statements_before_and_behind_it_are_kept(
    session: SqlSession, text: str, moment: Moment
):
    session.execute("begin")
    session.execute("insert into t values (50)")
    session.execute("delete from t where a = 50")
    ender = Ender(session, moment)
    succeeded = isinstance(ender.run(session, text), Result)
    session.execute("insert into t values (100)")
    session.execute("commit")
    assert succeeded == (moment is not Moment.BEFORE)
    assert values(session) == [*(WRITES[text] if succeeded else [1, 2]), 100]


@pytest.mark.parametrize("moment", Moment)
def test_what_draws_numbers_in_a_transaction_leaves_only_a_rollback(
    session: SqlSession, moment: Moment
):
    session.execute("create sequence numbers")
    session.execute("begin")
    session.execute("insert into t select numbers.nextval + 10")
    answer = Ender(session, moment).run(session, "insert into t select numbers.nextval + 10")
    if moment is not Moment.BEFORE:
        session.execute("commit")
        assert values(session) == [1, 2, 11, 12]
        return
    assert answer.code == WHY.code
    with pytest.raises(SqlError, match="ROLLBACK, then run the transaction again"):
        session.execute("commit")
    session.execute("rollback")
    assert values(session) == [1, 2]


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("text", DEFINITIONS)
def test_a_definition_that_was_given_up_leaves_nothing(
    engine: SqlEngine, session: SqlSession, text: str, moment: Moment
):
    told, succeeded, noted = outcome_of(engine, session, moment, text)
    assert (succeeded, noted) == (not told, not told)
    assert bool(rows_of(session.execute(DEFINITIONS[text]))) == (not told)
    assert values(session) == [1, 2]
    session.execute("create or replace table sfdag.public.old as select 9 a")
    assert rows_of(session.execute("select a from sfdag.public.old")) == [(9,)]


@pytest.mark.parametrize("moment", Moment)
def test_a_commit_that_was_given_up_can_be_said_again(
    engine: SqlEngine, session: SqlSession, moment: Moment
):
    session.execute("begin")
    session.execute("insert into t values (3)")
    told, succeeded, noted = outcome_of(engine, session, moment, "commit")
    assert (succeeded, noted) == (not told, not told)
    with closing(engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))) as other:
        assert values(other) == ([1, 2] if told else [1, 2, 3])
        session.execute("commit")
        assert values(other) == [1, 2, 3]


@pytest.mark.parametrize("moment", Moment)
def test_many_bound_rows_are_one_effect(session: SqlSession, moment: Moment):
    ender = Ender(session, moment)
    text = "insert into t values (?)"
    with ender.ending():
        if moment is Moment.BEFORE:
            with pytest.raises(SqlError, match="its time is over"):
                session.execute_batch(text, [[3], [4]], unheard=ender.told.append)
        else:
            session.execute_batch(text, [[3], [4]], unheard=ender.told.append)
    assert ender.told == ([WHY] if moment is Moment.BEFORE else [])
    assert values(session) == ([1, 2] if ender.told else [1, 2, 3, 4])


def test_a_script_keeps_what_it_had_committed_and_does_not_go_on(session: SqlSession):
    ender = Ender(session, Moment.BEFORE)
    text = (
        "begin insert into t values (8); exception when other then insert into t values (9);"
        " insert into t values (10); end"
    )
    assert ender.run(session, text).code == WHY.code
    assert (ender.told, values(session)) == ([WHY], [1, 2])


class Closer(Ender):
    """Closes the session as well, as a client does that has its error."""

    closed_in_time = False

    def end(self) -> None:
        super().end()
        closing = threading.Thread(target=self.session.close)
        closing.start()
        closing.join(timeout=30)
        self.closed_in_time = not closing.is_alive()


def test_a_session_is_closed_behind_what_was_given_up(engine: SqlEngine, session: SqlSession):
    mine = engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    mine.execute("create temporary table t as select 5 a")
    closer = Closer(mine, Moment.BEFORE)
    assert closer.run(mine, "insert into t values (3)").code == WHY.code
    assert closer.closed_in_time
    with pytest.raises(SqlError):
        mine.execute("select 1")
    assert values(session) == [1, 2]


#: Whether all that a statement does is one commit or nothing.
KINDS = {
    "select 1": True,
    "with x as (select 1 a) select * from x": True,
    "show tables": True,
    "insert into t select 1": True,
    "merge into t using t s on t.a = s.a when matched then delete": True,
    "create table t as select 1 a": True,
    "copy into t from @s": True,
    "commit": True,
    "begin select 1; end": True,
    "execute immediate 'select 1'": True,
    "copy into @s from t": False,
    "select system$wait(0)": False,
    "insert into t select system$wait(0)": False,
    "call p()": False,
    "create task k as select 1": False,
    "remove @s": False,
    "set x = 1": False,
    "use schema public": False,
    "rollback": False,
}


@pytest.mark.parametrize("text", KINDS)
def test_what_does_more_than_one_commit_is_waited_for(text: str):
    assert has_one_effect(classify(text, "", ())) == KINDS[text]
