"""One graph run: what runs when, what does not, and how it ends."""

from datetime import timedelta
from uuid import uuid4, uuid5

import pytest

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.graph_run import named_id
from sfdag_magics.errors import InternalError

from .stories import Story, graph


@pytest.fixture
def story():
    return Story()


@pytest.mark.rule("3.3.1", "3.2.2")
def test_tasks_run_in_the_order_of_their_edges(story):
    run = story.execute(graph("r -> a -> c; r -> b -> c"))
    assert story.running() == ["r"]
    story.succeed("r")
    assert story.running() == ["a", "b"]
    story.succeed("a")
    assert story.running() == ["b"]
    story.succeed("b")
    assert story.running() == ["c"]
    story.succeed("c")
    assert story.run(run).state == "SUCCEEDED"
    assert story.states(run) == dict.fromkeys("rabc", "SUCCEEDED")


@pytest.mark.rule("3.1.9")
def test_a_fresh_run_shows_one_task_run_at_once(story):
    run = story.execute(graph("r -> a"))
    assert story.states(run) == {"r": "EXECUTING"}
    assert story.run(run).scheduled_from == "EXECUTE_TASK"


def test_a_return_value_is_recorded_with_the_success(story):
    run = story.execute(graph("r"))
    story.succeed("r", value="42")
    assert story.task(run, "r").return_value == "42"


@pytest.mark.rule("3.3.5", "3.3.8", "3.3.9")
def test_children_of_a_failed_task_do_not_run_and_others_do(story):
    run = story.execute(graph("r -> a -> b; r -> c"))
    story.succeed("r")
    story.fail("a", 100357, "boom")
    story.succeed("c")
    assert story.run(run).state == "FAILED"
    assert story.states(run) == {"r": "SUCCEEDED", "a": "FAILED", "c": "SUCCEEDED"}
    assert (story.task(run, "a").error_code, story.task(run, "a").error_message) == (100357, "boom")


@pytest.mark.rule("3.3.6", "3.1.5")
def test_a_false_condition_skips_the_task_and_all_below_it(story):
    run = story.execute(graph("r -> a -> b -> d; r -> c -> d", when={"a": "1=2"}))
    story.succeed("r")
    story.answer("a", met=False)
    story.succeed("c")
    assert story.states(run) == {"r": "SUCCEEDED", "a": "SKIPPED", "c": "SUCCEEDED"}
    assert story.task(run, "a").error_code == 40003
    assert story.run(run).state == "SUCCEEDED"


def test_a_true_condition_runs_the_task(story):
    story.execute(graph("r -> a", when={"a": "1=1"}))
    story.succeed("r")
    assert story.running() == []
    story.answer("a", met=True)
    assert story.running() == ["a"]


@pytest.mark.rule("18.24")
def test_a_condition_that_raises_fails_the_task(story):
    run = story.execute(graph("r -> a", when={"a": "x"}))
    story.succeed("r")
    story.answer_with_error("a", "no such predecessor")
    assert story.states(run)["a"] == "FAILED"
    assert story.run(run).state == "FAILED"


@pytest.mark.rule("4.6")
def test_a_skipped_root_ends_the_run_without_its_finalizer(story):
    run = story.execute(graph("r -> a", when={"r": "1=2"}, finalizer="f"))
    story.answer("r", met=False)
    assert story.run(run).state == "SKIPPED"
    assert story.states(run) == {"r": "SKIPPED"}


@pytest.mark.rule("3.3.2")
def test_a_suspended_predecessor_is_ignored_beside_a_resumed_one(story):
    run = story.execute(graph("r -> a -> c; r -> b -> c"), "b")
    story.succeed("r")
    story.succeed("a")
    story.succeed("c")
    assert story.states(run) == {"r": "SUCCEEDED", "a": "SUCCEEDED", "c": "SUCCEEDED"}


@pytest.mark.rule("3.3.3")
def test_a_task_whose_only_predecessor_is_suspended_never_runs(story):
    run = story.execute(graph("r -> a -> b -> c"), "a")
    story.succeed("r")
    assert story.run(run).state == "SUCCEEDED"
    assert story.states(run) == {"r": "SUCCEEDED"}


@pytest.mark.rule("3.6.3", "18.18")
def test_a_condition_on_the_predecessors_states_is_asked_after_a_failure(story):
    spec = graph("r -> a -> b", when={"b": "SYSTEM$PREDECESSORS_STATE('ALL_FAILED')"},
                 any_outcome=("b",))  # fmt: skip
    story.execute(spec)
    story.succeed("r")
    story.fail("a")
    story.answer("b", met=True)
    assert story.running() == ["b"]


