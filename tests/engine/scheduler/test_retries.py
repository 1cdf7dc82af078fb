"""Attempts: what a retry runs again, what it keeps, and what retries itself."""

import pytest

from .stories import Story, graph


@pytest.fixture
def story():
    return Story()


def failed_diamond(story, **options):
    spec = graph("r -> a -> c; r -> b -> c -> d", **options)
    run = story.execute(spec)
    story.succeed("r")
    story.succeed("a", value="kept")
    story.fail("b")
    return spec, run


@pytest.mark.rule("5.1.4")
def test_a_retry_runs_what_failed_and_what_was_blocked_by_it(story):
    spec, run = failed_diamond(story)
    story.retry(spec, run)
    assert story.running() == ["b"]
    story.succeed_all()
    assert story.states(run, 2) == {"b": "SUCCEEDED", "c": "SUCCEEDED", "d": "SUCCEEDED"}
    assert story.started.count("a") == 1


@pytest.mark.rule("5.1.5", "5.1.6", "5.1.7")
def test_a_retry_is_the_next_attempt_of_the_same_group(story):
    spec, run = failed_diamond(story)
    story.pass_time(minutes=5)
    story.retry(spec, run)
    first, second = story.run(run, 1), story.run(run, 2)
    assert first.state == "FAILED"
    assert second.scheduled_from == "MANUAL RETRY"
    assert second.run_id == first.run_id
    assert second.scheduled_time > first.scheduled_time


@pytest.mark.rule("18.11")
def test_a_retry_keeps_the_config_of_the_run(story):
    spec = graph("r", config='{"a": {"x": 1, "y": 2}}')
    run = story.execute(spec, config='{"a": {"x": 3}}')
    story.fail("r")
    story.retry(spec, run)
    assert story.run(run, 2).config == '{"a": {"x": 3, "y": 2}}'


def test_a_retry_keeps_what_was_skipped(story):
    spec = graph("r -> a -> b; r -> c", when={"a": "1=2"})
    run = story.execute(spec)
    story.succeed("r")
    story.answer("a", met=False)
    story.fail("c")
    story.retry(spec, run)
    story.succeed("c")
    assert story.states(run, 2) == {"c": "SUCCEEDED"}
    assert story.run(run, 2).state == "SUCCEEDED"


def test_a_retry_runs_a_cancelled_task_again(story):
    spec = graph("r -> a -> b")
    run = story.execute(spec)
    story.succeed("r")
    story.cancel("a")
    story.stopped("a")
    story.retry(spec, run)
    story.succeed_all()
    assert story.states(run, 2) == {"a": "SUCCEEDED", "b": "SUCCEEDED"}


def test_a_second_retry_keeps_the_results_of_both_attempts(story):
    spec, run = failed_diamond(story)
    story.retry(spec, run)
    story.succeed("b")
    story.fail("c")
    story.retry(spec, run)
    assert story.running() == ["c"]
    story.succeed_all()
    assert story.states(run, 3) == {"c": "SUCCEEDED", "d": "SUCCEEDED"}


@pytest.mark.rule("18.7")
def test_the_finalizer_runs_at_the_end_of_each_attempt(story):
    spec, run = failed_diamond(story, finalizer="f")
    story.succeed("f")
    story.retry(spec, run)
    story.succeed_all()
    assert story.states(run, 1)["f"] == story.states(run, 2)["f"] == "SUCCEEDED"


def test_when_only_the_finalizer_failed_a_retry_runs_only_it(story):
    spec = graph("r -> a", finalizer="f")
    run = story.execute(spec)
    story.succeed("r")
    story.succeed("a")
    story.fail("f")
    story.retry(spec, run)
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.run(run, 2).state == "SUCCEEDED"


@pytest.mark.rule("4.13", "5.2.1", "5.2.3")
def test_an_automatic_retry_follows_the_finalizer_of_the_failed_attempt(story):
    run = story.execute(graph("r -> a", finalizer="f", automatic_retries=1))
    story.succeed("r")
    story.fail("a")
    assert story.running() == ["f"]
    story.succeed("f")
    assert story.running() == ["a"]
    assert story.run(run, 2).scheduled_from == "AUTOMATIC RETRY"
    story.fail("a")
    story.succeed("f")
    assert story.running() == []
    assert story.run(run, 2).state == "FAILED"


def test_a_manual_retry_may_be_followed_by_automatic_ones_again(story):
    spec = graph("r", automatic_retries=1)
    run = story.execute(spec)
    story.fail("r")
    story.fail("r")
    story.retry(spec, run)
    story.fail("r")
    assert story.run(run, 4).scheduled_from == "AUTOMATIC RETRY"


def test_what_somebody_cancelled_is_not_retried_automatically(story):
    run = story.execute(graph("r -> a; r -> b", automatic_retries=3))
    story.succeed("r")
    story.fail("a")
    story.cancel_run(run)
    story.stopped("b")
    assert story.running() == []


@pytest.mark.rule("5.1.8")
def test_every_attempt_knows_the_last_success_before_the_first_one(story):
    spec = graph("r")
    good = story.execute(spec)
    story.succeed("r")
    bad = story.execute(spec)
    story.fail("r")
    story.execute(spec)
    story.succeed("r")
    story.retry(spec, bad)
    assert story.run(good).last_success_group_id is None
    assert story.run(bad, 1).last_success_group_id == good
    assert story.run(bad, 2).last_success_group_id == good
