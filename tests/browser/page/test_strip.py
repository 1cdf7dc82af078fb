"""The strip of the last runs, the line that says how far a run is, and what is usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.render.shape import Shape
from tests.browser.measures import BOXES, check_layout
from tests.browser.page.past import earlier
from tests.render.builders import NOON, run, shape

DIAMOND = shape("a -> b c; b -> d; c -> d")
GOING = replace(
    run(DIAMOND, a="succeeded", b="running"),
    group_id="00000009-run",
    started=NOON,
    begun=NOON,
)
BARS = ".sfdag-bar"


def test_each_of_the_last_runs_is_a_bar_and_the_one_that_is_shown_is_pressed(stage, page, keep):
    stage(DIAMOND, GOING, past=earlier(DIAMOND, 3))
    bars = page.get_by_role("group", name="Last runs").get_by_role("button")
    names = [bar.get_attribute("aria-label") for bar in bars.all()]
    assert names[0] == ("run 00000001, succeeded, 1m41s, 2026-11-14 12:00:00 UTC, day=2026-11-14")
    assert names[2].startswith("run 00000003, failed, 1m43s")
    assert names[4].startswith("run 00000009, running, 2026-11-23 12:00:00 UTC")
    label = page.locator(".sfdag-strip-run").text_content()
    assert label == "2026-11-23 12:00:00 UTC · 00000009"
    pressed = [bar.get_attribute("aria-pressed") for bar in bars.all()]
    assert pressed == ["false"] * 4 + ["true"]
    keep(page, "page_strip")
    check_layout(page)


def test_a_retried_run_says_what_ran_and_its_bar_that_it_was_retried(stage, page, keep):
    states = {"a": "reused", "b": "succeeded", "c": "succeeded", "d": "reused"}
    again = replace(run(DIAMOND, **states), attempt=2)
    stage(DIAMOND, again, past=[again])
    facts = page.locator(".sfdag-run-facts").text_content()
    assert facts.startswith("2 ran, 2 kept from attempt 1 · ")
    (says,) = page.locator(".sfdag-bar[data-retried]").evaluate_all("all => all.map(e => e.title)")
    assert ", retried, attempt 2 of 2, " in says
    keep(page, "page_retried")


def test_a_bar_is_as_high_as_its_run_was_long(stage, page):
    long, short, *_ = earlier(DIAMOND)
    half = replace(short, completed=short.started + (long.completed - long.started) / 2)
    stage(DIAMOND, past=[long, half])
    heights = [bar.evaluate("e => e.firstChild.offsetHeight") for bar in page.locator(BARS).all()]
    assert heights == [14, 28]


def test_a_click_on_a_run_asks_for_it_and_what_was_refused_is_said(stage, page):
    made = stage(DIAMOND, GOING, past=earlier(DIAMOND))
    made.answer("refused", error="that run is gone")
    page.locator(BARS).nth(4).click()  # it is there already
    assert made.sent == []
    page.locator(BARS).nth(1).click()
    page.get_by_text("that run is gone").wait_for()
    assert [(each["kind"], each["runs"]) for each in made.sent] == [("show", ["00000002-run"])]


def test_the_strip_is_one_tab_stop_and_arrows_go_along_it(stage, page):
    made = stage(DIAMOND, GOING, past=earlier(DIAMOND))
    assert page.locator(f"{BARS}[tabindex='0']").count() == 1
    page.locator(f"{BARS}[tabindex='0']").focus()
    for key, wanted in (("ArrowLeft", 4), ("ArrowLeft", 3), ("Home", 1), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        focused = page.evaluate("document.activeElement.dataset.group")
        assert focused == f"0000000{wanted}-run"
    made.show(GOING, doing="looking")
    assert page.evaluate("document.activeElement.dataset.group") == "00000001-run"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.group") == "00000009-run"


@pytest.mark.parametrize(("width", "shown"), [(1000, 20), (700, 14), (400, 14), (360, 13)])
def test_where_room_is_short_the_oldest_runs_go(stage, page, width, shown):
    page.set_viewport_size({"width": width + 20, "height": 800})
    stage(DIAMOND, past=earlier(DIAMOND, count=20))
    visible = [bar for bar in page.locator(BARS).all() if bar.is_visible()]
    assert len(visible) == shown
    assert visible[-1].get_attribute("data-group") == "00000020-run"
    check_layout(page)


@pytest.mark.parametrize("width", [400, 1000])
def test_the_first_run_of_a_graph_moves_nothing(stage, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(DIAMOND)
    before = page.evaluate(BOXES)
    made.show(GOING)
    assert page.locator(BARS).count() == 1
    assert page.evaluate(BOXES) == before


def test_a_graph_without_tasks_has_no_strip(stage, page):
    stage(Shape(name="notebook", nodes=(), edges=()))
    assert page.locator(".sfdag-strip").is_hidden()


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize(
    ("past", "facts", "percent"),
    [((), "1 of 4 ran · 50 s", "25"), (earlier(DIAMOND), "1 of 4 ran · 50 s of ~1m43s", "49")],
    ids=["nothing is known", "usual"],
)
def test_how_far_it_is_is_said_by_what_is_usual_where_that_is_known(
    stage, page, past, facts, percent
):
    page.clock.set_fixed_time(NOON)  # while it is read the run goes on
    stage(DIAMOND, GOING, past=past)
    assert page.locator(".sfdag-run-facts").text_content() == facts
    meter = page.get_by_role("progressbar", name="Run", exact=True)
    assert meter.get_attribute("aria-valuenow") == percent


def test_a_run_that_takes_longer_than_usual_is_not_over(stage, page):
    made = stage(DIAMOND, GOING, past=earlier(DIAMOND))
    made.show(GOING, later=timedelta(hours=1))
    assert page.get_by_role("progressbar", name="Run").get_attribute("aria-valuenow") == "99"


def test_what_is_usual_and_how_many_went_well_stand_beside_the_strip(stage, page):
    stage(DIAMOND, past=earlier(DIAMOND, 3))
    said = page.locator(".sfdag-strip-side").text_content()
    assert said == "typical 1m42s3 of the last 4 runs succeeded"


def test_of_two_successes_the_last_is_told_and_nothing_typical(stage, page):
    stage(DIAMOND, GOING, past=earlier(DIAMOND, 1, 2))
    assert page.locator(".sfdag-typical").text_content().startswith("last time 1m44s")
    assert page.locator(".sfdag-run-facts").text_content().endswith(" (last time 1m44s)")
    page.get_by_role("tab", name="Table").click()
    usually = page.locator("tbody .sfdag-col-usually")
    assert usually.all_text_contents() == ["7.4 s", *["last 7.4 s"] * 3]
    assert "fewer than three" in usually.last.get_attribute("title")


def test_a_success_after_a_retry_is_counted_as_one(stage, page):
    past = earlier(DIAMOND, 3)
    stage(DIAMOND, past=[replace(past[0], attempt=2), *past[1:]])
    said = page.locator(".sfdag-typical").text_content()
    assert said.endswith("3 of the last 4 runs succeeded, 1 of them after a retry")


def test_from_an_older_run_one_click_leads_to_the_newest(stage, page):
    past = earlier(DIAMOND)
    made = stage(DIAMOND, past[2], past=past)
    page.get_by_role("button", name="Newest run").click()
    page.wait_for_function("sent.some((message) => message.kind === 'show')")
    assert made.sent[-1]["runs"] == ["00000004-run"]
    made.show(past[0])
    assert page.get_by_role("button", name="Newest run").count() == 0


def test_a_notice_on_a_newer_run_holds_what_leads_there(stage, page):
    past = earlier(DIAMOND)
    made = stage(DIAMOND, past[2], past=past)
    made.show(past[2], newer="This is not the newest run: run 00000004 is newer.")
    newest = page.get_by_role("button", name="Newest run")
    assert newest.count() == 1
    at = page.locator(BARS).first.bounding_box()["y"]
    page.locator("[data-topic='newer']").get_by_role("button", name="Newest run").click()
    page.wait_for_function("sent.some((message) => message.kind === 'show')")
    assert made.sent[-1]["runs"] == ["00000004-run"]
    assert page.locator("[data-topic='newer']").bounding_box()["y"] > at  # it moves no bar
    # Of the runs that were there when this one was picked nothing is said, of one since then it is.
    page.locator(f"{BARS}[data-group='00000003-run']").click()
    page.wait_for_function("sent.filter((message) => message.kind === 'show').length === 2")
    made.show(past[1], newer="This is not the newest run: run 00000004 is newer.")
    page.locator(".sfdag-strip").get_by_role("button", name="Newest run").wait_for()
    assert page.locator("[data-topic='newer']").count() == 0


def test_the_header_lists_the_last_runs_and_shows_the_chosen_one(stage, page, keep):
    past = earlier(DIAMOND, 3)
    made = stage(DIAMOND, past[0], past=past)
    page.get_by_role("button", name="run 00000004", exact=True).click()
    items = page.get_by_role("menuitem").all_text_contents()
    assert items[0] == "run 00000004 · 2026-11-17 12:00:00 UTC · succeeded · 1m44s · shown"
    assert items[1].startswith("run 00000003 · 2026-11-16 12:00:00 UTC · failed")
    keep(page, "page_run_choices")
    page.get_by_role("menuitem").nth(1).click()
    page.wait_for_function("sent.some((message) => message.kind === 'show')")
    assert made.sent[-1]["runs"] == ["00000003-run"]


@pytest.mark.usefixtures("own_page")
def test_a_view_that_is_opened_again_says_how_old_its_news_are(stage, page):
    page.clock.install(time=NOON + timedelta(hours=3, seconds=50))
    over = replace(GOING, completed=NOON, state=GraphRunState.SUCCEEDED)
    made = stage(DIAMOND, over, is_news=False)
    assert page.locator(".sfdag-live").text_content() == "ended 12:00:00 UTC · 3 h ago"
    made.show(over, later=timedelta(hours=3))
    assert page.locator(".sfdag-live").text_content() == "ended 12:00:00 UTC · 3 h ago"


def test_another_targets_graph_is_a_command_away(stage, page):
    stage(DIAMOND, GOING)
    page.evaluate(
        """() => model.set('sfdag_actions', {...model.get('sfdag_actions'),
             others: [['prod', '%sfdag show -g diamond -t prod']]})"""
    )
    page.get_by_role("button", name="embedded engine", exact=True).click()
    items = page.get_by_role("menuitem").all_text_contents()
    assert items == ["Copy %sfdag show -g diamond -t prod: shows it on prod"]


def test_in_forced_colours_what_is_chosen_is_still_seen(stage, page, keep):
    page.emulate_media(forced_colors="active")
    stage(DIAMOND, GOING, past=earlier(DIAMOND))
    legend = page.get_by_role("button", name="1 running")
    legend.click()
    page.mouse.move(0, 0)
    chosen = [legend, page.locator(f"{BARS}[aria-pressed='true']")]
    assert [each.evaluate("e => getComputedStyle(e).outlineStyle") for each in chosen] == [
        "solid",
        "solid",
    ]
    lines = "e => getComputedStyle(e).textDecorationLine"
    tabs = page.get_by_role("tab").all()
    assert [tab.evaluate(lines) for tab in tabs] == ["underline", "none", "none", "none"]
    keep(page, "page_forced_colours")


def test_in_forced_colours_the_letters_of_two_runs_are_read(stage, page):
    page.emulate_media(forced_colors="active")
    stage(DIAMOND, GOING, past=earlier(DIAMOND))
    page.get_by_role("tab", name="Runs").click()
    for number in (1, 2):
        page.locator(".sfdag-run-head").nth(number).click()
    letters = page.locator(".sfdag-picked-run > .sfdag-letter")
    of_bars = page.locator(".sfdag-bar[data-letter]")
    seen = "(e, of) => { const s = getComputedStyle(e, of); return [s.backgroundColor, s.color]; }"
    pairs = letters.evaluate_all(f"all => all.map(e => ({seen})(e))")
    pairs += of_bars.evaluate_all(f"all => all.map(e => ({seen})(e, '::after'))")
    assert len(pairs) == 4
    assert all(ground != ink for ground, ink in pairs)
    assert len({tuple(pair) for pair in pairs}) == 1
