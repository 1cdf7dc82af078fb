"""What would be too small has boxes of one line; long graphs stand in lines below each other."""

from __future__ import annotations

import itertools

import pytest

from sfdag_magics.render.layout import READABLE, layout
from sfdag_magics.render.placed import CELL, NARROW, Direction, Layout
from sfdag_magics.render.placing.curves import bent, height_at, part, straight
from sfdag_magics.render.placing.lines import in_lines
from sfdag_magics.render.svg import svg
from tests.render.builders import NOON, ranks, run, scattered, shape

LADDER = ranks(20, 2)
BEND = ((0.0, 0.0), (30.0, 0.0), (60.0, 90.0), (90.0, 90.0))


@pytest.mark.parametrize(
    "many", [LADDER, ranks(5, 8), ranks(8, 5), scattered(40)], ids=lambda many: many.name
)
def test_forty_tasks_are_read_in_a_notebook_cell(many):
    assert layout(many).scale(CELL) >= READABLE


def test_lines_go_on_below_each_other_in_the_order_of_the_ranks():
    made = layout(LADDER)
    assert made.scale(CELL) == 1
    boxes = [made.nodes[f"refresh_{rank}_0"] for rank in range(20)]
    rows = [list(row) for _, row in itertools.groupby(boxes, key=lambda box: box.y)]
    assert len(rows) == len({box.y for box in boxes}) == 4
    assert {tuple(box.x for box in row) for row in rows} == {tuple(box.x for box in rows[0])}


@pytest.mark.parametrize("many", [LADDER, ranks(9, 3), ranks(12, 5)], ids=lambda many: many.name)
def test_an_arrow_to_the_next_line_leads_from_its_task_to_its_task_and_over_no_other(many):
    made = in_lines(layout(many, direction=Direction.RIGHT), CELL.width)
    assert made is not None
    turned = [pair for pair, curve in made.edges.items() if curve[-1][0] < curve[0][0]]
    assert turned
    for tail, head in turned:
        (right, below), *_, (left, above) = made.edges[tail, head]
        begin, end = made.nodes[tail], made.nodes[head]
        assert (right, below) == pytest.approx(
            (begin.x + begin.width, begin.y + begin.height / 2), abs=0.2
        )
        assert (left, above) == pytest.approx((end.x, end.y + end.height / 2), abs=0.2)
    assert crossed(made) == set()


def crossed(made: Layout) -> set[str]:
    """Tasks that an arrow passes over which is none of theirs."""
    return {
        task
        for pair, curve in made.edges.items()
        for x, y in curve[::3]
        for task, box in made.nodes.items()
        if task not in pair and box.x < x < box.x + box.width and box.y < y < box.y + box.height
    }


def test_an_arrow_over_several_lines_is_one_curve():
    steps = "; ".join(f"a{n} -> a{n + 1} b{n + 1}; b{n} -> a{n + 1}" for n in range(14))
    made = layout(shape(f"{steps}; a0 -> a14"), direction=Direction.RIGHT)
    lined = in_lines(made, CELL.width)
    assert lined is not None
    curve = lined.edges["a0", "a14"]
    assert len(curve) % 3 == 1
    assert curve[0][1] < lined.nodes["a7"].y < curve[-1][1]
    assert lined.width <= CELL.width
    assert set(lined.edges) == set(made.edges)


def test_what_has_no_ranks_to_cut_between_is_not_cut():
    made = layout(shape("a -> b; b -> c; c -> a"), direction=Direction.RIGHT)
    assert in_lines(made, 300) is None
    assert in_lines(layout(shape("a -> b"), direction=Direction.RIGHT), 300) is None


def test_boxes_are_small_only_where_that_is_needed_and_allowed():
    assert layout(shape("a -> b; b -> c")).small == ()
    assert set(layout(LADDER).small) == {node.name for node in LADDER.nodes}
    assert layout(LADDER, may_be_small=False).small == ()
    assert layout(LADDER, direction=Direction.DOWN).small == ()


def test_in_a_narrow_room_a_graph_stands_upright():
    three = shape("a -> b; b -> c")
    assert layout(three).scale(NARROW) < READABLE
    assert layout(three, room=NARROW).scale(NARROW) == 1


def test_a_small_box_says_its_name_before_its_duration():
    long = "refresh_customers"
    drawn = svg(LADDER, layout(LADDER), run(LADDER), now=NOON)
    assert ">refresh_19_1<" in drawn
    assert 'y="18" text-anchor="end"></text>' in drawn
    assert long not in drawn


def test_a_part_of_a_curve_is_the_curve_between():
    assert height_at(BEND, 45) == pytest.approx(45, abs=0.01)
    assert part(BEND, 100, 200) == ()
    left, right = part(BEND, -10, 45), part(BEND, 45, 100)
    assert left[0] == pytest.approx(BEND[0], abs=0.01)
    assert right[-1] == BEND[-1]
    assert left[-1] == right[0] == pytest.approx((45, 45), abs=0.01)


def test_a_bend_is_round_and_stays_within_its_corners():
    corners = [(0.0, 0.0), (40.0, 0.0), (40.0, 6.0), (0.0, 6.0)]
    made = bent(corners)
    assert (made[0], made[-1]) == ((0, 0), (0, 6))
    assert len(made) % 3 == 1
    assert all(0 <= x <= 40 and 0 <= y <= 6 for x, y in made)
    assert corners[1] not in made[::3]
    assert straight(*corners)[::3] == tuple(corners)
