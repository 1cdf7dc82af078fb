"""What a screen reader is given to say by itself: what became of a run, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from sfdag_magics.client.observing.snapshot import RanBefore
from sfdag_magics.graph.states import DisplayState
from tests.render.builders import NOON, run, shape

pytestmark = pytest.mark.usefixtures("own_page")  # whose clock stands still

#: Every change in a region that is read aloud, with all of its text as it is then.
LISTEN = """
() => {
  window.heard = [];
  const live = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]';
  const isNew = ({ type, addedNodes }) => type !== 'childList' || addedNodes.length;
  new MutationObserver((records) => {
    const changed = records.filter(isNew)
      .map(({ target }) => (target.nodeType === 3 ? target.parentElement : target))
      .filter((element) => element && !element.closest('[aria-hidden=true]'))
      .map((element) => element.closest(live));
    for (const region of new Set(changed)) if (region) window.heard.push(region.textContent);
  }).observe(document.querySelector('.sfdag'),
    { childList: true, characterData: true, subtree: true });
}
"""
SMALL = shape("; ".join(f"{a} -> {b}" for a, b in pairwise("abcdefg")))
LARGE = shape("; ".join(f"plan -> t{number}" for number in range(299)))


def listened(stage, page, shape):
    page.clock.install(time=0)
    page.clock.pause_at(1)
    made = stage(shape, run(shape))
    page.evaluate(LISTEN)
    return made


def states(shape, done, going):
    names = [node.name for node in shape.nodes]
    states = dict.fromkeys(names[:done], "succeeded")
    return states | dict.fromkeys(names[done : done + going], "running")


@pytest.mark.parametrize(
    ("shape", "seconds", "going", "first", "most"),
    [(SMALL, 14, 1, "a running", 5), (LARGE, 60, 12, "5 of 300 ran, 12 running", 13)],
)
def test_a_run_is_told_in_a_few_sentences(stage, page, shape, seconds, going, first, most):
    made = listened(stage, page, shape)
    count = len(shape.nodes)
    for second in range(1, seconds + 1):
        seen = run(shape, **states(shape, second * count // seconds, going))
        made.show(seen, doing="starting" if second < 4 else "")
        page.clock.run_for(1000)
    doing, *heard = page.evaluate("heard")
    assert doing.startswith("starting")  # once: not with each of its seconds
    assert heard[0] == first
    assert len(heard) <= most
    assert heard[-1].endswith(f"Succeeded: {count} of {count} ran, 2m10s")


def test_a_run_that_was_retried_took_as_long_aloud_as_it_says_above(stage, page):
    made = listened(stage, page, SMALL)
    begun = NOON - timedelta(hours=1)
    failed = RanBefore(
        attempt=1,
        state=DisplayState.FAILED,
        started=begun + timedelta(seconds=10),
        completed=begun + timedelta(seconds=24),
    )
    for done in (0, len(SMALL.nodes)):
        seen = run(SMALL, **states(SMALL, done, len(SMALL.nodes) - done))
        tasks = {name: replace(task, before=(failed,)) for name, task in seen.tasks.items()}
        made.show(replace(seen, attempt=2, begun=begun, tasks=tasks))
        page.clock.run_for(6000)
    assert page.evaluate("heard").pop().endswith(" ran, 2m34s in 2 attempts")
    assert " · 2m34s in 2 attempts" in page.locator(".sfdag-run-facts").text_content()


def test_what_failed_is_named_and_nothing_is_said_twice(stage, page):
    made = listened(stage, page, LARGE)
    many = states(LARGE, 40, 5)
    for _ in range(3):
        made.show(run(LARGE, **many | {"t7": "failed"}))
        page.clock.run_for(6000)
    made.redraw(SMALL, run(SMALL, a="succeeded"))
    for later in ({}, {"b": "running"}):
        made.show(run(SMALL, a="succeeded", **later))
    page.clock.run_for(6000)
    assert page.evaluate("heard") == ["t7 failed, 40 of 300 ran, 5 running", "b running"]
