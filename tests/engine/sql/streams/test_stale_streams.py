"""What a stream has not read is kept for some days, and a stream that needs it says so then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.sql.conftest import Asker


@pytest.fixture
def ask(sql: Asker) -> Asker:
    sql("create table t (a int, b varchar)")
    return sql


_NOT_KEPT = "set data_retention_time_in_days = 0 max_data_extension_time_in_days = 0"


def shown(ask, name):
    """Whether it is stale, and how long after its making it may be."""
    (row,) = ask(f"describe stream {name}")
    return row[10], row[12]


@pytest.mark.parametrize("place", ["table t", "schema public", "database sfdag", "account"])
def test_what_is_kept_no_more_makes_a_stream_stale(ask, place):
    ask("create stream s on table t")
    ask(f"alter {place} {_NOT_KEPT}")
    assert shown(ask, "s")[0] == "false"
    assert ask("select count(*) from s") == [(0,)]
    ask("insert into t values (1, 'a')")
    assert shown(ask, "s")[0] == "true"
    for text in ("select * from s", "select system$stream_has_data('s')"):
        assert "Stream 'SFDAG.PUBLIC.S' has become stale" in ask.error(text).message
    ask("create or replace stream s on table t")
    assert (shown(ask, "s")[0], ask("select count(*) from s")) == ("false", [(0,)])
    ask(f"alter {place} unset data_retention_time_in_days, max_data_extension_time_in_days")
    ask("insert into t values (2, 'b')")
    assert (shown(ask, "s")[0], ask("select count(*) from s")) == ("false", [(1,)])


def test_a_table_says_how_long_and_the_longer_one_counts(ask):
    ask("create stream s on table t")
    (first,) = ask("describe stream s")
    ask("alter table t set max_data_extension_time_in_days = 0")
    ask("insert into t values (1, 'a')")
    assert shown(ask, "s")[1] - first[12] < timedelta(days=-12)
    ask("alter table t set data_retention_time_in_days = 90")
    assert shown(ask, "s")[1] - first[12] > timedelta(days=75)
    assert ask.error("alter table t set data_retention_time_in_days = 91").code == 1008


def test_what_only_stale_streams_need_is_forgotten_and_they_stay_stale(ask):
    ask("create stream s on table t")
    ask(f"alter table t {_NOT_KEPT}")
    for number in range(60):
        ask(f"insert into t values ({number}, 'x')")
    kept = ask.session.run_duckdb("SELECT count(*) AS n FROM registry.changes").to_pylist()
    assert kept[0]["n"] < 30
    ask("alter table t set max_data_extension_time_in_days = 14")
    assert shown(ask, "s")[0] == "true"
    assert "stale" in ask.error("select * from s").message
