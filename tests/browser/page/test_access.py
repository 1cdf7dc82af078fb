"""Every place of the view, for everyone: what axe finds, contrasts, sizes of targets, focus."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.contrast import too_faint
from tests.browser.measures import SMALL_TARGETS, UNSEEN_FOCUS
from tests.browser.page.host import put_host
from tests.browser.page.places import Tour
from tests.render.builders import FRAUD, FRAUD_FAILED

#: Rules that axe leaves to people, and why these are in order.
UNDECIDED = {
    "color-contrast",  # texts on shapes, whose colour it does not see: measured here
    "frame-tested",  # what a task showed, in a frame without scripts: not ours
    "heading-order",  # of the first heading of an aside it does not find the one before
}
FOUND = """
async () => {
  const told = await axe.run('.sfdag', { resultTypes: ['violations', 'incomplete'] });
  return [told.violations, told.incomplete].map((all) => Object.fromEntries(
    all.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200))])));
}
"""


def found(page):
    """`(violations, incompletes)` in the view: the rules and the elements they speak of."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FOUND)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_place_is_for_everyone(stage, page, keep, theme):
    page.set_viewport_size({"width": 1600, "height": 1400})
    page.emulate_media(color_scheme=theme)
    put_host(page, theme)
    wrong = {}
    for place in Tour(stage, page):
        keep(page, f"place_{theme}_{place.replace(', ', '_').replace(' ', '_')}")
        # In the dark other colours are seen, and nothing else: these are measured here.
        violations, incomplete = found(page) if theme == "light" else ({}, {})
        seen = {
            "axe": violations,
            "axe cannot say": sorted(set(incomplete) - UNDECIDED),
            "too faint": too_faint(page),
            "small targets": page.evaluate(SMALL_TARGETS),
            "focus not seen": page.evaluate(UNSEEN_FOCUS),
        }
        wrong[place] = {what: of for what, of in seen.items() if of}
    assert {place: seen for place, seen in wrong.items() if seen} == {}


def test_what_is_wrong_is_found(stage, page):
    stage(FRAUD, FRAUD_FAILED)
    page.evaluate(
        """() => {
          const field = document.querySelector('.sfdag-find-field');
          field.removeAttribute('aria-label');
          field.removeAttribute('placeholder');
          document.querySelector('[data-task] .sfdag-name').style.fill = '#AAAAAA';
          document.querySelector('[data-task] .sfdag-glyph').style.stroke = '#CCCCCC';
          document.querySelector('.sfdag-run-facts').style.color = '#999999';
          const button = document.querySelector('.sfdag-legend button');
          button.style.cssText = 'min-height: 20px; height: 20px; outline: none !important';
        }"""
    )
    assert found(page)[0].keys() >= {"label", "color-contrast"}
    assert [(what.split()[0], ratio) for what, ratio, *_ in too_faint(page)] == [
        ("“4", 2.85),
        ("“setup”", 2.32),
        ("sfdag-glyph", 1.61),
    ]
    assert len(page.evaluate(SMALL_TARGETS)) == len(page.evaluate(UNSEEN_FOCUS)) == 1
