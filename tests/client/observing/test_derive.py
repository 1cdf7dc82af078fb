from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.attempts import GraphState
from sfdag_magics.client.observing.derive import snapshot_from_rows, waiting_snapshot
from sfdag_magics.graph.states import DisplayState, GraphRunState
from tests.client.rows import START, deployed, row

#: As a backfill tells a run its slot.
TOLD = {
    "sfdag": {"slot": {"start": "2026-06-19T05:00:00+00:00", "end": "2026-06-20T05:00:00+00:00"}}
}


def told(state, attempt=1):
    return GraphState(state=GraphRunState(state), attempt=attempt, group_id="group-1")


def states(snapshot):
    return {name: task.state.value for name, task in snapshot.tasks.items()}


def test_tasks_without_a_row_wait_while_the_run_goes_on():
    rows = [row("g"), row("a"), row("b", "EXECUTING")]
    seen = snapshot_from_rows(deployed("a -> b -> c"), rows, told("EXECUTING"))
    assert states(seen) == {"a": "succeeded", "b": "running", "c": "pending"}
    assert (seen.state, seen.completed, seen.started) == ("EXECUTING", None, rows[0].started)


def test_what_stands_below_a_failure_is_blocked_before_the_run_is_over():
    rows = [row("g"), row("a"), row("b", "FAILED", error_code="100357", error_message="boom")]
    seen = snapshot_from_rows(deployed("a -> b -> c -> d, a -> e"), rows, told("EXECUTING"))
    assert states(seen) == {
        "a": "succeeded",
        "b": "failed",
        "c": "blocked",
        "d": "blocked",
        "e": "pending",
    }
    assert (seen.tasks["b"].error_code, seen.tasks["b"].error_message) == ("100357", "boom")
    assert [task.name for task in seen.failed] == ["b"]


def test_what_stands_below_a_skipped_task_is_skipped():
    rows = [
        row("g"),
        row("a"),
        row("b", "SKIPPED", error_code="40003", error_message="Conditional expression …"),
    ]
    seen = snapshot_from_rows(deployed("a -> b -> c"), rows, told("SUCCEEDED"))
    assert states(seen) == {"a": "succeeded", "b": "skipped", "c": "skipped"}
    assert seen.tasks["b"].error_message is None


def test_a_suspended_task_is_skipped():
    seen = snapshot_from_rows(
        deployed("a -> b", suspended={"b"}), [row("g"), row("a")], told("SUCCEEDED")
    )
    assert states(seen) == {"a": "succeeded", "b": "skipped"}


def test_a_retry_reuses_what_succeeded_with_its_times():
    rows = [
        row("g"),
        row("a"),
        row("b", "FAILED"),
        row("z", seconds=5),
        row("b", "EXECUTING", attempt=2, seconds=60),
    ]
    graph = deployed("a -> b -> c", finalizer="z")
    seen = snapshot_from_rows(graph, rows, told("EXECUTING", 2))
    assert states(seen) == {"a": "reused", "b": "running", "c": "pending", "z": "pending"}
    assert (seen.attempt, seen.tasks["a"].attempt) == (2, 1)
    assert seen.tasks["a"].started == rows[1].started
    assert seen.tasks["z"].started is None


def test_a_failed_task_is_retrying_until_the_retry_gets_to_it():
    rows = [row("g"), row("a", "FAILED"), row("b", "FAILED"), row("a", "EXECUTING", attempt=2)]
    seen = snapshot_from_rows(deployed("a, b"), rows, told("EXECUTING", 2))
    assert states(seen) == {"a": "running", "b": "retrying"}
    assert seen.tasks["b"].error_message is None


def test_a_run_begins_with_its_first_attempt_and_an_attempt_when_it_does():
    rows = [row("g"), row("a", "FAILED", seconds=2), row("a", attempt=2, seconds=60)]
    seen = snapshot_from_rows(deployed("a"), rows, told("SUCCEEDED", 2))
    assert seen.started - seen.begun == timedelta(seconds=59)
    first = snapshot_from_rows(deployed("a"), rows, told("SUCCEEDED", 2), attempt=1)
    assert first.started == first.begun == seen.begun


