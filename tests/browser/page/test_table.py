"""The table of tasks, and how tasks are looked for on all tabs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.measures import BOXES, check_layout
from tests.browser.page.conftest import A_FRAME
from tests.browser.page.past import earlier
from tests.render.builders import FRAUD, FRAUD_FAILED, HOSTILE, run, shape

CHAIN = shape("load -> train test; train -> publish; test -> publish")
FAILED = run(CHAIN, load="succeeded", train="failed", test="running", publish="blocked")


def opened(stage, page, shape, seen, **options):
    made = stage(shape, seen, **options)
    page.get_by_role("tab", name="Table").click()
    return made


def names(page):
    return page.locator(".sfdag-table tbody tr .sfdag-task").all_text_contents()


def cells(page, name):
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))
    return row.locator("td:not(.sfdag-col-pick)").all_inner_texts()


def test_rows_are_in_the_graphs_order_and_each_says_how_it_went(stage, page):
    opened(stage, page, CHAIN, FAILED, past=earlier(CHAIN))
    assert names(page) == ["load", "train", "test", "publish"]
    assert page.locator("th[data-graph-order]").count() == 1
    assert page.locator("th[aria-sort]").count() == 0
    assert cells(page, "load")[0] == "succeeded"
    assert cells(page, "load")[3:-1] == ["7.4 s", "7.4 s", "1"]
    assert cells(page, "train")[1] == FAILED.tasks["train"].reason
    assert cells(page, "publish")[:2] == ["blocked", "by train"]


@pytest.mark.parametrize(
    ("column", "first", "then"),
    [
        ("Task", ["load", "publish", "test", "train"], "descending"),
        ("Ran", ["test", "load", "train", "publish"], "ascending"),
        ("Attempt", ["load", "train", "test", "publish"], "ascending"),
    ],
)
def test_a_column_sorts_by_a_press_and_the_other_way_by_the_next(stage, page, column, first, then):
    opened(stage, page, CHAIN, FAILED)
    header = page.get_by_role("columnheader", name=column, exact=True)
    header.get_by_role("button").click()
    assert names(page) == first
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == then
    assert page.locator("th[aria-sort]").count() == 1
    assert page.locator("th[data-graph-order]").count() == 0
    header.get_by_role("button").click()
    assert names(page) == ["load", "train", "test", "publish"]
    assert page.locator("th[aria-sort]").count() == 0


def test_a_row_that_moves_keeps_the_focus(stage, page):
    made = opened(stage, page, CHAIN, FAILED)
    page.get_by_role("button", name="State", exact=True).click()
    page.get_by_role("button", name="publish", exact=True).focus()
    made.show(run(CHAIN, load="succeeded", train="succeeded", test="succeeded", publish="failed"))
    assert names(page)[0] == "publish"
    assert page.evaluate("document.activeElement.textContent") == "publish"


def test_rows_are_gone_along_by_keys_and_open_the_details(stage, page):
    made = opened(stage, page, CHAIN, FAILED)
    made.answer("detail", detail={"name": "x"})
    page.get_by_role("button", name="train", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".sfdag-drawer h3").text_content() == "test"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "test"


@pytest.mark.usefixtures("own_page")
def test_selected_tasks_are_shown_in_the_graph_and_copied(stage, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """() => Object.defineProperty(navigator, 'clipboard',
             {value: {writeText: async (text) => { window.copied = text; }}})"""
    )
    opened(stage, page, CHAIN, FAILED)
    bar = page.get_by_role("group", name="Selected rows")
    assert bar.is_hidden()
    for name in ("train", "load"):
        page.get_by_label(f"Select {name}").check()
    bar.get_by_role("button", name="Copy as table").click()
    page.wait_for_function("window.copied")
    head, *lines = page.evaluate("window.copied").split("\n")
    assert head.split("\t")[:3] == ["task", "state", "value"]
    assert [line.split("\t")[0] for line in lines] == ["load", "train"]
    bar.get_by_role("button", name="Show in graph").click()
    assert faded(page) == ["publish", "test"]
    page.get_by_role("button", name="Show all").click()
    assert faded(page) == []


def faded(page):
    return sorted(
        page.evaluate("[...document.querySelectorAll('[data-faded]')].map(e => e.dataset.task)")
    )


def test_a_press_on_the_legend_looks_for_a_state_on_every_tab(stage, page):
    made = stage(CHAIN, FAILED)
    before = page.evaluate(BOXES)
    press = page.get_by_role("button", name="1 running")
    press.click()
    assert press.get_attribute("aria-pressed") == "true"
    assert faded(page) == ["load", "publish", "train"]
    assert page.evaluate(BOXES) == before
    page.get_by_role("tab", name="Table").click()
    assert names(page) == ["test"]
    # With none of it left, the filter can still be taken off.
    made.show(run(CHAIN, load="succeeded", train="failed", test="succeeded", publish="blocked"))
    assert page.get_by_text("No task matches").is_visible()
    page.get_by_role("button", name="0 running").click()
    assert len(names(page)) == 4


def test_a_task_is_found_by_its_name(stage, page):
    stage(CHAIN, FAILED)
    page.locator("[data-task='load']").focus()
    page.keyboard.press("/")
    page.keyboard.type("T")
    page.keyboard.type("R")
    assert faded(page) == ["load", "publish", "test"]
    assert page.locator(".sfdag-find-count").first.text_content() == "1 of 4"
    page.keyboard.press("Enter")
    assert page.locator("[data-task='train']").get_attribute("tabindex") == "0"
    page.keyboard.press("Escape")
    assert faded(page) == []
    assert page.get_by_role("searchbox").input_value() == ""


@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        ("Upstream of train", ["publish", "test"]),
        ("Downstream of train", ["load", "test"]),
        ("Both around train", ["test"]),
    ],
)
def test_focus_fades_what_has_nothing_to_do_with_a_task(stage, page, way, wanted):
    made = stage(CHAIN, FAILED)
    focus = page.get_by_role("button", name="Focus", exact=True)
    focus.click()
    page.get_by_role("menuitem", name="What failed, and what that waited for").click()
    assert faded(page) == ["publish", "test"]
    page.get_by_role("button", name="Show all").click()
    focus.click()
    page.get_by_role("menuitem", name="Choose a task first").click()  # and none is named
    assert page.evaluate("document.activeElement.dataset.task") == "load"
    made.node("train").focus()
    focus.click()
    page.get_by_role("menuitem", name=way).click()
    assert faded(page) == wanted
    page.get_by_role("button", name="Show all").click()
    assert focus.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 700, 1000])
def test_it_is_readable_at_every_width(stage, page, keep, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.body.dataset.jpThemeLight = theme === 'light' }", theme)
    opened(stage, page, FRAUD, FRAUD_FAILED, past=earlier(FRAUD))
    page.get_by_label("Select setup").check()
    keep(page, f"page_table_{theme}_{width}")
    check_layout(page)


@pytest.mark.parametrize("text", [n for n in HOSTILE if n.isprintable()][:12])
def test_what_a_task_returned_is_only_text(stage, page, text):
    page.evaluate("() => { window.alert = () => { throw new Error('a value was run') } }")
    told = run(CHAIN, load="succeeded")
    task = replace(told.tasks["load"], return_value=text)
    opened(stage, page, CHAIN, replace(told, tasks={**told.tasks, "load": task}))
    assert cells(page, "load")[1].startswith(text[:50].split("  ")[0].strip() or "–")
    assert page.locator("script, img, b, iframe, a").count() == 0


def columns(page):
    page.evaluate(A_FRAME)
    shown = page.locator(".sfdag-by-row thead th").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.textContent)"
    )
    return [text.strip() for text in shown]


ALL = ["Task", "State", "Return value or error", "Waited", "Ran", "Usually", "Attempt"]


@pytest.mark.parametrize(
    ("width", "wanted"),
    [
        (1000, ALL),
        (700, [name for name in ALL if name not in ("Waited", "Attempt")]),
        (400, ["Task", "State", "Ran"]),
        (280, ["Task", "State"]),
    ],
)
def test_a_table_has_the_columns_that_have_room(stage, page, width, wanted):
    page.set_viewport_size({"width": width, "height": 900})
    opened(stage, page, CHAIN, FAILED)
    assert columns(page) == wanted
    words = page.locator(".sfdag-state-word").evaluate_all(
        "all => all.map(e => [e.textContent, e.scrollWidth <= e.clientWidth || !e.clientWidth])"
    )
    assert words == [["succeeded", True], ["failed", True], ["running", True], ["blocked", True]]
    check_layout(page)


def test_beside_the_details_no_column_is_cut(stage, page):
    made = opened(stage, page, CHAIN, FAILED)
    made.answer("detail", detail={"name": "load"})
    page.get_by_role("button", name="load", exact=True).click()
    page.locator(".sfdag-drawer h3").wait_for()
    assert columns(page) == ["Task", "State", "Return value or error", "Ran"]
    check_layout(page)


def test_columns_are_taken_off_and_put_on_by_a_menu_that_stays(stage, page, keep):
    opened(stage, page, CHAIN, FAILED)
    page.get_by_role("button", name="Columns", exact=True).click()
    usually = page.get_by_role("menuitemcheckbox", name="Usually")
    assert usually.get_attribute("aria-checked") == "true"
    usually.click()
    assert usually.get_attribute("aria-checked") == "false"
    page.get_by_role("menuitemcheckbox", name="State").click()
    keep(page, "page_table_columns")
    assert columns(page) == [name for name in ALL if name not in ("Usually", "State")]
    page.keyboard.press("Escape")


def test_one_that_is_wanted_beyond_the_room_makes_the_table_scroll(stage, page):
    page.set_viewport_size({"width": 400, "height": 900})
    opened(stage, page, CHAIN, FAILED)
    page.get_by_role("button", name="Columns", exact=True).click()
    for name in ALL[2:]:
        item = page.get_by_role("menuitemcheckbox", name=name)
        if item.get_attribute("aria-checked") == "false":
            item.click()
    assert columns(page) == ALL
    assert page.locator(".sfdag-table-frame").evaluate("e => e.scrollWidth > e.clientWidth")
