"""Files that `%run` or `exec` ran: their functions travel as long as they are what these say."""

from __future__ import annotations

import pytest

from sfdag_magics.bundle import capture
from tests.bundle.notebook import Notebook, Shipped

SCRIPT = """
import math
RATE = 2
class Scaler:
    def fit(self, x):
        return scale(x)
def scale(x):
    return RATE * math.floor(x)
def doubled(f):
    def inner(*given):
        return 2 * f(*given)
    return inner
@doubled
def twice(x):
    return scale(x)
"""


@pytest.fixture
def notebook(tmp_path):
    return Runner(tmp_path / "shared.py")


class Runner(Notebook):
    """A notebook in which a file can be run as IPython's `%run` does."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def run_file(self, text, name="__main__"):
        self.path.write_text(text)
        names = {"__name__": name, "__file__": str(self.path)}
        exec(compile(text, str(self.path), "exec", dont_inherit=True), names)  # noqa: S102 - what %run does
        names.pop("__name__")
        self.names.update(names)


@pytest.mark.parametrize("name", ["__main__", "shared"], ids=["%run", "%run -n"])
@pytest.mark.parametrize("used", ["scale(1.5)", "Scaler().fit(1.5)", "twice(1.5)"])
def test_what_a_file_that_was_run_defines_travels(notebook, tmp_path, used, name):
    notebook.run_file(SCRIPT, name)
    notebook.task(f"def the_task():\n    return {used}")
    bundle = notebook.build()
    assert [str(problem) for problem in bundle.problems] == []
    shipped = Shipped(bundle.archive, tmp_path)
    names = {}
    exec(shipped.text("sfdag_bundle/tasks/the_task.py"), names)  # noqa: S102 - ours
    assert names["the_task"]() == notebook.names["the_task"]()


@pytest.mark.parametrize(
    ("cell", "has"),
    [
        ("RATE = 3", "something else"),
        ("def scale(x): return 0", "something else"),
        ("del RATE", "nothing"),
    ],
)
def test_a_name_that_the_notebook_has_otherwise_is_refused(notebook, cell, has):
    notebook.run_file(SCRIPT)
    notebook.run(cell)
    captured = capture("t", notebook.source("def t():\n    return Scaler().fit(1.5), twice(1)"))
    text = "\n".join(map(str, captured.problems))
    assert f"of shared.py, and the notebook has {has} by that name now" in text
    assert all(problem.hint for problem in captured.problems)


def test_an_equal_value_under_the_same_name_is_the_same(notebook):
    notebook.run_file(SCRIPT)
    notebook.run("RATE = 2")
    assert capture("t", notebook.source("def t():\n    return scale(1.5)")).problems == ()


def test_a_file_that_was_edited_since_is_to_be_run_again(notebook):
    notebook.run_file(SCRIPT)
    notebook.path.write_text(SCRIPT.replace("floor", "ceil "))
    (problem,) = capture("t", notebook.source("def t():\n    return scale(1.5)")).problems
    assert "whose source is not in shared.py as it ran" in str(problem)
    assert problem.hint == "run shared.py again"
    notebook.run_file(SCRIPT.replace("floor", "ceil "))
    captured = capture("t", notebook.source("def t():\n    return scale(1.5)"))
    assert captured.problems == ()


EXECUTED = """
RATE = 2
class Scaler:
    def fit(self, x): return scale(x)
def scale(x): return RATE * x
"""


#: Who types `exec(open("f.py").read())` leaves it to Python to close the file.
_LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@_LEFT_OPEN
@pytest.mark.parametrize(
    "cells",
    [
        ("exec(open({path!r}).read())",),
        ("from pathlib import Path\nhere = Path({path!r})", "exec(here.read_text())"),
        ("text = open({path!r}).read()", "exec(text)"),
        ("with open({path!r}) as file:\n    exec(file.read())",),
        ("exec(compile(open({path!r}).read(), 'shared.py', 'exec'), globals())",),
    ],
)
@pytest.mark.parametrize("used", ["scale(1.5)", "Scaler().fit(1.5)"])
def test_what_cells_executed_of_a_file_or_a_text_travels(notebook, tmp_path, cells, used):
    notebook.path.write_text(EXECUTED)
    for cell in cells:
        notebook.run(cell.format(path=str(notebook.path)))
    notebook.task(f"def the_task():\n    return {used}")
    bundle = notebook.build()
    assert [str(problem) for problem in bundle.problems] == []
    names = {}
    exec(Shipped(bundle.archive, tmp_path).text("sfdag_bundle/tasks/the_task.py"), names)  # noqa: S102 - ours
    assert names["the_task"]() == notebook.names["the_task"]() == 3.0


@_LEFT_OPEN
def test_what_was_executed_of_a_file_that_says_otherwise_by_now_is_refused(notebook):
    notebook.path.write_text(EXECUTED)
    notebook.run(f"exec(open({str(notebook.path)!r}).read())")
    notebook.path.write_text(EXECUTED.replace("RATE * x", "RATE + x"))
    (problem,) = capture("t", notebook.source("def t():\n    return scale(1.5)")).problems
    assert "whose source is not known" in str(problem)
    notebook.run("def scale(x): return RATE * x")
    assert capture("t", notebook.source("def t():\n    return scale(1.5)")).problems == ()
