"""What of a notebook's graph is drawn, and how."""

from __future__ import annotations

from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.render.layout import layout
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind
from sfdag_magics.render.shape_of import shape_of


def graph(*tasks):
    made = TaskGraph("mortgage")
    for task in tasks:
        made.add(task)
    return made


def test_tasks_keep_their_order_and_edges_their_direction():
    shape = shape_of(
        graph(sql_task("b", "select 1", after=["a"]), sql_task("a", "select 1", group="prep"))
    )
    assert shape.nodes == (
        Node(name="b", kind=NodeKind.SQL),
        Node(name="a", kind=NodeKind.SQL, group="prep"),
    )
    assert shape.edges == (Edge(tail="a", head="b"),)


def test_the_finalizer_stands_after_the_last_tasks():
    shape = shape_of(
        graph(
            sql_task("a", "select 1"),
            sql_task("b", "select 1", after=["a"]),
            sql_task("end", "select 1", finalizer=True),
        )
    )
    assert shape.edges[-1] == Edge(tail="b", head="end", kind=EdgeKind.FINALIZER)
    assert layout(shape).nodes["end"].x > layout(shape).nodes["b"].x


def test_a_graph_with_an_unknown_predecessor_is_still_drawn():
    shape = shape_of(graph(sql_task("a", "select 1", after=["nowhere"])))
    assert layout(shape).nodes.keys() == {"a"}


def test_a_cycle_is_still_drawn():
    shape = shape_of(
        graph(sql_task("a", "select 1", after=["b"]), sql_task("b", "select 1", after=["a"]))
    )
    assert layout(shape).nodes.keys() == {"a", "b"}
