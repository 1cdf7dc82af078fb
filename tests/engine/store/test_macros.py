"""Macros: made by one transaction in a new file, and later only where their text has changed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.store.macros import install_macros

_ONE = "CREATE OR REPLACE MACRO one(x) AS (x + 1)"
_TWO = "CREATE OR REPLACE MACRO memory.main.two(x) AS (x + 2)"
_TEN = "CREATE OR REPLACE MACRO one(x) AS (x + 10)"


class Counting:
    """A connection that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._connection = duckdb.connect()
        self._connection.execute("CREATE SCHEMA registry")

    def execute(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        self.told.append(sql)
        return self._connection.execute(sql, parameters)

    def install(self, *statements: str) -> list[str]:
        """What was told to make these macros."""
        self.told.clear()
        install_macros(self, statements)
        return [sql for sql in self.told if "MACRO" in sql or sql in ("BEGIN", "COMMIT")]

    def value(self, expression: str) -> object:
        return self._connection.execute(f"SELECT {expression}").fetchall()[0][0]


def test_the_macros_of_a_new_file_go_in_by_one_transaction():
    assert Counting().install(_ONE, _TWO) == ["BEGIN", _ONE, _TWO, "COMMIT"]


def test_macros_that_have_not_changed_are_left_alone():
    connection = Counting()
    connection.install(_ONE, _TWO)
    assert connection.install(_ONE, _TWO) == []
    assert connection.install(_TEN, _TWO) == ["BEGIN", _TEN, "COMMIT"]
    assert connection.value("one(1)") == 11
    assert connection.install(_ONE, _TWO) == ["BEGIN", _ONE, "COMMIT"]
    assert connection.value("one(1)") == 2


def test_a_macro_that_a_columns_default_rests_on_stays_and_the_others_change():
    connection = Counting()
    connection.install(_ONE, _TWO)
    connection.execute("CREATE TABLE t(a INTEGER DEFAULT (one(1)))")
    connection.install(_TEN, _TWO.replace("+ 2", "+ 20"))
    assert (connection.value("one(1)"), connection.value("two(1)")) == (2, 21)
    connection.execute("DROP TABLE t")
    connection.install(_TEN)
    assert connection.value("one(1)") == 11


def test_a_file_whose_macros_nobody_noted_gets_all_that_it_can():
    connection = Counting()
    connection.execute(_ONE)
    connection.execute("CREATE TABLE t(a INTEGER DEFAULT (one(1)))")
    connection.install(_TEN, _TWO)
    assert (connection.value("one(1)"), connection.value("two(1)")) == (2, 3)


def test_a_macro_that_cannot_be_read_leaves_none_behind():
    connection = Counting()
    with pytest.raises(duckdb.ParserException):
        connection.install(_ONE, "CREATE OR REPLACE MACRO bad(x) AS (+)")
    with pytest.raises(duckdb.CatalogException):
        connection.value("one(1)")


def test_an_engine_that_opens_its_directory_again_makes_no_macro(tmp_path: Path):
    first = open_engine(tmp_path)
    first.get_ready()
    first.close()
    with duckdb.connect(str(tmp_path / "data.duckdb")) as raw:
        raw.execute("CREATE OR REPLACE MACRO _sf_random() AS 42")
    engine = open_engine(tmp_path)
    session = engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    rows = session.execute("select random(), array_size(array_append([1], 2))").rows
    assert [column.to_pylist() for column in rows.columns] == [[42], [2]]
    session.close()
    engine.close()


def test_a_default_goes_on_resting_on_a_macro_that_a_newer_engine_does_not_know():
    connection = Counting()
    connection.install(_ONE, _TWO)
    connection.execute("CREATE TABLE t(a INTEGER, b INTEGER DEFAULT (two(1)))")
    connection.install(_ONE)
    connection.execute("INSERT INTO t(a) VALUES (0)")
    assert connection.value("max(b) FROM t") == 3
