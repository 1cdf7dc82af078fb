"""The run log as a file: what is written is there, all or nothing, private, and found by index."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, TaskRunRecord
from sfdag_magics.engine.store.runlog import (
    Batch,
    LoggedEvent,
    RemovedTask,
    RunLog,
    StoredTask,
    StoredVersion,
)
from sfdag_magics.engine.store.runlog_history import (
    GraphRunQuestion,
    TaskRunQuestion,
    begun_again,
    begun_with,
    graph_runs,
    return_value,
    task_runs,
)
from sfdag_magics.engine.store.runlog_readers import Readers
from sfdag_magics.engine.store.runlog_rows import upserts
from sfdag_magics.errors import MachineError
from sfdag_magics.graph.states import GraphRunState, TaskState

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.sqlite"


@pytest.fixture
def runlog(path):
    runlog = RunLog(path)
    yield runlog
    runlog.close()


def graph_run(group="g", attempt=1, **values):
    return GraphRunRecord(
        **{
            "group_id": group, "attempt": attempt, "root_id": "root", "version": 1,
            "state": GraphRunState.EXECUTING, "scheduled_from": "EXECUTE_TASK",
            "scheduled_time": NOON, "original_scheduled_time": NOON, **values,
        }
    )  # fmt: skip


def task_run(group="g", attempt=1, name="R", **values):
    return TaskRunRecord(
        **{
            "group_id": group, "attempt": attempt, "name": name, "root_id": "root", "task_id": name,
            "state": TaskState.EXECUTING, "phase": "EXECUTING", "scheduled_time": NOON, **values,
        }
    )  # fmt: skip


VERSION = StoredVersion(
    root_id="root",
    version=1,
    root_name="R",
    database="DB",
    schema="PUBLIC",
    document="{}",
    tasks=(("R", "SELECT 1", None),),
)


def test_records_come_back_as_they_were(path):
    run = graph_run(
        suspended=frozenset({"a", "ü"}), config="{}", is_cancelled=True, next_scheduled_time=NOON
    )
    task = task_run(return_value="v", error_code=1, error_message="é\n", query_start_time=NOON)
    root = RootRecord(root_id="root", version=1, base=NOON, failures={"a": 2}, runs_scheduled=3)
    first = RunLog(path)
    first.write(Batch(catalogue=[VERSION], records=[run, task, root]))
    first.close()
    second = RunLog(path)
    assert second.open_runs() == [(run, [task])]
    assert second.group_runs("g") == [run]
    assert second.roots() == [root]
    assert second.last_run("root") == run
    second.close()


def test_a_record_replaces_the_one_of_the_same_name(runlog):
    runlog.write(Batch(records=[task_run(), task_run(state=TaskState.SUCCEEDED)]))
    assert [task.state for task in runlog.group_tasks("g")] == ["SUCCEEDED"]


def test_a_forgotten_run_leaves_nothing(runlog):
    runlog.write(Batch(records=[graph_run(), task_run()]))
    runlog.write(Batch(forgotten=[("g", 1)]))
    assert runlog.open_runs() == []
    assert runlog.group_tasks("g") == []


def test_the_catalogue_is_kept_by_id(runlog):
    task = StoredTask(task_id="1", database="D", schema="S", name="T", document="{}")
    replaced = StoredTask(task_id="2", database="D", schema="S", name="T", document="[]")
    runlog.write(Batch(catalogue=[task]))
    runlog.write(Batch(catalogue=[RemovedTask(task_id="1"), replaced]))
    assert runlog.tasks() == [replaced]


def test_versions_are_counted(runlog):
    assert runlog.latest_version("root") is None
    runlog.write(Batch(catalogue=[VERSION]))
    assert runlog.latest_version("root") == 1
    assert runlog.version("root", 1) == "{}"
    with pytest.raises(MachineError, match="lacks version 2"):
        runlog.version("root", 2)


def test_events_are_kept_in_order(runlog):
    logged = [LoggedEvent(at=NOON, kind=kind, document="{}") for kind in ("B", "A")]
    runlog.write(Batch(events=logged[:1]))
    runlog.write(Batch(events=logged[1:]))
    assert list(runlog.events()) == logged


def test_a_batch_is_written_whole_or_not_at_all(runlog):
    runlog.write(Batch(catalogue=[VERSION]))
    with pytest.raises(MachineError, match="cannot be written"):
        runlog.write(Batch(catalogue=[VERSION], records=[graph_run()]))  # the version is there
    with pytest.raises(MachineError):
        runlog.write(Batch(records=[graph_run(), graph_run(root_id=None)]))
    assert runlog.group_runs("g") == []


def task(name):
    return StoredTask(task_id=name, database="D", schema="S", name=name, document="{}")


def filled_up(runlog):
    """The disk is full as SQLite sees it, until `max_page_count` is raised."""
    (pages,) = runlog._writer.execute("PRAGMA page_count").fetchone()
    runlog._writer.execute(f"PRAGMA max_page_count = {pages}")
    return Batch(
        catalogue=[task("half")],
        records=[graph_run("half"), task_run("half", return_value="x" * 1_000_000)],
    )


def known_version(runlog):
    """A write that breaks a constraint, after one that does not."""
    runlog.write(Batch(catalogue=[VERSION]))
    return Batch(catalogue=[task("half"), VERSION])


@pytest.mark.parametrize("refused", [filled_up, known_version])
def test_a_write_that_sqlite_refuses_leaves_the_log_usable(runlog, refused):
    batch = refused(runlog)
    for _again in range(2):
        with pytest.raises(MachineError, match=r"cannot be written: (database or disk|UNIQUE)"):
            runlog.write(batch)
    runlog._writer.execute("PRAGMA max_page_count = 1000000")
    runlog.write(Batch(catalogue=[task("next")], records=[graph_run("next")]))
    assert [stored.task_id for stored in runlog.tasks()] == ["next"]
    assert [run.group_id for run, _tasks in runlog.open_runs()] == ["next"]


@pytest.mark.parametrize(("is_begun_only", "level"), [(False, "FULL"), (True, "NORMAL")])
def test_sqlite_is_told_to_wait_for_the_disk_unless_all_is_only_begun(runlog, is_begun_only, level):
    runlog.write(Batch(records=[graph_run()], is_begun_only=not is_begun_only))
    told: list[str] = []
    runlog._writer.set_trace_callback(told.append)
    runlog.write(Batch(records=[graph_run()], is_begun_only=is_begun_only))
    assert told[:2] == [f"PRAGMA synchronous = {level}", "BEGIN IMMEDIATE"]
    assert told[-1] == "COMMIT"
    assert not [text for text in told[2:] if "PRAGMA" in text]


def test_other_users_cannot_read_it(path, runlog):
    runlog.write(Batch(records=[graph_run()]))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_link_in_its_place_is_refused(path):
    path.symlink_to(path.parent / "elsewhere")
    with pytest.raises(MachineError, match="cannot be used"):
        RunLog(path)


def test_a_newer_file_is_refused_by_its_version(path):
    RunLog(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MachineError, match=r"newer version.*format 99"):
        RunLog(path)


def test_a_file_that_is_no_run_log_is_refused(path):
    path.write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(MachineError, match="cannot be used"):
        RunLog(path)


def test_a_task_that_was_cut_off_is_told_before_it_runs_again(runlog):
    tasks = [
        task_run(name="RUNS", starts=1),
        task_run(name="WAITS", phase="QUEUED", state=TaskState.SCHEDULED),
        task_run(name="CUT_OFF", phase="QUEUED", state=TaskState.SCHEDULED, starts=1),
        task_run(name="RUNS_AGAIN", starts=2),
        task_run("other", name="ELSEWHERE", starts=2),
    ]
    runlog.write(Batch(records=[graph_run(), graph_run("other"), *tasks]))
    assert sorted(begun_again(runlog, "g")) == [[1, "CUT_OFF"], [1, "RUNS_AGAIN"]]


def test_a_run_that_has_begun_is_found_by_its_config_and_root(runlog):
    said = {"config": '{"run": "token"}'}
    runlog.write(
        Batch(
            records=[
                graph_run("waits", state=GraphRunState.SCHEDULED, waits="turn", **said),
                graph_run("goes", state=GraphRunState.EXECUTING, **said),
                graph_run("elsewhere", root_id="other", state=GraphRunState.SUCCEEDED, **said),
                graph_run("without"),
            ]
        )
    )
    asked = [("root", "token"), ("other", "token"), ("root", "nobody"), ("none", "token")]
    assert [begun_with(runlog, *each) for each in asked] == ["goes", "elsewhere", None, None]


def test_the_return_value_is_the_latest_attempts_that_succeeded(runlog):
    done = {"state": TaskState.SUCCEEDED, "phase": "SUCCEEDED"}
    runlog.write(
        Batch(
            records=[
                task_run(attempt=1, return_value="first", **done),
                task_run(attempt=2, state=TaskState.FAILED),
                task_run(attempt=3, return_value="third", **done),
            ]
        )
    )
    assert return_value(runlog, "g", 2, "R") == "first"
    assert return_value(runlog, "g", 3, "R") == "third"
    assert return_value(runlog, "g", 3, "X") is None


def test_history_is_answered_newest_first(runlog):
    runlog.write(
        Batch(
            catalogue=[VERSION],
            records=[
                record
                for number in range(5)
                for record in (
                    graph_run(f"g{number}", state=GraphRunState.SUCCEEDED,
                              completed_time=NOON + number * DAY),
                    task_run(f"g{number}", scheduled_time=NOON + number * DAY),
                )
            ],
        )
    )  # fmt: skip
    question = TaskRunQuestion(start=NOON + DAY, end=NOON + 3 * DAY, limit=2, task_name="r")
    assert [row["group_id"] for row in task_runs(runlog, question)] == ["g3", "g2"]
    complete = GraphRunQuestion(limit=10, complete_since=NOON + 3 * DAY)
    assert [row["group_id"] for row in graph_runs(runlog, complete)] == ["g4", "g3"]


QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "one graph": {"root_id": "root"},
    "one task": {"task_name": "R"},
    "one run by its config": {"task_name": "R", "root_id": "root", "config_part": "token"},
    "what failed": {"errors_only": True},
    "one schema": {"database": "DB", "schema": "PUBLIC"},
}


class Plans(RunLog):
    """Answers with SQLite's plan instead of the rows."""

    def rows(self, sql, values=()):
        return super().rows(f"EXPLAIN QUERY PLAN {sql}", values)


