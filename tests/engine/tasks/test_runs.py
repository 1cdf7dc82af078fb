"""Graphs that run: order, failure, retry, cancel, timeout, schedules, and what history tells."""

import threading
from datetime import timedelta

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.wire.tokens import Keys, Kind

from .fakes import NOON, FakeEngine


def fails(_session):
    raise SqlError("SQL compilation error:\nObject 'X' does not exist.", code=2003)


TOKEN = Keys("token").issue(Kind.SESSION, "ab" * 16)


def fails_with_its_token(_session):
    raise SqlError(f"cannot use {TOKEN}", code=100)


def returns_its_token(session):
    session.ask("SYSTEM$SET_RETURN_VALUE", TOKEN)


@pytest.mark.parametrize("body", [fails_with_its_token, returns_its_token])
def test_a_task_leaves_its_token_nowhere(engine, body):
    engine.bodies["tells"] = body
    engine.sql("CREATE TASK r AS CALL tells()")
    engine.run()
    (row,) = engine.history()
    assert "s.********" in f"{row['ERROR_MESSAGE']} {row['RETURN_VALUE']}"
    engine.close()
    kept = b"".join(path.read_bytes() for path in engine.path.glob("runs.sqlite*"))
    assert TOKEN.encode() not in kept


class Gate:
    """A body that runs until the test opens it."""

    def __init__(self):
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, session):
        self.entered.release()
        session.wait(self.opened)

    def wait_for_entry(self):
        assert self.entered.acquire(timeout=20)


def chain(engine, *bodies):
    """r -> t1 -> t2 …, all resumed but the root."""
    engine.sql("CREATE TASK r AS SELECT 1")
    above = "r"
    for number, body in enumerate(bodies, start=1):
        engine.sql(f"CREATE TASK t{number} AFTER {above} AS {body}", f"ALTER TASK t{number} RESUME")
        above = f"t{number}"


def test_a_graph_runs_to_its_end(engine):
    chain(engine, "SELECT 1", "SELECT 2")
    assert engine.run() == {"R": "SUCCEEDED", "T1": "SUCCEEDED", "T2": "SUCCEEDED"}
    (run,) = engine.table("COMPLETE_TASK_GRAPHS")
    assert (run["STATE"], run["SCHEDULED_FROM"], run["ROOT_TASK_NAME"]) == (
        "SUCCEEDED", "EXECUTE_TASK", "R",
    )  # fmt: skip


@pytest.mark.rule("9.2.1")
def test_history_shows_one_row_at_once_after_execute(engine):
    gate = engine.bodies["gate"] = Gate()
    engine.sql("CREATE TASK r AS CALL gate()", "EXECUTE TASK r")
    (row,) = engine.history()
    assert row["STATE"] == "EXECUTING"
    assert row["QUERY_TEXT"] == "CALL gate()"
    assert row["RUN_ID"] == int(NOON.timestamp() * 1000)
    gate.opened.set()


def test_a_failure_has_its_code_and_message_and_blocks_what_is_below(engine):
    engine.bodies["fails"] = fails
    chain(engine, "CALL fails()", "SELECT 2")
    assert engine.run() == {"R": "SUCCEEDED", "T1": "FAILED"}
    (row,) = engine.history(error_only=True)
    assert (row["ERROR_CODE"], row["ERROR_MESSAGE"]) == (
        2003, "SQL compilation error:\nObject 'X' does not exist.",
    )  # fmt: skip
    (run,) = engine.table("COMPLETE_TASK_GRAPHS")
    assert (run["STATE"], run["FIRST_ERROR_TASK_NAME"], run["FIRST_ERROR_CODE"]) == (
        "FAILED", "T1", 2003,
    )  # fmt: skip


def test_a_body_that_breaks_the_engine_is_that_tasks_failure(engine, caplog):
    engine.bodies["breaks"] = lambda _: 1 / 0
    chain(engine, "CALL breaks()")
    assert engine.run()["T1"] == "FAILED"
    assert "division by zero" in engine.history(error_only=True)[0]["ERROR_MESSAGE"]
    assert "task DB.PUBLIC.T1 could not be run" in caplog.text


