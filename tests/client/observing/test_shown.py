"""What a task shows and tells, read as what a stranger may have written."""

import base64
import json
from datetime import UTC, datetime

import pytest

from sfdag_magics.client.observing.shown import (
    MOST_FILE_BYTES,
    Progress,
    Shown,
    ShownKind,
    progress_from,
    shown_from,
)

PNG = b"\x89PNG\r\n\x1a\nx"
PICTURE = {"name": "roc", "kind": "picture", "mime": "image/png"}
TABLE = {"name": "t", "kind": "table", "columns": [["a", True]], "rows": [["1"]], "total": 9}


def read(told):
    found = shown_from(json.dumps(told).encode(), 2)
    return found and found[1]


def test_a_picture_is_its_bytes_with_when_and_by_which_attempt():
    told = PICTURE | {
        "data": base64.b64encode(PNG).decode(),
        "made": "2026-11-29T22:17:45.5+00:00",
        "cut": "drawn smaller",
    }
    shown = read(told)
    assert (shown.kind, shown.mime, shown.data, shown.size) == ("picture", "image/png", PNG, 9)
    assert shown.made == datetime(2026, 11, 29, 22, 17, 45, 500000, tzinfo=UTC)
    assert (shown.attempt, shown.cut) == (2, "drawn smaller")
    assert shown._repr_mimebundle_()["image/png"] == PNG


FOREIGN = [
    [],
    "roc",
    {"kind": "picture"},
    {"name": 1, "kind": "text", "text": "x"},
    {"name": "x", "kind": "script", "text": "x"},
    {"name": "x", "kind": ["text"], "text": "x"},
    PICTURE | {"mime": "text/html", "data": "eA=="},
    PICTURE | {"mime": ["image/png"], "data": "eA=="},
    PICTURE | {"data": "no base64 <script>"},
    PICTURE | {"data": 7},
    PICTURE | {"mime": "image/svg+xml", "data": base64.b64encode(b"\xff\xfe").decode()},
    TABLE | {"columns": "ab"},
    TABLE | {"columns": [["a", True, 1]]},
    TABLE | {"rows": [["1", "2"]]},
    TABLE | {"rows": 3},
]


@pytest.mark.parametrize("told", FOREIGN)
def test_what_is_not_of_the_known_shape_is_nothing(told):
    assert read(told) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b" " * MOST_FILE_BYTES + b" {}"]
)
def test_what_is_no_json_or_too_much_is_nothing(content):
    assert shown_from(content, 1) is None
    assert progress_from(content) is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"total": 9}, 9),
        ({"total": True}, None),
        ({"total": "all"}, None),
    ],
)
def test_rows_of_a_table_are_texts_and_its_total_is_a_number_or_not_known(more, expected):
    shown = read(TABLE | more | {"rows": [[None]]})
    assert (shown.rows, shown.total) == ((("None",),), expected)


PROGRESS = [
    ({"done": 148, "of": 200, "text": "auc"}, Progress(done=148, of=200, text="auc"), 0.74),
    ({"done": 3}, Progress(done=3), None),
    ({"done": 5, "of": 4}, Progress(done=5, of=4), 1.0),
    ({"done": -1, "of": 4}, Progress(done=-1, of=4), 0.0),
    ({"done": 1, "of": 0}, Progress(done=1, of=0), None),
    ({"done": 1, "of": float("inf"), "text": 7}, Progress(done=1), None),
]


@pytest.mark.parametrize(("told", "expected", "share"), PROGRESS)
def test_progress_is_what_was_said_last(told, expected, share):
    found = progress_from(json.dumps(told).encode())
    assert (found, found.share) == (expected, share)


@pytest.mark.parametrize("told", [{}, {"done": "1"}, {"done": True}, {"done": float("nan")}, [1]])
def test_progress_without_a_number_is_nothing(told):
    assert progress_from(json.dumps(told).encode()) is None


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Shown(name="roc", kind=ShownKind.PICTURE, size=18_240), "roc  picture · 18.2 kB"),
        (
            Shown(
                name="scores",
                kind=ShownKind.TABLE,
                size=3,
                total=2,
                columns=(("metric", False), ("f1", True)),
                rows=(("accuracy", "0.98"), ("x", "0")),
                cut="the first 2 of 3 rows",
            ),
            "scores  table of 2 rows · 3 bytes · kept: the first 2 of 3 rows\n"
            "  metric    f1\n  accuracy  0.98\n  x         0",
        ),
        (
            Shown(name="said", kind=ShownKind.TEXT, size=3, text="a\nb"),
            "said  text · 3 bytes\n  a\n  b",
        ),
        (
            Shown(name="page", kind=ShownKind.HTML, size=3, text="<script>"),
            "page  html · 3 bytes",
        ),
    ],
)
def test_a_terminal_is_shown_what_it_can_of_it(shown, text):
    assert shown.as_text() == text
    assert "text/html" not in shown._repr_mimebundle_()
