"""A table is made anew while others write to it: what they were told of is in the new one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import pytest

from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored import table_form
from sfdag_magics.engine.sql.stored.claims import Claims
from sfdag_magics.engine.sql.translating.translate import Translator
from tests.engine.sql.conftest import Asker

#: What makes a table anew, and what must be there before.
REMADE = {
    "alter table": ("alter table t add column c int", None),
    "create stream": ("create stream s on table t", None),
    "drop stream": ("drop stream s", "create stream s on table t"),
    "create or replace sequence": (
        "create or replace sequence n",
        "alter table t add column n int default n.nextval",
    ),
}
#: What writes to it, and what the table has then; it has 1 and 2 before.
WRITING = {
    "insert": ("insert into t (a) values (3)", [1, 2, 3]),
    "insert overwrite": ("insert overwrite into t (a) select a + 5 from t", [6, 7]),
    "update": ("update t set a = a + 10", [11, 12]),
    "delete": ("delete from t where a = 1", [2]),
    "merge": (
        "merge into t using (select 1 x) q on t.a = q.x when matched then update set a = 4",
        [2, 4],
    ),
    "truncate": ("truncate table t", []),
}
_EVERY_REMAKING = pytest.mark.parametrize(("remaking", "before"), REMADE.values(), ids=REMADE)
_EVERY_WRITE = pytest.mark.parametrize(("writing", "then"), WRITING.values(), ids=WRITING)


@pytest.fixture
def ask(sql: Asker) -> Asker:
    sql("create sequence n")
    sql("create table t (a int)")
    sql("insert into t values (1), (2)")
    return sql


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has something done behind the first call of a function, or before it."""

    def at(owner: Any, name: str, action: Callable[[], object], *, before: bool = False) -> None:
        function = getattr(owner, name)
        left = [action]

        def around(*values: Any, **options: Any) -> Any:
            mine = left.pop() if left else bool
            if before:
                mine()
            answer = function(*values, **options)
            if not before:
                mine()
            return answer

        monkeypatch.setattr(owner, name, around)

    return at


def values(ask: Asker) -> list[int]:
    return [a for (a,) in ask("select a from t order by a")]


@_EVERY_WRITE
@_EVERY_REMAKING
def test_who_writes_when_the_rows_are_copied_writes_to_the_new_table(
    ask, connect, once, remaking, before, writing, then
):
    other = connect()
    if before:
        ask(before)
    with ThreadPoolExecutor() as threads:
        tried, writes = threading.Event(), []
        once(Claims, "committing", tried.set, before=True)

        def write() -> None:
            tried.clear()
            writes.append(threads.submit(other, writing))
            tried.wait()  # for its commit, which stands behind the claim

        once(table_form, "_filled", write)
        ask(remaking)
        for each in writes:
            each.result()
    assert values(ask) == then


@_EVERY_REMAKING
def test_what_is_committed_before_the_rows_are_copied_is_copied(
    ask, connect, once, remaking, before
):
    other = connect()
    if before:
        ask(before)
    once(Session, "claim", lambda: other("insert into t (a) values (3)"), before=True)
    ask(remaking)
    assert values(ask) == [1, 2, 3]


@_EVERY_WRITE
@_EVERY_REMAKING
def test_who_finds_the_table_made_anew_looks_where_it_is_now(
    ask, connect, once, remaking, before, writing, then
):
    other = connect()
    if before:
        ask(before)
    at = (Session, "write") if writing.startswith("truncate") else (Translator, "resolved_only")
    once(*at, lambda: other(remaking), before=writing.startswith("truncate"))
    ask(writing)
    assert values(ask) == then


@pytest.mark.parametrize(
    "text",
    ["select sum(a) from t", "explain select a from t", "set v = (select max(a) from t)"],
)
def test_who_reads_looks_where_it_is_now(ask, connect, once, text):
    other = connect()
    once(Translator, "resolved_only", lambda: other("alter table t add column c int"))
    ask(text)
    assert values(ask) == [1, 2]


def test_who_asks_for_columns_looks_where_it_is_now(ask, connect, once):
    other = connect()
    once(Translator, "resolved_only", lambda: other("alter table t add column c int"))
    assert [column.name for column in ask.session.describe("select a from t").columns] == ["A"]


def test_many_bound_rows_look_where_it_is_now(ask, connect, once):
    other = connect()
    once(Session, "write", lambda: other("alter table t add column c int"), before=True)
    ask.session.execute_batch("update t set a = ? where a = ?", [(5, 1), (6, 2)])
    assert values(ask) == [5, 6]


def test_a_transaction_whose_table_was_made_anew_is_told_and_writes_nothing(ask, connect):
    other = connect()
    ask("begin")
    ask("insert into t values (3)")
    other("alter table t add column c int")
    assert "has changed or dropped a table" in ask.error("commit").message
    assert values(ask) == [1, 2]


@pytest.mark.parametrize("end", ["alter table t add column c int", "drop table t"])
def test_a_definition_does_not_go_on_without_the_transaction_that_it_commits(ask, connect, end):
    other = connect()
    ask("begin")
    ask("insert into t values (3)")
    other(end)
    assert "has changed or dropped a table" in ask.error("create table u (a int)").message
    assert ask("show tables like 'u'") == []


def test_a_table_that_is_dropped_meanwhile_is_not_there(ask, connect, once):
    other = connect()
    once(Translator, "resolved_only", lambda: other("drop table t"))
    assert "does not exist" in ask.error("update t set a = 5").message


@pytest.fixture
def claims() -> Claims:
    return Claims()


def test_a_table_is_claimed_once_and_free_again_behind_it(claims: Claims):
    with claims.claiming() as first, claims.claiming() as second:
        first.add("t")
        first.add("t")
        with pytest.raises(duckdb.TransactionException, match="Conflict"):
            second.add("t")
        second.add("u")
    with claims.committing({"t", "u"}):
        pass


def test_a_claim_and_a_commit_of_the_same_table_exclude_each_other(claims: Claims):
    with claims.claiming() as claim:
        with claims.committing({"t"}), pytest.raises(duckdb.TransactionException):
            claim.add("t")
        with pytest.raises(duckdb.TransactionException):  # its copy would lack that commit
            claim.add("t")
        claim.add("u")
        with pytest.raises(duckdb.TransactionException), claims.committing({"t", "u"}):
            pass
        with claims.committing({"v"}):
            pass
    with claims.claiming() as later:
        later.add("t")
