"""Where boxes stand: nothing overlaps, nothing depends on names, no layout holds the caller."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from sfdag_magics.errors import MachineError
from sfdag_magics.render.graphviz_runs import LayoutChild, patiently
from sfdag_magics.render.layout import layout, layout_source
from sfdag_magics.render.placed import CELL, Box, Direction
from sfdag_magics.render.shape import Edge, Node, Shape
from tests.render.builders import FRAUD, HOSTILE, shape


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def ladder(count: int) -> Shape:
    """Layers of ten with two predecessors each."""
    edges = [
        Edge(tail=f"t{(i // 10 - 1) * 10 + (i + step) % 10}", head=f"t{i}")
        for i in range(10, count)
        for step in (0, 3)
    ]
    return Shape(
        name="ladder", nodes=tuple(Node(name=f"t{i}") for i in range(count)), edges=tuple(edges)
    )


def fan(count: int) -> Shape:
    names = [f"shard_{i:02}" for i in range(count)]
    return shape(f"plan -> {' '.join(names)};" + ";".join(f"{name} -> merge" for name in names))


def _is_inside(one: Box, other: Box) -> bool:
    return (
        one.x > other.x
        and one.y > other.y
        and one.x + one.width < other.x + other.width
        and one.y + one.height < other.y + other.height
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_boxes_stand_inside_the_picture_and_apart(direction):
    made = layout(FRAUD, direction=direction)
    boxes = list(made.nodes.values())
    assert set(made.nodes) == {node.name for node in FRAUD.nodes}
    assert all(apart(one, other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x >= 0 and box.x + box.width <= made.width for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= made.height for box in boxes)


def test_an_edge_begins_and_ends_at_its_boxes():
    made = layout(shape("a -> b"), direction=Direction.RIGHT)
    points = made.edges["a", "b"]
    assert points[0][0] == pytest.approx(made.nodes["a"].x + made.nodes["a"].width, abs=2)
    assert points[-1][0] == pytest.approx(made.nodes["b"].x, abs=2)
    assert len(points) % 3 == 1


def test_a_long_chain_grows_downwards_and_a_short_one_to_the_right():
    long = layout(shape("a -> b; b -> c; c -> d; d -> e; e -> f; f -> g; g -> h"))
    short = layout(shape("a -> b; b -> c"))
    assert long.height > long.width
    assert short.width > short.height


def test_a_group_has_a_box_around_its_tasks():
    grouped = Shape(
        name="g",
        nodes=(Node(name="a", group="prep"), Node(name="b", group="prep"), Node(name="c")),
        edges=(Edge(tail="a", head="b"), Edge(tail="b", head="c")),
    )
    made = layout(grouped)
    around, inside = made.clusters["prep"], made.nodes["b"]
    assert around.x < inside.x
    assert around.x + around.width > inside.x + inside.width
    assert apart(around, made.nodes["c"])


def test_a_groups_name_has_room_above_its_tasks():
    grouped = Shape(name="g", nodes=(Node(name="a", group="prep"),), edges=())
    for direction in (Direction.RIGHT, Direction.DOWN):
        made = layout(grouped, direction=direction)
        assert made.nodes["a"].y - made.clusters["prep"].y >= 22


def test_a_wide_rank_is_a_frame_of_tiles_with_one_arrow_in_and_one_out():
    wide = fan(60)
    made = layout(wide)
    (frame,) = made.frames
    tiles = [made.nodes[f"shard_{i:02}"] for i in range(60)]
    assert all(apart(one, other) for one, other in itertools.combinations(tiles, 2))
    assert all(_is_inside(tile, frame.box) for tile in tiles)
    assert all(apart(made.nodes[name], frame.box) for name in ("plan", "merge"))
    assert set(made.edges) == {("plan", "shard_00"), ("shard_00", "merge")}
    assert made.scale(CELL) > 0.95


def test_chains_side_by_side_keep_their_arrows():
    made = layout(shape("; ".join(f"s -> a{i}; a{i} -> b{i}; b{i} -> e" for i in range(12))))
    assert len(made.frames) == 1
    inner = [pair for pair in made.edges if pair[0][0] == "a"]
    assert inner == [(f"a{i}", f"b{i}") for i in range(12)]
    start, *_, end = made.edges["a3", "b3"]
    assert start[0] == made.nodes["a3"].x + made.nodes["a3"].width
    assert end[0] == made.nodes["b3"].x


def test_names_never_reach_graphviz():
    hostile = Shape(
        name="<h>",
        nodes=tuple(Node(name=name, group=name) for name in HOSTILE),
        edges=tuple(Edge(tail=a, head=b) for a, b in itertools.pairwise(HOSTILE)),
    )
    source = layout_source(hostile)
    assert not any(name in source for name in HOSTILE if name not in ("n0", " "))
    made = layout(hostile)
    assert set(made.nodes) == set(made.clusters) == set(HOSTILE)


def test_the_order_of_equal_graphs_is_equal():
    assert layout(FRAUD) == layout(FRAUD)


@pytest.mark.parametrize("direction", Direction)
def test_the_tasks_of_a_group_stand_in_the_order_of_their_names(direction):
    names = [f"score_{number}" for number in range(8)]
    plain = shape(f"a -> {' '.join(names)} z; " + "; ".join(f"{name} -> y" for name in names))
    nodes = [replace(n, group="score") if n.name in names else n for n in plain.nodes]
    at = layout(replace(plain, nodes=tuple(nodes)), direction=direction).nodes
    assert (
        sorted(at, key=lambda name: (at[name].x, at[name].y) if "_" in name else (0, 0))[-8:]
        == names
    )


def test_an_empty_graph_has_an_empty_layout():
    assert layout(Shape(name="none", nodes=(), edges=())).nodes == {}


def test_a_large_graph_is_laid_out_by_the_child():
    made = layout(ladder(400))
    assert len(made.nodes) == 400


def test_a_layout_that_takes_too_long_is_asked_again_with_simpler_settings():
    asked = []

    def impatient(source, patience_s):
        asked.append(source)
        if len(asked) == 1:
            raise TimeoutError
        return b"{}"

    assert patiently(impatient, layout_source(FRAUD)) == b"{}"
    assert "splines=line" in asked[1]
    assert "splines=line" not in asked[0]


def test_a_layout_that_never_ends_is_an_error_that_says_what_else_there_is():
    def endless(source, patience_s):
        raise TimeoutError

    with pytest.raises(MachineError, match="no layout") as caught:
        patiently(endless, layout_source(FRAUD))
    assert "target.status(…)" in str(caught.value.hint)


def test_a_child_that_was_killed_for_thinking_is_followed_by_another():
    child = LayoutChild()
    try:
        with pytest.raises(TimeoutError):
            child.ask(layout_source(ladder(1000)), 0.0)
        assert child.ask(layout_source(FRAUD), 30.0).startswith(b"{")
    finally:
        child.close()


def test_a_shape_is_laid_out_once():
    made = shape("once -> only")
    again = shape("once -> only")
    assert layout(made) is layout(again)
    assert layout(made, direction=Direction.DOWN) is not layout(made)


def test_a_long_chain_stands_in_lines_and_goes_on_where_the_next_begins():
    names = [f"step_{n:02}" for n in range(40)]
    made = layout(shape("; ".join(f"{a} -> {b}" for a, b in itertools.pairwise(names))))
    assert made.scale(CELL) == 1
    (frame,) = made.frames
    assert frame.title == "step · 40 tasks one after another"
    rows = [list(row) for _, row in itertools.groupby(names, key=lambda name: made.nodes[name].y)]
    assert [name for row in rows for name in row] == names
    assert all(len(row) == len(rows[0]) for row in rows[:-1])
    assert all(
        made.nodes[a].x < made.nodes[b].x for row in rows for a, b in itertools.pairwise(row)
    )
    assert set(made.edges) == set(itertools.pairwise(names))
    (right, below), *_, (left, above) = made.edges[rows[0][-1], rows[1][0]]
    last, first = made.nodes[rows[0][-1]], made.nodes[rows[1][0]]
    assert (right, below) == (last.x + last.width / 2, last.y + last.height)
    assert (left, above) == (first.x + first.width / 2, first.y)


def test_where_a_graph_is_deep_its_chains_stand_in_lines_and_where_it_is_not_none_does():
    deep = (
        "; ".join(f"s{n:02} -> s{n + 1:02}" for n in range(24)) + "; s06 -> a; s12 -> b; b -> s18"
    )
    assert layout(shape(deep)).scale(CELL) > 0.95
    assert layout(shape("a -> b; b -> c; c -> d; d -> e; d -> f")).frames == ()


def test_what_hangs_together_by_nothing_stands_below_each_other():
    made = layout(shape("a -> b; b -> c; " + "; ".join(f"x{n} -> y{n}" for n in range(3))))
    assert made.scale(CELL) == 1
    assert len({made.nodes[name].y for name in ("a", "x0", "x1", "x2")}) == 4


@pytest.mark.parametrize("text", ["a -> b", "a -> b c d e f g h i", "a"])
def test_a_finalizer_stands_apart_in_a_frame_that_says_when_it_runs(text):
    made = layout(shape(text, finalizer="tidy"))
    (frame,) = [each for each in made.frames if not each.labels]
    assert frame.title == "at the end of every attempt"
    assert _is_inside(made.nodes["tidy"], frame.box)
    assert all(apart(box, frame.box) for name, box in made.nodes.items() if name != "tidy")
    assert frame.box.x + frame.box.width <= made.width
    assert frame.box.y + frame.box.height <= made.height
    assert not [pair for pair in made.edges if "tidy" in pair]
