"""What the page asks before something is done, and what it says when its kernel is gone."""

from __future__ import annotations

import re

import pytest

from tests.browser.page.conftest import log, stop_clock
from tests.browser.page.host import put_host
from tests.browser.page.past import earlier
from tests.browser.page.test_behaviour import DIAMOND, FAILED
from tests.render.builders import run

PRODUCTION = {
    "id": "q1",
    "says": "this is production: type prod to run diamond there",
    "name": "prod",
    "command": "%sfdag run -t prod --yes",
}
OTHERS = {
    "id": "q2",
    "says": "cancel run 0196-gro of diamond by its tasks' names, which hits run 0197-oth too?",
    "name": "",
    "command": "%sfdag stop 0196-gro --by-name",
}
ANSWERS = "sent.filter(message => message.kind === 'answer')"


def answers(page):
    return [(each["question"], each["text"]) for each in page.evaluate(ANSWERS)]


def begun(stage, page, kind, seen):
    """A view whose button was pressed: the kernel has the request and has not ended it."""
    made = stage(DIAMOND, seen)
    page.evaluate("() => { window.answer = m => model.reply({id: m.id, kind: 'ack'}); }")
    page.locator(f"[data-action='{kind}']").click()
    page.locator(f"[data-confirm='{kind}']").click()
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_production_is_agreed_to_by_typing_its_name_and_by_nothing_else(stage, page, keep, theme):
    put_host(page, theme)
    made = begun(stage, page, "run", FAILED)
    made.show(FAILED, busy="run", question=PRODUCTION)
    sheet = page.get_by_role("group", name=PRODUCTION["says"])
    assert "%sfdag run -t prod --yes" in sheet.text_content()
    yes = page.locator("[data-confirm='run']")
    keep(page, f"page_question_{theme}")
    page.keyboard.type("dev")  # the field has the focus
    assert yes.is_disabled()
    page.keyboard.press("Enter")
    assert answers(page) == []
    page.keyboard.press("Control+a")
    page.keyboard.type("prod")
    page.keyboard.press("Enter")
    assert answers(page) == [("q1", "prod")]
    assert sheet.is_hidden()


def test_keys_that_mean_something_in_the_view_are_only_letters_where_a_name_is_typed(stage, page):
    made = begun(stage, page, "run", FAILED)
    made.show(FAILED, busy="run", question={**PRODUCTION, "name": "np+0?"})
    page.keyboard.type("np+0?")
    page.keyboard.press("Enter")
    assert answers(page) == [("q1", "np+0?")]


@pytest.mark.parametrize("how", ["Escape", "Cancel"])
def test_who_does_not_agree_answers_no(stage, page, how):
    made = begun(stage, page, "run", FAILED)
    made.show(FAILED, busy="run", question=PRODUCTION)
    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").click()
    assert answers(page) == [("q1", "")]


def test_a_question_without_a_name_is_agreed_to_by_a_press(stage, page):
    going = run(DIAMOND, a="running")
    made = begun(stage, page, "stop", going)
    made.show(going, busy="stop", question=OTHERS)
    said = page.locator(".sfdag-sheet .sfdag-choices").first.locator("button").all_text_contents()
    assert said == ["Stop run", "Let it run"]
    page.get_by_role("button", name="Stop run").click()
    assert answers(page) == [("q2", "yes")]


def test_a_page_that_is_opened_later_is_asked_too_and_keeps_its_focus(stage, page):
    made = stage(DIAMOND, FAILED)
    page.locator("[data-task='b']").focus()
    made.show(FAILED, busy="run", question=PRODUCTION)
    page.get_by_role("group", name=PRODUCTION["says"]).wait_for()
    assert page.evaluate("document.activeElement.dataset.task") == "b"
    made.show(FAILED)  # answered elsewhere
    assert page.locator(".sfdag-sheet").is_hidden()
    assert answers(page) == []


def test_commands_follow_what_the_kernel_says_is_current(stage, page):
    stage(DIAMOND)
    page.evaluate(
        """() => model.set('sfdag_actions',
             {place: 'prod', anew: '', back: '', commands: {run: '%sfdag run -t prod'}})"""
    )
    assert page.locator("[data-action='run']").get_attribute("title") == "%sfdag run -t prod"
    page.locator("[data-action='run']").click()
    assert page.locator(".sfdag-sheet code").text_content() == "%sfdag run -t prod"


