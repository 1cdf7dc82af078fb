"""How far a target's clock is from ours: by what happened between two looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.widget.held.clock import Clock
from tests.render.builders import NOON, run
from tests.widget.fakes import CHAIN, HALFWAY, RUNNING

#: `a` ends then, and `b` begins, by the target's clock.
HAPPENED = NOON + timedelta(seconds=8)


def seconds(number):
    return timedelta(seconds=number)


def seen_changing(apart_s, *, every_s=2, clock=Clock()):  # noqa: B008 - a value
    """After two looks at a run of a target whose clock is so much ahead, a change between them."""
    ours = HAPPENED - seconds(apart_s)
    clock = clock.after(None, None, RUNNING, ours - seconds(every_s / 2))
    return clock.after(RUNNING, ours - seconds(every_s / 2), HALFWAY, ours + seconds(every_s / 2))


@pytest.mark.parametrize(
    ("apart_s", "told_s"),
    [(0, 0), (3, 0), (300, 299), (86_400, 86_399), (-20, 0), (-300, -299), (-86_400, -86_399)],
)
def test_a_clock_that_is_far_from_ours_is_told_within_a_look(apart_s, told_s):
    assert seen_changing(apart_s).ahead == seconds(told_s)


def test_what_was_not_seen_to_happen_tells_only_that_it_has():
    late = HAPPENED + seconds(3600)
    clock = Clock().after(None, None, HALFWAY, late)
    assert clock.ahead == seconds(0)
    other = replace(HALFWAY, group_id="another")
    assert clock.after(replace(RUNNING, group_id="before"), late, other, late).ahead == seconds(0)
    assert clock.after(HALFWAY, late, HALFWAY, late + seconds(9)) == clock
    assert clock.after(HALFWAY, late, run(CHAIN), late) == clock


def test_a_clock_that_was_set_is_believed_anew():
    wrong = seen_changing(-7200)
    assert wrong.ahead == seconds(-7199)
    assert seen_changing(300, clock=wrong).ahead == seconds(299)