def test_what_failed_in_earlier_attempts_is_told_of_the_later_ones_only():
    rows = [row("g"), row("a", "FAILED", error_message="boom"), row("b", "CANCELLED")]
    rows += [row("a", "FAILED", attempt=2, error_message="bang"), row("a", attempt=3)]
    graph = deployed("a -> b")

    def failed_before(attempt):
        seen = snapshot_from_rows(graph, rows, told("SUCCEEDED", 3), attempt=attempt)
        return [(each.attempt, each.task, each.reason) for each in seen.failed_before]

    assert failed_before(1) == []
    assert failed_before(2) == [(1, "a", "boom")]
    assert failed_before(3) == [(1, "a", "boom"), (2, "a", "bang")]


def test_of_each_task_it_is_told_what_it_did_in_earlier_attempts():
    rows = [row("g"), row("a"), row("b", "FAILED"), row("c", "FAILED")]
    rows += [row("b", "FAILED", attempt=2), row("c", "CANCELLED", attempt=2), row("b", attempt=3)]
    graph = deployed("a -> b, a -> c")

    def before(name, attempt):
        seen = snapshot_from_rows(graph, rows, told("EXECUTING", 3), attempt=attempt)
        return [(each.attempt, each.state.word) for each in seen.tasks[name].before]

    assert before("a", 3) == []  # what was kept stands in its own times
    assert before("b", 3) == [(1, "failed"), (2, "failed")]
    assert before("c", 3) == [(1, "failed"), (2, "cancelled")]
    assert before("b", 1) == []


def test_an_earlier_attempt_can_still_be_shown():
    rows = [row("g"), row("a", "FAILED"), row("a", attempt=2)]
    seen = snapshot_from_rows(deployed("a"), rows, told("SUCCEEDED", 2), attempt=1)
    assert (seen.state, states(seen)) == ("FAILED", {"a": "failed"})


def test_a_run_that_the_service_has_forgotten_is_judged_by_its_rows():
    graph = deployed("a -> b")
    assert snapshot_from_rows(graph, [row("g"), row("a"), row("b")], None).state == "SUCCEEDED"
    assert snapshot_from_rows(graph, [row("g"), row("a", "FAILED")], None).state == "FAILED"
    assert snapshot_from_rows(graph, [row("g"), row("a", "CANCELLED")], None).state == "CANCELLED"
    assert snapshot_from_rows(graph, [row("g"), row("a", "EXECUTING")], None).state == "EXECUTING"


def test_an_attempt_that_was_just_asked_for_is_under_way():
    rows = [row("g"), row("a", "FAILED")]
    seen = snapshot_from_rows(deployed("a"), rows, told("FAILED", 1), attempt=2)
    assert (seen.state, states(seen)) == ("EXECUTING", {"a": "retrying"})


def test_a_cancelled_run_blocks_what_did_not_run():
    rows = [row("g"), row("a", "CANCELLED")]
    seen = snapshot_from_rows(deployed("a -> b"), rows, told("CANCELLED"))
    assert states(seen) == {"a": "cancelled", "b": "blocked"}


def test_the_token_is_ours_and_not_part_of_the_config():
    rows = [row("g", config={"n": 1, "sfdag": {"run": "t"}}), row("a")]
    seen = snapshot_from_rows(deployed("a"), rows, told("SUCCEEDED"))
    assert (dict(seen.config), seen.scheduled) == ({"n": 1}, START)


def test_a_run_behind_another_one_is_scheduled_with_everything_pending():
    seen = waiting_snapshot(deployed("a -> b"))
    assert (seen.group_id, seen.state) == (None, "SCHEDULED")
    assert seen.counts() == {DisplayState.PENDING: 2}


def test_a_task_that_was_deployed_after_the_run_is_no_part_of_it():
    rows = [row("g"), row("a"), row("b", "FAILED"), row("z", seconds=5)]
    graph = deployed("a -> b -> c, a -> new -> newer", finalizer="z")
    seen = snapshot_from_rows(graph, rows, told("FAILED"))
    assert states(seen) == {"a": "succeeded", "b": "failed", "c": "blocked", "z": "succeeded"}


