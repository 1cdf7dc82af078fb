"""A layout is of what the tasks are called and wait for, in whatever order somebody tells them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from sfdag_magics.render.layout import layout
from sfdag_magics.render.placing.ordered import ordered
from sfdag_magics.render.shape import Absence, EdgeKind, NodeKind, Shape
from tests.render.builders import FRAUD, HOSTILE, shape

DISCONNECTED = shape("a -> b; b -> c; x0 -> y0; x1 -> y1; lone")
FAN = shape("; ".join(f"plan -> s{n}; s{n} -> merge" for n in range(12)))
CYCLE = shape("a -> b; b -> c; c -> b; c -> d")
CHAIN = shape("; ".join(f"s{n} -> s{n + 1}" for n in range(14)))


def shuffled(made: Shape) -> Shape:
    """As another notebook, or an account, would tell it."""
    order = random.Random(7)  # noqa: S311 - no secret
    nodes, edges = list(made.nodes), list(made.edges)
    order.shuffle(nodes)
    order.shuffle(edges)
    return replace(made, nodes=tuple(nodes), edges=tuple(edges))


@pytest.mark.parametrize("made", [FRAUD, DISCONNECTED, FAN, CYCLE, CHAIN])
def test_no_order_of_the_tasks_moves_a_box(made):
    assert layout(shuffled(made)) == layout(made)


def test_what_is_not_known_after_a_restart_moves_no_box():
    kinds = {NodeKind.BRANCH: NodeKind.PYTHON}
    nodes = tuple(
        replace(node, kind=kinds.get(node.kind, node.kind), absence=Absence.NOT_LOADED)
        for node in FRAUD.nodes
    )
    plain = {EdgeKind.BRANCH: EdgeKind.AFTER}
    edges = tuple(replace(edge, kind=plain.get(edge.kind, edge.kind)) for edge in FRAUD.edges)
    assert layout(Shape(name="", nodes=nodes, edges=edges)) == layout(FRAUD)


def test_numbers_in_names_count_as_such():
    made = shape("; ".join(f"plan -> load_{n}" for n in (10, 9, 1, 100)))
    names = [node.name for node in ordered(made).nodes]
    assert names == ["plan", "load_1", "load_9", "load_10", "load_100"]


def test_a_task_stands_after_those_above_it_and_a_cycle_last():
    assert [node.name for node in ordered(CYCLE).nodes] == ["a", "b", "c", "d"]
    assert [node.name for node in ordered(shape("z -> b; b -> a")).nodes] == ["z", "b", "a"]


def test_any_name_has_its_place():
    hostile = shape("a")
    nodes = tuple(replace(hostile.nodes[0], name=name) for name in (*HOSTILE, "9" * 5000, "²", "٣"))
    made = Shape(name="h", nodes=nodes, edges=())
    assert {node.name for node in ordered(made).nodes} == {node.name for node in nodes}
