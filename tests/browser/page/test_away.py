"""Who looked away while a long run went on is told its end: by the title, and as they allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.browser.page.test_behaviour import DIAMOND, DONE, FAILED
from tests.browser.page.test_sheets import told_form
from tests.render.builders import NOON, run

GOING = run(DIAMOND, a="succeeded", b="running")
SHORT = replace(DONE, completed=NOON + timedelta(seconds=3))
#: A browser's messages, and whether somebody looks: what a test decides on.
WORLD = """
(answer) => {
  const kept = new Map();
  Object.defineProperty(window, 'localStorage', {value: {
    getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name)}});
  window.messages = [];
  window.Notification = class {
    static permission = 'default';
    static requestPermission = async () => (Notification.permission = answer);
    constructor(title, options) { messages.push([title, options.body, options.tag]); }
  };
  window.away = false;
  Object.defineProperty(document, 'hidden', {get: () => window.away});
  window.look = (away) => {
    window.away = away;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  document.title = 'a.ipynb - Lab';
}
"""


@pytest.fixture
def world(page):
    def world(answer="granted"):
        page.evaluate(WORLD, answer)

    return world


@pytest.mark.parametrize(
    ("before", "after", "away", "title"),
    [
        (GOING, FAILED, True, "✕ mortgage failed · a.ipynb - Lab"),
        (GOING, DONE, True, "✓ mortgage succeeded · a.ipynb - Lab"),
        (GOING, DONE, False, "a.ipynb - Lab"),
        (GOING, SHORT, True, "a.ipynb - Lab"),
        (FAILED, FAILED, True, "a.ipynb - Lab"),
        (replace(GOING, group_id="another"), DONE, True, "a.ipynb - Lab"),
    ],
    ids=["failed", "succeeded", "looks", "short", "was over", "of another run"],
)
def test_the_title_says_how_a_long_run_ended_until_somebody_looks(
    stage, page, world, before, after, away, title
):
    world()
    stage(DIAMOND, before)
    page.evaluate("window.first = model")
    view = stage(DIAMOND, before)
    page.evaluate("away => look(away)", away)
    page.evaluate("state => first.set('sfdag_state', state)", view.told(after))
    view.show(after)
    view.show(after)
    assert page.title() == title
    page.evaluate("document.title = document.title.replace('a.ipynb', 'b.ipynb')")
    page.evaluate("look(false)")
    assert page.title() == "b.ipynb - Lab"
    assert page.evaluate("messages") == []  # nobody allowed any


def test_messages_are_shown_only_after_a_click_that_allows_them(stage, page, world, keep):
    world()
    view = stage(DIAMOND, FAILED, actions={"run": "%sfdag run"})
    bell = page.locator(".sfdag-foot").get_by_role("button", name="Tell me by a message")
    assert bell.get_attribute("aria-pressed") == "false"
    view.sheets(form=told_form())
    page.locator("[data-action='run']").click()
    offer = page.locator(".sfdag-sheet").get_by_role("button", name="Tell me when it has ended")
    keep(page.locator(".sfdag"), "tell_me")
    offer.click()
    page.locator(".sfdag-sheet [aria-pressed='true']").wait_for()
    assert bell.get_attribute("aria-pressed") == "true"

    view.show(GOING)
    page.evaluate("look(true)")
    view.show(FAILED)
    assert page.evaluate("messages") == [
        ["mortgage failed", "3 of 4 ran · 2m10s · 1 failed", "0196-group 1"]
    ]
    bell.click()
    bell.and_(page.locator("[aria-pressed='false']")).wait_for()
    view.show(GOING)
    view.show(FAILED)
    assert len(page.evaluate("messages")) == 1


def test_a_browser_that_allows_none_is_said(stage, page, world):
    world("denied")
    stage(DIAMOND, FAILED)
    page.locator(".sfdag-foot").get_by_role("button", name="Tell me by a message").click()
    page.locator("[data-topic='away']").get_by_text("may show no messages").wait_for()
    assert page.locator(".sfdag-foot [aria-pressed='true']").count() == 0
