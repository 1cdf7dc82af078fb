"""The sheets: a run's form, a retry's tasks, a deploy's plan; and the schedule's switch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.intentions import Edited, LeftAsDeployed
from sfdag_magics.client.observing.proposals import RunForm
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import config_form
from sfdag_magics.graph.model import python_task, task_function
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.magics.showing.chosen import arguments_of
from sfdag_magics.widget.told.page_state import page_intentions
from sfdag_magics.widget.told.past_runs import page_past
from sfdag_magics.widget.told.sheets import page_again, page_form
from tests.browser.page.host import put_host
from tests.browser.page.test_behaviour import DIAMOND, DONE, FAILED
from tests.browser.page.test_questions import PRODUCTION
from tests.render.builders import HOSTILE, run
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
SCHEDULE = {"text": "USING CRON 0 5 * * * UTC", "on": True, "due": 1_764_997_200_000}
ACTIONS = {
    kind: f"%sfdag {kind}" for kind in ("run", "retry", "stop", "deploy", "suspend", "resume")
}


def told_form(last=None, **typed):
    form = config_form(TASKS, CONFIG, typed=typed, last=last or {"as_of": "2026-06-20"})
    note = "1 task is edited and will be deployed first: train"
    return page_form(RunForm(form=form, arguments=arguments_of(form), note=note), str)


def told_again(*, original=False, edited=("b",)):
    usual = Usual(run=seconds(x=83)["x"], tasks=seconds(a=1, b=11, c=1, d=1, tidy=0.3))
    return page_again(
        BROKEN,
        Edited(code=edited),
        usual,
        config={},
        original=original,
        completed=str,
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
@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
def test_a_run_is_configured_in_a_form(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    form_opened(stage, page)
    field, yes = page.locator("[data-key='min_f1']"), page.locator("[data-confirm='run']")
    command = page.locator(".sfdag-sheet code")
    page.locator("[data-key='as_of']").fill("2026-06-27")
    field.fill("0,6")
    problem = page.get_by_text("“0,6” is not float: write 0.6")
    problem.wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert yes.is_disabled()
    assert command.text_content() == "%sfdag run --set as_of=2026-06-27 --set min_f1=0,6"
    assert page.get_by_text("One value is to be corrected.").is_visible()
    assert page.get_by_text("2 differ", exact=True).is_visible()
    keep(page, f"page_run_form_{theme}_{width}")
    overflow = "e => [...e.querySelectorAll('*')].filter(c => c.scrollWidth > c.clientWidth + 1 &&"
    overflow += " getComputedStyle(c).overflowX === 'visible' && c.clientWidth).length"
    assert page.locator(".sfdag-sheet").evaluate(overflow) == 0
    page.get_by_role("button", name="Reset to 0.5").click()
    problem.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.dataset.key") == "min_f1"
    assert command.text_content() == "%sfdag run --set as_of=2026-06-27"
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
    page.get_by_text("“0,6” is not float: write 0.6").wait_for()
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
    made.sheets(again=told_again(original=True))
    sheet.get_by_label("As it is deployed, what run 0196-gro had").check()
    page.get_by_text("%sfdag retry 0196-gro --code original", exact=True).wait_for()
    assert page.evaluate("document.activeElement.dataset.code") == "original"
    page.locator("[data-confirm='retry']").click()
    assert [(each["runs"], each["original"]) for each in sent(page, "retry")] == [
        (["0196-group"], True)
    ]


def test_where_no_cell_was_run_here_a_retry_runs_what_is_deployed_and_says_why(stage, page, keep):
    left = LeftAsDeployed(
        tasks=("b",), says="b as deployed: its cell was not run here", is_all=True
    )
    told = page_again(BROKEN, Edited(left=left), Usual(), config={}, original=False, completed=str)
    opened(stage, page, "retry", BROKEN, CLEANED, again=told)
    page.get_by_text("b as deployed: its cell was not run here").wait_for()
    assert page.get_by_label("As it is in the notebook now").is_disabled()
    assert page.get_by_label("As it is deployed, what run 0196-gro had").is_checked()
    keep(page, "page_retry_as_deployed")
    page.locator("[data-confirm='retry']").click()
    assert sent(page, "retry")[0]["original"] is True


def test_a_retry_that_is_refused_with_the_notebooks_code_can_be_done_with_the_deployed(stage, page):
    edited = Edited(in_graph=("b",))
    refused = page_again(BROKEN, edited, Usual(), config={}, original=False, completed=str)
    made = stage(CLEANED, BROKEN, actions=ACTIONS)
    made.show(BROKEN, intentions=page_intentions(BROKEN, edited))
    made.sheets(again=refused)
    page.locator("[data-action='retry']").click()
    deployed = page.get_by_label("As it is deployed, what run 0196-gro had")
    deployed.wait_for()
    assert page.locator("[data-confirm]").count() == 0
    made.sheets(again=told_again(original=True))
    deployed.check()
    page.locator("[data-confirm='retry']").click()
    assert sent(page, "retry")[0]["original"] is True


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


@pytest.mark.parametrize(("is_on", "kind"), [(True, "suspend"), (False, "resume")])
def test_the_schedule_is_turned_by_its_switch_after_a_confirmation(stage, page, keep, is_on, kind):
    stage(DIAMOND, DONE, actions=ACTIONS)
    past = {**page_past((DONE,)), "schedule": {**SCHEDULE, "on": is_on}}
    page.evaluate("past => model.set('sfdag_past', past)", past)
    switch = page.locator(".sfdag-strip").get_by_role("switch")
    assert switch.get_attribute("aria-checked") == str(is_on).lower()
    expected = "next 2025-12-06 05:00 UTC" if is_on else "USING CRON 0 5 * * * UTC"
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
    page.locator("[data-key='min_f1']").fill("0,6")
    page.locator("[data-key='min_f1']").fill("0.7")
    page.evaluate(tell, [2, told_form(min_f1="0.7")])
    page.evaluate(tell, [1, told_form(min_f1="0,6")])
    page.evaluate(tell, [2, told_form(min_f1="0,6")])  # twice
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
    assert pills == {"a": [], "b": ["root cause"], "c": ["edited"], "d": ["not deployed"]}
    assert made.node("c").get_attribute("aria-label").endswith(", edited")
    legend = page.locator(".sfdag-legend").text_content()
    assert "2 edited" in legend
    assert "1 not deployed" in legend
    keep(page, "page_marks")
    made.show(seen, marks=["", "", "", ""])
    assert page.locator(".sfdag-pill").all_text_contents() == ["root cause"]


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
