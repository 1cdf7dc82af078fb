"""The same as `test_away` with a browser's own messages: somebody really looks at another tab."""

from __future__ import annotations

import pytest

from tests.browser.page.conftest import Stage
from tests.browser.page.host import put_host
from tests.browser.page.test_away import GOING
from tests.browser.page.test_behaviour import DIAMOND, FAILED

#: A browser shows messages and keeps what was agreed to only for an address that is this machine's.
ADDRESS = "http://localhost/lab"
PAGE = "<!doctype html><title>a.ipynb - Lab</title><body>"
#: Notes what the browser has shown; what it does stays the browser's.
HEAR = """
() => {
  window.shown = [];
  window.Notification = class extends window.Notification {
    constructor(title, options) {
      super(title, options);
      this.addEventListener('show', () => shown.push([title, options.body]));
    }
  };
}
"""


@pytest.fixture
def context(browser):
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    context.route(
        "**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
    )
    yield context
    context.close()


@pytest.fixture
def view(context):
    """A view in a tab that has the focus only while it is in front."""
    page = context.new_page()
    page.goto(ADDRESS)
    context.new_cdp_session(page).send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    page.bring_to_front()
    put_host(page)
    page.evaluate(HEAR)
    return Stage(page, DIAMOND, GOING)


def looks_elsewhere(view, other):
    other.bring_to_front()
    view.page.wait_for_function("!document.hasFocus()")


def comes_back(view):
    view.page.bring_to_front()
    view.page.wait_for_function("document.hasFocus()")


def bell(view):
    return view.page.locator(".sfdag-foot").get_by_role("button", name="Tell me by a message")


def test_a_message_is_shown_only_where_the_browser_and_a_click_allow_it(context, view):
    other = context.new_page()
    context.grant_permissions(["notifications"], origin="http://localhost")
    looks_elsewhere(view, other)
    view.show(FAILED)
    assert view.page.title() == "✕ mortgage failed · a.ipynb - Lab"
    assert view.page.evaluate("shown") == []  # the browser would, and nobody asked for it
    comes_back(view)
    view.page.wait_for_function("document.title === 'a.ipynb - Lab'")

    view.show(GOING)
    bell(view).click()
    bell(view).and_(view.page.locator("[aria-pressed='true']")).wait_for()
    looks_elsewhere(view, other)
    view.show(FAILED)
    view.page.wait_for_function("shown.length > 0")
    assert view.page.evaluate("shown") == [
        ["mortgage failed", "3 of 4 ran · 2m10s · 1 failed"],
    ]
    comes_back(view)
    assert view.errors == []


def test_who_looks_is_told_nothing(context, view):
    context.grant_permissions(["notifications"], origin="http://localhost")
    bell(view).click()
    bell(view).and_(view.page.locator("[aria-pressed='true']")).wait_for()
    view.show(FAILED)
    view.page.wait_for_timeout(200)  # a message would be shown by then
    assert (view.page.evaluate("shown"), view.page.title()) == ([], "a.ipynb - Lab")