def test_what_a_failed_root_or_a_stop_kept_from_running_is_still_part_of_the_run():
    seen = snapshot_from_rows(deployed("a -> b"), [row("g", "FAILED")], told("FAILED"))
    assert states(seen) == {"a": "blocked", "b": "blocked"}
    seen = snapshot_from_rows(deployed("a -> b"), [row("g"), row("a")], told("CANCELLED"))
    assert states(seen) == {"a": "succeeded", "b": "blocked"}


def test_a_task_that_was_dropped_after_the_run_is_still_part_of_it():
    rows = [row("g"), row("a"), row("dropped", "FAILED")]
    seen = snapshot_from_rows(deployed("a"), rows, told("FAILED"))
    assert states(seen) == {"a": "succeeded", "dropped": "failed"}


def test_a_root_that_has_not_begun_is_a_run_that_waits():
    seen = snapshot_from_rows(deployed("a"), [row("g", "SCHEDULED")], None)
    assert (seen.state, seen.has_begun, states(seen)) == ("SCHEDULED", False, {"a": "pending"})


def test_what_is_configured_otherwise_than_the_graph_is_told_apart():
    graph = replace(deployed("a"), config={"rows": 10, "rate": 0.1})
    rows = [row("g", config={"rows": 10, "rate": 0.5, "new": 1, "sfdag": {"run": "t"}}), row("a")]
    seen = snapshot_from_rows(graph, rows, told("SUCCEEDED"))
    assert dict(seen.differs) == {"rate": 0.5, "new": 1}


def test_an_attempt_that_was_asked_for_is_the_least_that_is_shown():
    rows = [row("g"), row("a", "FAILED")]
    seen = snapshot_from_rows(deployed("a"), rows, told("FAILED"), at_least=2)
    assert (seen.attempt, seen.state) == (2, "EXECUTING")
    rows += [row("a", "FAILED", attempt=2), row("a", "FAILED", attempt=3)]
    seen = snapshot_from_rows(deployed("a"), rows, told("FAILED", 3), at_least=2)
    assert (seen.attempt, seen.state) == (3, "FAILED")


def test_a_failed_run_has_the_tasks_of_its_own_time_and_not_those_of_today():
    graph = deployed("a -> b -> new")
    later = {
        name: replace(task, created=START + timedelta(hours=name == "new"))
        for name, task in graph.tasks.items()
    }
    noted = {"sfdag": {"run": "x", "code": {"a": "1", "b": "1", "gone": "1", "some query": "1"}}}
    rows = [row("g", config=noted), row("a"), row("b", "FAILED")]
    seen = snapshot_from_rows(replace(graph, tasks=later), rows, told("FAILED"))
    assert set(states(seen)) == {"a", "b", "gone"}


@pytest.mark.parametrize(
    ("begun_by", "config", "said"),
    [
        ("EXECUTE_TASK", {}, "by hand, of the slot due 2026-11-23 05:00 UTC+01:00"),
        ("SCHEDULE", {}, "of the slot due 2026-11-23 05:00 UTC+01:00"),
        ("EXECUTE_TASK", TOLD, "of the slot due 2026-06-20 05:00 UTC"),
        ("EXECUTE_TASK", {"sfdag": {"slot": {"start": "soon"}}}, ""),
    ],
    ids=["by hand", "by schedule", "told", "unreadable"],
)
def test_a_run_says_of_which_slot_it_is(begun_by, config, said):
    graph = replace(deployed("a"), schedule="USING CRON 0 5 * * * Europe/Berlin")
    first = replace(row("g", config=config), scheduled_from=begun_by)
    seen = snapshot_from_rows(graph, [first], told("SUCCEEDED"))
    assert (seen.slot_text, seen.slot_told) == (said, config is TOLD)
    without = snapshot_from_rows(replace(graph, schedule=None), [first], told("SUCCEEDED"))
    assert without.slot_text == (said if config is TOLD else "")
