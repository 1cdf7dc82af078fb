"""The engine dies at every commit there is, or the disk is full at it; and the log tells it all."""

from collections import Counter
from datetime import timedelta

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.runs import RootRecord
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.replay import replayed
from sfdag_magics.errors import MachineError

from .fakes import FakeEngine

GRAPH = (
    "CREATE TASK r AS CALL r()",
    "CREATE TASK a AFTER r AS CALL a()",
    "CREATE TASK b AFTER r AS CALL b()",
    "CREATE TASK c AFTER a, b WHEN SYSTEM$GET_PREDECESSOR_RETURN_VALUE('A') = 'a' AS CALL c()",
    "CREATE TASK f FINALIZE = r AS CALL f()",
    "ALTER TASK f RESUME",
    "ALTER TASK c RESUME",
    "ALTER TASK b RESUME",
    "ALTER TASK a RESUME",
)
#: Commits of a run of GRAPH at most: one for EXECUTE, one or two for each task.
COMMITS = 9


class Body:
    """Counts its runs and sets its name as return value."""

    def __init__(self, name, counts):
        self.name, self.counts = name, counts

    def __call__(self, session):
        self.counts[self.name] += 1
        session.ask("SYSTEM$SET_RETURN_VALUE", self.name)


def bodies(counts):
    return {name: Body(name, counts) for name in "rabcf"}


class CrashingRunLog(RunLog):
    """After `good` commits nothing reaches the disk any more, as when the process was killed."""

    good = 10**9
    is_dead = False

    def write(self, batch):
        if self.good <= 0:
            self.is_dead = True
            raise MachineError("the process is dead")
        self.good -= 1
        super().write(batch)


class FullDiskRunLog(RunLog):
    """Only the n-th commit from now fails."""

    fails_in = 10**9

    def write(self, batch):
        self.fails_in -= 1
        if self.fails_in == 0:
            raise MachineError("the disk is full")
        super().write(batch)


def opened(path, kind, **options):
    """An engine over a run log of this kind, and that run log."""
    logs = []

    def open_runlog(file):
        logs.append(kind(file))
        return logs[-1]

    return FakeEngine(path, open_runlog=open_runlog, try_again_s=0, **options), logs


@pytest.mark.parametrize("commits", range(COMMITS))
def test_killed_at_a_commit_the_run_goes_on_and_nothing_that_ended_runs_again(tmp_path, commits):
    counts = Counter()
    engine, logs = opened(tmp_path, CrashingRunLog, bodies=bodies(counts))
    engine.sql(*GRAPH)
    logs[0].good = commits
    was_acknowledged = True
    try:
        engine.sql("EXECUTE TASK r")
        engine.wait_until(lambda: logs[0].is_dead or not engine.service.runs_in_flight())
    except SqlError:
        was_acknowledged = False
    engine.close()
    ended_before = {row["NAME"].lower() for row in _rows(tmp_path) if row["STATE"] == "SUCCEEDED"}
    before = Counter(counts)

    engine, _logs = opened(tmp_path, RunLog, bodies=bodies(counts))
    engine.wait_for_runs()
    rows = engine.history()
    engine.close()

    if not was_acknowledged:
        assert rows == []
        return
    assert {row["NAME"]: row["STATE"] for row in rows} == dict.fromkeys("RABCF", "SUCCEEDED")
    assert all(counts[name] == before[name] for name in ended_before)
    assert all(counts[name] <= 2 for name in counts)
    assert_replay_gives_the_shown_state(tmp_path)


@pytest.mark.parametrize("commit", range(1, COMMITS + 1))
def test_a_disk_that_is_full_once_delays_and_repeats_nothing(tmp_path, commit):
    counts = Counter()
    engine, logs = opened(tmp_path, FullDiskRunLog, bodies=bodies(counts))
    engine.sql(*GRAPH)
    logs[0].fails_in = commit
    if commit == 1:
        with pytest.raises(SqlError, match="the disk is full"):
            engine.sql("EXECUTE TASK r")
    engine.run()
    assert engine.states() == dict.fromkeys("RABCF", "SUCCEEDED")
    engine.close()
    assert counts == Counter("rabcf")
    assert_replay_gives_the_shown_state(tmp_path)


def test_a_create_that_could_not_be_remembered_has_not_happened(tmp_path):
    engine, logs = opened(tmp_path, FullDiskRunLog)
    logs[0].fails_in = 1
    with pytest.raises(SqlError, match="the disk is full"):
        engine.sql("CREATE TASK r AS SELECT 1")
    assert engine.sql("SHOW TASKS") == []
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.close()


class WatchedRunLog(RunLog):
    """Keeps of every commit what it told, and how SQLite was told to make it durable."""

    def __init__(self, path):
        super().__init__(path)
        self.commits = []

    def write(self, batch):
        super().write(batch)
        ((level,),) = self._writer.execute("PRAGMA synchronous").fetchall()
        told = {event.kind for event in batch.events}
        told |= {type(change).__name__ for change in batch.catalogue}
        told |= {"an end" for record in batch.records if is_end(record)}
        self.commits.append((told, {1: "NORMAL", 2: "FULL"}[level]))


def is_end(record):
    return not isinstance(record, RootRecord) and record.state.is_final


def test_only_what_is_begun_does_not_wait_for_the_disk(tmp_path):
    engine, logs = opened(tmp_path, WatchedRunLog, bodies=bodies(Counter()))
    engine.sql(*GRAPH, "ALTER TASK r SET SCHEDULE = '10 MINUTES'", "ALTER TASK r RESUME")
    engine.clock.advance(timedelta(minutes=10))
    engine.service._loop.wake()
    engine.wait_until(lambda: len(engine.history()) >= 5)
    engine.wait_for_runs()
    engine.sql("EXECUTE TASK r")
    engine.wait_for_runs()
    engine.close()
    begun = {"Tick", "ConditionEvaluated", "Checkpoint"}
    levels = {level for told, level in logs[0].commits if told - begun}
    assert levels == {"FULL"}
    assert {level for told, level in logs[0].commits if not told - begun} == {"NORMAL"}


def _rows(path):
    runlog = RunLog(path / "runs.sqlite")
    try:
        return [
            {"NAME": row["name"], "STATE": row["state"]}
            for row in runlog.rows("SELECT name, state FROM task_runs")
        ]
    finally:
        runlog.close()


def assert_replay_gives_the_shown_state(path):
    runlog = RunLog(path / "runs.sqlite")
    replay = replayed(runlog)
    assert replay.history.graph_runs
    assert replay.differences() == []
    replay.history.check_finalizers()
    runlog.close()
