"""The table of moves is whole: a story makes each of them, and nobody makes another."""

from datetime import timedelta

import pytest

from sfdag_magics.engine.scheduler.interruptions import MOST_RESTARTS
from sfdag_magics.engine.scheduler.phases import FINAL, MOVES, Move, Phase

from .stories import Story, graph

#: These are the moves of `a`; `z` goes on beside it, so that the run is there to be looked at.
SHAPE = "r -> z; r -> a"


def executing(*, slots=8, **options):
    story = Story(slots=slots)
    story.execute(graph(SHAPE, **options))
    story.succeed("r")
    return story


def evaluating():
    return executing(when={"a": "1=1"})


def queued():
    return executing(slots=1)


def without_a():
    story = Story()
    story.execute(graph(SHAPE), "a")
    return story


def too_late():
    """The turn of `a` comes when nothing is left of the whole run's time; z has its own."""
    long = {"z": timedelta(hours=2), "other": timedelta(hours=2)}
    story = Story(slots=1)
    story.execute(graph("r -> z; r -> a; r -> other", timeout=timedelta(minutes=10), timeouts=long))
    story.succeed("r")
    story.now += timedelta(hours=1)
    story.succeed("z")
    return story


def cancelling():
    story = executing()
    story.cancel("a")
    return story


def timing_out():
    story = executing()
    story.time_out("a")
    return story


def worn_out():
    story = executing(when={"z": "1=1"})  # a question is asked again however often
    for _death in range(MOST_RESTARTS):
        story.crash()
    return story


def nothing(_story):
    pass


def met(story):
    story.answer("a", met=True)


def not_met(story):
    story.answer("a", met=False)


def unanswered(story):
    story.answer_with_error("a", "no such stream")


def succeed(story):
    story.succeed("a")


def fail(story):
    story.fail("a")


def stopped(story):
    story.stopped("a")


def cancel(story):
    story.cancel("a")


def time_out(story):
    story.time_out("a")


#: What brings `a` into the phase, and what then happens to it.
MADE = {
    (Phase.WAITING, Move.ASK): (evaluating, nothing),
    (Phase.WAITING, Move.QUEUE): (executing, nothing),
    (Phase.WAITING, Move.BLOCK): (without_a, nothing),
    (Phase.EVALUATING, Move.MET): (evaluating, met),
    (Phase.EVALUATING, Move.NOT_MET): (evaluating, not_met),
    (Phase.EVALUATING, Move.FAIL): (evaluating, unanswered),
    (Phase.EVALUATING, Move.CANCEL): (evaluating, cancel),
    (Phase.EVALUATING, Move.INTERRUPT): (evaluating, Story.crash),
    (Phase.QUEUED, Move.START): (executing, nothing),
    (Phase.QUEUED, Move.CANCEL): (queued, cancel),
    (Phase.QUEUED, Move.TIME_OUT): (too_late, nothing),
    (Phase.EXECUTING, Move.SUCCEED): (executing, succeed),
    (Phase.EXECUTING, Move.FAIL): (executing, fail),
    (Phase.EXECUTING, Move.STOPPED): (executing, stopped),
    (Phase.EXECUTING, Move.CANCEL): (executing, cancel),
    (Phase.EXECUTING, Move.TIME_OUT): (executing, time_out),
    (Phase.EXECUTING, Move.INTERRUPT): (executing, Story.crash),
    (Phase.EXECUTING, Move.GIVE_UP): (worn_out, Story.crash),
    (Phase.CANCELLING, Move.SUCCEED): (cancelling, succeed),
    (Phase.CANCELLING, Move.FAIL): (cancelling, fail),
    (Phase.CANCELLING, Move.STOPPED): (cancelling, stopped),
    (Phase.CANCELLING, Move.CANCEL): (cancelling, cancel),
    (Phase.CANCELLING, Move.INTERRUPT): (cancelling, Story.crash),
    (Phase.TIMING_OUT, Move.SUCCEED): (timing_out, succeed),
    (Phase.TIMING_OUT, Move.FAIL): (timing_out, fail),
    (Phase.TIMING_OUT, Move.STOPPED): (timing_out, stopped),
    (Phase.TIMING_OUT, Move.CANCEL): (timing_out, cancel),
    (Phase.TIMING_OUT, Move.INTERRUPT): (timing_out, Story.crash),
}


@pytest.mark.parametrize(("phase", "move"), MOVES, ids=str)
def test_every_move_of_the_table_is_made(phase, move):
    begin, happens = MADE[phase, move]
    story = begin()
    happens(story)
    (run,) = story.scheduler.runs()
    assert f" a {phase} {move}" in run.story()


def test_what_has_ended_moves_no_more():
    assert {phase for phase, _move in MOVES} == set(Phase) - FINAL


def test_a_timeout_that_comes_while_it_is_cancelled_changes_nothing():
    story = cancelling()
    told = story.scheduler.runs()[0].story()
    story.time_out("a")
    assert story.scheduler.runs()[0].story() == told
