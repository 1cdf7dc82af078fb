"""Our own SVG: names stay text, labels stay in their boxes, states are told without colour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.layout import layout
from sfdag_magics.render.palette import DARK, LIGHT, LOOKS
from sfdag_magics.render.shape import Edge, Node, Shape
from sfdag_magics.render.svg import LETTER, elided, escaped, svg
from tests.render.builders import FRAUD, FRAUD_FAILED, HOSTILE, NOON, run, shape

ALLOWED = {"svg", "style", "defs", "marker", "path", "rect", "g", "title", "text"}


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own text, that is the point


def names_of(tree: ElementTree.Element) -> set[str]:
    return {element.tag.split("}")[1] for element in tree.iter()}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup(name):
    hostile = Shape(
        name=name,
        nodes=(Node(name=name, group=name), Node(name="b")),
        edges=(Edge(tail=name, head="b"),),
    )
    tree = parsed(svg(hostile, layout(hostile), run(hostile), now=NOON))
    assert names_of(tree) <= ALLOWED
    attributes = {key for element in tree.iter() for key in element.attrib}
    assert not {key for key in attributes if key.startswith("on") or "href" in key}
    shown = [element.get("data-task") for element in tree.iter() if element.get("data-task")]
    assert len(shown) == 2


def test_a_name_can_be_read_back_from_its_box():
    tree = parsed(svg(FRAUD, layout(FRAUD), FRAUD_FAILED, now=NOON))
    shown = {e.get("data-task"): e.get("class") for e in tree.iter() if e.get("data-task")}
    assert shown["train_model"] == "failed"
    assert set(shown) == {node.name for node in FRAUD.nodes}


def test_a_label_says_name_state_and_duration():
    tree = parsed(svg(FRAUD, layout(FRAUD), FRAUD_FAILED, now=NOON))
    labels = [element.get("aria-label") for element in tree.iter() if element.get("data-task")]
    assert "train_model, failed · 7.4 s" in labels


def test_states_differ_without_colour():
    told = {(look.glyph, look.dash, look.border, look.double) for look in LOOKS.values()}
    assert len(told) == len(LOOKS) == len(DisplayState)


def test_no_text_is_smaller_than_eleven_pixels():
    sizes = re.findall(r"font-size:(\d+)px", svg(FRAUD, layout(FRAUD), now=NOON))
    assert min(int(size) for size in sizes) >= 11


def test_a_picture_follows_the_reader_unless_told_otherwise():
    made = layout(FRAUD)
    assert "prefers-color-scheme:dark" in svg(FRAUD, made, now=NOON)
    assert DARK.background not in svg(FRAUD, made, now=NOON, surface=LIGHT)


def test_a_long_name_is_elided_and_kept_in_full_in_its_title():
    name = "extremely_" * 12
    long = shape(f"{name} -> b")
    picture = svg(long, layout(long), now=NOON)
    assert f"<title>{name}" in picture
    assert "…</text>" in picture


def test_a_title_of_a_frame_is_whole_where_less_of_it_says_enough():
    graph = replace(shape("a"), nodes=(Node(name="a", group="preparing of data"),))
    picture = svg(graph, layout(graph), run(graph, a="succeeded"), now=NOON)
    assert "<title>preparing of data · succeeded · 7.4 s</title>" in picture
    assert re.search(r'class="label"[^>]*>preparing of data</text>', picture)


def test_a_note_is_whole_beside_the_mark_of_its_kind():
    long = timedelta(milliseconds=999)
    graph = shape("a", finalizer="z")
    done = run(graph, a="succeeded", z="succeeded")
    ended = {name: replace(t, completed=t.started + long) for name, t in done.tasks.items()}
    picture = svg(graph, layout(graph), replace(done, tasks=ended), now=NOON)
    assert picture.count(">succeeded · 999 ms</text>") == 2
    assert ">finally</text>" in picture


@pytest.mark.parametrize(
    "text", ["abc", "w" * 400, "漢" * 90, "a\nb\tc", "", "a." * 60, "-" + "a." * 60]
)
def test_an_elided_text_fits_its_width(text):
    fitting = elided(text, width=120, size=11)
    assert not fitting.endswith((".…", ",…"))
    width = sum(1 if ord(char) < 0x1100 else 2 for char in fitting.rstrip("…"))
    assert width * 11 * LETTER <= 120
    assert "\n" not in fitting


def test_what_xml_cannot_hold_is_replaced_and_not_dropped_silently():
    assert escaped("a\x00b") == "a\N{REPLACEMENT CHARACTER}b"
    assert escaped("<&\">'") == "&lt;&amp;&quot;&gt;&#39;"
