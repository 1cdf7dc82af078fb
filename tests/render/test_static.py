"""What stays in a saved notebook: an image that needs nothing, a line, a table."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.snapshot import FailedBefore
from sfdag_magics.render.palette import BY_HAND
from sfdag_magics.render.run_static import MOST_FAILURES, MOST_KEYS, ROWS
from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.static import STATIC_CLASS, static_bundle, static_html
from tests.render.builders import FRAUD, FRAUD_FAILED, HOSTILE, NOON, run, shape
from tests.render.code_host import on_a_code_host

ALLOWED = {
    *("div", "img", "p", "b", "br", "small", "code"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


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
    assert "✕ failed–7.4 s" in page.text
    assert page.text.count("3 columns are missing") == 2  # of the run, and in its row


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
    assert first.startswith("daily_training: Running 4/11")
    assert [line.split()[1] for line in tasks] == [node.name for node in FRAUD.nodes]
    assert "2026-11-23 12:00:00 UTC" in last


def test_what_a_person_said_of_a_task_is_told_as_theirs():
    made = shape("a -> b; b -> c")
    how = {"b": ByHand.DONE, "c": ByHand.SKIPPED}
    said = Lineage(kind=LineageKind.RETRY, of="g", runs=(), by_hand=how, who="ana", because="sent")
    seen = replace(run(made, a="reused", b="reused", c="skipped"), lineage=said)
    bundle = static_bundle(made, seen, now=NOON)
    page = read(bundle["text/html"])
    for words in ("✓ reused", "✓ done by hand", "done by ana: sent", "skipped by hand"):
        assert words in page.text
    assert "b  done by hand" in bundle["text/plain"]
    assert drawing(bundle["text/html"]).count(BY_HAND) == 2


def test_a_picture_that_is_read_another_day_dates_what_it_shows():
    text = read(static_html(FRAUD, FRAUD_FAILED, now=NOON)).text
    assert "as of 2026-11-23 12:00:00 UTC" in text  # it was going on
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
    assert "✕ <b>a</b> failed: <code>KeyError: 7</code> · Cell [2], line 3" in html
    assert "Traceback" not in html


def test_a_failure_says_how_many_did_not_run_because_of_it():
    states = dict.fromkeys("abcde", "failed") | {"f": "blocked"}
    text = read(static_html(shape("a;b;c;d;e -> f"), run(shape("a;b;c;d;e -> f"), **states))).text
    assert text.count(" failed: ") == MOST_FAILURES
    assert "and 2 more failed" in text
    assert "1 task did not run because of it" in text


def test_of_a_retry_it_tells_what_had_failed_before():
    before = [FailedBefore(attempt=n, task="a", reason=f"<{n}>") for n in range(1, 6)]
    over = replace(run(shape("a"), attempt=6, a="succeeded"), failed_before=tuple(before))
    html = static_html(shape("a"), over, now=NOON)
    assert "attempt 5: ✕ <b>a</b> failed: <code>&lt;5&gt;</code></p>" in html
    assert html.count(" failed: ") == MOST_FAILURES


def test_it_says_where_it_ran_how_it_was_configured_and_how_to_go_on():
    chain = shape("a")
    over = replace(
        run(chain, a="succeeded"), config={"rows": 5, "day": "2026-06-28"}, differs={"day": ""}
    )
    html = static_html(chain, over, now=NOON, place="embedded engine")
    told = "<b><code>day=2026-06-28</code></b> <code>rows=5</code></p>"
    assert f"run 0196-gro · 2026-11-23 12:00:00 UTC · embedded engine · {told}" in html
    assert "<code>target.live(…)</code> opens the live view" in html
    assert "%sfdag" not in static_html(chain, over, now=NOON, has_verbs=False)
    many = replace(over, config=dict.fromkeys(map(str, range(MOST_KEYS + 2)), 1), differs={})
    assert "<code>7=1</code> and 2 more</p>" in static_html(chain, many, now=NOON)


def test_one_that_was_saved_before_the_end_says_as_of_when_and_where_the_end_is():
    chain = shape("a")
    html = static_html(chain, run(chain, a="running"), now=NOON + timedelta(seconds=9))
    assert "as of 2026-11-23 12:00:09 UTC" in html
    assert "its live view comes back once no cell runs" in html
    assert "<code>target.live(…)</code> opens the live view anew" in html


def test_a_row_tells_how_long_a_task_waited_ran_and_which_attempt_it_is_of():
    over = run(shape("a"), a="succeeded")
    late = NOON - timedelta(milliseconds=250)
    task = replace(over.tasks["a"], scheduled=late, attempt=2)
    text = read(static_html(shape("a"), replace(over, tasks={"a": task}), now=NOON)).text
    assert 'a✓ succeeded · attempt 2250 ms7.4 s{"rows": 120000}' in text


def test_a_viewer_that_takes_styles_away_is_told_all_of_it():
    html = static_html(FRAUD, FRAUD_FAILED, now=NOON)
    left = on_a_code_host(html)
    assert "style" not in left
    assert read(left).text == read(html).text
    assert read(left).sources == read(html).sources


def in_group(made: Shape, group: str, *, of: str) -> Shape:
    nodes = (replace(n, group=group if n.name.startswith(of) else None) for n in made.nodes)
    return replace(made, nodes=tuple(nodes))


def test_a_group_is_told_as_one():
    small = in_group(shape("a -> x_1 x_2; x_1 -> b; x_2 -> b"), "clean & <b>", of="x")
    seen = run(small, a="succeeded", x_1="succeeded", x_2="failed", b="blocked")
    bundle = static_bundle(small, seen, now=NOON)
    told = bundle["text/plain"].splitlines()[5].split()
    assert " ".join(told) == (
        "✕ clean & <b> failed · 15.4 s group of 2 tasks: 1 failed, 1 succeeded"
    )
    assert "clean &amp; &lt;b&gt; · failed · 15.4 s</text>" in drawing(bundle["text/html"])


def test_of_a_large_graph_its_groups_are_shown_as_boxes():
    names = [f"x_{number}" for number in range(60)]
    large = in_group(shape(f"first -> {' '.join(names)}; x_1 -> last"), "many", of="x")
    seen = run(large, first="succeeded", **dict.fromkeys(names, "running"))
    picture = drawing(static_html(large, seen, now=seen.started + timedelta(seconds=9)))
    assert picture.count("data-task=") == 3
    assert ">many · 60 tasks</text>" in picture
    assert "running · " in picture


def drawing(html: str) -> str:
    (source,) = read(html).sources
    return base64.b64decode(source.partition(",")[2]).decode()
