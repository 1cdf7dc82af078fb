"""Processes that a task spawns have the task's own code; what they cannot have is named."""

from __future__ import annotations

import json
import multiprocessing.popen_forkserver
import multiprocessing.popen_spawn_posix
from concurrent.futures import process

import pytest

from sfdag_magics.bundle.shipped.main_module import SPAWNED_BY
from tests.bundle.notebook import GraphRun, Notebook, Shipped

# interpreters of their own
pytestmark = pytest.mark.slow
#: What would otherwise be imported, and forgotten, with each archive.
LASTING = (multiprocessing.popen_forkserver, multiprocessing.popen_spawn_posix, process)

#: What the cells above the task say.
ABOVE = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
FACTOR = 3
def scaled(x):
    return FACTOR * x
@dataclass
class Point:
    x: int
    def moved(self):
        return Point(self.x + FACTOR)
def moved(point):
    return point.moved()
def spawning(method, do, given):
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.map_async(do, given).get(60)
"""
#: `{what a task does: what it returns}`
DONE = {
    "spawning('spawn', scaled, [1, 2])": [3, 6],
    "spawning('forkserver', scaled, [1, 2])": [3, 6],
    "[point.x for point in spawning('spawn', moved, [Point(1)])]": [4],
    "spawning('spawn', Point.moved, [Point(2)])[0].x": 5,
    "spawning('spawn', math.floor, [2.5])": [2],
    (
        "list(ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn'))"
        ".map(scaled, [5]))"
    ): [15],
}


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.setenv(SPAWNED_BY, "")
    monkeypatch.delenv(SPAWNED_BY)  # a task's process ends with its task
    return Notebook()


def outcome(notebook, folder, body):
    notebook.run("import math")
    notebook.run(ABOVE)
    notebook.task(f"def train():\n{body}")
    bundle = notebook.build()
    bundle.check()
    return Shipped(bundle.archive, folder).run(GraphRun(), "TRAIN")


@pytest.mark.parametrize("does", DONE)
def test_a_spawned_process_has_what_the_cells_define(notebook, tmp_path, does):
    assert json.loads(outcome(notebook, tmp_path, f"    return {does}")) == DONE[does]


def test_a_spawned_process_has_modules_beside_the_notebook(notebook, tmp_path, monkeypatch):
    (tmp_path / "beside_it.py").write_text("def doubled(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    notebook.run("import beside_it\ndef more(x):\n    return beside_it.doubled(x) + 1")
    text = outcome(notebook, tmp_path, "    return spawning('spawn', more, [1])")
    assert json.loads(text) == [3]


INNER = """
    global inner
    def inner(x):
        return x
    inner.__qualname__ = "inner"
    return spawning("spawn", inner, [1])"""
ONCE = f"import os\nif {SPAWNED_BY!r} in os.environ: raise RuntimeError('only once')\n"


def test_what_a_spawned_process_has_not_is_named_and_nothing_waits(notebook, tmp_path):
    with pytest.raises(LookupError, match="task train spawned has no 'inner'; define it in") as one:
        outcome(notebook, tmp_path, INNER)
    assert "get_context('fork')" in str(one.value)


def test_why_a_spawned_process_has_nothing_is_told(notebook, tmp_path, monkeypatch):
    (tmp_path / "only_once.py").write_text(ONCE)
    monkeypatch.syspath_prepend(tmp_path)
    notebook.run("import only_once\ndef once(x):\n    return only_once.__name__")
    with pytest.raises(LookupError, match="has no 'once': RuntimeError: only once; define it in"):
        outcome(notebook, tmp_path, "    return spawning('spawn', once, [1])")
