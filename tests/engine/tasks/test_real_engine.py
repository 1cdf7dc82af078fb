"""Tasks in a real engine process, over the wire: killed in the middle, cancelled, timed out."""

import os
import signal
import time
import uuid

import psutil
import pytest
import requests
import snowflake.connector

from sfdag_magics.client.connecting import connect
from sfdag_magics.engine.workers.logs import BEGINS_AGAIN

pytestmark = pytest.mark.slow

SLOW = """
CREATE PROCEDURE slow(seconds FLOAT) RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
PACKAGES = ('snowflake-snowpark-python') HANDLER = 'main' EXECUTE AS CALLER AS $$
import time

def main(session, seconds):
    print("slow begins")
    session.sql("INSERT INTO told VALUES ('begun')").collect()
    time.sleep(seconds)
    session.sql("INSERT INTO told VALUES ('ended')").collect()
    session.call("SYSTEM$SET_RETURN_VALUE", "from slow")
$$
"""


class Engine:
    """A connection to the engine of one data directory, across the engine's lives."""

    def __init__(self, data):
        self.data = data
        self.open()

    def open(self):
        self.connection = snowflake.connector.connect(**connect.connection_parameters(self.data))

    def sql(self, *statements):
        cursor = self.connection.cursor()
        for statement in statements:
            rows = cursor.execute(statement).fetchall()
        return rows

    def told(self):
        return [row[0] for row in self.sql("SELECT * FROM told")]

    def history(self):
        return {
            name: rest
            for name, *rest in self.sql(
                "SELECT name, state, error_code, attempt_number, return_value"
                " FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY()) ORDER BY scheduled_time"
            )
        }

    def log_of(self, task):
        rows = self.sql(
            "SELECT e.value::VARCHAR FROM SNOWFLAKE.TELEMETRY.EVENTS e"
            " JOIN TABLE(INFORMATION_SCHEMA.TASK_HISTORY()) h"
            " ON e.resource_attributes['snow.query.id']::VARCHAR = h.query_id"
            f" WHERE h.name = '{task}' ORDER BY e.timestamp"
        )
        return [value for (value,) in rows]

    def wait_until(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, self.history()
            time.sleep(0.05)

    def wait_for_runs(self):
        current = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.CURRENT_TASK_GRAPHS())"
        self.wait_until(lambda: self.sql(current) == [(0,)])

    def kill(self):
        self.connection.close()  # with nobody there it would try again and again
        process = psutil.Process(connect.engine_status(self.data)["pid"])
        os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs([process], timeout=10)
        self.open()


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    engine = Engine(tmp_path / "data")
    engine.sql("CREATE TABLE told(what VARCHAR)", SLOW)
    yield engine
    engine.connection.close()
    connect.stop_engine(tmp_path / "data")


def graph(engine, *, seconds, timeout_ms=60_000):
    engine.sql(
        "CREATE TASK r AS INSERT INTO told VALUES ('r')",
        f"CREATE TASK a USER_TASK_TIMEOUT_MS = {timeout_ms} AFTER r AS CALL slow({seconds})",
        "CREATE TASK b AFTER a AS INSERT INTO told SELECT SYSTEM$GET_PREDECESSOR_RETURN_VALUE('A')",
        "CREATE TASK f FINALIZE = r AS INSERT INTO told VALUES ('f')",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
        "EXECUTE TASK r",
    )


def wait_for_begin(engine):
    engine.wait_until(lambda: "begun" in engine.told())


def test_until_python_is_ready_a_call_is_scheduled_and_not_running(engine):
    graph(engine, seconds=0)
    ((group_id,),) = engine.sql(
        "SELECT MAX(graph_run_group_id) FROM TABLE(information_schema.task_history())"
    )
    seen = []

    def looked():
        states = {name: row[0] for name, row in engine.history().items()}
        ((waits_for,),) = engine.sql(f"SELECT SYSTEM$SFDAG_RUN_WAITS_FOR('{group_id}')")
        seen.append((waits_for, states.get("A")))
        return states.get("F") == "SUCCEEDED"

    engine.wait_until(looked)
    assert {state for waits_for, state in seen if waits_for} <= {None, "SCHEDULED"}
    assert ('{"A": "Python is warming up"}', "SCHEDULED") in seen
    assert seen[-1] == (None, "SUCCEEDED")


