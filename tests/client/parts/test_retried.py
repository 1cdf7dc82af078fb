"""What is said of a task by hand, and said anew."""

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.parts.retried import RetryAsked, check_by_hand, retry_bridge
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from tests.client.parts.test_reuse import GRAPH, run

#: A retry in which split was said to be done, and which failed below it.
SEEN = run(
    "run-2",
    values={"split": "abc"},
    states={"load": "reused", "split": "reused", "train": "failed"},
    lineage=Lineage(
        kind=LineageKind.RETRY,
        root_id="id",
        of="run-1",
        continues=("run-1",),
        runs=("train", "check", "tidy"),
        kept={"load": "run-1", "split": ""},
        by_hand={"split": ByHand.DONE},
        who="ana",
        because="mailed",
    ),
)


def bridge(**asked):
    asked = RetryAsked(**asked)
    check_by_hand(SEEN, GRAPH, asked, TaskGraph("g"))
    return retry_bridge(GRAPH, SEEN, asked, who="bo")


def test_a_value_that_was_said_is_said_anew_and_what_is_below_runs():
    plan = bridge(done={"split": "7"}, because="typo")
    assert plan.kept["split"].value == "7"
    assert plan.lineage.runs == ("train", "tidy")
    assert (plan.lineage.by_hand, plan.lineage.who) == ({"split": ByHand.DONE}, "bo")
    assert plan.lineage.because == "typo"


def test_a_task_said_done_is_said_to_be_skipped():
    plan = bridge(skip=("split",), because="not today")
    assert "split" not in plan.kept
    assert plan.lineage.skipped == ("split",)


@pytest.mark.parametrize(
    ("condition", "below"),
    [(None, ("train",)), ("SYSTEM$PREDECESSORS_STATE('FAILED') > 0", ())],
    ids=["none", "of its own"],
)
def test_what_stands_below_a_skipped_task_is_known_not_to_run(condition, below):
    tasks = {**GRAPH.tasks, "train": replace(GRAPH.tasks["train"], condition=condition)}
    asked = RetryAsked(skip=("split",), because="not today")
    plan = retry_bridge(replace(GRAPH, tasks=tasks), SEEN, asked, who="bo")
    assert plan.below_skipped == below


def test_what_was_said_stays_noted_in_the_next_retry():
    plan = bridge()
    assert plan.kept["split"].value == "abc"
    assert (plan.lineage.by_hand, plan.lineage.who, plan.lineage.because) == (
        {"split": ByHand.DONE},
        "ana",
        "mailed",
    )
    assert bridge(again=("split",)).lineage.by_hand == {}


def test_a_retry_notes_all_runs_that_it_continues():
    assert bridge().lineage.continues == ("run-2", "run-1")


def test_a_task_that_succeeded_is_not_said_to_be_done():
    with pytest.raises(InputError, match="load succeeded in run run-2 of g"):
        bridge(done={"load": "1"}, because="x")
