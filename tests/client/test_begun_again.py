"""A task that begins again without a retry is named: an engine ended under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.begun_again import begun_again_text
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
