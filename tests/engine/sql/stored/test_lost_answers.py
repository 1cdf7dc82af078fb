"""The outcome of a statement is noted with its effect, and only there."""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import UTC, datetime

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import SqlEngine
from sfdag_magics.engine.store.outcomes import KEPT, OutcomeNotes
from tests.engine.sql.conftest import rows_of


@pytest.fixture
def session(engine: SqlEngine):
    options = SessionOptions(database="SFDAG", schema="PUBLIC")
    with closing(engine.open_session(options)) as session:
        session.execute("create table t (a int)")
        session.execute("insert into t values (1), (2)")
        yield session


def noted(session, text, **more):
    query_id = str(uuid.uuid4())
    session.execute(text, query_id=query_id, noted=True, **more)
    return query_id


#: Statements whose outcome is kept, each with what stands behind it in a set-up.
COUNTED = {
    "insert into t values (3)": ("number of rows inserted",),
    "insert into t select a + 10 from t": ("number of rows inserted",),
    "insert overwrite into t select 7": ("number of rows inserted",),
    "update t set a = a + 1": ("number of rows updated", "number of multi-joined rows updated"),
    "delete from t where a = 1": ("number of rows deleted",),
    "merge into t using (select 1 a) s on t.a = s.a when matched then delete"
    " when not matched then insert (a) values (s.a)": (
        "number of rows inserted",
        "number of rows deleted",
    ),
    "truncate table t": ("status",),
}


@pytest.mark.parametrize("text", COUNTED)
def test_a_lost_answer_is_given_again(engine: SqlEngine, session, text: str):
    query_id = str(uuid.uuid4())
    answer = session.execute(text, query_id=query_id, noted=True)
    again = engine.outcomes.outcome(query_id)
    assert again is not None
    assert {column.name for column in answer.columns} == set(COUNTED[text])
    assert again.columns == answer.columns
    assert rows_of(again) == rows_of(answer)
    assert (again.rows_affected, again.statement_type) == (
        answer.rows_affected,
        answer.statement_type,
    )


DDL = (
    "create table u (a int)",
    "create table u as select * from t",
    "create or replace table t (b text)",
    "alter table t add column b int",
    "alter table t rename to u",
    "drop table t",
    "create view v as select * from t",
    "create sequence s",
    "comment on table t is 'told'",
    "create database d",
    "create or replace schema s",
    "alter schema public rename to p",
    "drop schema public",
    "drop database sfdag",
)


@pytest.mark.parametrize("text", DDL)
def test_a_lost_answer_of_ddl_is_given_again(engine: SqlEngine, session, text: str):
    query_id = str(uuid.uuid4())
    answer = session.execute(text, query_id=query_id, noted=True)
    again = engine.outcomes.again(query_id, text, session)
    assert again is not None
    assert rows_of(again) == rows_of(answer)
    assert again.columns == answer.columns


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("create schema s", ("SFDAG", "S")),
        ("create or replace schema s2 comment = 'c'", ("SFDAG", "S2")),
        ("create database d", ("D", "PUBLIC")),
        ("create table u (a int)", ("SFDAG", "PUBLIC")),
    ],
)
def test_the_session_uses_what_a_lost_answer_told_of(engine: SqlEngine, session, text, used):
    query_id = noted(session, text)
    with closing(engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))) as later:
        assert engine.outcomes.again(query_id, text, later) is not None
        assert (later.database, later.schema) == used


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("call p()", "commits statement by statement"),
        ("execute immediate 'select 1'", "commits statement by statement"),
        ("begin insert into t values (1); end", "commits statement by statement"),
        ("copy into @~/a from t", "LIST its target"),
        ("remove @~", "LIST the files"),
        ("select system$wait(1)", "Look at the data"),
    ],
)
def test_what_to_do_about_an_unknown_outcome(engine: SqlEngine, text: str, word: str):
    assert word in engine.outcomes.advice(text)


@pytest.mark.parametrize("text", DDL)
def test_ddl_leaves_its_outcome(engine: SqlEngine, session, text: str):
    outcome = engine.outcomes.outcome(noted(session, text))
    assert outcome is not None
    assert rows_of(outcome) == [("Statement executed successfully.",)]


def test_many_rows_are_one_statement_with_one_outcome(engine: SqlEngine, session):
    query_id = str(uuid.uuid4())
    rows = [(5,), (6,), (7,)]
    session.execute_batch("insert into t values (?)", rows, query_id=query_id, noted=True)
    again = engine.outcomes.outcome(query_id)
    assert again is not None
    assert again.rows_affected == 3


