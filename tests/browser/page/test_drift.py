"""A task that somebody altered where it is deployed: on its box, in the legend, in its summary."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.widget.told.page_state import page_marks
from tests.browser.page.host import put_host
from tests.render.builders import HOSTILE, run, shape

GRAPH = shape("a -> b; a -> c")
SEEN = run(GRAPH, a="succeeded", b="succeeded", c="succeeded")
LINES = ("when: – → 1 = 1", f"body: SELECT 'b' → {HOSTILE[0]} SELECT 'theirs' FROM a_long_name")


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_what_others_altered_is_on_its_box_and_in_its_summary(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = stage(GRAPH, SEEN)
    marks = page_marks(GRAPH, Edited(any=("b", "c"), by_others={"b": LINES}))
    made.show(SEEN, marks=[marks.get(str(index), "") for index in range(3)])
    for name, mark in (("b", "altered there"), ("c", "edited")):
        expect(made.node(name)).to_have_attribute("aria-label", re.compile(f", {mark}$"))
        expect(made.node(name).locator(".sfdag-pill")).to_be_visible()  # in a narrow view a dot
    expect(page.locator(".sfdag-legend")).to_contain_text("1 altered there")
    made.answer("detail", detail={"name": "b", "altered": list(LINES)})
    made.node("b").click()
    altered = page.locator("[data-altered] li")
    expect(altered).to_have_text(list(LINES))
    keep(page, f"page_drift_{theme}_{width}")
    made.answer("detail", detail={"name": "c", "altered": []})
    page.keyboard.press("Escape")
    made.node("c").click()
    page.locator(".sfdag-drawer h3").get_by_text("c", exact=True).wait_for()
    expect(altered).to_have_count(0)
