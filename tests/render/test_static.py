"""What stays in a saved notebook: an image that needs nothing, a line, a table."""

from __future__ import annotations

import base64
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.static import ROWS, STATIC_CLASS, static_bundle, static_html
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


def test_an_empty_graph_says_so_and_is_hidden_beside_a_live_view_as_others_are():
    html = static_html(Shape(name="empty", nodes=(), edges=()))
    assert "no tasks" in html
    assert f'class="{STATIC_CLASS}"' in html


def test_what_shows_no_html_shows_the_same_as_text():
    bundle = static_bundle(FRAUD, FRAUD_FAILED, now=NOON)
    assert bundle["text/html"] == static_html(FRAUD, FRAUD_FAILED, now=NOON)
    first, *tasks, last = bundle["text/plain"].splitlines()
    assert first.startswith("daily_training: Running 5/11")
    assert [line.split()[1] for line in tasks] == [node.name for node in FRAUD.nodes]
    assert "2026-11-23 12:00:00 UTC" in last


def test_a_picture_that_is_read_another_day_dates_what_it_shows():
    text = read(static_html(FRAUD, FRAUD_FAILED, now=NOON)).text
    assert "as of 2026-11-23 12:00:00 UTC" in text  # it was going on
    assert "2026-11-23 12:00:00" in text.partition("Detail")[2]
    over = run(shape("a"), a="succeeded")
    assert "as of" not in read(static_html(shape("a"), over, now=NOON)).text


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


def test_of_a_failure_the_table_shows_what_it_says_and_no_traceback():
    raised = 'Traceback (most recent call last):\n  File "Cell [2] a", line 3, in a\nKeyError: 7'
    failed = run(shape("a"), a="failed")
    told = replace(failed.tasks["a"], error_message=f"Python Interpreter Error:\n{raised}")
    html = static_html(shape("a"), replace(failed, tasks={"a": told}), now=NOON)
    assert "KeyError: 7" in html
    assert "Traceback" not in html
