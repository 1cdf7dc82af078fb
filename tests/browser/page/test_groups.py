"""A group from the menu of one of its tasks, run and retried; and what is said of open ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.page.host import put_host
from tests.browser.page.test_large import FAILED as LARGE_FAILED
from tests.browser.page.test_large import GROUPED
from tests.browser.page.test_sheets import ACTIONS, sent, told_again, told_form
from tests.render.builders import run, shape

ODD = "it's \\ {clean}"
PLAIN = shape("load -> one two; one -> report; two -> report")
IN_GROUP = replace(
    PLAIN,
    nodes=tuple(
        replace(node, group=ODD if node.name in ("one", "two") else None) for node in PLAIN.nodes
    ),
)
BROKEN = run(IN_GROUP, load="succeeded", one="succeeded", two="failed", report="blocked")


def menu_of(page, name):
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("button", name=f"More about {name}").click()


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_group_is_run_and_retried_from_the_menu_of_its_task(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = stage(IN_GROUP, BROKEN, actions=ACTIONS)
    made.sheets(form=told_form(part=("group", ODD)), again=told_again())
    menu_of(page, "one")
    keep(page, f"page_group_menu_{theme}_{width}")
    page.get_by_role("menuitem", name="Run its group…").click()
    sheet = page.locator(".sfdag-sheet")
    expect(sheet.locator("h3")).to_have_text(f"Run the group {ODD}?")
    expect(sheet.locator("code")).to_have_text(r"%sfdag run --group 'it\'s \ {clean}'")
    assert sent(page, "form")[-1]["text"] == f"group {ODD}"
    keep(page, f"page_group_run_{theme}_{width}")
    sheet.get_by_role("button", name="Cancel").click()
    menu_of(page, "one")
    page.get_by_role("menuitem", name="Retry its group…").click()
    expect(sheet.locator("[data-way='group']")).to_be_checked()
    expect(page.locator("[data-confirm='retry']")).to_be_enabled()
    keep(page, f"page_group_retry_{theme}_{width}")
    page.locator("[data-confirm='retry']").click()
    members = [index for index, node in enumerate(IN_GROUP.nodes) if node.group]
    assert (sent(page, "retry")[0]["again"], sent(page, "run")) == (members, [])


def test_what_has_no_group_or_cannot_be_retried_offers_none(stage, page):
    made = stage(IN_GROUP, BROKEN, actions=ACTIONS)
    menu_of(page, "load")
    assert page.get_by_role("menuitem").filter(has_text="its group").count() == 0
    page.keyboard.press("Escape")
    made.show(run(IN_GROUP, **dict.fromkeys(("load", "one", "two", "report"), "succeeded")))
    menu_of(page, "one")
    names = page.get_by_role("menuitem").filter(has_text="its group").all_text_contents()
    assert names == ["Run its group…"]


@pytest.mark.parametrize(
    ("unfolded", "says"),
    [
        (["train"], "81 tasks: train is open, the other group is folded."),
        (["load", "train"], "81 tasks: 2 groups are open."),
    ],
)
def test_an_open_group_is_not_said_to_be_folded(stage, page, keep, unfolded, says):
    made = stage(GROUPED, LARGE_FAILED)
    made.fold(unfolded=unfolded)
    expect(page.locator(".sfdag-graph .sfdag-says")).to_contain_text(says)
    keep(page, f"page_open_{len(unfolded)}")