@pytest.mark.parametrize("case", QUESTIONS)
def test_task_runs_are_found_by_index_and_never_sorted(path, case):
    plans = Plans(path)
    question = TaskRunQuestion(start=NOON, end=NOON + DAY, limit=100, **QUESTIONS[case])
    plan = [row["detail"] for row in task_runs(plans, question)]
    plans.close()
    assert not [step for step in plan if step.startswith("SCAN")], plan
    assert not [step for step in plan if "TEMP B-TREE FOR ORDER BY" in step], plan


@pytest.mark.parametrize("since", [None, NOON])
def test_graph_runs_are_found_by_index(path, since):
    plans = Plans(path)
    plan = [
        row["detail"] for row in graph_runs(plans, GraphRunQuestion(limit=9, complete_since=since))
    ]
    plans.close()
    assert any("INDEX graph_runs_" in step for step in plan), plan


BY_GROUP: dict[str, dict[str, Any]] = {
    "alone": {"group_ids": ["g"]},
    "with others": {"group_ids": ["g", "h", "i"], "root_id": "root"},
    "of a graph": {"group_ids": ["g"], "root_id": "root"},
    "of a task": {"group_ids": ["g"], "task_name": "R"},
    "what failed": {"group_ids": ["g"], "errors_only": True},
    "by its beginning": {"group_start": "g", "root_id": "root", "task_name": "R"},
}