#: What each host does when a kernel is restarted or has ended.
LOSSES = {
    "restarted": "tellStatus('restarting')",
    "restarted elsewhere": "speaker = 's2'",
    "restarted elsewhere, and heard": "host.say('s2')",
    "replaced by another": "host.isDisposed = true",
    "died and came back": "tellStatus('autorestarting')",
    "ended": "tellStatus('dead')",
    "disconnected": "kept.comm_live = false",
    "nothing to send to": "model.send = () => { throw new Error('Cannot send'); }",
}


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize("how", LOSSES)
def test_a_view_whose_kernel_is_gone_says_so_and_how_to_get_a_live_one(stage, page, keep, how):
    page.clock.install()
    going = run(DIAMOND, a="succeeded", b="running")
    made = stage(DIAMOND, going)
    made.show(going, backfill="1 of 3 slots run")
    assert page.locator(".sfdag-notice").text_content() == "backfill: 1 of 3 slots run"
    page.set_viewport_size({"width": 1280, "height": 900})
    beside = page.get_by_role("complementary", name="Run details")
    beside.get_by_text("running · no task").wait_for(timeout=5000)
    page.locator("[data-action='stop']").click()
    page.evaluate(f"() => {{ {LOSSES[how]}; }}")
    # Silence is asked about after five seconds; that nothing can be sent is found by sending.
    page.clock.run_for(16_000 if how == "nothing to send to" else 8_000)
    assert page.locator(".sfdag-sheet").is_hidden()
    assert page.locator("[data-action]:enabled").count() == 0
    assert re.fullmatch(
        r"not live · last news \d+ s ago", page.locator(".sfdag-live").text_content()
    )
    assert page.locator(".sfdag-word").text_content() == "Was running"
    ran = page.locator(".sfdag-run-facts").text_content()
    page.clock.run_for(20_000)
    assert page.locator(".sfdag-run-facts").text_content() == ran  # its clock stands still
    notice = page.locator("[data-topic='lost']")
    assert notice.locator("code").text_content() == (
        "%load_ext sfdag_magics\n%sfdag graph diamond\n%sfdag show"
    )
    assert "The rest of the backfill did not begin: " in notice.text_content()
    assert made.state_of("b") == "running"
    assert page.locator(".sfdag-notice").count() == 1
    was = "was running · nothing is heard of it now"
    assert beside.locator(".sfdag-this-run-title p").text_content() == was
    assert beside.locator("h4").first.text_content() == "When last heard of"
    assert beside.get_by_role("button", name="Following").count() == 0
    made.node("b").click()
    said = page.locator(".sfdag-drawer-title p").text_content()
    assert re.fullmatch(r"was running · \d+ s · nothing is heard of it now", said)
    assert said.startswith(made.node("b").locator(".sfdag-note").text_content())
    keep(page, "page_lost_kernel")
    assert page.locator(".sfdag-legend [data-state='running']").text_content() == "1 was running"
    page.get_by_role("tab", name="Timeline").click()
    page.get_by_role("button", name="b, was running").wait_for(timeout=5000)
    page.get_by_role("tab", name="Table").click()
    rows = page.get_by_role("tabpanel").get_by_role("row")
    assert "was running" in rows.filter(has_text="was running").first.text_content()
    assert "waited for b (was running)" in rows.filter(has_text="waited for").first.text_content()


GONE = "The kernel has gone: `%sfdag show -g diamond` shows it."
#: What a tab says in all where its task was looked at before the kernel went, and where not.
TABS = {
    "Summary": ("Query", GONE),
    "Logs": ("printed before", GONE),
    "Data": ("0.981", GONE),
    "Code": ("return rows", GONE),
    "Attempts": ("KeyError: 'x'", GONE),
}


def test_what_the_page_knew_stays_without_a_kernel_and_nothing_waits_for_it(stage, page):
    made = stage(DIAMOND, FAILED, past=earlier(DIAMOND, count=2))
    attempt = {"attempt": 1, "state": "FAILED", "started": 0, "completed": 1, "query_id": "q"}
    detail = {"returned": {"text": "0.981", "note": ""}, "inputs": [], "query_id": "q-1",
        "attempts": [{**attempt, "error": "KeyError: 'x'"}]}  # fmt: skip
    code = {"lines": [[" ", 1, "return rows", "notebook cell [1]"]], "left": 0}
    known = {"detail": detail, "logs": log("printed before"), "code": code}
    made.answer_by_kind({**known, "tables": {"tables": []}})
    made.node("a").click()
    for tab in TABS:
        made.tab(tab)
        page.locator(".sfdag-drawer").get_by_text(TABS[tab][0]).first.wait_for()
    page.evaluate("() => { answer = () => {}; }")
    made.node("b").click()  # asked for, and never answered
    page.evaluate("() => tellStatus('restarting')")
    page.locator("[data-topic='lost']").wait_for()
    panel = page.locator(".sfdag-drawer [role=tabpanel]:visible")
    for at, task in enumerate("ab"):
        made.node(task).click()
        for tab, says in TABS.items():
            made.tab(tab)
            panel.get_by_text(says[at]).first.wait_for()
            assert panel.get_by_text(GONE).count() == at
    page.locator(".sfdag-bar[data-group='00000001-run']").click()
    page.locator("[data-topic='action']").get_by_text(GONE).wait_for()


