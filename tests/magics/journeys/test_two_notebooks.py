"""Two notebooks with one graph, and half a notebook after a restart, on a real engine."""

import hashlib
import tempfile
import threading
from pathlib import Path

import pytest

from sfdag_magics.bundle import read_archive
from sfdag_magics.client.connecting import connect
from sfdag_magics.errors import BackendError, RunFailedError
from sfdag_magics.graph.model import (
    GraphOptions,
    TaskGraph,
    python_task,
    sql_task,
    task_function,
)
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.magics import extension
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

FIRST = "%%sftask\ndef first() -> dict:\n    return {'n': 1}\n"
SECOND = "%%sftask\ndef second(first: dict) -> int:\n    return first['n'] + plus()\n"
THIRD = "%%sftask --after second --sql third\nselect 1 -- done\n"


def in_a_new_kernel(notebook, graph):
    """The kernel begins anew, or another notebook does: nothing is registered."""
    notebook.magics = extension.load(notebook.shell, registry=Registry())
    notebook.names.pop("plus", None)
    notebook.run(f"%sfdag graph {graph}")


def deployed(notebook, graph, *tasks):
    """Hashes of the row, the module and the manifest entry of each task, and of the procedure."""
    session = notebook.magics.desk.workspace.places.backend()
    rows = {row["name"]: row for row in session.rows("SHOW TASKS IN SCHEMA")}
    described = session.rows(f"DESCRIBE PROCEDURE {graph}$RUN(VARCHAR)")
    place = next(row["value"] for row in described if row["property"] == "imports")
    shipped = read_archive(session.download(place.strip("[]'")))
    found = {}
    for task in tasks:
        row = rows[f"{graph}${task}".upper()]
        del row["last_committed_on"]  # of the graph's version, which another task changes too
        entry = shipped.tasks.get(task.upper())
        module = shipped.module(task)[1] if entry else b""
        found[task] = tuple(
            hashlib.sha256(each).hexdigest()
            for each in (repr(sorted(row.items())).encode(), module, repr(entry).encode())
        )
    return found, place


def test_half_a_notebook_after_a_restart_runs_the_rest_as_it_is_deployed(notebook):
    notebook.run("def plus():\n    return 10")
    notebook.run("%sfdag graph half --schedule '1 day'")
    for cell in (FIRST, SECOND, THIRD):
        notebook.run(cell)
    notebook.run("%sfdag deploy --yes")
    before, place = deployed(notebook, "half", "first", "second", "third")
    in_a_new_kernel(notebook, "half")
    notebook.run(FIRST)
    assert "2 unchanged" not in notebook.run("plan = %sfdag plan")
    assert notebook.names["plan"].is_empty
    notebook.run("run = %sfdag run")
    assert notebook.names["run"].tasks["second"].return_value == "11"
    assert deployed(notebook, "half", "first", "second", "third") == (before, place)
    in_a_new_kernel(notebook, "half")
    notebook.run(FIRST.replace("1", "5"))
    said = notebook.run("run = %sfdag run")
    assert "deployed first" in said
    assert "left as deployed, not loaded here: second, third" in said
    assert notebook.names["run"].tasks["second"].return_value == "15"
    after, _ = deployed(notebook, "half", "second", "third")
    assert after == {name: before[name] for name in ("second", "third")}
    workspace = notebook.magics.desk.workspace
    assert workspace.there.deployed(notebook.graph).is_started


def test_two_notebooks_with_one_graph_do_not_break_each_other(notebook, monkeypatch):
    beside = Path(tempfile.mkdtemp())
    monkeypatch.syspath_prepend(str(beside))
    (beside / "sfdag_beside.py").write_text("VALUE = 1\n")
    uses = "%%sftask\ndef {0}() -> int:\n    import sfdag_beside\n    return sfdag_beside.VALUE\n"
    notebook.run("%sfdag graph shared")
    notebook.run(uses.format("mine"))
    notebook.run("run = %sfdag run")
    mine, _ = deployed(notebook, "shared", "mine")
    in_a_new_kernel(notebook, "shared")
    (beside / "sfdag_beside.py").write_text("VALUE = 2\n")
    notebook.run(uses.format("theirs"))
    assert "left as deployed, not loaded here: mine" in notebook.run("run = %sfdag run")
    values = {name: task.return_value for name, task in notebook.names["run"].tasks.items()}
    assert values == {"mine": "1", "theirs": "2"}
    after, _ = deployed(notebook, "shared", "mine")
    assert after["mine"][:2] == mine["mine"][:2]


