"""A cell that replaces a built-in function: the bundle is made without it, and tells of it."""

from __future__ import annotations

import builtins
import threading

import pytest

from sfdag_magics.bundle.own_builtins import OwnBuiltins
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


def test_another_thread_leaves_alone_what_the_cell_that_runs_meanwhile_put_there(monkeypatch):
    notebook = Notebook()
    notebook.run("def f(*given): return given")
    monkeypatch.setattr(builtins, "input", notebook.names["f"])
    seen = []

    def look():
        with OwnBuiltins():
            seen.append(builtins.input)

    look()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen[1:] == [notebook.names["f"]] == [builtins.input]
    assert seen[0] is not builtins.input
