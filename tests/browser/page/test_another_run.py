"""Details that stay open while another run is picked: they are of the run that is shown."""

from __future__ import annotations

import pytest

from tests.browser.page.conftest import log
from tests.browser.page.past import earlier
from tests.browser.page.things import showing
from tests.render.builders import shape

CHAIN = shape("a -> b")
NEWER, OLDER = (showing(each, "a") for each in earlier(CHAIN)[:2])
#: Answers with what names the run that the page showed as it asked; while `isHeld`, only later.
BY_RUN = """log => {
  window.held = [];
  window.answer = ({id, kind}) => {
    const {id: of} = model.get('sfdag_state').run;
    const details = {
      detail: {
        returned: {text: `value of ${of}`, note: ''}, inputs: [], query_id: `query of ${of}`,
        attempts: [{attempt: 1, state: 'SUCCEEDED', query_id: `of ${of}`}],
      },
      logs: {...log, lines: [[0, 'INFO', 'a', `line of ${of}`]]},
      shown: {shown: [{name: `thing of ${of}`, kind: 'text', note: '', text: ''}]},
      tables: {tables: []},
    };
    const reply = () => model.reply({id, kind: 'detail', detail: details[kind]});
    model.reply({id, kind: 'ack'});
    if (window.isHeld) window.held.push(reply);
    else setTimeout(reply, 0);
  };
}"""
OF_TABS = {
    "Summary": "query of",
    "Logs": "line of",
    "Data": "value of",
    "Shown": "thing of",
    "Attempts": "query of",
}


def said_of(page, words):
    return page.locator(".sfdag-drawer [role=tabpanel]:visible").get_by_text(words)


@pytest.mark.parametrize("tab", OF_TABS)
def test_all_that_open_details_say_is_of_the_run_that_is_shown(stage, page, tab):
    made = stage(CHAIN, OLDER)
    page.evaluate(BY_RUN, log("one"))
    made.node("a").click()
    made.tab(tab)
    words = OF_TABS[tab]
    said_of(page, f"{words} {OLDER.short_id}").wait_for()
    page.evaluate("isHeld = true")
    made.show(NEWER)
    assert said_of(page, f"{words} {OLDER.short_id}").count() == 0
    made.show(OLDER)
    page.evaluate("isHeld = false")
    made.show(NEWER)
    said_of(page, f"{words} {NEWER.short_id}").wait_for()
    page.evaluate("held.forEach(reply => reply())")
    assert said_of(page, words).all_text_contents() == [f"{words} {NEWER.short_id}"]
