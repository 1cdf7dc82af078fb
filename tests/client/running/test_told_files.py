"""What the tasks of a run told meanwhile, found on the stage by the client."""

import json
from dataclasses import replace

import pytest

from sfdag_magics.client.observing.deployed import marked_comment
from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import BackendError
from tests.client.rows import START
from tests.client.told import GRAPH, graph_row, history_row, run_that_goes

RUNS = "@DB.S.SFDAG_CODE/g$runs/group-1/"


@pytest.fixture
def fake(fake):
    mark = {"archive": "@DB.S.SFDAG_CODE/g/ab12.zip", "tells": True}
    procedure = {"sql": "", "comment": marked_comment(None, mark), "created_on": fake.now}
    fake.procedures["G$RUN"] = procedure
    fake.has_stage = True
    return fake


def begin(seconds):
    return round((START.timestamp() + seconds) * 1000)


def tells(fake, task, seconds, done=None, *, of=4, shows=()):
    start = f"{RUNS}{task}.{begin(seconds)}."
    if done is not None:
        told = {"done": done, "of": of, "text": "", "made": ""}
        fake.files[f"{start}progress.json"] = json.dumps(told).encode()
    for number, name in enumerate(shows):
        told = {"name": name, "kind": "text", "text": name, "number": number}
        fake.files[f"{start}shown-{name}-abc.json"] = json.dumps(told).encode()


def gets(fake):
    return [text for text in fake.statements if text.startswith("GET")]


def test_progress_is_seen_while_a_task_runs_and_read_again_only_when_it_changed(fake):
    run = run_that_goes(fake)
    tells(fake, "a", 1.5, 1)
    assert run.refresh().tasks["a"].progress == Progress(done=1, of=4)
    run.refresh()
    assert len(gets(fake)) == 1
    tells(fake, "a", 1.5, 2)
    assert run.refresh().tasks["a"].progress == Progress(done=2, of=4)
    assert len(gets(fake)) == 2


def test_progress_is_seen_where_the_runs_own_rows_say_nothing_new(fake):
    fake.news = "1"
    run = run_that_goes(fake)
    first = run.refresh()
    assert run.refresh() is first
    tells(fake, "a", 1.5, 3)
    assert run.refresh().tasks["a"].progress == Progress(done=3, of=4)
    assert run.snapshot.tasks["a"].progress == Progress(done=3, of=4)


def test_a_run_that_is_over_is_asked_once_and_keeps_its_last(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SUCCEEDED", seconds=1)
    graph_row(fake, "SUCCEEDED")
    tells(fake, "a", 1, 4, shows=["roc"])
    run = Run(fake, GRAPH, group_id="group-1")
    for _ in range(3):
        task = run.refresh().tasks["a"]
        assert (task.progress, task.shown) == (Progress(done=4, of=4), 1)
    assert len([text for text in fake.statements if text.startswith("LIST")]) == 1


def two_attempts(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SUCCEEDED", seconds=1)
    history_row(fake, "b", "FAILED", seconds=10)
    history_row(fake, "b", "SUCCEEDED", seconds=20, attempt=2)
    for row in fake.history[1:]:
        row["COMPLETED_TIME"] = row["SCHEDULED_TIME"].replace(
            second=row["SCHEDULED_TIME"].second + 1
        )
    graph_row(fake, "FAILED")
    graph_row(fake, "SUCCEEDED", attempt=2)
    tells(fake, "a", 1.5, 1, shows=["roc"])
    tells(fake, "b", 10.2, 2, shows=["first"])
    tells(fake, "b", 20.3, 3, shows=["second", "more"])
    return Run(fake, GRAPH, group_id="group-1")


def test_each_attempt_has_what_it_showed_and_a_kept_task_what_the_first_did(fake):
    run = two_attempts(fake)
    assert [each.name for each in run.shown("b")] == ["second", "more"]
    assert [(each.name, each.attempt) for each in run.shown("b", attempt=1)] == [("first", 1)]
    assert [(each.name, each.attempt) for each in run.shown("a")] == [("roc", 1)]
    assert run.tasks["b"].shown == 2


def test_rocn_execution_that_began_anew_the_last_counts(fake):
    run = run_that_goes(fake)
    tells(fake, "a", 1.5, 3, shows=["cut"])
    tells(fake, "a", 9, 1)
    task = run.refresh().tasks["a"]
    assert (task.progress, task.shown) == (Progress(done=1, of=4), 0)


def test_the_services_clocks_may_be_apart_and_the_engines_is_one(fake):
    run = run_that_goes(fake)
    tells(fake, "a", 0.2, 3)
    assert run.refresh().tasks["a"].progress is None
    fake.is_embedded = False
    assert run.refresh().tasks["a"].progress == Progress(done=3, of=4)


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "a.progress.json",
        f"a.{begin(2)}.progress.json.tmp",
        f"a.{begin(2)}.shown-<script>.json",
        f"zz.{begin(2)}.progress.json",
        f"a.{'9' * 40}.progress.json",
    ],
)
def test_files_of_others_are_left_alone(fake, name):
    run = run_that_goes(fake)
    fake.files[f"{RUNS}{name}"] = b"{}"
    task = run.refresh().tasks["a"]
    assert (task.progress, task.shown) == (None, 0)
    assert gets(fake) == []


def test_nothing_is_asked_where_no_task_has_the_context(fake):
    fake.procedures["G$RUN"]["comment"] = marked_comment(None, {"archive": "@DB.S.SFDAG_CODE/g/a"})
    run = run_that_goes(fake)
    run.refresh()
    run.refresh()
    assert [text for text in fake.statements if text.startswith("LIST")] == []
    assert len([text for text in fake.statements if text.startswith("SHOW PROC")]) == 1


@pytest.mark.parametrize("is_embedded", [True, False])
def test_what_was_shown_is_found_after_its_graph_is_gone(fake, is_embedded):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SUCCEEDED", seconds=1)
    graph_row(fake, "SUCCEEDED")
    tells(fake, "a", 1, shows=["roc"])
    fake.procedures, fake.is_embedded = {}, is_embedded
    run = Run(fake, replace(GRAPH, tasks={}, mark={}), group_id="group-1")
    assert [each.name for each in run.shown("a")] == (["roc"] if is_embedded else [])
    fake.has_stage = False
    assert run.shown("a") == ()


@pytest.mark.parametrize("word", ["LIST", "SHOW PROCEDURES"])
def test_a_refusal_is_no_reason_not_to_show_the_run(fake, word):
    run = run_that_goes(fake)
    tells(fake, "a", 1.5, 1)
    fake.refuse[word] = BackendError("not authorized")
    assert run.refresh().tasks["a"].state == "running"
    assert run.refresh().tasks["a"].progress is None
