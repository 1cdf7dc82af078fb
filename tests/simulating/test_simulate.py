"""What a simulation says of graphs whose end is known, and what it refuses."""

import pytest

from sfdag_magics import GraphError, GraphRunState, InputError, TaskGraph, python_task, sql_task
from sfdag_magics.graph.source import task_function
from sfdag_magics.simulating.simulate import MOST_WAYS
from tests.simulating.graphs import fraud, simulated, words


def test_each_answer_of_a_branch_is_a_way():
    found = simulated(fraud())
    assert [way.answers for way in found.ways] == [{"check": "promote"}, {"check": "notify"}]
    assert [words(way)["tell"] for way in found.ways] == ["skipped", "succeeded"]
    assert {way.state for way in found.ways} == {GraphRunState.SUCCEEDED}


def test_an_answer_that_is_given_is_the_only_way():
    (way,) = simulated(fraud(), answers={"CHECK": "notify"}).ways
    assert way.tasks["promote"].why == "check answers notify"
    assert words(way) == {
        **dict.fromkeys(("setup", "train", "check", "notify", "tell", "tidy"), "succeeded"),
        "promote": "skipped",
    }


@pytest.mark.parametrize(
    ("value", "state", "why"),
    [
        ("0.84", "succeeded", ""),
        ("0.8", "skipped", "not met"),
        ("1e0", "succeeded", ""),
        ("good", "failed", "its condition fails"),
    ],
)
def test_a_condition_is_worked_out_from_what_a_task_returns(value, state, why):
    found = simulated(fraud(), answers={"check": "promote"}, returned={"train": value})
    fate = found.ways[0].tasks["promote"]
    assert (fate.state.word, fate.why[: len(why)], found.notes) == (state, why, ())


def test_what_a_condition_asks_and_nobody_said_is_noted():
    found = simulated(fraud(), answers={"check": "promote"})
    assert words(found.ways[0])["promote"] == "succeeded"
    assert "what train returns" in found.notes[0]
    other = simulated(fraud(), answers={"check": "promote"}, conditions={"promote": False})
    assert (words(other.ways[0])["promote"], other.notes) == ("skipped", ())


def test_what_stands_below_a_failure_is_blocked_and_the_finalizer_runs():
    (way,) = simulated(fraud(), fails=["train"]).ways
    assert (way.state, way.attempts) == (GraphRunState.FAILED, 1)
    assert way.tasks["check"].why == "below train"
    assert words(way) == {
        "setup": "succeeded",
        "train": "failed",
        "tidy": "succeeded",
        **dict.fromkeys(("check", "promote", "notify", "tell"), "blocked"),
    }


def test_automatic_retries_are_attempts():
    graph = fraud()
    graph.configure(auto_retry=2)
    (way,) = simulated(graph, fails=["setup"]).ways
    assert (way.attempts, "failed after 3 attempts" in way.title) == (3, True)


@pytest.mark.parametrize(
    ("asked", "above", "runs"),
    [
        ("SYSTEM$PREDECESSORS_STATE('AT_LEAST_ONE_FAILED')", ["a", "b"], True),
        ("SYSTEM$PREDECESSORS_STATE('NONE_FAILED')", ["a", "b"], False),
        ("SYSTEM$PREDECESSORS_STATE()", ["a", "b"], False),
        ("SYSTEM$TASK_COMPLETION_STATE('G$A') = 'FAILED' AND"
         " SYSTEM$PREDECESSORS_STATE('ALL_DONE')", ["a", "b"], True),
        ("SYSTEM$TASK_COMPLETION_STATE('G$B') = 'SUCCEEDED'", ["b"], True),
        ("'a' IN ('a', 'b') AND NOT 1 > 2", ["b"], True),
        ("NULL = 1", ["b"], False),
    ],
)  # fmt: skip
def test_conditions_see_the_states_above(asked, above, runs):
    graph = TaskGraph("g", tasks=(sql_task("a", "select 1"), sql_task("b", "select 1")))
    graph.add(sql_task("c", "select 1", after=above, when=asked))
    (way,) = simulated(graph, fails=["a"]).ways
    assert (words(way)["c"] == "succeeded") is runs


def test_a_branch_answers_what_its_code_can_be_seen_to_return():
    source = 'def check():\n    return "a" if 1 else "b"\n'

    graph = TaskGraph(
        "g", tasks=(python_task(task_function(source, cell="Cell [1]"), branch=True),)
    )
    for name in ("a", "b", "c"):
        graph.add(sql_task(name, "select 1", after=["check"]))
    assert [way.answers["check"] for way in simulated(graph).ways] == ["a", "b"]


def test_a_branch_that_is_not_reached_has_no_ways():
    graph = TaskGraph("g", tasks=(sql_task("a", "select 1", branch=True),))
    graph.add(sql_task("b", "select 1", after=["a"], branch=True))
    graph.add(sql_task("c", "select 1", after=["a"]))
    for name in ("d", "e"):
        graph.add(sql_task(name, "select 1", after=["b"]))
    ways = [dict(way.answers) for way in simulated(graph).ways]
    assert ways == [{"a": "b", "b": "d"}, {"a": "b", "b": "e"}, {"a": "c"}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"answers": {"chek": "notify"}}, "did you mean 'check'"),
        ({"answers": {"train": "notify"}}, "train is no branch"),
        ({"answers": {"check": "promot"}}, "did you mean 'promote'"),
        ({"returned": {"check": "notify"}}, "check is a branch"),
        ({"returned": {"train": "x" * 10_241}}, "10,241 bytes"),
        ({"fails": ["nope"]}, "'nope' is not a task"),
        ({"fails": ["train"], "returned": {"train": "1"}}, "said to fail and to return '1'"),
        ({"conditions": {"train": True}}, "no condition of its own"),
    ],
)
def test_what_cannot_be_assumed_is_named(given, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        simulated(fraud(), **given)


def test_a_graph_that_cannot_run_is_not_simulated():
    graph = TaskGraph("g", tasks=(sql_task("a", "select 1", after=["b"]),))
    with pytest.raises(GraphError, match="'b' is not a task"):
        simulated(graph)


def test_more_ways_than_anybody_reads_are_refused():
    graph = TaskGraph("g")
    for number in range(7):
        graph.add(sql_task(f"b{number}", "select 1", branch=True))
        for arm in ("x", "y"):
            graph.add(sql_task(f"{arm}{number}", "select 1", after=[f"b{number}"]))
    with pytest.raises(InputError, match=f"more than {MOST_WAYS} ways"):
        simulated(graph)


def test_the_text_says_once_what_is_the_same_in_all_ways():
    said = str(simulated(fraud()))
    assert said.count(" setup ") == 1
    assert said.count(" tell ") == 2
    assert "check answers notify: succeeded" in said
