"""What axe-core finds on every tab and in the drawer: nothing. What it cannot decide is listed."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.page.host import put_host
from tests.browser.page.past import earlier
from tests.render.builders import FRAUD, FRAUD_FAILED

#: Rules that axe leaves to people, and why these are in order: texts of a picture stand on shapes,
#: whose colour it does not see; `test_looks.py` measures them.
UNDECIDED = {"color-contrast"}
TABS = ("Graph", "Timeline", "Table", "Runs")


def found(page):
    """`(violations, incompletes)` in the view: the rules and the elements they speak of."""
    told = Axe().run(page, context=".sfdag").response
    return tuple(
        {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in told[kind]}
        for kind in ("violations", "incomplete")
    )


def check(page):
    violations, incomplete = found(page)
    assert violations == {}
    assert set(incomplete) <= UNDECIDED, incomplete


@pytest.fixture(params=["light", "dark"])
def themed(page, request):
    page.emulate_media(color_scheme=request.param)
    put_host(page, request.param)
    return page


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_has_no_violation(stage, themed, tab):
    stage(FRAUD, FRAUD_FAILED, past=earlier(FRAUD, 1, 3))
    themed.get_by_role("tab", name=tab).click()
    check(themed)


def test_the_drawer_has_no_violation_on_any_of_its_tabs(stage, themed):
    made = stage(FRAUD, FRAUD_FAILED)
    failed = next(name for name, task in FRAUD_FAILED.tasks.items() if task.error_message)
    made.answer("detail", detail={"name": failed})
    made.node(failed).click()
    expect(themed.locator(".sfdag-drawer h3")).to_have_text(failed)
    tabs = themed.locator(".sfdag-drawer [role=tab]:not([hidden])")
    assert tabs.count() > 2
    for tab in tabs.all():
        tab.click()
        check(themed)


def test_the_help_has_none(stage, themed):
    stage(FRAUD, FRAUD_FAILED)
    themed.get_by_role("button", name="Keys").click()
    check(themed)


def test_it_finds_what_is_wrong(stage, page):
    stage(FRAUD, FRAUD_FAILED)
    page.evaluate("document.querySelector('.sfdag-find-field').removeAttribute('aria-label')")
    page.evaluate("document.querySelector('.sfdag-find-field').removeAttribute('placeholder')")
    assert "label" in found(page)[0]
