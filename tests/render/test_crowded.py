"""Pictures of graphs of hundreds: few elements, the same names, states and places."""

from __future__ import annotations

import base64
import itertools
import re
from xml.etree import ElementTree

import pytest

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.crowded import CROWDED, crowded_svg, shifted_path
from sfdag_magics.render.layout import layout
from sfdag_magics.render.palette import LOOKS
from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.static import static_html
from sfdag_magics.render.svg import svg
from tests.render.builders import HOSTILE, NOON, run, scattered, shape

SVG = "{http://www.w3.org/2000/svg}"
MANY = scattered(240)
STATES = itertools.cycle(DisplayState)
RUN = run(MANY, **dict(zip((node.name for node in MANY.nodes), STATES, strict=False)))


def drawn(made=MANY, seen=RUN):
    return ElementTree.fromstring(  # noqa: S314 - our own text
        crowded_svg(made, layout(made), seen, now=NOON)
    )


def test_every_task_has_its_name_and_every_state_its_paths():
    picture = drawn()
    names = [text.text for text in picture.iter(f"{SVG}text") if "name" in text.get("class")]
    tiles = layout(MANY).tiles
    assert sorted(names) == sorted(tiles.get(node.name, node.name) for node in MANY.nodes)
    kinds = {
        group.get("class"): [path.get("class") for path in group.iter(f"{SVG}path")]
        for group in picture.iter(f"{SVG}g")
        if group.get("class")
    }
    inner = {state: ["box"] if LOOKS[state].double else [] for state in DisplayState}
    assert kinds == {
        state.value: ["box", *inner[state], "stripe", "glyph"] for state in DisplayState
    }


def test_it_has_an_element_for_each_task_and_few_more():
    around = 60 + 4 * len(layout(MANY).frames)
    assert len(list(drawn().iter())) < len(MANY.nodes) + around
    assert len(crowded_svg(MANY, layout(MANY), RUN, now=NOON)) < len(
        svg(MANY, layout(MANY), RUN, now=NOON)
    )


def test_each_box_and_each_arrow_stands_where_it_was_laid_out():
    made = layout(MANY)
    picture = drawn()
    boxes = "".join(p.get("d") for p in picture.iter(f"{SVG}path") if p.get("class") == "box")
    for box in made.nodes.values():
        assert f"M{box.x:.0f},{box.y:.0f}h{box.width:.0f}v{box.height:.0f}h" in boxes
    (arrows,) = (p for p in picture.iter(f"{SVG}path") if p.get("class") == "edge after")
    assert arrows.get("d").count("M") == len(made.edges)
    (tips,) = (p for p in picture.iter(f"{SVG}path") if p.get("class") == "tip")
    assert tips.get("d").count("z") == len(made.edges)


@pytest.mark.parametrize(
    ("path", "moved"),
    [
        ("M3 8.6l3.3 3.2L13 4.6", "M103.0 28.6l3.3 3.2L113.0 24.6"),
        ("M8 3.2a4.8 4.8 0 1 0 0 9.6z", "M108.0 23.2a4.8 4.8 0 1 0 0 9.6z"),
        ("M2 2v3.2H9.4", "M102.0 22.0v3.2H109.4"),
    ],
)
def test_a_glyph_is_drawn_elsewhere(path, moved):
    assert shifted_path(path, 100, 20) == moved


def test_of_every_glyph_all_commands_can_be_moved():
    used = {command for look in LOOKS.values() for command in re.findall("[A-Z]", look.glyph)}
    assert used <= {"M", "L", "H"}


def test_names_that_want_to_be_markup_stay_text():
    nodes = tuple(Node(name=name, group=name) for name in HOSTILE)
    hostile = Shape(name=HOSTILE[0], nodes=nodes, edges=())
    tags = {element.tag.removeprefix(SVG) for element in drawn(hostile, None).iter()}
    assert tags <= {"svg", "style", "rect", "g", "path", "text", "title"}


@pytest.mark.parametrize(("many", "is_crowded"), [(CROWDED, False), (CROWDED + 1, True)])
def test_the_saved_picture_of_many_tasks_is_such_a_one(many, is_crowded):
    made = shape(f"a -> {' '.join(f't{n}' for n in range(many - 1))}")
    (encoded,) = re.findall('base64,([^"]+)"', static_html(made, run(made), now=NOON))
    assert (b"data-task" not in base64.b64decode(encoded)) is is_crowded
