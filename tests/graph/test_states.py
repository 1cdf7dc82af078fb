"""What a person is shown of each task in a run."""

from __future__ import annotations

import pytest

from sfdag_magics.graph.states import (
    DisplayState,
    GraphRunState,
    TaskRunFact,
    TaskState,
    display_states,
)

CHAIN = {"a": [], "b": ["a"], "c": ["b"], "other": []}


def shown(parents=CHAIN, *, run_over=False, heard=True, **states):
    facts = {
        name: fact if isinstance(fact, TaskRunFact) else TaskRunFact(state=TaskState(fact))
        for name, fact in states.items()
    }
    return {k: str(v) for k, v in display_states(
        parents, facts, run_over=run_over, heard=heard).items()}  # fmt: skip


def test_what_stands_below_a_failure_is_blocked_not_failed():
    assert shown(a="FAILED", other="EXECUTING") == {
        "a": "failed",
        "b": "blocked",
        "c": "blocked",
        "other": "running",
    }


def test_what_stands_below_a_skipped_task_is_skipped():
    assert shown(a="SUCCEEDED", b="SKIPPED", other="SUCCEEDED")["c"] == "skipped"


def test_a_failure_above_weighs_more_than_a_skip():
    join = {"x": [], "y": [], "z": ["x", "y"]}
    assert shown(join, x="SKIPPED", y="CANCELLED")["z"] == "blocked"


def test_before_its_turn_a_task_is_pending_and_after_a_failed_attempt_retrying():
    again = TaskRunFact(state=TaskState.SCHEDULED, failed_before=True)
    first = TaskRunFact(state=TaskState.SUCCEEDED, reused=True)
    assert shown(a=first, b=again) == {
        "a": "reused",
        "b": "retrying",
        "c": "pending",
        "other": "pending",
    }


def test_what_has_no_row_when_the_run_is_over_did_not_run():
    assert shown(a="SUCCEEDED", b="SUCCEEDED", run_over=True)["c"] == "blocked"


def test_a_suspended_task_is_skipped():
    assert shown(a="SUCCEEDED", b=TaskRunFact(suspended=True))["b"] == "skipped"


def test_a_stale_feed_is_believed_in_final_states_only():
    assert shown(heard=False, a="SUCCEEDED", b="EXECUTING") == {
        "a": "succeeded",
        "b": "unknown",
        "c": "unknown",
        "other": "unknown",
    }


@pytest.mark.parametrize("state", TaskState)
def test_every_final_state_is_shown_by_a_word_and_a_glyph(state):
    display = DisplayState(shown(a=state)["a"])
    assert display.word
    assert len(display.glyph) == 1
    assert state.is_final == (display not in (DisplayState.PENDING, DisplayState.RUNNING))


def test_auto_suspended_is_a_failure_and_cancelled_is_not():
    assert [state for state in TaskState if state.is_failure] == [
        TaskState.FAILED,
        TaskState.FAILED_AND_AUTO_SUSPENDED,
    ]
    assert not GraphRunState.EXECUTING.is_final
    assert GraphRunState.CANCELLED.is_final
