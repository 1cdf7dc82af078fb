"""What runs of graphs do and what their history says, fact by fact."""

import json
import threading
from datetime import timedelta

import pytest

from sfdag_magics.engine.borders.answers import SqlError

from .fakes import NOON


def fails(_session):
    raise SqlError("boom", code=100)


def resume_all(engine):
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "R")


def rows_of(engine, task):
    return engine.history(task_name=task)


class Held:
    """A body that runs until the test lets it go on."""

    def __init__(self):
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, session):
        self.entered.set()
        session.wait(self.opened)

    def wait_for_entry(self):
        assert self.entered.wait(20)


@pytest.mark.rule("2.5", "5.1.11")
def test_a_procedure_that_changes_changes_no_graph(engine):
    engine.bodies["p"] = fails
    engine.sql("CREATE TASK r AS CALL p()")
    assert engine.run() == {"R": "FAILED"}
    engine.bodies["p"] = lambda _session: None
    assert engine.run("EXECUTE TASK r RETRY LAST") == {"R": "SUCCEEDED"}
    assert {row["GRAPH_VERSION"] for row in engine.history()} == {1}


@pytest.mark.rule("2.6")
def test_versions_grow_and_begin_anew_with_a_replaced_root(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.run()
    engine.sql("ALTER TASK r SET COMMENT = 'x'")
    engine.run()
    assert [row["GRAPH_VERSION"] for row in engine.history()] == [2, 1]
    engine.sql("CREATE OR REPLACE TASK r AS SELECT 1")
    engine.run()
    assert engine.history()[0]["GRAPH_VERSION"] == 1


@pytest.mark.rule("2.8")
def test_a_run_that_waits_has_the_version_of_its_command(engine):
    held = engine.bodies["p"] = Held()
    engine.sql("CREATE TASK r AS CALL p()", "EXECUTE TASK r")
    held.wait_for_entry()
    engine.sql("ALTER TASK r SET COMMENT = 'second'", "EXECUTE TASK r")
    held.opened.set()
    engine.wait_until(lambda: len(engine.history()) == 2 and not_open(engine), "both runs")
    assert sorted(row["GRAPH_VERSION"] for row in engine.history()) == [1, 2]


def not_open(engine):
    return all(row["COMPLETED_TIME"] for row in engine.history())


@pytest.mark.rule("3.1.1", "10.1.4")
def test_what_is_due_has_no_query_and_says_when_the_next_one_is(engine):
    engine.sql("CREATE TASK r SCHEDULE = '60 MINUTES' AS SELECT 1", "ALTER TASK r RESUME")
    (row,) = engine.history()
    assert (row["STATE"], row["QUERY_ID"]) == ("SCHEDULED", None)
    assert row["SCHEDULED_TIME"] == NOON + timedelta(hours=1)
    assert row["NEXT_SCHEDULED_TIME"] == NOON + timedelta(hours=2)
    engine.run()
    ended = [row for row in engine.history() if row["STATE"] == "SUCCEEDED"]
    assert ended[0]["QUERY_ID"]
    assert ended[0]["NEXT_SCHEDULED_TIME"] == NOON + timedelta(hours=1)


@pytest.mark.rule("3.1.2", "3.2.1")
def test_what_has_started_is_executing(engine):
    held = engine.bodies["p"] = Held()
    engine.sql("CREATE TASK r AS CALL p()", "EXECUTE TASK r")
    held.wait_for_entry()
    (row,) = engine.history()
    (graph,) = engine.table("CURRENT_TASK_GRAPHS")
    assert (row["STATE"], graph["STATE"]) == ("EXECUTING", "EXECUTING")
    held.opened.set()
    engine.wait_for_runs()
    engine.sql("ALTER TASK r SET SCHEDULE = '1 HOUR'", "ALTER TASK r RESUME")
    assert [row["STATE"] for row in engine.table("CURRENT_TASK_GRAPHS")] == ["SCHEDULED"]


@pytest.mark.rule("3.2.3")
def test_a_root_that_was_skipped_leaves_no_graph(engine):
    engine.sql("CREATE TASK r WHEN SYSTEM$GET_PREDECESSOR_RETURN_VALUE() = 'x' AS SELECT 1")
    engine.sql("ALTER TASK r MODIFY WHEN 1=2")
    assert engine.run() == {"R": "SKIPPED"}
    assert engine.table("CURRENT_TASK_GRAPHS") == engine.table("COMPLETE_TASK_GRAPHS") == []


@pytest.mark.rule("3.2.5", "5.2.2")
def test_a_task_alone_is_a_graph_and_is_retried(engine):
    engine.bodies["p"] = fails
    engine.sql("CREATE TASK r TASK_AUTO_RETRY_ATTEMPTS = 2 AS CALL p()")
    engine.run()
    graphs = engine.table("COMPLETE_TASK_GRAPHS")
    assert [(g["ROOT_TASK_NAME"], g["ATTEMPT_NUMBER"]) for g in graphs] == [
        ("R", 3), ("R", 2), ("R", 1),
    ]  # fmt: skip
    assert [g["SCHEDULED_FROM"] for g in graphs] == [
        "AUTOMATIC RETRY", "AUTOMATIC RETRY", "EXECUTE_TASK",
    ]  # fmt: skip


@pytest.mark.rule("3.3.7", "18.5")
def test_below_a_cancelled_task_nothing_runs_and_a_failure_weighs_more(engine):
    held = engine.bodies["p"] = Held()
    engine.bodies["fails"] = fails
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK a AFTER r AS CALL p()",
        "CREATE TASK below AFTER a AS SELECT 1",
        "CREATE TASK b AFTER r AS CALL fails()",
    )
    resume_all(engine)
    engine.sql("EXECUTE TASK r")
    held.wait_for_entry()
    engine.ask("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS", "A")
    engine.wait_for_runs()
    assert engine.states() == {"R": "SUCCEEDED", "A": "CANCELLED", "B": "FAILED"}
    assert engine.table("COMPLETE_TASK_GRAPHS")[0]["STATE"] == "FAILED"


