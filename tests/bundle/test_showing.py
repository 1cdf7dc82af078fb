"""What is kept of a thing that a task shows: which form of it, how much, and what is said of it."""

from __future__ import annotations

import base64
import json

import pandas as pd
import pytest

from sfdag_magics.bundle.shipped import showing
from sfdag_magics.bundle.shipped.showing import item_of

PNG = b"\x89PNG\r\n\x1a\nx"


class Figure:
    """As matplotlib's figures are asked: drawn with dots, each a byte."""

    def __init__(self, wide, high, dpi=100.0, bytes_per_dot=0.01):
        self.inches, self.dpi, self.asked = (wide, high), dpi, []
        self.bytes_per_dot = bytes_per_dot

    def get_size_inches(self):
        return self.inches

    def savefig(self, file, *, dpi, **_):
        self.asked.append(dpi)
        dots = self.inches[0] * self.inches[1] * dpi * dpi
        file.write(PNG + b"x" * int(dots * self.bytes_per_dot))


class Axes:
    def __init__(self, figure):
        self.figure = figure


class Drawing:
    def __init__(self, **forms):
        for name, form in forms.items():
            setattr(self, f"_repr_{name}_", lambda form=form: form)

    def __repr__(self):
        return "a drawing"


def kept(item):
    """The kind with the form, and what was cut."""
    return item["kind"], item.get("mime") or item.get("text"), item["cut"]


FORMS = [
    ("hello", ("text", "hello", "")),
    (PNG, ("picture", "image/png", "")),
    (b"\xff\xd8\xff\xe0", ("picture", "image/jpeg", "")),
    (b"GIF89a", ("picture", "image/gif", "")),
    ({"image/png": PNG, "text/plain": "no"}, ("picture", "image/png", "")),
    ({"image/png": base64.b64encode(PNG).decode()}, ("picture", "image/png", "")),
    ({"image/svg+xml": "<svg/>", "text/html": "no"}, ("picture", "image/svg+xml", "")),
    ({"text/html": "<b>x</b>", "text/plain": "x"}, ("html", "<b>x</b>", "")),
    ({"text/markdown": "# x", "text/plain": "x"}, ("text", "# x", "")),
    (Drawing(mimebundle=({"text/html": "<i>"}, {})), ("html", "<i>", "")),
    (Drawing(png=PNG), ("picture", "image/png", "")),
    (Drawing(png=None, html="<u>"), ("html", "<u>", "")),
    (Drawing(), ("text", "a drawing", "")),
    (Figure(6, 4), ("picture", "image/png", "")),
    (Axes(Figure(6, 4)), ("picture", "image/png", "")),
    ({"a": 1}, ("text", "{'a': 1}", "")),
]


@pytest.mark.parametrize(("thing", "expected"), FORMS)
def test_the_best_form_of_a_thing_is_kept(thing, expected):
    assert kept(item_of(thing)) == expected


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (PNG + b"x" * 100_000_000, "a picture of 100.0 MB; at most 1.0 MB are kept"),
        ({"text/html": "x" * 2_000_000}, "HTML of 2.0 MB; at most 1.0 MB are kept"),
        (b"PK\x03\x04", "4 bytes that are no PNG, JPEG or GIF"),
        ({"application/pdf": b"x"}, "a bundle of application/pdf"),
        (Figure(50, 50, bytes_per_dot=9), "a figure of 50 by 50 inches"),
    ],
)
def test_what_is_too_large_or_unknown_is_named_and_not_kept(thing, said):
    item = item_of(thing)
    assert kept(item) == ("text", "", f"{said}, of which nothing is kept")
    assert len(json.dumps(item)) < 1000


def test_a_large_figure_is_drawn_smaller_and_never_first_at_its_size():
    figure = Figure(40, 40)
    assert item_of(figure)["cut"] == "drawn smaller, at 50 instead of 100 dots per inch"
    assert figure.asked == [50.0]
    billboard = Figure(400, 400)  # 1.6 gigadots at its own size, and at 5 per inch unreadable
    assert item_of(billboard)["cut"].startswith("a figure of 400 by 400 inches")
    assert billboard.asked == []


def test_a_figure_that_is_much_in_few_dots_is_drawn_again_with_fewer():
    figure = Figure(10, 10, bytes_per_dot=3)
    item = item_of(figure)
    assert figure.asked == [100.0, 50.0]
    assert item["cut"] == "drawn smaller, at 50 instead of 100 dots per inch"


def test_a_long_text_is_cut_between_characters():
    item = item_of("ä" * 600_000)
    assert item["text"] == "ä" * 500_000
    assert item["cut"] == "the first 500,000 of 600,000 characters"


def test_a_table_keeps_its_first_rows_and_columns_and_says_what_is_cut():
    item = item_of(pd.DataFrame({f"c{n}": range(1000) for n in range(60)}))
    assert (len(item["rows"]), len(item["columns"]), item["total"]) == (200, 50, 1000)
    assert item["cut"] == "the first 200 of 1,000 rows, the first 50 of 60 columns"


def test_a_table_is_texts_with_its_index_where_that_says_more_than_a_number():
    frame = pd.DataFrame(
        {"f1": [0.7142857142, None], "name": ["a", "x" * 300]},
        index=pd.Index(["this", "that"], name="run"),
    )
    item = item_of(frame)
    assert item["columns"] == [["run", False], ["f1", True], ["name", False]]
    assert item["rows"][0] == ["this", "0.714286", "a"]
    assert item["rows"][1] == ["that", "nan", "x" * 199 + "…"]
    assert item_of(pd.Series([1, 2], name="n"))["columns"] == [["n", True]]


def test_of_a_table_far_away_only_the_first_rows_are_asked_for():
    class Far:
        asked = None

        def limit(self, count):
            self.asked = count
            return self

        def to_pandas(self):
            return pd.DataFrame({"A": range(self.asked)})

    class Few(Far):
        def limit(self, count):
            return super().limit(3)

    item = item_of(Far())
    assert len(item["rows"]) == showing.MOST_ROWS
    assert (item["total"], item["cut"]) == (None, "the first 200 rows")
    assert item_of(Few())["cut"] == ""


def test_names_that_look_alike_are_files_of_their_own():
    names = ["a b", "a-b", "A B", "ä", "ö", "x" * 80, "x" * 79, "../../etc", "<script>"]
    files = [showing.file_of(name) for name in names]
    assert len(set(files)) == len(names)
    assert all(set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for file in files)
