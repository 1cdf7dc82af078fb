"""Modules beside the notebook: what is loaded is what ships, or it is said which name is not."""

from __future__ import annotations

import importlib
import itertools
import math
import re

import pytest

from sfdag_magics.bundle import capture
from tests.bundle.notebook import Notebook

COUNT = itertools.count()


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def make(text):
        name = f"beside_{next(COUNT)}_xq"
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return name, tmp_path / f"{name}.py"

    return make


def found(cells, task):
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    return capture("train", notebook.source(f"def train(session): return {task}"))


@pytest.mark.parametrize(
    ("text", "load", "change", "task", "ships"),
    [
        ("LR = 0.1", "import {m}", "{m}.LR = 0.5", "{m}.LR", "{m}.LR = 0.5"),
        ("class CFG: lr = 0.1", "from {m} import CFG", "CFG.lr = 0.5", "CFG.lr", "CFG.lr = 0.5"),
        ("class CFG: lr = 0.1", "import {m} as m", "m.CFG.lr = 0.5", "m.CFG.lr", "CFG.lr = 0.5"),
        ("def f(): return f.k", "from {m} import f", "f.k = 0.5", "f()", "f.k = 0.5"),
        ("class C: pass\nc = C()", "from {m} import c", "c.k = 0.5", "c.k", "c.k = 0.5"),
        ("N = 1\ndef f(): return N", "import {m}", "{m}.f = {m}.N", "{m}.f", "{m}.f = 1"),
        ("L = [1]", "import {m}", "{m}.L.append(2)", "{m}.L", "{m}.L[:] = [1, 2]"),
        ("class C: l = []", "from {m} import C", "C.l.append(2)", "C.l", "C.l[:] = [2]"),
    ],
)
def test_what_a_cell_set_in_a_module_is_set_there(module, text, load, change, task, ships):
    name, _file = module(text)
    cells = [cell.format(m=name) for cell in (load, change)]
    captured = found(cells, task.format(m=name))
    assert captured.problems == ()
    assert ships.format(m=name) in captured.assignments
    (note,) = captured.notes
    assert re.search(r"was (set|changed) in Cell .2., and is \1 where the task runs", note)


@pytest.mark.parametrize(
    ("text", "load", "change", "task", "says"),
    [
        ("def f(x=1): return x", "from {m} import f", "f.__defaults__ = (2,)", "f()", "defaults"),
        ("def f(x=[]): return x", "from {m} import f", "f().append(2)", "f()", "defaults"),
    ],
)
def test_a_module_whose_things_were_changed_is_refused(module, text, load, change, task, says):
    name, _file = module(text)
    cells = [cell.format(m=name) for cell in (load, change)]
    captured = found(cells, task.format(m=name))
    (problem,) = captured.problems
    assert says in str(problem)


def test_data_frames_of_the_notebook_are_not_compared_with_a_module_that_was_changed(module):
    name, _file = module("LR = 0.1")
    frame = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})"
    captured = found([frame, f"import {name} as m\nm.LR += 0.5"], "m.LR")
    assert captured.problems == ()
    assert f"{name}.LR = 0.6" in captured.assignments


@pytest.mark.parametrize(
    ("before", "after", "problems"),
    [
        ("def f(): return 1", "def f(): return 2", ["f is another function in its file by now"]),
        ("V = 1\ndef f(): return V", "V = 1\n\n# why\ndef f():\n    return V", []),
        ("class C:\n    x = 1", "class C(dict):\n    x = 1", ["C is another class in its file"]),
    ],
)
def test_a_file_that_was_edited_and_not_loaded_again_is_refused(module, before, after, problems):
    name, file = module(before)
    importlib.import_module(name)
    file.write_text(after)
    captured = found([f"import {name}"], f"{name}.f")
    assert len(captured.problems) == len(problems)
    for problem, says in zip(captured.problems, problems, strict=True):
        assert says in str(problem)
        assert "importlib.reload" in problem.hint


def test_a_counter_of_a_module_is_noted_where_no_code_names_it(module):
    name, _file = module("calls = 0\ndef f():\n    global calls\n    calls += 1\n    return calls")
    captured = found([f"from {name} import f", "f()"], "f()")
    assert captured.problems == ()
    assert captured.notes == (
        f"{name}.calls is 1 here and 0 in its file, and the file is what ships",
    )


@pytest.mark.parametrize(
    "text",
    [
        "C = {}\nC['a'] = 1",
        "C = []\nfor i in range(3): C.append(i)",
        "C = []\ndef reg(f):\n    C.append(f.__name__)\n    return f\n@reg\ndef f(): pass",
    ],
)
def test_a_container_that_its_module_fills_is_noted_and_not_refused(module, text):
    name, _file = module(text)
    captured = found([f"import {name}"], f"{name}.C")
    assert captured.problems == ()
    (note,) = captured.notes
    assert note.endswith("; its own code fills it, and nothing that the notebook put in")


def test_a_variable_of_the_environment_is_noted(monkeypatch):
    monkeypatch.setenv("MY_STAGE_XQ", "dev")
    captured = found(["import os"], "os.environ['MY_STAGE_XQ'], os.getenv('NOT_THERE_XQ')")
    (note,) = captured.notes
    assert "'MY_STAGE_XQ', which is set in this kernel" in note


def test_a_variable_that_a_cell_set_is_noted_whoever_reads_it(monkeypatch):
    monkeypatch.setenv("TMPDIR_XQ", "")
    captured = found(["import os, tempfile", "os.environ['TMPDIR_XQ'] = '/x'"], "tempfile.tempdir")
    (note,) = captured.notes
    assert note.endswith("not set where the task runs: 'TMPDIR_XQ' (Cell [2])")


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("import numpy as np\nfrom numpy import random as nr\nnr.seed(1)", "nr.rand()"),
        ("from random import seed, random\nseed(1)", "random()"),
    ],
)
def test_a_seed_is_noted_under_whatever_name_it_was_imported(cell, task):
    (note,) = found([cell], task).notes
    assert "seed(1) in Cell [1] does not count" in note


def test_a_seed_of_a_cell_is_noted_unless_the_task_sets_one():
    cells = ["import random", "random.seed(1)"]
    (note,) = found(cells, "random.random()").notes
    assert note.startswith("random.seed(1) in Cell [2] does not count")
    assert found(cells, "(random.seed(2), random.random())").notes == ()


def test_nobody_answers_a_task():
    (problem,) = found([], "input('?')").problems
    assert "nobody answers where tasks run" in str(problem)


PATCHED = "import math\n{}math.floor = lambda x: 'p'\n"


def test_what_a_module_sets_as_it_is_imported_is_set_there_by_its_import(module, monkeypatch):
    name, _file = module(PATCHED.format(""))
    monkeypatch.setattr("math.floor", math.floor)
    captured = found([f"import math, {name}"], f"math.floor(1), {name}")
    assert captured.problems == ()
    assert "floor" not in captured.assignments


@pytest.mark.parametrize(("before", "call"), [("", ""), ("def setup():\n    ", "\n{}.setup()")])
def test_what_a_module_sets_and_does_not_set_where_the_task_runs_is_refused(
    module, monkeypatch, before, call
):
    name, _file = module(PATCHED.format(before))
    monkeypatch.setattr("math.floor", math.floor)
    (problem,) = found([f"import math, {name}{call.format(name)}"], "math.floor(1)").problems
    assert f"math.floor was set in {name} to a function" in str(problem)
    assert problem.hint == f"import {name} in the task, and call there what sets it"
