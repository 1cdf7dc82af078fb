"""Where no magics are loaded, what a view proposes is a call that works: all of it is walked."""

from __future__ import annotations

import ast
import inspect
import re
import weakref

import pytest

from sfdag_magics import place_words
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import Chosen, RetryCode
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.magics.showing.retry_chosen import retry_way
from sfdag_magics.magics.showing.slots_chosen import backfill_proposed
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget import assets
from sfdag_magics.widget.told.detail import logs_command, task_detail
from sfdag_magics.widget.told.page_state import page_intentions
from sfdag_magics.widget.told.sheets import page_again, page_form, page_plan
from sfdag_magics.widget.told.slots_told import page_backfill
from sfdag_magics.workspace.backfilled.options import BackfillOptions
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.parted.options import PartOptions, RetryOptions
from tests.magics.scenes import failed_run
from tests.magics.showing.test_view_actions import actions_on
from tests.widget.fakes import FAILED, RUNNING

#: What is typed in a notebook with magics and in a shell: a line, an option.
LINE = re.compile(r"%%?sf\w+|(?<![\w-])--[a-z]")
TYPED = [PartOptions, RetryOptions, BackfillOptions]


@pytest.fixture
def plain(notebook, monkeypatch):
    """A graph whose last run failed, in a process without magics."""
    failed_run(notebook)
    monkeypatch.setattr(place_words, "MAGICS", weakref.WeakSet())
    return notebook


def commands(told):
    """All that stands under `command`, or beside a button."""
    if isinstance(told, dict):
        for key, each in told.items():
            if isinstance(each, str) and each and key in ("command", "anew", "back", "check"):
                yield each
            elif key == "commands":
                yield from each.values()
            else:
                yield from commands(each)
    elif isinstance(told, list):
        for each in told:
            yield from commands(each)


def proposals(notebook):
    """Each answer and state of a view that names what to type, by what it is of."""
    workspace, graph = notebook.magics.desk.workspace, notebook.graph
    actions = actions_on(notebook, "embedded")
    run = workspace.runs.find(graph, None, "embedded")
    seen = run.snapshot
    yield "buttons", actions.told(str)
    yield "buttons of another target", actions_on(notebook, "prod").told(str)
    for part in (None, ("only", "b"), ("from", "b"), ("to", "b"), ("group", "it's")):
        form = actions.form({}, seen, whole=False)
        yield f"run {part}", page_form(form, str, part)
    yield "plan", page_plan(actions.plan(), str)
    for code in RetryCode:
        for chosen in (
            Chosen(code=code),
            Chosen(code=code, again=("a",)),
            Chosen(code=code, done={"b": "1"}, because="seen"),
            Chosen(code=code, skip=("b",), because="seen"),
        ):
            way = retry_way(workspace, graph, run, "embedded", chosen)
            told = page_again(seen, Edited(), Usual(), config={}, code=code, completed=str, way=way)
            yield f"retry {chosen}", told
    yield (
        "backfill",
        page_backfill(
            lambda: backfill_proposed(
                workspace, graph, "embedded", {"start": "2026-11-01", "reprocess": "all"}
            ),
            str,
        ),
    )
    refused = Edited(in_graph=("b",))
    for of, edited in ((RUNNING, Edited()), (FAILED, Edited()), (FAILED, refused)):
        yield "intentions", page_intentions(of, edited)
    yield "detail", task_detail("b", FAILED, by_others={"b": ()})
    yield "logs", {"command": str(logs_command("b", FAILED))}
    yield "sights", [sight.note for sight in Sight]


def texts(told):
    if isinstance(told, dict):
        return [text for each in told.values() for text in texts(each)]
    if isinstance(told, list):
        return [text for each in told for text in texts(each)]
    return [told] if isinstance(told, str) else []


def test_no_proposal_is_a_line_of_a_notebook(plain):
    plain.run("%sfdag graph g --schedule '0 5 * * * UTC'")
    found = [(of, text) for of, told in proposals(plain) for text in texts(told)]
    assert [each for each in found if LINE.search(each[1])] == []


def test_each_command_is_a_call_that_there_is(plain):
    plain.run("%sfdag graph g --schedule '0 5 * * * UTC'")
    found = {text for _, told in proposals(plain) for text in commands(told)}
    assert "target.run(…, only=['b'])" in found
    assert any("current_code=False" in each and "start=" in each for each in found)
    options = {name for each in TYPED for name in each.__annotations__}
    for text in found:
        (statement,) = ast.parse(text.replace("…", "..."), mode="exec").body
        call = statement.value
        made = getattr(OpenTarget, call.func.attr)
        known = {*inspect.signature(made).parameters, *options}
        assert {each.arg for each in call.keywords} <= known, text


def test_the_page_itself_writes_no_line_of_a_notebook():
    code = re.sub(r"^\s*(//|/?\*).*$", "", assets.script(), flags=re.MULTILINE)
    assert re.findall(r"%sfdag \w+", code) == []


def test_a_graph_that_has_no_task_yet_says_so_in_the_words_of_the_place(plain):
    says, code = actions_on(plain, "embedded").told(str)["first"]
    assert (LINE.search(says), LINE.search(code)) == (None, None)
    assert code.startswith("@sftask(graph=graph)\ndef hello()")
