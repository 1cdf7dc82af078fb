"""What of the past goes and what stays, and that a crash in between harms nothing."""

import sqlite3
import threading
from datetime import timedelta

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.history_limits import HistoryLimits
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks import retention
from sfdag_magics.engine.tasks.replay import replayed

from .fakes import FakeEngine

DAY = timedelta(days=1)
GRAPH = ("CREATE TASK r AS CALL r()", "CREATE TASK a AFTER r AS CALL a()", "ALTER TASK a RESUME")
ALL = "SELECT group_id, attempt, state FROM graph_runs ORDER BY scheduled_time, attempt"


class Bodies(dict):
    """Every body succeeds, but those that were told to fail and those that are given."""

    def __init__(self):
        super().__init__(given=None)
        self.failing = set()

    def __missing__(self, name):
        def body(_session):
            if name in self.failing:
                raise SqlError("boom")

        return body


class Logs:
    """Remembers whose logs went, and dies on the way when told to."""

    def __init__(self):
        self.removed = []
        self.before = None
        self.dies = False

    def remove(self, query_id, began, ended):
        if self.dies:
            raise OSError("the process was killed here")
        assert began <= ended
        self.removed.append(query_id)

    def remove_before(self, moment):
        self.before = moment


class Files:
    """What runs told, by their ids; dies on the way when told to."""

    def __init__(self):
        self.of = set()
        self.dies = False

    def runs(self):
        return frozenset(self.of)

    def remove(self, group_id):
        if self.dies:
            raise OSError("the process was killed here")
        self.of.discard(group_id)


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def logs():
    return Logs()


@pytest.fixture
def limits():
    return HistoryLimits(days=30, runs=100)


@pytest.fixture
def engine(tmp_path, logs, files, limits):
    engine = FakeEngine(tmp_path, bodies=Bodies(), limits=limits, logs=logs, files=files)
    engine.sql(*GRAPH)
    yield engine
    engine.close()


def sweep(engine):
    engine.service._retention.sweep()


def two_days_later(engine):
    """The next write has a checkpoint before it."""
    engine.clock.advance(2 * DAY)
    sweep(engine)


def runs(engine):
    return engine.service._runlog.rows(ALL)


def run(engine, *, fails=()):
    """A run of its own day; its group."""
    engine.bodies.failing = set(fails)
    engine.run()
    engine.clock.advance(DAY)
    return runs(engine)[-1]["group_id"]


def allowed(engine, count):
    """As if the limit were so low: as many runs as a limit may name take too long here."""
    engine.service._retention._limits = HistoryLimits(days=30, runs=count)


def executions(engine, group):
    sql = "SELECT attempt_id FROM task_runs WHERE group_id = ?"
    return {row["attempt_id"] for row in engine.service._runlog.rows(sql, (group,))}


def test_what_ended_too_long_ago_goes_with_its_logs_and_the_rest_stays(engine, logs):
    old = run(engine)
    gone = executions(engine, old)
    engine.clock.advance(29 * DAY)
    kept = run(engine)
    sweep(engine)
    assert {row["group_id"] for row in runs(engine)} == {kept}
    assert set(logs.removed) == gone
    assert executions(engine, old) == set()
    assert logs.before == engine.clock.now() - 39 * DAY


def test_what_is_beyond_so_many_goes_the_oldest_first(engine):
    groups = [run(engine) for _ in range(5)]
    allowed(engine, 2)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == groups[-2:]
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == groups[-2:]


def test_what_may_be_retried_stays_however_many_came_after_it(engine):
    failed = run(engine, fails="a")
    later = [run(engine) for _ in range(3)]
    allowed(engine, 1)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == [failed, later[-1]]
    engine.bodies.failing = set()
    engine.run(f"EXECUTE TASK r RETRY GRAPH RUN GROUP '{failed}'")
    assert [row["state"] for row in runs(engine) if row["group_id"] == failed] == [
        "FAILED", "SUCCEEDED",
    ]  # fmt: skip
    engine.clock.advance(20 * DAY)
    two_days_later(engine)  # so that the retry is told of no longer
    engine.clock.advance(DAY)
    newest = run(engine)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == [newest]


