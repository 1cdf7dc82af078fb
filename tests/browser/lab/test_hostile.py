"""Forty texts that want to be markup, as names, errors, values and logs, in a real JupyterLab."""

from __future__ import annotations

import json

from tests.browser.outside import asked_outside, assert_nothing_asked
from tests.render.builders import HOSTILE

NAMES = [name for name in HOSTILE if name.isprintable() or "\n" in name]
VIEW = """
import json
from hostile_view import hostile_view

hostile_view(json.loads({names!r}))
"""
MARKUP = ".sfdag :is(script, img, iframe, a, style, foreignObject, animate, math, details)"


def test_they_all_stay_text(notebook, page):
    asked = asked_outside(page)
    page.add_init_script("window.alert = () => { window.alarmed = true; }")
    book = notebook("hostile.ipynb", VIEW.format(names=json.dumps(NAMES)))
    book.run(0)
    page.locator(f"[data-index='{len(NAMES) - 1}'][data-state='failed']").wait_for()
    shown = page.locator("[data-task]").evaluate_all("all => all.map(e => e.dataset.task)")
    assert shown == NAMES
    for index in range(0, len(NAMES), 5):
        page.locator(f"[data-index='{index}']").dispatch_event("click")
        for name in ("Logs", "Attempts", "Shown 1", "Code", "Data"):
            page.locator(".sfdag-drawer").get_by_role("tab", name=name).click()
        page.locator(".sfdag-drawer").get_by_text("Returned").wait_for()
        page.locator(".sfdag-panel-data .sfdag-choices button").click()
        page.locator(".sfdag-panel-data table").wait_for()
    assert page.locator(MARKUP).count() == 0
    assert page.evaluate("window.alarmed") is None
    assert_nothing_asked(page, asked)
