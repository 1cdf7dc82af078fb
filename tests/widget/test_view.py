"""The widget without a page: what it tells, what it does when asked, what it leaves behind."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.code.cells_now import CellNow
from sfdag_magics.client.code.differing_lines import ComparedLine, Mark
from sfdag_magics.client.connecting.activity import meanwhile
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.questions import Question
from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.client.observing.traces.log_window import LogAsk, LogWindow
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.place_words import to_type
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget import Actions, LiveView, Pace
from sfdag_magics.widget.told.page_state import milliseconds
from tests.render.builders import NOON, shape
from tests.widget.fakes import (
    CHAIN,
    DONE,
    FAILED,
    HALFWAY,
    PENDING,
    RETRIED,
    RUNNING,
    SILENCE,
    FakeRun,
    Heard,
)

FAST = Pace(shortest_s=0.001, longest_s=0.002)


def printed(run, names, attempt, ask):
    name = names[0] if names else None
    line = LogLine(time=NOON, severity="INFO", logger="", message=f"{name} printed this")
    return LogWindow(lines=((name, line),), total=7, found=1)


class Seen:
    """A view with everything it says to the page."""

    def __init__(self, view):
        self.view, self.states, self.replies = view, Heard(), Heard()
        view.observe(lambda change: self.states(change["new"]), "sfdag_state")
        view.send = self.replies  # the comm's end: there is no page here

    def ask(self, kind, **more):
        shown = self.view.snapshot
        runs = {"runs": [shown.group_id]} if shown is not None and kind in ("retry", "stop") else {}
        self.view._handle_custom_msg({"id": "p1", "kind": kind, **runs, **more}, [])

    def shown(self, wanted):
        """Wait until the tasks are shown in these states."""
        if self.words(self.view.sfdag_state) != wanted:
            self.states.until(lambda state: self.words(state) == wanted)

    def words(self, state):
        """The tasks' states as a page has them: the list, and what is another by now."""
        tasks = [*self.view.sfdag_tasks["tasks"]]
        for index, task in state["rows"].items():
            tasks[int(index)] = task
        return [task and task["state"] for task in tasks]


@pytest.fixture
def seen():
    views = []

    def seen(run=None, **options):
        view = LiveView(CHAIN, None, pace=FAST, **options)
        views.append(view)
        collected = Seen(view)
        if run is not None:
            view.follow(run)
        return collected

    yield seen
    for view in views:
        view.close()


def test_a_graph_without_a_run_is_shown_as_it_is(seen):
    shown = seen()
    view = shown.view
    assert [node["name"] for node in view.sfdag_graph["nodes"]] == ["a", "b", "c"]
    assert view.sfdag_state["run"] is None
    assert shown.words(view.sfdag_state) == [None, None, None]


@pytest.mark.parametrize("answer", [RUNNING, SILENCE])
def test_the_end_that_a_cell_waited_for_is_shown_before_the_feed_has_seen_it(seen, answer):
    run = FakeRun(answer)
    heard = seen(run)
    run.asked.wait()
    heard.view.close()  # as where the kernel ends with the cell
    heard.view.show_end(DONE)
    heard.shown(["succeeded"] * 3)


def test_the_end_of_an_attempt_that_was_continued_since_is_not_shown(seen):
    heard = seen(FakeRun(RETRIED))
    heard.shown(["reused", "succeeded", "succeeded"])
    heard.view.show_end(FAILED)
    assert heard.view.snapshot == RETRIED


def test_a_task_is_marked_whose_cell_was_run_since_or_whose_code_was_deployed_since(seen):
    edited = []
    actions = Actions(
        edited=lambda: Edited(any=tuple(edited)),
        since=lambda run: ("a",) if run == FAILED else (),
    )
    shown = seen(FakeRun(FAILED), actions=actions)
    shown.states.until(lambda state: state["marks"] == {"0": "edited"})
    edited.append("b")
    shown.view.tell_edits()
    shown.states.until(lambda state: state["marks"] == {"0": "edited", "1": "edited"})