def test_a_retry_with_the_cause_repaired_runs_only_what_is_left(engine):
    engine.bodies["fails"] = fails
    chain(engine, "SELECT 1", "CALL fails()", "SELECT 3")
    engine.run()
    engine.bodies["fails"] = lambda _: None
    assert engine.run("EXECUTE TASK r RETRY LAST") == {"T2": "SUCCEEDED", "T3": "SUCCEEDED"}
    rows = engine.history()
    assert len({row["GRAPH_RUN_GROUP_ID"] for row in rows}) == 1
    assert {row["SCHEDULED_FROM"] for row in rows if row["ATTEMPT_NUMBER"] == 2} == {"MANUAL RETRY"}


@pytest.mark.rule("5.1.1", "5.1.3")
def test_a_retry_by_run_group(engine):
    engine.bodies["fails"] = fails
    chain(engine, "CALL fails()")
    engine.run()
    group = engine.history()[0]["GRAPH_RUN_GROUP_ID"]
    engine.bodies["fails"] = lambda _: None
    engine.run()
    assert engine.run(f"EXECUTE TASK r RETRY GRAPH RUN GROUP '{group}'") == {"T1": "SUCCEEDED"}


@pytest.mark.rule("5.1.10")
def test_what_cannot_be_retried_says_why(engine):
    engine.bodies["fails"] = fails
    chain(engine, "CALL fails()")

    def refused():
        with pytest.raises(SqlError) as problem:
            engine.sql("EXECUTE TASK r RETRY LAST")
        return problem.value.message

    assert refused() == (
        "Cannot perform retry: no suitable run of graph with root task R to retry."
    )
    engine.run()
    engine.sql("ALTER TASK t1 MODIFY AS SELECT 1")
    assert "has been modified since its last run" in refused()
    engine.run()
    assert refused() == (
        "Cannot perform retry: last run of graph with root task R had no failures."
    )


@pytest.mark.rule("18.12")
def test_suspending_and_resuming_is_no_modification_for_a_retry(engine):
    engine.bodies["fails"] = fails
    chain(engine, "CALL fails()")
    engine.run()
    engine.sql("ALTER TASK t1 SUSPEND", "ALTER TASK t1 RESUME")
    engine.bodies["fails"] = lambda _: None
    assert engine.run("EXECUTE TASK r RETRY LAST") == {"T1": "SUCCEEDED"}


@pytest.mark.rule("5.1.2")
def test_a_run_that_is_too_old_is_not_retried(engine):
    engine.bodies["fails"] = fails
    chain(engine, "CALL fails()")
    engine.run()
    engine.clock.advance(timedelta(days=15))
    with pytest.raises(SqlError, match="14 days"):
        engine.sql("EXECUTE TASK r RETRY LAST")


@pytest.mark.rule("9.2.2", "18.15")
def test_a_child_cannot_be_executed(engine):
    chain(engine, "SELECT 1")
    with pytest.raises(SqlError, match="only a root task"):
        engine.sql("EXECUTE TASK t1")


@pytest.mark.rule("3.3.4", "9.2.3")
def test_a_suspended_child_is_left_out(engine):
    chain(engine, "SELECT 1", "SELECT 2")
    engine.sql("ALTER TASK t1 SUSPEND")
    assert engine.run() == {"R": "SUCCEEDED"}


@pytest.mark.rule("9.5.1", "9.5.2", "18.20")
def test_a_task_is_cancelled_by_name(engine):
    gate = engine.bodies["gate"] = Gate()
    chain(engine, "CALL gate()", "SELECT 2")
    engine.sql("EXECUTE TASK r")
    gate.wait_for_entry()
    answer = engine.ask("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS", "T1")
    assert answer.startswith("Marked 1 task runs for cancellation.")
    engine.wait_for_runs()
    assert engine.states() == {"R": "SUCCEEDED", "T1": "CANCELLED"}
    answer = engine.ask("SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS", "T1")
    assert answer.startswith("Task T1 has no currently running executions.")


