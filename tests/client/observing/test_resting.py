"""A rest ends with a change where somebody tells of it, else by its time."""

import itertools
import threading
import time

import pytest

from sfdag_magics.client.observing.resting import rest

#: Only against a hang: nothing here rests that long.
LONG_S = 60.0


def rested(last_stir, before, *, ended=None, least_s=0.0, most_s=LONG_S):
    began = time.monotonic()
    rest(ended or threading.Event(), last_stir, before, least_s=least_s, most_s=most_s)
    return time.monotonic() - began


def test_a_change_ends_it():
    values = itertools.chain([b"1"] * 3, itertools.repeat(b"2"))
    assert rested(lambda: next(values), b"1") < LONG_S


def test_a_change_before_it_began_ends_it_after_the_least():
    assert LONG_S > rested(lambda: b"2", b"1", least_s=0.02) >= 0.02


@pytest.mark.parametrize("told", [b"", b"1"])
def test_without_one_it_ends_by_its_time(told):
    assert LONG_S > rested(lambda: told, told, most_s=0.03) >= 0.03


@pytest.mark.parametrize("told", [b"", b"1"])
def test_it_does_not_last_beyond_the_end(told):
    ended = threading.Event()
    ended.set()
    assert rested(lambda: told, told, ended=ended, least_s=LONG_S / 2) < LONG_S / 2
