"""Tasks by run, and two runs beside each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.widget.told.past_runs import page_comparison
from tests.browser.measures import check_layout
from tests.browser.page.past import earlier
from tests.render.builders import FRAUD, NOON, run, shape

CHAIN = shape("load -> train; train -> publish")
GOING = replace(run(CHAIN, load="succeeded", train="running"), group_id="00000009-run", begun=NOON)
HEADS = "button[data-run]"


def opened(stage, page, shape, seen, **options):
    made = stage(shape, seen, **options)
    page.get_by_role("tab", name="Runs").click()
    return made


def cells(page, name):
    row = page.locator(".sfdag-grid tbody tr").filter(has_text=name)
    states = row.locator(".sfdag-cell").all()
    return [cell.get_attribute("aria-label") for cell in states], [
        number.text_content() for number in row.locator(".sfdag-number").all()
    ]


def test_each_task_has_a_row_with_how_it_went_in_each_run(stage, page):
    made = opened(stage, page, CHAIN, GOING, past=earlier(CHAIN, 3))
    states, (usual, well) = cells(page, "train")
    assert states == ["succeeded", "succeeded", "failed", "succeeded", "running"]
    assert (usual, well) == ("7.4 s", "3 of 4")
    assert cells(page, "publish")[0] == [*["succeeded"] * 2, "blocked", "succeeded", "pending"]
    heads = page.locator(".sfdag-run-when").all_text_contents()
    assert heads == [f"11-{day}\n12:00" for day in (14, 15, 16, 17, 23)]
    made.show(run_over())
    assert cells(page, "train")[0][-1] == "succeeded"


def run_over():
    over = run(CHAIN, load="succeeded", train="succeeded", publish="succeeded")
    return replace(over, group_id=GOING.group_id, begun=NOON)


def test_a_task_that_only_earlier_runs_had_is_there_as_well(stage, page):
    more = shape("load -> train; train -> publish; publish -> old")
    opened(stage, page, CHAIN, run_over(), past=earlier(more))
    assert cells(page, "old")[0] == ["succeeded"] * 4


def test_two_that_are_picked_are_compared_the_older_first(stage, page, keep):
    past = earlier(CHAIN, 3)
    made = opened(stage, page, CHAIN, run_over(), past=past)
    made.answer("detail", detail=page_comparison(past[3], past[1]))
    assert page.get_by_text("Pick two runs to compare them.").is_visible()
    page.locator(HEADS).nth(2).click()
    page.locator(HEADS).nth(0).click()
    pressed = [head.get_attribute("aria-pressed") for head in page.locator(HEADS).all()]
    assert pressed == ["true", "false", "true", "false", "false"]
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    assert made.sent[-1]["runs"] == ["00000001-run", "00000003-run"]
    differs = page.get_by_role("table", name="What differs").locator("tbody tr")
    assert differs.all_inner_texts()[0].split("\t") == ["day", "2026-11-14", "2026-11-16"]
    assert [row.split("\t")[0] for row in differs.all_inner_texts()[1:]] == [
        "code of load",
        "code of train",
        "code of publish",
        "Same",
    ]
    train = page.locator(".sfdag-both tbody tr").nth(1)
    assert train.locator(".sfdag-state").all_text_contents() == ["succeeded", "failed"]
    assert train.locator(".sfdag-col-took").all_text_contents() == ["7.4 s", "7.4 s", "0"]
    code = {"lines": [["-", 2, "return 1", ""], ["+", 2, "return 2", ""]], "left": 0}
    made.answer("detail", detail=code)
    for opener in (differs.nth(2), train):
        opener.get_by_role("button", name="code").click()
        shown = page.get_by_role("group", name="Code", exact=True)
        shown.wait_for()
        assert shown.text_content() == "2−return 1\n2+return 2\n"
        asked = made.sent[-1]
        assert (asked["task"], asked["against"]) == (1, "run")
        assert asked["runs"] == ["00000001-run", "00000003-run"]
        keep(page, "page_runs_code")
        train.get_by_role("button", name="code").click()
        shown.wait_for(state="detached")
    page.get_by_role("button", name="Swap").click()
    assert differs.all_inner_texts()[0].split("\t") == ["day", "2026-11-16", "2026-11-14"]
    assert train.locator(".sfdag-state").all_text_contents() == ["failed", "succeeded"]
    page.get_by_role("button", name="All runs").click()
    assert page.get_by_role("table", name="Tasks by run").is_visible()


def test_only_what_differs_of_two_runs_and_only_runs_of_a_state(stage, page):
    past = [replace(each, code={}) for each in earlier(CHAIN, 3)]
    made = opened(stage, page, CHAIN, run_over(), past=past)
    made.answer("detail", detail=page_comparison(past[3], past[1]))
    for at in (0, 2):
        page.locator(HEADS).nth(at).click()
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("button", name="Only what differs").click()
    names = page.locator(".sfdag-both tbody tr:not([hidden]) th").all_text_contents()
    assert names == ["train", "publish"]
    page.get_by_role("button", name="All runs").click()
    page.get_by_role("button", name="Runs of any state").click()
    page.get_by_role("menuitem", name="Failed · 1").click()
    assert page.locator(HEADS).count() == 1
    page.get_by_role("button", name="Only failed runs").click()
    page.get_by_role("menuitem", name="Any state").click()
    assert page.locator(HEADS).count() == 5


def test_a_third_takes_the_place_of_the_first_and_a_press_takes_one_off(stage, page):
    opened(stage, page, CHAIN, run_over(), past=earlier(CHAIN))
    for at in (0, 1, 2, 1):
        page.locator(HEADS).nth(at).click()
    pressed = [head.get_attribute("aria-pressed") for head in page.locator(HEADS).all()]
    assert pressed == ["false", "false", "true", "false", "false"]
    assert page.get_by_text("Pick another run").is_visible()


def test_in_the_strip_shift_picks_a_second_run_and_opens_the_tab(stage, page):
    made = stage(CHAIN, run_over(), past=earlier(CHAIN))
    page.locator(".sfdag-bar").nth(1).click(modifiers=["Shift"])
    assert page.get_by_role("tab", name="Runs").get_attribute("aria-selected") == "true"
    letters = [bar.get_attribute("data-letter") for bar in page.locator(".sfdag-bar").all()]
    assert letters == [None, "A", None, None, "B"]
    assert made.sent == []


def test_a_run_is_shown_from_the_comparison_and_a_refusal_is_said(stage, page):
    past = earlier(CHAIN)
    made = opened(stage, page, CHAIN, run_over(), past=past)
    for at in (0, 1):
        page.locator(HEADS).nth(at).click()
    made.answer("refused", error="two of the last runs can be compared")
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_text("two of the last runs can be compared").wait_for()
    made.answer("detail", detail=page_comparison(past[3], past[2]))
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("button", name="Show this run, 00000001").click()
    page.wait_for_function("sent.some((message) => message.kind === 'show')")
    assert made.sent[-1]["runs"] == ["00000001-run"]


def test_runs_are_gone_along_by_keys(stage, page):
    opened(stage, page, CHAIN, run_over(), past=earlier(CHAIN))
    assert page.locator(f"{HEADS}[tabindex='0']").count() == 1
    page.locator(f"{HEADS}[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.run") == "00000004-run"
    assert page.locator(f"{HEADS}[aria-pressed='true']").count() == 1


def test_without_a_run_it_says_so(stage, page):
    opened(stage, page, CHAIN, None)
    assert page.get_by_text("No run is known yet.").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 700, 1000])
def test_it_is_readable_at_every_width(stage, page, keep, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.body.dataset.jpThemeLight = theme === 'light' }", theme)
    past = earlier(FRAUD, 4, 9, count=20)
    made = opened(stage, page, FRAUD, None, past=past)
    for at in (18, 19):
        page.locator(HEADS).nth(at).click()
    keep(page, f"page_runs_{theme}_{width}")
    check_layout(page)
    made.answer("detail", detail=page_comparison(past[1], past[0]))
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    keep(page, f"page_compare_{theme}_{width}")
    check_layout(page)