def test_one_execution_is_cancelled_by_its_query_id_and_no_other_run_is_hit(engine):
    gate = engine.bodies["gate"] = Gate()
    engine.sql("CREATE TASK r OVERLAP_POLICY = ALLOW_ALL_OVERLAP AS CALL gate()")
    for _ in range(2):
        engine.sql("EXECUTE TASK r")
        gate.wait_for_entry()
    second, first = [row["QUERY_ID"] for row in engine.history()]
    assert engine.ask("SYSTEM$CANCEL_QUERY", first) == f"query [{first}] terminated."
    engine.wait_until(lambda: engine.history()[1]["STATE"] == "CANCELLED")
    gate.opened.set()
    engine.wait_for_runs()
    states = {row["QUERY_ID"]: row["STATE"] for row in engine.history()}
    assert states == {first: "CANCELLED", second: "SUCCEEDED"}
    for other in (first, "nobody"):
        answer = engine.ask("SYSTEM$CANCEL_QUERY", other)
        assert answer == "Identified SQL statement is not currently executing."


def test_a_run_that_waits_for_its_turn_is_ended_by_its_group_and_the_one_before_goes_on(engine):
    gate = engine.bodies["gate"] = Gate()
    engine.sql("CREATE TASK r AS CALL gate()", "EXECUTE TASK r")
    gate.wait_for_entry()
    engine.sql("EXECUTE TASK r")
    waiting, going = [row["GRAPH_RUN_GROUP_ID"] for row in engine.history()]
    engine.ask("SYSTEM$SFDAG_CANCEL_RUN", waiting)
    gate.opened.set()
    engine.wait_for_runs()
    assert [row["GRAPH_RUN_GROUP_ID"] for row in engine.history()] == [going]
    assert engine.states() == {"R": "SUCCEEDED"}


def test_the_rows_of_one_run_are_found_by_its_group_however_many_are_newer(engine):
    chain(engine, "SELECT 1")
    engine.run()
    first = engine.history()[0]["GRAPH_RUN_GROUP_ID"]
    for _ in range(3):
        engine.run()
    found = engine.history(graph_run_group_id=first, result_limit=2)
    assert {(row["NAME"], row["GRAPH_RUN_GROUP_ID"]) for row in found} == {
        ("R", first),
        ("T1", first),
    }


def test_a_task_that_takes_too_long_has_failed_of_it(engine):
    gate = engine.bodies["gate"] = Gate()
    engine.sql("CREATE TASK r USER_TASK_TIMEOUT_MS = 5000 AS CALL gate()", "EXECUTE TASK r")
    gate.wait_for_entry()
    engine.clock.advance(timedelta(seconds=6))
    engine.sql("SHOW TASKS", "CREATE TASK nudge AS SELECT 1")  # something for the scheduler to do
    engine.wait_for_runs()
    (row,) = engine.history()
    assert (row["STATE"], row["ERROR_CODE"], row["ERROR_MESSAGE"]) == (
        "FAILED", 630,
        "Statement reached its statement or warehouse timeout of 5 second(s) and was canceled.",
    )  # fmt: skip


def test_a_roots_timeout_is_one_of_the_whole_run(engine):
    first, second = (engine.bodies.setdefault(name, Gate()) for name in ("first", "second"))
    engine.sql(
        "CREATE TASK r USER_TASK_TIMEOUT_MS = 5000 AS SELECT 1",
        "CREATE TASK a AFTER r AS CALL first()",
        "CREATE TASK b AFTER a AS CALL second()",
        "CREATE TASK f FINALIZE = r AS SELECT 1",
        "ALTER TASK a RESUME",
        "ALTER TASK b RESUME",
        "ALTER TASK f RESUME",
        "EXECUTE TASK r",
    )
    first.wait_for_entry()
    engine.clock.advance(timedelta(seconds=3))
    first.opened.set()
    second.wait_for_entry()
    engine.clock.advance(timedelta(seconds=3))
    engine.sql("SHOW TASKS", "CREATE TASK nudge AS SELECT 1")  # something for the scheduler to do
    engine.wait_for_runs()
    states = {row["NAME"]: (row["STATE"], row["ERROR_CODE"]) for row in engine.history()}
    assert states == {
        "R": ("SUCCEEDED", None),
        "A": ("SUCCEEDED", None),
        "B": ("FAILED", 630),
        "F": ("SUCCEEDED", None),
    }


