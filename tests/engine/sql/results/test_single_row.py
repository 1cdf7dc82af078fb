"""Queries without a FROM: their row is what a query over one row answers."""

from __future__ import annotations

import pytest

_VALUES = {
    "a number": "1",
    "a negative one": "-7",
    "a sum": "1 + 1",
    "a number of 64 bits": "9223372036854775807",
    "one of more": "9223372036854775808",
    "one of 38 digits": "99999999999999999999999999999999999999",
    "a decimal": "1.50",
    "a float": "2.5::FLOAT",
    "a text": "'x'",
    "an empty one": "''",
    "one with other letters": "'zażółć 🙂'",
    "a truth": "2 > 1",
    "null": "NULL",
    "a number that is null": "NULL::INTEGER",
    "a text that is null": "NULL::VARCHAR",
    "a date": "'2026-01-31'::DATE",
    "a time": "'2026-01-31 12:00:00.123456'::TIMESTAMP_NTZ",
    "a variant": "PARSE_JSON('{\"a\": [1, 2]}')",
    "a binary": "TO_BINARY('ff', 'HEX')",
    "a subquery": "(SELECT COUNT(*) FROM VALUES (1), (2))",
}


@pytest.fixture
def one(sql):
    sql("CREATE TABLE one (n INTEGER)")
    sql("INSERT INTO one VALUES (1)")


@pytest.mark.parametrize("value", _VALUES.values(), ids=_VALUES)
def test_it_is_the_row_of_a_query_over_one_row(sql, one, value):
    alone = sql.result(f"SELECT {value} AS a, 'beside' AS b")
    over_one = sql.result(f"SELECT {value} AS a, 'beside' AS b FROM one")

    assert alone.columns == over_one.columns
    assert alone.rows.schema == over_one.rows.schema
    assert alone.rows.equals(over_one.rows)


def test_two_columns_may_have_one_name(sql):
    assert sql.columns("SELECT 1 AS a, 2 AS a") == ["A", "A"]
    assert sql("SELECT 1 AS a, 2 AS a") == [(1, 2)]


def test_none_is_answered_where_nothing_is_met(sql):
    assert sql("SELECT 1 AS a WHERE 1 = 2") == []


def test_values_that_are_bound_are_answered(sql):
    assert sql("SELECT ? AS a, ? AS b", 7, "x") == [(7, "x")]


def test_a_sequence_is_asked_once(sql):
    sql("CREATE SEQUENCE numbers")

    assert [sql("SELECT numbers.NEXTVAL") for _ in range(2)] == [[(1,)], [(2,)]]


def test_what_others_write_after_it_is_seen(connect):
    asking, writing = connect(), connect()
    writing("CREATE TABLE one (n INTEGER)")

    asking("SELECT 1")
    writing("INSERT INTO one VALUES (1)")

    assert asking("SELECT n FROM one") == [(1,)]
