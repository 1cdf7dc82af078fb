"""A cell that replaces a built-in function: the bundle is made without it, and tells of it."""

from __future__ import annotations

import builtins

import pytest

from tests.bundle.notebook import Notebook


@pytest.mark.parametrize("name", ["sorted", "sum", "max", "any", "zip", "len", "isinstance"])
def test_a_built_in_function_that_a_cell_replaced_makes_no_bundle(name):
    notebook = Notebook()
    notebook.run(
        "class C:\n    k = [3, 1]\nasked = []\ndef f(*given, **named):\n    asked.append(1)"
    )
    notebook.task(f"def the_task():\n    return C.k, {name}")
    own = getattr(builtins, name)
    try:
        setattr(builtins, name, notebook.names["f"])
        bundle = notebook.build()
        is_left = getattr(builtins, name) is notebook.names["f"]
    finally:
        setattr(builtins, name, own)
    assert is_left
    assert bundle.problems == ()
    assert notebook.names["asked"] == []
    (task,) = bundle.tasks
    said = f"builtins.{name} was set in Cell [1], and is set where the task runs"
    assert said in task.notes
    assert f"builtins.{name} = f" in task.assignments
