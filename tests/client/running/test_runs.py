import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from sfdag_magics.client.observing.history import graph_state
from sfdag_magics.client.observing.recent import groups_named, recent_snapshots
from sfdag_magics.client.running import runs
from sfdag_magics.client.running.runs import Run, start_run
from sfdag_magics.errors import (
    BackendError,
    ConnectError,
    InputError,
    RunFailedError,
    StillGoingError,
)
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.rows import START, deployed

GRAPH = deployed("a -> b -> c")


@pytest.fixture
def fake():
    return FakeSnowflake()


def history_row(fake, name, state, *, attempt=1, group="group-1", seconds=0, **more):
    moment = datetime.fromtimestamp(START.timestamp() + seconds, UTC)
    fake.history.append(
        {
            "NAME": "G" if name == "g" else f"G${name.upper()}",
            "STATE": state,
            "QUERY_ID": f"q-{name}-{attempt}",
            "ERROR_CODE": None,
            "ERROR_MESSAGE": None,
            "SCHEDULED_TIME": moment,
            "QUERY_START_TIME": moment,
            "COMPLETED_TIME": None if state == "EXECUTING" else moment,
            "RETURN_VALUE": None,
            "SCHEDULED_FROM": "EXECUTE_TASK",
            "ATTEMPT_NUMBER": attempt,
            "CONFIG": None,
            "GRAPH_RUN_GROUP_ID": group,
        }
        | more
    )


def graph_row(fake, state, *, attempt=1, group="group-1"):
    fake.graphs.append(
        {
            "STATE": state,
            "ATTEMPT_NUMBER": attempt,
            "GRAPH_RUN_GROUP_ID": group,
            "ROOT_TASK_ID": "root-id",
        }
    )


def run_that_failed(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SUCCEEDED", seconds=1)
    history_row(fake, "b", "FAILED", seconds=2, ERROR_CODE=100357, ERROR_MESSAGE="boom")
    graph_row(fake, "FAILED")
    return Run(fake, GRAPH, group_id="group-1")


def test_a_run_is_found_by_its_token_and_never_as_the_newest(fake):
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}
    run = start_run(fake, GRAPH, config={"n": 1})
    history_row(fake, "g", "EXECUTING", group="newer", seconds=3600)
    assert run.refresh().group_id == "group-1"
    assert dict(run.snapshot.config) == {"n": 1}


