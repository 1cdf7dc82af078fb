"""Tasks by run, and two runs beside each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.graph.model import Parameter, ParameterKind
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
    assert heads == ["12:00"] * 5
    days = page.locator(".sfdag-day").all_text_contents()
    assert days == ["11-14", "11-15", "11-16", "11-17", "11-23"]
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
    assert page.get_by_text("Pick two runs to compare them: click their columns").is_visible()
    page.locator(HEADS).nth(2).click()
    page.locator(HEADS).nth(0).click()
    pressed = [head.get_attribute("aria-pressed") for head in page.locator(HEADS).all()]
    assert pressed == ["true", "false", "true", "false", "false"]
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    assert made.sent[-1]["runs"] == ["00000001-run", "00000003-run"]
    differs = page.get_by_role("table", name="What differs").locator("tbody tr")
    assert differs.all_inner_texts()[0].split("\t") == ["day", "2026-11-14", "2026-11-16"]
    cards = page.locator(".sfdag-card").all_inner_texts()
    assert ["took 1m41s, with all waiting" in cards[0], "the older run" in cards[0]] == [True] * 2
    assert "the newer run · run 00000003 · started 2026-11-16 12:00:00 UTC" in cards[1]
    assert page.get_by_text("how long the task itself ran, without what it waited").is_visible()
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


def test_reused_tasks_and_tables_named_by_their_run_are_no_difference(stage, page):
    past = [replace(each, code={}) for each in earlier(CHAIN, 3)]
    made = opened(stage, page, CHAIN, run_over(), past=past)
    told = page_comparison(past[1], past[1])
    for task, state, table in zip(
        told["tasks"], ("reused", "failed", "succeeded"), "ABC", strict=True
    ):
        task["runs"] = [
            {"state": "succeeded", "took": 5, "value": '"DB.S.G$A$FRAME_1A" 3 rows'},
            {"state": state, "took": 5, "value": f'"DB.S.G$A$FRAME_2{table}" 3 rows'},
        ]
    made.answer("detail", detail=told)
    for at in (0, 2):
        page.locator(HEADS).nth(at).click()
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("button", name="Only what differs").click()
    names = page.locator(".sfdag-both tbody tr:not([hidden]) th").all_text_contents()
    assert names == [told["tasks"][1]["name"]]


def test_of_two_values_the_start_of_what_differs_is_in_sight(stage, page, keep):
    past = [replace(each, code={}) for each in earlier(CHAIN, 3)]
    made = opened(stage, page, CHAIN, run_over(), past=past)
    told = page_comparison(past[1], past[1])
    pairs = [
        ('{"customers": 400, "auc": 0.7611, "n": 1}', '{"customers": 400, "auc": 0.8098, "n": 1}'),
        ('{"auc": 0.7611, "n": 1}', '{"auc": 0.7698, "n": 1}'),
        ("DB.PUBLIC.TABLE_OF_2026-11-15", "DB.PUBLIC.TABLE_ON_2026-11-16"),
    ]
    for task, values in zip(told["tasks"], pairs, strict=True):
        task["runs"] = [{"state": "succeeded", "took": 5, "value": value} for value in values]
    made.answer("detail", detail=told)
    for at in (0, 2):
        page.locator(HEADS).nth(at).click()
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    keep(page, "page_compare_values")
    assert page.locator(".sfdag-both tbody .sfdag-col-value").all_text_contents() == [
        '{"customers"…"auc": 0.7611, "n": 1}',
        '{"customers"…"auc": 0.8098, "n": 1}',
        '{"auc": 0.7611, "n": 1}',
        '{"auc": 0.7698, "n": 1}',
        "DB.PUBLIC.TABLE_OF_2026-11-15",
        "DB.PUBLIC.TABLE_ON_2026-11-16",
    ]


def test_the_columns_of_one_day_stand_below_its_name(stage, page, keep):
    past = [
        replace(each, begun=NOON - timedelta(hours=3 * at), started=NOON - timedelta(hours=3 * at))
        for at, each in enumerate(earlier(CHAIN, 3, count=8))
    ]
    opened(stage, page, CHAIN, past[0], past=past)
    assert page.locator(".sfdag-day").all_text_contents() == ["Sun 22 Nov", "Mon 23 Nov"]
    keep(page, "page_runs_days")
    check_layout(page)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("day=2026-11-15", ["00000002-run"]),
        ("FAILED", ["00000003-run"]),
        ("11-14 succeeded", ["00000001-run"]),
        ("00000009", ["00000009-run"]),
        ("nothing like it", []),
    ],
)
def test_a_run_is_found_by_what_is_said_of_it(stage, page, text, found):
    opened(stage, page, CHAIN, run_over(), past=earlier(CHAIN, 3))
    page.get_by_role("searchbox", name="Find a run").fill(text)
    heads = page.locator(HEADS)
    assert [head.get_attribute("data-run") for head in heads.all()] == found
    assert page.get_by_text("No run is like that.").is_visible() == (not found)
    page.get_by_role("searchbox", name="Find a run").fill("")
    assert heads.count() == 5


def test_a_failed_run_is_compared_with_the_last_success_by_one_click_in_the_header(stage, page):
    failed = run(CHAIN, load="succeeded", train="failed", publish="blocked")
    past = earlier(CHAIN, 4)
    made = stage(CHAIN, replace(failed, group_id=GOING.group_id, begun=NOON), past=past)
    made.answer("detail", detail=page_comparison(past[1], past[0]))
    page.get_by_role("button", name="Compare with the last success").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    assert made.sent[-1]["runs"] == ["00000003-run", "00000009-run"]


def test_a_comparison_follows_a_run_that_is_retried_and_says_the_attempt(stage, page, keep):
    failed = run(CHAIN, load="succeeded", train="failed", publish="blocked")
    failed = replace(failed, group_id=GOING.group_id, begun=NOON, code={})
    past = [replace(each, code={}) for each in earlier(CHAIN)]
    made = stage(CHAIN, failed, past=past)
    made.answer("detail", detail=page_comparison(past[0], failed))
    page.get_by_role("button", name="Compare with the last success").click()
    card = page.locator(".sfdag-card").nth(1)
    card.get_by_text("Failed").wait_for()
    page.get_by_role("button", name="Only what differs").click()
    page.get_by_role("button", name="Swap").click()
    for attempt, seen in ((2, replace(GOING, attempt=2)), (3, replace(run_over(), attempt=3))):
        made.answer("detail", detail=page_comparison(past[0], seen))
        made.show(seen)
        page.locator(".sfdag-card").first.get_by_text(f"attempt {attempt}").wait_for()
        made.show(seen, later=timedelta(seconds=1))
    keep(page, "page_compare_retried")
    assert page.locator(".sfdag-card").first.get_by_text("Succeeded").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Swap"
    only = page.get_by_role("button", name="Only what differs")
    assert only.get_attribute("aria-pressed") == "true"
    asked = [message for message in made.sent if message["kind"] == "compare"]
    assert [message["runs"] for message in asked] == [
        ["00000004-run", "00000009-run"],
        *[["00000009-run", "00000004-run"]] * 2,
    ]


def test_a_run_that_succeeded_is_compared_from_its_menus_and_picked_ones_from_above(stage, page):
    past = earlier(CHAIN, 4)
    made = opened(stage, page, CHAIN, run_over(), past=past)
    hint = page.get_by_text("Pick two runs to compare them")
    assert hint.bounding_box()["y"] < page.locator(HEADS).first.bounding_box()["y"]
    wanted = {
        "Compare with the run before": "00000004-run",
        "Compare with the last success before": "00000003-run",
    }
    made.answer("detail", detail=page_comparison(past[0], past[1]))
    page.get_by_role("button", name="Compare with the run before").click()
    page.get_by_role("button", name="All runs").click()
    assert made.sent[-1]["runs"] == ["00000004-run", "00000009-run"]
    for opener in ("More about this run", "run 00000009"):
        for item, group in wanted.items():
            page.get_by_role("button", name=opener, exact=True).click()
            page.get_by_role("menuitem", name=item).click()
            page.get_by_role("button", name="All runs").click()
            assert made.sent[-1]["runs"] == [group, "00000009-run"]
    # What goes on from a run that failed is no news beside that one.
    lineage = Lineage(kind=LineageKind.RETRY, of="00000004-run", runs=("b",), kept={"a": ""})
    made.show(replace(run_over(), lineage=lineage))
    page.get_by_role("button", name="Compare with the last success").click()
    page.get_by_role("button", name="All runs").click()
    assert made.sent[-1]["runs"] == ["00000003-run", "00000009-run"]


def test_a_key_that_a_run_does_not_set_has_its_default_there(stage, page, keep):
    past = earlier(CHAIN, 4)
    older, newer = (replace(each, code={}, config={}) for each in past[:2])
    newer = replace(newer, config={"rows": 3000})
    made = stage(CHAIN, run_over(), past=past)
    reads = (Parameter(name="rows", kind=ParameterKind.CONFIG, default="2000"),)
    made.answer("detail", detail=page_comparison(older, newer, lambda _: reads))
    page.locator(".sfdag-bar").first.click(modifiers=["Shift"])
    differs = page.get_by_role("table", name="What differs").locator("tbody tr")
    differs.first.wait_for()
    keep(page, "page_compare_default")
    assert differs.first.inner_text().split("\t") == ["rows", "default 2000", "3000"]


@pytest.mark.parametrize("width", [1000, 1200, 1500])
def test_beside_a_tasks_details_no_column_of_a_comparison_is_cut(stage, page, keep, width):
    page.set_viewport_size({"width": width, "height": 900})
    past = earlier(FRAUD, 4)
    made = stage(FRAUD, None, past=past)
    made.answer("detail", detail={"name": "setup"})
    made.node("setup").dispatch_event("click")
    page.locator(".sfdag-drawer h3").wait_for()
    page.get_by_role("tab", name="Runs").click()
    for at in (2, 3):
        page.locator(HEADS).nth(at).click()
    made.answer("detail", detail=page_comparison(past[1], past[0]))
    page.get_by_role("button", name="Compare A and B").click()
    table = page.get_by_role("table", name="Tasks of both runs")
    table.wait_for()
    keep(page, f"page_compare_beside_{width}")
    heads = [head.inner_text() for head in table.locator("thead tr > *").all() if head.is_visible()]
    assert [head for head in heads if "Ran" in head] == ["ARan", "BRan"]
    assert page.get_by_text("Not all columns have room").is_visible() == ("" not in heads)
    check_layout(page)
    assert table.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth")


def test_a_third_takes_the_place_of_the_first_and_a_press_takes_one_off(stage, page):
    opened(stage, page, CHAIN, run_over(), past=earlier(CHAIN))
    for at in (0, 1, 2, 1):
        page.locator(HEADS).nth(at).click()
    pressed = [head.get_attribute("aria-pressed") for head in page.locator(HEADS).all()]
    assert pressed == ["false", "false", "true", "false", "false"]
    assert page.get_by_text("Pick another run").is_visible()


def test_in_the_strip_shift_compares_a_second_run_until_that_is_left(stage, page, keep):
    past = earlier(CHAIN)
    made = stage(CHAIN, run_over(), past=past)
    made.answer("detail", detail=page_comparison(past[2], past[0]))
    page.locator(".sfdag-bar").nth(1).click(modifiers=["Shift"])
    assert page.get_by_role("tab", name="Runs").get_attribute("aria-selected") == "true"
    page.locator(".sfdag-bar").nth(1).focus()
    page.keyboard.press("Shift+Enter")
    letters = [bar.get_attribute("data-letter") for bar in page.locator(".sfdag-bar").all()]
    assert letters == [None, "A", None, None, "B"]
    page.get_by_role("table", name="Tasks of both runs").wait_for()
    page.get_by_role("button", name="Swap").click()
    lettered = page.locator(".sfdag-bar[data-letter]")
    keep(page, "page_compare_letters")
    tops = "e => [e.querySelector('i').getBoundingClientRect().bottom, e.getBoundingClientRect()]"
    for bar in lettered.all():  # the letter is the last line of its bar, and covers none of it
        assert bar.evaluate("e => getComputedStyle(e, '::after').position") == "static"
        bottom, box = bar.evaluate(tops)
        assert box["top"] < bottom <= box["bottom"] - 12
    said = [bar.get_attribute("data-letter") for bar in lettered.all()]
    assert said == ["B", "A"]
    page.get_by_role("tab", name="Graph").click()
    assert lettered.count() == 0
    page.get_by_role("tab", name="Runs").click()
    assert lettered.count() == 2
    page.get_by_role("tab", name="Runs").click()
    assert page.get_by_role("table", name="Tasks by run").is_visible()
    keep(page, "page_compare_left")
    assert lettered.count() == 0
    assert [each["runs"] for each in made.sent] == [["00000002-run", "00000009-run"]] * 2


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


@pytest.mark.parametrize("width", [280, 330, 400])
def test_in_a_narrow_view_nothing_stands_over_another_and_the_newest_run_is_whole(
    stage, page, keep, width
):
    page.set_viewport_size({"width": width, "height": 900})
    opened(stage, page, FRAUD, None, past=earlier(FRAUD, 4, 9, count=20))
    which = page.get_by_role("group", name="Which runs")
    says, find = which.get_by_text("Runs of any state"), which.locator(".sfdag-find")
    first, second = says.bounding_box(), find.bounding_box()
    keep(page, f"page_runs_narrow_{width}")
    is_beside = first["x"] + first["width"] <= second["x"]
    assert is_beside or first["y"] + first["height"] <= second["y"]
    frame, newest = page.locator(".sfdag-grid-frame"), page.locator(HEADS).last
    assert right_of(newest) <= right_of(frame)


def test_the_newest_run_stays_in_sight_where_a_view_becomes_narrow(stage, page):
    opened(stage, page, FRAUD, None, past=earlier(FRAUD, count=12))
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_function(
        "() => { const e = document.querySelector('.sfdag-grid-frame');"
        " return e.clientWidth < 400 && e.scrollLeft + e.clientWidth >= e.scrollWidth - 1; }"
    )
    assert right_of(page.locator(HEADS).last) <= right_of(page.locator(".sfdag-grid-frame"))


def right_of(element):
    box = element.bounding_box()
    return box["x"] + box["width"]
