"""A group of tasks is told as one: its state by a table, its time from first begin to last end."""

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.graph.grouped import group_run, group_state
from sfdag_magics.graph.states import DisplayState

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("states", "is_"),
    [
        ("", "pending"),
        ("pending pending", "pending"),
        ("succeeded pending", "running"),
        ("reused pending", "running"),
        ("skipped pending", "pending"),
        ("succeeded skipped", "succeeded"),
        ("skipped skipped", "skipped"),
        ("succeeded reused", "succeeded"),
        ("reused reused skipped", "reused"),
        ("running failed succeeded", "failed"),
        ("running pending", "running"),
        ("retrying succeeded", "retrying"),
        ("cancelled succeeded blocked", "cancelled"),
        ("succeeded blocked", "blocked"),
        ("blocked pending succeeded", "blocked"),
        ("unknown succeeded", "unknown"),
    ],
)
def test_the_state_of_a_group(states, is_):
    assert group_state([DisplayState(each) for each in states.split()]) == is_


def did(name, state, begin, end, attempt=1):
    at = [None if s is None else NOON + timedelta(seconds=s) for s in (begin, end)]
    state = DisplayState(state)
    return TaskRun(name=name, state=state, started=at[0], completed=at[1], attempt=attempt)


def group(*tasks):
    return group_run("clean", {task.name: task for task in tasks})


def test_its_time_is_from_the_first_begin_to_the_last_end():
    found = group(
        did("a", "succeeded", 0, 2), did("b", "failed", 1, 5), did("c", "skipped", None, None)
    )
    assert (found.started, found.duration) == (NOON, timedelta(seconds=5))
    assert found.counts == {"failed": 1, "succeeded": 1, "skipped": 1}


def test_one_that_goes_on_has_no_end():
    found = group(did("a", "succeeded", 0, 2), did("b", "pending", None, None))
    assert (found.state, found.started, found.completed) == ("running", NOON, None)
    assert group(did("a", "failed", 0, 2), did("b", "running", 1, None)).completed is None


def test_what_a_retry_kept_does_not_count_where_something_ran_again():
    kept, again = did("a", "reused", 0, 2), did("b", "succeeded", 100, 101, attempt=2)
    assert (group(kept, again).duration, group(kept, again).attempt) == (timedelta(seconds=1), 2)
    assert group(kept).duration == timedelta(seconds=2)
