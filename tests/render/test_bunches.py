"""What is drawn as one block of tiles: only what stands in the same place of the graph."""

from __future__ import annotations

import pytest

from sfdag_magics.render.bunches import bunches_of
from sfdag_magics.render.shape import Node, Shape
from tests.render.builders import FRAUD, shape, with_finalizer


def names(count, prefix="load_"):
    return [f"{prefix}{number:02}" for number in range(count)]


def fan(count, prefix="load_"):
    found = names(count, prefix)
    return f"start -> {' '.join(found)};" + ";".join(f"{name} -> end" for name in found)


def times(count, text):
    return ";".join(text.format(n=f"{number:02}") for number in range(count))


@pytest.mark.parametrize(
    ("graph", "bunched"),
    [
        (fan(8), []),
        (fan(9), [9]),
        (fan(9) + ";load_03 -> other", []),
        (fan(10) + ";load_03 -> other", [9]),
        (times(9, "a -> b{n}; b{n} -> c{n}; c{n} -> d"), [18]),
        (times(9, "a -> b{n}; b{n} -> c{n}"), [18]),
        (times(9, "a ?> b{n}"), [9]),
        (times(9, "b{n}"), [9]),
        (times(9, "c{n} -> d{n}; d{n} -> e{n}; e{n} -> f{n}; f{n} -> g{n}; g{n} -> h{n}"), []),
        # Many small ones are worth it only where the graph is large.
        (times(14, "r -> p{n}; p{n} -> x{n} y{n} z{n}"), []),
        (times(15, "r -> p{n}; p{n} -> x{n} y{n} z{n}"), [3] * 15),
    ],
)
def test_what_is_bunched(graph, bunched):
    assert [len(bunch.tasks) for bunch in bunches_of(shape(graph))] == bunched


def test_a_finalizer_is_never_in_a_bunch_and_does_not_part_one():
    made = with_finalizer(shape(f"start -> {' '.join(names(9))}"), "tidy")
    (bunch,) = bunches_of(made)
    assert "tidy" not in bunch.tasks
    assert len(bunch.tasks) == 9


def test_tasks_of_different_groups_are_not_bunched():
    nodes = tuple(
        Node(name=name, group="left" if number < 9 else "right" if number < 12 else None)
        for number, name in enumerate(names(14))
    )
    (bunch,) = bunches_of(Shape(name="g", nodes=nodes, edges=()))
    assert list(bunch.tasks) == names(9)


@pytest.mark.parametrize(
    ("prefix", "label", "title"),
    [
        ("load_", "03", "load · 9 tasks side by side"),
        ("load_part_", "03", "load_part · 9 tasks side by side"),
        ("load", "load03", "9 tasks side by side"),
    ],
)
def test_a_tile_says_what_the_others_do_not(prefix, label, title):
    (bunch,) = bunches_of(shape(fan(9, prefix)))
    assert bunch.labels[f"{prefix}03"] == label
    assert bunch.title == title


def test_a_small_graph_is_drawn_as_it_was():
    assert bunches_of(FRAUD) == ()
