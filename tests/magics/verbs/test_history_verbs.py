"""`why`, `logs`, `runs` and `stop`: what is told of a run, and which run is meant."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.running.cancelled import Cancelled
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics.kernel.interrupted import Interrupted
from sfdag_magics.magics.showing.records import cause_record
from tests.magics.scenes import failed_run, restarted, two_tasks


def test_why_explains_the_first_failure(notebook):
    failed_run(notebook)
    said = notebook.run("%sfdag why")
    assert "✕ b failed (Cell [3] b, line 2): nothing else was kept from running" in said
    assert repr(notebook.value) == "RootCause(run group-1 of g: b)"
    # As the run itself said it; of an earlier run, a retry would continue another one.
    assert "\n  next: correct the cell, run it, then %sfdag retry" in said
    assert "next:" not in notebook.run("%sfdag why --run group-1")
    assert "next:" not in notebook.run("%sfdag why a")


def test_why_tells_the_sql_that_was_edited_since_the_last_success(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    for row in notebook.fake.history:
        row["SCHEDULED_TIME"] -= timedelta(hours=1)
    notebook.run("%%sftask b --sql --after a\nselect 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError, match="changed since the last success: SQL of b"):
        notebook.run("%sfdag run")


def test_logs_are_read_by_query_id(notebook):
    failed_run(notebook)
    notebook.fake.events["q-G$B"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "x", "MESSAGE": "loss 0.5"},
        {"TIMESTAMP": None, "SEVERITY": "WARN", "LOGGER": "x", "MESSAGE": "late"},
    ]
    assert notebook.run("lines = %sfdag logs B --grep loss") == "INFO  loss 0.5\n"
    assert repr(notebook.names["lines"]) == "<1 line of b>"
    assert notebook.run("lines = %sfdag logs b --last 1") == "WARN  late\n"
    with pytest.raises(InputError, match="'c' is not a task of run"):
        notebook.run("%sfdag logs c")


LIBRARY = '  File "/x/site-packages/pandas/frame.py", line 4, in get'
RAISED = f"""Traceback (most recent call last):
  File "Cell [3] b", line 2, in b
    frame["x"]
{LIBRARY}
    return self[key]
KeyError: 'x'"""


def test_the_calls_of_libraries_are_folded_and_stand_in_the_log(notebook):
    notebook.fake.error = RAISED
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError) as failed:
        notebook.run("%sfdag run")
    for said in (str(failed.value), notebook.run("cause = %sfdag why")):
        assert "  … 1 call in pandas\n" in said
        assert "  the whole traceback: %sfdag logs b" in said
        assert LIBRARY not in said
    assert notebook.run("lines = %sfdag logs b").endswith(f"{RAISED}\n")
    assert LIBRARY not in notebook.run("lines = %sfdag logs b --last 3")


def test_runs_lists_the_newest_first(notebook):
    failed_run(notebook)
    notebook.run("%sfdag run")
    said = notebook.run("%sfdag runs --stats")
    assert "failed: b" in said
    assert "1 of 2 succeeded" in said
    found = json.loads(notebook.run("found = %sfdag runs --json --last 1"))
    assert len(found) == 1


def test_why_as_json_tells_the_sql_and_who_cancelled_as_its_text_does():
    cancelled = Cancelled(by="ANA", at=datetime(2026, 11, 23, 5, tzinfo=UTC))
    record = cause_record(RootCause(run="r", task=None, sql="SELECT 1", cancelled=cancelled))
    assert record["sql"] == "SELECT 1"
    assert record["cancelled"] == {"by": "ANA", "at": "2026-11-23T05:00:00+00:00"}
    record = cause_record(RootCause(run="r", task=None))
    assert (record["sql"], record["cancelled"]) == (None, None)


def test_logs_as_json_are_records(notebook):
    failed_run(notebook)
    notebook.fake.events["q-G$B"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "x", "MESSAGE": "loss 0.5"}
    ]
    (record,) = json.loads(notebook.run("x = %sfdag logs b --json"))
    said = {"severity": "INFO", "logger": "x", "message": "loss 0.5"}
    assert record == {"task": "b", "time": None, **said}


def test_a_run_can_be_named_by_the_start_of_its_id(notebook):
    failed_run(notebook)
    assert "run group-1 · " in notebook.run("%sfdag status #group")
    with pytest.raises(InputError, match="no run 'zzz'"):
        notebook.run("%sfdag status zzz")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("status group-1", "g: Failed 2/2"),
        ("why --run group", "✕ b failed"),
        ("retry group-1 --preview", "of g"),
    ],
)
def test_a_run_is_found_by_its_id_whatever_graph_is_current(notebook, line, said):
    failed_run(notebook)
    notebook.run("%sfdag graph other")
    assert said in notebook.run(f"%sfdag {line}")
    with pytest.raises(InputError, match="'nope' is not a task of run group-1 of g"):
        notebook.run("%sfdag logs nope --run group-1")


def test_another_kernel_finds_the_run_in_the_history(notebook):
    failed_run(notebook)
    notebook.magics.desk.workspace.places._places.clear()
    assert "run group-1 · " in notebook.run("%sfdag status")


def test_stop_asks_unless_told(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag run --no-wait --no-widget")
    with pytest.raises(InputError, match="nobody can answer: cancel run"):
        notebook.run("%sfdag stop")
    notebook.run("%sfdag stop --yes")
    assert "is over" in notebook.run("%sfdag stop")


def test_why_answers_at_once_while_the_run_is_going(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    notebook.fake.graphs[-1]["STATE"] = "EXECUTING"
    notebook.fake._go_on = lambda: None
    assert "nothing failed so far; it is still going" in notebook.run("cause = %sfdag why")


@pytest.mark.parametrize("line", ["run --wait", "retry", "status", "deploy --yes", "logs b"])
def test_an_interrupt_of_a_verb_that_waits_is_one_line_without_frames(notebook, monkeypatch, line):
    failed_run(notebook)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(notebook.fake), "rows", interrupted)
    with pytest.raises(Interrupted) as raised:
        notebook.run(f"%sfdag {line}")
    (said,) = raised.value._render_traceback_()
    assert said == (
        f"%sfdag {line.split()[0]} no longer waits; what it began goes on: %sfdag status"
    )


@pytest.mark.parametrize("verb", ["status", "why", "runs", "status --json"])
def test_verbs_say_that_an_engine_ended_in_the_middle_and_what_began_again(notebook, verb):
    notebook.fake.begun_again = [[1, "G$B"]]
    failed_run(notebook)
    restarted(notebook)
    notebook.run("%sfdag graph g")
    said = notebook.run(f"%sfdag {verb}")
    is_json = "--json" in verb
    assert ('"begun_again": [' if is_json else "the engine ended meanwhile: b began again") in said
