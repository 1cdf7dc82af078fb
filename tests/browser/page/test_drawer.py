"""The drawer's tabs: what was shown, the log that is searched, data and attempts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.graph.states import GraphRunState
from tests.browser.measures import check_layout
from tests.browser.outside import asked_outside, assert_nothing_asked
from tests.browser.page.conftest import log
from tests.browser.page.host import put_host
from tests.browser.page.places import forgive
from tests.browser.page.things import SHOWN, showing
from tests.render.builders import FRAUD, FRAUD_FAILED, NOON, run, shape

CHAIN = shape("a -> b")
DONE = run(CHAIN, a="succeeded", b="succeeded")
NOT_RUN = shape("a -> b; b -> c")


def attempt(number, state, error=""):
    times = {"started": number * 4000, "completed": number * 5000}
    return {"attempt": number, "state": state, **times, "error": error, "query_id": f"q-{number}"}


ATTEMPTS = {"attempts": [attempt(1, "FAILED", "KeyError: 'x'"), attempt(2, "SUCCEEDED")]}
DATA = {
    "returned": {
        "text": '{\n  "accuracy": 0.981,\n  "f1": 0.714\n}',
        "note": "dict · 84 bytes, at most 10 kB · read by check_quality",
    },
    "inputs": [
        ["setup", '"FRAUD_DEV.RUN_9C1F20AB"', "task"],
        ["database", '"FRAUD_DEV"', "configuration"],
    ],
}


def tabs(page):
    found = page.locator(".sfdag-drawer [role=tab]").all()
    return [tab.text_content() for tab in found if tab.is_visible()]


def test_a_tab_for_what_is_shown_is_there_only_where_something_was(stage, page):
    made = stage(CHAIN, showing(DONE, "b"))
    made.answer("detail", detail=SHOWN)
    made.node("a").click()
    assert tabs(page) == ["Summary", "Logs", "Data", "Code", "Attempts"]
    made.node("b").click()
    assert tabs(page) == ["Summary", "Logs", "Data", "Shown 5", "Code", "Attempts"]
    made.tab("Shown")
    assert [request["kind"] for request in made.sent if request["kind"] == "shown"] == ["shown"]
    made.node("a").click()
    assert page.locator(".sfdag-drawer [aria-selected=true]").text_content() == "Summary"
    forgive(made)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("blocked", "It did not run: blocked by b."),
        ("skipped", "It did not run: its condition or a branch left it out."),
    ],
)
def test_of_a_task_that_did_not_run_it_says_why(stage, page, state, says):
    made = stage(NOT_RUN, run(NOT_RUN, a="succeeded", b="failed", c=state))
    made.answer("detail", detail={"name": "c"})
    made.node("c").click()
    drawer = page.locator(".sfdag-drawer")
    drawer.get_by_text(says).wait_for()
    assert drawer.get_by_role("term").count() == 0


def test_tabs_are_moved_through_by_keys(stage, page):
    made = stage(CHAIN, DONE)
    made.answer("detail", detail=DATA)
    made.node("a").click()
    page.locator(".sfdag-drawer [aria-selected=true]").focus()
    seen, heights = [], set()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "End", "ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        selected = page.locator(".sfdag-drawer [aria-selected=true]")
        assert selected.evaluate("e => e === document.activeElement")
        panel = page.locator(f"#{selected.get_attribute('aria-controls')}")
        assert panel.is_visible()
        assert panel.get_attribute("role") == "tabpanel"
        seen.append(selected.text_content())
        heights.add(page.locator(".sfdag").bounding_box()["height"])
    assert len(heights) == 1
    assert seen == ["Logs", "Data", "Code", "Attempts", "Summary", "Attempts", "Summary"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 700, 1000])
def test_what_was_shown_is_seen_and_none_of_it_runs(stage, page, keep, theme, width):
    asked = asked_outside(page)
    page.set_viewport_size({"width": width, "height": 1000})
    put_host(page, theme)
    made = stage(FRAUD, showing(FRAUD_FAILED, "train_model"))
    made.answer("detail", detail=SHOWN)
    made.node("train_model").click()
    made.tab("Shown")
    for name in ("roc", "dot"):
        picture = page.locator(f"[data-shown='{name}'] img")
        page.wait_for_function(
            "name => { const e = document.querySelector(`[data-shown='${name}'] img`);"
            " return e && e.complete && e.naturalWidth > 0; }",
            arg=name,
        )
        assert picture.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    frame = page.locator("[data-shown='page'] iframe")
    assert frame.get_attribute("sandbox") == ""
    inner = frame.element_handle().content_frame()
    inner.get_by_text("report").wait_for()
    said = page.locator("[data-shown='said'] pre").text_content()
    assert said == "<script>alert(1)</script>"
    assert page.evaluate("window.alarmed") is None
    assert_nothing_asked(page, asked)
    keep(page, f"page_shown_{theme}_{width}")
    check_layout(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    forgive(made)


def test_a_picture_is_saved_under_its_name(stage, page, tmp_path):
    made = stage(CHAIN, showing(DONE, "a"))
    made.answer("detail", detail=SHOWN)
    made.node("a").click()
    made.tab("Shown")
    with page.expect_download() as started:
        page.locator("[data-shown='dot']").get_by_role("button", name="Download").click()
    started.value.save_as(tmp_path / "saved")
    assert started.value.suggested_filename == "dot.png"
    assert (tmp_path / "saved").read_bytes().startswith(b"\x89PNG")
    forgive(made)


def test_a_table_is_copied_as_a_spreadsheet_takes_it(stage, page):
    page.evaluate(
        "() => Object.defineProperty(navigator, 'clipboard', {configurable: true, value:"
        " {writeText: async (text) => { window.copied = text; }}})"
    )
    made = stage(CHAIN, showing(DONE, "a"))
    made.answer("detail", detail={"shown": SHOWN["shown"][2:3]})
    made.node("a").click()
    made.tab("Shown")
    page.get_by_role("button", name="Copy the table scores").click()
    page.get_by_text("Copied").wait_for()
    assert (
        page.evaluate("copied") == "metric\tthis run\naccuracy\t0.981\nf1 macro\t0.714\n<b>x</b>\t0"
    )
    assert page.get_by_text("the first 3 of 9 rows").is_visible()


FOREIGN = [
    {"shown": [{"name": "x", "kind": "picture", "mime": "text/html", "data": "PHNjcmlwdD4="}]},
    {"shown": [{"name": "x", "kind": "script", "text": "alert(1)"}]},
    {},
]


@pytest.mark.parametrize("answer", FOREIGN)
def test_a_thing_of_no_known_kind_is_text_at_most(stage, page, answer):
    made = stage(CHAIN, showing(DONE, "a"))
    made.answer("detail", detail=answer)
    made.node("a").click()
    made.tab("Shown")
    page.wait_for_timeout(50)
    assert page.locator(".sfdag-drawer :is(img, iframe, script)").count() == 0


def test_a_search_marks_and_counts_and_hides_nothing(stage, page):
    made = stage(CHAIN, DONE)
    at_once = (
        '  File "Cell [2] a", line 3, in a\n    auc = mean([1])\n          ~~~~^^^^^\nIndexError'
    )
    made.answer("detail", detail=log("auc 0.9 Auc", at_once, "İ auc <b>", found=1234))
    made.node("a").click()
    made.tab("Logs")
    lines = page.get_by_label("Search the log")
    tasks = page.get_by_label("Find a task").locator("..").bounding_box()
    assert tasks["width"] <= 200  # the drawer's styles are its own
    assert lines.bounding_box()["width"] > 80
    lines.fill("AUC")
    page.get_by_text("1,234 lines").wait_for()
    assert page.locator("mark").all_text_contents()[:2] == ["auc", "Auc"]
    assert page.locator(".sfdag-line").count() == 3
    assert page.locator(".sfdag-line b").count() == 0
    # What Python marks by a line below stands where it is, also where that line is broken.
    assert page.locator(".sfdag-line .sfdag-code-culprit").all_text_contents() == ["mean([1])"]
    assert "mean([1])\nIndexError" in page.locator(".sfdag-line").nth(1).text_content()
    assert [r["text"] for r in made.sent if r["kind"] == "logs"] == ["", "AUC", "AUC"]


def test_a_print_of_three_lines_counts_as_three(stage, page):
    made = stage(CHAIN, DONE)
    made.answer("detail", detail=log("one\ntwo\nthree\n", "four"))
    made.node("a").click()
    made.tab("Logs")
    page.get_by_text("4 lines · times in UTC").wait_for()


def test_level_attempt_and_all_tasks_are_asked_of_the_kernel(stage, page):
    made = stage(CHAIN, DONE)
    made.answer("detail", detail=ATTEMPTS | log("one", task="b", left_out=5000))
    made.node("a").click()
    made.tab("Logs")
    page.get_by_text("5,000 earlier lines: %sfdag logs a").wait_for()
    page.get_by_label("Level").select_option("WARN")
    page.get_by_label("Attempt", exact=True).select_option("1")
    page.get_by_role("button", name="All tasks").click()
    page.locator(".sfdag-line-task").get_by_text("b").wait_for()
    asked = [
        (request["task"], request["level"], request["attempt"])
        for request in made.sent
        if request["kind"] == "logs"
    ]
    assert asked == [(0, "", None), (0, "WARN", None), (0, "WARN", 1), (None, "WARN", 1)]


def test_the_whole_log_is_searched_what_has_it_comes_in_sight_and_no_other_log_is_searched(
    stage, page
):
    made = stage(CHAIN, DONE)
    last = log("one", *map(str, range(60)), left_out=7, found=4)
    having = log(*(f"one {number}" for number in range(3)), "one", left_out=7, found=4)
    page.evaluate(
        """([last, having]) => { window.answer = ({id, kind, only}) => {
            model.reply({id, kind: 'ack'});
            model.reply(kind === 'logs' ? {id, kind: 'detail', detail: only ? having : last}
              : {id, kind: 'done'}); }; }""",
        [last, having],
    )
    made.node("a").click()
    made.tab("Logs")
    page.get_by_label("Search the log").fill("one")
    page.get_by_text("7 earlier lines, 3 of them with it: %sfdag logs a").wait_for()
    texts = page.locator(".sfdag-logs .sfdag-line-text")
    assert texts.all_text_contents()[:5] == ["one 0", "one 1", "one 2", "one", "0"]
    expect(page.locator("mark", has_text="one").first).to_be_in_viewport()
    assert page.locator(".sfdag-drawer .sfdag-logs").evaluate("e => e.scrollTop") == 0
    search, here = page.get_by_label("Search the log"), page.locator(".sfdag-hit")
    for key, number, line in (
        ("Enter", 2, "one 1"),
        ("Shift+Enter", 1, "one 0"),
        ("Shift+Enter", 4, "one"),
        ("Enter", 1, "one 0"),
    ):
        search.press(key)
        page.get_by_text(f"{number} of 4 lines").wait_for()
        assert here.locator(".sfdag-line-text").all_text_contents() == [line]
    page.get_by_role("button", name="Next line that has it").click()
    page.get_by_text("2 of 4 lines").wait_for()
    page.get_by_role("button", name="Only these").click()
    page.locator(".sfdag-log-tools [aria-pressed='true']").wait_for()
    page.get_by_text("7 earlier lines with it: %sfdag logs a").wait_for()
    asked = [(each["text"], each["only"]) for each in made.sent if each["kind"] == "logs"]
    assert asked == [("", False), ("one", False), ("one", True), ("one", True)]
    made.node("b").click()
    page.get_by_text("7 earlier lines: %sfdag logs a").wait_for()
    assert page.get_by_label("Search the log").input_value() == ""
    assert page.locator(".sfdag-log-tools [aria-pressed='true']").count() == 0


def test_a_log_is_downloaded_with_what_was_left_out_named(stage, page, tmp_path):
    made = stage(CHAIN, DONE)
    made.answer("detail", detail=log("one", "two", left_out=7))
    made.node("a").click()
    made.tab("Logs")
    page.get_by_text("two", exact=True).wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    started.value.save_as(tmp_path / "log")
    assert started.value.suggested_filename == "a.log"
    assert (tmp_path / "log").read_text().splitlines() == [
        "… 7 earlier lines: %sfdag logs a",
        f"{NOON:%Y-%m-%dT%H:%M}:00.000Z INFO one",
        f"{NOON:%Y-%m-%dT%H:%M}:01.000Z INFO two",
    ]
    assert [request["whole"] for request in made.sent if "whole" in request] == [True]


def test_a_log_that_cannot_be_read_says_why(stage, page):
    made = stage(CHAIN, DONE)
    made.answer("refused", error="no active warehouse")
    made.node("a").click()
    made.tab("Logs")
    page.locator(".sfdag-panel-logs").get_by_text("no active warehouse").wait_for()


def test_data_and_attempts_are_read_at_a_glance(stage, page, keep):
    made = stage(FRAUD, FRAUD_FAILED)
    made.node("evaluate_model").click()
    made.tab("Data")
    expect(page.locator(".sfdag-panel-data")).to_have_text("Reading what is known of it …")
    page.evaluate(
        """detail => { const { id } = sent.find(({ kind }) => kind === 'detail');
          model.reply({ id, kind: 'ack' });
          model.reply({ id, kind: 'detail', detail }); }""",
        DATA | ATTEMPTS,
    )
    page.get_by_text("84 bytes, at most 10 kB").wait_for()
    assert page.locator(".sfdag-inputs dt").all_text_contents() == ["setup", "database"]
    keep(page, "page_drawer_data")
    check_layout(page)
    made.tab("Attempts")
    assert page.locator(".sfdag-attempt h4").all_text_contents() == ["Attempt 2", "Attempt 1"]
    keep(page, "page_drawer_attempts")
    check_layout(page)


TABLES = {"tables": [["FRAUD_DEV.R.TEST", "FRAUD_DEV.R.TEST", 2798], ["<b>x</b>", "DB.S.X", None]]}


NAMED = "FRAUD_DEV.R.TEST · 2,798 rows"


def test_a_table_that_was_returned_opens_its_first_rows(stage, page, keep):
    made = stage(FRAUD, FRAUD_FAILED)
    inputs = {"inputs": [["setup", '"FRAUD_DEV.R"', "task"], ["day", '"1"', "configuration"]]}
    made.answer("detail", detail=DATA | TABLES | inputs | {"shown": SHOWN["shown"][2:3]})
    made.node("train_model").click()
    made.tab("Data")
    panel = page.locator(".sfdag-panel-data")
    own, given = (
        panel.locator("section").filter(has=page.get_by_role("heading", name=title))
        for title in ("Tables it names", "Tables that setup returned")
    )
    for section in (own, given):
        section.get_by_role("button", name=NAMED).click()
        section.get_by_role("cell", name="0.981").wait_for()
    asked = [request for request in made.sent if request["kind"] == "tables"]
    train, setup = (
        [node.name for node in FRAUD.nodes].index(name) for name in ("train_model", "setup")
    )
    assert [(each["task"], each.get("text", "")) for each in asked] == [
        (train, ""),
        (setup, ""),
        (train, "FRAUD_DEV.R.TEST"),
        (setup, "FRAUD_DEV.R.TEST"),
    ]
    assert page.locator(".sfdag-drawer b").count() == 0
    keep(page, "page_drawer_table")
    check_layout(page)
    for section in (own, given):
        section.get_by_role("button", name=NAMED).click()
    assert panel.locator("table").count() == 0


def test_of_a_frame_it_is_said_that_its_table_is_not_there_any_more(stage, page):
    going = replace(DONE, state=GraphRunState.EXECUTING)
    made = stage(CHAIN, going)
    inputs = {"inputs": [["a", "DB.S.G$A$FRAME_1", "task"]]}
    made.answer("detail", detail=DATA | TABLES | inputs)
    made.node("b").click()
    made.tab("Data")
    panel = page.locator(".sfdag-panel-data")
    panel.get_by_role("button", name=NAMED).first.wait_for()
    gone = "<b>gone</b>: its run succeeded"
    made.answer("detail", detail=DATA | {"tables": [], "gone": gone} | inputs)
    made.show(DONE)
    panel.get_by_text(gone).nth(1).wait_for()
    titles = panel.locator("section").filter(has_text=gone).locator("h4").all_text_contents()
    assert titles == ["Tables it names", "Tables that a returned"]


COMPARED = {
    "lines": [
        ["…", 7, "", ""],
        [" ", 10, "seen = version.load().predict(test)", "Cell [7] <b>evaluate</b>"],
        [
            "-",
            11,
            'actual, predicted = seen["IS_FRAUD"], seen["PREDICTION"]',
            "Cell [7] <b>evaluate</b>",
        ],
        [
            "+",
            11,
            'actual, predicted = seen["IS_FRAUD"], seen["PREDICTED"] # <b>',
            "Cell [7] <b>evaluate</b>",
        ],
        ["…", 1, "", ""],
        [" ", 3, "def helper(): ...", "Cell [2]"],
    ],
    "left": 1234,
}


def test_code_is_put_beside_what_is_chosen_and_stays_text(stage, page, keep):
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail=ATTEMPTS | COMPARED)
    made.node("train_model").click()
    made.tab("Code")
    beside = page.get_by_role("group", name="Beside which code")
    for name in ("Last success", "The cell now", "Attempt 2"):
        beside.get_by_role("button", name=name).click()
        assert beside.get_by_role("button", pressed=True).all_text_contents() == [name]
    asked = [(r["against"], r["attempt"]) for r in made.sent if r["kind"] == "code"]
    assert asked == [("", None), ("success", None), ("cell", None), ("attempt", 2)]
    page.get_by_text("As it ran in attempt 1, against attempt 2").wait_for()
    changed = page.locator(".sfdag-code-gone, .sfdag-code-came").all_text_contents()
    assert [text.strip() for text in changed] == [
        '11−actual, predicted = seen["IS_FRAUD"], seen["PREDICTION"]',
        '11+actual, predicted = seen["IS_FRAUD"], seen["PREDICTED"] # <b>',
    ]
    assert page.locator(".sfdag-code-folded").count() == 2
    assert page.locator(".sfdag-drawer b").count() == 0
    page.get_by_text("1,234 lines more").wait_for()
    keep(page, "page_drawer_code")
    check_layout(page)
    # Another run has other attempts: the one that was chosen is none of them.
    made.answer("detail", detail=COMPARED)
    made.show(replace(FRAUD_FAILED, group_id="0200-group"))
    page.get_by_text("As it ran in attempt 1", exact=True).wait_for()
    assert beside.get_by_role("button", pressed=True).all_text_contents() == ["Whole"]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("detail", {"detail": {"lines": [], "left": 0}}, "The same code."),
        ("refused", {"error": "the code that a ran is not there any more"}, "not there any more"),
    ],
)
def test_code_that_is_the_same_or_not_there_is_said_to_be(stage, page, kind, more, said):
    made = stage(CHAIN, DONE)
    made.node("a").click()
    made.answer(kind, **more)
    made.tab("Code")
    page.get_by_role("button", name="Last success").click()
    page.locator(".sfdag-drawer").get_by_text(said).wait_for()


def frame(place, code):
    return {"place": place, "code": code, "library": ""}


WRONG = "actual, predicted = seen['IS_FRAUD'], seen['PREDICTION']"
RAN = [
    [" ", 8, "def evaluate(train):", "Cell [10] evaluate"],
    [" ", 9, "    version = registry.get_model(MODEL)", "Cell [10] evaluate"],
    [" ", 10, "    seen = version.load().predict(test)", "Cell [10] evaluate"],
    [" ", 11, f"    {WRONG}", "Cell [10] evaluate"],
    [" ", 12, "    scores = {<b>", "Cell [10] evaluate"],
    [" ", 11, "elsewhere", "Cell [2]"],
]


def why(*frames, message="KeyError: 'PREDICTION'", **more):
    raised = {"message": message, "frames": list(frames), "folded": ""}
    return {"name": "a", "error": "boom", "raised": [raised], "lines": RAN, **more}


FAILING = frame("Cell [10] evaluate, line 11", f"{WRONG}\n{' ' * 38}~~~~^^^^^^")
AROUND = [
    ("9", "    version = registry.get_model(MODEL)"),
    ("10", "    seen = version.load().predict(test)"),
    ("11", f"    {WRONG}"),
    ("12", "    scores = {<b>"),
]


def test_the_failing_line_is_marked_among_the_lines_around_it(stage, page, keep):
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail=why(FAILING, changes=["code of evaluate"]))
    made.node("train_model").click()
    page.locator(".sfdag-code-failing").wait_for()
    lines = page.locator(".sfdag-raised .sfdag-code-line").evaluate_all(
        "all => all.map(e => [e.children[0].textContent, e.children[2].textContent])"
    )
    assert [tuple(line) for line in lines] == AROUND
    assert page.locator(".sfdag-code-failing .sfdag-code-number").text_content() == "11"
    assert page.locator(".sfdag-code-culprit").text_content() == WRONG[38:48]
    assert page.locator(".sfdag-drawer b").count() == 0
    assert page.locator(".sfdag-drawer").bounding_box()["width"] == pytest.approx(452, abs=1)
    keep(page, "page_drawer_failing_line")
    check_layout(page)


@pytest.mark.parametrize(
    "at",
    [
        frame("Cell [10] evaluate, line 11", "another = line()"),  # a cell that was run again
        frame("Cell [10] evaluate, line 99", WRONG),
        frame("helpers.py, line 11, in load", WRONG),
        frame("", ""),
    ],
)
def test_a_line_that_is_not_among_those_that_ran_is_the_tracebacks_own(stage, page, at):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    made.answer("detail", detail=why(at))
    made.node("a").click()
    page.get_by_text("KeyError").wait_for()
    page.wait_for_timeout(50)
    lines = page.locator(".sfdag-raised .sfdag-code-line .sfdag-code-text").all_text_contents()
    assert lines == [at["code"]] * bool(at["code"])


def test_of_a_cancelled_task_it_says_by_whom_and_not_the_services_words_alone(stage, page, keep):
    made = stage(CHAIN, run(CHAIN, a="cancelled", b="blocked"))
    said = {"message": "SQL execution canceled", "frames": [], "folded": ""}
    detail = {"name": "a", "error": said["message"], "raised": [said]}
    made.answer("detail", detail=detail | {"cancelled": "cancelled by ANA at 12:00 UTC"})
    made.node("a").click()
    card = page.locator(".sfdag-drawer section").filter(has=page.get_by_text("SQL execution"))
    expect(card.locator("h4")).to_have_text("Cancelled")
    expect(card.locator("p").first).to_have_text("It was cancelled by ANA at 12:00 UTC.")
    keep(page, "page_drawer_cancelled")


def test_from_what_changed_one_goes_to_the_difference(stage, page):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    made.answer("detail", detail=why(FAILING, changes=["config day: 1 → 2", "code of a"]))
    made.node("a").click()
    page.get_by_role("button", name="Difference").click()
    selected = page.locator(".sfdag-drawer [aria-selected=true]")
    assert selected.text_content() == "Code"
    assert selected.evaluate("e => e === document.activeElement")
    assert [r["against"] for r in made.sent if r["kind"] == "code"] == ["", "success"]


def test_a_long_message_hides_no_line_and_is_there_as_a_whole(stage, page):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    document = "ValueError: no such key in\n" + "\n".join(f"<b>row {n}</b>" for n in range(200))
    made.answer("detail", detail=why(FAILING, message=document))
    made.node("a").click()
    said = page.locator(".sfdag-error .sfdag-message")
    said.first.wait_for()
    expect(page.locator(".sfdag-error .sfdag-place").first).to_be_in_viewport()
    assert said.first.text_content().endswith("<b>row 6</b> …")
    page.get_by_text("The whole message").click()
    assert said.nth(1).text_content() == document


def test_there_is_no_difference_to_go_to_where_no_code_changed(stage, page):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    made.answer("detail", detail=why(FAILING, changes=["config day: 1 → 2"]))
    made.node("a").click()
    page.get_by_text("config day").wait_for()
    assert page.get_by_role("button", name="Difference").count() == 0


NOTEBOOK = """() => {
  const notebook = document.createElement('div');
  notebook.className = 'jp-Notebook';
  notebook.innerHTML = `<div class="jp-CodeCell"><div class="jp-InputPrompt">[7]:</div>
    <div class="cm-line">def a():</div><div class="cm-line" id="failing">    boom()</div></div>
    <div style="height: 3000px"></div>`;
  document.body.prepend(notebook);
  const output = document.getElementById('cell');
  notebook.append(output ?? document.querySelector('.sfdag').parentElement);
}"""


def failed_in(place):
    return {"name": "a", "error": "boom", "place": place}


def test_from_an_error_one_goes_to_the_line_of_its_cell(stage, page):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    page.evaluate(NOTEBOOK)
    made.answer("detail", detail=failed_in("Cell [7] <b>a</b>, line 2"))
    made.node("a").click()
    link = page.get_by_role("button", name="Cell [7] <b>a</b>, line 2")
    line = page.locator("#failing")
    line.evaluate("e => { e.scrollIntoView = () => { window.went = true; }; }")
    before = line.evaluate("e => e.outerHTML")
    link.click()
    assert page.evaluate("went")
    assert line.evaluate("e => e.getAnimations().length") == 1
    assert line.evaluate("e => e.outerHTML") == before  # the host's elements are the host's
    back = page.get_by_role("button", name="Back to the graph")
    line.evaluate("e => { e.tabIndex = 0; }")
    for go in (back.click, lambda: line.press("Alt+Shift+G")):
        go()
        assert back.count() == 0
        assert link.evaluate("e => e === document.activeElement")
        link.click()


def test_a_cell_that_is_not_there_is_said_to_be_out_of_sight(stage, page):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    page.evaluate(NOTEBOOK)
    made.answer("detail", detail=failed_in("Cell [6] b, line 2"))
    made.node("a").click()
    page.get_by_role("button", name="Cell [6] b, line 2").click()
    page.get_by_text("Cell [6] b, line 2 (out of sight)").wait_for()


@pytest.mark.parametrize("first", ["def a():", "%%sftask a --after c"])
def test_a_cell_that_was_run_again_is_found_by_its_task_and_no_line_is_marked(stage, page, first):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    page.evaluate(NOTEBOOK)
    page.locator(".cm-line").first.evaluate("(e, text) => { e.textContent = text; }", first)
    made.answer("detail", detail=failed_in("Cell [6] a, line 2"))
    made.node("a").click()
    page.get_by_role("button", name="Cell [7] a, line 2 (then [6])").wait_for()
    page.locator(".jp-InputPrompt").evaluate("e => { e.textContent = '[9]:'; }")  # run once more
    page.get_by_role("button", name="Cell [9] a, line 2 (then [6])").click()
    page.get_by_role("button", name="Back to the graph").wait_for()
    assert page.locator("#failing").evaluate("e => e.getAnimations().length") == 0
    assert page.locator(".jp-CodeCell").first.evaluate("e => e.getAnimations().length") == 1


@pytest.mark.parametrize("place", ["helpers.py, line 9", "Cell [x], line 2"])
def test_a_place_in_no_cell_is_words(stage, page, place):
    made = stage(CHAIN, run(CHAIN, a="failed", b="blocked"))
    made.answer("detail", detail=failed_in(place))
    made.node("a").click()
    page.get_by_text(f"Failed in {place}.").wait_for()
    assert page.locator(".sfdag-place-link").count() == 0


def test_progress_moves_on_its_box_and_leaves_it_with_the_end(stage, page, keep):
    going = run(CHAIN, a="running")

    def at(done, of=200):
        task = replace(going.tasks["a"], progress=Progress(done=done, of=of))
        return replace(going, tasks={**going.tasks, "a": task})

    made = stage(CHAIN, at(50))
    bar = made.node("a").locator(".sfdag-progress-of-task")
    quarter = float(bar.get_attribute("width"))
    assert "25 %" in made.node("a").locator(".sfdag-note").text_content()
    assert "25 %" in made.node("a").get_attribute("aria-label")
    keep(page, "page_progress")
    made.show(at(100))
    assert float(bar.get_attribute("width")) == pytest.approx(2 * quarter)
    made.show(at(100, of=None))
    assert "%" not in made.node("a").locator(".sfdag-note").text_content()
    made.show(DONE)
    assert bar.get_attribute("width") == "0"
    check_layout(page)


def test_progress_stands_beside_the_state(stage, page):
    going = run(CHAIN, a="running")
    task = replace(going.tasks["a"], progress=Progress(done=148, of=200, text="<b>auc</b>"))
    made = stage(CHAIN, replace(going, tasks={**going.tasks, "a": task}))
    made.node("a").click()
    said = page.locator(".sfdag-drawer-title p").text_content()
    assert said.endswith("· 148 of 200 · <b>auc</b>")
    assert page.locator(".sfdag b").count() == 0
