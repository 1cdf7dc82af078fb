"""`%sfdag compare`: what differs between two runs, as text, table and JSON."""

import json

import jsonschema
import pytest

from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from tests.magics.scenes import failed_run, two_python_tasks


def two_runs(notebook):
    failed_run(notebook)
    notebook.run("%sfdag run --no-wait")
    runs = notebook.run("runs = %sfdag runs") and notebook.names["runs"]
    return [run.group_id for run in runs]


def test_two_runs_are_held_beside_each_other(notebook):
    newest, older = two_runs(notebook)
    said = notebook.run(f"c = %sfdag compare {older}")
    found = notebook.names["c"]
    assert (found.first.group_id, found.second.group_id) == (older, newest)
    assert said.splitlines()[0].startswith("A  run ")
    assert "  a  ✓ succeeded            → ✓ succeeded" in said
    assert "✕ failed" in said
    assert notebook.run("c = %sfdag compare") == said
    told = found.to_pandas()
    assert sorted([told["state_a"][1], told["state_b"][1]]) == ["failed", "succeeded"]
    told = json.loads(notebook.run(f"%sfdag compare {older} {newest} --json"))
    jsonschema.validate(told, DOCUMENTS["compare"], jsonschema.Draft202012Validator)
    states = {told["tasks"]["b"][which]["state"] for which in ("first", "second")}
    assert states == {"failed", "succeeded"}


def test_a_retried_run_is_compared_by_the_code_that_it_ran_last(notebook):
    two_python_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()
    notebook.run("%%sftask --after a\ndef b(): return 2\n")
    notebook.run("%sfdag retry")
    notebook.run("%sfdag run")
    assert "code b" not in notebook.run("%sfdag compare")


def test_a_key_that_a_run_was_not_given_has_its_default_there(notebook):
    notebook.run("%%sftask\ndef a(*, rows=400): return rows\n")
    for line in ("run", "run --set rows=3"):
        notebook.run(f"%sfdag {line}")
    assert "config rows: default 400 → 3" in notebook.run("%sfdag compare group-1 group-3")
    told = json.loads(notebook.run("%sfdag compare group-1 group-3 --json"))
    (found,) = told["differences"]
    assert (found["first"], found["second"], found["default"]) == (None, "3", "400")


@pytest.mark.parametrize("line", ["compare {0}", "compare {0} {0}", "compare nope"])
def test_what_cannot_be_compared_is_named(notebook, line):
    newest, _ = two_runs(notebook)
    with pytest.raises(InputError) as raised:
        notebook.run(f"%sfdag {line.format(newest)}")
    assert raised.value.hint