def test_killed_in_the_middle_of_a_run_the_engine_goes_on_with_it(engine):
    graph(engine, seconds=2)
    wait_for_begin(engine)
    engine.kill()
    engine.wait_for_runs()
    assert engine.told() == ["r", "begun", "begun", "ended", "from slow", "f"]
    assert {name: row[0] for name, row in engine.history().items()} == dict.fromkeys(
        "RABF", "SUCCEEDED"
    )
    assert {row[2] for row in engine.history().values()} == {1}
    assert engine.log_of("A") == ["slow begins", BEGINS_AGAIN, "slow begins"]
    asked = "SELECT DISTINCT graph_run_group_id FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    ((group,),) = engine.sql(asked)
    assert engine.sql(f"SELECT SYSTEM$SFDAG_RUNS_BEGUN_AGAIN('{group}')") == [('[[[1, "A"]]]',)]


TELLS = """
CREATE PROCEDURE tells() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
PACKAGES = ('snowflake-snowpark-python') HANDLER = 'main' EXECUTE AS CALLER AS $$
import time

def main(session):
    token = session.connection.rest.token
    session.sql("INSERT INTO told VALUES (?)", [token]).collect()
    time.sleep(60 if session.sql("SELECT COUNT(*) FROM told").collect()[0][0] == 1 else 0)
$$
"""


def written_by(token, engine):
    """What the engine answers a process that shows this token and writes a row."""
    return requests.post(
        f"http://127.0.0.1:{connect.engine_status(engine.data)['port']}/queries/v1/query-request",
        params={"requestId": str(uuid.uuid4())},
        json={"sqlText": "INSERT INTO told VALUES ('stale')", "sequenceId": 1},
        headers={"Authorization": f'Snowflake Token="{token}"'},
        timeout=60,
    ).json()


def test_a_worker_that_outlives_its_engine_is_shut_out(engine):
    engine.sql(TELLS, "CREATE TASK r AS CALL tells()", "EXECUTE TASK r")
    engine.wait_until(engine.told)
    [stale] = engine.told()
    engine.kill()
    engine.wait_for_runs()
    assert {name: row[0] for name, row in engine.history().items()} == {"R": "SUCCEEDED"}
    _stale, double = engine.told()
    for token in (stale, double):
        refused = written_by(token, engine)
        assert (refused["success"], refused["code"]) == (False, "390114")
        assert refused["message"].startswith("What this process was started for has ended")
    assert engine.told() == [stale, double]


def test_tasks_and_schedules_are_there_after_a_kill(engine):
    engine.sql("CREATE TASK r SCHEDULE = '1 HOUR' AS SELECT 1", "ALTER TASK r RESUME")
    due = "SELECT scheduled_time FROM TABLE(INFORMATION_SCHEMA.CURRENT_TASK_GRAPHS())"
    before = engine.sql(due)
    engine.kill()
    assert engine.sql(due) == before != []


def test_data_starts_a_task_before_and_after_a_kill(engine):
    engine.sql(
        "CREATE TABLE t (a VARCHAR)",
        "CREATE STREAM s ON TABLE t",
        "CREATE TASK r USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS = 10"
        " WHEN SYSTEM$STREAM_HAS_DATA('S') AS INSERT INTO told SELECT a FROM s",
        "ALTER TASK r RESUME",
        "INSERT INTO t VALUES ('before')",
    )
    engine.wait_until(lambda: engine.told() == ["before"])
    engine.sql("INSERT INTO t VALUES ('waits')")
    engine.kill()
    engine.sql("INSERT INTO t VALUES ('behind')")
    engine.wait_until(lambda: sorted(engine.told()) == ["before", "behind", "waits"])
    runs = "SELECT state, scheduled_from FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    engine.wait_until(lambda: set(engine.sql(runs)) == {("SUCCEEDED", "TRIGGER")})


def test_a_cancelled_python_task_is_stopped_and_the_finalizer_runs(engine):
    graph(engine, seconds=60)
    wait_for_begin(engine)
    ((answer,),) = engine.sql("SELECT SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS('a')")
    assert answer.startswith("Marked 1 task runs for cancellation.")
    engine.wait_for_runs()
    assert [what for what in engine.told() if what != "begun"] == ["r", "f"]
    assert engine.history()["A"][0] == "CANCELLED"
    assert "B" not in engine.history()


def test_a_python_task_that_takes_too_long_has_failed_of_it(engine):
    graph(engine, seconds=60, timeout_ms=1000)
    engine.wait_for_runs()
    assert engine.history()["A"][:2] == ["FAILED", 630]
    assert [what for what in engine.told() if what != "begun"] == ["r", "f"]