@pytest.mark.parametrize("limits", [HistoryLimits(days=1, runs=100)])
def test_what_is_in_flight_stays_however_long_it_takes(engine):
    week_ms = 7 * 24 * 60 * 60 * 1000  # the longest that a task may take
    engine.sql(*(f"ALTER TASK {task} SET USER_TASK_TIMEOUT_MS = {week_ms}" for task in "ra"))
    go = threading.Event()
    engine.bodies["a"] = lambda session: session.wait(go)
    engine.sql("EXECUTE TASK r")
    engine.wait_until(lambda: engine.states().get("A") == "EXECUTING")
    engine.clock.advance(6 * DAY)
    engine.service._loop.wake()
    sweep(engine)
    assert [row["state"] for row in runs(engine)] == ["EXECUTING"]
    go.set()
    engine.wait_for_runs()
    assert [row["state"] for row in runs(engine)] == ["SUCCEEDED"]


def test_a_run_that_its_root_skipped_goes_as_well(engine):
    engine.sql("ALTER TASK r MODIFY WHEN 1 = 2")
    run(engine)
    assert [row["state"] for row in runs(engine)] == ["SKIPPED"]
    engine.clock.advance(40 * DAY)
    sweep(engine)
    assert runs(engine) == []


def test_a_due_run_and_the_graph_it_belongs_to_stay(engine):
    engine.sql("ALTER TASK r SET SCHEDULE = '1000 MINUTES'", "ALTER TASK r RESUME")
    run(engine)
    engine.clock.advance(40 * DAY)
    engine.service._loop.wake()
    engine.wait_until(lambda: len(runs(engine)) > 2)
    engine.wait_for_runs()
    sweep(engine)
    assert [row["state"] for row in runs(engine)][-1] == "SCHEDULED"
    engine.restart()
    assert engine.service.next_wakeup() is not None


def versions(engine):
    sql = "SELECT root_id, version FROM versions ORDER BY root_id, version"
    return [row["version"] for row in engine.service._runlog.rows(sql)]


def test_versions_go_with_the_last_run_and_event_that_name_them(engine):
    for number in range(3):
        engine.sql(f"ALTER TASK r MODIFY AS SELECT {number}")
        run(engine)
    sweep(engine)  # a checkpoint, from which a replay will begin
    assert versions(engine) == [1, 2, 3]
    engine.clock.advance(40 * DAY)
    run(engine)
    sweep(engine)
    assert versions(engine) == [3]
    assert replayed(engine.service._runlog).differences() == []
    run(engine)
    assert engine.states() == {"R": "SUCCEEDED", "A": "SUCCEEDED"}


def test_of_a_graph_that_was_dropped_nothing_stays_for_ever(engine):
    run(engine)
    engine.sql("DROP TASK a", "DROP TASK r")
    engine.sql("CREATE TASK s AS SELECT 1")
    engine.clock.advance(DAY)
    sweep(engine)
    engine.run("EXECUTE TASK s")
    engine.clock.advance(40 * DAY)
    engine.run("EXECUTE TASK s")
    sweep(engine)
    assert versions(engine) == [1]
    assert len(runs(engine)) == 1
    (root,) = engine.service._runlog.roots()
    assert root.last_success_group_id == runs(engine)[0]["group_id"]
    assert replayed(engine.service._runlog).differences() == []
    engine.restart()
    assert replayed(engine.service._runlog).differences() == []


def test_events_go_up_to_a_checkpoint_and_the_rest_can_be_told_again(engine):
    run(engine)
    sweep(engine)
    run(engine)
    engine.clock.advance(40 * DAY)
    kept = run(engine, fails="a")
    sweep(engine)
    first = next(engine.service._runlog.events())
    assert first.kind == "Checkpoint"
    replay = replayed(engine.service._runlog)
    assert (kept, 1) in replay.history.graph_runs
    assert replay.differences() == []
    engine.bodies.failing = set()
    engine.run("EXECUTE TASK r RETRY LAST")
    assert replayed(engine.service._runlog).differences() == []


