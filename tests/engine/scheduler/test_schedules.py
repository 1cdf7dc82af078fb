"""Due times, overlap, manual runs beside schedules, and failures in a row."""

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.instructions import SuspendRoot
from sfdag_magics.graph.grammar import OverlapPolicy

from .stories import START, Story, an_id, graph


@pytest.fixture
def story():
    return Story()


def times(story, state=None):
    return [
        run.scheduled_time.strftime("%d. %H:%M")
        for run in story.runs()
        if state is None or run.state == state
    ]


@pytest.mark.rule("1.5.1")
def test_an_interval_counts_from_the_resume(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    story.pass_time(minutes=25)
    assert times(story, "SUCCEEDED") == ["01. 09:13", "01. 09:23"]
    assert times(story, "SCHEDULED") == ["01. 09:33"]


@pytest.mark.rule("3.1.7")
def test_the_next_run_is_shown_ahead_of_its_time(story):
    story.resume(graph("r -> a", schedule="10 MINUTES"))
    (run,) = story.runs()
    assert run.state == "SCHEDULED"
    assert run.scheduled_from == "SCHEDULE"
    assert story.states(run.group_id) == {"r": "SCHEDULED"}


def test_a_month_of_a_daily_schedule_over_the_change_to_summer_time():
    story = Story(now=datetime(2026, 3, 1, tzinfo=UTC))
    story.resume(graph("r -> a", schedule="USING CRON 30 2 * * * Europe/Berlin"))
    story.pass_time(days=31)
    done = [run.scheduled_time for run in story.runs() if run.state == "SUCCEEDED"]
    assert len(done) == 30  # 02:30 does not exist on the 29th
    assert {time.hour for time in done if time.day < 29} == {1}
    assert {time.hour for time in done if time.day > 29} == {0}


@pytest.mark.rule("1.4.6")
def test_an_hour_that_comes_twice_runs_twice():
    story = Story(now=datetime(2026, 10, 24, 12, tzinfo=UTC))
    story.resume(graph("r", schedule="USING CRON 30 2 * * * Europe/Berlin"))
    story.pass_time(hours=20)
    assert times(story, "SUCCEEDED") == ["25. 00:30", "25. 01:30"]


@pytest.mark.rule("18.28")
def test_a_day_asleep_is_made_up_for_by_one_run(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    story.sleep(days=1, minutes=2)
    story.succeed_all()
    assert times(story, "SUCCEEDED") == ["01. 09:13"]
    assert times(story, "SCHEDULED") == ["02. 09:13"]


def test_a_clock_set_back_makes_no_second_run_of_the_same_name(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    story.pass_time(minutes=12)
    story.now -= timedelta(hours=1)
    story.pass_time(minutes=90)
    assert len({run.group_id for run in story.runs()}) == len(story.runs())


@pytest.mark.parametrize(
    ("schedule", "back", "due"),
    [
        ("10 MINUTES", {"hours": 3}, "01. 06:25"),  # from before the resume: counted from now on
        ("10 MINUTES", {"minutes": 22}, "01. 09:03"),
        ("USING CRON 0 * * * * UTC", {"hours": 3}, "01. 07:00"),
        ("USING CRON 0 5 * * * UTC", {"days": 3}, "27. 05:00"),
    ],
)
def test_a_clock_set_back_does_not_stop_a_schedule(story, schedule, back, due):
    story.resume(graph("r", schedule=schedule))
    story.pass_time(minutes=12)
    story.set_back(**back)
    assert times(story, "SCHEDULED") == [due]
    story.pass_time(**back)
    assert due in times(story, "SUCCEEDED")


def test_the_next_engine_sees_that_the_clock_was_set_back(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    story.now -= timedelta(hours=3)
    story.crash()
    assert times(story, "SCHEDULED") == ["01. 06:13"]


@pytest.mark.parametrize("schedule", ["10 MINUTES", "USING CRON 3-59/10 * * * * UTC"])
def test_a_clock_put_right_by_a_second_repeats_nothing(story, schedule):
    story.resume(graph("r", schedule=schedule))
    story.pass_time(minutes=10)
    story.set_back(seconds=1)
    story.pass_time(minutes=1)
    assert times(story, "SUCCEEDED") == ["01. 09:13"]
    assert times(story, "SCHEDULED") == ["01. 09:23"]


def test_a_clock_set_back_makes_no_burst(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    story.pass_time(minutes=25)
    story.set_back(hours=5)
    before = len(story.runs())
    story.pass_time(minutes=30)
    assert len(story.runs()) == before + 3


@pytest.mark.rule("9.3.1", "2.3")
def test_suspending_takes_the_due_run_away_and_lets_the_running_one_end(story):
    spec = graph("r -> a", schedule="10 MINUTES")
    story.resume(spec)
    story.sleep(minutes=10)
    story.suspend(spec)
    story.succeed_all()
    assert times(story) == ["01. 09:13"]
    assert story.scheduler.next_wakeup() is None


@pytest.mark.rule("3.1.8")
def test_execute_replaces_the_scheduled_run(story):
    spec = graph("r", schedule="10 MINUTES")
    story.resume(spec)
    (due,) = story.runs()
    group = story.execute(spec)
    (run,) = story.runs()
    assert run.group_id == group != due.group_id
    assert run.scheduled_time == START < due.scheduled_time
    story.succeed("r")
    assert times(story, "SCHEDULED") == ["01. 09:13"]


@pytest.mark.rule("9.1.1", "1.4.7", "11.1")
def test_without_overlap_times_during_a_run_are_left_out(story):
    story.resume(graph("r -> a", schedule="10 MINUTES"))
    story.sleep(minutes=10)
    story.succeed("r")
    story.sleep(minutes=25)
    assert len(story.runs()) == 1
    story.succeed("a")
    assert times(story, "SCHEDULED") == ["01. 09:43"]


@pytest.mark.rule("9.1.2")
def test_with_child_overlap_the_next_run_starts_beside_the_children(story):
    spec = graph("r -> a", schedule="10 MINUTES", overlap=OverlapPolicy.ALLOW_CHILD_OVERLAP)
    story.resume(spec)
    story.sleep(minutes=10)
    story.sleep(minutes=10)
    assert story.running() == ["r"]
    story.succeed("r")
    story.sleep(minutes=10)
    assert story.running() == ["a", "r"]


@pytest.mark.rule("9.1.3")
def test_with_all_overlap_a_run_starts_at_every_due_time(story):
    spec = graph("r", schedule="10 MINUTES", overlap=OverlapPolicy.ALLOW_ALL_OVERLAP)
    story.resume(spec)
    story.sleep(minutes=10)
    story.sleep(minutes=10)
    assert story.running() == ["r", "r"]


@pytest.mark.rule("9.2.4", "6.3")
def test_execute_during_a_run_waits_and_a_second_one_replaces_it(story):
    spec = graph("r -> a")
    first = story.execute(spec)
    replaced = story.execute(spec, config='{"n": 1}')
    last = story.execute(spec, config='{"n": 2}')
    assert story.states(last) == {"r": "SCHEDULED"}
    assert story.states(replaced) == {}
    story.succeed("r")
    story.succeed("a")
    assert story.run(first).state == "SUCCEEDED"
    assert story.run(last).state == "EXECUTING"
    assert story.run(last).config == '{"n": 2}'


def test_a_waiting_run_comes_after_the_automatic_retries(story):
    spec = graph("r", automatic_retries=1)
    first = story.execute(spec)
    second = story.execute(spec)
    story.fail("r")
    assert story.run(second).state == "SCHEDULED"
    story.fail("r")
    assert story.run(first, 2).state == "FAILED"
    assert story.run(second).state == "EXECUTING"


def test_a_waiting_run_can_be_cancelled(story):
    spec = graph("r")
    story.execute(spec)
    story.cancel_run(story.execute(spec))
    story.succeed("r")
    assert story.running() == []


def test_a_due_time_during_a_retry_is_left_out(story):
    spec = graph("r", schedule="10 MINUTES")
    story.resume(spec)
    run = story.execute(spec)
    story.fail("r")
    story.retry(spec, run)
    story.sleep(minutes=12)
    assert story.running() == ["r"]
    story.succeed("r")
    assert times(story, "SCHEDULED") == ["01. 09:23"]


@pytest.mark.rule("9.3.4", "3.1.4")
def test_so_many_failures_in_a_row_suspend_the_root(story):
    spec = graph("r -> a", schedule="10 MINUTES", suspend_after_failures=2)
    story.resume(spec)
    story.sleep(minutes=10)
    story.succeed("r")
    story.fail("a")
    story.sleep(minutes=10)
    story.succeed("r")
    instructions = story.fail("a")
    assert SuspendRoot(root_id=spec.root_id) in instructions
    last = story.runs()[-1]
    assert story.states(last.group_id) == {"r": "SUCCEEDED", "a": "FAILED_AND_AUTO_SUSPENDED"}
    assert story.scheduler.next_wakeup() is None


@pytest.mark.rule("9.3.5")
def test_a_success_in_between_starts_the_count_again(story):
    spec = graph("r", schedule="10 MINUTES", suspend_after_failures=2)
    story.resume(spec)
    for outcome in (story.fail, story.succeed, story.fail):
        story.sleep(minutes=10)
        outcome("r")
    assert times(story, "SCHEDULED") == ["01. 09:43"]


@pytest.mark.rule("5.2.5")
def test_failures_are_counted_after_the_automatic_retries(story):
    spec = graph("r", schedule="10 MINUTES", suspend_after_failures=2, automatic_retries=2)
    story.resume(spec)
    story.sleep(minutes=10)
    for _attempt in range(3):
        story.fail("r")
    assert times(story, "SCHEDULED") == ["01. 09:23"]


def test_a_run_says_when_the_next_one_is_due(story):
    story.resume(graph("r", schedule="10 MINUTES"))
    (due,) = story.runs()
    assert due.next_scheduled_time == START + timedelta(minutes=20)
    story.sleep(minutes=10)
    (run,) = story.runs()
    assert run.next_scheduled_time == START + timedelta(minutes=20)


@pytest.mark.slow
def test_two_hundred_graphs_that_are_due_at_once_take_turns(story):
    names = [f"g{number:03}" for number in range(200)]
    for name in names:
        story.resume(graph(f"{name} -> {name}a -> {name}b", schedule="10 MINUTES"))
    story.now = story.scheduler.next_wakeup()
    story.feed(events.Tick(now=story.now))
    assert len(story.running()) == story.slots
    while story.alive:
        story.now += timedelta(milliseconds=1)
        story.succeed(next(iter(story.alive.values())).task.name)  # the longest at it
    ended = [run for run in story.runs() if run.state == "SUCCEEDED"]
    assert sorted(run.root_id for run in ended) == sorted(an_id(name) for name in names)
    # nobody's second task begins before everybody's first
    assert {name[-1] for name in story.started[:200]}.isdisjoint("ab")
    assert {name[-1] for name in story.started[200:400]} == {"a"}
