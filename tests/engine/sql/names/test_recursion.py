"""Recursive WITH: right while it ends, an error when it does not."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_ENDLESS = "WITH RECURSIVE X AS (SELECT 1 A UNION ALL SELECT A + 1 FROM X) SELECT COUNT(*) FROM X"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("X AS (SELECT 1 A UNION ALL SELECT A + 1 FROM X WHERE A < 4) SELECT * FROM X", "1234"),
        ("X (B) AS (SELECT 1 UNION ALL SELECT B + 1 FROM X WHERE B < 3) SELECT B FROM X", "123"),
        (
            "X AS (SELECT 1 A UNION ALL SELECT O.A + 1 FROM X AS O WHERE O.A < 3)"
            " SELECT X.* FROM X ORDER BY A",
            "123",
        ),
        (
            "X AS (SELECT 1 A UNION ALL SELECT E.COLUMN2 FROM X JOIN"
            " (VALUES (1, 2), (2, 5)) AS E ON X.A = E.COLUMN1) SELECT * FROM X",
            "125",
        ),
        (
            "X AS ((SELECT 1 A UNION ALL SELECT 5) UNION ALL SELECT A + 1 FROM X WHERE A IN (1, 5))"
            " SELECT A FROM X ORDER BY A",
            "1256",
        ),
        (
            "Y AS (SELECT 7 A), X AS (SELECT A FROM Y UNION ALL SELECT A + 1 FROM X WHERE A < 8)"
            " SELECT * FROM X",
            "78",
        ),
        (
            "X(A) AS (SELECT 1 UNION ALL SELECT A + 1 FROM X WHERE A < 2"
            " UNION ALL SELECT A + 2 FROM X WHERE A < 3) SELECT A FROM X ORDER BY A",
            "1234",
        ),
        (
            "X(A) AS (SELECT 1 UNION ALL SELECT A + 1 FROM X WHERE A < 2 UNION ALL SELECT 7"
            " UNION ALL SELECT A + 2 FROM X WHERE A = 7) SELECT A FROM X ORDER BY A",
            "1279",
        ),
        ("X AS (SELECT 1 A UNION ALL SELECT * FROM X WHERE A > 1) SELECT * FROM X", "1"),
    ],
)
def test_a_recursion_that_ends_has_its_rows(sql: Asker, text: str, rows: str):
    assert "".join(str(row[0]) for row in sql(f"WITH RECURSIVE {text}")) == rows


def test_its_columns_are_the_users(sql: Asker):
    text = "WITH X AS (SELECT 1 A UNION ALL SELECT A + 1 FROM X WHERE A < 3) SELECT * FROM X"
    assert sql.columns(text) == ["A"]
    sql(f"CREATE VIEW V AS {text}")
    sql(f"CREATE TABLE T AS {text}")
    assert sql("SELECT SUM(A) FROM V") == sql("SELECT SUM(A) FROM T") == [(6,)]


@pytest.mark.slow  # a million rounds
def test_a_recursion_without_an_end_is_an_error_that_names_it(sql: Asker):
    error = sql.error(_ENDLESS)
    assert error.message.startswith("Recursion exceeded max iteration count (1,000,000)")
    assert "the recursive part of X" in error.message
    assert sql("SELECT 1") == [(1,)]


def test_the_bound_is_a_parameter_of_the_session(sql: Asker):
    sql("ALTER SESSION SET MAX_RECURSIONS = 100")
    error = sql.error(_ENDLESS)
    assert "max iteration count (100)" in error.message
    assert "ALTER SESSION SET MAX_RECURSIONS = 1000" in error.message
    ending = _ENDLESS.replace("FROM X)", "FROM X WHERE A < 150)")
    sql.error(ending)
    sql("ALTER SESSION SET MAX_RECURSIONS = 200")
    assert sql(ending) == [(150,)]


def test_every_step_of_a_recursion_is_bounded(sql: Asker):
    sql("ALTER SESSION SET MAX_RECURSIONS = 10")
    error = sql.error(_ENDLESS.replace("FROM X)", "FROM X UNION ALL SELECT A - 1 FROM X)"))
    assert "max iteration count (10)" in error.message