def test_a_schedule_runs_when_it_is_due(engine):
    engine.sql("CREATE TASK r SCHEDULE = '10 MINUTES' AS SELECT 1", "ALTER TASK r RESUME")
    (due,) = engine.table("CURRENT_TASK_GRAPHS")
    assert (due["STATE"], due["SCHEDULED_TIME"]) == ("SCHEDULED", NOON + timedelta(minutes=10))
    assert engine.service.next_wakeup() == NOON + timedelta(minutes=10)
    engine.clock.advance(timedelta(minutes=10))
    engine.sql("CREATE TASK nudge AS SELECT 1")
    engine.wait_until(lambda: len(engine.table("COMPLETE_TASK_GRAPHS")) == 1)
    (done,) = engine.table("COMPLETE_TASK_GRAPHS")
    assert done["SCHEDULED_FROM"] == "SCHEDULE"


def test_failing_too_often_suspends_the_root(engine):
    engine.bodies["fails"] = fails
    engine.sql(
        "CREATE TASK r SCHEDULE = '10 MINUTES' SUSPEND_TASK_AFTER_NUM_FAILURES = 1 AS CALL fails()",
        "ALTER TASK r RESUME",
    )
    assert engine.run() == {"R": "FAILED_AND_AUTO_SUSPENDED"}
    (row,) = engine.sql("SHOW TASKS")
    assert (row["state"], row["last_suspended_reason"]) == ("suspended", "SUSPENDED_DUE_TO_ERRORS")
    engine.restart()
    assert engine.table("CURRENT_TASK_GRAPHS") == []


@pytest.mark.rule("1.3.6")
def test_replacing_a_root_ends_its_schedule_and_lets_the_run_end(engine):
    gate = engine.bodies["gate"] = Gate()
    engine.sql(
        "CREATE TASK r SCHEDULE = '10 MINUTES' AS CALL gate()",
        "ALTER TASK r RESUME",
        "EXECUTE TASK r",
        "CREATE OR REPLACE TASK r AS SELECT 2",
    )
    gate.opened.set()
    engine.wait_for_runs()
    (row,) = engine.history()
    assert (row["STATE"], row["QUERY_TEXT"]) == ("SUCCEEDED", "CALL gate()")
    assert engine.table("CURRENT_TASK_GRAPHS") == []


@pytest.mark.rule("2.2", "2.1")
def test_a_run_goes_on_with_the_version_it_began_with(engine):
    gate = engine.bodies["gate"] = Gate()
    chain(engine, "CALL gate()", "SELECT 2")
    engine.sql("EXECUTE TASK r", "ALTER TASK t2 MODIFY AS SELECT 99")
    gate.opened.set()
    engine.wait_for_runs()
    texts = {row["NAME"]: row["QUERY_TEXT"] for row in engine.history()}
    assert texts["T2"] == "SELECT 2"
    engine.run()
    versions = {row["GRAPH_VERSION"] for row in engine.history(task_name="t2")}
    assert versions == {1, 2}


@pytest.mark.rule("18.13")
def test_the_same_graph_executed_again_is_the_same_version(engine):
    chain(engine, "SELECT 1")
    engine.run()
    engine.clock.advance(timedelta(seconds=1))
    engine.run()
    assert {row["GRAPH_VERSION"] for row in engine.history()} == {1}


@pytest.mark.rule("9.7.1")
def test_sessions_of_tasks_have_the_tasks_settings_and_are_closed(engine):
    seen = {}
    engine.bodies["look"] = lambda session: seen.update(vars(session))
    engine.sql("CREATE TASK r WAREHOUSE = w TIMEZONE = 'UTC' AS CALL look()")
    engine.run()
    assert (seen["user"], seen["warehouse"], seen["database"], seen["schema"]) == (
        "SYSTEM", "W", "DB", "PUBLIC",
    )  # fmt: skip
    assert seen["parameters"] == {"TIMEZONE": "UTC"}
    assert seen["attempt_id"] == engine.history()[0]["QUERY_ID"]
    assert seen["engine"].closed