def test_a_checkpoint_is_made_when_no_task_waits_for_a_slot(tmp_path, logs, monkeypatch):
    engine = FakeEngine(tmp_path, bodies=Bodies(), slots=1, logs=logs)
    engine.sql(*GRAPH, "CREATE TASK b AFTER r AS CALL b()", "ALTER TASK b RESUME")
    engine.run()
    engine.clock.advance(2 * DAY)
    go, tried = threading.Event(), []
    engine.bodies["a"] = engine.bodies["b"] = lambda session: session.wait(go)
    engine.sql("EXECUTE TASK r")
    engine.wait_until(lambda: "EXECUTING" in {engine.states().get(name) for name in "AB"})
    monkeypatch.setattr(retention, "_AGAIN_S", 0.01)
    memory = engine.service._retention._memory
    stand_here = memory.stand_here
    monkeypatch.setattr(memory, "stand_here", lambda: tried.append(stand_here()) or tried[-1])
    sweeping = threading.Thread(target=sweep, args=(engine,))
    sweeping.start()
    engine.wait_until(lambda: tried)
    go.set()
    sweeping.join()
    engine.wait_for_runs()
    assert (tried[0], tried[-1]) == (False, True)
    run(engine)
    kinds = [event.kind for event in engine.service._runlog.events()]
    assert kinds.count("Checkpoint") == 2
    engine.close()


def test_a_retry_of_a_run_that_ended_before_the_checkpoint_is_told_again(engine):
    run(engine, fails="a")
    engine.restart()
    engine.bodies.failing = set()
    engine.run("EXECUTE TASK r RETRY LAST")
    runlog = engine.service._runlog
    assert replayed(runlog).differences() == []
    assert [row["state"] for row in runs(engine)] == ["FAILED", "SUCCEEDED"]


def test_the_graphs_of_a_checkpoint_stay_as_long_as_a_replay_begins_there(engine):
    engine.sql("ALTER TASK r SET SCHEDULE = 'USING CRON 0 0 1 1 * UTC'", "ALTER TASK r RESUME")
    two_days_later(engine)
    engine.sql("ALTER TASK r SUSPEND", "ALTER TASK r MODIFY AS SELECT 5")
    run(engine)
    engine.clock.advance(40 * DAY)
    run(engine)
    sweep(engine)
    assert [event.kind for event in engine.service._runlog.events()][:2] == [
        "Checkpoint", "GraphStopped",
    ]  # fmt: skip
    assert replayed(engine.service._runlog).differences() == []
    two_days_later(engine)
    run(engine)
    engine.clock.advance(40 * DAY)
    run(engine)
    sweep(engine)
    assert versions(engine) == [2]


def test_a_run_stays_as_long_as_its_retry_is_told_of(engine):
    failed = run(engine, fails="a")
    two_days_later(engine)
    engine.bodies.failing = set()
    engine.run("EXECUTE TASK r RETRY LAST")
    engine.clock.advance(31 * DAY)
    later = run(engine)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == [failed, failed, later]
    assert replayed(engine.service._runlog).differences() == []
    two_days_later(engine)
    run(engine)
    engine.clock.advance(31 * DAY)
    newest = run(engine)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == [newest]
    assert replayed(engine.service._runlog).differences() == []


def test_what_a_crash_left_is_swept_by_the_next_engine(engine, logs):
    old = run(engine)
    gone = executions(engine, old)
    engine.clock.advance(40 * DAY)
    logs.dies = True
    with pytest.raises(OSError, match="killed here"):
        sweep(engine)
    assert runs(engine) == []
    engine.restart()
    logs.dies = False
    sweep(engine)
    assert set(logs.removed) == gone
    assert engine.service._runlog.rows("SELECT * FROM leavings") == []


def test_what_tasks_told_goes_with_their_run_and_not_with_their_graph(engine, files):
    old = run(engine)
    engine.clock.advance(29 * DAY)
    failed, kept = run(engine, fails="a"), run(engine)
    engine.sql("DROP TASK a", "DROP TASK r")
    files.of = {old, failed, kept}
    sweep(engine)
    assert files.of == {failed, kept}
    engine.clock.advance(60 * DAY)
    sweep(engine)
    assert files.of == set()


