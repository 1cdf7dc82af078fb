"""`show`: a live view for a person, a picture where nobody watches, other forms where asked."""

from datetime import timedelta

import pytest

from sfdag_magics.errors import InputError, RunFailedError
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


@pytest.fixture
def two_runs(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    for row in notebook.fake.history:
        row["SCHEDULED_TIME"] -= timedelta(hours=1)
    notebook.fake.failing = set()
    notebook.run("%sfdag run")
    return notebook


@pytest.mark.parametrize("named", ["group-1", "#group-1", "GROUP-1"])
@pytest.mark.parametrize("form", ["", "--static", "--format text"])
def test_one_older_run_is_shown_by_the_start_of_its_id(two_runs, named, form):
    assert "Failed 2/2" not in two_runs.run(f"%sfdag show {form}")
    assert "Failed 2/2" in two_runs.run(f"%sfdag show {form} --run {named}")
    two_runs.run(f"kept = %sfdag show {form} --run {named}")
    assert two_runs.names["kept"].snapshot.group_id == "group-1"


def test_the_live_view_of_one_run_stays_with_it(two_runs, monkeypatch):
    person(monkeypatch)
    two_runs.run("%sfdag show --run group-1")
    (view,) = two_runs.magics.desk.views._all
    assert (view.snapshot.group_id, view.follows_graph) == ("group-1", False)
    two_runs.run("%sfdag run --no-wait --no-widget")
    assert view.snapshot.group_id == "group-1"


@pytest.mark.parametrize("form", ["", "--static", "--format text"])
def test_a_run_that_is_not_there_is_named_with_the_way_to_those_that_are(two_runs, form):
    with pytest.raises(InputError, match="graph 'g' has no run 'group-9'") as found:
        two_runs.run(f"%sfdag show {form} --run group-9")
    assert found.value.hint == "%sfdag runs"
