"""`forget` says what takes the task away where it is deployed, and nothing where it is not."""

import pytest

from sfdag_magics.errors import BackendError
from tests.magics.scenes import restarted, two_tasks


def test_what_was_never_deployed_needs_no_deploy(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag graphs")
    said = notebook.run("%sfdag forget b")
    assert said == "b is no longer in graph g; nothing of the graph is deployed\n"
    assert notebook.run("%sfdag forget a") == said.replace("b is", "a is")


def test_a_task_beside_deployed_ones_that_was_not_is_said_not_to_be(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask c --sql\nselect 3\n")
    assert "c is no longer in graph g; it was not deployed" in notebook.run("%sfdag forget c")
    assert "%sfdag deploy drops it" in notebook.run("%sfdag forget B")


def test_no_engine_starts_to_find_out(notebook):
    two_tasks(notebook)
    said = notebook.run("%sfdag forget b")
    assert "b is no longer in graph g; where it is deployed, %sfdag deploy drops it" in said
    assert notebook.fake.statements == []


@pytest.mark.parametrize("last", [False, True])
def test_where_the_target_cannot_be_asked_nothing_is_claimed(notebook, last):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    if last:
        notebook.run("%sfdag forget b")
    notebook.fake.refuse = {"SHOW TASKS": BackendError("it is gone")}
    assert "where it is deployed, %sfdag deploy drops it" in notebook.run("%sfdag forget a")


def test_the_last_one_of_what_is_deployed_is_dropped_with_the_graph(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    two_tasks(notebook)
    notebook.run("%sfdag forget b")
    assert "no task is left: %sfdag drop takes" in notebook.run("%sfdag forget a")
