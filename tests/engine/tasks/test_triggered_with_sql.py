"""Triggered tasks and conditions that ask streams, on the real SQL engine in one process."""

from __future__ import annotations

import threading

import pytest

HISTORY = (
    "SELECT name, state, scheduled_from FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    " ORDER BY scheduled_time, name"
)
#: Without what may be due: a look that comes late finds data that another task takes then.
ENDED = HISTORY.replace(" ORDER BY", " WHERE state <> 'SCHEDULED' ORDER BY")
MOVING = "INSERT INTO sink SELECT a FROM s"


@pytest.fixture
def engine(on_sql):
    on_sql.sql("CREATE TABLE t (a INT)", "CREATE TABLE sink (a INT)", "CREATE STREAM s ON TABLE t")
    return on_sql


def until(engine, wanted, statement=HISTORY):
    """The rows of a query once they are these; what they are after ten seconds else."""
    waiting = threading.Event()
    for _turn in range(1000):
        if (rows := engine.sql(statement)) == wanted:
            return rows
        waiting.wait(0.01)
    return rows


@pytest.mark.rule("3.4.5")
@pytest.mark.rule("9.6.1")
def test_a_task_whose_stream_comes_later_runs_when_data_is_there(on_sql):
    engine = on_sql
    engine.sql(
        "CREATE TASK r WHEN SYSTEM$STREAM_HAS_DATA('S') AS INSERT INTO sink SELECT a FROM s",
        "ALTER TASK r RESUME",
        "CREATE TABLE t (a INT)",
        "CREATE TABLE sink (a INT)",
        "CREATE STREAM s ON TABLE t",
    )
    assert engine.sql(HISTORY) == []
    engine.sql("INSERT INTO t VALUES (1), (2)")
    done = [("R", "SUCCEEDED", "TRIGGER")]
    assert until(engine, done) == done
    assert engine.sql("SELECT count(*) FROM sink") == [(2,)]
    assert engine.sql("SELECT count(*) FROM s") == [(0,)]
    row = engine.rows("SHOW TASKS")[0]
    assert (row["schedule"], row["state"]) == (None, "started")
    assert row["condition"] == "SYSTEM$STREAM_HAS_DATA('S')"
    (run,) = engine.rows("SELECT * FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
    assert run["CONDITION_TEXT"] == "SYSTEM$STREAM_HAS_DATA('S')"
    assert run["NEXT_SCHEDULED_TIME"] is None


@pytest.mark.rule("3.4.6")
def test_by_hand_a_condition_without_data_skips_the_task(engine):
    engine.sql(f"CREATE TASK r WHEN SYSTEM$STREAM_HAS_DATA('s') AS {MOVING}")
    assert engine.run() == {"R": "SKIPPED"}
    engine.sql("INSERT INTO t VALUES (1)")
    engine.run()
    assert [row[1:] for row in engine.sql(HISTORY)] == [
        ("SKIPPED", "EXECUTE_TASK"),
        ("SUCCEEDED", "EXECUTE_TASK"),
    ]


def test_a_condition_that_asks_a_stream_that_is_not_there_fails_the_run(engine):
    engine.sql("CREATE TASK r WHEN SYSTEM$STREAM_HAS_DATA('nope') AS SELECT 1")
    assert engine.run() == {"R": "FAILED"}


@pytest.mark.rule("9.6.5")
def test_and_with_an_empty_stream_is_skipped_and_or_runs(engine):
    engine.sql(
        "CREATE TABLE t2 (a INT)",
        "CREATE STREAM s2 ON TABLE t2",
        "CREATE TASK both WHEN SYSTEM$STREAM_HAS_DATA('S') AND SYSTEM$STREAM_HAS_DATA('S2')"
        " AS SELECT 1",
        f"CREATE TASK one WHEN SYSTEM$STREAM_HAS_DATA('S') OR SYSTEM$STREAM_HAS_DATA('S2')"
        f" AS {MOVING}",
        "ALTER TASK both RESUME",
        "INSERT INTO t VALUES (1)",
    )
    skipped = [("BOTH", "SKIPPED", "TRIGGER")]
    assert until(engine, skipped, ENDED) == skipped
    engine.sql("ALTER TASK one RESUME")
    both = [*skipped, ("ONE", "SUCCEEDED", "TRIGGER")]
    assert until(engine, both, ENDED) == both


@pytest.mark.rule("9.6.3")
@pytest.mark.rule("9.6.6")
def test_what_is_not_consumed_waits_for_the_interval_and_shows_when_it_is_due(engine):
    engine.sql(
        "CREATE TASK r USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 600"
        " WHEN SYSTEM$STREAM_HAS_DATA('S') AS SELECT count(*) FROM s",
        "INSERT INTO t VALUES (1)",
        "ALTER TASK r RESUME",
    )
    rows = [("R", "SUCCEEDED", "TRIGGER"), ("R", "SCHEDULED", "TRIGGER")]
    assert until(engine, rows) == rows
    ((seconds,),) = engine.sql(
        "SELECT datediff(second, min(scheduled_time), max(scheduled_time))"
        " FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    )
    assert seconds == 600
    engine.sql("ALTER TASK r SUSPEND")
    assert engine.sql(HISTORY) == rows[:1]


@pytest.mark.rule("9.6.7")
def test_the_tasks_of_a_triggered_graph_read_what_the_root_left(engine):
    engine.sql(
        "CREATE STREAM later ON TABLE t",
        f"CREATE TASK r WHEN SYSTEM$STREAM_HAS_DATA('S') AS {MOVING}",
        "CREATE TASK a AFTER r WHEN SYSTEM$STREAM_HAS_DATA('LATER')"
        " AS INSERT INTO sink SELECT a + 10 FROM later",
        "CREATE TASK b AFTER a WHEN SYSTEM$STREAM_HAS_DATA('LATER') AS SELECT 1",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
        "INSERT INTO t VALUES (1)",
    )
    done = [
        ("A", "SUCCEEDED", "TRIGGER"),
        ("B", "SKIPPED", "TRIGGER"),
        ("R", "SUCCEEDED", "TRIGGER"),
    ]
    text = HISTORY.replace("scheduled_time, name", "name")
    assert until(engine, done, text) == done
    assert engine.sql("SELECT a FROM sink ORDER BY a") == [(1,), (11,)]


def test_a_transaction_starts_it_with_its_commit(engine):
    engine.sql(
        f"CREATE TASK r WHEN SYSTEM$STREAM_HAS_DATA('S') AS {MOVING}",
        "ALTER TASK r RESUME",
        "BEGIN",
        "INSERT INTO t VALUES (1)",
    )
    assert engine.sql(HISTORY) == []
    engine.sql("COMMIT")
    done = [("R", "SUCCEEDED", "TRIGGER")]
    assert until(engine, done) == done