@pytest.mark.rule("4.5")
def test_the_finalizer_runs_once_when_all_others_have_ended(story):
    run = story.execute(graph("r -> a; r -> b", finalizer="f"))
    story.succeed("r")
    story.fail("a")
    assert story.running() == ["b"]
    story.succeed("b")
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.run(run).state == "FAILED"
    assert story.started.count("f") == 1


@pytest.mark.rule("4.7")
def test_the_finalizer_runs_after_a_failed_root(story):
    run = story.execute(graph("r -> a", finalizer="f"))
    story.fail("r")
    story.succeed("f")
    assert story.run(run).state == "FAILED"


@pytest.mark.rule("4.12", "18.6")
def test_a_failed_finalizer_fails_the_run(story):
    run = story.execute(graph("r", finalizer="f"))
    story.succeed("r")
    story.fail("f")
    assert story.run(run).state == "FAILED"


@pytest.mark.rule("4.8")
def test_a_suspended_finalizer_does_not_run(story):
    run = story.execute(graph("r", finalizer="f"), "f")
    story.succeed("r")
    assert story.run(run).state == "SUCCEEDED"


def test_only_so_many_tasks_run_at_once_and_the_others_queue():
    story = Story(slots=2)
    run = story.execute(graph("r -> a; r -> b; r -> c"))
    story.succeed("r")
    assert len(story.running()) == 2
    assert sorted(story.states(run).values()) == [
        "EXECUTING", "EXECUTING", "SCHEDULED", "SUCCEEDED",
    ]  # fmt: skip
    story.succeed_all()
    assert story.run(run).state == "SUCCEEDED"


@pytest.mark.rule("9.4.3", "3.1.3")
def test_a_timeout_kills_the_task_and_is_its_failure(story):
    run = story.execute(graph("r", timeouts={"r": timedelta(seconds=10)}))
    story.time_out("r")
    assert story.killed == ["r"]
    assert story.states(run) == {"r": "EXECUTING"}
    story.stopped("r")
    assert story.states(run) == {"r": "FAILED"}
    assert story.task(run, "r").error_code == 630
    assert story.task(run, "r").error_message == (
        "Statement reached its statement or warehouse timeout of 10 second(s) and was canceled."
    )


def _allowed(story):
    return {attempt.task.name: attempt.timeout for attempt in story.alive.values()}


@pytest.mark.rule("9.4.2", "18.27")
def test_the_whole_runs_timeout_leaves_each_task_what_is_left_of_it(story):
    spec = graph(
        "r -> a -> b; a -> own; r -> d",
        timeout=timedelta(minutes=10),
        timeouts={"own": timedelta(hours=2)},
        finalizer="f",
    )
    run = story.execute(spec)
    assert _allowed(story) == {"r": timedelta(minutes=10)}
    story.pass_time(minutes=4)
    story.succeed("r")
    story.pass_time(minutes=5)
    story.succeed("a")
    assert _allowed(story) == {
        "b": timedelta(minutes=1),
        "own": timedelta(hours=2),
        "d": timedelta(minutes=6),
    }
    story.pass_time(minutes=1)
    for name in ("b", "d"):
        story.time_out(name)
        story.stopped(name)
    story.pass_time(minutes=30)
    story.succeed("own")
    assert _allowed(story) == {"f": timedelta(minutes=10)}
    story.succeed("f")
    assert story.run(run).state == "FAILED"
    assert story.task(run, "b").error_message == (
        "Statement reached its statement or warehouse timeout of 600 second(s) and was canceled."
    )


def test_what_would_begin_after_the_whole_runs_timeout_has_failed_of_it(story):
    limits = {"timeout": timedelta(minutes=10), "timeouts": {"own": timedelta(hours=2)}}
    run = story.execute(graph("r -> own -> late -> never", finalizer="f", **limits))
    story.succeed("r")
    story.pass_time(hours=1)
    story.succeed("own")
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.states(run) == {
        "r": "SUCCEEDED",
        "own": "SUCCEEDED",
        "late": "FAILED",
        "f": "SUCCEEDED",
    }
    assert story.task(run, "late").error_code == 630
    assert story.started == ["r", "own", "f"]


