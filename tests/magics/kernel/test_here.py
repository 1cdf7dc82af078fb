"""What the notebook says that it has, to explain what a task had not."""

from __future__ import annotations

import pytest

from sfdag_magics.errors import RunFailedError
from sfdag_magics.magics.kernel.here import NotebookHere
from tests.magics.scenes import two_python_tasks, two_tasks


@pytest.fixture
def here(notebook):
    return NotebookHere(notebook.magics.desk.notebook)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("rate = 3", "rate"),
        ("def rate(): ...", "rate"),
        ("class rate: ...", "rate"),
        ("import json as rate", "rate"),
        ("for rate in range(2): pass", "rate"),
    ],
)
def test_a_name_is_of_the_last_cell_that_made_it(notebook, here, cell, name):
    notebook.run("rate = 0")
    notebook.run(cell)
    notebook.run("print(rate)")
    assert here.place_of_name(name) == "Cell [2]"


def test_a_name_that_is_not_there_has_no_place(notebook, here):
    notebook.run("rate = 0\ndel rate")
    assert here.place_of_name("rate") is None


def test_a_name_that_no_cell_made_is_there_all_the_same(notebook, here):
    notebook.names["rate"] = 3
    assert here.place_of_name("rate") == "of no cell"


@pytest.mark.parametrize(
    ("cell", "attribute"),
    [
        ("import json\njson.extra = 5", "extra"),
        ("import json\nsetattr(json, 'extra', 5)", "extra"),
        ("class R:\n    def pandas(self): ...\ntqdm = R()\ntqdm.pandas()", "progress_apply"),
        ("register_dataframe_accessor = print\nregister_dataframe_accessor('mine')", "mine"),
    ],
)
def test_an_attribute_is_of_the_cell_that_set_it(notebook, here, cell, attribute):
    notebook.run(cell)
    assert here.place_of_attribute(attribute) == "Cell [1]"
    assert here.place_of_attribute("other") is None


def test_files_variables_and_modules_are_looked_for(here, tmp_path, monkeypatch):
    (tmp_path / "data.csv").write_text("a")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGE", "dev")
    assert (here.has_file("data.csv"), here.has_file("none.csv")) == (True, False)
    assert (here.has_variable("STAGE"), here.has_variable("NOT_SET_XQ")) == (True, False)
    assert (here.has_module("json.decoder"), here.has_module("nowhere_xq")) == (True, False)


def test_why_names_a_cell_by_the_number_that_it_has_now(notebook):
    two_python_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    notebook.fake.error = (
        "Traceback (most recent call last):\n"
        '  File "Cell [77] b", line 2, in b\n    def b(): return 1\nKeyError: 1'
    )
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    now = notebook.graph.task("b").source.cell
    said = notebook.run("%sfdag why")
    assert f"b failed ({now}, line 2)" in said
    assert f'File "{now}", line 2, in b' in said


def test_why_says_what_the_task_had_not(notebook):
    notebook.run("boom = 3")
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    notebook.fake.error = "NameError: name 'boom' is not defined"
    with pytest.raises(RunFailedError, match=r"b runs in a process of its own: 'boom' of this"):
        notebook.run("%sfdag run")
    assert "(Cell [1]) did not travel" in notebook.run("%sfdag why")
