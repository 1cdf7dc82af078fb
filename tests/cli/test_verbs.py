"""Verbs typed in a shell, on an engine: run, fail, why, retry; exit codes and reports."""

import json
import shlex
import traceback
from xml.etree import ElementTree as ET

import pytest

from sfdag_magics.cli import post_mortem
from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

LOAD = "%load_ext sfdag_magics\n%sfdag graph g"
GOOD = "%%sftask load\ndef load(session):\n    return 3"
BAD = "%%sftask train --after load\ndef train(load: int):\n    raise ValueError('no | <good>')"
FIXED = BAD.replace("raise ValueError('no | <good>')", "return load + 1")
#: What `breakpoint()` comes to where the input ends, or a person types `q`.
QUIT = "import bdb; raise bdb.BdbQuit"
BELOW = "%%sftask tell --sql --after train\nselect 1"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    made = tmp_path_factory.mktemp("data")
    yield made
    stop_engine(made)


@pytest.fixture(autouse=True)
def on_an_engine(data, monkeypatch):
    monkeypatch.setenv("SFDAG_DATA", str(data))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def test_a_failed_run_is_mended_and_retried(a_notebook, sfdag, tmp_path, monkeypatch):
    summary, report = tmp_path / "summary.md", tmp_path / "report.xml"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    path = a_notebook(LOAD, GOOD, BAD, BELOW)
    code, said, aside = sfdag("run", path, "--junit", report)
    assert code == 1
    assert "✓ load  succeeded" in said
    assert (f"sfdag retry {path}" in aside, "%sfdag" in aside) == (True, False)
    (suite,) = ET.parse(report).getroot()  # noqa: S314 - our own
    assert {case.get("name"): [e.tag for e in case] for case in suite} == {
        "load": [], "train": ["failure"], "tell": ["skipped"],
    }  # fmt: skip
    assert "| ✕ | train | failed" in summary.read_text("utf-8")
    assert "no \\| &lt;good&gt;" in summary.read_text("utf-8")

    code, said, _ = sfdag("why", path)
    assert (code, "ValueError: no | <good>" in said, "%sfdag" in said) == (0, True, False)

    code, said, _ = sfdag("debug", path)
    assert (code, f"next: sfdag debug {path} train --call; in a" in said) == (0, True)
    assert f"next: correct it, then sfdag retry {path}" in sfdag("why", path)[1]
    # Without a file nothing would ship what was corrected.
    assert "next: correct it, then sfdag retry NOTEBOOK.ipynb" in sfdag("why", "-g", "g")[1]
    stopping = a_notebook(LOAD, GOOD, BAD.replace("raise ValueError('no | <good>')", QUIT), BELOW)
    code, _, aside = sfdag("debug", stopping, "train", "--call")
    left = "sfdag: the debugger was left before the function returned"
    assert (code, aside.splitlines()[-1], "Traceback" in aside) == (1, left, False)
    a_notebook(LOAD, GOOD, BAD, BELOW)
    asked = []
    monkeypatch.setattr(post_mortem, "_is_a_terminal", lambda: True)
    monkeypatch.setattr(post_mortem.pdb, "post_mortem", asked.append)
    code, _, aside = sfdag("debug", path, "train", "--call")
    first, *_ = traceback.extract_tb(asked[0])
    assert (code, first.name, aside.splitlines()[-1]) == (1, "train", "ValueError: no | <good>")
    assert "sfdag_magics" not in aside

    path = a_notebook(LOAD, GOOD, FIXED, BELOW)
    assert "it returned 4\n" in sfdag("debug", path, "train", "--call")[1]
    told = json.loads(sfdag("debug", path, "train", "--call", "--json")[1])
    assert (told["returned"]["value"], told["raised"]) == (4, None)
    # A report that cannot be written is no outcome of the run.
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    code, said, aside = sfdag("retry", path, "--json")
    assert ("%sfdag" not in aside, f"note: cannot write {tmp_path}: " in aside) == (True, True)
    told = json.loads(said)
    assert (code, told["attempt"], told["state"]) == (0, 2, "SUCCEEDED")
    assert told["tasks"]["train"]["return_value"] == "4"
    # Of what is deployed no file is needed.
    code, said, _ = sfdag("runs", "--graph", "g", "--json")
    assert (code, [run["state"] for run in json.loads(said)]) == (0, ["SUCCEEDED"])


def test_a_person_that_is_not_there_is_not_asked(a_notebook, sfdag, monkeypatch):
    monkeypatch.setenv("SFDAG_INTERACTIVE", "0")
    path = a_notebook("%load_ext sfdag_magics\n%sfdag graph other", GOOD)
    code, _, aside = sfdag("deploy", path)
    assert (code, f"sfdag deploy {path} --yes" in aside) == (2, True)
    assert sfdag("deploy", path, "--yes")[0] == 0
    assert "nothing" in sfdag("plan", path)[1]


def test_what_a_schedule_missed_is_made_good_and_goes_on_after_an_interrupt(
    a_notebook, sfdag, monkeypatch
):
    slot = "%%sftask\ndef load(ctx):\n    return str(ctx.slot.end)"
    graph = '%load_ext sfdag_magics\n%sfdag graph daily --schedule "0 5 * * * Europe/Berlin"'
    path = a_notebook(graph, slot, name="it's daily.ipynb")
    line = ("backfill", path, "2025-03-29", "2025-04-01", "--yes")
    run_noted, begun = Workspace.run_noted, []

    def interrupted(*asked):
        begun.append(asked)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return run_noted(*asked)

    monkeypatch.setattr(Workspace, "run_noted", interrupted)
    code, said, aside = sfdag(*line)
    assert (code, "✓ 2025-03-29 05:00" in said) == (130, True)
    assert "1 of 4 slots run: 1 succeeded · 3 left" in aside
    assert f"sfdag backfill {shlex.quote(str(path))} 2025-03-29 2025-04-01 --yes" in aside
    code, said, _ = sfdag(*line)
    assert (code, "3 of 3 slots run: 3 succeeded" in said) == (0, True)
    code, said, _ = sfdag("runs", "-g", "daily", "--json")
    values = [run["tasks"]["load"]["return_value"] for run in json.loads(said)]
    assert values == [
        f"2025-{day} 05:00:00+0{zone}:00"
        for day, zone in (("04-01", 2), ("03-31", 2), ("03-30", 2), ("03-29", 1))
    ]
    assert sfdag("backfill", path, "2025-04-01", "2025-03-29")[0] == 2


@pytest.mark.parametrize(
    ("is_python", "way"),
    [(False, "in its notebook: %sfdag graph --overlap"), (True, "graph.configure(overlap=")],
)
def test_what_a_shell_cannot_type_is_said_of_the_file(is_python, way, a_notebook, tmp_path, sfdag):
    path = a_notebook(LOAD, GOOD)
    if is_python:
        path = tmp_path / "f.py"
        path.write_text(
            "from sfdag_magics import sftask\n@sftask(graph='h')\ndef f() -> int: return 1\n"
        )
    days = ("2026-11-02", "2026-11-03", "--every", "1 day")
    code, _, aside = sfdag("backfill", path, *days, "--max-active", "3", "--dry-run")
    assert (code, f"first: {way}" in aside) == (2, True)
