"""Which tasks `--only`, `--from`, `--to` and `--group` mean."""

import pytest

from sfdag_magics.client.parts.asked import Asked, selected
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from tests.client.rows import deployed

GRAPH = deployed(
    "load -> split -> train -> report, load -> check, train -> publish", finalizer="tidy"
)
GROUPS = {"ml": ("train", "SPLIT"), "gone": ("nothing",)}


def runs(**asked):
    return selected(Asked(**asked), GRAPH, GROUPS).runs


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"only": ("TRAIN",)}, ("train",)),
        ({"only": ("report", "load", "report")}, ("load", "report")),
        ({"only": ("train", "tidy")}, ("train", "tidy")),
        ({"only": ("tidy",)}, ("tidy",)),
        ({"start": ("train",)}, ("train", "report", "publish", "tidy")),
        ({"start": ("check", "report")}, ("report", "check", "tidy")),
        ({"end": ("train",)}, ("load", "split", "train")),
        ({"end": ("check", "split")}, ("load", "split", "check")),
        ({"start": ("split",), "end": ("report",)}, ("split", "train", "report")),
        ({"group": "ml"}, ("split", "train")),
    ],
)
def test_the_tasks_that_are_asked_for_run_in_topological_order(asked, expected):
    assert runs(**asked) == tuple(name for name in GRAPH.tasks if name in expected)


def test_a_graph_of_the_notebook_is_asked_in_the_same_way():
    graph = TaskGraph(
        "g", tasks=[sql_task("b", "select 1", after=["a"]), sql_task("a", "select 1")]
    )
    assert selected(Asked(start=("A",)), graph, {}).runs == ("a", "b")


def test_those_that_a_person_named_are_told_apart():
    assert selected(Asked(start=("train",)), GRAPH, {}).named == {"train"}
    assert selected(Asked(only=("train",)), GRAPH, {}).named == {"train"}
    assert selected(Asked(end=("train",)), GRAPH, {}).named == frozenset()
    assert selected(Asked(group="ml"), GRAPH, GROUPS).named == {"split", "train"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"only": ("trian",)}, "'trian' is not a task of graph 'g'"),
        ({"only": ("train",), "end": ("load",)}, "each say which tasks run"),
        ({"group": "ml", "start": ("load",)}, "each say which tasks run"),
        ({"start": ("report",), "end": ("load",)}, "no task of g stands between report and load"),
        ({"group": "m"}, "no task of g is in group 'm'; groups: ml, gone"),
        ({"group": "gone"}, "no task of g is in group 'gone'"),
        ({"group": ""}, "no task of g is in group ''"),
    ],
)
def test_what_cannot_be_meant_is_refused(asked, said):
    with pytest.raises(InputError, match=said):
        runs(**asked)