def test_what_a_run_that_goes_on_tells_stays(engine, files):
    go = threading.Event()
    engine.bodies["a"] = lambda session: session.wait(go)
    engine.sql("EXECUTE TASK r")
    engine.wait_until(lambda: engine.states().get("A") == "EXECUTING")
    files.of = {runs(engine)[0]["group_id"]}
    sweep(engine)
    assert len(files.of) == 1
    go.set()
    engine.wait_for_runs()


def test_what_tasks_told_goes_also_where_a_crash_came_between(engine, files):
    files.of = {run(engine)}
    engine.clock.advance(40 * DAY)
    files.dies = True
    with pytest.raises(OSError, match="killed here"):
        sweep(engine)
    assert (runs(engine), len(files.of)) == ([], 1)
    engine.restart()
    files.dies = False
    sweep(engine)
    assert files.of == set()


def test_a_run_that_is_begun_while_it_is_looked_for_what_is_old_stays(engine, monkeypatch):
    """The scheduler is asked again; here a run is taken for an old one that goes on."""
    go = threading.Event()
    engine.bodies["a"] = lambda session: session.wait(go)
    engine.sql("EXECUTE TASK r")
    engine.wait_until(lambda: engine.states().get("A") == "EXECUTING")
    (going,) = runs(engine)
    found = [[retention.OldRun(group_id=going["group_id"], tasks=2)], []]
    monkeypatch.setattr(retention.OldHistory, "runs", lambda *_, **__: found.pop(0))
    sweep(engine)
    assert len(runs(engine)) == 1
    go.set()
    engine.wait_for_runs()


def as_of_format_2(path):
    """The file as the version before retention wrote it."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE leavings; DROP INDEX outcomes_by_time; DROP INDEX events_checkpoints;"
        "DROP INDEX graph_runs_ended; DROP INDEX versions_named;"
        "CREATE INDEX graph_runs_complete ON graph_runs(completed_time)"
        " WHERE state IN ('SUCCEEDED', 'FAILED', 'CANCELLED');"
        "DELETE FROM events WHERE kind = 'Checkpoint'; PRAGMA user_version = 2"
    )
    connection.close()


@pytest.mark.parametrize("days", [1, 40])
def test_an_upgrade_says_what_will_go_and_keeps_a_copy(engine, days):
    run(engine)
    engine.clock.advance(days * DAY)
    engine.service.close()
    as_of_format_2(engine.path / "runs.sqlite")
    engine._start()
    notice = engine.service.history_notice()
    assert len(runs(engine)) == 1
    if days == 1:
        assert notice == ""
        return
    assert "kept for 30 days or 100 runs now: 1 runs that ended before 2026-" in notice
    assert "SFDAG_HISTORY_DAYS" in notice
    sweep(engine)
    assert runs(engine) == []
    assert str(engine.path / "runs.sqlite.format2") in notice
    copy = sqlite3.connect(engine.path / "runs.sqlite.format2")
    assert copy.execute("SELECT count(*) FROM graph_runs").fetchone() == (1,)
    copy.close()
    engine.restart()
    assert engine.service.history_notice() == ""


def test_a_retry_that_no_replay_can_tell_of_keeps_nothing(engine):
    """Of a directory that knew no checkpoints, whose first one is younger than all that is old."""
    run(engine, fails="a")
    engine.bodies.failing = set()
    engine.run("EXECUTE TASK r RETRY LAST")
    engine.clock.advance(40 * DAY)
    engine.service.close()
    as_of_format_2(engine.path / "runs.sqlite")
    engine._start()
    kept = run(engine)
    sweep(engine)
    assert [row["group_id"] for row in runs(engine)] == [kept]


def test_a_replay_knows_when_tasks_waited_for_workers(engine):
    engine.service.workers_are(ready=False)
    engine.sql("EXECUTE TASK r")
    engine.clock.advance(timedelta(minutes=1))
    engine.service.workers_are(ready=True)
    engine.wait_for_runs()
    runlog = engine.service._runlog
    assert isinstance(runlog, RunLog)
    assert replayed(runlog).differences() == []
