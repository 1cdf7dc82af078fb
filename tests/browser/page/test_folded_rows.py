"""Groups of a large graph as rows of the timeline and of the table: one each, opened and folded."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.measures import SIDEWAYS, SMALL_TEXT, check_layout
from tests.browser.page.host import put_host
from tests.browser.page.test_large import FAILED, GROUPED, NAMES
from tests.browser.page.test_timeline import bars
from tests.render.builders import run

ROWS = "[data-row]"
OVER = run(
    GROUPED,
    **dict.fromkeys(NAMES, "blocked")
    | {"plan": "succeeded", "load_00": "succeeded", "load_01": "failed"},
)
LOAD = "load, failed, 40 tasks: 1 failed, 1 running, 1 succeeded, 37 pending"
ACTIVE = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


def opened(stage, page, tab):
    made = stage(GROUPED, FAILED)
    made.answer()
    page.get_by_role("tab", name=tab).click()
    return made, page.get_by_role("tabpanel")


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
@pytest.mark.parametrize("tab", ["Timeline", "Table"])
def test_a_folded_group_is_one_row_and_its_tasks_stand_below_it_while_it_is_open(
    stage, page, keep, tab, theme, width
):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made, panel = opened(stage, page, tab)
    expect(panel.locator(ROWS)).to_have_count(3)
    load = panel.get_by_role("button", name=LOAD)
    expect(load).to_have_attribute("aria-expanded", "false")
    keep(page, f"page_rows_folded_{tab}_{theme}_{width}")
    load.click()
    assert (made.sent[-1]["kind"], GROUPED.nodes[made.sent[-1]["task"]].name) == (
        "unfold",
        "load_00",
    )
    made.fold(unfolded=["load"])
    expect(panel.locator(ROWS)).to_have_count(43)
    expect(load).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(ACTIVE) == LOAD
    keep(page, f"page_rows_open_{tab}_{theme}_{width}")
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SIDEWAYS) == []
    check_layout(page)
    load.click()
    assert made.sent[-1]["kind"] == "fold"


@pytest.mark.parametrize("tab", ["Timeline", "Table"])
def test_groups_in_rows_are_opened_and_folded_by_keys(stage, page, tab):
    made, panel = opened(stage, page, tab)
    panel.get_by_role("button", name=LOAD).focus()
    page.keyboard.press("x")
    page.keyboard.press("x")  # all of it, and none
    for key, kind in (("Enter", "unfold"), ("ArrowRight", "unfold"), ("f", "unfold")):
        made.fold()
        page.keyboard.press(key)
        assert made.sent[-1]["kind"] == kind
    made.fold(unfolded=["load"])
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.title") == "load_00"
    page.keyboard.press("f")
    assert made.sent[-1]["kind"] == "fold"
    assert page.evaluate(ACTIVE) == LOAD
    made.fold()
    expect(panel.locator(ROWS)).to_have_count(3)
    assert page.evaluate(ACTIVE) == LOAD
    page.keyboard.press("n")
    assert page.evaluate(ACTIVE) == LOAD
    expect(page.locator(".sfdag-drawer")).to_be_hidden()


def test_what_is_folded_is_so_on_each_tab_and_what_is_looked_for_is_found_in_it(stage, page):
    made, panel = opened(stage, page, "Table")
    expect(panel.get_by_role("row").filter(has_text="load")).to_contain_text("1 failed, 1 running")
    page.get_by_label("Find a task").fill("load_0")
    expect(panel.locator(ROWS)).to_have_count(10)
    page.get_by_label("Find a task").fill("")
    expect(panel.locator(ROWS)).to_have_count(3)
    panel.get_by_role("columnheader", name="Task").get_by_role("button").click()
    assert panel.locator(ROWS).evaluate_all("all => all.map(e => e.title)") == [
        "load",
        "plan",
        "train",
    ]
    page.get_by_role("button", name="Unfold all").click()
    expect(panel.locator(ROWS)).to_have_count(81)
    page.get_by_role("tab", name="Timeline").click()
    expect(panel.locator(ROWS)).to_have_count(81)
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("[data-task]")).to_have_count(81)
    page.get_by_role("button", name="Fold groups").click()
    page.get_by_role("tab", name="Timeline").click()
    expect(panel.locator(ROWS)).to_have_count(3)
    made.show(OVER)
    group = bars(page, "load, failed")
    made.fold(unfolded=["load"])
    first, last = (bars(page, f"load_{at}")["ran"] for at in ("00, succeeded", "01, failed"))
    assert group["ran"][0] == first[0]
    assert group["critical"][0] == last[0]


def test_a_group_in_the_table_is_selected_and_acted_on_as_its_tasks_are(stage, page, keep):
    made, panel = opened(stage, page, "Table")
    made.show(OVER)
    members = [index for index, node in enumerate(GROUPED.nodes) if node.group == "load"]
    box = panel.get_by_label("Select all of load")
    box.check()
    bar = page.locator(".sfdag-picked-bar")
    expect(bar).to_contain_text("40")
    made.fold(unfolded=["load"])
    panel.get_by_label("Select load_07").uncheck()
    assert box.evaluate("e => [e.checked, e.indeterminate]") == [False, True]
    panel.locator("[data-row='-2']").focus()
    page.keyboard.press("x")
    assert box.evaluate("e => [e.checked, e.indeterminate]") == [True, False]
    more = panel.get_by_role("button", name="More about all of load")
    more.click()
    keep(page, "page_group_row_menu")
    assert page.get_by_role("menuitem").all_inner_texts() == [
        "Fold it",
        "Run this group…",
        "Retry this group…",
        "Show in graph, the others faded",
        "Take all from the selection",
        "Copy its name",
    ]
    page.get_by_role("menuitem", name="Retry this group…").click()
    page.wait_for_function("sent.some(({ kind }) => kind === 'again')")
    asked = page.evaluate("sent.findLast(({ kind }) => kind === 'again')")
    assert asked["again"] == members
    page.keyboard.press("Escape")
    more.click()
    page.get_by_role("menuitem", name="Take all from the selection").click()
    expect(bar).to_be_hidden()
