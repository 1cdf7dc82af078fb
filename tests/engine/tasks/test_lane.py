"""Short works on one thread, long ones beside them, and when what came of them is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from sfdag_magics.engine.tasks.lane import Lane

_LONG_S = 10.0


class Told:
    """What a lane tells: each time it tells, one list."""

    def __init__(self) -> None:
        self.times: list[list[str]] = []
        self._changed = threading.Condition()

    def __call__(self, outcomes: Sequence[str]) -> None:
        with self._changed:
            self.times.append(list(outcomes))
            self._changed.notify_all()

    def all(self) -> list[str]:
        return [each for some in self.times for each in some]

    def wait_for(self, *outcomes: str) -> None:
        with self._changed:
            is_told = self._changed.wait_for(lambda: {*outcomes} <= {*self.all()}, _LONG_S)
        assert is_told, f"only {self.all()} was told"


class Work:
    """A work that begins, and ends when it is let."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.has_begun.set()
        assert self.may_end.wait(_LONG_S)
        return self._name


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def lane(told) -> Iterator[Lane[str]]:
    lane = Lane[str]("test-lane", most=4, tell=told)
    yield lane
    lane.close()


def _named(name: str) -> Callable[[], str]:
    return lambda: name


def test_what_waits_is_carried_out_in_its_order(lane, told):
    names = [str(number) for number in range(100)]
    for name in names:
        lane.put(_named(name))

    told.wait_for(*names)

    assert told.all() == names


def test_works_that_follow_each_other_at_once_have_one_thread_and_are_told_together(told):
    lane = Lane[str]("test-lane", most=4, tell=told, patience_s=_LONG_S)
    threads: list[threading.Thread] = []

    def noted(name: str) -> str:
        threads.append(threading.current_thread())
        return name

    def first() -> str:
        for name in ("second", "third", "last"):
            lane.put(partial(noted, name))
        return noted("first")

    lane.put(first)
    told.wait_for("last")
    lane.close()

    assert len({*threads}) == 1
    assert told.times == [["first", "second", "third"], ["last"]]


def test_a_long_work_keeps_nothing_waiting(lane, told):
    long = [Work(f"long {number}") for number in range(3)]
    for work in long:
        lane.put(work)
    lane.put(_named("short"))

    told.wait_for("short")

    assert all(work.has_begun.is_set() for work in long)
    for work in long:
        work.may_end.set()
    told.wait_for("long 0", "long 1", "long 2")


def test_what_came_before_a_long_work_is_told_while_it_goes_on(lane, told):
    long = Work("long")
    for name in ("one", "two"):
        lane.put(_named(name))
    lane.put(long)
    lane.put(_named("beside"))

    told.wait_for("one", "two", "beside")

    assert long.has_begun.wait(_LONG_S)
    assert "long" not in told.all()
    long.may_end.set()


def test_no_more_than_so_many_are_carried_out_at_once(lane, told):
    long = [Work(f"long {number}") for number in range(4)]
    for work in long:
        lane.put(work)
        assert work.has_begun.wait(_LONG_S)
    lane.put(_named("waits"))
    long[1].may_end.set()
    told.wait_for("waits")

    assert told.all() == ["long 1", "waits"]
    for work in long:
        work.may_end.set()


def test_closing_waits_for_what_was_begun_and_begins_no_more(told):
    lane = Lane[str]("test-lane", most=1, tell=told)
    begun, late = Work("begun"), Work("late")
    lane.put(begun)
    assert begun.has_begun.wait(_LONG_S)
    lane.put(late)
    closing = threading.Thread(target=lane.close)
    closing.start()
    begun.may_end.set()
    closing.join(_LONG_S)

    assert told.all() == ["begun"]
    assert not late.has_begun.is_set()
    assert not [each for each in threading.enumerate() if each.name.startswith("test-lane")]
