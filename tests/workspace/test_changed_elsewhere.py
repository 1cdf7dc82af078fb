"""Two notebooks with one graph: nobody's newer code is replaced without a word."""

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.magics.scenes import person, two_tasks

ASKED = "replace b, changed elsewhere since your deploy, by what this notebook has? [y/N] "


@pytest.fixture
def theirs(notebook):
    """Another notebook deploys its own text of `b`, after this one deployed."""
    two_tasks(notebook)
    notebook.run("%sfdag run")
    workspace = Workspace(Registry(), notebook.magics.desk.workspace._openers)
    graph = TaskGraph("g")
    graph.add(sql_task("b", "select 20", after=["a"]))
    workspace.deploys.deploy(graph, workspace.deploys.plan(graph), say=lambda _: None)


def body(notebook):
    return notebook.fake.tasks["G$B"]["statement"].body


def test_a_plan_says_what_was_changed_elsewhere(notebook, theirs):
    said = notebook.run("%sfdag plan")
    assert "! changed elsewhere since your deploy, and replaced by yours: b" in said


def test_a_run_asks_before_it_replaces_what_somebody_else_deployed(notebook, theirs, monkeypatch):
    asked = person(monkeypatch, "n", "y")
    assert "not started" in notebook.run("%sfdag run --wait")
    assert body(notebook) == "select 20"
    notebook.run("%sfdag run --wait")
    assert (asked, body(notebook)) == ([ASKED, ASKED], "select 2")


def test_where_nobody_can_be_asked_the_run_is_refused_and_says_how_to_insist(notebook, theirs):
    with pytest.raises(InputError, match="nobody can answer: replace b, changed else") as raised:
        notebook.run("%sfdag run")
    assert (raised.value.hint, body(notebook)) == ("the same with --replace", "select 20")
    with pytest.raises(InputError, match="--yes does not agree to replace b, changed else"):
        notebook.run("%sfdag run --yes")
    notebook.run("%sfdag run --replace")
    assert body(notebook) == "select 2"


def test_who_typed_the_targets_name_is_asked_all_the_same_and_may_say_no(
    notebook, theirs, monkeypatch
):
    asked = person(monkeypatch, "n")
    assert "not deployed" in notebook.run("%sfdag deploy --production dev")
    assert (asked, body(notebook)) == ([ASKED], "select 20")


def test_what_this_notebook_changed_itself_is_nobody_elses(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    assert "elsewhere" not in notebook.run("%sfdag plan")
    notebook.run("%sfdag run")
    assert body(notebook) == "select 3"


def test_what_somebody_else_changed_and_this_notebook_does_not_have_is_left_alone(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%sfdag run")
    workspace = Workspace(Registry(), notebook.magics.desk.workspace._openers)
    graph = TaskGraph("g")
    graph.add(sql_task("b", "select 20", after=["a"]))
    workspace.deploys.deploy(graph, workspace.deploys.plan(graph), say=lambda _: None)
    notebook.run("%sfdag run")
    assert body(notebook) == "select 20"
