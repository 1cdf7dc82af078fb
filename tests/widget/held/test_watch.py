"""The watch looks while somebody looks at a view, survives every error, and ends when told."""

from __future__ import annotations

import threading

import pytest

from sfdag_magics.widget.held.watch import Watch
from tests.widget.fakes import SILENCE, Heard


@pytest.fixture
def watch():
    watches = []

    def watch(look, *, is_looked_at=lambda: True, period_s=0.001):
        watches.append(Watch(look, is_looked_at=is_looked_at, period_s=period_s))
        return watches[-1]

    yield watch
    for made in watches:
        made.close()


def test_it_looks_again_and_again(watch):
    looks = Heard()
    watch(lambda: looks("look"))
    assert [looks.next() for _ in range(3)] == ["look"] * 3


def test_nothing_is_asked_while_nobody_looks_and_at_once_when_somebody_does(watch):
    looks, seen, asked = Heard(), threading.Event(), threading.Event()

    def is_looked_at():
        asked.set()
        return seen.is_set()

    made = watch(lambda: looks("look"), is_looked_at=is_looked_at, period_s=3600)
    assert asked.wait(10)
    assert looks.all() == []
    seen.set()
    made.wake()
    assert looks.next() == "look"


@pytest.mark.parametrize("error", [SILENCE, ZeroDivisionError("bug")])
def test_an_error_is_no_reason_to_stop(watch, error):
    looks = Heard()

    def look():
        looks("look")
        raise error

    watch(look)
    assert [looks.next() for _ in range(2)] == ["look"] * 2


def test_closing_ends_its_thread(watch):
    before = set(threading.enumerate())  # views of other tests may go on
    made = watch(lambda: None, period_s=3600)
    (its,) = set(threading.enumerate()) - before
    made.close()
    assert (its.name, its.is_alive()) == ("sfdag-watch", False)