def run_that_goes(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING", seconds=1)
    graph_row(fake, "EXECUTING")
    return Run(fake, GRAPH, group_id="group-1")


def test_a_look_that_would_show_nothing_new_is_one_question(fake):
    fake.news = "1"
    run = run_that_goes(fake)
    first = run.refresh()
    del fake.statements[:]

    assert run.refresh() is first
    assert fake.statements == ["SELECT SYSTEM$SFDAG_NEWS('group-1')"]

    history_row(fake, "b", "EXECUTING", seconds=2)
    fake.news = "2"
    assert run.refresh().tasks["b"].state == "running"


def looked_at(fake):
    """A run of which the next looks ask for what has changed."""
    fake.news = "1"
    run = run_that_goes(fake)
    run.refresh()
    fake.news, fake.changed = "2", set()
    del fake.statements[:]
    return run


def asked_for(fake):
    """What was asked for: a state, all rows, or those that have changed since a mark."""
    for text in fake.statements:
        if "TASK_GRAPHS" in text:
            yield "state"
        elif "TASK_HISTORY" in text:
            mark = re.search(r"CHANGED_SINCE => '(\d+)'", text)
            yield "all" if mark is None else f"since {mark[1]}"


def test_only_what_has_changed_is_asked_for_while_a_run_goes(fake):
    run = looked_at(fake)
    fake.history[1]["STATE"] = "SUCCEEDED"
    history_row(fake, "b", "EXECUTING", seconds=2)
    fake.changed = {"G$A", "G$B"}
    seen = run.refresh()
    assert list(asked_for(fake)) == ["since 1"]
    states = {name: task.state.value for name, task in seen.tasks.items()}
    assert states == {"a": "succeeded", "b": "running", "c": "pending"}
    assert seen.state == "EXECUTING"


def test_at_its_end_the_rows_are_asked_for_after_the_state(fake):
    run = looked_at(fake)
    fake.history[1]["STATE"] = "FAILED"
    fake.graphs[0]["STATE"] = "FAILED"
    fake.changed = {"G$A"}
    assert run.refresh().is_over
    assert list(asked_for(fake)) == ["since 1", "state", "since 2"]


def test_where_no_row_has_changed_all_are_asked_for(fake):
    run = looked_at(fake)
    assert run.refresh().tasks["a"].state == "running"
    assert list(asked_for(fake)) == ["since 1", "all"]


def test_a_run_that_is_gone_from_the_history_stays_as_it_was_seen(fake):
    run = looked_at(fake)
    fake.history.clear()
    assert run.refresh().tasks["a"].state == "running"


def test_an_engine_that_tells_no_changes_tells_all_rows(fake):
    run = looked_at(fake)
    fake.lacks = ("CHANGED_SINCE",)
    fake.history[1]["STATE"] = "CANCELLED"
    history_row(fake, "b", "EXECUTING", seconds=2)
    assert run.refresh().tasks["a"].state == "cancelled"
    (asked,) = [text for text in fake.statements if "CHANGED_SINCE" not in text and "NAME," in text]
    assert "GRAPH_RUN_GROUP_ID => 'group-1'" in asked


def test_an_engine_that_knows_one_run_at_a_time_tells_of_several(fake):
    run_that_failed(fake)
    fake.lacks = ("GRAPH_RUN_GROUP_ID",)
    (seen,) = recent_snapshots(fake, GRAPH, last=5)
    assert seen.state == "FAILED"


def test_an_engine_that_knows_of_no_news_is_not_asked_for_them(fake):
    run = run_that_goes(fake)
    run.refresh()
    history_row(fake, "b", "EXECUTING", seconds=2)
    assert run.refresh().tasks["b"].state == "running"
    assert not any("NEWS" in statement for statement in fake.statements)


@pytest.mark.parametrize("lacks", [(), ("GRAPH_RUN_GROUP_ID_START",)])
def test_a_run_is_found_by_the_start_of_its_id_on_an_older_engine_too(fake, lacks):
    run_that_failed(fake)
    history_row(fake, "g", "SUCCEEDED", group="other-2", seconds=9)
    fake.lacks = lacks
    assert groups_named(fake, GRAPH, "gr") == ("group-1",)
    by_index = ["GRAPH_RUN_GROUP_ID_START => 'gr'" in text for text in fake.statements]
    assert by_index == [not lacks]


def test_the_state_of_a_run_is_asked_of_an_older_engine_too(fake):
    run_that_failed(fake)
    fake.lacks = ("GRAPH_RUN_GROUP_ID",)
    assert graph_state(fake, GRAPH, "group-1").state == "FAILED"


def test_beside_a_busy_run_another_is_asked_for_less_and_less(fake, monkeypatch):
    run, rests = run_that_goes(fake), []
    fake.stirred = b"1"

    def told(*_, least_s, most_s):
        rests.append(least_s)
        if len(rests) == 30:
            raise KeyboardInterrupt
        return least_s <= most_s

    monkeypatch.setattr(runs, "rest", told)
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert min(rests) < rests[-1] == runs._EMBEDDED_POLL_S[1]


def test_what_holds_a_run_up_is_asked_for_though_its_rows_stay(fake):
    history_row(fake, "g", "SUCCEEDED")
    graph_row(fake, "EXECUTING")
    fake.news = "1"
    run = Run(fake, GRAPH, group_id="group-1")
    run.refresh()
    fake.waits_for = "Python is warming up"
    assert run.refresh().note == "waits: Python is warming up"


def test_a_run_without_a_row_waits(fake):
    run = Run(fake, GRAPH, token="nobody-has-it")  # noqa: S106 - no secret, a run's mark
    assert (run.group_id, run.state) == (None, "SCHEDULED")
    assert repr(run) == "Run(run (waiting) of g)"


def test_a_snapshot_is_asked_for_once_and_kept(fake):
    run = run_that_failed(fake)
    assert run.state == "FAILED"
    asked = fake.calls
    assert (run.attempt, list(run.tasks), run.group_id) == (1, ["a", "b", "c"], "group-1")
    assert fake.calls == asked
    run.refresh()
    assert fake.calls == asked + 2


def test_what_was_last_seen_stays_when_the_answer_fails(fake):
    run = run_that_failed(fake)
    before = run.refresh()
    fake.break_before = fake.calls + 1
    with pytest.raises(ConnectError):
        run.refresh()
    assert run.snapshot is before


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


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_wait_is_over_when_its_time_is_and_not_a_pause_later(fake, is_embedded, monkeypatch):
    going(fake)
    fake.is_embedded = is_embedded
    run, waited = Run(fake, GRAPH, group_id="group-1"), []
    monkeypatch.setattr(runs, "time", SimpleNamespace(monotonic=lambda: sum(waited)))
    monkeypatch.setattr(runs, "rest", lambda *_, least_s, most_s: waited.append(most_s))
    with pytest.raises(StillGoingError):
        run.wait(timeout=7)
    assert (sum(waited), min(waited) > 0) == (pytest.approx(7), True)


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


def executable(fake):
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}


