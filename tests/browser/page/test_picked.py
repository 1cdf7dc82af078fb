"""Several tasks at once, beside each other; and what a menu offers for one."""

from __future__ import annotations

from tests.browser.page.conftest import log
from tests.render.builders import FRAUD, FRAUD_FAILED, run, shape

CHAIN = shape("load -> train; train -> publish")
FAILED = run(CHAIN, load="succeeded", train="failed", publish="blocked")
PANEL = ".sfdag-picked-panel"


def told(made):
    made.answer("detail", detail={"name": "x", **log("first", "second", task="train")})


def test_several_tasks_stand_beside_each_other_with_what_they_logged(stage, page, keep):
    made = stage(CHAIN, FAILED)
    told(made)
    panel = page.locator(PANEL)
    made.node("load").click()
    made.node("train").click(modifiers=["Shift"])
    panel.get_by_text("second").wait_for()
    assert page.locator(".sfdag-drawer").is_hidden()
    assert panel.locator("h3").text_content() == "2 tasks selected"
    assert panel.locator("header p").text_content() == "1 failed · 1 succeeded"
    assert made.sent[-1]["kind"] == "logs"
    assert (made.sent[-1]["task"], made.sent[-1]["tasks"]) == (None, [0, 1])
    rows = [row.inner_text().split("\t") for row in panel.locator("tbody tr").all()]
    assert [[cell.strip() for cell in row][1:] for row in rows] == [
        ["7.4 s", "–", '{"rows": 120000}'],
        ["7.4 s", "–", "ValueError: 3 columns are missing cell 7, line 12, in train_model"],
    ]
    keep(page, "page_picked")
    panel.get_by_role("button", name="train").click()
    assert page.locator(".sfdag-drawer h3").text_content() == "train"
    assert panel.is_hidden()
    page.keyboard.press("Escape")
    assert panel.is_visible()
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.locator("[data-picked]").count() == 0


def test_they_are_selected_by_keys_and_in_the_table(stage, page):
    made = stage(CHAIN, FAILED)
    told(made)
    made.node("load").focus()
    page.keyboard.press("x")
    made.node("train").focus()
    page.keyboard.press("x")
    assert page.locator(PANEL).is_visible()
    assert page.evaluate("document.activeElement.dataset.task") == "train"
    page.get_by_role("tab", name="Table").click()
    assert page.locator(PANEL).is_hidden()
    page.get_by_label("Select load").uncheck()
    page.get_by_label("Select publish").check()
    page.get_by_role("button", name="Compare, logs").click()
    assert page.locator(f"{PANEL} tbody th").all_inner_texts() == [
        "failed\ntrain",
        "blocked\npublish",
    ]


def test_a_menu_is_gone_along_by_keys_and_gives_the_focus_back(stage, page):
    told(stage(FRAUD, FRAUD_FAILED))
    page.get_by_role("tab", name="Table").click()
    more = page.locator(".sfdag-tasks").get_by_role("button", name="More about setup")
    more.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Details"
    page.keyboard.press("Escape")
    assert page.get_by_role("menu").count() == 0
    assert more.get_attribute("aria-expanded") == "false"
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    drawer = page.locator(".sfdag-drawer")
    assert drawer.locator("h3").text_content() == "setup"
    assert drawer.get_by_role("tab", name="Logs").get_attribute("aria-selected") == "true"
    more.click()
    page.get_by_role("heading", name="setup").click()
    assert page.get_by_role("menu").count() == 0
