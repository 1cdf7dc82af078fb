"""Which tasks are proven to give the same again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.parts.recorded import lacking, newest_with, recorded
from sfdag_magics.client.parts.reuse import Reads, verdicts
from sfdag_magics.graph.states import DisplayState, GraphRunState
from tests.client.rows import deployed

GRAPH = deployed("load -> split -> train, load -> check", finalizer="tidy")
CODE = {"load": "c1", "split": "c2", "train": "c3", "check": "c4", "tidy": "c5"}
KEYS = {"load": {"rows"}, "train": {"rate"}}
NOW = {"rows": 5, "rate": 1}
STARTED = datetime(2026, 11, 23, tzinfo=UTC)


def run(group="run-1", *, values=None, states=None, config=None, code=None, **more):
    """A run in which every task succeeded and returned its own name."""
    states, values = states or {}, values or {}
    tasks = {
        name: TaskRun(
            name=name,
            state=DisplayState(states.get(name, "succeeded")),
            started=STARTED,
            return_value=values.get(name, f"{name}!"),
        )
        for name in GRAPH.tasks
    }
    return RunSnapshot(
        graph="g",
        root="DB.S.G",
        group_id=group,
        attempt=1,
        state=GraphRunState.SUCCEEDED,
        tasks=tasks,
        config=NOW | (config or {}),
        code=CODE | (code or {}),
        definitions="d",
        **more,
    )


def told(*runs, config=None, code=None, keys=KEYS, graph=GRAPH):
    reads = {n: Reads(code=(CODE | (code or {}))[n], keys=keys.get(n, ())) for n in graph.tasks}
    return verdicts(graph, runs, reads, NOW | (config or {}), definitions="d")


def test_all_is_reused_where_nothing_is_another_but_the_finalizer():
    found = told(run())
    assert {name: verdict.value.value for name, verdict in found.items()} == {
        "load": "load!",
        "split": "split!",
        "train": "train!",
        "check": "check!",
    }
    assert all("as in run run-1" in verdict.reason for verdict in found.values())


@pytest.mark.parametrize(
    ("change", "runs", "reason"),
    [
        ({"code": {"split": "c9"}}, {"split", "train"}, "its code is not that of run run-1"),
        ({"config": {"rate": 2}}, {"train"}, "other configuration: rate 1 → 2"),
        ({"config": {"new": 1}}, set(), ""),
        ({"config": {"rows": 6}}, {"load", "split", "train", "check"}, "rows 5 → 6"),
        ({"config": {"new": 1}, "keys": {"check": None}}, {"check"}, "new – → 1"),
        ({"code": {"check": ""}}, {"check"}, "no run notes which code it ran"),
    ],
)
def test_what_runs_again_and_why(change, runs, reason):
    found = told(run(), **change)
    assert {name for name, verdict in found.items() if verdict.runs} == runs
    assert not runs or any(reason in verdict.reason for verdict in found.values())


def test_what_stands_below_a_task_that_runs_runs_as_well():
    found = told(run(), code={"load": "c9"})
    assert found["train"].reason == "load, split above it run"
    assert found["check"].reason == "load above it runs"


def test_a_task_is_reused_from_the_run_in_which_it_last_succeeded():
    newer = run("run-2", states={"train": "failed", "check": "blocked"})
    found = told(newer, run("run-1"))
    assert found["train"].value.run == "run-1"
    assert found["split"].value.run == "run-2"


def test_other_inputs_than_those_it_was_given_make_it_run():
    newer = run("run-2", values={"split": "other"}, states={"train": "failed"})
    found = told(newer, run("run-1"))
    assert found["train"].reason == "split gave it something else in run run-1"


def test_a_task_that_never_succeeded_runs():
    found = told(run(states={"check": "failed"}))
    assert found["check"].reason == "it did not succeed in the last runs"
    assert told()["load"].runs


def test_a_value_that_a_bridge_only_gave_on_is_no_success_of_its_own():
    kept = run("run-2")
    tasks = {n: replace(t, state=DisplayState.REUSED, started=None) for n, t in kept.tasks.items()}
    assert told(replace(kept, tasks=tasks), run("run-1"))["load"].value.run == "run-1"


def test_a_task_that_ran_against_its_condition_is_not_reused_by_that():
    forced = Lineage(kind=LineageKind.PART, root_id="id", runs=("check",), forced=("check",))
    found = told(run("run-2", lineage=forced), run("run-1", states={"check": "skipped"}))
    assert found["check"].stays_skipped


def test_what_was_skipped_stays_so_while_what_decided_it_is_the_same():
    skipped = run(states={"check": "skipped"})
    assert told(skipped)["check"].stays_skipped
    assert told(replace(skipped, definitions="other"))["check"].runs
    assert told(skipped, code={"load": "c9"})["check"].runs
    tasks = dict(GRAPH.tasks)
    tasks["check"] = replace(tasks["check"], condition="SYSTEM$STREAM_HAS_DATA('S')")
    assert told(skipped, graph=replace(GRAPH, tasks=tasks))["check"].runs


def test_the_newest_run_that_has_all_that_is_needed_gives_it():
    newer = run("run-2", states={"split": "failed", "train": "blocked"})
    runs = [newer, run("run-1")]
    assert newest_with(runs, ["split"]).group_id == "run-1"
    assert newest_with(runs, ["load"]).group_id == "run-2"
    assert newest_with([newer], ["split"]) is None
    assert lacking(recorded(newer), ["load", "split", "train"]) == ("split", "train")


def test_a_recorded_value_is_of_the_run_in_which_the_task_ran():
    lineage = Lineage(
        kind=LineageKind.RETRY, root_id="id", of="run-1", runs=("train",), kept={"load": "run-1"}
    )
    given = recorded(run("run-2", lineage=lineage))
    assert (given["load"].run, given["train"].run) == ("run-1", "run-2")
