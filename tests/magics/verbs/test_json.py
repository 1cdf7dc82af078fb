"""`--json`: one document, alone in the output, from every verb that shows data."""

import json

import pytest

from sfdag_magics.errors import GraphError, InputError, RunFailedError
from sfdag_magics.magics.verbs.all_verbs import VERBS
from tests.magics.scenes import failed_run, person, two_tasks


def document(notebook):
    """The document in the output, behind which the error stands."""
    return json.JSONDecoder().raw_decode(notebook.output)[0]


#: `(what is typed, a key of the document, its value)`, after a run whose task b failed.
TOLD = [
    ("plan", "is_empty", True),
    ("deploy --yes", "graph", "g"),
    ("deploy --yes", "is_deployed", True),
    ("why", "task", "b"),
    ("target", "chosen", "embedded"),
    ("graph g --warehouse ml", "options", {"warehouse": "ml"}),
    ("graph", "tasks", ["a", "b"]),
    ("validate", "problems", []),
    ("status", "state", "FAILED"),
    ("status", "schedule", None),
    ("run --no-wait", "graph", "g"),
    ("run --wait", "state", "SUCCEEDED"),
    ("retry --wait", "state", "SUCCEEDED"),
    ("retry --preview", "runs", ["b"]),
    ("stop", "state", "FAILED"),
]


@pytest.mark.parametrize(("line", "key", "value"), TOLD)
@pytest.mark.parametrize("attended", ["0", "1"])
def test_a_document_stands_alone(notebook, monkeypatch, line, key, value, attended):
    failed_run(notebook)
    monkeypatch.setenv("SFDAG_INTERACTIVE", attended)
    assert json.loads(notebook.run(f"%sfdag {line} --json"))[key] == value
    assert notebook.value is None


def test_a_value_that_is_assigned_comes_all_the_same(notebook):
    failed_run(notebook)
    assert json.loads(notebook.run("run = %sfdag status --json"))["tasks"]["b"]["error_code"]
    assert notebook.names["run"].snapshot.tasks["b"].error_code == "100357"


def test_the_other_lists_are_lists(notebook):
    failed_run(notebook)
    (run,) = json.loads(notebook.run("%sfdag runs --json"))
    (graph,) = json.loads(notebook.run("%sfdag graphs --json"))
    assert (run["state"], graph["graph"], graph["last_run"]["state"]) == ("FAILED", "g", "FAILED")
    assert json.loads(notebook.run("%sfdag logs b --json")) == []


def test_a_run_that_fails_is_told_before_it_is_loud(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run --json")
    assert document(notebook)["tasks"]["b"]["state"] == "failed"


def test_what_is_wrong_with_a_graph_is_told_before_it_is_loud(notebook):
    notebook.run("%%sftask b --sql --after a\nselect 1\n")
    with pytest.raises(GraphError):
        notebook.run("%sfdag validate --json")
    (problem,) = document(notebook)["problems"]
    assert problem["task"] == "b"


def test_a_graph_without_a_run_has_the_keys_of_one(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    told = json.loads(notebook.run("%sfdag status --json"))
    assert (told["graph"], told["group_id"], told["tasks"], told["schedule"]) == (
        "g",
        None,
        {},
        None,
    )


def test_not_agreeing_is_a_document_too(notebook, monkeypatch):
    two_tasks(notebook)
    person(monkeypatch, "no", "n")
    assert json.loads(notebook.run("%sfdag run -t prod --json")) is None
    assert json.loads(notebook.run("%sfdag deploy --json"))["is_deployed"] is False


@pytest.mark.parametrize("verb", [name for name, verb in VERBS.items() if not verb.has_json])
def test_a_verb_without_a_document_refuses_the_option_by_name(notebook, verb):
    with pytest.raises(InputError, match=f"%sfdag {verb} has no option --json"):
        notebook.run(f"%sfdag {verb} train --json")


def test_each_verb_that_shows_data_has_the_option():
    assert {name for name, verb in VERBS.items() if not verb.has_json} == {
        *("show", "session", "forget", "suspend", "resume", "drop", "help")
    }
