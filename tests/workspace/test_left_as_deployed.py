"""A retry after a kernel's restart: what comes from the notebook, and what is only deployed."""

import pytest

from sfdag_magics.errors import RunFailedError
from sfdag_magics.magics.showing.view_actions import actions_of
from tests.magics.scenes import person, restarted

NO_CELL = "note: b as deployed: its cell was not run here"
JOINED_ANOTHER = (
    "b as deployed: its cell joined graph notebook here; %sfdag graph g, then run the cell again"
)
FIXED = "%%sftask --after a\ndef b(): return 2\n"


@pytest.fixture
def failed(notebook):
    """`b` failed, and its notebook's kernel begins anew."""
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%%sftask --after a\ndef b(): return 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()
    restarted(notebook)
    return notebook


def along(notebook):
    """What the sheet before a retry is made of."""
    desk = notebook.magics.desk
    graph = desk.workspace.there.graph("g")
    run = desk.workspace.runs.find(graph)
    return actions_of(desk.workspace, graph, run, "embedded").again(run)


def test_without_a_cell_the_retry_says_that_it_runs_what_is_deployed(failed):
    said = failed.run("%sfdag retry -g g --preview")
    assert "runs: b · reused: a · as deployed: b" in said
    assert NO_CELL in said
    assert "as deployed" not in failed.run("%sfdag retry -g g --preview --code deployed")


def test_a_cell_that_joined_another_graph_is_named_with_the_way_into_this_one(failed):
    failed.run(FIXED)
    assert f"note: {JOINED_ANOTHER}" in failed.run("%sfdag retry -g g --preview")
    failed.run("%sfdag graph g")
    failed.run(FIXED)
    said = failed.run("%sfdag retry")
    assert "with edited code: b" in said
    assert "new code: b" in said
    assert "as deployed" not in said


def test_before_a_retry_by_a_click_the_same_is_known(failed):
    told = along(failed)
    assert (told.left.tasks, told.left.is_all, told.code) == (("b",), True, ())
    failed.run(FIXED)
    assert along(failed).left.says == JOINED_ANOTHER
    failed.run("%sfdag graph g")
    failed.run(FIXED)
    assert (along(failed).left.tasks, along(failed).code) == ((), ("b",))


def test_a_cell_that_is_run_beside_the_view_of_another_graph_says_so(failed, monkeypatch):
    person(monkeypatch)
    failed.run("%sfdag show -g g --run group-1")
    (view,) = failed.magics.desk.views._all
    assert view.sfdag_actions["back"] == "%sfdag graph g\n%sfdag show"
    assert "it joined graph" not in failed.run("%%sftask\ndef other(): return 1\n")
    assert (
        "it joined graph notebook; graph g, which the view shows, has b as it is deployed: "
        "%sfdag graph g, then run the cell again"
    ) in failed.run(FIXED)
    assert "it joined graph" not in failed.run(FIXED.replace("--after a", "-g mine"))
    failed.run(view.sfdag_actions["back"].partition("\n")[0])
    assert "it joined graph" not in failed.run(FIXED)


def test_a_task_that_was_dropped_since_runs_no_more_in_a_retry(failed):
    failed.run("%sfdag graph g")
    failed.run("%%sftask\ndef a(): return 1\n")
    failed.run("%sfdag forget b")
    failed.run("%sfdag deploy --yes")
    told = along(failed)
    assert (told.gone, told.left.tasks) == (("b",), ())
