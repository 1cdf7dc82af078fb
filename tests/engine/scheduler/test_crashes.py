"""The engine dies and another one goes on from the records; and whatever may happen, may happen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfdag_magics.engine.borders.runs import RootRecord
from sfdag_magics.engine.scheduler.interruptions import MOST_RESTARTS
from sfdag_magics.graph.grammar import OverlapPolicy

from .stories import Story, graph


@pytest.fixture
def story():
    return Story()


def test_what_ran_runs_again_and_what_had_ended_does_not(story):
    run = story.execute(graph("r -> a -> c; r -> b -> c", finalizer="f"))
    story.succeed("r")
    story.succeed("a", value="1")
    story.crash()
    assert story.running() == ["b"]
    story.succeed_all()
    assert story.started == ["r", "a", "b", "b", "c", "f"]
    assert story.run(run).state == "SUCCEEDED"
    assert story.task(run, "b").starts == 2


@pytest.mark.rule("18.29")
def test_a_task_the_engine_died_on_too_often_fails(story):
    run = story.execute(graph("r"))
    for _death in range(MOST_RESTARTS):
        story.crash()
        assert story.running() == ["r"]
    story.crash()
    assert story.states(run) == {"r": "FAILED"}
    said = story.task(run, "r").error_message
    assert "stopped 4 times while task r was running" in said
    assert "then retry the run" in said


def test_what_was_being_cancelled_is_cancelled(story):
    run = story.execute(graph("r -> a"))
    story.cancel("r")
    story.crash()
    assert story.states(run) == {"r": "CANCELLED"}


def test_what_was_being_timed_out_has_failed(story):
    run = story.execute(graph("r"))
    story.time_out("r")
    story.crash()
    assert story.task(run, "r").error_code == 630


def test_a_condition_is_asked_again(story):
    story.execute(graph("r", when={"r": "1=1"}))
    story.crash()
    story.answer("r", met=True)
    assert story.running() == ["r"]


def test_a_cancelled_run_stays_cancelled(story):
    run = story.execute(graph("r -> a -> b", finalizer="f"))
    story.succeed("r")
    story.cancel_run(run)
    story.crash()
    assert story.running() == ["f"]


def test_a_queued_task_waits_on(story):
    story = Story(slots=1)
    run = story.execute(graph("r -> a; r -> b"))
    story.succeed("r")
    story.crash()
    story.succeed_all()
    assert story.run(run).state == "SUCCEEDED"


def test_a_retry_goes_on_with_what_it_kept(story):
    spec = graph("r -> a -> b; r -> c")
    run = story.execute(spec)
    story.succeed("r")
    story.fail("a")
    story.succeed("c")
    story.retry(spec, run)
    story.crash()
    story.succeed_all()
    assert story.states(run, 2) == {"a": "SUCCEEDED", "b": "SUCCEEDED"}
    assert story.started.count("c") == 1


def test_a_due_run_and_a_waiting_one_are_still_there(story):
    spec, other = graph("r", schedule="10 MINUTES"), graph("s")
    story.resume(spec)
    story.execute(other)
    waiting = story.execute(other)
    story.crash()
    story.succeed("s")
    assert story.run(waiting).state == "EXECUTING"
    story.succeed("s")
    story.pass_time(minutes=10)
    assert [run.state.value for run in story.runs() if run.scheduled_from == "SCHEDULE"] == [
        "SUCCEEDED", "SCHEDULED",
    ]  # fmt: skip


GRAPHS = [
    graph("r -> a -> c; r -> b -> c -> d", finalizer="f", automatic_retries=1),
    graph("s -> t; s -> u; t -> v; u -> v", when={"t": "x", "s": "x"}, schedule="10 MINUTES",
          overlap=OverlapPolicy.ALLOW_CHILD_OVERLAP, suspend_after_failures=2),
    graph("x -> y", schedule="USING CRON */7 * * * * UTC", finalizer="z",
          overlap=OverlapPolicy.ALLOW_ALL_OVERLAP),
]  # fmt: skip

STEPS = st.tuples(
    st.sampled_from(
        ["execute", "resume", "suspend", "succeed", "succeed", "fail", "stopped", "met", "unmet",
         "cancel", "cancel_run", "time_out", "sleep", "crash", "retry"]
    ),
    st.integers(0, 99),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(STEPS, max_size=60), st.integers(1, 4))
def test_whatever_happens_the_promises_hold(steps, slots):
    story = Story(slots=slots)
    for step, number in steps:
        happen(story, step, number)
        assert_restored_alike(story)


def happen(story, step, number):
    spec = GRAPHS[number % len(GRAPHS)]
    alive = [attempt.task.name for attempt in story.alive.values()]
    asked = [attempt.task.name for attempt in story.asked.values()]
    match step:
        case "execute" | "resume" | "suspend":
            getattr(story, step)(spec)
        case "succeed" | "fail" | "stopped" | "time_out" if alive:
            getattr(story, step)(alive[number % len(alive)])
        case "met" | "unmet" if asked:
            story.answer(asked[number % len(asked)], met=step == "met")
        case "cancel":
            story.cancel("rabcdfstuvxyz"[number % 13])
        case "cancel_run" if story.runs():
            story.cancel_run(story.runs()[number % len(story.runs())].group_id)
        case "sleep":
            story.sleep(minutes=number)
        case "crash":
            story.crash()
        case "retry":
            retry(story, spec)
        case _:
            pass


def retry(story, spec):
    known = story.scheduler.roots.get(spec.root_id)
    runs = [run for run in story.runs() if run.root_id == spec.root_id and run.state.is_final]
    is_free = known is None or known.lets_start(spec.overlap)
    if runs and runs[-1].state in ("FAILED", "CANCELLED") and is_free:
        latest = max(r.attempt for r in story.runs() if r.group_id == runs[-1].group_id)
        if runs[-1].attempt == latest:
            story.retry(spec, runs[-1].group_id)


def assert_restored_alike(story):
    """A scheduler restored from the records stands where the living one does."""
    assert _standing(story.restored()) == _standing(story.scheduler)


def _standing(scheduler):
    roots = {
        root.root_id: (
            root.record(),
            root.waiting and root.waiting.record(),
            {
                key: (run.record(), {n: (t.phase, t.is_kept, t.remaining, t.starts)
                                     for n, t in run.tasks.items()}, run.unfinished)
                for key, run in root.running.items()
            },
        )
        for root in scheduler.roots.values()
        if root.record() != RootRecord(root_id=root.root_id) or root.running or root.waiting
    }  # fmt: skip
    return roots, sorted(scheduler.slots.attempts), scheduler.slots.busy