def test_a_graph_that_never_ran_comes_back_by_its_cells(stage, page):
    stage(DIAMOND)
    page.evaluate("() => tellStatus('restarting')")
    page.get_by_text("For a live view, run the notebook's cells again, then").wait_for()


#: What tells nothing of the kernel's end.
NO_LOSSES = {
    "busy": "['busy', 'idle', 'unknown', 'starting'].forEach(tellStatus)",
    "silent": "isSilent = true",
    "the server speaks itself": "host.say('page')",
    "a page speaks": "host.say('s2', 'send')",
}


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize("how", NO_LOSSES)
def test_a_kernel_that_is_busy_or_silent_is_not_gone(stage, page, how):
    page.clock.install()
    stage(DIAMOND, run(DIAMOND, a="running"))
    page.evaluate(f"() => {{ {NO_LOSSES[how]}; }}")
    page.clock.run_for(60_000)
    assert page.locator("[data-topic='lost']").count() == 0
    assert page.locator("[data-action='stop']").is_enabled()


@pytest.mark.usefixtures("own_page")
def test_a_host_that_speaks_in_its_own_name_tells_nothing_of_a_kernel(stage, page):
    page.clock.install()
    page.evaluate("() => { window.speaker = 'host'; }")
    stage(DIAMOND, FAILED)
    page.clock.run_for(60_000)
    assert page.locator("[data-topic='lost']").count() == 0


ASKED = "asked.map((message) => `${message.channel} ${message.header.msg_type}`)"


@pytest.mark.usefixtures("own_page")
def test_who_the_kernel_is_is_asked_when_a_button_is_pressed(stage, page):
    """Before anybody has agreed to what would reach nobody."""
    page.clock.install()
    made = stage(DIAMOND, FAILED)
    page.clock.run_for(5000)
    page.evaluate("() => { speaker = 's2'; }")
    page.locator("[data-action='retry']").click()
    page.clock.run_for(1000)
    assert page.locator(".sfdag-sheet").is_hidden()
    assert page.locator("[data-topic='lost']").is_visible()
    assert made.sent == []
    assert set(page.evaluate(ASKED)) == {"control kernel_info_request"}


@pytest.mark.usefixtures("own_page")
def test_what_was_clicked_and_reached_nobody_is_not_promised(stage, page):
    page.clock.install()
    stage(DIAMOND, FAILED)
    page.clock.run_for(5000)
    page.locator("[data-action='retry']").click()
    page.locator("[data-confirm='retry']").evaluate("yes => { host.say('s2'); yes.click(); }")
    page.clock.run_for(3000)
    assert page.locator(".sfdag-notice").get_attribute("data-topic") == "lost"


@pytest.mark.usefixtures("own_page")
def test_a_silent_kernel_is_asked_every_five_seconds_and_no_oftener(stage, page):
    stop_clock(page)
    made = stage(DIAMOND, run(DIAMOND, a="running"))
    made.node("a").click()  # its log is asked for all the time
    page.evaluate("() => { isSilent = true; }")
    page.clock.run_for(2000)
    before = len(page.evaluate(ASKED))
    page.clock.run_for(60_000)
    assert len(page.evaluate(ASKED)) - before == 12


@pytest.mark.usefixtures("own_page")
def test_without_a_connection_nothing_is_sent_and_the_view_says_so(stage, page):
    page.clock.install()
    stage(DIAMOND, run(DIAMOND, a="running"))
    page.clock.run_for(1000)
    before = len(page.evaluate(ASKED))
    page.evaluate("() => { host.connectionStatus = 'connecting'; }")
    page.clock.run_for(20_000)
    live = page.locator(".sfdag-live")
    # Since it was last heard: the second before is whole or not.
    assert live.text_content() in [f"no connection to the kernel for {n} s" for n in (20, 21)]
    assert page.locator("[data-action]:enabled").count() == 0
    assert page.locator("[data-topic='lost']").count() == 0
    assert len(page.evaluate(ASKED)) == before
    page.evaluate("() => { host.connectionStatus = 'connected'; }")
    page.clock.run_for(1000)
    assert page.locator("[data-action='stop']").is_enabled()
