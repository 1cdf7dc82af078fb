from dataclasses import replace

from sfdag_magics.graph.names import branch_condition
from sfdag_magics.magics.showing.shapes import shape_of_run
from sfdag_magics.render.shape import Absence, EdgeKind, NodeKind
from tests.client.rows import deployed
from tests.render.builders import run, shape

DEPLOYED = deployed("a -> b -> c", finalizer="tidy")


def edges(drawn):
    return {(edge.tail, edge.head) for edge in drawn.edges if edge.kind is EdgeKind.AFTER}


def absent(drawn, why=Absence.NOT_LOADED):
    return [node.name for node in drawn.nodes if node.absence is why]


def test_tasks_that_are_only_deployed_are_drawn_where_they_stand():
    drawn = shape_of_run(shape("b", name="g"), DEPLOYED)
    assert absent(drawn) == ["a", "c", "tidy"]
    assert edges(drawn) == {("a", "b"), ("b", "c")}
    assert [edge for edge in drawn.edges if edge.kind is EdgeKind.FINALIZER] == [
        replace(drawn.edges[-1], tail="c", head="tidy")
    ]
    kinds = {node.name: node.kind for node in drawn.nodes}
    assert (kinds["a"], kinds["tidy"]) == (NodeKind.SQL, NodeKind.FINALIZER)


def test_a_branch_that_is_only_deployed_is_drawn_as_one():
    condition = branch_condition("g", "b", "c") + " AND 1 = 1"
    tasks = {**DEPLOYED.tasks, "c": replace(DEPLOYED.tasks["c"], condition=condition)}
    drawn = shape_of_run(shape("a", name="g"), replace(DEPLOYED, tasks=tasks))
    kinds = {(edge.tail, edge.head): edge.kind for edge in drawn.edges}
    assert kinds[("b", "c")] is EdgeKind.BRANCH
    assert kinds[("a", "b")] is EdgeKind.AFTER
    assert {node.name: node.kind for node in drawn.nodes}["b"] is NodeKind.BRANCH


def test_a_notebook_without_a_cell_shows_the_whole_deployed_graph():
    drawn = shape_of_run(replace(shape("x", name="g"), nodes=()), DEPLOYED)
    assert absent(drawn) == ["a", "b", "c", "tidy"]


def test_a_task_that_only_the_run_has_any_more_is_drawn_too():
    seen = run(shape("a -> dropped"), a="succeeded", dropped="failed")
    drawn = shape_of_run(shape("a -> b; b -> c", finalizer="tidy"), DEPLOYED, seen)
    assert absent(drawn, Absence.DROPPED) == ["dropped"]
    assert absent(drawn) == []


def test_a_graph_that_is_all_here_is_drawn_as_it_is():
    here = shape("a -> b; b -> c", finalizer="tidy")
    assert shape_of_run(here, DEPLOYED) is here