def test_a_retry_has_the_whole_time_again_and_a_restarted_engine_what_was_left(story):
    spec = graph("r -> a", timeout=timedelta(minutes=10))
    run = story.execute(spec)
    story.succeed("r")
    story.pass_time(minutes=6)
    story.crash()
    assert _allowed(story) == {"a": timedelta(minutes=4)}
    story.fail("a")
    story.pass_time(hours=1)
    story.retry(spec, run)
    assert _allowed(story) == {"a": timedelta(minutes=10)}
    story.set_back(hours=3)
    story.crash()
    assert _allowed(story) == {"a": timedelta(minutes=10)}


def test_a_task_that_ends_well_just_before_its_timeout_arrives_has_succeeded(story):
    run = story.execute(graph("r"))
    story.time_out("r")
    story.succeed("r")
    assert story.states(run) == {"r": "SUCCEEDED"}
    assert story.task(run, "r").error_code is None


def test_a_cancelled_task_is_alive_until_it_has_stopped(story):
    run = story.execute(graph("r -> a -> b", finalizer="f"))
    story.succeed("r")
    story.cancel("a")
    assert story.killed == ["a"]
    assert story.states(run)["a"] == "EXECUTING"
    story.fail("a", 604, "canceled")
    assert story.states(run)["a"] == "CANCELLED"
    story.succeed("f")
    assert story.run(run).state == "CANCELLED"


def test_a_queued_task_is_cancelled_without_having_started():
    story = Story(slots=1)
    run = story.execute(graph("r -> a; r -> b"))
    story.succeed("r")
    story.cancel("b")
    story.succeed("a")
    assert story.states(run) == {"r": "SUCCEEDED", "a": "SUCCEEDED", "b": "CANCELLED"}


def test_a_task_cancelled_while_its_condition_is_asked_ignores_the_answer(story):
    run = story.execute(graph("r -> a", when={"a": "1=1"}))
    story.succeed("r")
    story.cancel("a")
    story.answer("a", met=True)
    assert story.states(run)["a"] == "CANCELLED"


@pytest.mark.rule("18.8")
def test_cancelling_a_run_stops_everything_but_the_finalizer():
    story = Story(slots=1)
    run = story.execute(graph("r -> a -> c; r -> b", finalizer="f"))
    story.succeed("r")
    story.cancel_run(run)
    story.succeed("a")  # it was quicker than its cancellation: what is below still does not run
    story.succeed("f")
    assert story.states(run) == {
        "r": "SUCCEEDED", "a": "SUCCEEDED", "b": "CANCELLED", "f": "SUCCEEDED",
    }  # fmt: skip
    assert story.run(run).state == "CANCELLED"


def test_a_finalizer_that_becomes_ready_by_the_cancel_is_not_cancelled_with_it():
    story = Story(slots=1)
    run = story.execute(graph("r -> a; r -> b", finalizer="f"))
    story.succeed("r")
    story.cancel("a")
    story.stopped("a")
    story.cancel_run(run)
    story.stopped("b")
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.states(run)["f"] == "SUCCEEDED"


def test_a_finalizer_is_not_meant_by_the_cancel_of_what_only_waits():
    story = Story(slots=1)
    other = story.execute(graph("x"))
    run = story.execute(graph("r", finalizer="f"))  # queued: its cancel ends it at once
    story.cancel_run(run)
    story.succeed("x")
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.states(run) == {"r": "CANCELLED", "f": "SUCCEEDED"}
    assert story.states(other) == {"x": "SUCCEEDED"}


def test_cancelling_all_ends_every_run_and_begins_none_that_waits(story):
    spec = graph("r -> a", schedule="10 MINUTES")
    story.resume(graph("s", schedule="10 MINUTES"))
    first = story.execute(spec)
    second = story.execute(spec)
    other = story.execute(graph("x", finalizer="f"))
    story.cancel_all()
    story.stopped("r")
    story.stopped("x")
    story.succeed("f")
    assert [story.run(run).state for run in (first, other)] == ["CANCELLED"] * 2
    assert story.states(other) == {"x": "CANCELLED", "f": "SUCCEEDED"}
    assert second not in [run.group_id for run in story.runs()]
    assert story.running() == []
    assert [run.state for run in story.runs() if run.scheduled_from == "SCHEDULE"] == ["SCHEDULED"]


def test_an_answer_from_nobody_alive_is_our_error_and_tells_so(story):
    with pytest.raises(InternalError, match="TaskSucceeded for nobody, which is not alive"):
        story.feed(events.TaskSucceeded(now=story.now, attempt_id="nobody"))


