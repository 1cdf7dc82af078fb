"""Waiting for a run, and what it gave."""

import threading
from types import SimpleNamespace

import pytest

from sfdag_magics.client.running import waiting
from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import (
    NoSuchTaskError,
    RunFailedError,
    StillGoingError,
)
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.rows import START
from tests.client.told import (
    GRAPH,
    asked_for,
    executable,
    going,
    graph_row,
    history_row,
    queued,
    run_that_failed,
)


def test_waiting_tells_each_change_and_ends_with_the_run(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    seen = []

    def go_on(snapshot):
        seen.append({name: task.state.value for name, task in snapshot.tasks.items()})
        fake.history[-1].update(STATE="FAILED", COMPLETED_TIME=START)
        fake.graphs[-1]["STATE"] = "FAILED"

    run.wait(on_change=go_on)
    assert seen == [
        {"a": "running", "b": "pending", "c": "pending"},
        {"a": "failed", "b": "blocked", "c": "blocked"},
    ]


def test_waiting_with_a_deadline_says_that_it_gave_up(fake):
    history_row(fake, "g", "EXECUTING")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    for given_up in (run.wait, run.result):
        with pytest.raises(StillGoingError, match=r"is still going after 0 s: waiting for a\b"):
            given_up(timeout=0)
    assert run.snapshot.tasks["a"].state == "running"


@pytest.mark.parametrize("on_change", [None, lambda seen: None])
@pytest.mark.parametrize(
    ("is_embedded", "hint"), [(True, "sfdag local status"), (False, "%sfdag target")]
)
def test_a_wait_gives_up_in_time_where_nothing_answers(
    fake, is_embedded, hint, on_change, monkeypatch
):
    going(fake)
    fake.is_embedded = is_embedded
    answers = threading.Event()
    monkeypatch.setattr(fake, "rows", lambda _: answers.wait(30))
    for name in ("_EMBEDDED_ANSWER_S", "_SNOWFLAKE_ANSWER_S"):
        monkeypatch.setattr(waiting, name, 0.01)
    run = Run(fake, GRAPH, group_id="group-1")
    with pytest.raises(StillGoingError, match=r"run group-1 of g is .* 0\.01 s: fake") as raised:
        run.wait(0.01, on_change=on_change)
    assert (raised.value.hint or "").startswith(hint)
    assert not answers.is_set()
    answers.set()


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_where_an_answer_is_late_a_wait_says_what_is_known(fake, timeout, monkeypatch):
    going(fake)
    run = Run(fake, GRAPH, group_id="group-1")
    run.refresh()
    answers = threading.Event()
    monkeypatch.setattr(fake, "rows", lambda _: answers.wait(30))
    monkeypatch.setattr(waiting, "_EMBEDDED_ANSWER_S", 0.02)
    fake.ended = b"another"
    with pytest.raises(StillGoingError) as raised:
        run.wait(timeout)
    assert raised.value.message == (
        f"run group-1 of g is still going after {timeout:g} s, as it was last seen, waiting for a:"
        " fake · DB.S has not answered for 0.02 s"
    )
    answers.set()


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_wait_is_over_when_its_time_is_and_not_a_pause_later(fake, is_embedded, monkeypatch):
    going(fake)
    fake.is_embedded = is_embedded
    run, waited = Run(fake, GRAPH, group_id="group-1"), []
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: sum(waited)))
    monkeypatch.setattr(waiting, "rest", lambda *_, least_s, most_s: waited.append(most_s))
    with pytest.raises(StillGoingError):
        run.wait(timeout=7)
    assert (sum(waited), min(waited) > 0) == (pytest.approx(7), True)


@pytest.mark.parametrize(
    ("on_change", "ended_by"), [(None, b"end"), (lambda seen: None, b"change")]
)
def test_who_is_told_of_no_change_looks_when_a_run_ends(fake, on_change, ended_by, monkeypatch):
    going(fake)
    fake.stirred, fake.ended = b"change", b"end"
    hints = []

    def rest(_ended, last, before, **_times):
        hints.append((before, last()))
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "rest", rest)
    with pytest.raises(KeyboardInterrupt):
        Run(fake, GRAPH, group_id="group-1").wait(on_change=on_change)
    assert hints == [(ended_by, ended_by)]


