"""One text in, one statement with its kind out; everything else a SQL error at once."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.sql.reading.gate import classify

KINDS = {
    "select 1": "SELECT",
    "SELECT * FROM t;": "SELECT",
    "(select 1) union all (select 2)": "SELECT",
    "((values (1)))": "SELECT",
    "values (1), (2)": "SELECT",
    "with a as (select 1), b (x) as ((select 2)) select * from a, b": "SELECT",
    "with recursive a as (select 1) (select * from a)": "SELECT",
    "with a as (with b as (select 1) select * from b) select * from a": "SELECT",
    "with m as model d.s.m version v, a as (select 1) select m!f(1) from a": "SELECT",
    "with p as procedure () returns int language sql as $$begin return 1; end$$ call p()": (
        "WITH PROCEDURE"
    ),
    "insert into t values (1)": "INSERT",
    "insert overwrite into t select 1": "INSERT",
    "insert overwrite all into t select 1": "INSERT ALL",
    "insert first when x then into t select 1": "INSERT FIRST",
    "update t set a = 1": "UPDATE",
    "delete from t": "DELETE",
    "merge into t using s on t.a = s.a when matched then delete": "MERGE",
    "truncate t": "TRUNCATE TABLE",
    "truncate table if exists t": "TRUNCATE TABLE",
    "begin": "BEGIN",
    "BEGIN WORK": "BEGIN",
    "begin transaction name x": "BEGIN",
    "begin name x": "BEGIN",
    "start transaction": "BEGIN",
    "commit work": "COMMIT",
    "rollback": "ROLLBACK",
    "begin select 1; end": "BLOCK",
    "begin let x := 1; if (x = 1) then return 1; end if; end;": "BLOCK",
    "declare x int; begin return 1; end": "BLOCK",
    "create or replace temporary table t (a int)": "CREATE TABLE",
    "create table if not exists t (a int)": "CREATE TABLE",
    "create local temp stage s": "CREATE STAGE",
    "create or replace secure recursive view v as select 1": "CREATE VIEW",
    "create transient schema s": "CREATE SCHEMA",
    "create temp file format f type = csv": "CREATE FILE FORMAT",
    "create or alter task t as select 1": "CREATE OR ALTER TASK",
    "create task t as begin select 1; select 2; end": "CREATE TASK",
    "create aggregate function f() returns int as '1'": "CREATE AGGREGATE FUNCTION",
    "create dynamic table d as select 1": "CREATE DYNAMIC TABLE",
    "create data metric function f(t table(a int)) returns int as '1'": (
        "CREATE DATA METRIC FUNCTION"
    ),
    "show data metric functions in account": "SHOW DATA METRIC FUNCTIONS",
    "create database role r": "CREATE DATABASE ROLE",
    "alter session set timezone = 'UTC'": "ALTER SESSION",
    "alter task if exists t resume": "ALTER TASK",
    "alter model m set comment = ''": "ALTER MODEL",
    "drop file format if exists f": "DROP FILE FORMAT",
    "undrop schema s": "UNDROP SCHEMA",
    "desc table t": "DESCRIBE TABLE",
    "describe result 'x'": "DESCRIBE RESULT",
    "show terse tables like 'x'": "SHOW TABLES",
    "show file formats": "SHOW FILE FORMATS",
    "show versions in model m": "SHOW VERSIONS",
    "show functions in model m version v": "SHOW FUNCTIONS IN MODEL",
    "show parameters like '%TIMEOUT%' in task t": "SHOW PARAMETERS IN TASK",
    "show git repositories": "SHOW GIT REPOSITORIES",
    "show masking policies": "SHOW MASKING POLICIES",
    "use d": "USE DATABASE",
    "use d.s": "USE SCHEMA",
    "use schema s": "USE SCHEMA",
    "use role r": "USE ROLE",
    "use secondary roles all": "USE SECONDARY ROLES",
    "set x = 1": "SET",
    "set (a, b) = (1, 2)": "SET",
    "unset x": "UNSET",
    "comment on table t is 'x'": "COMMENT",
    "grant all on schema s to role r": "GRANT",
    "revoke all on schema s from role r": "REVOKE",
    "call p(1)": "CALL",
    "execute task t retry last": "EXECUTE TASK",
    "execute immediate $$select 1$$": "EXECUTE IMMEDIATE",
    "execute immediate from @s/f.sql": "EXECUTE IMMEDIATE FROM",
    "put file:///tmp/x.csv @~/a": "PUT",
    "put 'file:///tmp/x y.csv' '@\"my stage\"/a'": "PUT",
    "get @s/a 'file:///tmp/'": "GET",
    "ls @s": "LIST",
    "list @s pattern = '.*'": "LIST",
    "rm @s/a": "REMOVE",
    "copy into t from @s": "COPY INTO",
    "copy files into @a from @b": "COPY FILES",
    "explain using text select 1": "EXPLAIN",
}

# What DuckDB would carry out, had it got there.
NOT_SNOWFLAKES = [
    "ATTACH 'x.db'",
    "DETACH x",
    "PRAGMA database_list",
    "COPY t TO 'x.csv'",
    "COPY (select 1) TO 'x.csv'",
    "COPY t FROM 'x.csv'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "FORCE INSTALL httpfs",
    "EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    "CHECKPOINT",
    "FORCE CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "RESET threads",
    "SET GLOBAL threads = 1",
    "SET threads TO 1",
    "PREPARE p AS select 1",
    "EXECUTE p",
    "DEALLOCATE p",
    "FROM 'x.csv'",
    "FROM t",
    "SUMMARIZE t",
    "PIVOT t ON a",
    "UPDATE EXTENSIONS; select 1",
    "INSERT OR REPLACE INTO t VALUES (1)",
    "UPDATE 'x.csv' SET a = 1",
    "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
    "WITH a AS (SELECT 1) DELETE FROM t",
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
    "CREATE MACRO m() AS 1",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
    "CREATE TYPE e AS ENUM ('a')",
    "EXPLAIN ANALYZE SELECT 1",
    "EXPLAIN COPY t TO 'x.csv'",
    "EXPLAIN EXPLAIN SELECT 1",
    "USE 'x.db'",
    "BEGIN TRANSACTION READ ONLY",
    "BEGIN DEFERRED TRANSACTION",
    "ABORT",
    "SHOW ALL TABLES",
    "select 1 ->> 'a'",
]


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_a_statement_has_the_kind_of_its_first_words(text: str, kind: str):
    assert classify(text, "q").kind == kind


@pytest.mark.parametrize("text", NOT_SNOWFLAKES)
def test_what_is_not_snowflakes_is_refused(text: str):
    with pytest.raises(SqlError):
        classify(text, "q")


def test_an_unknown_statement_is_refused_by_name():
    with pytest.raises(SqlError, match="syntax error line 1 at position 0 unexpected 'attach'"):
        classify("attach 'x.db'", "q")
    with pytest.raises(SqlError, match="CREATE MACRO is not supported"):
        classify("create macro m() as 1", "q")


def test_the_statement_keeps_text_query_id_and_bindings():
    statement = classify("  -- why\n select ? ; ", "01b", bindings=(1,))
    assert statement.text == "select ?"
    assert [token.text for token in statement.tokens] == ["select", "?"]
    assert (statement.query_id, statement.bindings) == ("01b", (1,))
    first = statement.tokens[0]
    assert statement.text[first.start : first.end] == "select"


@pytest.mark.parametrize("text", ["", " \n", ";", "-- nothing", "/* nothing */ ;"])
def test_an_empty_statement_is_snowflakes_error_900(text: str):
    with pytest.raises(SqlError, match=r"Empty SQL statement\.") as raised:
        classify(text, "q")
    assert raised.value.code == 900


def test_several_statements_are_snowflakes_error_8():
    with pytest.raises(SqlError, match="Actual statement count 2 did not match") as raised:
        classify("select 1; attach 'x.db'", "q")
    assert (raised.value.code, raised.value.sqlstate) == (8, "0A000")


@pytest.mark.parametrize("text", ["select 'a", 'select "a', "select /* a", "select $$a"])
def test_unreadable_text_is_a_syntax_error(text: str):
    with pytest.raises(SqlError, match="unterminated") as raised:
        classify(text, "q")
    assert raised.value.code == 1003


SOUP = st.lists(
    st.sampled_from(
        [*"(),;'\"$.@=", "$$", "--", "/*", "\n", "->>", "end", "declare", "name", "x", "procedure"]
        + [word for text in KINDS for word in text.split()[:3]]
    )
).map(" ".join)


@given(st.one_of(st.text(), SOUP))
@example("(" * 5000)
@example("with a as (" * 5000)
@example("explain " * 5000)
def test_any_text_classifies_or_is_a_sql_error(text: str):
    try:
        statement = classify(text, "q")
    except SqlError:
        return
    assert isinstance(statement, Statement)
    assert statement.tokens


COMMENTS = st.sampled_from(["-- select 2; \n", "// it's\n", "/* ; ' */", " ", "\n"])


@given(st.sampled_from(list(KINDS)), st.lists(COMMENTS), st.lists(COMMENTS))
def test_comments_around_a_statement_do_not_matter(text: str, before: list[str], after: list[str]):
    plain = classify(text, "q")
    commented = classify(" ".join([*before, text, *after]), "q")
    assert (commented.kind, commented.text) == (plain.kind, plain.text)


TOO_LONG = {
    "16,777,226 characters": "select '" + "x" * 16_777_217 + "'",
    "more than 500,000 words, values and symbols": "select 1 in (" + "1," * 250_000 + "1)",
}


@pytest.mark.slow
@pytest.mark.parametrize("has", TOO_LONG)
def test_a_text_that_takes_long_to_read_is_refused_at_once(has: str):
    with pytest.raises(SqlError) as caught:
        classify(TOO_LONG[has], "id")
    assert f"the text is too long: it has {has}" in caught.value.message
    assert "COPY INTO" in caught.value.message
    assert len(caught.value.message) < 400


_LONG = "x" * 256


@pytest.mark.parametrize(
    "text",
    [
        f"create table {_LONG} (a int)",
        f'create table t (a int, "{_LONG}" int)',
        f"create or replace view {_LONG} as select 1",
        f"create task {_LONG} as select 1",
        f"alter table t rename to {_LONG}",
    ],
)
def test_nothing_is_made_under_a_name_that_is_too_long(text: str):
    with pytest.raises(SqlError, match=r"invalid identifier '[xX]{40}….* 256 characters.* 255"):
        classify(text, "id")


@pytest.mark.parametrize(
    "text",
    [
        f"create table {_LONG[:255]} (a int)",
        f"create view v as select 1 as {_LONG}",
        f"create table t (a varchar default '{_LONG}')",
        f"select 1 as {_LONG}",
    ],
)
def test_other_words_may_be_as_long_as_they_are(text: str):
    assert classify(text, "id").text == text