def test_no_thread_is_left_after_close(engine):
    chain(engine, "SELECT 1")
    engine.run()
    engine.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sfdag-")]


HISTORY_REFUSED = {
    "too far back": ({"scheduled_time_range_start": NOON - timedelta(days=8)}, "7 days"),
    "too many rows": ({"result_limit": 10_001}, "RESULT_LIMIT"),
    "no number of rows": ({"result_limit": "x"}, "Numeric value 'x' is not recognized"),
    "neither true nor false": ({"error_only": "x"}, "Boolean value 'x' is not recognized"),
    "a schema without its database": ({"schema_name": "PUBLIC"}, "DATABASE_NAME"),
    "an argument that is none": ({"nonsense": 1}, "invalid argument name 'NONSENSE'"),
}


@pytest.mark.parametrize("case", HISTORY_REFUSED)
def test_history_refuses(engine, case):
    arguments, message = HISTORY_REFUSED[case]
    with pytest.raises(SqlError, match=message):
        engine.history(**arguments)


@pytest.mark.rule("10.1.1", "10.1.2")
def test_history_is_filtered_and_newest_first(engine):
    chain(engine, "SELECT 1")
    engine.run()
    engine.clock.advance(timedelta(minutes=1))
    engine.run()
    root_id = engine.sql("DESCRIBE TASK r")[0]["id"]
    names = lambda **named: [row["NAME"] for row in engine.history(**named)]  # noqa: E731
    assert names() == ["T1", "R", "T1", "R"]
    assert names(task_name="t1") == ["T1", "T1"]
    assert names(result_limit=1) == names(result_limit="1") == ["T1"]
    assert (names(error_only="true"), len(names(error_only="false"))) == ([], 4)
    assert names(root_task_id=root_id, scheduled_time_range_start=NOON + timedelta(seconds=30)) == [
        "T1", "R",
    ]  # fmt: skip
    assert names(database_name="db", schema_name="other") == []
    assert names(database_name='"DB"', schema_name="public") == ["T1", "R", "T1", "R"]


class Deaf(Gate):
    """A body that does not hear that it must end, and then succeeds or fails all the same."""

    def __init__(self, ending):
        super().__init__()
        self.ending = ending

    def __call__(self, session):
        self.session = session
        self.entered.release()
        assert self.opened.wait(20)
        self.ending(session)


TIME_OVER = SqlError("its time is over", code=630, sqlstate="57014")
CANCELLED = SqlError("SQL execution canceled", code=604, sqlstate="57014")


@pytest.mark.parametrize("ending", [lambda _session: None, fails])
@pytest.mark.parametrize(
    ("why", "state", "code"), [(TIME_OVER, "FAILED", 630), (CANCELLED, "CANCELLED", 604)]
)
def test_an_attempt_that_was_given_up_has_ended_once(engine, ending, why, state, code):
    deaf = engine.bodies["deaf"] = Deaf(ending)
    engine.sql("CREATE TASK r AS CALL deaf()", "EXECUTE TASK r")
    deaf.wait_for_entry()
    deaf.session.unheard(why)
    engine.wait_for_runs()
    (told,) = engine.history()
    assert told["STATE"] == state
    deaf.opened.set()
    engine.wait_until(lambda: engine.closed == 1, "the end of its step")
    engine.restart()  # whatever was told is taken in
    (row,) = engine.history()
    assert row == told
    assert str(code) in str(row["ERROR_CODE"])


def test_what_was_given_up_takes_no_slot(tmp_path):
    engine = FakeEngine(tmp_path, slots=1)
    deaf = engine.bodies["deaf"] = Deaf(lambda _session: None)
    engine.sql("CREATE TASK r AS CALL deaf()", "EXECUTE TASK r")
    deaf.wait_for_entry()
    deaf.session.unheard(TIME_OVER)
    engine.wait_for_runs()
    engine.sql("CREATE TASK next AS SELECT 1", "EXECUTE TASK next")
    engine.wait_for_runs()
    states = {row["NAME"]: row["STATE"] for row in engine.history()}
    assert states == {"R": "FAILED", "NEXT": "SUCCEEDED"}
    deaf.opened.set()
    engine.close()