@pytest.mark.parametrize(
    "text",
    [
        "insert into t values ('x')",
        "insert into t values (1 / 0)",
        "create table t (a int)",
        "drop table not_there",
    ],
)
def test_a_statement_that_failed_leaves_none(engine: SqlEngine, session, text: str):
    query_id = str(uuid.uuid4())
    with pytest.raises(SqlError):
        session.execute(text, query_id=query_id, noted=True)
    assert engine.outcomes.outcome(query_id) is None


def test_what_is_not_asked_for_is_not_noted(engine: SqlEngine, session):
    query_id = str(uuid.uuid4())
    session.execute("insert into t values (1)", query_id=query_id)
    assert engine.outcomes.outcome(query_id) is None


def test_in_a_transaction_the_outcome_is_there_from_the_commit_on(engine: SqlEngine, session):
    session.execute("begin")
    transaction = session.transaction_id
    insert = noted(session, "insert into t values (3)")
    assert engine.outcomes.outcome(insert) is None
    assert engine.outcomes.outcome(transaction) is None
    commit = noted(session, "commit")
    outcomes = [engine.outcomes.outcome(each) for each in (insert, transaction, commit)]
    assert all(outcomes)


def test_a_rollback_leaves_no_outcome(engine: SqlEngine, session):
    session.execute("begin")
    transaction = session.transaction_id
    insert = noted(session, "insert into t values (3)")
    session.execute("rollback")
    assert engine.outcomes.outcome(insert) is None
    assert engine.outcomes.outcome(transaction) is None


def test_a_repeated_transaction_keeps_its_outcomes(engine: SqlEngine, session):
    session.execute("begin")
    insert = noted(session, "insert into t values (3)")
    with pytest.raises(SqlError):
        session.execute("select 'x'::int")
    session.execute("commit")
    assert engine.outcomes.outcome(insert) is not None


def test_ddl_commits_the_transaction_before_it_with_its_outcomes(engine: SqlEngine, session):
    session.execute("begin")
    transaction = session.transaction_id
    insert = noted(session, "insert into t values (3)")
    session.execute("create table u (a int)")
    assert engine.outcomes.outcome(insert) is not None
    assert engine.outcomes.outcome(transaction) is not None


def test_without_autocommit_too(engine: SqlEngine):
    options = SessionOptions(database="SFDAG", schema="PUBLIC", parameters={"AUTOCOMMIT": False})
    with closing(engine.open_session(options)) as session:
        session.execute("create table t (a int)")
        insert = noted(session, "insert into t values (3)")
        assert engine.outcomes.outcome(insert) is None
        session.execute("commit")
        assert engine.outcomes.outcome(insert) is not None


@pytest.mark.parametrize(
    ("text", "is_repeatable"),
    [
        ("create task t as insert into a select SYSTEM$GET_TASK_GRAPH_CONFIG('k')", True),
        ("insert into t values (1)", True),
        ("create or replace table t (a int)", True),
        ("commit", True),
        ("begin", True),
        ("select 1", True),
        ("with x as (select 1) select * from x", True),
        ("use schema public", True),
        ("alter session set timezone = 'UTC'", True),
        ("put file:///tmp/a @~", True),
        ("not sql at all", True),
        ("call p()", False),
        ("execute task r", True),
        ("create task r as select 1", True),
        ("alter task r resume", True),
        ("drop task r", True),
        ("copy into t from @~", True),
        ("copy into @~/a from t", False),
        ("copy into 'a' from t", False),
        ("create or replace schema s", True),
        ("drop database d", True),
        ("create stage s", True),
        ("create file format f", True),
        ("drop function f(int)", True),
        ("drop model m", True),
        ("execute immediate 'insert into t values (1)'", False),
        ("begin insert into t values (1); end", False),
        ("select system$wait(1)", False),
        ("insert into t select system$wait(1)", False),
        ("remove @~", False),
    ],
)
def test_only_what_is_all_or_nothing_may_be_repeated(
    engine: SqlEngine, text: str, *, is_repeatable: bool
):
    assert engine.outcomes.can_repeat(text) is is_repeatable


def test_outcomes_are_forgotten_by_age(engine: SqlEngine, session):
    insert = noted(session, "insert into t values (3)")
    engine.outcomes.forget_old()
    assert engine.outcomes.outcome(insert) is not None
    later = datetime.now(UTC).replace(tzinfo=None) + KEPT
    OutcomeNotes(engine._store, clock=lambda: later).forget_old()
    assert engine.outcomes.outcome(insert) is None


def test_what_is_no_id_has_no_outcome(engine: SqlEngine):
    assert engine.outcomes.outcome("not an id'") is None
