from datetime import UTC, datetime

import pytest

from sfdag_magics.client.runs import Run, start_run
from sfdag_magics.errors import BackendError, ConnectError, InputError
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


def test_a_run_without_a_row_waits(fake):
    run = Run(fake, GRAPH, token="nobody-has-it")  # noqa: S106 - no secret, a run's mark
    assert (run.group_id, run.state) == (None, "SCHEDULED")
    assert repr(run) == "Run(run (waiting) of g: SCHEDULED, 0/3 tasks)"


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


def test_waiting_with_a_deadline_returns_what_was_seen_last(fake):
    history_row(fake, "g", "EXECUTING")
    graph_row(fake, "EXECUTING")
    assert not Run(fake, GRAPH, group_id="group-1").wait(timeout=0).is_over


def test_a_retry_of_the_last_run_says_retry_last_and_shows_the_next_attempt(fake):
    run = run_that_failed(fake)
    shipped = []
    run.before_retry = lambda: shipped.append("code")
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}
    seen = run.retry()
    assert shipped == ["code"]
    assert "EXECUTE TASK DB.S.G RETRY LAST" in fake.statements
    assert (seen.attempt, seen.state) == (2, "EXECUTING")
    assert seen.tasks["a"].state == "reused"
    assert seen.tasks["b"].state == "retrying"


def test_a_retry_of_an_older_run_names_its_group(fake):
    run = run_that_failed(fake)
    history_row(fake, "g", "SUCCEEDED", group="newer", seconds=3600)
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}
    run.retry(current_code=False)
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


def test_stopping_cancels_what_runs_and_waits_for_the_end(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    cancel = fake._cancel

    def cancel_and_end(sql):
        fake.graphs[-1]["STATE"] = "CANCELLED"
        return cancel(sql)

    fake._cancel = cancel_and_end
    seen = Run(fake, GRAPH, group_id="group-1").stop()
    assert (seen.state, seen.tasks["a"].state, seen.tasks["b"].state) == (
        "CANCELLED",
        "cancelled",
        "blocked",
    )
    assert any("USER_TASK_CANCEL_ONGOING_EXECUTIONS('DB.S.G$A')" in s for s in fake.statements)


def test_logs_of_a_task_are_those_of_its_query(fake):
    run = run_that_failed(fake)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": START, "SEVERITY": None, "LOGGER": None, "MESSAGE": "hello"}
    ]
    (line,) = run.logs("b")
    assert str(line) == "05:00:00 UTC INFO  hello"
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
