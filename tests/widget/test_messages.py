"""What a page may ask for; everything else is not a request."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.proposals import RetryCode
from sfdag_magics.widget.messages import Ask, Request, request_from_content


def test_a_request_is_read():
    content = {"id": "p1", "kind": "detail", "task": 3}
    assert request_from_content(content) == Request(id="p1", ask=Ask.DETAIL, task=3)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "run",
        {},
        {"id": "p1"},
        {"kind": "run"},
        {"id": 1, "kind": "run"},
        {"id": "p1", "kind": "drop"},
        {"id": "p1", "kind": ["run"]},
        {"id": "p1", "kind": {"run": 1}},
    ],
)
def test_anything_else_is_none(content):
    assert request_from_content(content) is None


@pytest.mark.parametrize("task", [None, "0", True, 1.5])
def test_a_task_is_told_by_its_index(task):
    read = request_from_content({"id": "p1", "kind": "detail", "task": task})
    assert read == Request(id="p1", ask=Ask.DETAIL)


@pytest.mark.parametrize(
    ("runs", "read"),
    [
        (["x"], ("x",)),
        (["x", "y", "z"], ("x", "y")),
        (["x", 1], ("x", "")),
        (None, ()),
        ("xy", ()),
        ({"0": "x"}, ()),
    ],
)
def test_runs_are_at_most_two_texts(runs, read):
    content = {"id": "p1", "kind": "compare", "runs": runs}
    assert request_from_content(content) == Request(id="p1", ask=Ask.COMPARE, runs=read)


def test_what_was_typed_is_read_by_its_key():
    content = {"id": "p1", "kind": "run", "values": [["rows", "3"], ["name", ""]]}
    assert request_from_content(content).values == {"rows": "3", "name": ""}


@pytest.mark.parametrize("kind", ["run", "form"])
@pytest.mark.parametrize(
    "values",
    [
        None,
        "rows=3",
        {"rows": "3"},
        [["rows"]],
        [["rows", "3", "4"]],
        [["rows", 3]],
        [[3, "rows"]],
        [["rows", None]],
        [["rows", "3"], ["rows", "4"]],
        [["rows", "3"], "name"],
        [["rows", "x" * 100_001]],
        [[f"k{number}", ""] for number in range(501)],
        [[["rows"], "3"]],
    ],
)
def test_a_run_of_which_a_value_cannot_be_read_is_no_request(kind, values):
    assert request_from_content({"id": "p1", "kind": kind, "values": values}) is None


@pytest.mark.parametrize("said", RetryCode)
def test_which_code_a_retry_takes_is_said_by_its_word(said):
    read = request_from_content({"id": "p1", "kind": "retry", "code": said.value})
    assert read.code is said


@pytest.mark.parametrize("said", ["newest", "", None, True, ["deployed"]])
def test_a_retry_of_another_code_is_no_request(said):
    assert request_from_content({"id": "p1", "kind": "retry", "code": said}) is None
