"""What a task returns against what the task below takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.graph.model import TaskGraph, python_task, task_function
from sfdag_magics.graph.values.returns import is_readable


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


def pair(*, unloaded=None):
    for name, text in (("up", "def up() -> dict: ..."), ("down", "def down(up: int): ...")):
        task = python_task(task_function(text, cell="Cell [1]"))
        yield replace(task, source=None) if name == unloaded else task


@pytest.mark.parametrize("unloaded", ["up", "down"])
def test_the_pair_is_named_before_anything_is_sent(unloaded):
    (problem,) = TaskGraph("g", tasks=pair(unloaded=unloaded)).validate()
    assert str(problem).splitlines() == [
        "down: takes up as int, and up says that it returns dict",
        "    annotate both alike: def down(up: dict)",
    ]


def test_of_two_whose_code_is_here_the_text_says_nothing():
    assert TaskGraph("g", tasks=pair()).validate() == ()
