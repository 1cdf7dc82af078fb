"""What a process has of its own and no code: variables, seeds, answers, files, loggers."""

from __future__ import annotations

import logging
import re

import pytest

from tests.bundle.notebook import found


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
        ("import random\nrandom.setstate(random.getstate())", "random.random()"),
    ],
)
def test_a_seed_is_noted_under_whatever_name_it_was_imported(cell, task):
    (note,) = found([cell], task).notes
    assert re.search(r"se(ed|tstate)\(.*\) in Cell \[1\] does not count", note)


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        (
            "from sklearn.pipeline import Pipeline\nfrom sklearn.linear_model import Ridge\n"
            "p = Pipeline([('r', Ridge())])\np.set_params(r__alpha=9)",
            "p.named_steps['r'].alpha",
        ),
        ("import abc\nclass B(abc.ABC): pass\nB.register(int)", "isinstance(1, B)"),
        (
            "import numbers\nclass N: pass\nnumbers.Number.register(N)",
            "isinstance(N(), numbers.Number)",
        ),
        (
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--q')\n"
            "args = parser.parse_args([])",
            "args.q",
        ),
    ],
)
def test_what_a_thing_of_the_notebook_was_told_ships_with_it(cell, task):
    captured = found([cell], task)
    assert (captured.problems, captured.notes) == ((), ())


def test_a_seed_of_a_cell_is_noted_unless_the_task_sets_one():
    cells = ["import random", "random.seed(1)"]
    (note,) = found(cells, "random.random()").notes
    assert note.startswith("random.seed(1) in Cell [2] does not count")
    assert found(cells, "(random.seed(2), random.random())").notes == ()


def test_nobody_answers_a_task():
    (problem,) = found([], "input('?')").problems
    assert "nobody answers where tasks run" in str(problem)


def test_a_file_that_a_module_reads_from_where_the_notebook_is_is_noted(
    module, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.txt").write_text("hey")
    name, _file = module("def load(): return open('t.txt').read()")
    (note,) = found([f"import {name}"], f"{name}.load()").notes
    assert note.startswith(f"the module {name} reads 't.txt', which lies beside the notebook")


@pytest.mark.parametrize(
    ("cell", "task", "said"),
    [
        ("HERE = os.getcwd()", "HERE", "HERE holds"),
        ("HERE = os.getcwd()", "os.path.join(HERE, 'x')", "HERE holds"),
        ("HERE = Path.cwd()", "(HERE / 'x').exists()", "HERE holds"),
        ("OUT = Path.cwd() / 'runs' / 'xq'\nOUT = OUT.parent", "str(OUT)", "OUT holds"),
        ("HERE = tempfile.mkdtemp()", "open(HERE + '/x', 'w').close()", "HERE holds"),
        ("CFG = {'paths': [os.getcwd()]}", "CFG['paths']", "CFG holds"),
        ("class C: at = os.getcwd()", "C.at", "C.at holds"),
        ("class C: pass\nc = C()\nc.at = os.getcwd()", "c.at", "c holds"),
        ("def f(at=os.getcwd()): return at", "f()", "f holds"),
        ("def make(at):\n    return lambda: at\nf = make(os.getcwd())", "f()", "at holds"),
        ("FILE = str(Path.cwd() / 't.txt')\nopen(FILE, 'w').close()", "FILE", "FILE holds"),
    ],
)
def test_a_path_of_this_machine_is_noted(cell, task, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = ["import os, tempfile\nfrom pathlib import Path", cell]
    (note,) = found(cells, task).notes
    assert note.startswith(said)
    assert "here and not where the task runs: " in note


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("HERE = os.getcwd()", "(os.makedirs(HERE, exist_ok=True), HERE)"),
        (
            "ROUTES = ['/', '/api/v1', '/tmp', '/opt/about', '/usr/bin', '/no such\\0thing']",
            "ROUTES",
        ),
        ("TMP = tempfile.gettempdir()", "TMP"),
        ("def f(): return os.getcwd()", "f()"),
        ("HERE = os.getcwd()", "1"),
    ],
)
def test_a_path_of_every_machine_is_not(cell, task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert found(["import os, tempfile", cell], task).notes == ()


LOGS = "import logging\nlog = logging.getLogger(__name__)\n{}def f(): return log.level"


@pytest.mark.parametrize(
    ("at_import", "change", "notes"),
    [
        ("", "{m}.log.unit = 'kg'", ["the attribute 'unit'"]),
        ("", "logging.getLogger('{m}').setLevel(10)", ["the level DEBUG"]),
        ("", "{m}.log.addHandler(logging.StreamHandler())", ["1 handler(s)"]),
        ("log.setLevel(30)\n", "{m}.log.setLevel(10)", ["the level DEBUG"]),
        ("log.setLevel(logging.WARNING)\n", "", []),
    ],
)
def test_what_cells_set_on_a_logger_of_a_module_is_noted(module, at_import, change, notes):
    name, _file = module(LOGS.format(at_import))
    captured = found([f"import logging, {name}", change.format(m=name)], f"{name}.f()")
    assert captured.notes == tuple(
        f"the logger {name!r} has {what} in this kernel and not where the task runs: set it in the "
        "task"
        for what in notes
    )


def test_of_a_class_of_loggers_is_said_that_it_is_set_there_and_nothing_else(monkeypatch):
    monkeypatch.setattr(logging, "_loggerClass", logging.Logger)
    cell = (
        "import logging\nclass Own(logging.Logger): pass\nlogging.setLoggerClass(Own)\n"
        "log = logging.getLogger(__name__ + '.own_xq')\ndef f(): log.info('x')"
    )
    notes = [each for each in found([cell], "f()").notes if "oggerClass" in each]
    assert notes == ["logging._loggerClass was set in a cell, and is set where the task runs"]
