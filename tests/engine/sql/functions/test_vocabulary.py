"""What statements call is made by the first that calls something, and by no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions, SqlSession
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine

MADE = """
    CREATE TABLE t (a INTEGER, j VARIANT, d INTEGER DEFAULT ABS(-3), s VARCHAR DEFAULT UPPER('x'))
    CREATE VIEW v AS SELECT REGEXP_SUBSTR('abc', 'b.') AS x
    CREATE SEQUENCE q
    INSERT INTO t (a, j) SELECT 1, PARSE_JSON('{"b": 1}')
""".strip().splitlines()

#: The first statement of an engine, and its one value.
FIRST = [
    ('SELECT TO_JSON(PARSE_JSON(\'{"b": 1, "a": 2}\'))', '{"a":2,"b":1}'),
    ("SELECT x FROM v", "bc"),
    ("SELECT j:b::INTEGER FROM t", 1),
    ("SELECT SHA2('a', 224)", "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5"),
    ("SELECT TO_CHAR(12, '000')", " 012"),
    ("SELECT '1' || 2 || LPAD('x', 3, '-')", "12--x"),
    ("SELECT q.NEXTVAL", 1),
    ("INSERT INTO t (a) VALUES (2)", 1),
    ("UPDATE t SET j = TO_VARIANT(a) WHERE a = 1", 1),
    ("CREATE TABLE copied AS SELECT x FROM v", "Table COPIED successfully created."),
    ("EXECUTE IMMEDIATE 'SELECT x FROM v'", "bc"),
    ("BEGIN RETURN (SELECT x FROM v); END", "bc"),
]
#: Statements that need nothing of it.
WITHOUT = (
    *("SELECT 1", "SELECT 'a' AS b, NULL", "USE SCHEMA PUBLIC", "SHOW TABLES", "SHOW VIEWS"),
    *("CREATE DATABASE IF NOT EXISTS d", "CREATE SCHEMA IF NOT EXISTS d.s"),
    "ALTER SESSION SET TIMEZONE = 'UTC'",
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("vocabulary") / "data"
    with closing(open_engine(path)) as engine, closing(opened(engine)) as session:
        for text in MADE:
            session.execute(text)
    return path


@pytest.fixture
def session(directory) -> Iterator[SqlSession]:
    with closing(open_engine(directory)) as engine, closing(opened(engine)) as session:
        yield session


def opened(engine: SqlEngine) -> SqlSession:
    return engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))


@pytest.mark.parametrize(("text", "value"), FIRST)
def test_the_first_statement_of_an_engine_has_what_it_calls(session, text, value):
    assert session.execute(text).rows.columns[0].to_pylist() == [value]


def test_the_columns_of_a_first_statement_can_be_asked(session):
    assert [column.name for column in session.describe("SELECT x FROM v").columns] == ["X"]


def test_a_first_statement_of_many_rows_has_what_it_calls(session):
    inserted = session.execute_batch("INSERT INTO t (a) VALUES (ABS(?))", [[-1], [-2]])
    assert inserted.rows.columns[0].to_pylist() == [2]


def test_a_transaction_that_began_first_sees_it(session):
    session.execute("BEGIN")
    session.execute("INSERT INTO t (a, j) SELECT 7, PARSE_JSON('[7]')")
    assert (
        session.execute("SELECT j[0]::INTEGER FROM t WHERE a = 7").rows.columns[0][0].as_py() == 7
    )
    session.execute("ROLLBACK")


def test_what_calls_nothing_waits_for_nothing(tmp_path):
    with closing(open_engine(tmp_path)) as engine, closing(opened(engine)) as session:
        for text in WITHOUT:
            session.execute(text)
        macros = (
            "SELECT count(*) FROM duckdb_functions() WHERE schema_name = 'main' AND NOT internal"
        )
        assert session.connection.execute(macros).fetchall() == [(0,)]
        session.execute("SELECT ABS(-1)")
        assert session.connection.execute(macros).fetchall() > [(100,)]
