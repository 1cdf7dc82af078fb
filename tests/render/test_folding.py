"""A large graph with each of its groups as one box."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.render.folding import FEW, Folded, as_read, folded, told_of
from sfdag_magics.render.shape import EdgeKind, Shape
from tests.render.builders import run, shape, with_finalizer


def grouped(made: Shape, **groups: str) -> Shape:
    """The shape with the tasks of these beginnings in groups."""
    nodes = tuple(replace(node, group=groups.get(node.name.split("_")[0])) for node in made.nodes)
    return replace(made, nodes=nodes)


def fan(count: int) -> Shape:
    names = [f"x_{number}" for number in range(count)]
    return shape(f"first -> {' '.join(names)}; " + "; ".join(f"{name} -> last" for name in names))


def test_a_group_becomes_one_box_and_its_arrows_one_arrow():
    whole = grouped(fan(FEW), x="middle")
    found = folded(whole)
    assert [node.name for node in found.shape.nodes] == ["first", "middle", "last"]
    assert [(edge.tail, edge.head) for edge in found.shape.edges] == [
        ("first", "middle"),
        ("middle", "last"),
    ]
    assert found.tasks["middle"] == tuple(f"x_{number}" for number in range(FEW))
    assert found.tasks["last"] == ("last",)


def test_what_stands_within_a_group_has_no_arrow():
    chain = grouped(
        shape("; ".join(f"x_{n} -> x_{n + 1}" for n in range(FEW)) + "; x_1 -> y"), x="g"
    )
    assert [(edge.tail, edge.head) for edge in folded(chain).shape.edges] == [("g", "y")]


def test_a_small_graph_is_read_as_it_is_and_one_without_groups_cannot_be_folded():
    small = grouped(fan(FEW - 2), x="middle")
    assert len(folded(small).shape.nodes) == 3
    assert as_read(small) is None
    assert len(as_read(grouped(fan(FEW), x="middle")).shape.nodes) == 3
    assert folded(fan(FEW)) is None
    assert folded(grouped(fan(FEW), first="alone")) is None


def test_a_folded_box_tells_what_its_group_did():
    whole = grouped(fan(3), x="middle")
    small = folded(whole)
    seen = run(whole, first="succeeded", x_0="succeeded", x_1="running")
    (group,) = told_of(small, seen).values()
    assert (group.name, group.state, [*group.tasks]) == ("middle", "running", ["x_0", "x_1", "x_2"])
    assert told_of(small, None) == {}


def test_boxes_of_one_title_are_told_apart():
    names = {"x · 2 tasks": ("y",), "x": ("a", "b")}
    titles = Folded(shape=shape("a"), tasks=names).titles
    assert titles == {"x · 2 tasks": "x · 2 tasks", "x": "x · 2 tasks\N{PRIME}"}


def test_a_group_that_is_called_as_a_task_is_told_from_it():
    found = folded(grouped(fan(FEW), x="first"))
    assert len(found.shape.nodes) == 3
    assert sorted(map(len, found.tasks.values())) == [1, 1, FEW]


def test_groups_that_wait_for_each_other_and_a_finalizer_stay_what_they_are():
    names = [f"x_{number}" for number in range(FEW)]
    both = shape(f"y_0 -> {' '.join(names)}; x_0 -> y_1")
    found = folded(with_finalizer(grouped(both, x="x", y="y"), "clean"))
    kinds = {(edge.tail, edge.head): edge.kind for edge in found.shape.edges}
    assert {("y", "x"), ("x", "y")} <= set(kinds)
    assert kinds["x", "clean"] is EdgeKind.FINALIZER


def test_one_group_is_unfolded_and_stands_in_its_frame():
    both = grouped(shape("; ".join(f"x_{n} -> y_{n}" for n in range(FEW))), x="x", y="y")
    found = folded(both, {"y"})
    assert len(found.shape.nodes) == 1 + FEW
    assert found.shape.groups == {"y": tuple(f"y_{n}" for n in range(FEW))}
    assert {edge.tail for edge in found.shape.edges} == {"x"}
    assert folded(both, {"z"}) == folded(both)