def test_an_error_and_the_code_name_the_cell_by_the_number_that_it_has_now(seen):
    error = (
        "Traceback (most recent call last):\n"
        '  File "Cell [3] b", line 2, in b\n    return 1 / 0\nZeroDivisionError'
    )
    tasks = {**FAILED.tasks, "b": replace(FAILED.tasks["b"], error_message=error)}
    cells = [CellNow(label="Cell [3] b", text="def b():\n    return 1 / 0")]
    line = ComparedLine(mark=Mark.SAME, place="Cell [3] b", number=2, text="    return 1 / 0")
    shown = seen(
        FakeRun(replace(FAILED, tasks=tasks)),
        actions=Actions(cells=lambda: cells, lines=lambda run, task, ask: [line]),
    )
    shown.states.until(lambda state: "3] b, line 2" in f"{state['rows']}{shown.view.sfdag_tasks}")
    cells[0] = replace(cells[0], label="Cell [5] b")
    shown.view.tell_edits()  # as where cells were run in a new kernel
    shown.states.until(lambda state: "5] b, line 2" in f"{state['rows']}{shown.view.sfdag_tasks}")
    shown.ask("code", task=1)
    told = shown.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert told["lines"] == [[" ", 2, "    return 1 / 0", "Cell [5] b"]]


def test_what_is_not_known_is_not_said_to_be_so(seen):
    heard = seen(sight=Sight.ENGINE_OFF, completed=Elsewhere(graph="slow").completed)
    view = heard.view
    assert view.sfdag_state["unseen"] == "Engine stopped"
    assert "%sfdag status -g slow starts it" in view.sfdag_state["sight"]
    view.tell_sight(Sight.CLEAR)
    heard.states.until(lambda state: (state["unseen"], state["sight"]) == ("Not run yet", ""))


def test_the_first_news_of_a_run_end_the_looking(seen):
    view = seen(FakeRun(RUNNING), sight=Sight.LOOKING)
    view.shown(["running", "pending", "pending"])
    assert view.view.sight is Sight.CLEAR


@pytest.mark.parametrize("sight", Sight)
def test_a_run_is_offered_where_it_is_known_that_none_is_going(seen, sight: Sight):
    told = seen(sight=sight).view.sfdag_state
    assert told["unanswered"] == (sight in {Sight.LOOKING, Sight.OPENING, Sight.SILENT})


def test_of_a_run_that_is_shown_enough_is_known(seen):
    view = seen(FakeRun(RUNNING), sight=Sight.LOOKING)
    view.shown(["running", "pending", "pending"])
    assert not view.view.sfdag_state["unanswered"]


def test_that_a_graph_was_dropped_stands_beside_its_last_run(seen):
    view = seen(FakeRun(DONE))
    view.shown(["succeeded", "succeeded", "succeeded"])
    view.view.tell_sight(Sight.DROPPED)
    view.states.until(lambda state: state["dropped"])
    assert view.view.sfdag_state["sight"].startswith("The graph was dropped")


def test_a_followed_run_is_shown_to_its_end(seen):
    run = FakeRun(RUNNING)
    view = seen(run)
    view.shown(["running", "pending", "pending"])
    run.answer(HALFWAY)
    view.shown(["succeeded", "running", "pending"])
    run.answer(DONE)
    view.shown(["succeeded", "succeeded", "succeeded"])
    assert view.states.all()[-1:] in ([], [view.view.sfdag_state])
    assert view.view.sfdag_state["following"] is False


def test_without_news_what_was_heard_last_stays_and_its_age_is_told(seen):
    run = FakeRun(HALFWAY)
    view = seen(run)
    view.shown(["succeeded", "running", "pending"])
    run.answer(SILENCE)
    view.states.until(lambda told: told["trouble"] == SILENCE.message)
    view.shown(["succeeded", "running", "pending"])
    assert view.view.sfdag_state["heard"] is not None
    run.answer(DONE)
    view.shown(["succeeded", "succeeded", "succeeded"])


