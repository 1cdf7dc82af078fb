"""Beside the graph while no task is chosen: what runs, what comes then, and all logs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.widget.told.past_runs import page_comparison
from tests.browser.measures import check_layout
from tests.browser.page.conftest import log
from tests.browser.page.host import put_host
from tests.browser.page.past import earlier
from tests.render.builders import NOON, run, shape

FLOW = shape("a -> b; b -> c d; c -> e; d -> e")
GOING = run(FLOW, a="succeeded", b="running")
OVER = run(FLOW, a="succeeded", b="succeeded", c="succeeded", d="succeeded", e="succeeded")
SLIM = shape("a -> b")
SLIM_GOING = run(SLIM, a="running")
SLIM_OVER = run(SLIM, a="succeeded", b="succeeded")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def wide(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def beside(page):
    return page.get_by_role("complementary", name="Run details")


def at(share, text):
    task = replace(GOING.tasks["b"], progress=Progress(done=share, of=1, text=text))
    return replace(GOING, tasks={**GOING.tasks, "b": task})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_runs_what_comes_then_and_all_logs_are_seen(stage, wide, keep, theme):
    put_host(wide, theme)
    made = stage(FLOW, OVER)
    made.answer("detail", detail=log("one", HOSTILE, task="b"))
    made.show(at(0.75, HOSTILE))
    beside(wide).get_by_text("one", exact=True).wait_for()
    items = beside(wide).locator(".sfdag-going-name").all_text_contents()
    assert items == ["b", "c", "d"]
    assert beside(wide).locator(".sfdag-going-bar > span").evaluate("e => e.style.width") == "75%"
    assert {request["task"] for request in made.sent if request["kind"] == "logs"} == {None}
    assert wide.locator(".sfdag img").count() == 0
    keep(wide, f"page_this_run_{theme}")
    check_layout(wide)


def test_a_task_takes_its_place_and_the_graph_does_not_move(stage, wide):
    made = stage(FLOW, GOING)
    made.answer("detail", detail=log("one"))
    before = made.node("a").bounding_box()
    beside(wide).get_by_role("button", name="c", exact=True).click()
    assert not beside(wide).is_visible()
    assert wide.locator(".sfdag-drawer h3").text_content() == "c"
    assert made.node("a").bounding_box() == before
    wide.keyboard.press("Escape")
    beside(wide).wait_for()


@pytest.mark.parametrize("elsewhere", ["task", "tasks", "tab"])
def test_its_button_opens_it_whatever_stands_in_its_place(stage, wide, elsewhere):
    made = stage(SLIM, SLIM_OVER)
    made.answer("detail", detail=log("one"))
    if elsewhere == "tab":
        wide.get_by_role("tab", name="Timeline").click()
    else:
        made.node("a").click()
    if elsewhere == "tasks":
        made.node("b").click(modifiers=["Shift"])
    toggle = wide.get_by_role("button", name="Run details", exact=True)
    toggle.click()
    assert beside(wide).is_visible()
    others = wide.locator(".sfdag-drawer:visible, .sfdag-picked-panel:visible")
    assert others.count() == 0
    assert toggle.get_attribute("aria-expanded") == "true"
    toggle.click()
    assert not beside(wide).is_visible()
    assert others.count() == 0


def test_it_folds_away_and_stays_so_when_the_view_is_drawn_anew(stage, wide):
    made = stage(FLOW, GOING)
    made.answer("detail", detail=log("one"))
    toggle = wide.get_by_role("button", name="Run details", exact=True)
    wide.get_by_role("button", name="Fold the run's details").click()
    assert not beside(wide).is_visible()
    assert toggle.evaluate("e => e === document.activeElement")
    made.show(at(0.5, "half"))
    assert not beside(wide).is_visible()
    toggle.click()
    assert toggle.get_attribute("aria-expanded") == "true"
    made.show(OVER)
    assert beside(wide).is_visible()
    assert beside(wide).get_by_text("5 succeeded.").is_visible()


def test_of_a_run_that_failed_it_says_what_happened_and_compares_with_one_click(stage, wide, keep):
    failed = run(FLOW, a="succeeded", b="failed", c="blocked", d="blocked", e="blocked")
    past = earlier(FLOW)
    made = stage(FLOW, replace(failed, group_id="00000009-run", begun=NOON), past=past)
    made.answer("detail", detail=log("one"))
    wide.get_by_role("button", name="Run details", exact=True).click()
    said = beside(wide).inner_text()
    assert "1 failed, 1 succeeded, 3 blocked." in said
    assert "Blocked: not run, because a task before it failed or was cancelled." in said
    assert beside(wide).locator(".sfdag-going-name").all_text_contents() == ["b"]
    assert beside(wide).get_by_role("button", name="Following").count() == 0
    check_layout(wide)
    keep(wide, "page_this_run_failed")
    made.answer_by_kind({"compare": page_comparison(past[0], past[1])})
    beside(wide).get_by_role("button", name="Compare with the last success").click()
    wide.get_by_role("table", name="Tasks of both runs").wait_for()
    assert made.sent[-1]["runs"] == ["00000004-run", "00000009-run"]


@pytest.mark.parametrize(
    ("width", "shown", "is_there", "is_offered"),
    [
        (1280, SLIM_GOING, True, True),
        (1280, SLIM_OVER, False, True),
        (1000, SLIM_GOING, False, True),
        (700, SLIM_GOING, False, True),
        (500, SLIM_GOING, False, False),
        (1280, None, False, False),
    ],
)
def test_it_is_there_by_itself_only_where_there_is_room(
    stage, page, width, shown, is_there, is_offered
):
    page.set_viewport_size({"width": width, "height": 900})
    stage(SLIM, shown)
    assert beside(page).is_visible() == is_there
    assert page.get_by_role("button", name="Run details", exact=True).is_visible() == is_offered
    page.get_by_role("button", name="More about this run").click()
    item = page.get_by_role("menuitem", name="Run details")
    assert item.is_visible() == (shown is not None and not is_offered)  # where it has no room below
    if item.is_visible():
        item.click()
        assert beside(page).is_visible()
        check_layout(page)
        page.get_by_role("button", name="Fold the run's details").click()
        more = page.get_by_role("button", name="More about this run")
        assert more.evaluate("e => e === document.activeElement")


@pytest.mark.usefixtures("own_page")
def test_a_kernel_that_is_busy_is_asked_once_and_not_said_to_keep_a_click(stage, wide):
    wide.clock.install(time=NOON)
    made = stage(FLOW, GOING)
    for _ in range(5):
        wide.clock.run_for(3000)
        made.show(GOING)
    assert [request["kind"] for request in made.sent if request["kind"] == "logs"] == ["logs"]
    assert not wide.locator("[data-topic='link']").is_visible()


def test_other_tabs_have_all_the_width(stage, wide):
    stage(FLOW, GOING)
    beside(wide).wait_for()
    wide.get_by_role("tab", name="Timeline").click()
    assert not beside(wide).is_visible()
    wide.get_by_role("tab", name="Graph").click()
    assert beside(wide).is_visible()