def test_a_retry_of_the_last_run_says_retry_last_and_shows_the_next_attempt(fake):
    run = run_that_failed(fake)
    executable(fake)
    seen = run.retry()
    assert "EXECUTE TASK DB.S.G RETRY LAST" in fake.statements
    assert (seen.attempt, seen.state) == (2, "EXECUTING")
    assert seen.tasks["a"].state == "reused"
    assert seen.tasks["b"].state == "retrying"


def test_a_run_that_is_due_by_schedule_is_not_the_last_one(fake):
    run = run_that_failed(fake)
    due = {"SCHEDULED_FROM": "SCHEDULE", "QUERY_START_TIME": None}
    history_row(fake, "g", "SCHEDULED", group="due", seconds=3600, **due)
    executable(fake)
    run.retry()
    assert "EXECUTE TASK DB.S.G RETRY LAST" in fake.statements


def test_whoever_knows_the_code_makes_the_retry(fake):
    run_that_failed(fake)
    asked = []

    def retrying(run, *, current_code):
        asked.append((run.group_id, current_code))
        return run.snapshot

    Run(fake, GRAPH, group_id="group-1", retrying=retrying).retry(current_code=False)
    assert asked == [("group-1", False)]
    assert not any("RETRY" in text for text in fake.statements)


def test_automatic_attempts_after_a_retry_are_followed(fake):
    run = run_that_failed(fake)
    executable(fake)
    run.retry()
    for attempt in (2, 3):
        history_row(fake, "b", "FAILED", attempt=attempt, seconds=60 * attempt)
        graph_row(fake, "FAILED", attempt=attempt)
    assert (run.refresh().attempt, run.snapshot.state) == (3, "FAILED")
    assert run.retry().attempt == 4


def test_a_retry_of_an_older_run_names_its_group(fake):
    run = run_that_failed(fake)
    history_row(fake, "g", "SUCCEEDED", group="newer", seconds=3600)
    executable(fake)
    run.retry()
    assert "EXECUTE TASK DB.S.G RETRY GRAPH RUN GROUP 'group-1'" in fake.statements