def test_a_task_that_begins_again_because_its_engine_ended_is_named(seen):
    run = FakeRun(RUNNING)
    view = seen(run)
    view.shown(["running", "pending", "pending"])
    run.answer(PENDING)
    state = view.states.until(lambda state: state["said"])
    assert state["said"] == "the engine had ended and is back: a begins again"


def test_a_request_is_acknowledged_before_it_is_carried_out(seen):
    free = threading.Event()

    def slow(talk):
        free.wait(10)
        return FakeRun(DONE)

    view = seen(actions=Actions(run=slow))
    view.ask("run")
    assert view.replies.next() == {"id": "p1", "kind": "ack"}
    free.set()
    assert view.replies.next() == {"id": "p1", "kind": "done"}
    view.shown(["succeeded", "succeeded", "succeeded"])


def test_a_retry_is_followed(seen):
    run = FakeRun(FAILED)

    def retry(shown, talk):
        shown.answer(RETRIED)

    view = seen(run, actions=Actions(retry=retry))
    view.shown(["succeeded", "failed", "blocked"])
    view.ask("retry")
    view.shown(["reused", "succeeded", "succeeded"])
    assert view.view.sfdag_state["run"]["attempt"] == 2


def test_a_refusal_reaches_the_page_and_the_state_goes_on(seen):
    def retry(shown, talk):
        raise InputError("nothing failed", hint=to_type("run"))

    view = seen(FakeRun(DONE), actions=Actions(retry=retry))
    view.ask("retry")
    refused = view.replies.until(lambda reply: reply["kind"] == "refused")
    assert refused["error"] == "nothing failed\n  next: %sfdag run"
    view.states.until(lambda state: not state["busy"])


def test_what_an_action_has_to_say_stands_on_the_page_afterwards(seen):
    def run(talk):
        talk.say("deployed a, b")
        talk.say("left alone: c")
        return going

    going = FakeRun(RUNNING)
    view = seen(actions=Actions(run=run))
    view.ask("run")
    state = view.states.until(lambda state: state["run"] and not state["busy"])
    assert state["said"] == "deployed a, b\nleft alone: c"
    going.answer(DONE)
    view.shown(["succeeded", "succeeded", "succeeded"])
    assert view.view.sfdag_state["said"] == ""


def test_while_a_stop_waits_it_says_for_what_and_details_are_given(seen):
    free = threading.Event()

    def stop(run, talk):
        talk.say("waiting for the finalizer tidy")
        free.wait(10)

    actions = Actions(stop=stop, logs=printed, backfilling=lambda: "1 of 3 slots run")
    view = seen(FakeRun(RUNNING), actions=actions)
    view.shown(["running", "pending", "pending"])
    view.ask("stop")
    told = view.states.until(lambda state: state["doing"] == "waiting for the finalizer tidy")
    assert told["backfill"] == "1 of 3 slots run"
    view.ask("logs", task=0)
    detail = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert [line[3] for line in detail["lines"]] == ["a printed this"]
    free.set()
    view.replies.until(lambda reply: reply["kind"] == "done")


IN_PRODUCTION = Question(what="run chain there", name="prod", instead="%sfdag run --yes")


@pytest.mark.parametrize(("typed", "starts"), [("prod", True), ("dev", False), ("", False)])
def test_what_an_action_asks_stands_on_the_page_until_it_is_answered(seen, typed, starts):
    def run(talk):
        return FakeRun(DONE) if talk.agrees(IN_PRODUCTION) else None

    view = seen(actions=Actions(run=run), completed=lambda text: text.replace("run", "run -t prod"))
    view.ask("run")
    asked = view.states.until(lambda state: state["question"])["question"]
    assert asked == {
        "id": asked["id"],
        "says": "this is production: type prod to run chain there",
        "name": "prod",
        "command": "%sfdag run -t prod --yes",
    }
    view.ask("answer", question="another", text="prod")
    assert view.view._asking.told(view.view._stand.now.completed) == asked
    view.ask("answer", question=asked["id"], text=typed)
    state = view.states.until(lambda state: not state["busy"])
    assert state["question"] is None
    assert (view.view.run is not None) is starts


