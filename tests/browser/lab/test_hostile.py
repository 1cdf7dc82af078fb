"""Forty texts that want to be markup, as names, errors, values and logs, in a real JupyterLab."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from tests.browser.outside import asked_outside, assert_nothing_asked
from tests.render.builders import HOSTILE

NAMES = [name for name in HOSTILE if name.isprintable() or "\n" in name]
VIEW = """
import json
from hostile_view import hostile_view

hostile_view(json.loads({names!r}))
"""
MARKUP = (
    ".sfdag :is(script, img, iframe:not(.sfdag-shown-html), a, style, foreignObject, animate, math,"
    " details:not([class]), form, object, embed, link, meta)"
)
#: Asked in the page: a locator looks into each shadow for it, forty times.
COUNT = "markup => document.querySelectorAll(markup).length"
DRAWER = ("Summary", "Logs", "Data", "Shown 1", "Code", "Attempts")


def seen_everywhere(page):
    """Open each tab, and for each fifth task all of its drawer's; the places that were seen."""
    view, drawer = page.locator(".sfdag"), page.locator(".sfdag-drawer")
    for tab in ("timeline", "table", "runs"):
        view.locator(f"[data-tab='{tab}']").dispatch_event("click")
        view.locator(f".sfdag-stage [role=tabpanel][id$='{tab}-panel']").wait_for()
        yield tab
    for head in (0, 1):
        page.locator("button[data-run]").nth(head).dispatch_event("click")
    page.locator(".sfdag-pair-do button").first.dispatch_event("click")
    page.locator(".sfdag-both").first.wait_for()
    yield "two runs compared"
    view.locator("[data-tab='graph']").dispatch_event("click")
    for index in range(0, len(NAMES), 5):
        page.locator(f"[data-index='{index}']").first.dispatch_event("click")
        for tab in DRAWER:
            drawer.get_by_role("tab", name=tab).click()
            if tab == "Shown 1":
                drawer.locator("iframe.sfdag-shown-html").wait_for()
            if tab == "Data":
                page.locator(".sfdag-panel-data .sfdag-choices button").click()
                page.locator(".sfdag-panel-data table").wait_for()
            yield f"{tab} of task {index}"


def test_they_all_stay_text(notebook, page, keep):
    asked, urls = asked_outside(page), []
    page.context.on("request", lambda request: urls.append(request.url))
    book = notebook("hostile.ipynb", VIEW.format(names=json.dumps(NAMES)))
    page.evaluate("() => { window.alert = () => { window.alarmed = true; }; }")
    book.run(0)
    page.locator(f"[data-index='{len(NAMES) - 1}'][data-state='failed']").wait_for()
    shown = page.locator("[data-task]").evaluate_all("all => all.map(e => e.dataset.task)")
    assert shown == NAMES
    for place in seen_everywhere(page):
        assert page.evaluate(COUNT, MARKUP) == 0, place
        if re.search("of task 0|compared", place):
            keep(page, f"lab_hostile_{place.replace(' ', '_')}")
    assert page.evaluate("window.alarmed") is None
    assert_nothing_asked(page, asked)
    asked_for = [urlsplit(url) for url in urls if "x.invalid" not in url]
    assert {url.hostname for url in asked_for if url.scheme not in ("data", "blob")} == {
        "127.0.0.1"
    }