def test_a_run_that_goes_on_or_succeeded_cannot_be_retried(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    with pytest.raises(InputError, match="still running"):
        run.retry()
    fake.history[-1]["STATE"] = fake.graphs[-1]["STATE"] = "SUCCEEDED"
    with pytest.raises(InputError, match="nothing failed in run group-1 of g"):
        run.retry()


def going(fake, *, group="group-1"):
    history_row(fake, "g", "SUCCEEDED", group=group)
    history_row(fake, "a", "EXECUTING", group=group, QUERY_ID=f"q-a-{group}")
    graph_row(fake, "EXECUTING", group=group)
    return fake.graphs[-1]


class EndsWhenAsked:
    """What a stop says; the run ends after so many looks."""

    def __init__(self, graph, looks=1):
        self.graph, self.left, self.said = graph, looks, []

    def __call__(self, text):
        self.said.append(text)
        self.left -= 1
        if self.left == 0:
            self.graph["STATE"] = "CANCELLED"


def test_stopping_cancels_each_execution_of_this_run_once_and_waits_for_the_end(fake):
    going(fake, group="other")
    says = EndsWhenAsked(going(fake))
    seen = Run(fake, GRAPH, group_id="group-1").stop(say=says)
    assert (seen.state, seen.tasks["a"].state, seen.tasks["b"].state) == (
        "CANCELLED",
        "cancelled",
        "blocked",
    )
    assert fake.cancelled == ["q-a-group-1"]
    assert says.said == ["cancelling a of run group-1 of g"]
    assert [row["STATE"] for row in fake.history if row["GRAPH_RUN_GROUP_ID"] == "other"] == [
        "SUCCEEDED",
        "EXECUTING",
    ]


def test_an_execution_that_takes_its_time_to_end_is_not_cancelled_again(fake):
    going(fake)
    cancelled = []
    fake._cancel_query = cancelled.append
    with pytest.raises(StillGoingError, match=r"still going after 0\.5 s: waiting for a") as raised:
        Run(fake, GRAPH, group_id="group-1").stop(timeout=0.5)
    assert len(cancelled) == 1
    assert raised.value.hint == "%sfdag status group-1"


def test_before_other_runs_are_hit_somebody_is_asked(fake):
    fake.refuses_query_ids = True
    going(fake, group="other")
    graph = going(fake)
    with pytest.raises(InputError, match="run other would be hit too"):
        Run(fake, GRAPH, group_id="group-1").stop(agrees=lambda question: False)
    assert fake.cancelled == []
    asked = []

    def answered(question):
        asked.append(question)
        graph["STATE"] = "CANCELLED"
        return True

    Run(fake, GRAPH, group_id="group-1").stop(agrees=answered)
    assert [(each.text, each.instead) for each in asked] == [
        (
            "cancel run group-1 of g by its tasks' names, which hits run other too",
            "%sfdag stop group-1 --by-name",
        )
    ]


def test_where_query_ids_are_refused_names_are_used_if_no_other_run_is_hit(fake):
    fake.refuses_query_ids = True
    says = EndsWhenAsked(going(fake), looks=2)
    Run(fake, GRAPH, group_id="group-1").stop(say=says)
    assert any("USER_TASK_CANCEL_ONGOING_EXECUTIONS('DB.S.G$A')" in s for s in fake.statements)
    assert "cancelling by name: insufficient privileges" in says.said[1]


def test_other_runs_are_not_hit_before_somebody_wants_that(fake):
    fake.refuses_query_ids = True
    going(fake, group="other")
    says = EndsWhenAsked(going(fake))
    run = Run(fake, GRAPH, group_id="group-1")
    with pytest.raises(InputError, match="run other would be hit too") as raised:
        run.stop()
    assert raised.value.hint == "%sfdag stop group-1 --by-name"
    assert {row["STATE"] for row in fake.history} == {"SUCCEEDED", "EXECUTING"}
    assert run.stop(by_name=True, say=says).state == "CANCELLED"


def test_the_finalizer_is_waited_for_and_not_cancelled(fake):
    graph = deployed("a", finalizer="tidy")
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "CANCELLED")
    history_row(fake, "tidy", "EXECUTING")
    graph_row(fake, "EXECUTING")
    says = EndsWhenAsked(fake.graphs[-1])
    assert Run(fake, graph, group_id="group-1").stop(say=says).is_over
    assert says.said == ["waiting for the finalizer tidy of run group-1 of g"]
    assert fake.cancelled == []


def queued(fake, *, group="group-2", seconds=60):
    row = {"QUERY_START_TIME": None, "COMPLETED_TIME": None, "QUERY_ID": None}
    history_row(fake, "g", "SCHEDULED", group=group, seconds=seconds, **row)
    graph_row(fake, "SCHEDULED", group=group)
    return Run(fake, GRAPH, group_id=group)


def test_a_run_in_the_queue_says_behind_which_and_is_taken_out_of_it(fake):
    going(fake)
    run = queued(fake)
    assert (run.state, run.snapshot.note) == ("SCHEDULED", "waits behind run group-1")
    seen = run.stop()
    assert (seen.state, seen.note, seen.group_id) == (
        "CANCELLED",
        "ended before it began",
        "group-2",
    )
    assert {row["STATE"] for row in fake.history} == {"SUCCEEDED", "EXECUTING"}


