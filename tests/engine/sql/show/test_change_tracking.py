"""CHANGE_TRACKING of a table, as SHOW TABLES tells it."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker


def told(sql: Asker) -> str:
    """What the column says of the one table."""
    row = sql("show tables")[0]
    return str(row[sql.columns("show tables").index("change_tracking")])


@pytest.mark.parametrize(
    ("said", "is_on"),
    [
        ("(a int)", "OFF"),
        ("(a int) change_tracking = false", "OFF"),
        ("(a int) change_tracking = true comment = 'c'", "ON"),
        ("change_tracking = true as select 1 as a", "ON"),
    ],
)
def test_it_is_told_as_it_was_said(sql: Asker, said: str, is_on: str):
    sql(f"create table t {said}")
    assert told(sql) == is_on
    sql("alter table t add column b int")
    assert told(sql) == is_on


def test_it_is_changed_and_a_stream_has_it_on(sql: Asker):
    sql("create table t (a int)")
    sql("alter table t set change_tracking = true data_retention_time_in_days = 1")
    assert told(sql) == "ON"
    sql("alter table t set change_tracking = false")
    assert told(sql) == "OFF"
    sql("create stream s on table t")
    assert told(sql) == "ON"