def test_a_view_that_is_closed_while_it_asks_has_not_been_agreed_with(seen):
    answers = Heard()
    view = seen(actions=Actions(run=lambda talk: answers(talk.agrees(IN_PRODUCTION))))
    view.ask("run")
    view.states.until(lambda state: state["question"])
    view.view.close()
    assert answers.next() is False


def test_commands_on_the_page_follow_what_is_current_in_the_notebook(seen):
    actions = Actions(retry=lambda run, talk: None)
    view = seen(FakeRun(replace(FAILED, scheduled=NOON)), actions=actions)
    view.states.until(lambda state: state["intentions"])
    view.view.complete_by(Elsewhere(graph="chain", target="prod").completed)
    assert view.view.sfdag_actions["commands"] == {"retry": "%sfdag retry -g chain -t prod"}
    told = view.states.until(lambda state: "-t" in state["intentions"]["retry"]["command"])
    assert told["intentions"]["retry"]["command"] == "%sfdag retry -g chain -t prod 0196-gro"
    view.view.tell_newer("next", NOON + timedelta(seconds=9), "%sfdag show follows it.")
    view.states.until(lambda s: s["newer"] == "%sfdag show -g chain -t prod follows it.")
    view.ask("detail", task=1)
    detail = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert detail["logs_command"] == "%sfdag logs -g chain -t prod b --run 0196-gro"


def test_a_view_that_went_over_to_a_newer_run_does_not_say_that_another_is(seen):
    first = replace(RUNNING, group_id="first", scheduled=NOON)
    second = replace(RUNNING, group_id="second", scheduled=NOON + timedelta(seconds=5))
    slow = FakeRun(SILENCE)
    view = seen(FakeRun(first))
    view.states.until(lambda state: state["run"])
    view.view.follow(slow)
    view.view.tell_newer("second", second.scheduled, "second is newer")  # the first is still shown
    view.states.until(lambda state: state["newer"])
    slow.answer(second)
    told = view.states.until(lambda state: state["run"]["group"] == "second")
    assert told["newer"] == ""
    view.view.tell_newer("first", first.scheduled, "first is newer")  # heard of last
    view.view.tell_doing("looking")
    assert view.states.until(lambda state: state["doing"])["newer"] == ""


def test_buttons_act_on_the_run_that_is_shown(seen):
    acted = []
    one, other = FakeRun(RUNNING), FakeRun(RUNNING)
    view = seen(one, actions=Actions(stop=lambda run, talk: acted.append(run)))
    view.view.follow(other)
    view.ask("stop")
    view.replies.until(lambda reply: reply["kind"] == "done")
    assert acted == [other]


def test_without_a_run_there_is_none_to_act_on(seen):
    view = seen(actions=Actions(stop=lambda run, talk: None))
    view.ask("stop")
    refused = view.replies.until(lambda reply: reply["kind"] == "refused")
    assert refused["error"].startswith("this view shows no run")


def test_a_page_that_is_seen_wakes_who_looks_for_runs_once(seen):
    looks = Heard()
    view = seen(on_look=lambda: looks("look"))
    assert not view.view.is_looked_at
    view.ask("look")
    view.ask("look")
    assert view.view.is_looked_at
    assert looks.all() == ["look"]


def test_a_run_that_was_seen_before_is_in_the_first_picture(seen):
    pictures = Heard()
    view = seen(seen=HALFWAY, picture=pictures).view
    assert view.sfdag_state["run"]["id"] == "0196-gro"
    assert "run 0196-gro" in pictures.next()["text/html"]


def test_a_bug_in_an_action_reaches_the_page_too(seen, caplog):
    def run(talk):
        raise ZeroDivisionError

    view = seen(actions=Actions(run=run))
    view.ask("run")
    assert "ZeroDivisionError" in view.replies.until(lambda r: r["kind"] == "refused")["error"]
    assert "run failed" in caplog.text