def test_elsewhere_a_run_in_the_queue_is_cancelled_when_it_begins(fake):
    fake.is_embedded = False
    run, said = queued(fake), []
    with pytest.raises(StillGoingError, match=r"still going after 0\.01 s: waits for its turn"):
        run.stop(timeout=0.01, say=said.append)
    assert said == ["run group-2 of g waits for its turn: it is cancelled when it begins"]


def test_a_run_that_another_request_replaced_is_over_and_says_by_which(fake):
    going(fake)
    run = queued(fake)
    fake.history[-1]["CONFIG"] = '{"rows": 5}'
    assert run.refresh().state == "SCHEDULED"
    fake._cancel_run("'group-2'")
    queued(fake, group="group-3", seconds=120)
    seen = run.wait(timeout=0)
    assert (seen.is_over, seen.note) == (True, "replaced by run group-3")
    assert seen.differs == {"rows": 5}


def test_a_run_that_was_never_seen_is_replaced_by_what_is_asked_for_later(fake):
    going(fake)
    run = Run(fake, GRAPH, token="nobody-has-it")  # noqa: S106 - no secret, a run's mark
    assert run.refresh().note == "waits behind run group-1"
    queued(fake, group="group-3", seconds=120)
    assert (run.refresh().is_over, run.snapshot.note) == (True, "replaced by run group-3")


def test_what_the_history_has_forgotten_stays_as_it_was_seen(fake):
    run = run_that_failed(fake)
    before = run.refresh()
    fake.history.clear()
    fake.graphs.clear()
    assert run.refresh() == before


def test_an_older_answer_does_not_overtake_a_newer_one(fake):
    run = run_that_failed(fake)
    answer, told = fake._task_graphs, []

    def answers_late(sql):
        """While this answer is on its way, the run is asked for again and has gone on."""
        fake._task_graphs = answer
        late = answer(sql)
        rows = [row.copy() for row in fake.history]
        fake.history[-1]["STATE"] = "SUCCEEDED"
        fake.graphs[-1]["STATE"] = "SUCCEEDED"
        told.append(run.refresh())
        fake.history[:] = rows
        return [row | {"STATE": "FAILED"} for row in late]

    fake._task_graphs = answers_late
    assert run.refresh() is told[0]
    assert run.snapshot.state == "SUCCEEDED"


def test_the_history_is_asked_for_from_the_first_scheduled_time(fake):
    fake.is_embedded, fake.keeps_ranges = False, True
    begun = datetime.now(UTC).timestamp() - START.timestamp() - 3600
    history_row(fake, "g", "SUCCEEDED", seconds=begun)
    history_row(fake, "a", "SUCCEEDED", seconds=begun + 1)
    history_row(fake, "b", "EXECUTING", seconds=begun + 1800)
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    for _ in range(3):
        states = {name: task.state.value for name, task in run.refresh().tasks.items()}
        assert states == {"a": "succeeded", "b": "running", "c": "pending"}


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_run_is_found_however_many_rows_are_newer(fake, is_embedded):
    fake.is_embedded, fake.keeps_ranges, fake.most_rows = is_embedded, True, 20
    begun = datetime.now(UTC).timestamp() - START.timestamp() - 86_400
    for number in range(15):
        for place, name in enumerate(["g", "a", "b", "c"]):
            seconds = begun + number * 600 + place
            history_row(fake, name, "SUCCEEDED", group=f"run-{number:02}", seconds=seconds)
    seen = Run(fake, GRAPH, group_id="run-00").refresh()
    assert seen.state == "SUCCEEDED"
    assert {task.state.value for task in seen.tasks.values()} == {"succeeded"}
    listed = recent_snapshots(fake, GRAPH, last=10)
    assert [seen.group_id for seen in listed] == [f"run-{n:02}" for n in range(14, 4, -1)]
    assert {task.state.value for seen in listed for task in seen.tasks.values()} == {"succeeded"}


