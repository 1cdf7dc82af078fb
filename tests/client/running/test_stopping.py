"""Ending one run, and no other."""

import threading
from types import SimpleNamespace

import pytest

from sfdag_magics.client.running import waiting
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import (
    InputError,
    StillGoingError,
)
from tests.client.rows import deployed
from tests.client.told import GRAPH, going, graph_row, history_row, queued


class EndsWhenAsked:
    """What a stop says; the run ends after so many looks."""

    def __init__(self, graph, looks=1):
        self.graph, self.left, self.said = graph, looks, []

    def __call__(self, text):
        self.said.append(text)
        self.left -= 1
        if self.left == 0:
            self.graph["STATE"] = "CANCELLED"


def test_stopping_cancels_each_execution_of_this_run_once_and_waits_for_the_end(fake):
    going(fake, group="other")
    says = EndsWhenAsked(going(fake))
    seen = Run(fake, GRAPH, group_id="group-1").stop(say=says)
    assert (seen.state, seen.tasks["a"].state, seen.tasks["b"].state) == (
        "CANCELLED",
        "cancelled",
        "blocked",
    )
    assert fake.cancelled == ["q-a-group-1"]
    assert says.said == ["cancelling a of run group-1 of g"]
    assert [row["STATE"] for row in fake.history if row["GRAPH_RUN_GROUP_ID"] == "other"] == [
        "SUCCEEDED",
        "EXECUTING",
    ]


def test_an_execution_that_takes_its_time_to_end_is_not_cancelled_again(fake):
    going(fake)
    cancelled = []
    fake._cancel_query = cancelled.append
    with pytest.raises(StillGoingError, match=r"still going after 0\.5 s: waiting for a") as raised:
        Run(fake, GRAPH, group_id="group-1").stop(timeout=0.5)
    assert len(cancelled) == 1
    assert raised.value.hint == "%sfdag status group-1"


@pytest.mark.parametrize("silent", ["SELECT NAME, STATE", "SELECT SYSTEM$CANCEL_QUERY"])
def test_a_stop_gives_up_in_time_where_nothing_answers(fake, silent, monkeypatch):
    going(fake)
    answers, rows = threading.Event(), fake.rows
    monkeypatch.setattr(
        fake, "rows", lambda sql: answers.wait(30) if sql.startswith(silent) else rows(sql)
    )
    monkeypatch.setattr(waiting, "_EMBEDDED_ANSWER_S", 0.05)
    with pytest.raises(StillGoingError, match=r"still going after 0 s.*: fake · DB.S has not"):
        Run(fake, GRAPH, group_id="group-1").stop(timeout=0)
    answers.set()


def test_the_time_in_which_somebody_is_asked_does_not_count(fake, monkeypatch):
    fake.refuses_query_ids = True
    going(fake, group="other")
    graph, passed = going(fake), []
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: sum(passed)))

    def answered(question):
        passed.append(3600)
        graph["STATE"] = "CANCELLED"
        return True

    assert Run(fake, GRAPH, group_id="group-1").stop(timeout=5, agrees=answered).is_over


def test_before_other_runs_are_hit_somebody_is_asked(fake):
    fake.refuses_query_ids = True
    going(fake, group="other")
    graph = going(fake)
    with pytest.raises(InputError, match="run other would be hit too"):
        Run(fake, GRAPH, group_id="group-1").stop(agrees=lambda question: False)
    assert fake.cancelled == []
    asked = []

    def answered(question):
        asked.append(question)
        graph["STATE"] = "CANCELLED"
        return True

    Run(fake, GRAPH, group_id="group-1").stop(agrees=answered)
    assert [(each.text, each.instead) for each in asked] == [
        (
            "cancel run group-1 of g by its tasks' names, which hits run other too",
            "%sfdag stop group-1 --by-name",
        )
    ]


def test_where_query_ids_are_refused_names_are_used_if_no_other_run_is_hit(fake):
    fake.refuses_query_ids = True
    says = EndsWhenAsked(going(fake), looks=2)
    Run(fake, GRAPH, group_id="group-1").stop(say=says)
    assert any("USER_TASK_CANCEL_ONGOING_EXECUTIONS('DB.S.G$A')" in s for s in fake.statements)
    assert "cancelling by name: insufficient privileges" in says.said[1]


def test_other_runs_are_not_hit_before_somebody_wants_that(fake):
    fake.refuses_query_ids = True
    going(fake, group="other")
    says = EndsWhenAsked(going(fake))
    run = Run(fake, GRAPH, group_id="group-1")
    with pytest.raises(InputError, match="run other would be hit too") as raised:
        run.stop()
    assert raised.value.hint == "%sfdag stop group-1 --by-name"
    assert {row["STATE"] for row in fake.history} == {"SUCCEEDED", "EXECUTING"}
    assert run.stop(by_name=True, say=says).state == "CANCELLED"


def test_the_finalizer_is_waited_for_and_not_cancelled(fake):
    graph = deployed("a", finalizer="tidy")
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "CANCELLED")
    history_row(fake, "tidy", "EXECUTING")
    graph_row(fake, "EXECUTING")
    says = EndsWhenAsked(fake.graphs[-1])
    assert Run(fake, graph, group_id="group-1").stop(say=says).is_over
    assert says.said == ["waiting for the finalizer tidy of run group-1 of g"]
    assert fake.cancelled == []


def test_a_run_in_the_queue_says_behind_which_and_is_taken_out_of_it(fake):
    going(fake)
    run = queued(fake)
    assert (run.state, run.snapshot.note) == ("SCHEDULED", "waits behind run group-1")
    seen = run.stop()
    assert (seen.state, seen.note, seen.group_id) == (
        "CANCELLED",
        "ended before it began",
        "group-2",
    )
    assert {row["STATE"] for row in fake.history} == {"SUCCEEDED", "EXECUTING"}


def test_elsewhere_a_run_in_the_queue_is_cancelled_when_it_begins(fake):
    fake.is_embedded = False
    run, said = queued(fake), []
    with pytest.raises(StillGoingError, match=r"still going after 0\.01 s: waits for its turn"):
        run.stop(timeout=0.01, say=said.append)
    assert said == ["run group-2 of g waits for its turn: it is cancelled when it begins"]
