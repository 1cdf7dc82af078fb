"""What a task returns against what the task below takes."""

from __future__ import annotations

import pytest

from sfdag_magics.graph.model import TaskGraph, python_task, task_function
from sfdag_magics.graph.returns import is_readable


@pytest.mark.parametrize(
    ("returned", "taken"),
    [
        (None, "int"),
        ("int", None),
        ("int", "int"),
        ("int", "float"),
        ("float", "decimal.Decimal"),
        ("dict", "dict[str, int]"),
        ("Dict[str, int]", "typing.Mapping[str, int]"),
        ("tuple", "list[int]"),
        ("list[int]", "tuple[int, ...]"),
        ("set[int]", "list"),
        ("int | None", "int"),
        ("Optional[int]", "float"),
        ("'int'", "int"),
        ("Count", "int"),
        ("int", "Count"),
        ("int | str", "dict"),
        ("dict", "Any"),
        ("date", "datetime.date"),
    ],
)
def test_what_can_be_read(returned, taken):
    assert is_readable(returned, taken)


@pytest.mark.parametrize(
    ("returned", "taken"),
    [
        ("dict", "int"),
        ("str", "int"),
        ("int", "str"),
        ("float", "int"),
        ("bool", "int"),
        ("list", "dict[str, int]"),
        ("Optional[dict]", "list[int]"),
        ("datetime.datetime", "datetime.date"),
        ("decimal.Decimal", "float"),
        ("bytes", "str"),
    ],
)
def test_what_cannot(returned, taken):
    assert not is_readable(returned, taken)


def test_the_pair_is_named_before_anything_is_sent():
    graph = TaskGraph("g")
    for text in ("def up() -> dict: ...", "def down(up: int): ..."):
        graph.add(python_task(task_function(text, cell="Cell [1]")))
    (problem,) = graph.validate()
    assert str(problem).splitlines() == [
        "down: takes up as int, and up says that it returns dict",
        "    annotate both alike: def down(up: dict)",
    ]
