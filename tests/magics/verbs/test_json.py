"""`--json`: one document, alone in the output, from every verb."""

import json

import jsonschema
import pytest

from sfdag_magics.errors import GraphError, InputError, RunFailedError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from sfdag_magics.magics.verbs.all_verbs import VERBS
from tests.magics.scenes import failed_run, person, two_tasks


def document(notebook):
    """The document in the output, behind which the error stands."""
    return json.JSONDecoder().raw_decode(notebook.output)[0]


def conforms(told, line):
    """See that a document is what its verb says of it."""
    jsonschema.validate(told, DOCUMENTS[line.split()[0]], jsonschema.Draft202012Validator)


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
    ("doctor", "is_refused", False),
    ("simulate --fail a", "graph", "g"),
    ("status", "state", "FAILED"),
    ("status", "schedule", None),
    ("run --no-wait", "graph", "g"),
    ("run --wait", "state", "SUCCEEDED"),
    ("retry --wait", "state", "SUCCEEDED"),
    ("retry --preview", "runs", ["b"]),
    ("stop", "state", "FAILED"),
    ("local status --data nothing", "running", False),
    ("show", "edges", [{"from": "a", "to": "b", "kind": "after"}]),
    ("suspend", "did", "suspend"),
    ("drop --yes", "done", True),
    ("forget b", "tasks", ["b"]),
]


#: What lists are typed by.
LISTS = ("runs", "graphs", "logs b", "bundle", "version")


@pytest.mark.parametrize(("line", "key", "value"), TOLD)
@pytest.mark.parametrize("attended", ["0", "1"])
def test_a_document_stands_alone(notebook, monkeypatch, line, key, value, attended):
    failed_run(notebook)
    monkeypatch.setenv("SFDAG_INTERACTIVE", attended)
    told = json.loads(notebook.run(f"%sfdag {line} --json"))
    conforms(told, line)
    assert told[key] == value
    assert notebook.value is None


def test_a_preview_says_that_there_is_nothing_to_retry(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run --wait")
    told = json.loads(notebook.run("%sfdag retry --preview --json"))
    conforms(told, "retry")
    assert (told["by"], told["runs"]) == (None, [])
    assert told["why"] == "nothing failed: nothing to retry"


def test_a_value_that_is_assigned_comes_all_the_same(notebook):
    failed_run(notebook)
    assert json.loads(notebook.run("run = %sfdag status --json"))["tasks"]["b"]["error_code"]
    assert notebook.names["run"].snapshot.tasks["b"].error_code == "100357"


def test_the_other_lists_are_lists(notebook):
    failed_run(notebook)
    lists = {line: json.loads(notebook.run(f"%sfdag {line} --json")) for line in LISTS}
    for line, told in lists.items():
        conforms(told, line)
    (run,), (graph,) = lists["runs"], lists["graphs"]
    assert (run["state"], graph["graph"], graph["last_run"]["state"]) == ("FAILED", "g", "FAILED")
    assert lists["logs b"] == []


def test_help_describes_each_verb_and_what_it_prints(notebook):
    told = json.loads(notebook.run("%sfdag help --json"))
    conforms(told, "help")
    described = {verb["name"]: verb for verb in told["verbs"]}
    assert set(described) == set(VERBS)
    assert set(DOCUMENTS) == set(VERBS)
    for verb in described.values():
        jsonschema.Draft202012Validator.check_schema(verb["options"])
        jsonschema.Draft202012Validator.check_schema(verb["prints"])
        assert "%%" not in json.dumps(verb["options"])
    no_commands = [name for name, verb in described.items() if not verb["in_shells"]]
    assert sorted(no_commands) == ["forget", "graph", "session"]
    options = described["run"]["options"]["properties"]
    assert [options[name]["type"] for name in ("set", "wait", "graph")] == [
        *("object", "boolean", "string")
    ]
    one = json.loads(notebook.run("%sfdag help run --json"))
    assert one == described["run"]


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


def test_a_session_that_is_kept_is_told_by_its_place(notebook):
    notebook.fake.session = object()
    told = json.loads(notebook.run("session = %sfdag session --json"))
    conforms(told, "session")
    assert told["target"] == "embedded"
    assert notebook.names["session"] is notebook.fake.session


def test_show_prints_in_one_form(notebook):
    two_tasks(notebook)
    with pytest.raises(InputError, match="--json and --format each say what is printed"):
        notebook.run("%sfdag show --json --format svg")


def test_what_a_person_said_no_to_is_told_as_not_done(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    person(monkeypatch, "n", "no")
    for line in ("drop", "suspend -t prod"):
        told = json.loads(notebook.run(f"%sfdag {line} --json"))
        conforms(told, line)
        assert told["done"] is False
    assert notebook.fake.tasks
