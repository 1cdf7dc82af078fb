"""What the view does: keys, clicks, zoom, requests, and what it says when nobody answers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.intentions import Edited, retry_text
from sfdag_magics.graph.times.moments import moment_text
from sfdag_magics.render.run_seen import task_note
from sfdag_magics.render.shape import Absence, Shape
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget.told.page_state import page_intentions
from tests.browser.page.conftest import Stage, drawn, log, stop_clock
from tests.browser.page.things import SHOWN, showing
from tests.render.builders import FRAUD, FRAUD_FAILED, NOON, run, shape

DIAMOND = shape("a -> b c; b -> d; c -> d")
DONE = run(DIAMOND, a="succeeded", b="succeeded", c="succeeded", d="succeeded")
FAILED = run(DIAMOND, a="succeeded", b="failed", c="succeeded", d="blocked")


RAISED = {
    "name": "b",
    "error": "Traceback (most recent call last):\n  …\nKeyError: 'x'",
    "raised": [
        {
            "message": "KeyError: 'x'",
            "frames": [
                {"place": "Cell [3] b, line 2", "code": "first()", "library": ""},
                {"place": "helpers.py, line 9, in first", "code": "y" * 300, "library": ""},
                {"place": "core/frame.py, line 4", "code": "deep()", "library": "pandas"},
                {"place": "index.pxi, line 8", "code": "", "library": "pandas"},
            ],
            "folded": "2 calls in pandas",
        },
        {"message": "OSError: gone", "frames": [], "folded": ""},
    ],
}


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('data-task')")


def picture_width(page):
    return page.evaluate("document.querySelector('.sfdag-picture').getBoundingClientRect().width")


def test_one_task_is_reached_by_tab_and_the_others_by_arrows(stage, page):
    stage(DIAMOND)
    assert page.locator("[data-task][tabindex='0']").count() == 1
    page.locator("[data-task='a']").focus()
    page.keyboard.press("ArrowRight")
    first = focused(page)
    assert first in {"b", "c"}
    page.keyboard.press("ArrowRight")
    assert focused(page) == "d"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "a"
    assert page.locator("[data-task][tabindex='0']").count() == 1


def test_n_and_p_go_round_the_failed_tasks(stage, page):
    two = run(DIAMOND, a="succeeded", b="failed", c="failed", d="blocked")
    stage(DIAMOND, two)
    page.locator("[data-task='a']").focus()
    seen = []
    for key in ("n", "n", "n", "p"):
        page.keyboard.press(key)
        seen.append(focused(page))
    assert seen == ["b", "c", "b", "c"]


@pytest.mark.parametrize("key", ["Enter", " "])
def test_enter_opens_the_details_and_escape_gives_the_keys_back(stage, page, key):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail={"name": "b", "error": "boom"})
    made.node("b").focus()
    page.keyboard.press(key)
    assert page.locator(".sfdag-drawer h3").text_content() == "b"
    page.keyboard.press("Escape")
    assert page.locator(".sfdag-drawer").is_hidden()
    assert focused(page) == "b"
    page.keyboard.press("Escape")
    # Nothing around it takes them here: the next Tab goes on from the view.
    assert page.evaluate("document.activeElement.matches('.sfdag')")


def test_every_focusable_element_keeps_the_notebooks_shortcuts_away(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail=RAISED | log("line") | {"shown": SHOWN["shown"][2:3]})
    made.show(showing(FAILED, "b"))
    made.node("b").click()
    for name in ("Logs", "Data", "Shown", "Attempts", "Summary"):
        made.tab(name)
    page.locator(".sfdag-drawer .sfdag-logs").get_by_text("line", exact=True).wait_for(
        state="attached"
    )
    page.locator("[data-action='retry']").click()
    page.keyboard.press("?")
    without = page.evaluate(
        """[...document.querySelectorAll('.sfdag :is(button, summary, [tabindex], input, select)'),
              document.querySelector('.sfdag')]
           .filter(e => e.getAttribute('data-lm-suppress-shortcuts') !== 'true').length"""
    )
    assert without == 0


def test_the_users_last_call_comes_first_and_libraries_are_folded(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail=RAISED)
    made.node("b").click()
    page.locator(".sfdag-message").first.wait_for()
    shown = [place for place in page.locator(".sfdag-place").all() if place.is_visible()]
    assert [place.text_content() for place in shown] == [
        "helpers.py, line 9, in first",
        "Cell [3] b, line 2",
    ]
    assert page.locator("summary").all_text_contents() == [
        "2 calls in pandas",
        "It came from OSError: gone",
        "The traceback as it is",
    ]
    # A long line goes on below: none of it is cut.
    code = page.locator(".sfdag-code").first
    assert code.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert code.bounding_box()["height"] > 50


def test_what_failed_is_said_in_the_same_card_before_its_traceback_has_been_read(stage, page):
    made = stage(DIAMOND, FAILED)
    made.node("b").click()
    card = page.locator(".sfdag-raised.sfdag-error")
    card.wait_for()
    assert card.text_content() == FAILED.tasks["b"].reason
    assert not page.get_by_label("Traceback").is_visible()


def test_what_was_folded_out_stays_so_while_the_rest_moves_on(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail=RAISED)
    made.node("b").click()
    page.get_by_text("2 calls in pandas").click()
    made.show(run(DIAMOND, a="succeeded", b="failed", c="running", d="pending"))
    assert page.get_by_text("deep()").is_visible()
    assert page.get_by_text("2 calls in pandas").evaluate("e => e === document.activeElement")


def drawer_width(page):
    return page.locator(".sfdag-drawer").bounding_box()["width"]


def test_the_details_are_widened_by_drag_and_by_keys(stage, page):
    made = stage(DIAMOND, FAILED)
    grip = page.get_by_role("separator")
    assert grip.is_hidden()
    made.node("a").click()
    before = drawer_width(page)
    at = grip.bounding_box()
    page.mouse.move(at["x"] + 4, at["y"] + 40)
    page.mouse.down()
    page.mouse.move(at["x"] - 96, at["y"] + 60, steps=3)
    page.mouse.up()
    assert drawer_width(page) == pytest.approx(before + 100, abs=2)
    grip.focus()
    page.keyboard.press("ArrowRight")
    assert drawer_width(page) == pytest.approx(before + 68, abs=2)
    page.keyboard.press("End")
    widest = drawer_width(page)
    assert page.locator(".sfdag-stage").bounding_box()["width"] >= 230
    assert grip.get_attribute("aria-valuenow") == str(round(widest))
    page.keyboard.press("Home")
    assert drawer_width(page) == 280


@pytest.mark.parametrize("place", [".sfdag-header", ".sfdag-frame", ".sfdag-legend", ".sfdag-box"])
def test_a_click_anywhere_in_the_view_brings_the_keys_into_it(stage, page, place):
    stage(DIAMOND, FAILED)
    page.locator(place).first.click(position={"x": 9, "y": 9})
    page.keyboard.press("0")
    natural = picture_width(page)
    page.keyboard.press("+")
    assert picture_width(page) > natural


def test_keys_zoom_and_a_plain_wheel_does_not(stage, page):
    stage(DIAMOND)
    page.locator("[data-task='a']").focus()
    natural = picture_width(page)
    page.keyboard.press("+")
    assert picture_width(page) > natural
    page.keyboard.press("0")
    assert picture_width(page) == natural
    page.locator("[data-task='a']").hover()
    page.mouse.wheel(0, 100)
    assert picture_width(page) == natural
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(
        "before => document.querySelector('.sfdag-picture').getBoundingClientRect().width > before",
        arg=natural,
    )


def test_a_drag_moves_the_graph_and_a_click_opens_a_task(stage, page):
    page.set_viewport_size({"width": 400, "height": 700})
    made = stage(DIAMOND)
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    scrolled = "document.querySelector('.sfdag-frame').scrollLeft"
    before = page.evaluate(scrolled)
    box = page.locator(".sfdag-frame").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 8, steps=4)
    page.mouse.up()
    assert page.evaluate(scrolled) > before + 100
    assert page.locator(".sfdag-drawer").is_hidden()
    made.node("d").click()
    assert page.locator(".sfdag-drawer h3").text_content() == "d"


@pytest.mark.parametrize("kind", ["run", "retry"])
def test_an_action_says_what_it_will_do_before_it_does(stage, page, kind, keep):
    made = stage(DIAMOND, FAILED)
    made.answer()
    page.locator(f"[data-action='{kind}']").click()
    sheet = page.locator(".sfdag-sheet")
    assert f"%sfdag {kind}" in sheet.text_content()
    if kind == "retry":
        assert retry_text(FAILED) in sheet.text_content()
        assert "%sfdag retry 0196-gro" in sheet.text_content()
        keep(page, "page_retry_sheet")
    assert made.sent == []
    page.locator(f"[data-confirm='{kind}']").click()
    assert [message["kind"] for message in made.sent] == [kind]
    assert sheet.is_hidden()


def test_a_retry_that_would_be_refused_says_why_instead(stage, page, keep):
    made = stage(DIAMOND, FAILED)
    edited = page_intentions(FAILED, Edited(in_graph=("b",)))
    made.show(FAILED, intentions=edited)
    page.locator("[data-action='retry']").click()
    sheet = page.locator(".sfdag-sheet")
    assert edited["retry"]["says"] in sheet.text_content()
    assert "%sfdag retry 0196-gro --code deployed" in sheet.text_content()
    assert page.locator("[data-confirm]").count() == 0
    keep(page, "page_retry_refused")
    page.keyboard.press("Enter")
    assert sheet.is_hidden()
    assert made.sent == []


@pytest.mark.parametrize("sight", [Sight.LOOKING, Sight.SILENT])
def test_nothing_is_started_before_it_is_known_whether_a_run_is_going(stage, page, sight):
    made = stage(DIAMOND)
    button = page.locator("[data-action='run']")
    assert button.is_enabled()
    made.show(None, sight=sight)
    assert button.is_disabled()
    assert button.get_attribute("title") == "It is not known yet whether a run is going"
    made.show(None)
    button.click()
    made.show(None, sight=sight)  # the sheet that was opened goes as well
    assert page.locator(".sfdag-sheet").is_hidden()


def test_where_the_engine_is_stopped_no_run_is_going(stage, page):
    made = stage(DIAMOND)
    made.show(None, sight=Sight.ENGINE_OFF)
    assert page.locator("[data-action='run']").is_enabled()


def test_an_engine_that_is_stopped_is_started_by_a_press(stage, page):
    commands = {"run": "%sfdag run", "connect": "%sfdag status"}
    made = stage(DIAMOND, actions=commands)
    made.answer()
    made.show(None, sight=Sight.ENGINE_OFF)
    notice = page.locator("[data-topic='sight']")
    button = notice.get_by_role("button", name="Start the engine")
    around, within = notice.bounding_box(), button.bounding_box()
    assert around["y"] <= within["y"]
    assert within["y"] + within["height"] <= around["y"] + around["height"]
    button.click()
    assert [each["kind"] for each in made.sent] == ["connect"]
    made.show(None, sight=Sight.SILENT)
    assert notice.locator("button").count() == 0


def test_what_runs_moves_by_beats_and_no_animation_keeps_the_browser_painting(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    box = page.locator("[data-task='a'] .sfdag-box").first
    offset = "getComputedStyle(box).strokeDashoffset"
    steps = f"""(box) => new Promise((done) => {{
      const seen = new Set();
      const look = setInterval(() => {{
        if (seen.add({offset}).size < 4) return;
        clearInterval(look);
        done([...seen].sort());
      }}, 20);
    }})"""
    assert box.evaluate(steps) == ["-3.25px", "-6.5px", "-9.75px", "0px"]
    assert page.evaluate("document.getAnimations().length") == 0
    box.evaluate("box => box.parentElement.parentElement.dataset.beat = 1")
    page.emulate_media(reduced_motion="reduce")
    assert box.evaluate(f"box => {offset}") == "0px"
    page.emulate_media(reduced_motion="no-preference")
    made.show(run(DIAMOND, a="succeeded", b="running"))
    assert box.evaluate(f"box => {offset}") == "0px"


def test_a_running_run_can_be_stopped_and_not_started_again(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    made.answer()
    assert page.locator("[data-action='run']").is_disabled()
    assert page.locator("[data-action='retry']").is_disabled()
    page.locator("[data-action='stop']").click()
    sheet = page.get_by_role("group", name="Stop run 0196-gro of mortgage?")
    assert "a is cancelled, nothing after that starts" in sheet.text_content()
    page.keyboard.press("Escape")
    assert made.sent == []


def test_the_sheet_of_a_run_that_has_ended_goes_away(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    page.locator("[data-action='stop']").click()
    made.show(run(DIAMOND, a="succeeded", b="running"))
    assert page.locator(".sfdag-sheet").is_visible()
    made.show(DONE)
    assert page.locator(".sfdag-sheet").is_hidden()
    assert made.sent == []


def test_one_sheet_is_open_at_a_time_and_an_old_refusal_goes_with_the_next(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("refused", error="the graph was modified since")
    page.locator("[data-action='retry']").click()
    page.locator("[data-confirm='retry']").click()
    page.get_by_text("the graph was modified since").wait_for()
    page.locator("[aria-label='Keys'].sfdag-button").click()
    page.locator("[data-action='run']").click()
    assert page.locator(".sfdag-help").is_hidden()
    assert page.get_by_text("the graph was modified since").count() == 0
    page.locator("[aria-label='Keys'].sfdag-button").click()
    assert page.locator(".sfdag-sheet").is_hidden()
    assert page.locator(".sfdag-help").is_visible()


@pytest.mark.usefixtures("own_page")
def test_the_drawer_of_a_running_task_is_as_fresh_as_its_box(stage, page):
    page.clock.install()
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    made.node("a").click()
    page.clock.run_for(3000)
    note, title, took = page.evaluate(  # at one moment: the clock goes on
        """() => {
          const said = (place) => document.querySelector(place).textContent;
          const dt = [...document.querySelectorAll('.sfdag-facts dt')];
          return [said("[data-task='a'] .sfdag-note"), said('.sfdag-drawer-title p'),
            dt.find(e => e.textContent === 'Took').nextElementSibling.textContent];
        }"""
    )
    assert note == title == f"running · {took}"


def test_an_action_that_nobody_gave_has_no_button(stage, page):
    stage(DIAMOND, actions={"run": "%sfdag run"})
    assert page.locator("[data-action]").count() == 1


def test_a_refusal_is_shown(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("refused", error="the graph was modified since\n  next: %sfdag run")
    page.locator("[data-action='retry']").click()
    page.locator("[data-confirm='retry']").click()
    page.get_by_text("the graph was modified since").wait_for()


def test_a_kernel_that_does_not_answer_is_named_and_forgotten_when_it_does(stage, page):
    made = stage(DIAMOND, FAILED)
    page.locator("[data-action='run']").click()
    page.locator("[data-confirm='run']").click()
    notice = page.locator("[data-topic='link']")
    notice.wait_for()
    page.evaluate("model.reply({id: sent.find(m => m.kind === 'run').id, kind: 'ack'})")
    assert notice.count() == 0
    assert len(made.sent) == 1


def test_without_news_the_states_stay_and_the_header_says_so(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="succeeded", b="running"))
    made.show(run(DIAMOND, a="succeeded", b="running"), trouble="the engine does not answer")
    assert made.state_of("a") == "succeeded"
    assert made.state_of("b") == "running"
    assert page.locator(".sfdag-live").text_content() == "no news for 0 s"
    assert "the engine does not answer" in page.locator("[data-topic='feed']").text_content()
    made.show(run(DIAMOND, a="succeeded", b="running"))
    assert made.state_of("b") == "running"
    assert page.locator("[data-topic='feed']").count() == 0


@pytest.mark.usefixtures("own_page")
def test_news_that_were_long_on_their_way_turn_no_clock_back(stage, page):
    stop_clock(page)
    going = run(DIAMOND, a="succeeded", b="running")
    made = stage(DIAMOND, going)
    page.clock.run_for(5000)
    made.show(going, later=timedelta(seconds=1))  # made four seconds ago
    assert page.locator(".sfdag-live").text_content() == "live · heard 4 s ago"
    assert "· 55 s" in page.locator(".sfdag-sentence").text_content()
    made.show(going, later=timedelta(seconds=5))
    assert page.locator(".sfdag-live").text_content() == "live · heard now"
    made.show(going, later=timedelta(hours=-1))  # the clock there was set
    assert page.locator(".sfdag-live").text_content() == "live · heard now"


@pytest.mark.usefixtures("own_page")
def test_a_feed_that_falls_silent_is_noticed_by_the_page_itself(stage, page):
    stop_clock(page)
    made = stage(DIAMOND, run(DIAMOND, a="succeeded", b="running"))
    page.clock.run_for(8600)  # the clock of the view ticks each half second
    assert made.state_of("b") == "running"
    assert page.locator(".sfdag-live").text_content() == "live · heard 8 s ago"
    page.clock.run_for(5000)
    assert made.state_of("b") == "running"
    assert page.locator(".sfdag-live").text_content() == "busy, last news 13 s ago"
    made.show(run(DIAMOND, a="succeeded", b="succeeded", c="running"))
    assert made.state_of("b") == "succeeded"


@pytest.mark.usefixtures("own_page")
def test_what_a_button_does_is_said_with_its_time(stage, page):
    stop_clock(page)
    made = stage(DIAMOND)
    made.show(None, doing="starting the embedded engine")
    page.clock.run_for(3000)
    notice = page.locator("[data-topic='doing']")
    assert notice.text_content() == "starting the embedded engine · 3 s"
    made.show(None)
    assert notice.count() == 0


def test_what_was_done_stands_before_what_is_being_done(stage, page):
    made = stage(DIAMOND)
    steps = ["collecting the code · 4 tasks", "starting the embedded engine"]
    for doing in ("starting a run", *steps, "deploying · 1 of 4", "deploying · 3 of 4"):
        made.show(None, busy="run", doing=doing)
    done = page.locator("[data-topic='doing'] .sfdag-done")
    assert done.all_text_contents() == ["✓ collecting the code", "✓ starting the embedded engine"]
    made.show(None)
    made.show(None, doing="connecting")
    assert page.locator("[data-topic='doing']").is_visible()
    assert done.count() == 0


def test_the_header_is_one_sentence(stage, page):
    stage(FRAUD, FRAUD_FAILED)
    said = page.locator(".sfdag-sentence :is(h2, strong, .sfdag-run-facts)").all_text_contents()
    assert said == ["daily_training", "Running", "4 of 11 ran · 50 s · 1 failed"]
    # Told and read in one turn: what was heard before that may be a second old by now.
    heard = page.evaluate(
        """() => {
          model.set('sfdag_state', model.get('sfdag_state'));
          return document.querySelector('.sfdag-live').textContent;
        }"""
    )
    assert heard == "live · heard now"


EXACT = [0.0004, 0.3585, 0.9994, 0.9996, 1.049, 1.05, 59.949, 59.951, 59.96, 61.5, 3599.6, 7260]


@pytest.mark.parametrize("seconds", EXACT)
def test_a_duration_is_said_alike_in_the_page_and_in_text(stage, page, seconds):
    began = NOON + timedelta(microseconds=123_456)
    task = replace(DONE.tasks["a"], started=began, completed=began + timedelta(seconds=seconds))
    seen = replace(DONE, tasks={**DONE.tasks, "a": task})
    made = stage(DIAMOND, seen)
    assert made.node("a").locator(".sfdag-note").text_content() == task_note(task, now=NOON)


@pytest.mark.parametrize("hours", [0, 11, 12, -13])
def test_a_time_is_said_alike_in_the_page_and_in_text(stage, page, hours):
    made = stage(DIAMOND)
    made.show(DONE, later=timedelta(hours=hours))
    now = NOON + timedelta(seconds=50, hours=hours)
    said = page.locator(".sfdag-which").text_content()
    assert said.endswith(f"started {moment_text(NOON, now=now)}")


def test_times_are_utc_and_say_so_wherever_the_browser_is(browser):
    context = browser.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.set_content("<!doctype html><body>")
    made = Stage(page, DIAMOND, DONE)
    made.answer("detail", detail={"name": "a"})
    made.node("a").click()
    facts = dict(
        zip(
            page.locator(".sfdag-facts dt").all_text_contents(),
            page.locator(".sfdag-facts dd").all_text_contents(),
            strict=True,
        )
    )
    assert facts["Started"].startswith("12:00:00 UTC")
    assert facts["Ended"] == "12:00:07 UTC"
    made.show(DONE, later=timedelta(days=1))
    assert "2026-11-23 12:00:00 UTC" in page.locator(".sfdag-facts").text_content()
    context.close()


def test_the_header_says_which_run_it_is_and_a_notice_which_is_newer(stage, page):
    made = stage(DIAMOND, replace(FAILED, differs={"rows": 10}))
    which = page.locator(".sfdag-which").text_content()
    assert which.startswith("run 0196-gro · started ")
    assert which.endswith(" · rows=10")
    assert "attempt" not in which
    made.show(replace(FAILED, attempt=2, begun=FAILED.started - timedelta(minutes=5)))
    which = page.locator(".sfdag-which").text_content()
    assert re.search(r"started .*11:55:00 UTC · attempt 2 from .*12:00:00 UTC", which)
    made.show(FAILED, newer="This is not the newest run: run 2 is newer.")
    assert page.locator("[data-topic='newer']").text_content().endswith("run 2 is newer.")


OUT_OF_SIGHT = """
() => new Promise((done) => {
  document.body.style.paddingTop = '5000px';
  new IntersectionObserver(([entry]) => { if (!entry.isIntersecting) done(); })
    .observe(document.querySelector('.sfdag'));
})
"""
LOOKS = "sent.filter(message => message.kind === 'look').length"


@pytest.mark.usefixtures("own_page")
def test_the_page_says_that_it_is_looked_at_as_long_as_it_is(stage, page):
    stop_clock(page)
    stage(DIAMOND)
    page.wait_for_function(f"{LOOKS} === 1")
    page.clock.run_for(31_000)
    assert page.evaluate(LOOKS) == 3
    page.evaluate(OUT_OF_SIGHT)
    page.clock.run_for(60_000)
    assert page.evaluate(LOOKS) == 3


def test_a_task_that_is_not_loaded_here_is_grey_and_counted(stage, page, keep):
    gone = {"b": Absence.DROPPED, "d": Absence.NOT_LOADED}
    nodes = tuple(replace(node, absence=gone.get(node.name)) for node in DIAMOND.nodes)
    here = replace(DIAMOND, nodes=nodes)
    stage(here, run(DIAMOND, a="succeeded", b="succeeded", c="running"))
    drawn = page.locator(".sfdag-node[data-absent]").all()
    assert [node.get_attribute("data-task") for node in drawn] == ["b", "d"]
    legend = page.locator(".sfdag-legend").text_content()
    assert "1 no longer deployed" in legend
    assert "1 not loaded here" in legend
    assert "2 of 4 ran" in page.locator(".sfdag-run-facts").text_content()
    pills = page.locator(".sfdag-pill").all_text_contents()
    assert pills == ["no longer deployed"]
    assert (
        page.locator("[data-topic=absent]")
        .text_content()
        .startswith("In grey: 1 task is not loaded here: its cell was not run in this kernel.")
    )
    keep(page, "page_not_loaded")
    said = page.locator("[data-topic=absent]").bounding_box()
    shut = page.get_by_role("button", name="Dismiss").bounding_box()
    assert said["y"] <= shut["y"] < said["y"] + said["height"]


def test_arrows_keep_their_tips_beside_a_view_of_another_module_that_is_hidden(stage, page):
    stage(DIAMOND)
    stage(DIAMOND)
    marked = "[...document.querySelectorAll('marker')].map(each => each.id)"
    assert len(set(page.evaluate(marked))) == 2


@pytest.mark.usefixtures("own_page")
def test_the_log_of_a_running_task_is_asked_for_again_and_again(stage, page):
    page.clock.install(time=NOON)
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    made.answer("detail", detail=log("step 1"))
    made.node("a").click()
    made.tab("Logs")
    page.clock.run_for(100)
    page.locator(".sfdag-drawer .sfdag-logs").get_by_text("step 1").wait_for()
    made.answer("detail", detail=log("step 1", "step 2"))
    page.clock.run_for(3000)
    page.locator(".sfdag-drawer .sfdag-logs").get_by_text("step 2").wait_for()


def lines_of(page):
    return page.locator(".sfdag-drawer .sfdag-logs")


AT_END = "e => Math.abs(e.scrollTop + e.clientHeight - e.scrollHeight) < 9"


@pytest.mark.usefixtures("own_page")
def test_a_growing_log_is_followed_unless_somebody_reads_further_up(stage, page):
    page.clock.install(time=NOON)
    made = stage(DIAMOND, run(DIAMOND, a="running"))

    def grown(count):
        lines = [f"step {number}" for number in range(count)]
        made.answer("detail", detail=log(*lines))
        page.clock.run_for(3000)
        lines_of(page).get_by_text(f"step {count - 1}", exact=True).wait_for()

    made.answer("detail", detail=log("step 0"))
    made.node("a").click()
    made.tab("Logs")
    shown, following = lines_of(page), page.get_by_role("button", name="Following")
    grown(60)
    assert shown.evaluate(AT_END)
    grown(90)
    assert shown.evaluate(AT_END)
    assert following.get_attribute("aria-pressed") == "true"
    page.get_by_role("separator").focus()
    page.keyboard.press("ArrowLeft")
    width = drawer_width(page)
    shown.evaluate("e => { e.scrollTop = 40; getSelection().selectAllChildren(e); }")
    page.get_by_role("button", name="Following", pressed=False).wait_for()
    grown(120)
    assert shown.evaluate("e => e.scrollTop") == 40
    assert "step 0" in page.evaluate("getSelection().toString()")
    assert drawer_width(page) == width
    page.get_by_role("button", name="30 new lines").click()
    assert shown.evaluate(AT_END)
    assert following.get_attribute("aria-pressed") == "true"


def test_a_log_of_another_task_opens_at_its_end(stage, page):
    made = stage(DIAMOND, DONE)
    made.answer("detail", detail=log(*(f"step {number}" for number in range(90))))
    made.node("a").click()
    made.tab("Logs")
    shown = lines_of(page)
    shown.evaluate("e => { e.scrollTop = 0; }")
    made.node("b").click()
    page.locator(".sfdag-drawer h3").get_by_text("b").wait_for()
    shown.get_by_text("step 89").wait_for()
    assert shown.evaluate(AT_END)


def test_an_open_drawer_follows_its_task(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    made.answer("detail", detail={"name": "a"})
    made.node("a").click()
    made.tab("Data")
    assert "running" in page.locator(".sfdag-drawer-title").text_content()
    made.answer("detail", detail={"name": "a", "returned": {"text": "42", "note": ""}})
    made.show(run(DIAMOND, a="succeeded"))
    page.get_by_text("42", exact=True).wait_for()


def test_an_error_of_before_is_not_shown_of_a_task_that_succeeded_since(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail={"name": "b", "error": "KeyError: 'x'", "place": "Cell [3]"})
    made.node("b").click()
    page.get_by_text("Failed in Cell [3]").wait_for()
    page.evaluate("() => { window.answer = () => {}; }")  # gone, or late
    made.show(DONE)
    assert "succeeded" in page.locator(".sfdag-drawer-title").text_content()
    assert page.get_by_text("Failed in Cell [3]").count() == 0


def test_another_graph_takes_the_place_of_the_first(stage, page):
    made = stage(DIAMOND)
    made.page.evaluate(
        "g => model.set('sfdag_graph', {...g, nodes: [], edges: []})",
        {
            "name": "empty",
            "width": 0,
            "height": 0,
            "groups": [],
            "frames": [],
        },
    )
    assert page.locator("[data-task]").count() == 0


def test_a_task_that_is_renamed_while_the_run_goes_on_leaves_the_others_as_they_are(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="succeeded", b="failed", c="running"))
    spoken = page.locator("[aria-live='polite']")
    spoken.evaluate("element => { element.textContent = ''; }")
    renamed = shape("0 -> a c; a -> d; c -> d")  # b is called 0 now, and stands first
    page.evaluate("graph => model.set('sfdag_graph', graph)", drawn(renamed))
    states = {name: made.state_of(name) for name in ("0", "a", "c", "d")}
    assert states == {"0": "pending", "a": "succeeded", "c": "running", "d": "pending"}
    made.shape = renamed
    made.show(run(renamed, a="succeeded", c="running"))
    assert spoken.text_content() == ""  # nothing became another


def test_who_types_in_a_cell_keeps_the_focus_when_the_graph_becomes_another(stage, page):
    made = stage(DIAMOND, FAILED)
    made.answer("detail", detail={"name": "b", "error": "boom"})
    made.node("b").click()
    page.evaluate("document.body.append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    made.redraw(shape("a -> z"))
    assert page.locator(".sfdag-drawer").is_hidden()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_a_removed_view_stops_listening(stage, page):
    made = stage(DIAMOND, run(DIAMOND))
    page.evaluate("cleanup()")
    made.show(run(DIAMOND, a="running"))
    assert made.state_of("a") == "pending"


def test_what_waits_for_itself_is_marked_and_says_why_it_cannot_run(stage, page, keep):
    made = shape("load -> clean; clean -> train; train -> score; score -> clean; train -> report")
    put = stage(made, actions={"run": "%sfdag run -g m", "deploy": "%sfdag deploy -g m"})
    pills = {
        n.name: put.node(n.name).locator(".sfdag-pill").all_text_contents() for n in made.nodes
    }
    assert {name for name, said in pills.items() if said == ["waits for itself"]} == {
        *("clean", "train", "score")
    }
    assert page.locator(".sfdag-edge-cycle").count() == 3
    card = page.get_by_role("region", name="What to do")
    assert "clean → train → score → clean: each waits for" in card.text_content()
    assert "%sfdag validate" in card.text_content()
    assert page.get_by_role("button", name="Run…").is_disabled()
    assert page.get_by_role("button", name="Deploy…").get_attribute("title") == (
        "A task waits for itself"
    )
    for tab in ("Table", "Timeline", "Runs"):
        page.get_by_role("tab", name=tab).click()
    page.get_by_role("tab", name="Graph").click()
    keep(page, "page_cycle")


def test_a_graph_without_a_task_cannot_be_run_and_one_has_its_own_words(stage, page):
    put = stage(Shape(name="empty", nodes=(), edges=()))
    assert page.get_by_role("button", name="Run…").get_attribute("title") == (
        "There are no tasks yet"
    )
    put.redraw(shape("only"))
    assert (
        "1 task is ready. It runs on this machine"
        in page.get_by_role("region", name="What to do").text_content()
    )


def test_a_failed_run_names_what_failed_first_and_what_was_said_can_be_dismissed(stage, page, keep):
    two = run(DIAMOND, a="succeeded", b="failed", c="failed", d="blocked")
    made = stage(DIAMOND, two)
    why = page.locator(".sfdag-sentence .sfdag-run-why")
    assert (
        why.text_content() == "b: ValueError: 3 columns are missing cell 7, line 12, in train_model"
    )
    height = why.bounding_box()["height"]
    assert 24 <= height <= page.locator(".sfdag-sentence").bounding_box()["height"] <= 32
    made.answer("detail", detail={"error": "ValueError: 3 columns are missing"})
    why.get_by_role("button").click()
    keep(page, "page_failed_cause")
    assert page.locator(".sfdag-drawer h3").text_content() == "b"
    page.get_by_role("button", name="Close details").click()
    said = page.locator("[data-topic='said']")
    made.show(two, said="deployed b\ncode: b: 1 function, 147 bytes")
    keep(page, "page_failed_headline")
    said.get_by_role("button", name="Dismiss").click()
    made.show(two, said="deployed b\ncode: b: 1 function, 147 bytes", later=timedelta(seconds=2))
    assert said.count() == 0
    made.show(two, said="deployed c")
    assert said.is_visible()
    made.show(DONE)
    assert why.is_hidden()
