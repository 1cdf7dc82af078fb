"""What a notebook shows of a value, and the tables that values turn into."""

import subprocess
import sys

import pytest

from sfdag_magics import MachineError, TaskGraph, sql_task
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.outlook import Outlook
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import ConnectError
from sfdag_magics.render.run_seen import headline
from sfdag_magics.render.svg import escaped
from sfdag_magics.workspace.answers.listings import GraphListing, LogListing, RunListing
from sfdag_magics.workspace.open_target import OpenTarget
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.rows import deployed, row
from tests.magics.scenes import failed_run, two_tasks
from tests.render.builders import NOON

GRAPH = deployed("a -> b", finalizer="tidy")
SEEN = snapshot_from_rows(GRAPH, [row("g", "EXECUTING"), row("a"), row("b", "EXECUTING")], None)
LINE = LogLine(time=None, severity="INFO", logger="", message="<3 rows>")
VALUES = {
    "graph": TaskGraph(
        "g", tasks=(sql_task("a", "select 1"), sql_task("b", "select 2", after=["a"]))
    ),
    "snapshot": SEEN,
    "runs": RunListing([SEEN]),
    "logs": LogListing("a", [LINE]),
    "graphs": GraphListing([Outlook(graph=GRAPH, last=SEEN)]),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_shown_as_html_and_as_the_same_in_text(name):
    bundle = VALUES[name]._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    wanted = {"logs": "&lt;3 rows&gt;", "graph": "<b>g</b> 2 tasks, not run"}
    assert wanted.get(name, "run" if name == "snapshot" else "group-1") in bundle["text/html"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("graph", {"task": "a", "kind": "sql", "after": ()}),
        ("snapshot", {"task": "a", "state": "succeeded", "attempt": 1}),
        ("runs", {"run": "group-1", "state": "EXECUTING", "tasks": 3}),
        ("logs", {"severity": "INFO", "message": "<3 rows>"}),
        ("graphs", {"graph": "g", "tasks": ("a", "b", "tidy"), "last_run": "group-1"}),
    ],
)
def test_a_value_is_a_table_of_its_parts(name, first):
    record = VALUES[name].to_pandas().to_dict("records")[0]
    assert first.items() <= record.items()


def test_an_empty_list_is_a_table_with_its_columns():
    assert "return_value" in SEEN.to_pandas().columns
    assert list(LogListing("a", []).to_pandas().columns) == [
        *("task", "time", "severity", "logger", "message")
    ]
    assert "no runs" in RunListing([])._repr_mimebundle_()["text/plain"]


def test_a_run_that_was_retried_took_in_a_list_what_the_live_view_says():
    first = [row("g", seconds=1), row("a", seconds=20), row("b", "FAILED", seconds=40)]
    again = [row(name, attempt=2, seconds=at) for name, at in (("g", 900), ("b", 901))]
    seen = snapshot_from_rows(GRAPH, [*first, *again], None)
    took, _, attempts = headline(seen, now=NOON).split(" · ")[1].partition(" in ")
    assert attempts == "2 attempts"
    assert f"  {took}  attempt 2" in str(RunListing([seen]))


def test_a_machine_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MachineError, match="pandas is not installed") as raised:
        VALUES["graph"].to_pandas()
    assert raised.value.hint == f"{sys.executable} -m pip install pandas"


def test_a_run_is_shown_as_it_is_now_or_as_it_was_last_seen(monkeypatch):
    fake = FakeSnowflake()
    run = Run(fake, GRAPH, group_id="group-1")
    run._watched._snapshot = SEEN
    monkeypatch.setattr(fake, "rows", _gone)
    assert run.seen_now() is SEEN
    assert "group-1" in run._repr_mimebundle_()["text/plain"]
    with starting_none():  # the worth of this thread's statements is as it was before
        assert run.seen_now() is SEEN


def _gone(_):
    raise ConnectError("the embedded engine was stopped")


def test_what_a_verb_has_just_drawn_is_not_drawn_again(notebook):
    two_tasks(notebook)
    form = notebook.shell.display_formatter.format
    notebook.run("run = %sfdag run")
    assert form(notebook.value or notebook.names["run"])[0] == {}
    notebook.run("1")
    assert "text/html" in form(notebook.names["run"])[0]
    notebook.run("found = %sfdag runs")
    assert form(notebook.names["found"])[0] == {}


@pytest.mark.parametrize(
    ("call", "first"),
    [
        ("plan()", "plan: graph g on fake · DB.S"),
        ("deploy()", "deployed: 2 tasks, nothing changed"),
        ("status()", "run group-1 "),
        ("why()", "✕ b failed (Cell [3] b, line 2): nothing else"),
    ],
)
def test_what_the_calls_of_a_target_answer_is_shown_as_it_prints(notebook, call, first):
    failed_run(notebook)
    target = OpenTarget(notebook.magics.desk.workspace)
    notebook.names["target"] = target
    notebook.run(f"answer = target.{call}")
    answer = notebook.names["answer"]
    forms = notebook.shell.display_formatter.format(answer)[0]
    assert forms["text/html"] == f"<pre>{escaped(str(answer))}</pre>"
    assert forms["text/plain"] == str(answer)
    assert forms["text/plain"].startswith(first)


def test_a_graph_is_had_from_the_verb_that_shows_it(notebook):
    two_tasks(notebook)
    notebook.run("shown = %sfdag show")
    assert notebook.names["shown"] is notebook.graph
    notebook.run("%sfdag show")
    assert notebook.value is None


def test_values_are_drawn_by_themselves_where_no_magics_are_loaded(notebook, shell):
    notebook.run("%unload_ext sfdag_magics")
    assert "text/html" in shell.display_formatter.format(VALUES["graph"])[0]


def test_who_displays_nothing_loads_no_pictures():
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, sfdag_magics; sfdag_magics.TaskGraph; sfdag_magics.Run;"
            "print([m for m in sys.modules if m.startswith(('sfdag_magics.render', 'IPython'))])",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == "[]\n"
