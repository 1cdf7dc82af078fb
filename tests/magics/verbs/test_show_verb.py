"""`show`: a live view for a person, a picture where nobody watches, other forms where asked."""

import pytest

from tests.magics.scenes import person, two_tasks


@pytest.mark.parametrize(("form", "start"), [("dot", "digraph"), ("mermaid", "flowchart")])
def test_show_prints_other_forms(notebook, form, start):
    two_tasks(notebook)
    assert start in notebook.run(f"%sfdag show --format {form}")


def test_a_person_sees_the_live_view_and_it_follows_the_cells(notebook, monkeypatch):
    person(monkeypatch)
    two_tasks(notebook)
    assert "live view of g, 2 tasks" in notebook.run("%sfdag show")
    (view,) = notebook.magics.desk.views._all
    notebook.run("%%sftask c --sql --after b\nselect 3\n")
    assert [node["name"] for node in view.sfdag_graph["nodes"]] == ["a", "b", "c"]


def test_show_leaves_a_picture_where_nobody_watches(notebook):
    two_tasks(notebook)
    assert "text/html" in notebook.run("%sfdag show")
    assert not notebook.magics.desk.views._all


def test_where_the_engine_is_stopped_it_is_not_said_that_nothing_ran(notebook):
    two_tasks(notebook)
    said = notebook.run("%sfdag show --format text")
    assert said.startswith("g: 2 tasks, runs not known, the engine is stopped\n")
