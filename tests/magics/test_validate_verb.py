"""`validate`: all problems at once, before anything is sent."""

import pytest

from sfdag_magics.errors import GraphError, InputError
from tests.magics.scenes import restarted, two_tasks


def test_validate_names_all_problems_at_once(notebook):
    notebook.run("%%sftask a --sql --after c\nselect 1\n")
    notebook.run("%%sftask b --sql --after aa\nselect 1\n")
    with pytest.raises(GraphError) as raised:
        notebook.run("%sfdag validate")
    assert "--after 'c'" in str(raised.value)
    assert "did you mean 'a'?" in str(raised.value)
    assert notebook.fake.statements == []


def test_validate_finds_what_cannot_be_shipped(notebook):
    notebook.run("import threading\nlock = threading.Lock()")
    notebook.run("%%sftask\ndef a():\n    lock.acquire()\n")
    with pytest.raises(InputError, match="lock"):
        notebook.run("%sfdag validate")


def test_a_global_that_changed_since_the_cell_ran_is_noted_and_strictly_wrong(notebook):
    notebook.run("rate = 1")
    notebook.run("%%sftask\ndef a():\n    return rate\n")
    notebook.run("rate = 2")
    assert "rate" in notebook.run("%sfdag validate")
    with pytest.raises(GraphError, match="rate"):
        notebook.run("%sfdag validate --strict")


def test_a_stream_is_refused_where_there_are_none_and_taken_elsewhere(notebook):
    two_tasks(notebook)
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('S')\nselect 3\n")
    for verb in ("validate", "plan", "run"):
        with pytest.raises(GraphError, match="c: --when asks a stream, and the embedded engine"):
            notebook.run(f"%sfdag {verb}")
    assert "nothing wrong" in notebook.run("%sfdag validate -t prod")
    plan = notebook.run("plan = %sfdag plan -t prod")
    assert "+ c  new" in plan
    assert "note: c: the stream DB.S.S is not there" in plan
    notebook.fake.streams = ["S"]
    assert "stream" not in notebook.run("plan = %sfdag plan -t prod")
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('')\nselect 3\n")
    assert "'' is no name of a stream" in notebook.run("plan = %sfdag plan -t prod")


def test_validate_names_the_cells_that_were_not_run(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%sfdag target use prod")
    notebook.run("plan = %sfdag plan")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    said = notebook.run("%sfdag validate")
    assert "deployed, and their cells were not run here: a" in said
