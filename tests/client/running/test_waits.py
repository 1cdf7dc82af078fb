"""Why a task does not run yet, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.running.waits import backing_off, queued, why_waiting
from sfdag_magics.graph.states import GraphRunState
from tests.render.builders import NOON, run, shape

CHAIN = shape("a -> b; b -> c", finalizer="tidy")
ABOVE = {"b": ("a",), "c": ("b",)}


def going(*, note="", state=GraphRunState.EXECUTING, **states):
    seen = run(CHAIN, **states)
    tasks = {
        name: replace(task, predecessors=ABOVE.get(name, ()), is_finalizer=name == "tidy")
        for name, task in seen.tasks.items()
    }
    return replace(seen, tasks=tasks, note=note, state=state)


@pytest.mark.parametrize(
    ("seen", "task", "why"),
    [
        (going(a="running"), "b", "waits for a (running)"),
        (going(a="succeeded", b="running"), "tidy", "waits for b (running), c (pending)"),
        (going(), "a", "its turn has come: it waits for a free place to run in"),
        (going(note="waits: graph x has all 8 places"), "a", "waits: graph x has all 8 places"),
        (
            going(note="waits behind run 12", state=GraphRunState.SCHEDULED),
            "a",
            "the run waits behind run 12",
        ),
        (going(a="running"), "a", ""),
        (going(a="failed", b="blocked", state=GraphRunState.FAILED), "c", ""),
    ],
)
def test_what_a_task_waits_for(seen, task, why):
    assert why_waiting(seen, task) == why


def test_only_what_could_run_is_queued():
    assert queued(going(a="running")) == ()
    assert queued(going(a="succeeded")) == ("b",)
    assert queued(going(state=GraphRunState.SCHEDULED)) == ()


@pytest.mark.parametrize(("later", "says"), [(5, True), (31, False)])
def test_a_back_off_is_told_until_it_is_over(later, says):
    text = "load: try 1 of 3 failed, again in 30 s: ValueError: no"
    line = LogLine(time=NOON, severity="WARN", logger="sfdag", message=text)
    told = backing_off([line], NOON + timedelta(seconds=later))
    assert bool(told) is says
    assert not says or told.endswith("12:00:30 UTC with try 2 of 3")
    assert backing_off([replace(line, message="reading")], NOON) == ""
