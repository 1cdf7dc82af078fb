"""What stays in a saved notebook: an image that needs nothing, a line, a table."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

import pytest

from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.static import ROWS, static_html
from tests.render.builders import FRAUD, FRAUD_FAILED, HOSTILE, NOON, run, shape

ALLOWED = {"div", "img", "p", "b", "table", "thead", "tbody", "tr", "th", "td"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for key, value in attrs if key == "src"]
        assert not [key for key, _ in attrs if key.startswith("on")]

    def handle_data(self, data):
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_picture_is_an_image_that_needs_no_network():
    page = read(static_html(FRAUD, FRAUD_FAILED, now=NOON))
    (source,) = page.sources
    kind, encoded = source.split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(encoded).startswith(b"<svg")


def test_the_text_says_what_the_picture_shows():
    page = read(static_html(FRAUD, FRAUD_FAILED, now=NOON))
    assert "1 failed" in page.text
    assert "✕ failed · 7.4 s" in page.text
    assert "3 columns are missing" in page.text


def test_a_graph_without_a_run_says_so():
    page = read(static_html(FRAUD))
    assert "11 tasks, no run yet" in page.text
    assert "table" not in page.tags


def test_an_empty_graph_says_so():
    assert "no tasks" in static_html(Shape(name="empty", nodes=(), edges=()))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup(name):
    hostile = Shape(name=name, nodes=(Node(name=name),), edges=())
    page = read(static_html(hostile, run(hostile, **{name: "failed"}), now=NOON))
    assert set(page.tags) <= ALLOWED


def test_of_a_large_graph_the_table_shows_what_needs_a_look():
    large = shape(";".join(f"t{i} -> t{i + 1}" for i in range(80)))
    states = {f"t{i}": "succeeded" for i in range(81)} | {"t77": "failed"}
    page = read(static_html(large, run(large, **states), now=NOON))
    assert page.tags.count("tr") == ROWS + 1
    assert "t77" in page.text
    assert f"and {81 - ROWS} more tasks" in page.text