ALLOWED = [
    "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('R')::INT > 3 AND NOT 1 = 2",
    "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('R') = 'a' OR TRUE",
    "1=1",
]
FORBIDDEN = [
    "EXISTS (SELECT 1)",
    "PARSE_JSON('{}'):a = 1",
    "CURRENT_DATE() > '2026-01-01'",
    "some_column = 1",
]


@pytest.mark.rule("3.4.2", "3.4.5")
@pytest.mark.parametrize("condition", ALLOWED)
def test_a_condition_is_kept_as_it_is_written(engine, condition):
    engine.sql("CREATE TASK r AS SELECT 1", f"CREATE TASK a AFTER r WHEN {condition} AS SELECT 1")
    assert engine.sql("DESCRIBE TASK a")[0]["condition"] == condition


@pytest.mark.rule("3.4.3")
@pytest.mark.parametrize(
    "condition",
    ["SYSTEM$PREDECESSORS_STATE('ALL_DONE')", "SYSTEM$TASK_COMPLETION_STATE('R') = 'X'"],
)
def test_a_condition_may_ask_for_states(engine, condition):
    engine.sql("CREATE TASK r AS SELECT 1", f"CREATE TASK a AFTER r WHEN {condition} AS SELECT 1")
    assert engine.sql("DESCRIBE TASK a")[0]["condition"] == condition


@pytest.mark.rule("3.4.2", "3.4.4")
@pytest.mark.parametrize("condition", FORBIDDEN)
def test_nothing_else_may_stand_in_a_condition(engine, condition):
    told = "Invalid expression for task condition expression. Only some data type conversions and"
    with pytest.raises(SqlError, match=told):
        engine.sql(f"CREATE TASK r WHEN {condition} AS SELECT 1")


@pytest.mark.rule("3.4.1", "3.4.6")
def test_execute_does_not_go_past_a_condition(engine):
    engine.sql("CREATE TASK r WHEN 1=2 AS SELECT 1")
    assert engine.run() == {"R": "SKIPPED"}


@pytest.mark.rule("3.5.5", "18.4", "18.3")
def test_a_join_below_a_skipped_arm_does_not_run_and_has_no_row(engine):
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK a AFTER r WHEN 1=2 AS SELECT 1",
        "CREATE TASK b AFTER r AS SELECT 1",
        "CREATE TASK below AFTER a AS SELECT 1",
        "CREATE TASK join AFTER below, b AS SELECT 1",
    )
    resume_all(engine)
    assert engine.run() == {"R": "SUCCEEDED", "A": "SKIPPED", "B": "SUCCEEDED"}


