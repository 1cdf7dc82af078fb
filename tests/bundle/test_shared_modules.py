"""One Python file beside two notebooks: its decorated tasks ship alike from both."""

from __future__ import annotations

import importlib
import sys

import pytest

from sfdag_magics.bundle import build, read_archive
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.decorator import TaskDecorator
from sfdag_magics.workspace.registry import Registry
from tests.bundle.notebook import GraphRun, Notebook, Shipped

JOBS = """
FACTOR = 3
def helper(x): return x * FACTOR
def load(rows: int = 2) -> int:
    return helper(rows)
def told(load: int, ctx) -> str:
    return f"{load} {ctx.get_current_task_short_name()}"
def score(n: int) -> int:
    return helper(n)
def add_to(sftask, graph):
    sftask(load, graph=graph)
    sftask(graph=graph, name="said")(told)
    sftask.map(score, over=[1, 2], graph=graph)
"""


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    (tmp_path / "jobs_shared_xq.py").write_text(JOBS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("jobs_shared_xq")
    del sys.modules["jobs_shared_xq"]


def graph_of(jobs):
    """What a notebook of its own makes with the tasks of the file."""
    graph = TaskGraph("nightly")
    jobs.add_to(TaskDecorator(Registry()), graph)
    return graph


def test_two_notebooks_make_the_same_bytes_of_it(jobs, tmp_path):
    first, second = build(graph_of(jobs)), build(graph_of(jobs))
    first.check()
    assert (first.archive, first.hashes) == (second.archive, second.hashes)
    shipped = Shipped(first.archive, tmp_path)
    assert shipped.run(GraphRun(), "load") == "6"
    assert shipped.run(GraphRun(), "score_2") == "6"
    assert shipped.run(GraphRun(values={"MORTGAGE$LOAD": "5"}), "said") == "5 TRAIN"


def test_a_module_that_two_notebooks_import_ships_as_the_same_file(jobs):
    found = []
    for other in ("x = 1", "y = 2\nz = 3"):
        notebook = Notebook()
        notebook.run(f"import jobs_shared_xq\n{other}")
        notebook.task("def train() -> int: return jobs_shared_xq.load(4)")
        content = read_archive(notebook.build().archive).content
        found.append((content["jobs_shared_xq.py"], notebook.build().hashes))
    assert found[0] == found[1]