def test_a_wait_that_begins_behind_a_look_asks_again_when_a_run_has_ended(fake, monkeypatch):
    going(fake)
    fake.ended = b"1"
    run = Run(fake, GRAPH, group_id="group-1")
    run.refresh()
    asked = [fake.calls]

    def rest(*_args, **_times):
        asked.append(fake.calls)
        if len(asked) == 2:
            return False  # half a second
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "rest", rest)
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    first, at_once, later = asked
    assert first == at_once < later

    fake.ended = b"2"
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert asked[-1] > later


@pytest.mark.parametrize(("ended", "looks"), [(b"1", 0), (b"2", 1)])
def test_a_run_that_was_seen_to_begin_is_looked_at_when_a_run_has_ended(
    fake, ended, looks, monkeypatch
):
    executable(fake)
    fake.news, fake.ended = "1", b"1"
    run = start_run(fake, GRAPH)
    fake.ended = ended
    asked = []

    def rest(*_args, **times):
        asked.append((len(list(asked_for(fake))), times["most_s"]))
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "rest", rest)
    with pytest.raises(KeyboardInterrupt):
        run.wait(timeout=0.25)
    assert asked == [(looks, pytest.approx(0.25, abs=0.2))]


def test_a_run_that_was_seen_to_begin_is_looked_at_before_a_wait_gives_up(fake):
    executable(fake)
    fake.news, fake.ended = "1", b"1"
    with pytest.raises(StillGoingError, match="is still going after 0 s"):
        start_run(fake, GRAPH).wait(timeout=0)


def test_a_result_is_what_succeeded(fake):
    history_row(fake, "g", "SUCCEEDED")
    for name in "abc":
        history_row(fake, name, "SUCCEEDED")
    graph_row(fake, "SUCCEEDED")
    assert Run(fake, GRAPH, group_id="group-1").result().state == "SUCCEEDED"


def test_there_is_no_result_of_what_failed(fake):
    with pytest.raises(RunFailedError, match=r"run group-1 of g failed\n✕ b failed.*1 other was"):
        run_that_failed(fake).result()


def test_there_is_no_result_of_what_never_began(fake):
    going(fake)
    run = queued(fake)
    run.refresh()
    fake._cancel_run("'group-2'")
    with pytest.raises(RunFailedError, match=r"^run group-2 of g ended before it began$"):
        run.result()


def test_a_run_that_stands_still_says_what_it_waits_for(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SCHEDULED", QUERY_START_TIME=None, COMPLETED_TIME=None)
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    fake.waits_for = "Python is warming up"
    assert run.refresh().note == "waits: Python is warming up"
    fake.waits_for = None
    assert run.refresh().note == ""


def test_what_a_run_waits_for_is_asked_only_while_nothing_runs(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    Run(fake, GRAPH, group_id="group-1").refresh()
    assert not any("WAITS_FOR" in statement for statement in fake.statements)


class BeginsMeanwhile(FakeSnowflake):
    """What is queued begins after each question for states."""

    def _task_graphs(self, sql):
        found = [dict(row) for row in super()._task_graphs(sql)]
        for row in self.graphs:
            row["STATE"] = "EXECUTING"
        return found


def test_a_run_that_begins_while_it_is_looked_at_does_not_wait_behind_itself():
    run = queued(BeginsMeanwhile())
    assert (run.refresh().state, run.snapshot.note) == ("SCHEDULED", "")


def test_a_task_that_a_run_does_not_have_is_named_with_those_that_it_has(fake):
    run = run_that_failed(fake)
    for asked in (lambda: run.tasks["nope"], lambda: run.logs("nope"), lambda: run.why("nope")):
        with pytest.raises(NoSuchTaskError) as raised:
            asked()
        assert str(raised.value) == (
            "'nope' is not a task of run group-1 of g\n  next: one of: a, b, c"
        )
    assert isinstance(raised.value, KeyError)
    assert (run.tasks.get("nope"), "nope" in run.tasks, [*run.tasks]) == (None, False, [*"abc"])
    assert run.tasks == {name: run.tasks[name] for name in "abc"}
