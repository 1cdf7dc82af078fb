"""INSERT ALL and INSERT FIRST."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_NUMBERS = "select column1 n from values (1), (2), (3), (null)"
#: A statement; how many rows each table got; the tables.
INSERTED = {
    "insert all into a (n, s) values (n, s) into a (n) values (n + 1) into b select 100 n, 'k' s": (
        (2, 1),
        [(100, "k"), (101, "none")],
        [(100, "k")],
    ),
    f"insert all when n > 1 then into a (n) values (n) into b (n) values (n)"
    f" when n > 2 then into a (n) values (n * 10) else into b (s) values ('else') {_NUMBERS}": (
        (3, 4),
        [(2, "none"), (3, "none"), (30, "none")],
        [(2, None), (3, None), (None, "else"), (None, "else")],
    ),
    f"insert first when n > 2 then into a values (n, default) when n > 1 then into b (n) values (n)"
    f" else into b values (0, 'rest') {_NUMBERS}": (
        (1, 3),
        [(3, "none")],
        [(0, "rest"), (0, "rest"), (2, None)],
    ),
    "insert all into a (n) values (r) into b (n) values (r)"
    " with q as (select uniform(5, 5, random()) r) select r from q": (
        (1, 1),
        [(5, "none")],
        [(5, None)],
    ),
}
REFUSED = {
    "insert all into a select 1, 2, 3": "Insert value list does not match",
    "insert all into nosuch select 1": "'NOSUCH' does not exist",
    "insert all into a values (x, 'x') select 1 n": "invalid identifier 'X'",
    "insert all into a (n) values (n) into b (n) values (1 / n) select 0 n": "Division by zero",
}
_IN_ORDER = "select * from {} order by n nulls last"


@pytest.fixture
def two(sql: Asker) -> Asker:
    sql("create table a (n int, s varchar default 'none')")
    sql("create table b (n int, s varchar)")
    return sql


@pytest.mark.parametrize("statement", INSERTED)
def test_each_table_gets_its_rows(two: Asker, statement: str):
    counted, of_a, of_b = INSERTED[statement]
    assert two(statement) == [counted]
    assert two(_IN_ORDER.format("a")) == of_a
    assert two(_IN_ORDER.format("b")) == of_b


def test_counts_are_named_by_table(two: Asker):
    names = two.columns("insert all into b into a into b select 1, 'x'")
    assert names == ["number of rows inserted into B", "number of rows inserted into A"]


def test_overwrite_empties_the_tables_before(two: Asker):
    two("insert into a values (1, 'old')")
    two("insert overwrite all into a into a select n + 1, 'new' from a")
    assert two("select * from a") == [(2, "new"), (2, "new")]


@pytest.mark.parametrize("statement", REFUSED)
def test_nothing_is_written_where_one_fails(two: Asker, statement: str):
    assert REFUSED[statement] in two.error(statement).message
    assert (two("select * from a"), two("select * from b")) == ([], [])


def test_streams_see_what_is_written_and_are_moved(two: Asker):
    two("create stream changed on table a")
    two("insert all into a (n) values (n) into b (n) values (n) select 8 n")
    assert two("select n, metadata$action from changed") == [(8, "INSERT")]
    two("insert all into b (n) values (n) into b (s) values (n::text) select n from changed")
    assert two("select * from changed") == []


def test_it_is_undone_with_its_transaction(two: Asker):
    two("begin")
    two("insert all into a (n) values (n) into b (n) values (n) select 1 n")
    two("rollback")
    assert (two("select * from a"), two("select * from b")) == ([], [])
