"""A graph out of cells: its edges, its names, and everything that can be wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.errors import GraphError, InputError
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import GraphOptions, TaskGraph, sql_task
from tests.graph.builders import chain, graph_of, task

SETUP = "def setup(session) -> str: ..."
FEATURES = "def features(setup: str) -> str: ..."
SPLIT = "def split(setup: str, features: str) -> dict: ..."
TRAIN = "def train(setup: str, split: dict, *, rate: float = 0.1): ..."


def edges(graph):
    return {task.name: graph.predecessors(task.name) for task in graph.tasks}


def messages(graph):
    return [str(problem) for problem in graph.validate()]


def test_a_value_parameter_adds_an_edge_only_if_the_task_is_not_above_already():
    assert edges(graph_of(SETUP, FEATURES, SPLIT, TRAIN)) == {
        "setup": (),
        "features": ("setup",),
        "split": ("features",),
        "train": ("split",),
    }


def test_what_is_written_stays_even_where_it_is_implied():
    graph = graph_of(SETUP, FEATURES, (SPLIT, {"after": ["SETUP", "setup"]}))
    assert edges(graph)["split"] == ("setup", "features")


@given(st.permutations([SETUP, FEATURES, SPLIT, TRAIN, "def report(train, features): ..."]))
def test_the_order_of_cells_does_not_matter(cells):
    ordered = graph_of(SETUP, FEATURES, SPLIT, TRAIN, "def report(train, features): ...")
    assert edges(graph_of(*cells)) == edges(ordered)


def test_running_a_cell_again_replaces_its_task_where_it_stands():
    graph = graph_of(SETUP, FEATURES)
    graph.add(task("def Setup(session): return 2"))
    assert [t.name for t in graph.tasks] == ["Setup", "features"]
    assert edges(graph)["features"] == ("Setup",)
    assert "SETUP" in graph


def test_forgetting_an_unknown_task_offers_the_nearest():
    graph = graph_of(SETUP, FEATURES)
    assert graph.forget("Features").name == "features"
    with pytest.raises(InputError, match="did you mean 'setup'"):
        graph.forget("setp")


def test_a_sound_graph_has_no_problems():
    graph = graph_of(
        SETUP,
        ("def check(setup) -> str:\n  return 'promote' if setup else 'alert'", {"branch": True}),
        ("def promote(session): ...", {"after": ["check"]}),
        ("def alert(session, setup): ...", {"after": ["check"], "when": "1 = 1"}),
        ("def cleanup(session, ctx): ...", {"finalizer": True}),
    )
    assert graph.validate() == ()
    graph.check()
    assert graph.branches == {"check": ("promote", "alert")}
    chosen = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('MORTGAGE$CHECK') ="
    assert graph.condition("promote") == f"{chosen} 'promote'"
    assert graph.condition("alert") == f"{chosen} 'alert' and (1 = 1)"
    assert graph.condition("setup") is None
    assert graph.finalizer.name == "cleanup"
    assert graph.deployed_name("alert") == "MORTGAGE$ALERT"


def test_reading_a_branchs_answer_makes_no_candidate():
    graph = graph_of(
        ("def check(session):\n  return 'promote'", {"branch": True}),
        ("def promote(session): ...", {"after": ["check"]}),
        "def note(check): ...",
    )
    assert graph.branches == {"check": ("promote",)}
    assert graph.predecessors("note") == ("check",)
    assert graph.condition("note") is None


def test_all_problems_are_told_at_once_in_the_order_of_the_tasks():
    graph = graph_of(
        ("def a(session, *, k=1): ...", {"after": ["train_modle"]}),
        ("def b(train_mode, *, k=2): ...", {}),
        ("def train_model(session): ...", {}),
    )
    problems = graph.validate()
    assert [problem.task for problem in problems] == ["a", "b", "b"]
    with pytest.raises(GraphError) as caught:
        graph.check()
    assert caught.value.problems == problems
    assert "graph 'mortgage' has 3 problems" in str(caught.value)
    assert "did you mean 'train_model'?" in str(caught.value)


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (chain("a -> b -> c, c -> a"), "waits for itself: "),
        (graph_of("def a(b): ...", "def b(a): ..."), "waits for itself: "),
        (graph_of("def a(a): ..."), "waits for itself: a → a"),
        (graph_of("def a(split_dta): ...", SETUP), "'split_dta' is not a task"),
        (
            graph_of("def a(*, k=1): ...", "def b(*, k=2): ..."),
            "'k' has the default 2, but 1 in 'a'",
        ),
        (graph_of(("def a(s: Session): ...", {"branch": True})), "and there are none"),
        (
            graph_of(
                ("def br(session):\n  return 'left' or 'rihgt'", {"branch": True}),
                ("def left(session): ...", {"after": ["br"]}),
                ("def right(session): ...", {"after": ["br"]}),
            ),
            "Cell 1, line 2: answers 'rihgt', which is not a task",
        ),
        (
            graph_of(
                ("def br(session):\n  if session: return 'Left'\n  return x", {"branch": True}),
                ("def left(session): ...", {"after": ["br"]}),
            ),
            "the task is spelled 'left'",
        ),
        (
            graph_of(
                ("def br(session):\n  return 'other'", {"branch": True}),
                ("def left(session): ...", {"after": ["br"]}),
                "def other(session): ...",
            ),
            "answers 'other', which does not come after it",
        ),
        (
            graph_of(
                "def a(session): ...",
                ("def x(session): ...", {"finalizer": True}),
                ("def y(session): ...", {"finalizer": True}),
            ),
            "a graph has one finalizer, and that is 'x'",
        ),
        (
            graph_of(
                "def a(session): ...", ("def x(session): ...", {"finalizer": True, "after": ["a"]})
            ),
            "takes no --after",
        ),
        (
            graph_of("def a(session): ...", ("def x(a): ...", {"finalizer": True})),
            "a finalizer cannot read the return value of 'a'",
        ),
        (
            graph_of(
                ("def x(session): ...", {"finalizer": True}),
                ("def a(session): ...", {"after": ["x"]}),
            ),
            "nothing comes after it",
        ),
        (TaskGraph("empty"), "graph 'empty' has no task"),
        (
            graph_of(("def x(session): ...", {"finalizer": True})),
            "graph 'mortgage' has no task",
        ),
        (
            graph_of("def a(session): ...", name="g" * 254),
            "Snowflake's limit is 255",
        ),
    ],
)
def test_what_is_wrong_is_named(graph, message):
    assert [found for found in messages(graph) if message in found]


def arms(*join_after, when=None):
    return graph_of(
        ("def br(session):\n  return pick()", {"branch": True}),
        ("def left(session): ...", {"after": ["br"]}),
        ("def right(session): ...", {"after": ["br"]}),
        ("def further(session): ...", {"after": ["left"]}),
        ("def join(session): ...", {"after": list(join_after), "when": when}),
        ("def below(session): ...", {"after": ["join"]}),
    )


def test_a_join_of_two_arms_can_never_run_and_is_told_once():
    (problem,) = arms("further", "right").validate()
    assert problem.task == "join"
    assert "needs 'left' and 'right', and 'br' chooses one" in problem.message


def test_a_join_that_says_itself_what_it_wants_is_left_alone():
    own_rule = "SYSTEM$PREDECESSORS_STATE('NONE_FAILED')"
    assert arms("further", "right", when=own_rule).validate() == ()


def test_a_join_within_one_arm_runs():
    assert arms("further", "left").validate() == ()


def test_an_arm_behind_another_arm_can_never_run():
    graph = graph_of(
        ("def br(session):\n  return 'a'", {"branch": True}),
        ("def a(session): ...", {"after": ["br"]}),
        ("def b(session): ...", {"after": ["br", "a"]}),
    )
    assert "b: can never run" in messages(graph)[0]


def test_answers_of_functions_inside_a_branch_are_not_its_own():
    graph = graph_of(
        (
            "def br(session):\n  def inner(): return 'ghost'\n"
            "  f = lambda: 'ghost'\n  return 'a' if f() else 'b'",
            {"branch": True},
        ),
        ("def a(session): ...", {"after": ["br"]}),
        ("def b(session): ...", {"after": ["br"]}),
    )
    assert graph.validate() == ()


def test_limits_are_snowflakes():
    wide = graph_of(*(f"def t{n}(session): ..." for n in range(101)))
    assert "it has 101 children" in messages(wide)[0]
    join = graph_of(
        ("def top(session): ...", {}),
        *((f"def t{n}(session): ...", {"after": ["top"]}) for n in range(101)),
        ("def join(session): ...", {"after": [f"t{n}" for n in range(101)]}),
    )
    assert [line.split(": ")[0] for line in messages(join)] == ["top", "join"]
    long = TaskGraph("long")
    for n in range(1000):
        long.add(sql_task(f"t{n}", "select 1", after=[f"t{n - 1}"] if n else []))
    assert "1001 tasks with its root" in messages(long)[0]


def test_graph_options_are_checked_and_changed_by_name():
    graph = TaskGraph("daily", GraphOptions(schedule="1 day", config={"a": 1}))
    graph.configure(warehouse="WH", auto_retry=2)
    assert graph.options.schedule == "24 HOURS"
    assert graph.options.warehouse == "WH"
    assert graph.options.config_text() == '{"a": 1}'
    for wrong in (
        {"schedule": "9 days"},
        {"auto_retry": 31},
        {"suspend_after": -1},
        {"timeout": timedelta(days=30)},
        {"config": {"a": float("nan")}},
        {"config": {"a": object()}},
        {"config": [1]},
    ):
        with pytest.raises(InputError):
            graph.configure(**wrong)
    assert graph.options.warehouse == "WH"


@pytest.mark.parametrize(
    "wrong",
    [
        {"wharehouse": "WH"},
        {"schedule": 5},
        {"timeout": 5},
        {"graph_timeout": "2x"},
        {"auto_retry": "3"},
        {"suspend_after": True},
        {"packages": [1]},
        {"overlap": "sometimes"},
        {"unpinned": "yes"},
        {"without": 3},
    ],
)
def test_graph_options_of_another_name_or_type_are_refused(wrong):
    graph = TaskGraph("daily", GraphOptions(warehouse="WH"))
    (name,) = wrong
    with pytest.raises(InputError, match=rf"graph options: .*{name}") as raised:
        graph.configure(**wrong)
    assert raised.value.hint
    assert graph.options == GraphOptions(warehouse="WH")


def test_an_unknown_graph_option_offers_the_nearest():
    graph = TaskGraph("daily")
    with pytest.raises(InputError, match="no option 'wharehouse'; did you mean warehouse"):
        graph.configure(wharehouse="WH")


def test_graph_options_written_in_python_are_read_as_the_magics_read_them():
    graph = TaskGraph("daily")
    graph.configure(packages=["numpy"], overlap="ALLOW_ALL_OVERLAP")
    assert graph.options.packages == ("numpy",)
    assert graph.options.overlap is OverlapPolicy.ALLOW_ALL_OVERLAP


def test_graphviz_sees_neutral_ids_and_readable_names():
    graph = graph_of(
        (SETUP, {"group": "<data> & \\N"}),
        ("def check(setup):\n  return 'x'", {"branch": True, "group": "<data> & \\N"}),
        ("def x(session): ...", {"after": ["check"]}),
        ("def last(session): ...", {"finalizer": True}),
    )
    source = graph.to_graphviz().source
    assert "label=check shape=diamond" in source
    assert "n0 -> n1\n" in source
    assert "n1 -> n2 [style=dashed]" in source
    assert "n2 -> n3 [style=dotted]" in source
    for_layout = graph.to_graphviz(labels=False).source
    assert "setup" not in for_layout
    assert "data" not in for_layout
    assert "fixedsize=true" in for_layout
