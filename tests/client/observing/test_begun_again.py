"""A task that begins again without a retry is named: an engine ended under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.begun_again import begun_again_text, with_begun_again
from tests.client.fake_snowflake import FakeSnowflake
from tests.render.builders import run, shape

CHAIN = shape("a -> b; a -> c")
RUNNING = run(CHAIN, a="succeeded", b="running", c="running")
WAITING = run(CHAIN, a="succeeded", b="pending", c="pending")
ONE_RUNS = run(CHAIN, a="succeeded", b="running", c="pending")


def started_later(seen):
    later = {
        name: replace(task, started=task.started and task.started + timedelta(seconds=9))
        for name, task in seen.tasks.items()
    }
    return replace(seen, tasks=later)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (RUNNING, WAITING, "the engine had ended and is back: b, c begin again"),
        (RUNNING, started_later(ONE_RUNS), "the engine had ended and is back: b, c begin again"),
        (ONE_RUNS, WAITING, "the engine had ended and is back: b begins again"),
        (RUNNING, RUNNING, ""),
        (WAITING, RUNNING, ""),
        (RUNNING, replace(WAITING, attempt=2), ""),
        (RUNNING, replace(WAITING, group_id="another"), ""),
        (None, RUNNING, ""),
    ],
)
def test_tasks_that_begin_again_are_named(before, now, said):
    assert begun_again_text(before, now) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], ""),
        ([[1, "{graph}$B"], [1, "{graph}$C"]], "the engine ended meanwhile: b, c began again"),
        ([[2, "{graph}$B"]], ""),
        ([[1, "{graph}$SINCE_FORGOTTEN"]], ""),
    ],
)
def test_who_did_not_follow_a_run_is_told_by_the_engine(told, said):
    fake = FakeSnowflake()
    graph = RUNNING.graph.upper()
    fake.begun_again = [[attempt, name.format(graph=graph)] for attempt, name in told]
    assert with_begun_again(fake, RUNNING).interrupted == said


def test_an_engine_of_an_earlier_release_tells_nothing():
    fake = FakeSnowflake()
    fake.lacks = ("SYSTEM$SFDAG_RUNS_BEGUN_AGAIN",)
    assert with_begun_again(fake, RUNNING) == RUNNING