def test_details_are_given_by_index(seen):
    view = seen(FakeRun(FAILED), actions=Actions(logs=printed))
    view.shown(["succeeded", "failed", "blocked"])
    view.ask("detail", task=1)
    detail = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert detail["name"] == "b"
    assert "3 columns are missing" in detail["error"]


def test_a_log_is_a_window_of_what_was_asked_for(seen):
    asked = []

    def logs(run, names, attempt, ask):
        asked.append((names, attempt, ask))
        return printed(run, names, attempt, ask)

    view = seen(FakeRun(FAILED), actions=Actions(logs=logs, no_logs=lambda run: "no lines"))
    view.shown(["succeeded", "failed", "blocked"])
    view.ask("logs", task=1, text="3 C", level="WARN", attempt=2)
    told = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert told["lines"] == [[milliseconds(NOON), "INFO", "b", "b printed this"]]
    assert (told["total"], told["found"], told["none"]) == (7, 1, "")
    assert told["command"] == "%sfdag logs b --run 0196-gro"
    assert asked == [(("b",), 2, LogAsk(text="3 C", level="WARN", most=300))]
    view.ask("logs", level="; DROP", whole=True)
    view.replies.until(lambda reply: reply["kind"] == "detail")
    assert asked[1] == ((), None, LogAsk(most=20_000))
    view.ask("logs", tasks=[2, 0, 99, "x"])
    view.replies.until(lambda reply: reply["kind"] == "detail")
    assert asked[2][0] == ("c", "a")
    view.ask("logs", tasks=[99])  # none of them is there: that is not all of them
    assert view.replies.until(lambda reply: reply["kind"] == "detail")["detail"] == {}
    assert len(asked) == 3


def test_a_log_that_cannot_be_read_is_refused_and_the_details_are_there(seen):
    def logs(run, names, attempt, ask):
        raise SILENCE

    view = seen(FakeRun(FAILED), actions=Actions(logs=logs))
    view.shown(["succeeded", "failed", "blocked"])
    view.ask("logs", task=1)
    refused = view.replies.until(lambda reply: reply["kind"] == "refused")["error"]
    assert SILENCE.message in refused
    view.ask("detail", task=1)
    detail = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]
    assert "3 columns" in detail["error"]


def test_what_a_task_showed_is_sent_when_it_is_asked_for(seen):
    picture = Shown(name="roc\x1b[31m", kind=ShownKind.PICTURE, mime="image/png", data=b"x", size=1)
    text = Shown(name="said", kind=ShownKind.TEXT, text="hello", size=5)
    actions = Actions(shown=lambda run, name, attempt: [picture, text])
    view = seen(FakeRun(DONE), actions=actions)
    view.shown(["succeeded"] * 3)
    view.ask("shown", task=1)
    told = view.replies.until(lambda reply: reply["kind"] == "detail")["detail"]["shown"]
    assert [(each["name"], each["kind"], each["note"]) for each in told] == [
        ("roc", "picture", "picture · 1 byte · attempt 1"),
        ("said", "text", "text · 5 bytes · attempt 1"),
    ]
    assert told[0]["data"] == "eA=="


@pytest.mark.parametrize("task", [None, -1, 99])
def test_details_of_no_task_are_empty(seen, task):
    view = seen(FakeRun(DONE))
    view.ask("detail", task=task)
    assert view.replies.until(lambda reply: reply["kind"] == "detail")["detail"] == {}


@pytest.mark.parametrize("is_read", [True, False])
def test_what_was_shown_stays_in_the_picture_of_the_end(seen, is_read):
    def shown(run, name, attempt):
        if not is_read:
            raise SILENCE
        return [Shown(name="roc", kind=ShownKind.PICTURE, mime="image/png", data=b"x", size=1)]

    pictures = Heard()
    run = FakeRun(RUNNING)
    seen(run, picture=pictures, actions=Actions(shown=shown))
    pictures.next()
    pictures.next()  # of its begin
    tasks = {**DONE.tasks, "b": replace(DONE.tasks["b"], shown=1)}
    run.answer(replace(DONE, tasks=tasks))
    picture = pictures.next()
    assert "Succeeded 3/3" in picture["text/html"]
    assert ("shown: roc, picture of b" in picture["text/plain"]) is is_read


