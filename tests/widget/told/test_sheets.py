"""What stands in a view's sheets, and what becomes of messages that no page of ours would send."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.intentions import Edited, LeftAsDeployed
from sfdag_magics.client.observing.outlook import Schedule
from sfdag_magics.client.observing.proposals import RetryCode, RetryWay, RunForm
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import config_form
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.widget import Actions, LiveView
from sfdag_magics.widget.told.page_state import milliseconds
from sfdag_magics.widget.told.past_runs import page_past
from sfdag_magics.widget.told.sheets import page_again, page_form
from tests.render.builders import NOON, run, shape
from tests.widget.fakes import CHAIN, DONE, FAILED, RUNNING, FakeRun, Heard
from tests.widget.test_view import FAST, Seen

CURRENT, DEPLOYED, ORIGINAL = RetryCode
ABOVE = {"b": ("a",), "c": ("b",), "d": ("b",)}
CLEANED = shape("a -> b; b -> c d", name="chain", finalizer="tidy")
STATES = {"a": "succeeded", "b": "failed", "c": "blocked", "d": "blocked", "tidy": "succeeded"}


def broken():
    seen = run(CLEANED, **STATES)
    tasks = {
        name: replace(task, predecessors=ABOVE.get(name, ()), is_finalizer=name == "tidy")
        for name, task in seen.tasks.items()
    }
    return replace(seen, tasks=tasks)


BROKEN = broken()


def seconds(**usual):
    return {name: timedelta(seconds=each) for name, each in usual.items()}


def again(seen=BROKEN, edited=None, *, usual=None, config=None, code=CURRENT, way=None):
    return page_again(
        seen,
        edited or Edited(),
        usual or Usual(),
        config=config or {},
        code=code,
        way=way or RetryWay(),
        completed=Elsewhere(graph="chain").completed,
    )


def test_a_retry_says_what_runs_again_what_is_kept_and_that_the_finalizer_comes_once_more():
    told = again()
    groups = {
        key: [(each["name"], each["state"]) for each in told[key]]
        for key in ("again", "kept", "skipped", "finalizers")
    }
    assert groups == {
        "again": [("b", "failed"), ("c", "blocked"), ("d", "blocked")],
        "kept": [("a", "succeeded")],
        "skipped": [],
        "finalizers": [("tidy", "succeeded")],
    }
    assert told["cleaned"].startswith("the finalizer tidy has run after attempt 1: if ")
    assert told["title"] == "Retry run 0196-gro: run 3 tasks and the finalizer, keep 1"
    assert told["command"] == "%sfdag retry -g chain 0196-gro"


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        ({"a": 50, "b": 3, "c": 4, "d": 9, "tidy": 1}, 13_000),  # c beside d, then tidy
        ({"b": 3, "c": 4, "d": 9, "tidy": 1}, 13_000),
        ({"a": 50, "b": 3, "c": 4, "tidy": 1}, None),
        ({}, None),
    ],
)
def test_how_long_a_retry_takes_is_the_longest_way_through_it(usual, expected):
    assert again(usual=Usual(tasks=seconds(**usual)))["expected"] == expected


def test_edited_code_is_named_at_its_tasks_unless_what_is_deployed_runs():
    edited = Edited(code=("a", "b"))
    marks = {
        each["name"]: each["mark"]
        for key in ("again", "kept")
        for each in again(BROKEN, edited)[key]
    }
    assert marks == {"a": "edited since", "b": "edited", "c": "", "d": ""}
    told = again(BROKEN, edited, code=DEPLOYED)
    assert [each["mark"] for each in (*told["again"], *told["kept"])] == ["as deployed", "", "", ""]
    assert told["command"] == "%sfdag retry -g chain 0196-gro --code deployed"


def test_edited_code_is_named_where_a_retry_is_a_run_of_its_own_too():
    lineage = Lineage(kind=LineageKind.RETRY, of="0196", runs=("a", "b", "d"), kept={"c": ""})
    told = again(BROKEN, Edited(code=("a", "c")), way=RetryWay(why="from a", lineage=lineage))
    marks = {each["name"]: each["mark"] for each in (*told["again"], *told["kept"])}
    assert marks == {"a": "edited", "b": "", "d": "", "c": "edited since"}


@pytest.mark.parametrize(
    ("is_all", "asked", "marks", "told_code"),
    [
        (False, CURRENT, ["edited", "as deployed", ""], CURRENT),
        (False, DEPLOYED, ["as deployed", "", ""], DEPLOYED),
        (True, CURRENT, ["as deployed", "", ""], DEPLOYED),
        (True, ORIGINAL, ["as deployed", "", ""], ORIGINAL),
    ],
)
def test_what_does_not_come_from_the_notebook_is_named_and_chosen_where_nothing_does(
    is_all, asked, marks, told_code
):
    left = LeftAsDeployed(tasks=("c",), says="c as deployed: %sfdag run", is_all=is_all)
    told = again(BROKEN, Edited(code=("b",), left=left), code=asked)
    assert [each["mark"] for each in told["again"]] == marks
    assert (told["code"], told["is_all"]) == (told_code, is_all)
    assert told["left"] == "c as deployed: %sfdag run -g chain"
    assert told["command"].endswith(f"--code {told_code}") is (told_code != CURRENT)


@pytest.mark.parametrize(
    ("began", "problem", "marks", "note"),
    [
        (("b", "c"), "", ["as it began", "as it began", "as deployed"], False),
        ((), "", ["", "", ""], True),
        ((), "the code is gone", ["", "", ""], False),
    ],
)
def test_a_retry_with_the_code_that_the_run_began_with_names_who_runs_that(
    began, problem, marks, note
):
    told = again(code=ORIGINAL, way=RetryWay(why="other code", began=began, problem=problem))
    assert [each["mark"] for each in told["again"]] == marks
    assert bool(told["note"]) is note
    assert told["command"] == "%sfdag retry -g chain 0196-gro --code original"


def test_what_is_gone_from_the_graph_is_not_among_what_runs_again():
    for code in (CURRENT, DEPLOYED):
        told = again(edited=Edited(gone=("c",)), code=code)
        assert [task["name"] for task in told["again"]] == ["b", "d"]
        assert told["cleaned"].startswith("c did not succeed, nor will in this run: it is gone")
        assert (told["refused"], told["title"].count("run 2 tasks")) == ("", 1)
    assert "a new run can" in again(edited=Edited(gone=("b", "c", "d")))["refused"]


@pytest.mark.parametrize(
    ("in_graph", "code", "refused"),
    [(("b",), CURRENT, True), (("b",), DEPLOYED, False), (("a",), CURRENT, False)],
)
def test_what_a_retry_cannot_apply_refuses_it_but_with_the_code_that_is_deployed(
    in_graph, code, refused
):
    told = again(BROKEN, Edited(in_graph=in_graph), code=code)
    assert bool(told["refused"]) is refused


def test_a_retry_keeps_the_runs_configuration_and_says_what_the_notebook_has_now():
    seen = replace(BROKEN, config={"f1": 0.5, "day": "x\x1b[31m"})
    told = again(seen, config={"f1": 0.6, "day": "x\x1b[31m", "other": 1})
    assert told["config"] == [["f1", "0.5", "0.6"], ["day", "x", None]]


def test_commands_in_what_was_typed_stay_as_they_were_typed():
    form = RunForm(form=config_form((), {}), arguments="--set x='%sfdag run'")
    told = page_form(form, Elsewhere(graph="g").completed)
    assert told["command"] == "%sfdag run -g g --set x='%sfdag run'"


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        (None, None),
        (
            Schedule(text="1 day", is_on=False),
            {"text": "1 day", "exact": "1 day", "on": False, "due": None},
        ),
        (
            Schedule(text="5 MINUTES", is_on=True, due=NOON),
            {
                "text": "every 5 minutes",
                "exact": "5 MINUTES",
                "on": True,
                "due": milliseconds(NOON),
            },
        ),
    ],
)
def test_the_schedule_is_told_with_the_last_runs(schedule, told):
    assert page_past((), schedule)["schedule"] == told


@pytest.fixture
def seen():
    views = []

    def seen(run=None, **actions):
        view = LiveView(CHAIN, None, pace=FAST, actions=Actions(**actions))
        views.append(view)
        collected = Seen(view)
        if run is not None:
            view.follow(run)
            collected.states.until(lambda state: state["run"])
        return collected

    yield seen
    for view in views:
        view.close()


def send(heard, message_id, kind, **more):
    heard.view._handle_custom_msg({"id": message_id, "kind": kind, **more}, [])


def answer(heard, message_id):
    return heard.replies.until(lambda r: r["id"] == message_id and r["kind"] != "ack")


def test_a_message_that_comes_twice_is_done_once(seen):
    begun = Heard()
    heard = seen(deploy=lambda talk: begun(talk.chosen.plan))
    send(heard, "p1", "deploy", text="m")
    send(heard, "p1", "deploy", text="m")  # while it is done, or after
    answer(heard, "p1")
    send(heard, "p1", "deploy", text="m")
    send(heard, "p2", "deploy", text="n")
    answer(heard, "p2")
    assert begun.all() == ["m", "n"]


def test_beside_an_action_no_other_one_is_begun_from_another_page(seen):
    free, begun = threading.Event(), Heard()

    def deploy(talk):
        begun("deploy")
        free.wait(10)

    heard = seen(deploy=deploy, suspend=lambda talk: begun("suspend"))
    send(heard, "p1", "deploy")
    assert begun.next() == "deploy"
    send(heard, "p2", "suspend")
    refused = answer(heard, "p2")
    assert refused["kind"] == "refused"
    assert refused["error"].startswith("something is being done already")
    free.set()
    assert answer(heard, "p1")["kind"] == "done"
    send(heard, "p3", "suspend")
    assert begun.next() == "suspend"


@pytest.mark.parametrize(
    ("kind", "last"), [("retry", FAILED), ("stop", RUNNING), ("again", FAILED)]
)
@pytest.mark.parametrize("runs", [["another"], ["0196-group", "another"], [""], [7]])
def test_what_is_meant_for_another_run_is_not_done_with_the_one_that_is_shown(
    seen, kind, last, runs
):
    acted = Heard()
    heard = seen(
        FakeRun(last), retry=lambda run, talk: acted("r"), stop=lambda run, talk: acted("s")
    )
    send(heard, "p1", kind, runs=runs)
    refused = answer(heard, "p1")
    assert "another run" in refused["error"]
    assert acted.all() == []


def test_a_retry_of_the_run_that_is_shown_is_told_which_code(seen):
    acted = Heard()
    heard = seen(FakeRun(FAILED), retry=lambda run, talk: acted(talk.chosen.code))
    send(heard, "p1", "again", runs=["0196-group"], code="deployed")
    assert answer(heard, "p1")["detail"]["code"] == "deployed"
    send(heard, "p2", "retry", runs=["0196-group"], code="deployed")
    assert acted.next() is DEPLOYED


@pytest.mark.parametrize("kind", ["form", "again", "plan", "deploy", "suspend", "resume"])
def test_what_a_view_cannot_do_is_refused(seen, kind):
    heard = seen(FakeRun(DONE))
    send(heard, "p1", kind)
    assert answer(heard, "p1")["error"].startswith("this view cannot do that")
