"""The archive: readable, the same bytes for the same code, named by them."""

from __future__ import annotations

import ast
import hashlib
import io
import subprocess
import sys
import zipfile
from importlib.util import MAGIC_NUMBER

import pytest

from tests.bundle.notebook import Notebook, Shipped

CELLS = ("import math\nLIMIT = 3", "def helper(x):\n    return math.floor(x) + LIMIT")
TASK = "def train(session, *, rate: float = 0.1):\n    return helper(rate)"


def notebook(*more, first_line=1):
    made = Notebook()
    for cell in (*CELLS, *more):
        made.run(cell)
    made.task(TASK, first_line=first_line)
    made.task("def report(train: int): return train")
    return made


def test_the_same_code_gives_the_same_bytes_named_by_them():
    one, two = notebook().build(), notebook().build()
    assert one.archive == two.archive
    assert one.name == f"{hashlib.sha256(one.archive).hexdigest()[:16]}.zip"
    assert one.handler == "sfdag_bundle.run"


def test_running_a_cell_again_changes_places_but_no_code():
    before, after = notebook().build(), notebook("x = 1", first_line=4).build()
    assert before.digest != after.digest
    assert before.hashes == after.hashes
    assert before.code_hash == after.code_hash


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("LIMIT = 4", {"train"}),
        ("def helper(x):\n    return x", {"train"}),
        ("UNUSED = 1", set()),
    ],
)
def test_only_the_tasks_that_use_a_change_have_another_hash(change, changed):
    before, after = notebook().build().hashes, notebook(change).build().hashes
    assert {name for name in before if before[name] != after[name]} == changed


def test_another_python_runs_the_readable_files_and_not_the_compiled_ones(tmp_path):
    path = tmp_path / "elsewhere.zip"
    with zipfile.ZipFile(io.BytesIO(notebook().build().archive)) as built:
        compiled = [name for name in built.namelist() if name.endswith(".pyc")]
        assert len(compiled) == 22
        with zipfile.ZipFile(path, "w") as elsewhere:
            for name in built.namelist():
                content = built.read(name)
                assert (content[:4] == MAGIC_NUMBER) == (name in compiled)
                foreign = b"\0\0\r\n" + content[4:] if name in compiled else content
                elsewhere.writestr(name, foreign)
    told = "import sfdag_bundle.runtime as r; print(r.read_manifest()['graph'], r.__file__)"
    done = subprocess.run(  # noqa: S603 - two lines of ours
        [sys.executable, "-c", told],
        env={"PYTHONPATH": str(path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["mortgage", str(path / "sfdag_bundle" / "runtime.py")]


def test_the_archive_holds_readable_modules(tmp_path):
    shipped = Shipped(notebook().build().archive, tmp_path)
    assert [name for name in shipped.names() if not name.endswith(".pyc")] == [
        "sfdag_bundle/__init__.py",
        "sfdag_bundle/container_forms.py",
        "sfdag_bundle/context.py",
        "sfdag_bundle/cron_times.py",
        "sfdag_bundle/form_of.py",
        "sfdag_bundle/forms.py",
        "sfdag_bundle/frames.py",
        "sfdag_bundle/inputs.py",
        "sfdag_bundle/json_text.py",
        "sfdag_bundle/local_modules.py",
        "sfdag_bundle/main_module.py",
        "sfdag_bundle/manifest.json",
        "sfdag_bundle/map_results.py",
        "sfdag_bundle/names_here.py",
        "sfdag_bundle/printed.py",
        "sfdag_bundle/run_slots.py",
        "sfdag_bundle/runtime.py",
        "sfdag_bundle/scalar_forms.py",
        "sfdag_bundle/showing.py",
        "sfdag_bundle/spawned_main.py",
        "sfdag_bundle/tasks/report.json",
        "sfdag_bundle/tasks/report.py",
        "sfdag_bundle/tasks/train.json",
        "sfdag_bundle/tasks/train.py",
        "sfdag_bundle/telling.py",
        "sfdag_bundle/trying.py",
        "sfdag_bundle/values.py",
    ]
    text = shipped.text("sfdag_bundle/tasks/train.py")
    ast.parse(text)
    assert text == (
        '"""Task train of graph mortgage, as it was written in the notebook."""\n'
        "\n"
        "import math\n"
        "LIMIT = 3\n"
        "\n\n"
        "# Cell [2], line 1\n"
        "def helper(x):\n"
        "    return math.floor(x) + LIMIT\n"
        "\n\n"
        "# Cell [3], line 1\n"
        f"{TASK}\n"
    )


def test_the_report_says_what_ships_and_how_big():
    train, report = notebook().build().tasks
    assert [(item.name, str(item.how)) for item in train.taken] == [
        ("math", "import"),
        ("LIMIT", "literal"),
        ("helper", "source"),
        ("train", "source"),
    ]
    assert train.size > report.size > 0
    assert notebook().build().report() == {
        "train": (
            "train  124 bytes: math (import), LIMIT (3), helper (Cell [2], line 1), "
            "train (Cell [3], line 1)",
        ),
        "report": ("report  36 bytes: report (Cell [4], line 1)",),
    }


def test_a_graph_without_python_ships_nothing():
    bundle = Notebook().build()
    assert (bundle.archive, bundle.problems) == (b"", ())


@pytest.mark.parametrize(
    ("returns", "takes", "is_noted"),
    [("", "", True), (" -> bool", "", False), ("", ": bool", False), (" -> bool", ": bool", False)],
)
def test_a_value_that_nobody_annotated_is_noted(returns, takes, is_noted):
    made = Notebook()
    made.task(f"def ok(){returns}: return max([False])")
    made.task(f"def go(ok{takes}): return ok")
    assert [bool(task.notes) for task in made.build().tasks] == [False, is_noted]


@pytest.mark.slow
def test_a_cells_own_json_changes_no_archive(monkeypatch):
    def build():
        made = Notebook()
        made.run("L = [[1, n] for n in range(20_000)]")
        made.task("def train(): return L")
        return made.build()

    before = build()
    monkeypatch.setattr("json.dumps", type)
    assert build().archive == before.archive != b""
