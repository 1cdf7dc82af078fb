"""The feed passes on what changed, says when it hears nothing, and ends with the run."""

from __future__ import annotations

import itertools
import threading

import pytest

from sfdag_magics.client.connecting.activity import doing, meanwhile
from sfdag_magics.client.connecting.keeper import EngineKeeper
from sfdag_magics.widget.held.feed import EMBEDDED_PACE, SNOWFLAKE_PACE, Feed, Pace
from tests.widget.fakes import DONE, HALFWAY, RUNNING, SILENCE, FakeRun, Heard

FAST = Pace(shortest_s=0.001, longest_s=0.002)


@pytest.fixture
def follow():
    feeds = []

    def follow(run, *, news=None, silence=None):
        feed = Feed(
            run, on_news=news or (lambda _: None), on_silence=silence or (lambda _: None), pace=FAST
        )
        feeds.append(feed)
        feed.start()
        return feed

    yield follow
    for feed in feeds:
        feed.close()


def test_each_different_snapshot_is_passed_on_in_order(follow):
    news = Heard()
    follow(FakeRun(RUNNING, RUNNING, HALFWAY, HALFWAY, DONE), news=news)
    assert [news.next() for _ in range(3)] == [RUNNING, HALFWAY, DONE]


def test_what_an_answer_waits_for_is_told_until_it_comes():
    class Restarting(FakeRun):
        def refresh(self):
            meanwhile("asking the embedded engine")
            if not said:
                doing("starting the embedded engine again", "it had ended")
            return super().refresh()

    said = []
    feed = Feed(
        Restarting(RUNNING, DONE),
        on_news=lambda seen: said.append(seen.state.value),
        on_silence=lambda _: None,
        on_doing=said.append,
        pace=FAST,
    )
    feed.start()
    feed.join(10)
    begun = "starting the embedded engine again · it had ended"
    assert said == [begun, "", "EXECUTING", "SUCCEEDED"]


class StirredRun(FakeRun):
    """A run whose changes are told of; the pauses between looks would be too long for any test."""

    stir = b"1"

    def last_stir(self):
        return self.stir


def test_a_change_that_is_told_of_is_asked_for_at_once():
    run, news = StirredRun(RUNNING, HALFWAY, DONE), Heard()
    hours = Pace(shortest_s=0.001, longest_s=7200, growth=1e9)
    feed = Feed(run, on_news=news, on_silence=lambda _: None, pace=hours)
    feed.TOLD_S = 3600.0
    feed.start()
    assert news.next() == RUNNING
    run.stir = b"2"
    assert news.next() == HALFWAY
    run.stir = b"3"
    assert news.next() == DONE
    feed.join(10)
    assert not feed.is_following


class AmongOthers(FakeRun):
    """A run beside others, whose changes are told of all the time."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.stirs = itertools.count()

    def last_stir(self):
        return str(next(self.stirs)).encode()


def test_a_run_in_which_nothing_happens_is_asked_for_less_and_less_beside_others():
    run, news = AmongOthers(RUNNING), Heard()
    hours = Pace(shortest_s=0.001, longest_s=7200, growth=1e9)
    feed = Feed(run, on_news=news, on_silence=lambda _: None, pace=hours)
    feed.start()
    assert news.next() == RUNNING
    asks = 1
    while run.asked.wait(0.1):
        run.asked.clear()
        asks += 1
        assert asks < 10
    feed.close()


def test_it_ends_with_the_run(follow):
    feed = follow(FakeRun(DONE))
    feed.join(10)
    assert not feed.is_following
    assert "sfdag-feed" not in {thread.name for thread in threading.enumerate()}


def test_it_follows_no_more_while_it_tells_of_the_end(follow):
    told, go_on = threading.Event(), threading.Event()

    def news(_):
        told.set()
        go_on.wait(10)

    feed = follow(FakeRun(DONE), news=news)
    assert told.wait(10)
    assert not feed.is_following  # who goes on with the run needs another
    go_on.set()


def test_without_an_answer_it_says_so_and_goes_on(follow):
    news, silence = Heard(), Heard()
    follow(FakeRun(RUNNING, SILENCE, RUNNING, DONE), news=news, silence=silence)
    assert news.next() == RUNNING
    assert silence.next() is SILENCE
    assert news.next() == RUNNING
    assert news.next() == DONE


def test_a_bug_in_asking_is_silence_too_and_no_dead_thread(follow, caplog):
    news, silence = Heard(), Heard()
    follow(FakeRun(ZeroDivisionError("bug"), DONE), news=news, silence=silence)
    assert "ZeroDivisionError" in silence.next().message
    assert news.next() == DONE
    assert "ZeroDivisionError" in caplog.text


class AskedOfAnEngine(FakeRun):
    """Its questions go through what looks after the engine."""

    def __init__(self, keeper):
        super().__init__(RUNNING)
        self.keeper = keeper

    def refresh(self):
        with self.keeper.looking():
            return super().refresh()


def test_an_engine_that_somebody_stopped_stays_stopped_and_the_page_is_told(follow):
    stopped, started, news, silence = threading.Event(), threading.Event(), Heard(), Heard()
    keeper = EngineKeeper(stopped.is_set, started.set, was_stopped=stopped.is_set)
    feed = follow(AskedOfAnEngine(keeper), news=news, silence=silence)
    assert news.next() == RUNNING
    stopped.set()
    assert [str(silence.next()).splitlines()[0] for _ in range(3)] == [
        "the embedded engine was stopped"
    ] * 3
    feed.close()
    keeper.close()
    assert not started.is_set()


class Lively(Feed):
    """Gives signs of life after some looks instead of seconds."""

    SIGN_OF_LIFE_S = 0.005


def test_a_quiet_run_gives_signs_of_life():
    news = Heard()
    feed = Lively(FakeRun(RUNNING), on_news=news, on_silence=lambda _: None, pace=FAST)
    feed.start()
    assert [news.next() for _ in range(3)] == [RUNNING] * 3
    feed.close()


def test_a_slow_pace_is_given_patience():
    assert SNOWFLAKE_PACE.patience_s > 2 * SNOWFLAKE_PACE.longest_s
    assert EMBEDDED_PACE.patience_s > 2 * Feed.SIGN_OF_LIFE_S


def test_it_can_be_closed_while_the_run_goes_on(follow):
    run = FakeRun(RUNNING)
    feed = follow(run)
    assert run.asked.wait(10)
    feed.close()
    run.asked.clear()
    assert not feed.is_following
    assert not run.asked.wait(0.05)


def test_it_may_be_closed_from_its_own_thread(follow):
    closed = Heard()
    feeds = []
    ready = threading.Event()

    def close_it(_):
        ready.wait(10)
        feeds[0].close()
        closed("closed")

    feeds.append(follow(FakeRun(RUNNING), news=close_it))
    ready.set()
    assert closed.next() == "closed"


def test_the_pause_grows_while_nothing_changes_and_falls_back_when_something_does():
    pace = Pace(shortest_s=1, longest_s=3, growth=2)
    assert pace.after(1, changed=False) == 2
    assert pace.after(2, changed=False) == 3
    assert pace.after(3, changed=True) == 1
