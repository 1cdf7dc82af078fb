"""What is seen of one statement before anybody asks for it, whichever features there are."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.checked import check_statement
from sfdag_magics.engine.sql.reading.gate import classify


class _All:
    """Every kind of statement."""

    def __contains__(self, kind: str) -> bool:
        return True


def check(text: str) -> None:
    check_statement(classify(text, ""), _All())


@pytest.mark.parametrize(
    "text",
    [
        "create temp table t (a int default 5 comment 'x') comment = 'y'",
        "create or replace transient table if not exists t (a int) as select 1",
        "create table t like u",
        "create table t clone u",
        "create table t using template (select 1)",
        "create view v(a) comment = 'as' as with x as (select 1 a) select * from x",
        "begin create table identifier(:n) as select 1; execute task identifier(:n); end",
        "begin call p(:x) into :y; call identifier(:p)(1); end",
        "begin drop table identifier(:n); update t set a = :b; insert into t values (:a); end",
        "copy into @s/x from (select 1)",
        "insert overwrite into t select 1",
        "insert into t select * from @s/file.csv",
        "drop table if exists t cascade",
        "call db.s.p(1, a => 2)",
        "alter task t set schedule = $v",
        "create task t as select 1",
        "execute immediate 'selekt'",
        "grant usage on database d to role r",
        "remove @s pattern = '.*(a|b)'",
    ],
)
def test_what_is_whole_is_let_through(text: str):
    check(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("create table", "unexpected 'table'"),
        ("create table t", "it has no columns"),
        ("create table t as selekt", "a query is needed"),
        ("create table t (a int", "unexpected '<EOF>'"),
        ("create view v", "it has no query"),
        ("create view v as call p()", "a query is needed"),
        ("create view v as select from", "unexpected 'from'"),
        ("create stream", "unexpected end behind 'stream'"),
        ("drop table", "expected a name"),
        ("drop table t t", "unexpected 't'"),
        ("update t set", "its SET says nothing"),
        ("insert into t", "it says no rows"),
        ("copy into t", "it has no FROM"),
        ("call p", "expected arguments in parentheses"),
        ("call p() x", "unexpected 'x'"),
        ("call p(", "unexpected '<EOF>'"),
        ("remove @s)", "no parenthesis is open there"),
        ("alter task t", "unexpected '<EOF>'"),
        ("create task t as", "expected a SQL statement"),
        ("begin drop table; end", "expected a name"),
    ],
)
def test_what_is_not_is_said_to_be_unfinished(text: str, said: str):
    with pytest.raises(SqlError, match="syntax error") as caught:
        check(text)
    assert said in caught.value.message
