"""`%sfdag simulate`, and the same from plain Python."""

import pytest

from sfdag_magics import DisplayState, InputError
from tests.magics.scenes import restarted, two_tasks


def branched(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask check --sql --branch\nselect 1\n")
    notebook.run("%%sftask train --sql --after check\nselect 2\n")
    notebook.run("%%sftask tell --sql --after check --when SYSTEM$STREAM_HAS_DATA('S')\nselect 3\n")


def test_it_says_what_would_run_and_asks_no_target(notebook):
    branched(notebook)
    said = notebook.run("s = %sfdag simulate --branch check=tell --fail tell")
    assert "tell   fails       as assumed" in said
    assert "train  is skipped  check answers tell" in said
    assert notebook.fake.statements == []
    assert notebook.names["s"].ways[0].tasks["tell"].state is DisplayState.FAILED


def test_a_condition_can_be_met_or_not(notebook):
    branched(notebook)
    typed = "s = %sfdag simulate --branch check=tell"
    assert "SYSTEM$STREAM_HAS_DATA('S'), which is not known here" in notebook.run(typed)
    assert "not met" in notebook.run(f"{typed} --when tell=FALSE")


def test_it_is_drawn_with_each_way(notebook):
    branched(notebook)
    notebook.run("s = %sfdag simulate")
    bundle = notebook.names["s"]._repr_mimebundle_()
    assert bundle["text/html"].count("<img ") == 2
    assert "check answers tell: succeeded" in bundle["text/plain"]
    assert len(notebook.names["s"].to_pandas()) == 6


def test_deployed_tasks_without_a_cell_are_among_them(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%sfdag target use prod")
    notebook.run("plan = %sfdag plan")
    assert "b  is blocked  below a" in notebook.run("s = %sfdag simulate --fail a")


def test_a_task_that_is_not_there_is_named_with_the_nearest(notebook):
    two_tasks(notebook)
    with pytest.raises(InputError, match="'bb' is not a task"):
        notebook.run("%sfdag simulate --fail bb")