def test_an_impossible_move_raises_with_the_runs_story(story):
    spec = graph("r -> a", when={"r": "1=1"})
    story.execute(spec)
    asked = next(iter(story.asked))
    with pytest.raises(InternalError) as raised:
        story.feed(events.TaskSucceeded(now=story.now, attempt_id=asked))
    assert "r is EVALUATING and cannot 'succeed'" in str(raised.value)
    assert "r WAITING ask" in raised.value.story


def test_the_story_tells_what_was_kept_from_running(story):
    story.execute(graph("r -> a -> b; r -> x"))
    story.succeed("r")
    story.fail("a")
    (run,) = story.scheduler.runs()
    assert "b WAITING block" in run.story()


def test_a_thousand_tasks_in_a_chain_end(story):
    names = [f"t{number}" for number in range(1000)]
    run = story.execute(graph(" -> ".join(names)))
    story.fail("t0")
    assert story.run(run).state == "FAILED"


def test_while_workers_are_made_ready_what_calls_them_is_scheduled_and_the_rest_runs(story):
    story.warm_up()
    run = story.execute(graph("r -> a; r -> b; r -> c", calls="a c"))
    story.succeed("r")
    assert story.running() == ["b"]
    assert story.states(run)["a"] == "SCHEDULED"
    assert story.task(run, "a").query_start_time is None
    story.now += timedelta(seconds=7)
    story.are_ready()
    assert story.running() == ["a", "b", "c"]
    assert story.task(run, "a").query_start_time == story.now
    assert story.started[-2:] == ["a", "c"]


def test_a_call_that_waits_for_workers_can_be_cancelled(story):
    story.warm_up()
    run = story.execute(graph("r -> a", calls="a"))
    story.succeed("r")
    story.cancel_run(run)
    assert story.run(run).state == "CANCELLED"
    story.are_ready()
    assert story.running() == []


def test_the_next_engine_holds_nothing_until_it_is_told(story):
    story.warm_up()
    story.execute(graph("r -> a", calls="a"))
    story.succeed("r")
    story.crash()
    assert story.running() == ["a"]


@pytest.mark.parametrize("name", ["1/R/1", "2/Ä task/17", ""])
def test_executions_are_named_by_uuids_of_version_5(name):
    for space in (uuid4() for _ in range(50)):
        assert named_id(space.bytes, name) == str(uuid5(space, name))


def test_no_run_waits_for_all_the_tasks_of_another():
    story = Story(slots=2)
    story.execute(graph("; ".join(f"many -> m{number:03}" for number in range(300))))
    story.succeed("many")
    for name in "abc":
        story.execute(graph(f"{name} -> {name}1 -> {name}2"))
    begun = len(story.started)
    while len(story.started) < begun + 18:
        story.now += timedelta(seconds=1)
        story.succeed(story.running()[0])
    others = [name for name in story.started if not name.startswith("m")]
    assert sorted(others) == sorted(f"{name}{end}" for name in "abc" for end in ("", "1", "2"))


def test_the_slots_go_round_the_runs_that_wait():
    story = Story(slots=1)
    for name in "ab":
        story.execute(graph("; ".join(f"{name} -> {name}{number}" for number in range(4))))
    while story.alive:
        story.now += timedelta(seconds=1)
        story.succeed(story.running()[0])
    assert story.started == ["a", "b", *(f"{name}{number}" for number in range(4) for name in "ab")]


def test_a_task_that_waits_says_for_what():
    story = Story(slots=2)
    run = story.execute(graph("first -> a; first -> b; first -> c"))
    assert story.scheduler.slots.waiting(run) == {}
    story.succeed("first")
    said = "a free slot: 2 tasks run, which is the most at once, of first"
    assert story.scheduler.slots.waiting(run) == {"c": said}
    other = story.execute(graph("other -> d", when={"d": "1 = 1"}))
    assert story.scheduler.slots.waiting(other) == {"other": said}
    story.succeed_all()
    assert story.scheduler.slots.waiting(other) == {"d": "the answer to its condition"}
    assert story.scheduler.slots.waiting(run) == {}


def test_only_what_calls_a_procedure_waits_for_python():
    story = Story(slots=2)
    story.warm_up()
    run = story.execute(graph("first -> a; first -> b", calls="a"))
    story.succeed("first")
    assert story.scheduler.slots.waiting(run) == {"a": "Python is warming up"}


def test_what_is_in_the_way_of_a_task_is_named_by_three_of_its_graphs():
    story = Story(slots=5)
    *_, last = (story.execute(graph(name)) for name in "edcbaf")
    (said,) = story.scheduler.slots.waiting(last).values()
    assert said.endswith("at once, of a, b, c and 2 more")