def test_a_skipped_task_is_listed_as_skipped(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SKIPPED", seconds=1, QUERY_START_TIME=None)
    graph_row(fake, "SUCCEEDED")
    (seen,) = recent_snapshots(fake, GRAPH, last=5)
    assert {task.state.value for task in seen.tasks.values()} == {"skipped"}


def test_a_run_that_was_started_is_returned_whatever_the_first_look_says(fake):
    executable(fake)
    fake.break_before = 2
    assert start_run(fake, GRAPH).refresh().group_id == "group-1"


def test_lines_are_followed_until_their_task_has_ended(fake):
    run = Run(fake, GRAPH, group_id="group-1")
    going(fake)
    line = {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": "first"}
    fake.events["q-a-group-1"] = [line]
    lines = run.follow_logs("a")
    assert next(lines).message == "first"
    fake.events["q-a-group-1"].append(line | {"MESSAGE": "last"})
    fake.history[-1].update(STATE="SUCCEEDED", COMPLETED_TIME=START)
    assert [line.message for line in lines] == ["last"]


def test_of_a_long_log_only_the_end_is_asked_for(fake):
    run = run_that_failed(fake)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": START, "SEVERITY": None, "LOGGER": None, "MESSAGE": f"line {number}"}
        for number in range(5)
    ]
    end = run.log_end("b", 2)
    assert [line.message for line in end.lines] == ["line 3", "line 4"]
    assert end.left_out == 3
    assert fake.statements[-1].endswith("ORDER BY TIMESTAMP DESC LIMIT 2")


def test_logs_of_a_task_are_those_of_its_query(fake):
    run = run_that_failed(fake)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": START, "SEVERITY": None, "LOGGER": None, "MESSAGE": "hello"}
    ]
    (line,) = run.logs("b")
    assert str(line) == "2026-11-23 05:00:00 UTC INFO  hello"
    assert run.logs("c") == ()
    with pytest.raises(InputError, match="'x' is not a task"):
        run.logs("x")


def test_logs_of_an_earlier_attempt_can_be_read(fake):
    run = run_that_failed(fake)
    history_row(fake, "b", "SUCCEEDED", attempt=2, seconds=60)
    graph_row(fake, "SUCCEEDED", attempt=2)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": None, "SEVERITY": "WARN", "LOGGER": "l", "MESSAGE": "first"}
    ]
    assert run.logs("b") == ()
    assert [line.message for line in run.logs("b", attempt=1)] == ["first"]


def test_why_names_the_first_failure_its_place_and_what_did_not_run(fake):
    run = run_that_failed(fake)
    fake.history[-1]["ERROR_MESSAGE"] = (
        'Traceback:\n  File "Cell [3] b", line 7, in b\n  File "lib.py", line 1\nValueError: boom'
    )
    fake.events["q-b-1"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "l", "MESSAGE": "reading"}
    ]
    cause = run.why()
    assert (cause.task.name, cause.place, cause.not_run) == ("b", "Cell [3] b, line 7", ("c",))
    assert cause.reason == "ValueError: boom"
    assert "1 other was not run because of it (c)" in str(cause)
    assert "reading" in str(cause)


def test_why_says_what_changed_since_the_last_success(fake):
    config = '{"rows": 10, "sfdag": {"run": "x", "code": {"a": "h1", "b": "h1"}}}'
    history_row(fake, "g", "SUCCEEDED", group="earlier", seconds=-3600, CONFIG=config)
    graph_row(fake, "SUCCEEDED", group="earlier")
    run = run_that_failed(fake)
    fake.history[1]["CONFIG"] = '{"rows": 20, "sfdag": {"code": {"a": "h1", "b": "h2"}}}'
    assert run.why().changes == ("config rows: 10 → 20", "code of b")
    assert "changed since the last success: code of b" in str(run.why())


def test_why_explains_without_an_event_table(fake):
    run = run_that_failed(fake)

    def no_table(sql):
        raise BackendError("Object 'EVENTS' does not exist", code=2003)

    fake._events = no_table
    assert run.why().logs == ()


def test_why_of_a_run_in_which_nothing_failed_says_so(fake):
    history_row(fake, "g", "SUCCEEDED")
    for name in "abc":
        history_row(fake, name, "SUCCEEDED")
    graph_row(fake, "SUCCEEDED")
    assert str(Run(fake, GRAPH, group_id="group-1").why()) == "run group-1 of g: nothing failed"


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