@pytest.mark.rule("4.10", "4.11", "18.9")
def test_a_finalizer_sees_its_run_and_answers_for_itself(engine):
    seen = {}

    def final(session):
        info = "CURRENT_TASK_GRAPH_RUN_GROUP_ID"
        seen["group"] = session.ask("SYSTEM$TASK_RUNTIME_INFO", info)
        seen["config"] = session.ask("SYSTEM$GET_TASK_GRAPH_CONFIG", "a")
        session.ask("SYSTEM$SET_RETURN_VALUE", "cleaned")
        with pytest.raises(SqlError):
            session.ask("SYSTEM$GET_PREDECESSOR_RETURN_VALUE", "R")

    engine.bodies["final"] = final
    engine.sql(
        "CREATE TASK r CONFIG = '{\"a\": 7}' AS SELECT 1",
        "CREATE TASK f FINALIZE = r AS CALL final()",
    )
    resume_all(engine)
    assert engine.run() == {"R": "SUCCEEDED", "F": "SUCCEEDED"}
    (row,) = rows_of(engine, "f")
    assert row["RETURN_VALUE"] == "cleaned"
    assert (seen["group"], seen["config"]) == (row["GRAPH_RUN_GROUP_ID"], "7")


@pytest.mark.rule("6.6")
def test_history_shows_the_configuration_of_the_run(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    resume_all(engine)
    engine.run()
    assert {row["CONFIG"] for row in engine.history()} == {None}
    engine.sql("ALTER TASK r SUSPEND", "ALTER TASK r SET CONFIG = '{\"a\": 1}'")
    engine.run("EXECUTE TASK r USING CONFIG = '{\"b\": 2}'")
    (row,) = rows_of(engine, "r")[:1]
    assert json.loads(row["CONFIG"]) == {"a": 1, "b": 2}


@pytest.mark.rule("18.23")
def test_objects_merge_and_arrays_and_nulls_replace(engine):
    engine.sql(
        'CREATE TASK r CONFIG = \'{"a": [1, 2], "b": {"x": 1, "y": 2}, "c": 3}\' AS SELECT 1'
    )
    engine.run('EXECUTE TASK r USING CONFIG = \'{"a": [3], "b": {"y": 4}, "c": null}\'')
    (row,) = engine.history()
    assert json.loads(row["CONFIG"]) == {"a": [3], "b": {"x": 1, "y": 4}, "c": None}


@pytest.mark.rule("7.2")
def test_names_of_runtime_info_are_not_case_sensitive(engine):
    asked = {}

    def body(session):
        for said in ("current_task_name", "Current_Task_Name", "CURRENT_TASK_NAME"):
            asked[said] = session.ask("SYSTEM$TASK_RUNTIME_INFO", said)

    engine.bodies["p"] = body
    engine.sql("CREATE TASK r AS CALL p()")
    assert engine.run() == {"R": "SUCCEEDED"}
    assert set(asked.values()) == {"DB.PUBLIC.R"}


@pytest.mark.rule("8.2")
def test_what_a_body_returns_is_no_return_value(on_sql):
    on_sql.sql("CREATE TASK r AS BEGIN RETURN 'mine'; END")
    assert on_sql.run() == {"R": "SUCCEEDED"}
    history = "TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    assert on_sql.sql(f"SELECT return_value FROM {history}") == [(None,)]


@pytest.mark.rule("18.19")
def test_moments_are_said_in_one_format(engine):
    told = []

    def body(session):
        name = "CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP"
        told.append(session.ask("SYSTEM$TASK_RUNTIME_INFO", name))

    engine.bodies["p"] = body
    engine.sql("CREATE TASK r AS CALL p()")
    engine.run()
    assert told == ["2026-05-04 12:00:00.000000 +0000"]


@pytest.mark.rule("9.1.4")
def test_a_task_alone_has_one_run_at_a_time(engine):
    held = engine.bodies["p"] = Held()
    engine.sql("CREATE TASK r AS CALL p()", "EXECUTE TASK r")
    held.wait_for_entry()
    engine.sql("EXECUTE TASK r")
    states = sorted(row["STATE"] for row in engine.history())
    assert states == ["EXECUTING", "SCHEDULED"]
    held.opened.set()
    engine.wait_until(lambda: not_open(engine), "both runs")


@pytest.mark.rule("9.5.3")
def test_a_task_may_cancel_itself(engine):
    def body(session):
        session.ask("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS", "r")
        session.wait(threading.Event())

    engine.bodies["p"] = body
    engine.sql("CREATE TASK r AS CALL p()")
    assert engine.run() == {"R": "CANCELLED"}


TIMEOUTS = {
    "a task's own": ("USER_TASK_TIMEOUT_MS = 5000", "", "R"),
    "the statement's, which is shorter": (
        "USER_TASK_TIMEOUT_MS = 60000, STATEMENT_TIMEOUT_IN_SECONDS = 5", "", "R",
    ),
    "the task's, which is shorter": (
        "USER_TASK_TIMEOUT_MS = 5000, STATEMENT_TIMEOUT_IN_SECONDS = 60", "", "R",
    ),
    "a finalizer's": ("", "USER_TASK_TIMEOUT_MS = 5000", "F"),
}  # fmt: skip


@pytest.mark.rule("4.14", "9.4.1")
@pytest.mark.parametrize("case", TIMEOUTS)
def test_the_shorter_timeout_holds_and_a_finalizers_for_it_alone(engine, case):
    of_root, of_finalizer, held_up = TIMEOUTS[case]
    held = engine.bodies["held"] = Held()
    bodies = {name: "CALL held()" if name == held_up else "SELECT 1" for name in "RF"}
    engine.sql(f"CREATE TASK r {of_root} AS {bodies['R']}")
    engine.sql(f"CREATE TASK f {of_finalizer} FINALIZE = r AS {bodies['F']}", "ALTER TASK f RESUME")
    engine.sql("EXECUTE TASK r")
    held.wait_for_entry()
    engine.clock.advance(timedelta(seconds=6))
    engine.sql("SHOW TASKS", "CREATE TASK nudge AS SELECT 1")  # something for the scheduler to do
    engine.wait_for_runs()
    states = {row["NAME"]: (row["STATE"], row["ERROR_CODE"]) for row in engine.history()}
    other = {"R": "F", "F": "R"}[held_up]
    assert states == {held_up: ("FAILED", 630), other: ("SUCCEEDED", None)}


HISTORY = {
    "QUERY_ID": "TEXT", "NAME": "TEXT", "DATABASE_NAME": "TEXT", "SCHEMA_NAME": "TEXT",
    "QUERY_TEXT": "TEXT", "CONDITION_TEXT": "TEXT", "STATE": "TEXT", "ERROR_CODE": "FIXED",
    "ERROR_MESSAGE": "TEXT", "SCHEDULED_TIME": "TIMESTAMP_LTZ",
    "QUERY_START_TIME": "TIMESTAMP_LTZ", "NEXT_SCHEDULED_TIME": "TIMESTAMP_LTZ",
    "COMPLETED_TIME": "TIMESTAMP_LTZ", "ROOT_TASK_ID": "TEXT", "GRAPH_VERSION": "FIXED",
    "RUN_ID": "FIXED", "RETURN_VALUE": "TEXT", "SCHEDULED_FROM": "TEXT",
    "ATTEMPT_NUMBER": "FIXED", "CONFIG": "TEXT", "QUERY_HASH": "TEXT",
    "QUERY_HASH_VERSION": "FIXED", "QUERY_PARAMETERIZED_HASH": "TEXT",
    "QUERY_PARAMETERIZED_HASH_VERSION": "FIXED", "GRAPH_RUN_GROUP_ID": "TEXT",
    "BACKFILL_INFO": "OBJECT", "SPCS_JOB_ID": "FIXED",
}  # fmt: skip
CURRENT = {
    "ROOT_TASK_NAME": "TEXT", "DATABASE_NAME": "TEXT", "SCHEMA_NAME": "TEXT", "STATE": "TEXT",
    "SCHEDULED_FROM": "TEXT", "FIRST_ERROR_TASK_NAME": "TEXT", "FIRST_ERROR_CODE": "FIXED",
    "FIRST_ERROR_MESSAGE": "TEXT", "SCHEDULED_TIME": "TIMESTAMP_LTZ",
    "QUERY_START_TIME": "TIMESTAMP_LTZ", "NEXT_SCHEDULED_TIME": "TIMESTAMP_LTZ",
    "ROOT_TASK_ID": "TEXT", "GRAPH_VERSION": "FIXED", "RUN_ID": "FIXED",
    "ATTEMPT_NUMBER": "FIXED", "CONFIG": "TEXT", "GRAPH_RUN_GROUP_ID": "TEXT",
    "BACKFILL_INFO": "OBJECT",
}  # fmt: skip
DEPENDENTS = [
    "CREATED_ON", "NAME", "DATABASE_NAME", "SCHEMA_NAME", "OWNER", "COMMENT", "WAREHOUSE",
    "SCHEDULE", "PREDECESSORS", "STATE", "DEFINITION", "CONDITION",
]  # fmt: skip


def columns(on_sql, function):
    result = on_sql.session.execute(f"SELECT * FROM TABLE(INFORMATION_SCHEMA.{function})")
    return {column.name: column.type.name for column in result.columns}


@pytest.mark.rule("10.1.3")
def test_task_history_has_its_columns_in_their_order(on_sql):
    there = columns(on_sql, "TASK_HISTORY()")
    assert list(there.items())[: len(HISTORY)] == list(HISTORY.items())


@pytest.mark.rule("10.2.2")
def test_current_graphs_have_their_columns_in_their_order(on_sql):
    assert columns(on_sql, "CURRENT_TASK_GRAPHS()") == CURRENT


@pytest.mark.rule("10.5.3")
def test_dependents_have_their_columns_in_their_order(on_sql):
    on_sql.sql("CREATE TASK r AS SELECT 1")
    assert list(columns(on_sql, "TASK_DEPENDENTS(TASK_NAME => 'r')")) == DEPENDENTS


@pytest.mark.rule("10.1.5", "11.2")
def test_history_is_the_accounts_and_tells_of_no_backfill(on_sql):
    on_sql.sql("CREATE TASK r AS SELECT 1")
    on_sql.run()
    on_sql.sql("CREATE DATABASE another")
    for function in ("TASK_HISTORY", "COMPLETE_TASK_GRAPHS"):
        asked = f"SELECT backfill_info FROM TABLE(another.INFORMATION_SCHEMA.{function}())"
        assert on_sql.sql(asked) == [(None,)]


LIMITS = {
    "TASK_HISTORY": (1, 10000),
    "CURRENT_TASK_GRAPHS": (1, 10000),
    "COMPLETE_TASK_GRAPHS": (1, 10000),
}


@pytest.mark.rule("10.2.1", "10.3.1")
@pytest.mark.parametrize("function", LIMITS)
def test_a_limit_of_rows_has_bounds(engine, function):
    for limit in LIMITS[function]:
        assert engine.table(function, result_limit=limit) == []
    for wrong in (0, 10001):
        with pytest.raises(SqlError, match="RESULT_LIMIT"):
            engine.table(function, result_limit=wrong)


@pytest.mark.rule("10.3.1")
def test_complete_graphs_are_those_of_an_hour_the_last_first(engine):
    engine.bodies["fails"] = fails
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK s AS CALL fails()")
    engine.run()
    engine.clock.advance(timedelta(minutes=30))
    engine.run("EXECUTE TASK s")
    complete = lambda **named: [  # noqa: E731 - read at a glance
        row["ROOT_TASK_NAME"] for row in engine.table("COMPLETE_TASK_GRAPHS", **named)
    ]
    assert complete() == ["S", "R"]
    assert complete(error_only=True) == ["S"]
    assert complete(root_task_name="R") == ["R"]
    engine.clock.advance(timedelta(minutes=31))
    assert complete() == ["S"]


@pytest.mark.rule("1.4.5", "1.4.4")
def test_resumed_within_its_minute_a_schedule_begins_with_the_next_one(engine):
    engine.clock.advance(timedelta(seconds=20))
    engine.sql("CREATE TASK r SCHEDULE = 'USING CRON 0 * * * * UTC' AS SELECT 1")
    engine.sql("ALTER TASK r SET TIMEZONE = 'Asia/Tokyo'", "ALTER TASK r RESUME")
    (row,) = engine.history()
    assert row["SCHEDULED_TIME"] == NOON + timedelta(hours=1)


@pytest.mark.rule("18.14")
def test_an_automatic_retry_waits_for_nothing(engine):
    engine.bodies["p"] = fails
    engine.sql("CREATE TASK r TASK_AUTO_RETRY_ATTEMPTS = 1 AS CALL p()")
    engine.run()
    first, second = sorted(engine.history(), key=lambda row: row["ATTEMPT_NUMBER"])
    assert second["QUERY_START_TIME"] == first["COMPLETED_TIME"]


@pytest.mark.rule("9.7.2", "9.7.1")
def test_a_task_has_a_session_of_its_own_with_autocommit(on_sql):
    on_sql.sql(
        "CREATE TASK r AS BEGIN INSERT INTO told VALUES (CURRENT_USER());"
        " INSERT INTO told VALUES (CURRENT_SESSION()); SELECT * FROM nowhere; END"
    )
    assert on_sql.run() == {"R": "FAILED"}
    told = [what for (what,) in on_sql.sql("SELECT * FROM told")]
    ((mine,),) = on_sql.sql("SELECT CURRENT_SESSION()")
    assert told[0] == "SYSTEM"
    assert mine not in told
