"""A body whose effect was committed before the engine died is not carried out again."""

import uuid

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.errors import MachineError

from .on_sql import Engine


class DyingRunLog(RunLog):
    """Remembers nothing any more from the moment at which it is told of such an event."""

    dies_at = ""
    is_dead = False

    def write(self, batch):
        self.is_dead |= any(event.kind == self.dies_at for event in batch.events)
        if self.is_dead:
            raise MachineError("the process is dead")
        super().write(batch)


def life(path, dies_at=""):
    """An engine of the directory that dies there, and its run log."""
    logs = []

    def opened(file):
        logs.append(DyingRunLog(file))
        return logs[-1]

    engine = Engine(path, open_runlog=opened, try_again_s=0)
    logs[0].dies_at = dies_at
    engine.sql("CREATE DATABASE IF NOT EXISTS db", "USE SCHEMA db.public")
    return engine, logs[0]


def told(path, *statements, body, lives=1):
    """What the table holds when so many engines died behind the body, and one did not."""
    engine, log = life(path, "TaskSucceeded")
    engine.sql("CREATE TABLE told(what VARCHAR)", *statements, f"CREATE TASK r AS {body}")
    engine.sql("EXECUTE TASK r")
    for _life in range(lives):
        engine.wait_until(lambda log=log: log.is_dead)
        engine.close()
        engine, log = life(path, "TaskSucceeded")
    engine.wait_until(lambda: log.is_dead)
    engine.close()
    engine, log = life(path)
    engine.wait_until(lambda: not engine.tasks.runs_in_flight())
    states = engine.sql("SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
    rows = engine.sql("SELECT * FROM told")
    engine.close()
    return states, rows


@pytest.mark.parametrize("lives", [0, 2])
@pytest.mark.parametrize(
    "body",
    [
        "INSERT INTO told VALUES ('once')",
        "BEGIN INSERT INTO told VALUES ('once'); END",
        "BEGIN EXECUTE IMMEDIATE 'INSERT INTO told VALUES (''once'')'; END",
    ],
)
def test_a_statement_that_took_effect_is_not_repeated(tmp_path, body, lives):
    states, rows = told(tmp_path, body=body, lives=lives)
    assert states == [("R", "SUCCEEDED")]
    assert rows == [("once",)]


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN INSERT INTO told VALUES ('a'); INSERT INTO told VALUES ('b'); END",
        "BEGIN BEGIN INSERT INTO told VALUES ('a'); INSERT INTO told VALUES ('b'); END; END",
        "BEGIN IF (TRUE) THEN INSERT INTO told VALUES ('a'); INSERT INTO told VALUES ('b'); END IF;"
        " END",
        "DECLARE x INT DEFAULT 1; BEGIN INSERT INTO told VALUES ('a'), ('b'); END",
        "BEGIN INSERT INTO told VALUES ('a'), ('b'); EXCEPTION WHEN OTHER THEN NULL; END",
    ],
)
def test_what_may_commit_several_times_begins_again(tmp_path, body):
    states, rows = told(tmp_path, body=body, lives=0)
    assert states == [("R", "SUCCEEDED")]
    assert sorted(rows) == [("a",), ("a",), ("b",), ("b",)]


_AWAITING = ("CREATE TASK other AS {}", "CREATE TASK r AS EXECUTE TASK other AWAIT")


@pytest.mark.parametrize(
    ("body", "dies_at", "state"),
    [
        ("SELECT 1", "TaskSucceeded", "SUCCEEDED"),
        ("SELECT 1 / 0", "TaskFailed", "FAILED"),
    ],
)
def test_a_run_that_a_body_awaits_is_waited_for_by_the_next_engine(tmp_path, body, dies_at, state):
    engine, log = life(tmp_path, dies_at)
    engine.sql(*(text.format(body) for text in _AWAITING), "EXECUTE TASK r")
    engine.wait_until(lambda: log.is_dead)
    engine.close()
    engine, log = life(tmp_path)
    engine.wait_until(lambda: not engine.tasks.runs_in_flight())
    states = engine.sql("SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
    engine.close()
    assert sorted(states) == [("OTHER", state), ("R", state)]


def test_who_asks_again_for_a_run_and_its_end_is_told_of_that_run(tmp_path):
    engine, _log = life(tmp_path)
    engine.sql("CREATE TASK other AS SELECT 1 / 0")
    query_id = str(uuid.uuid4())
    for _time in range(2):
        with pytest.raises(SqlError, match="is FAILED"):
            engine.session.execute("EXECUTE TASK other AWAIT", query_id=query_id, noted=True)
        assert not engine.sql_engine.outcomes.took_effect(query_id)
    assert len(engine.sql("SELECT 1 FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")) == 1
    engine.close()
