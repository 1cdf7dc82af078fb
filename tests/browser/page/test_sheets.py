"""The sheets: a run's form, a retry's tasks, a deploy's plan; and the schedule's switch."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.intentions import Edited, LeftAsDeployed
from sfdag_magics.client.observing.proposals import RetryCode, RetryWay, RunForm
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import config_form
from sfdag_magics.graph.model import python_task, task_function
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.magics.showing.chosen import arguments_of
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget.told.page_state import page_intentions
from sfdag_magics.widget.told.past_runs import page_past
from sfdag_magics.widget.told.sheets import page_again, page_form
from tests.browser.measures import check_layout
from tests.browser.page.host import put_host
from tests.browser.page.test_behaviour import DIAMOND, DONE, FAILED
from tests.browser.page.test_questions import PRODUCTION
from tests.render.builders import HOSTILE, run, shape
from tests.widget.told.test_sheets import BROKEN, CLEANED, seconds

READERS = [
    "def feature_eng(*, database: str, as_of: str): return 1",
    "def split_data(*, database: str, as_of: str, test_days: int = 7): return 1",
    "def train(*, database: str, as_of: str, shuffle_labels: bool = False): return 1",
    "def check_quality(*, min_f1: float = 0.5, mode: Literal['fast', 'full'] = 'fast'): return 1",
]
TASKS = tuple(python_task(task_function(text, cell="Cell [1]")) for text in READERS)
CONFIG = {"database": "FRAUD_DEV", "as_of": "2026-06-26"}
PLAN = {
    "rows": [["e", "new", "after: none → a"], ["b", "edited", "its code"]],
    "left": 0,
    "warnings": ["the graph that is there was not made here and is taken over"],
    "text": "plan: graph diamond on embedded engine\n  + e  new\n  ~ b  code edited\n  3 unchanged",
    "empty": False,
    "mark": "m1",
    "command": "%sfdag deploy",
}
SCHEDULE = {
    "text": "daily at 05:00 UTC",
    "exact": "USING CRON 0 5 * * * UTC",
    "on": True,
    "due": 1_764_997_200_000,
}
ACTIONS = {
    kind: f"%sfdag {kind}" for kind in ("run", "retry", "stop", "deploy", "suspend", "resume")
}


def told_form(last=None, part=None, **typed):
    form = config_form(TASKS, CONFIG, typed=typed, last=last or {"as_of": "2026-06-20"})
    note = "1 task is edited and will be deployed first: train"
    return page_form(RunForm(form=form, arguments=arguments_of(form), note=note), str, part)


def told_again(*, code=RetryCode.CURRENT, edited=("b",), way=None):
    usual = Usual(run=seconds(x=83)["x"], tasks=seconds(a=1, b=11, c=1, d=1, tidy=0.3))
    return page_again(
        BROKEN,
        Edited(code=edited),
        usual,
        config={},
        code=code,
        completed=str,
        way=way or RetryWay(),
    )


def sent(page, kind):
    return page.evaluate("kind => sent.filter(message => message.kind === kind)", kind)


def opened(stage, page, kind, seen=FAILED, shape=DIAMOND, **sheets):
    made = stage(shape, seen, actions=ACTIONS)
    made.sheets(**sheets)
    page.locator(f"[data-action='{kind}']").click()
    page.locator(".sfdag-sheet").wait_for()
    return made


def form_opened(stage, page):
    """A form that the kernel reads anew for each letter, as the real one does."""
    made = stage(DIAMOND, FAILED, actions=ACTIONS)
    page.expose_function("readForm", lambda values: told_form(**dict(values)))
    page.evaluate(
        """() => { const send = model.send; model.send = (message) => {
          if (message.kind !== 'form') return send(message);
          window.sent.push(message);
          model.reply({id: message.id, kind: 'ack'});
          readForm(message.values).then(
            (detail) => model.reply({id: message.id, kind: 'detail', detail}));
        }; }"""
    )
    page.locator("[data-action='run']").click()
    page.locator("[data-key='as_of']").wait_for()
    return made


@pytest.mark.usefixtures("own_page")
def test_fields_of_tasks_that_are_not_loaded_come_later_and_take_no_focus(stage, page):
    whole = told_form()
    known = {**whole["rows"][-1], "key": "label", "readers": [], "of": "", "base": "", "text": ""}
    first = {**whole, "rows": [*whole["rows"][:-1], known]}  # as many, and others
    whole["going"] = "run 3f2a91c0 is going: the new one begins when it has ended"
    stage(DIAMOND, FAILED, actions=ACTIONS)
    page.evaluate(
        """([first, whole]) => {
          const send = model.send;
          model.send = (message) => {
            if (!message.whole) { sheets.form = first; return send(message); }
            window.sent.push(message);
            window.comes = () => model.reply({id: message.id, kind: 'detail', detail: whole});
          }; }""",
        [first, whole],
    )
    page.locator("[data-action='run']").click()
    field = page.locator("[data-key]").first
    field.focus()
    page.wait_for_function("Boolean(window.comes)")
    expect(page.locator(".sfdag-form")).to_contain_text("of an earlier run")
    page.evaluate("comes()")
    expect(page.locator("[data-key='label']")).to_have_count(0)
    keys = page.locator(".sfdag-form [data-key]").evaluate_all("all => all.map(e => e.dataset.key)")
    assert keys == [row["key"] for row in whole["rows"]]
    key = whole["rows"][0]["key"]
    assert page.evaluate("document.activeElement.dataset.key") == key
    field.fill("7")  # of which the kernel tells nothing anew
    page.locator("[data-confirm='run']:enabled").wait_for()
    said = page.locator(".sfdag-inside > .sfdag-sheet-note").first.text_content()
    assert said.startswith("Run 3f2a91c0 is going: the new one begins when it has ended. 1 task is")


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_run_is_configured_in_a_form(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    form_opened(stage, page)
    field, yes = page.locator("[data-key='min_f1']"), page.locator("[data-confirm='run']")
    command = page.locator(".sfdag-sheet code")
    page.locator("[data-key='as_of']").fill("2026-06-27")
    page.locator(".sfdag-sheet code", has_text="as_of=2026-06-27").wait_for()
    below = page.locator("[data-confirm='run']").bounding_box()["y"]
    field.fill("0,6")
    problem = page.get_by_text("“0,6” is not a number; for example 0.6")
    problem.wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert yes.is_disabled()
    assert command.text_content() == "%sfdag run --set as_of=2026-06-27 --set min_f1=0,6"
    assert page.get_by_text("One value is to be corrected.").is_visible()
    assert page.locator("[data-confirm='run']").bounding_box()["y"] == below
    copy = page.locator(".sfdag-sheet").get_by_role("button", name="Copy")
    assert copy.is_disabled()
    assert copy.get_attribute("title") == "One value is to be corrected first"
    assert page.get_by_text("2 differ", exact=True).is_visible()
    keep(page, f"page_run_form_{theme}_{width}")
    overflow = "e => [...e.querySelectorAll('*')].filter(c => c.scrollWidth > c.clientWidth + 1 &&"
    overflow += " getComputedStyle(c).overflowX === 'visible' && c.clientWidth).length"
    assert page.locator(".sfdag-sheet").evaluate(overflow) == 0
    reset = page.get_by_role("button", name="Reset to 0.5")
    beside = [each.bounding_box() for each in (field, reset, problem)]
    assert beside[0]["y"] < beside[1]["y"] + beside[1]["height"] / 2 < beside[2]["y"]
    field.press("Tab")  # not to what would throw the value away
    next_key = "[...document.querySelectorAll('[data-key]')].map(e => e.dataset.key)"
    next_key = f"(keys => keys[keys.indexOf('min_f1') + 1])({next_key})"
    assert page.evaluate("document.activeElement.dataset.key") == page.evaluate(next_key)
    for _ in range(len(told_form()["rows"]) + 2):
        page.keyboard.press("Tab")
        if reset.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    problem.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.dataset.key") == "min_f1"
    assert command.text_content() == "%sfdag run --set as_of=2026-06-27"
    page.locator("[data-confirm='run']:enabled").wait_for()
    assert copy.is_enabled()
    page.locator("[data-confirm='run']:enabled").click()
    assert dict(sent(page, "run")[0]["values"]) == {"as_of": "2026-06-27", "min_f1": "0.5"}


@pytest.mark.usefixtures("own_page")
def test_fields_are_of_their_types_and_the_last_runs_values_can_be_taken_over(stage, page):
    form_opened(stage, page)
    switch = page.get_by_role("switch", name="shuffle_labels")
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    page.get_by_label("mode").select_option("full")
    page.get_by_role("button", name="As in the last run").click()
    command = "%sfdag run --set as_of=2026-06-20 --set shuffle_labels=true --set mode=full"
    page.get_by_text(command, exact=True).wait_for()
    assert page.get_by_label("as_of").input_value() == "2026-06-20"
    assert "read by feature_eng, split_data, train" in page.locator(".sfdag-form").text_content()


def test_a_default_that_is_computed_is_shown_as_it_is_written(stage, page):
    told = told_form()
    computed = {"of": "default", "base": "", "text": "", "choices": [], "computed": "date.today()"}
    told["rows"][0] |= computed
    opened(stage, page, "run", FAILED, form=told)
    assert page.locator("[data-key]").first.get_attribute("placeholder") == "date.today()"


def test_each_thing_that_is_wrong_with_a_form_is_a_sentence_of_its_own(stage, page):
    wrong = {**told_form(), "problems": ["no task reads 'a'", "no task reads 'b'"]}
    opened(stage, page, "run", form=wrong)
    said = "No task reads 'a'. No task reads 'b'. 2 values are to be corrected."
    page.locator(".sfdag-sheet").get_by_text(said).wait_for()


@pytest.mark.usefixtures("own_page")
def test_letters_in_a_form_are_letters_and_escape_goes_back_to_where_the_sheet_was_opened(
    stage, page
):
    form_opened(stage, page)
    assert page.evaluate("document.activeElement.dataset.key") == "database"
    page.keyboard.press("Control+a")
    page.keyboard.type("np+0?/f")
    page.get_by_text("%sfdag run --set database='np+0?/f'", exact=True).wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".sfdag-sheet").is_hidden()
    assert page.evaluate("document.activeElement.dataset.action") == "run"
    assert sent(page, "run") == []


@pytest.mark.usefixtures("own_page")
def test_enter_in_a_field_agrees_where_that_can_be_done(stage, page):
    form_opened(stage, page)
    field = page.locator("[data-key='min_f1']")
    field.fill("0,6")
    page.get_by_text("“0,6” is not a number; for example 0.6").wait_for()
    field.press("Enter")
    assert page.locator(".sfdag-sheet").is_visible()
    field.fill("0.6")
    page.locator("[data-confirm='run']:enabled").wait_for()
    field.press("Enter")
    assert page.locator(".sfdag-sheet").is_hidden()
    assert [dict(each["values"]) for each in sent(page, "run")] == [{"min_f1": "0.6"}]


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_retry_shows_what_runs_again_and_what_is_kept(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = opened(stage, page, "retry", BROKEN, CLEANED, again=told_again())
    sheet = page.get_by_role(
        "group", name="Retry run 0196-gro: run 3 tasks and the finalizer, keep 1"
    )
    sheet.wait_for()
    assert "About 12 s instead of 1m23s." in sheet.text_content()
    assert "edited" in sheet.get_by_role("listitem").filter(has_text="b, failed").text_content()
    keep(page, f"page_retry_proposal_{theme}_{width}")
    made.sheets(again=told_again(code=RetryCode.DEPLOYED))
    sheet.get_by_label("As it is deployed, without what was edited here since").check()
    page.get_by_text("%sfdag retry 0196-gro --code deployed", exact=True).wait_for()
    assert page.evaluate("document.activeElement.dataset.code") == "deployed"
    page.locator("[data-confirm='retry']").click()
    assert [(each["runs"], each["code"]) for each in sent(page, "retry")] == [
        (["0196-group"], "deployed")
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_retry_with_the_code_that_the_run_began_with_says_who_runs_that(
    stage, page, keep, theme, width
):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = opened(stage, page, "retry", BROKEN, CLEANED, again=told_again())
    way = RetryWay(why="other code is deployed now than the run began with", began=("b", "c"))
    made.sheets(again=told_again(code=RetryCode.ORIGINAL, way=way))
    page.get_by_label("As the run began, also where other code is deployed since").check()
    page.get_by_text("%sfdag retry 0196-gro --code original", exact=True).wait_for()
    runs = page.locator(".sfdag-part").filter(has_text="Runs again").get_by_role("listitem")
    marks = [each.locator(".sfdag-tag").text_content() for each in runs.all()]
    assert marks == ["as it began", "as it began", "as deployed"]
    keep(page, f"page_retry_original_{theme}_{width}")
    made.sheets(again=told_again(code=RetryCode.ORIGINAL))
    page.locator("[data-code='deployed']").check()
    page.get_by_text("What runs again began with the code that is deployed.").wait_for()
    page.locator("[data-confirm='retry']").click()
    assert sent(page, "retry")[0]["code"] == "original"


def test_the_tasks_of_a_retry_stand_in_the_graphs_order_and_those_of_a_map_as_one(
    stage, page, keep
):
    names = [f"score_{number}" for number in range(1, 21)]
    tiled = shape("; ".join(f"load -> {name}; {name} -> total" for name in names))
    nodes = (replace(n, group="score" if n.name in names else None) for n in tiled.nodes)
    tiled = replace(tiled, nodes=tuple(nodes))
    states = dict.fromkeys(("load", *names), "succeeded")
    seen = run(tiled, **states | {"score_10": "failed", "score_9": "failed", "total": "blocked"})
    told = page_again(
        seen, Edited(), Usual(), config={}, code=RetryCode.CURRENT, completed=str, way=RetryWay()
    )
    for part in ("again", "kept"):  # as a history may have them
        told[part].sort(key=lambda each: each["name"])
    opened(stage, page, "retry", seen, tiled, again=told)
    rows = page.locator(".sfdag-part").filter(has_text="Runs again").get_by_role("listitem")
    expect(rows).to_contain_text(["score_9", "score_10", "total"])
    kept = page.locator(".sfdag-part").filter(has_text="Kept").get_by_role("listitem")
    expect(kept).to_have_text(["load, succeeded", "score, succeeded18 tasks"])
    keep(page, "page_retry_map")


def test_what_was_agreed_to_is_said_before_the_kernel_says_a_word(stage, page):
    put = opened(stage, page, "deploy", plan=PLAN)
    put.show(None, sight=Sight.ENGINE_OFF)
    page.locator("[data-confirm='deploy']:enabled").click()
    doing = page.locator("[data-topic='doing']")
    doing.wait_for()
    assert re.fullmatch(r"deploying 4 tasks · \d s", doing.text_content())
    assert page.locator("[data-topic='sight']").count() == 0
    put.show(FAILED, busy="deploy", doing="deploying · statement 1 of 4")
    assert doing.text_content().startswith("deploying · statement 1 of 4")


def test_of_many_changes_the_first_are_shown_and_all_others_are_unfolded(stage, page, keep):
    rows = [[f"task_{number}", "new", ""] for number in range(61)]
    opened(stage, page, "deploy", plan={**PLAN, "rows": rows})
    last = page.locator("th", has_text="task_60")
    last.wait_for(state="attached")
    assert not last.is_visible()
    page.get_by_text("53 more", exact=True).click()
    last.scroll_into_view_if_needed()
    assert last.is_visible()
    frame = page.locator(".sfdag-folded > .sfdag-changes-frame")
    assert frame.evaluate("each => each.scrollHeight - each.clientHeight") == 0
    keep(page, "page_deploy_many")


def test_a_long_report_is_folded_and_looks_like_no_warning(stage, page, keep):
    lines = ["deployed a, b", *(f"code: t{number}: 1 function" for number in range(9))]
    stage(DIAMOND, FAILED, actions=ACTIONS).show(FAILED, said="\n".join(lines))
    said = page.locator("[data-topic='said']")
    said.wait_for()
    assert "sfdag-plain" in said.get_attribute("class")
    assert not said.get_by_text("code: t8").is_visible()
    keep(page, "page_long_report")
    said.get_by_text("8 more lines").click()
    assert said.get_by_text("code: t8").is_visible()


def test_a_retry_after_a_finalizer_says_what_may_be_gone_and_offers_a_new_run(stage, page, keep):
    opened(stage, page, "retry", BROKEN, CLEANED, again=told_again(), form=told_form())
    note = page.get_by_role("note")
    note.get_by_text("The finalizer tidy has run after attempt 1: if it removed").wait_for()
    assert note.locator(".sfdag-plan-warning").count() == 0
    keep(page, "page_retry_after_finalizer")
    note.get_by_role("button", name="Run anew…").click()
    page.locator("[data-confirm='run']").wait_for()
    assert sent(page, "retry") == []


CELL = """([...lines]) => {
  const notebook = document.createElement('div');
  notebook.className = 'jp-Notebook';
  const cell = notebook.appendChild(document.createElement('div'));
  cell.className = 'jp-CodeCell';
  const prompt = Object.assign(document.createElement('div'), {className: 'jp-InputPrompt'});
  cell.append(prompt, ...lines.map((textContent) =>
    Object.assign(document.createElement('div'), {className: 'cm-line', textContent})));
  prompt.textContent = '[8]:';
  const view = document.querySelector('.sfdag').parentElement;
  document.body.prepend(notebook);
  notebook.append(view);
}"""
RAN = "def b():\n    return 1 / 0\n"
NOTHING = "Nothing is edited: b would fail again the same, unless what it reads has changed."
CHANGED = "b: the cell was changed and not run since: a retry would run the old code. "


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize(
    ("ran", "lines", "says"),
    [
        (RAN, ["%%sftask b --after a", "def b():", "    return 1 / 0  "], NOTHING),
        (RAN, ["%%sftask b \\", "--after a", "", "def b():", "    return 1 / 0"], NOTHING),
        (RAN, ["%%sftask b", "def b():", "    return 1"], CHANGED),
        (RAN, ["%%sftask b", "def b():", "    return 1 / 0", "b()"], CHANGED),
        (RAN, ["@sftask", "def b():", "    return 1 / 0", "x = 1"], NOTHING),
        ("select 1", ["%%sftask b --sql", "select 1;", "------", "-- x"], NOTHING),
        ("select 1", ["%%sftask b --sql", "select 1, 2"], CHANGED),
        (RAN, ["%%sftask c"], ""),
    ],
)
def test_a_retry_says_whether_the_cell_of_what_failed_is_edited_now(stage, page, ran, lines, says):
    told = page_again(
        BROKEN,
        Edited(),
        Usual(),
        config={},
        code=RetryCode.CURRENT,
        completed=str,
        cell_of={"b": ("Cell [7] b, line 2", ran)}.get,
    )
    made = stage(CLEANED, BROKEN, actions=ACTIONS)
    made.sheets(again=told)
    page.evaluate(CELL, lines)
    page.locator("[data-action='retry']").click()
    page.get_by_role("radiogroup", name="Code").wait_for()
    link = "Cell [8] b, line 2 (then [7])" if says == CHANGED else ""
    assert page.locator("[data-cells]").all_text_contents() == ([says + link] if says else [])
    warnings = page.locator(".sfdag-choices:has([data-confirm]:enabled) [data-cells]")
    assert warnings.count() == (says == CHANGED)
    # The cell is edited, or another time, and run, and nobody touches the sheet.
    ran_now = "\n".join(lines[1:])
    made.sheets(again={**told, "cells": [{"name": "b", "place": "Cell [9] b", "text": ran_now}]})
    page.evaluate("() => { document.querySelector('.jp-InputPrompt').textContent = '[9]:'; }")
    expect(warnings).to_have_count(0)


def test_what_is_edited_and_kept_is_said_and_runs_again_by_a_press(stage, page):
    told = told_again()
    a = {**told["again"][0], "name": "a", "mark": "edited since"}
    opened(stage, page, "retry", BROKEN, CLEANED, again={**told, "kept": [a]})
    page.get_by_text(
        "a was edited since and is kept: what is there is of the code before."
    ).wait_for()
    page.get_by_role("button", name="Run a again too").click()
    assert page.get_by_label("From a task…").is_checked()
    assert page.locator("[data-from='a']").is_checked()
    page.wait_for_function("sent.filter(({kind}) => kind === 'again').at(-1).again?.[0] === 0")


def test_where_no_cell_was_run_here_a_retry_runs_what_is_deployed_and_says_why(stage, page, keep):
    left = LeftAsDeployed(
        tasks=("b",), says="b as deployed: its cell was not run here", is_all=True
    )
    told = page_again(
        BROKEN, Edited(left=left), Usual(), config={}, code=RetryCode.CURRENT, completed=str
    )
    opened(stage, page, "retry", BROKEN, CLEANED, again=told)
    page.get_by_text("b as deployed: its cell was not run here").wait_for()
    assert page.get_by_label("As its cells were last run in the notebook").is_disabled()
    assert page.get_by_label("As it is deployed, without what was edited here since").is_checked()
    keep(page, "page_retry_as_deployed")
    page.locator("[data-confirm='retry']").click()
    assert sent(page, "retry")[0]["code"] == "deployed"


CONTINUES = Lineage(
    kind=LineageKind.RETRY,
    of="0196",
    runs=("a", "b", "c", "tidy"),
    kept={"d": ""},
    by_hand={"d": ByHand.DONE},
)
BY_HAND = RetryWay(
    why="the service's retry knows nothing said by hand, such as of d",
    lineage=CONTINUES,
    arguments="--mark-done d=7 --because 'seen by hand'",
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_retry_runs_from_tasks_or_with_what_a_person_says_of_them(
    stage, page, keep, theme, width
):
    page.set_viewport_size({"width": width, "height": 1000})
    put_host(page, theme)
    made = opened(stage, page, "retry", BROKEN, CLEANED, again=told_again())
    yes = page.locator("[data-confirm='retry']")
    page.get_by_label("From a task…").check()
    page.locator("[data-from='a']").check()
    page.wait_for_function("sent.some(({again}) => again?.length === 1)")
    assert sent(page, "again")[-1]["again"] == [0]
    unsaid = RetryWay(problem="nobody says why d is not to run: it is noted with the run")
    made.sheets(again=told_again(way=unsaid))
    page.get_by_label("By hand…").check()
    page.locator("[data-hand='d']").select_option("done")
    page.locator("[data-value='d']").fill("7")
    page.get_by_text("nobody says why d is not to run").wait_for()
    assert yes.is_disabled()
    made.sheets(again=told_again(way=BY_HAND))
    page.locator("[data-because]").fill("seen by hand")
    expect(page.locator(".sfdag-sheet")).to_contain_text("In a run of its own: the service's")
    expect(page.locator(".sfdag-sheet code").first).to_contain_text("--mark-done d=7 --because")
    expect(yes).to_be_enabled()
    keep(page, f"page_retry_by_hand_{theme}_{width}")
    yes.click()
    (asked,) = sent(page, "retry")
    assert (asked["values"], asked["skip"], asked["text"]) == ([["3", "7"]], [], "seen by hand")


def test_a_retry_that_is_refused_with_the_notebooks_code_can_be_done_with_the_deployed(stage, page):
    edited = Edited(in_graph=("b",))
    refused = page_again(BROKEN, edited, Usual(), config={}, code=RetryCode.CURRENT, completed=str)
    made = stage(CLEANED, BROKEN, actions=ACTIONS)
    made.show(BROKEN, intentions=page_intentions(BROKEN, edited))
    made.sheets(again=refused)
    page.locator("[data-action='retry']").click()
    deployed = page.get_by_label("As it is deployed, without what was edited here since")
    deployed.wait_for()
    assert page.locator("[data-confirm]").count() == 0
    made.sheets(again=told_again(code=RetryCode.DEPLOYED))
    deployed.check()
    page.locator("[data-confirm='retry']").click()
    assert sent(page, "retry")[0]["code"] == "deployed"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_deploy_shows_its_plan_and_carries_out_that_one(stage, page, keep, theme):
    put_host(page, theme)
    made = opened(stage, page, "deploy", plan=PLAN)
    plan = page.get_by_label("Plan")
    plan.wait_for(state="attached")
    assert plan.text_content() == PLAN["text"]
    rows = page.get_by_role("group", name="What changes").locator("tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == PLAN["rows"]
    assert page.locator(".sfdag-plan-warning").all_text_contents() == PLAN["warnings"]
    page.get_by_text("The plan in full").click()
    page.locator("[data-confirm='deploy']").click()
    assert [each["text"] for each in sent(page, "deploy")] == ["m1"]
    made.show(FAILED, busy="deploy", question=PRODUCTION)
    page.get_by_role("group", name=PRODUCTION["says"]).wait_for()
    assert plan.is_visible()  # what is agreed to stands above the name
    assert page.get_by_role("button", name="Deploy to prod").is_disabled()
    keep(page, f"page_deploy_production_{theme}")


def test_before_a_run_in_production_it_says_what_of_the_notebook_runs(stage, page, keep):
    runs = [
        ["b", "edited", "runs as it is deployed"],
        ["the other 3", "no edit known here", "as deployed"],
    ]
    made = opened(stage, page, "run", form={**told_form(), "runs": runs})
    page.locator("[data-confirm='run']").click()
    made.show(FAILED, busy="run", question=PRODUCTION)
    table = page.get_by_role("group", name="What changes")
    table.wait_for()
    assert [row.split("\t") for row in table.locator("tbody tr").all_inner_texts()] == runs
    keep(page, "page_run_production")


def test_where_nothing_would_change_there_is_nothing_to_deploy(stage, page):
    opened(stage, page, "deploy", plan={**PLAN, "empty": True})
    page.get_by_role("group", name="Nothing to deploy").wait_for()
    assert page.locator("[data-confirm]").count() == 0
    assert page.locator(".sfdag-command").is_hidden()


def test_a_deploy_says_once_what_becomes_of_the_schedule(stage, page, keep):
    rows = [["graph diamond", "new", ""]]
    opened(
        stage,
        page,
        "deploy",
        plan={**PLAN, "rows": rows, "schedule": "every 60 minutes (will be started)"},
    )
    sheet = page.locator(".sfdag-sheet")
    sheet.get_by_text("Schedule: every 60 minutes (will be started).").wait_for()
    assert sheet.get_by_role("columnheader").all_inner_texts() == ["What", "How", "Change"]
    assert sheet.inner_text().lower().count("schedule") == 1
    keep(page, "page_deploy_schedule")


@pytest.mark.parametrize(("is_on", "kind"), [(True, "suspend"), (False, "resume")])
def test_the_schedule_is_turned_by_its_switch_after_a_confirmation(stage, page, keep, is_on, kind):
    stage(DIAMOND, DONE, actions=ACTIONS)
    past = {**page_past((DONE,)), "schedule": {**SCHEDULE, "on": is_on}}
    page.evaluate("past => model.set('sfdag_past', past)", past)
    switch = page.locator(".sfdag-strip").get_by_role("switch")
    assert switch.get_attribute("aria-checked") == str(is_on).lower()
    expected = "next 2025-12-06 05:00 UTC" if is_on else "daily at 05:00 UTC"
    assert expected in switch.text_content()
    switch.focus()
    page.keyboard.press("Space")
    assert f"%sfdag {kind}" in page.locator(".sfdag-sheet code").text_content()
    keep(page, f"page_{kind}")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "switch"
    assert sent(page, kind) == []
    switch.click()
    page.locator(f"[data-confirm='{kind}']").click()
    assert len(sent(page, kind)) == 1


def test_a_graph_without_a_schedule_has_no_switch(stage, page):
    stage(DIAMOND, DONE, actions=ACTIONS)
    assert page.locator(".sfdag-strip").get_by_role("switch").count() == 0


@pytest.mark.parametrize("kind", ["run", "retry", "deploy"])
def test_one_button_is_filled_wherever_somebody_is(stage, page, kind):
    filled = "[...document.querySelectorAll('.sfdag-primary, .sfdag-danger')]"
    filled += ".filter(e => e.offsetParent && !e.disabled).map(e => e.textContent)"
    stage(DIAMOND, FAILED, actions=ACTIONS).sheets(plan=PLAN)
    assert page.evaluate(filled) == ["Retry…"]
    page.locator(f"[data-action='{kind}']").click()
    page.locator(f"[data-confirm='{kind}']:enabled").wait_for()
    assert len(page.evaluate(filled)) == 1
    page.keyboard.press("Escape")
    assert page.evaluate(filled) == ["Retry…"]


def test_hostile_values_and_names_are_only_text_in_the_sheets(stage, page):
    row = told_form()["rows"][0]
    named = {"readers": list(HOSTILE)[:3]}
    rows = [
        {**row, **named, "key": text, "type": text, "base": text, "text": "x", "problem": text}
        for text in HOSTILE
    ]
    form = {"rows": rows, "problems": list(HOSTILE), "command": HOSTILE[0], "note": HOSTILE[1]}
    made = opened(stage, page, "run", form=form)
    page.locator(".sfdag-form input").first.wait_for()
    page.keyboard.press("Escape")
    tasks = [{"name": t, "state": "failed", "took": None, "mark": t} for t in HOSTILE[:12]]
    config = [[text, text, text] for text in HOSTILE]
    made.sheets(again={**told_again(), "again": tasks, "title": HOSTILE[0], "config": config})
    page.locator("[data-action='retry']").click()
    page.locator(".sfdag-kept-config").wait_for()
    page.keyboard.press("Escape")
    changes = [[text, text, text] for text in HOSTILE]
    told = {"text": "\n".join(HOSTILE), "rows": changes, "warnings": list(HOSTILE)}
    made.sheets(plan={**PLAN, **told})
    page.locator("[data-action='deploy']").click()
    page.get_by_text("The plan in full").click()
    page.get_by_label("Plan").wait_for()
    assert page.evaluate("window.alarmed") is None
    assert page.locator(".sfdag :is(script, img, iframe)").count() == 0


def test_an_answer_that_comes_after_a_newer_one_changes_nothing(stage, page):
    stage(DIAMOND, FAILED, actions=ACTIONS)
    page.evaluate(
        "() => { window.held = []; const send = model.send; model.send = (m) => {"
        " if (m.kind !== 'form') return send(m); held.push(m);"
        " model.reply({id: m.id, kind: 'ack'}); }; }"
    )
    tell = "([at, detail]) => model.reply({id: held[at].id, kind: 'detail', detail})"
    page.locator("[data-action='run']").click()
    page.evaluate(tell, [0, told_form()])
    page.wait_for_function("held.length === 2")  # and for what only the target knows
    page.locator("[data-key='min_f1']").fill("0,6")
    page.locator("[data-key='min_f1']").fill("0.7")
    page.evaluate(tell, [3, told_form(min_f1="0.7")])
    page.evaluate(tell, [2, told_form(min_f1="0,6")])
    page.evaluate(tell, [3, told_form(min_f1="0,6")])  # twice
    page.locator("[data-confirm='run']:enabled").wait_for()
    assert page.locator("[data-key='min_f1']").input_value() == "0.7"


def test_an_answer_for_a_sheet_that_was_closed_opens_nothing(stage, page):
    stage(DIAMOND, FAILED, actions=ACTIONS)
    page.evaluate(
        "() => { const send = model.send; model.send = (m) => {"
        " if (m.kind !== 'form') return send(m); window.late = m;"
        " model.reply({id: m.id, kind: 'ack'}); }; }"
    )
    page.locator("[data-action='run']").click()
    page.keyboard.press("Escape")
    page.locator("[data-action='retry']").click()
    page.evaluate("detail => model.reply({id: late.id, kind: 'detail', detail})", told_form())
    page.locator("[data-confirm='retry']").wait_for()
    assert page.locator(".sfdag-form").count() == 0


def test_marks_stand_on_the_boxes_and_in_the_legend_the_one_that_matters_most(stage, page, keep):
    seen = run(DIAMOND, a="succeeded", b="failed", c="succeeded", d="blocked")
    made = stage(DIAMOND, seen, actions=ACTIONS)
    made.show(seen, marks=["", "edited", "edited", "not deployed"])
    pills = {name: made.node(name).locator(".sfdag-pill").all_text_contents() for name in "abcd"}
    assert pills == {"a": [], "b": ["root cause · edited"], "c": ["edited"], "d": ["not deployed"]}
    assert made.node("c").get_attribute("aria-label").endswith(", edited")
    legend = page.locator(".sfdag-legend").text_content()
    assert "2 edited" in legend
    assert "1 not deployed" in legend
    keep(page, "page_marks")
    made.show(seen, marks=["", "", "", ""])
    assert page.locator(".sfdag-pill").all_text_contents() == ["root cause"]


def test_a_tile_says_by_a_sign_that_it_is_edited_or_which_attempt_it_is(stage, page, keep):
    made = shape(f"a -> {' '.join(f't{number}' for number in range(12))}")
    put = stage(made, run(made), actions=ACTIONS)
    put.show(run(made), marks=["", "", "", "edited"])
    assert page.locator(".sfdag-pill").all_text_contents() == ["≠"]
    ran = run(made, **{node.name: "succeeded" for node in made.nodes})
    again = {name: replace(task, attempt=2) for name, task in ran.tasks.items()}
    put.show(replace(ran, tasks=again), marks=["", "", "", "edited"])
    signs = page.locator(".sfdag-tile ~ .sfdag-pill").all_text_contents()
    assert signs == ["2", "2", "≠", *"222222222"]
    keep(page, "page_marked_tile")
    check_layout(page)


@pytest.mark.parametrize(
    ("item", "part", "title"),
    [
        ("Run only this…", "only b", "Run only b?"),
        ("Run from here…", "from b", "Run b and what waits for it?"),
        ("Run up to here…", "to b", "Run b and what it waits for?"),
    ],
)
def test_a_part_of_a_graph_is_run_from_a_tasks_menu(stage, page, keep, item, part, title):
    made = stage(DIAMOND, FAILED, actions=ACTIONS)
    made.sheets(form=told_form(part=tuple(part.split())))
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("button", name="More about b").click()
    page.get_by_role("menuitem", name=item).click()
    sheet = page.get_by_role("group", name=title)
    sheet.wait_for()
    assert sheet.locator("code").text_content().endswith(f" --{part}")
    assert sent(page, "form")[-1]["text"] == part
    keep(page, f"page_run_{part.replace(' ', '_')}")
    sheet.get_by_role("button", name="Run now").click()
    (message,) = sent(page, "run")
    assert message["text"] == part


def test_a_graph_that_never_ran_says_what_to_do_and_begins_nothing_by_itself(stage, page, keep):
    made = stage(DIAMOND, actions=ACTIONS)
    card = page.get_by_role("region", name="What to do")
    assert "Not run yet. 4 tasks are ready. They run on this machine" in card.text_content()
    assert card.locator("code").text_content() == "%sfdag run"
    keep(page, "page_not_run_yet")
    card.get_by_role("button", name="Run…").click()
    page.get_by_role("group", name="New run of mortgage").wait_for()
    assert made.sent == []
    made.show(DONE)
    assert card.is_hidden()


def test_a_run_that_waits_says_behind_what_and_can_be_stopped(stage, page, keep):
    made = stage(DIAMOND, actions=ACTIONS)
    waiting = replace(
        run(DIAMOND), state=GraphRunState.SCHEDULED, note="waits behind run 46f9eecb", started=None
    )
    made.show(waiting)
    card = page.get_by_role("region", name="What to do")
    assert "Waiting. Waits behind run 46f9eecb." in card.text_content()
    keep(page, "page_waiting")
    card.get_by_role("button", name="Stop…").click()
    page.locator("[data-confirm='stop']").wait_for()


def test_without_news_the_command_that_looks_again_stands_there(stage, page):
    made = stage(DIAMOND, FAILED, actions=ACTIONS)
    made.show(FAILED, trouble="the engine does not answer")
    card = page.get_by_role("region", name="What to do")
    assert card.locator("code").text_content() == "%sfdag show -g diamond"


def test_what_a_stop_would_cancel_goes_with_the_run_and_what_was_cancelled_is_counted(stage, page):
    made = stage(DIAMOND, run(DIAMOND, a="running"), actions=ACTIONS)
    page.locator("[data-action='stop']").click()
    sheet = page.locator(".sfdag-sheet")
    assert "a is cancelled" in sheet.text_content()
    made.show(run(DIAMOND, a="succeeded", b="running"))
    assert "b is cancelled" in sheet.text_content()
    ended = run(DIAMOND, a="succeeded", b="cancelled", c="cancelled", d="blocked")
    made.show(replace(ended, state=GraphRunState.CANCELLED))
    assert sheet.is_hidden()
    assert "1 ran, 2 cancelled, 1 not begun" in page.locator(".sfdag-run-facts").text_content()