def test_only_given_actions_are_offered(seen):
    assert seen().view.sfdag_actions["commands"] == {}
    actions = Actions(run=lambda talk: FakeRun(DONE), place="embedded engine")
    offered = seen(actions=actions).view.sfdag_actions
    assert (offered["place"], offered["commands"]) == ("embedded engine", {"run": "%sfdag run"})


def test_the_static_form_is_given_at_once_and_when_a_run_ended(seen):
    pictures = Heard()
    run = FakeRun(RUNNING)
    seen(run, picture=pictures)
    assert "no run yet" in pictures.next()["text/plain"]
    assert "Running" in pictures.next()["text/plain"]
    run.answer(DONE)
    assert "Succeeded 3/3" in pictures.next()["text/html"]


def test_the_begin_of_a_run_is_in_the_picture_at_once_for_nobody_may_see_its_end(seen):
    pictures = Heard()
    run = FakeRun(RUNNING)
    seen(run, picture=pictures)
    pictures.next()
    assert "Running" in pictures.next()["text/html"]
    run.answer(replace(RUNNING, attempt=2))
    assert "in 2 attempts" in pictures.next()["text/html"]


def test_nothing_is_left_running_after_close(seen):
    view = seen(FakeRun(RUNNING), actions=Actions(stop=lambda run, talk: None))
    view.ask("stop")
    view.replies.until(lambda reply: reply["kind"] == "done")
    view.view.close()
    left = {thread.name for thread in threading.enumerate() if thread.name.startswith("sfdag-")}
    assert left & {"sfdag-feed", "sfdag-actions", "sfdag-details"} == set()


def test_a_run_of_another_shape_is_drawn_anew(seen):
    longer = shape("a -> b; b -> c; c -> d", name="chain")
    view = seen(actions=Actions(run=lambda talk: FakeRun(DONE), shape=lambda run: longer)).view
    Seen(view).ask("run")
    drawn = Seen(view)
    drawn.shown(["succeeded", "succeeded", "succeeded", None])
    assert [node["name"] for node in view.sfdag_graph["nodes"]] == ["a", "b", "c", "d"]


def test_a_graph_that_takes_long_to_draw_is_told_by_its_names_at_once(seen):
    many = shape("; ".join(f"a -> t_{number:03}" for number in range(130)), name="chain")
    pictures = Heard()
    view = seen(picture=pictures).view
    pictures.next()
    drawn = Heard()
    view.observe(lambda change: drawn(change["new"]), "sfdag_graph")
    view.redraw(many)
    names = drawn.next()
    assert (names["placed"], len(names["nodes"]), names["width"]) == (False, 131, 0)
    placed = drawn.next()
    assert placed["placed"]
    assert [node["name"] for node in placed["nodes"]] == [node["name"] for node in names["nodes"]]
    assert "<img" in pictures.next()["text/html"]


def test_one_group_is_unfolded_for_every_page_of_the_view(seen):
    whole = shape("; ".join(f"x_{n} -> y_{n}" for n in range(40)), name="chain")
    nodes = tuple(replace(node, group=node.name[0]) for node in whole.nodes)
    view = seen()
    view.view.redraw(replace(whole, nodes=nodes))

    def titles():
        return [box["title"] for box in view.view.sfdag_folded["boxes"]]

    assert titles() == ["x", "y"]
    graph = view.view.sfdag_graph
    for kind, task, boxes in [("unfold", 1, 41), ("unfold", 99, 41), ("unfold", None, 41)]:
        view.ask(kind, task=task)
        view.replies.until(lambda reply: reply["kind"] == "done")
        assert len(titles()) == boxes
    assert {box["group"] for box in view.view.sfdag_folded["boxes"]} == {"", "y"}
    view.ask("fold", task=3)
    view.replies.until(lambda reply: reply["kind"] == "done")
    assert titles() == ["x", "y"]
    assert view.view.sfdag_graph is graph


