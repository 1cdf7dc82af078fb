"""Everything by keys alone: reached, left again, and the focus back where it was."""

from __future__ import annotations

from sfdag_magics.widget.told.past_runs import page_comparison
from tests.browser.page.conftest import log
from tests.browser.page.past import earlier
from tests.render.builders import run, shape

CHAIN = shape("a -> b")
FAILED = run(CHAIN, a="succeeded", b="failed")
FOCUSED = """
(() => { const e = document.activeElement;
  return e === document.body ? '' : e.dataset.task ?? e.getAttribute('aria-label') ?? e.textContent;
})()
"""


def focused(page):
    return page.evaluate(FOCUSED)


def put(stage, page):
    past = earlier(CHAIN, 2)
    made = stage(CHAIN, FAILED, past=past)
    compared = page_comparison(past[1], past[0])
    answers = {"detail": {"error": "boom"}, "logs": log("one"), "compare": compared}
    made.answer_by_kind(answers)
    return made


def test_tab_goes_through_all_of_it_and_out(stage, page):
    page.evaluate("document.body.prepend(Object.assign(document.createElement('button')))")
    made = put(stage, page)
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea')))")
    made.node("b").focus()
    page.keyboard.press("Enter")
    page.locator(".sfdag-error").wait_for()
    page.locator("button").first.focus()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        seen.append(focused(page))
    wanted = ("Deploy…", "Retry…", "Run…") if "Deploy…" in seen else ("Retry…", "Run…")
    order = [*wanted, "Graph", "Find a task", "Focus", "Zoom in", "b", "Width of the details"]
    order += ["Close details", "Summary", "1 failed", "Keys"]
    assert [seen.index(each) for each in order] == sorted(map(seen.index, order))
    assert len(seen) == len(set(seen)) < 40
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Keys"


def test_what_was_opened_is_closed_by_escape_the_last_first(stage, page):
    made = put(stage, page)
    made.node("b").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    assert focused(page) == "Close"
    opener = page.get_by_role("button", name="Keys")
    assert opener.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".sfdag-help").is_hidden()
    assert opener.get_attribute("aria-expanded") == "false"
    assert focused(page) == "b"
    assert page.locator(".sfdag-drawer").is_visible()
    made.tab("Logs")
    page.get_by_label("Search the log").fill("x")
    page.keyboard.press("Escape")
    assert page.get_by_label("Search the log").input_value() == ""
    page.keyboard.press("Escape")
    assert page.locator(".sfdag-drawer").is_hidden()
    assert focused(page) == "b"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.sfdag')")


def test_two_runs_are_picked_compared_and_left_by_keys(stage, page):
    put(stage, page)
    page.get_by_role("tab", name="Graph").focus()
    page.keyboard.press("End")
    page.locator("button[data-run][tabindex='0']").focus()
    for key in ("Enter", "ArrowLeft", " "):
        page.keyboard.press(key)
    page.locator(".sfdag-pair-do button").first.focus()
    page.keyboard.press("Enter")
    page.locator(".sfdag-both").wait_for()
    assert focused(page) == "Back to all runs"
    page.keyboard.press("Escape")
    assert page.locator(".sfdag-both").is_hidden()
    assert focused(page).startswith("run ")
    assert page.locator("[aria-pressed='true'][data-run]").count() == 0


def test_where_run_can_be_pressed_no_more_the_header_has_the_focus(stage, page):
    made = stage(CHAIN, FAILED, actions={"run": "%sfdag run"})
    page.locator("[data-action='run']").focus()
    page.keyboard.press("Enter")
    page.locator("[data-confirm='run']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("sent.some((message) => message.kind === 'run')")
    made.show(run(CHAIN, a="running"), busy="run", doing="starting a run")
    rest = page.locator(".sfdag-sentence:focus")
    assert rest.get_attribute("data-lm-suppress-shortcuts") == "true"  # `d d` deletes no cell


def test_the_keys_open_at_their_top_in_a_page_that_is_scrolled_to_their_opener(stage, page):
    put(stage, page)
    page.set_viewport_size({"width": 1000, "height": 300})
    page.get_by_role("button", name="Keys").click()
    top = page.locator(".sfdag-help dt").first
    assert focused(page) == "Close"
    assert top.evaluate("e => e.getBoundingClientRect().top") >= 0
    assert top.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")


#: Takes keys as JupyterLab does: on the document, unless an element on the way keeps them off.
AROUND = """
window.taken = [];
document.addEventListener('keydown', (event) => {
  if (event.target.closest('[data-lm-suppress-shortcuts]')) return;
  event.preventDefault();
  window.taken.push(event.key);
});
"""


def test_keys_with_ctrl_reach_the_notebook_and_those_to_edit_with_stay(stage, page):
    made = put(stage, page)
    page.evaluate(AROUND)
    made.node("b").click()
    made.tab("Logs")
    for focus in (
        made.node("b"),
        page.get_by_role("tab", name="Graph"),
        page.get_by_label("Search the log"),
    ):
        focus.focus()
        marks = page.locator("[data-lm-suppress-shortcuts]").count()
        for key in ("Control+s", "Control+Shift+F", "x", "Control+a", "Control+Enter"):
            page.keyboard.press(key)
        taken = page.evaluate("window.taken.splice(0)")
        assert [key for key in taken if key not in ("Control", "Shift")] == ["s", "F"]
        assert page.locator("[data-lm-suppress-shortcuts]").count() == marks
