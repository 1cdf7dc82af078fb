"""What tasks showed stays in the saved notebook: the last of it, and nothing of it acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.render import shown_static
from sfdag_magics.render.shown_static import last_shown
from sfdag_magics.render.static import static_bundle, static_html
from tests.render.builders import HOSTILE, NOON, run, shape
from tests.render.test_static import ALLOWED, read
from tests.render.things import Thing

CHAIN = shape("a -> b")
DONE = run(CHAIN, a="succeeded", b="succeeded")
SHOWING = replace(DONE, tasks={n: replace(t, shown=1) for n, t in DONE.tasks.items()})
PNG = b"\x89PNG"


def kept(*things):
    return last_shown(SHOWING, {"a": things, "b": ()}.__getitem__)


def test_a_picture_is_an_image_and_a_table_a_table_with_what_is_not_there():
    rows = tuple((str(number),) for number in range(22))
    table = Thing("scores", "table", columns=(("f1", True),), rows=rows, cut="the first 22 rows")
    shown = kept(Thing("roc", "picture", mime="image/png", data=PNG), table)
    html = static_html(CHAIN, SHOWING, now=NOON, shown=shown)
    page = read(html)
    assert page.sources[1:] == ["data:image/png;base64,iVBORw=="]
    assert "roc picture of a" in page.text
    assert "scores table of a · the first 22 rows" in page.text
    assert page.tags.count("tr") == 3 + 1 + shown_static.MOST_LINES
    assert "and 2 rows more" in page.text
    text = static_bundle(CHAIN, SHOWING, now=NOON, shown=shown)["text/plain"]
    assert text.splitlines()[-2:] == [
        "shown: roc, picture of a",
        "shown: scores, table of a · the first 22 rows",
    ]


def test_only_the_last_are_kept_in_their_order_and_of_few_bytes():
    many = [Thing(f"t{number}", "text", text="x") for number in range(9)]
    assert [thing.name for _, thing in kept(*many)] == [f"t{number}" for number in range(3, 9)]
    large = [Thing(f"p{number}", "picture", size=400_000) for number in range(4)]
    assert [thing.name for _, thing in kept(*large)] == ["p2", "p3"]


def test_only_tasks_that_showed_something_are_asked():
    asked = []
    last_shown(replace(SHOWING, tasks={**SHOWING.tasks, "b": DONE.tasks["b"]}), lambda name: (
        asked.append(name) or ()
    ))  # fmt: skip
    assert asked == ["a"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_shown_becomes_markup(text):
    things = (
        Thing(text, "text", text=text, cut=text),
        Thing(text, "table", columns=((text, False),), rows=((text,),)),
        Thing(text, "picture", mime=text, data=b"x"),
        Thing(text, "html", text=text),
    )
    page = read(static_html(CHAIN, SHOWING, now=NOON, shown=kept(*things)))
    assert set(page.tags) <= ALLOWED | {"br"}