def test_the_first_picture_of_such_a_graph_has_its_words(seen):
    many = shape("; ".join(f"a -> t_{number:03}" for number in range(130)), name="chain")
    pictures = Heard()
    view = LiveView(many, picture=pictures)
    words = pictures.next()
    assert "131 tasks" in words["text/html"]
    assert "<img" not in words["text/html"]
    assert "<img" in pictures.next()["text/html"]
    view.close()


def test_no_state_of_the_shape_before_is_told_after_another_graph(seen):
    made = seen(FakeRun(HALFWAY))
    made.shown(["succeeded", "running", "pending"])
    told, is_told = [], threading.Event()

    def news_meanwhile(change):
        told.append(len(change["new"]["nodes"]))
        threading.Thread(target=lambda: made.view.tell_doing("looking")).start()
        is_told.wait(0.3)  # it may be told a moment later

    def heard(change):
        told.append(made.words(change["new"]))
        is_told.set()

    made.view.observe(news_meanwhile, "sfdag_graph")
    made.view.observe(heard, "sfdag_state")
    made.view.redraw(shape("z -> a; a -> b; b -> c", name="chain"))
    made.states.until(lambda state: state["doing"] == "looking")
    assert told[:2] == [4, [None, "succeeded", "running", "pending"]]


def test_times_are_told_by_the_clock_of_where_the_run_is(seen):
    followed = FakeRun(RUNNING)  # of some days ago, by this machine's clock
    made = seen(followed)
    made.shown(["running", "pending", "pending"])
    followed.answer(HALFWAY)
    state = made.states.until(lambda state: made.words(state)[1] == "running")
    happened = milliseconds(HALFWAY.tasks["b"].started)
    assert 0 <= state["now"] - happened < 60_000
    assert 0 <= state["now"] - state["heard"] < 60_000


def test_the_view_tells_which_run_it_shows(seen):
    assert seen().view.run is None
    run = FakeRun(DONE)
    assert seen(run).view.run is run


def test_the_view_says_what_it_is_where_it_cannot_be_shown(seen):
    view = seen().view
    assert repr(view) == "live view of chain, 3 tasks"
    assert view._repr_mimebundle_()[0]["text/plain"] == repr(view)


def test_beside_a_picture_the_view_has_no_line_of_its_own(seen):
    kept = []
    view = seen(picture=kept.append).view
    assert len(kept) == 1
    assert view._repr_mimebundle_()[0]["text/plain"] == ""


def test_a_click_is_answered_by_a_word_at_once(seen):
    goes_on = threading.Event()
    view = seen(FakeRun(RUNNING), actions=Actions(stop=lambda run, talk: goes_on.wait(10)))
    view.ask("stop")
    view.states.until(lambda state: state["doing"] == "stopping the run")
    goes_on.set()


def test_the_word_of_a_stop_stays_until_the_run_is_seen_to_have_ended(seen):
    run = FakeRun(HALFWAY)
    view = seen(run, actions=Actions(stop=lambda run, talk: talk.say("cancelling b")))
    view.shown(["succeeded", "running", "pending"])
    view.ask("stop")
    view.replies.until(lambda reply: reply["kind"] == "done")
    view.states.until(lambda state: not state["busy"] and state["doing"] == "cancelling b")
    run.answer(DONE)
    view.states.until(lambda state: view.words(state)[2] == "succeeded" and not state["doing"])


def test_a_refused_action_leaves_no_word(seen):
    goes_on = threading.Event()

    def refuses(run, talk):
        goes_on.wait(10)
        raise InputError("it cannot be stopped", hint="%sfdag runs")

    view = seen(FakeRun(HALFWAY), actions=Actions(stop=refuses))
    view.shown(["succeeded", "running", "pending"])
    view.ask("stop")
    view.states.until(lambda state: state["busy"])
    goes_on.set()
    view.states.until(lambda state: not state["busy"] and not state["doing"])


