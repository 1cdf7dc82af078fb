"""`%sfdag rollback`: what was deployed before is listed, shown, asked about and deployed again."""

import json

import jsonschema
import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from tests.client.told import going
from tests.magics.scenes import person, restarted, two_tasks


def twice(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask b --sql --after a\nselect 'edited'\n")
    notebook.run("%sfdag deploy --yes")


def body(notebook):
    return notebook.fake.tasks["G$B"]["statement"].body


def document(notebook, line):
    told = json.loads(notebook.run(f"{line} --json"))
    jsonschema.validate(told, DOCUMENTS["rollback"], jsonschema.Draft202012Validator)
    return told


def test_the_plan_is_shown_and_asked_about_before_anything_changes(notebook, monkeypatch):
    twice(notebook)
    asked = person(monkeypatch, "n", "y")
    said = notebook.run("%sfdag rollback")
    assert "back to version 1" in said
    assert "body: select 'edited' → select 2" in said
    assert said.splitlines()[-1] == "not rolled back"
    assert body(notebook) == "select 'edited'"
    said = notebook.run("%sfdag rollback")
    assert asked == ["go back to version 1 of graph g on fake · DB.S? [y/N] "] * 2
    assert body(notebook) == "select 2"
    assert "the cells here are as they were: %sfdag plan shows what differs" in said
    assert "body: select 2 → select 'edited'" in notebook.run("%sfdag plan")


def test_versions_are_listed_with_who_and_what_the_newest_first(notebook):
    twice(notebook)
    lines = notebook.run("%sfdag rollback --list").splitlines()
    assert lines[0] == "2 versions of graph g on fake · DB.S"
    assert lines[1].split()[0] == "2"
    assert lines[1].endswith("b changed (body)   ← deployed")
    assert lines[2].endswith("the first one")
    told = document(notebook, "%sfdag rollback --list")
    assert [(each["version"], each["tasks"]) for each in told] == [(1, ["a", "b"]), (2, ["a", "b"])]


def test_a_kernel_without_the_cells_goes_back_as_well(notebook):
    twice(notebook)
    restarted(notebook)
    told = document(notebook, "%sfdag rollback 1 -g g --plan")
    assert (told["is_deployed"], told["changes"][2]["kind"]) == (False, "changed")
    assert body(notebook) == "select 'edited'"
    assert document(notebook, "%sfdag rollback 1 -g g --yes")["is_deployed"]
    assert body(notebook) == "select 2"
    assert "nothing changed" in notebook.run("%sfdag rollback 1 -g g")


def test_a_run_in_flight_is_spoken_of_before(notebook):
    twice(notebook)
    going(notebook.fake)
    for line in ("rollback --plan", "plan"):
        notebook.run("%%sftask b --sql --after a\nselect 'other'\n")
        said = notebook.run(f"%sfdag {line}")
        assert "is executing: a deploy waits for its end" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rollback one", "'one' is no version"),
        ("rollback 0", "'0' is no version"),
        ("rollback 7", "has no version 7: 1 to 2"),
        ("rollback 1 --list", "--list shows all versions"),
        ("rollback", "nobody is there to answer|--yes"),
        ("rollback 1 -g elsewhere", "elsewhere"),
    ],
)
def test_what_is_meant_by_nothing_is_refused_and_nothing_changes(notebook, line, said):
    twice(notebook)
    before = dict(notebook.fake.files)
    with pytest.raises(InputError, match=said):
        notebook.run(f"%sfdag {line}")
    assert (body(notebook), notebook.fake.files) == ("select 'edited'", before)