@pytest.mark.parametrize("case", BY_GROUP)
def test_the_task_runs_of_a_group_are_found_by_its_id(path, case):
    plans = Plans(path)
    question = TaskRunQuestion(start=NOON, end=NOON + DAY, limit=100, **BY_GROUP[case])
    plan = [row["detail"] for row in task_runs(plans, question)]
    plans.close()
    assert any("SEARCH t USING INDEX" in step and "(group_id" in step for step in plan), plan
    assert any("SEARCH v USING COVERING INDEX versions_named" in step for step in plan), plan


@pytest.mark.parametrize("groups", [["g"], ["g", "h"]])
@pytest.mark.parametrize("since", [None, NOON])
def test_the_attempts_of_groups_are_found_by_their_ids(path, since, groups):
    plans = Plans(path)
    question = GraphRunQuestion(limit=9, complete_since=since, group_ids=groups)
    plan = [row["detail"] for row in graph_runs(plans, question)]
    plans.close()
    assert any("SEARCH g USING INDEX" in step and "(group_id=?" in step for step in plan), plan


def three_runs(runlog):
    ended = {"state": GraphRunState.SUCCEEDED, "completed_time": NOON}
    groups = ("g1", "g2", "g3")
    records = [record for g in groups for record in (graph_run(g, **ended), task_run(g))]
    runlog.write(Batch(catalogue=[VERSION], records=records))


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("g1", ["g1"]),
        ("g", ["g1", "g2", "g3"]),
        ("G", []),
        ("%", []),
        ("g11", []),
        ("", ["g1", "g2", "g3"]),
    ],
)
def test_runs_are_found_by_the_beginning_of_their_id(runlog, start, found):
    three_runs(runlog)
    question = TaskRunQuestion(start=NOON - DAY, end=NOON + DAY, limit=9, group_start=start)
    assert sorted(row["group_id"] for row in task_runs(runlog, question)) == found