def test_a_call_that_every_action_makes_hides_nothing_that_was_said(seen):
    def stop(run, talk):
        talk.say("cancelling b")
        meanwhile("asking the embedded engine")

    view = seen(FakeRun(HALFWAY), actions=Actions(stop=stop))
    view.shown(["succeeded", "running", "pending"])
    view.ask("stop")
    view.replies.until(lambda reply: reply["kind"] == "done")
    view.states.until(lambda state: not state["busy"] and state["doing"] == "cancelling b")


def picked(view, run):
    """The view goes over to this run because somebody picked it on the page."""
    view.ask("show", runs=[run.group_id])
    return view.replies.until(lambda reply: reply["kind"] != "ack")


OLDER = replace(FAILED, group_id="0001-older")


def with_past(seen, *runs, **options):
    """A graph's view that knows these runs, the newest first."""
    there = {run.group_id: run for run in runs}
    actions = Actions(past=lambda count: runs[:count], at=lambda group: FakeRun(there[group]))
    view = seen(actions=actions, follows_graph=True, **options)
    view.view._past.ask()
    past_of(view, len(runs))
    return view


def past_of(view, count):
    deadline = time.monotonic() + 10
    while len(view.view.sfdag_past["runs"]) != count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_run_that_somebody_picked_stays_until_the_newest_is(seen):
    view = with_past(seen, DONE, OLDER)
    assert view.view.follows_graph
    assert picked(view, OLDER)["kind"] == "done"
    view.shown(["succeeded", "failed", "blocked"])
    assert not view.view.follows_graph
    assert view.view.sfdag_state["run"]["group"] == OLDER.group_id
    assert picked(view, DONE)["kind"] == "done"
    view.shown(["succeeded"] * 3)
    assert view.view.follows_graph


def test_a_run_that_somebody_starts_is_followed_whatever_was_picked(seen):
    there = {OLDER.group_id: OLDER}
    actions = Actions(at=lambda group: FakeRun(there[group]), run=lambda talk: FakeRun(RUNNING))
    view = seen(actions=actions, follows_graph=True)
    picked(view, OLDER)
    view.shown(["succeeded", "failed", "blocked"])
    view.ask("run")
    view.shown(["running", "pending", "pending"])
    assert view.view.follows_graph


@pytest.mark.parametrize(("ask", "runs"), [("show", []), ("show", ["a", "b"]), ("compare", ["a"])])
def test_runs_that_are_not_there_are_refused(seen, ask, runs):
    view = with_past(seen, DONE, OLDER)
    view.ask(ask, runs=runs)
    assert view.replies.until(lambda reply: reply["kind"] != "ack")["kind"] == "refused"


def test_two_runs_are_compared_on_request(seen):
    view = with_past(seen, DONE, OLDER)
    view.ask("compare", runs=[OLDER.group_id, DONE.group_id])
    reply = view.replies.until(lambda reply: reply["kind"] != "ack")
    assert [run["word"] for run in reply["detail"]["runs"]] == ["Failed", "Succeeded"]


def test_the_last_runs_are_told_again_when_a_run_has_ended(seen):
    runs = [OLDER]
    view = seen(actions=Actions(past=lambda count: tuple(runs)))
    run = FakeRun(RUNNING)
    view.view.follow(run)
    past_of(view, 1)
    runs.insert(0, DONE)
    run.answer(DONE)
    past_of(view, 2)


def test_a_page_that_has_not_the_tasks_is_told_all_of_them_anew(seen):
    shown = seen(FakeRun(RUNNING))
    shown.shown(["running", "pending", "pending"])
    before = shown.view.sfdag_tasks["number"]
    shown.ask("look", whole=True)
    shown.states.until(lambda state: state["base"] > before)
    assert [task["state"] for task in shown.view.sfdag_tasks["tasks"]] == [
        "running",
        "pending",
        "pending",
    ]
