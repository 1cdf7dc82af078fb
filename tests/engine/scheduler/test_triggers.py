"""Root tasks that data starts: when it is looked for, how often they run, what is shown of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.scheduler.stories import Story, graph

WHEN = "SYSTEM$STREAM_HAS_DATA('S')"
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def story():
    return Story()


def triggered(text="r", interval=HALF_A_MINUTE, **options):
    root = text.split()[0]
    return graph(text, when={root: WHEN}, trigger_interval=interval, **options)


def began(story):
    return [(run.scheduled_time - story.history_start).total_seconds() for run in story.runs()]


@pytest.fixture
def resting(story):
    """A root that was resumed while there was nothing."""
    story.history_start = story.now
    story.resume(triggered())
    story.looked(has_data=False)
    return story


def run_once(story, *, met=True):
    """Data is there, the condition is asked, and the task ends well."""
    story.looked(has_data=True)
    story.answer("r", met=met)
    if met:
        story.succeed("r")


@pytest.mark.rule("3.1.10")
@pytest.mark.rule("9.6.2")
def test_a_root_at_rest_is_looked_for_once_and_shows_nothing(resting):
    assert resting.runs() == []
    assert resting.looks == []


@pytest.mark.rule("9.6.1")
@pytest.mark.rule("9.6.2")
def test_data_that_is_there_at_the_resume_starts_it_at_once(story):
    story.resume(triggered())
    story.looked(has_data=True)
    story.answer("r", met=True)
    (run,) = story.runs()
    assert (run.scheduled_from, run.scheduled_time, run.next_scheduled_time) == (
        "TRIGGER",
        story.now,
        None,
    )
    assert story.running() == ["r"]


@pytest.mark.rule("9.6.1")
def test_data_that_comes_is_looked_for_and_starts_it(resting):
    resting.data_comes()
    run_once(resting)
    assert [run.state for run in resting.runs()] == ["SUCCEEDED"]


def test_a_look_is_not_asked_for_twice_and_what_came_meanwhile_is_looked_for(resting):
    resting.data_comes()
    resting.data_comes()
    resting.data_comes()
    assert len(resting.looks) == 1
    resting.looked(has_data=False)
    assert len(resting.looks) == 1
    resting.looked(has_data=False)
    assert resting.looks == []


@pytest.mark.rule("9.6.2")
@pytest.mark.rule("9.6.3")
@pytest.mark.rule("9.6.6")
def test_what_is_not_consumed_starts_it_again_after_the_interval(resting):
    resting.data_comes()
    run_once(resting)
    resting.pass_time(seconds=2)
    resting.looked(has_data=True)
    first, second = resting.runs()
    assert (second.state, second.waits) == ("SCHEDULED", "due")
    assert second.scheduled_time - first.scheduled_time == HALF_A_MINUTE
    resting.pass_time(seconds=27)
    assert resting.running() == []
    resting.pass_time(seconds=1)
    resting.answer("r", met=True)
    assert resting.running() == ["r"]


@pytest.mark.rule("9.6.3")
def test_a_longer_interval_counts_from_the_last_beginning(story):
    story.history_start = story.now
    story.resume(triggered(interval=timedelta(minutes=10)))
    run_once(story)
    for _ in range(3):
        story.looked(has_data=True)
        story.pass_time(minutes=10)
        story.answer("r", met=True)
        story.pass_time(seconds=90)
        story.succeed("r")
    assert began(story) == [0, 600, 1200, 1800]


@pytest.mark.rule("9.6.5")
def test_a_condition_that_does_not_hold_skips_it_until_something_comes(resting):
    resting.data_comes()
    run_once(resting, met=False)
    assert [run.state for run in resting.runs()] == ["SKIPPED"]
    assert resting.looks == []
    resting.pass_time(minutes=5)
    resting.data_comes()
    run_once(resting)
    assert [run.state for run in resting.runs()] == ["SKIPPED", "SUCCEEDED"]


def test_what_comes_while_it_is_skipped_is_looked_for(resting):
    resting.data_comes()
    resting.looked(has_data=True)
    resting.data_comes()
    resting.answer("r", met=False)
    assert len(resting.looks) == 1


@pytest.mark.rule("9.6.4")
def test_after_twelve_hours_without_a_run_there_is_one(resting):
    resting.pass_time(hours=11, minutes=59)
    assert resting.asked == {}
    resting.pass_time(minutes=1)
    resting.answer("r", met=False)
    resting.pass_time(hours=12)
    resting.answer("r", met=False)
    assert [run.state for run in resting.runs()] == ["SKIPPED", "SKIPPED"]
    assert began(resting) == [12 * 3600 - 30, 24 * 3600 - 30]


@pytest.mark.rule("9.6.4")
def test_an_interval_of_days_is_no_longer_than_that(story):
    story.history_start = story.now
    story.resume(triggered(interval=timedelta(days=7)))
    run_once(story)
    story.looked(has_data=True)
    assert began(story) == [0, 12 * 3600]


@pytest.mark.rule("9.6.7")
def test_the_root_of_a_graph_is_triggered_and_its_children_follow(story):
    story.resume(triggered("r -> a"))
    run_once(story)
    assert (story.running(), story.looks) == (["a"], [])
    story.succeed("a")
    assert len(story.looks) == 1


def test_no_other_run_begins_beside_one_that_goes_on(resting):
    resting.data_comes()
    resting.looked(has_data=True)
    resting.answer("r", met=True)
    resting.data_comes()
    assert resting.looks == []
    resting.pass_time(minutes=1)
    assert (len(resting.runs()), resting.running()) == (1, ["r"])
    resting.succeed("r")
    assert len(resting.looks) == 1


def test_a_suspended_root_is_not_started(resting):
    resting.data_comes()
    resting.suspend(triggered())
    resting.looked(has_data=True)
    resting.data_comes()
    assert (resting.runs(), resting.looks) == ([], [])


def test_a_run_that_waits_goes_with_the_suspension(resting):
    resting.data_comes()
    run_once(resting)
    resting.looked(has_data=True)
    resting.suspend(triggered())
    assert [run.state for run in resting.runs()] == ["SUCCEEDED"]


def test_by_hand_it_runs_at_once_and_the_interval_counts_from_there(resting):
    resting.pass_time(minutes=5)
    group = resting.execute(triggered())
    resting.answer("r", met=True)
    resting.succeed("r")
    resting.looked(has_data=True)
    assert resting.run(group).scheduled_from == "EXECUTE_TASK"
    waiting = resting.runs()[-1]
    assert waiting.scheduled_time - resting.run(group).scheduled_time == HALF_A_MINUTE


def test_a_failure_is_tried_again_while_the_data_is_there_until_it_is_suspended(story):
    spec = triggered(suspend_after_failures=3)
    story.resume(spec)
    for _ in range(3):
        story.looked(has_data=True)
        story.now += HALF_A_MINUTE
        story.pass_time(seconds=0)
        story.answer("r", met=True)
        story.fail("r")
    assert story.looks == []
    last = story.runs()[-1]
    assert story.states(last.group_id) == {"r": "FAILED_AND_AUTO_SUSPENDED"}


def test_after_a_crash_it_is_looked_for_again_and_a_run_that_waited_begins(resting):
    resting.data_comes()
    resting.crash()
    assert len(resting.looks) == 1
    run_once(resting)
    resting.looked(has_data=True)
    resting.crash()
    assert resting.looks == []
    resting.pass_time(seconds=30)
    resting.answer("r", met=True)
    assert resting.running() == ["r"]


def test_a_calendar_that_is_set_back_lets_nobody_wait_for_longer(resting):
    resting.data_comes()
    run_once(resting)
    resting.looked(has_data=True)
    resting.set_back(days=3)
    resting.pass_time(seconds=30)
    resting.answer("r", met=True)
    assert resting.running() == ["r"]


def test_a_schedule_is_what_starts_a_root_that_has_one(story):
    story.resume(graph("r", when={"r": WHEN}, schedule="10 MINUTES"))
    story.data_comes()
    assert story.looks == []