def test_a_kernel_without_cells_runs_forgets_and_drops(notebook):
    notebook.run("%sfdag graph bare --set n=1")
    notebook.run("%%sftask\ndef a(*, n: int):\n    return n\n")
    notebook.run("%%sftask --finalizer\ndef sweep():\n    return 1\n")
    notebook.run("run = %sfdag run")
    in_a_new_kernel(notebook, "bare")
    assert "what is deployed runs" in notebook.run("run = %sfdag run")
    assert notebook.names["run"].tasks["a"].return_value == "1"
    notebook.run("%sfdag forget sweep")
    notebook.run("%%sftask --finalizer\ndef tidy():\n    return 2\n")
    notebook.run("%sfdag deploy --yes")
    graph = notebook.magics.desk.workspace.there.deployed(notebook.graph)
    assert list(graph.tasks) == ["a", "tidy"]
    assert graph.config == {"n": 1}


def test_what_our_runtime_has_to_say_shows_no_frame_of_ours(notebook):
    notebook.run("%sfdag graph missing")
    notebook.run("%%sftask\ndef a(*, n: int = 1):\n    return object()\n")
    with pytest.raises(RunFailedError) as raised:
        notebook.run("run = %sfdag run")
    assert "sfdag_bundle/" not in str(raised.value)
    assert "Cell [" in str(raised.value)


@pytest.mark.parametrize("number", range(6))
def test_of_two_kernels_that_deploy_at_once_none_loses_its_code_and_the_loser_is_told(
    data_directory, monkeypatch, number
):
    monkeypatch.setenv(connect.DATA_VARIABLE, str(data_directory))
    name = f"at_once_{number}"
    kernels = [kernel(name, "a", "m"), kernel(name, "b", "t")]
    for (
        workspace,
        _,
    ) in kernels:  # here: two threads that first import the connector fail now and then
        workspace.places.backend()
    together, told = threading.Barrier(2), []

    def deploy(workspace, graph):
        together.wait(60)
        try:
            workspace.deploys.deploy(graph, workspace.deploys.plan(graph), say=lambda _: None)
        except BackendError as error:
            told.append(str(error))

    threads = [threading.Thread(target=deploy, args=each) for each in kernels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [text for text in told if "somebody else" not in text] == []
    assert len(told) < 2
    (workspace, graph), _ = kernels
    seen = workspace.run(graph, say=lambda _: None).wait(60)  # as it is, without the loser's
    assert seen.state is GraphRunState.SUCCEEDED
    for workspace, graph in kernels:
        workspace.deploys.deploy(graph, workspace.deploys.plan(graph), say=lambda _: None)
    assert all(task.is_started for task in workspace.there.deployed(graph).tasks.values())
    seen = workspace.run(graph, say=lambda _: None).wait(60)
    values = {name: task.return_value for name, task in seen.tasks.items()}
    assert values == {"a": "a", "b": "b", "m": None, "t": None}
    for workspace, _ in kernels:
        workspace.places.close()


def kernel(name, python, sql):
    """Another kernel: a workspace of its own, with a Python and a SQL task of one graph."""
    source = task_function(f"def {python}(): return {python!r}", cell="Cell [1]")
    tasks = [python_task(source), sql_task(sql, "select 1")]
    graph = TaskGraph(name, GraphOptions(schedule="1 day"), tasks=tasks)
    workspace = Workspace(Registry())
    workspace.registry.add(graph)
    return workspace, graph