def test_a_run_is_found_by_what_its_config_holds(runlog):
    runs = [graph_run(f"g{number}", config=f'{{"run": "{number}%"}}') for number in range(3)]
    tasks = [task_run(run.group_id) for run in runs]
    runlog.write(Batch(catalogue=[VERSION], records=[*runs, *tasks]))
    question = TaskRunQuestion(start=NOON - DAY, end=NOON + DAY, limit=9, config_part='"1%"')
    assert [row["group_id"] for row in task_runs(runlog, question)] == ["g1"]


def test_attempts_are_found_by_their_group(runlog):
    three_runs(runlog)
    question = GraphRunQuestion(limit=9, complete_since=NOON - DAY, group_ids=["g2", "g1", "other"])
    assert sorted(row["group_id"] for row in graph_runs(runlog, question)) == ["g1", "g2"]


@pytest.mark.parametrize("record", [task_run(), graph_run()])
def test_a_row_that_changes_is_not_entered_again_where_it_is_found(runlog, record):
    ((sql, _values),) = upserts([record])
    inserted, _, updated = sql.partition(" DO UPDATE SET ")
    table = inserted.split("(")[0].split()[-1]
    named = {each.partition(" = ")[0] for each in updated.split(", ")}
    entered = runlog.rows(
        "SELECT info.name FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info"
        " WHERE NOT list.partial",  # those of states: a row comes and goes
        (table,),
    )
    assert entered
    assert named.isdisjoint(row["name"] for row in entered)


def test_who_reads_waits_for_nobody_else_who_reads(path, runlog):
    with closing(Readers(path)) as readers, readers.one() as first, readers.one() as second:
        first.execute("BEGIN")
        assert second.execute("SELECT 1").fetchall() == [(1,)]
    with runlog._readers.one():  # somebody's long question
        assert runlog.rows("SELECT 1 AS one") == [{"one": 1}]


def test_a_connection_that_was_given_back_is_used_again(path, runlog):
    with closing(Readers(path)) as readers:
        with readers.one() as first:
            pass
        with readers.one() as again:
            assert again is first


def test_a_log_that_is_closed_is_not_read(path, runlog):
    readers = Readers(path)
    with readers.one() as used:
        readers.close()
        assert used.execute("SELECT 1").fetchall() == [(1,)]
    with pytest.raises(sqlite3.ProgrammingError):
        used.execute("SELECT 1")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"), readers.one():
        pass
