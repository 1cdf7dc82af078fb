"""The runtime that was imported before the fork is, to all who look, the archive's own."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from sfdag_magics import TaskGraph, sftask
from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.engine.workers.jobs import Raised, Returned
from sfdag_magics.engine.workers.ready_runtime import ReadyRuntime, digest_of_archive

from .conftest import Bench

LOOK = """
import sys, json, pkgutil, importlib, importlib.util, inspect
import sfdag_bundle
from sfdag_bundle import runtime, printed

def main():
    place = sys._xoptions["snowflake_import_directory"]
    return json.dumps({
        "package": sfdag_bundle.__file__.removeprefix(place),
        "path": [each.removeprefix(place) for each in sfdag_bundle.__path__],
        "runtime": runtime.__file__.removeprefix(place),
        "code": runtime.run.__code__.co_filename,
        "found": importlib.util.find_spec("sfdag_bundle.values").origin.removeprefix(place),
        "slots": importlib.import_module("sfdag_bundle.run_slots").Slot.__module__,
        "source": inspect.getsource(printed).splitlines()[0],
        "manifest": json.loads(pkgutil.get_data("sfdag_bundle", "manifest.json"))["graph"],
        "task": pkgutil.get_data("sfdag_bundle", "tasks/first.py").decode().count("def first"),
        "loader": type(sfdag_bundle.__loader__).__name__,
    })
"""
RUN = """
import sfdag_bundle

def main(task):
    return sfdag_bundle.run(None, task)
"""


@pytest.fixture
def archive(tmp_path: Path) -> str:
    graph = TaskGraph("looked_at")

    def first():
        print("said")  # noqa: T201 - a task may

    def second():
        raise ValueError("no")

    sftask(first, graph=graph)
    sftask(second, graph=graph, after=["first"])
    code = code_of(graph)
    assert code is not None
    path = tmp_path / "code.zip"
    path.write_bytes(code.archive)
    return str(path)


def test_what_ships_is_what_was_imported(archive: str) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert digest_of_archive(opened) == ReadyRuntime().digest


def test_it_lies_in_the_archive(bench: Bench, archive: str) -> None:
    outcome = bench.begin(LOOK, imports=(archive,)).wait()

    assert isinstance(outcome, Returned), outcome
    seen = json.loads(str(outcome.value))
    loader = seen.pop("loader")
    assert seen == {
        "package": "code.zip/sfdag_bundle/__init__.pyc",
        "path": ["code.zip/sfdag_bundle"],
        "runtime": "code.zip/sfdag_bundle/runtime.pyc",
        "code": "sfdag_bundle/runtime.py",
        "found": "code.zip/sfdag_bundle/values.pyc",
        "slots": "sfdag_bundle.run_slots",
        "source": seen["source"],
        "manifest": "looked_at",
        "task": 1,
    }
    assert seen["source"].startswith('"""What a task prints')
    assert loader in ("_Unpacked", "zipimporter")


def test_a_task_runs_with_it(bench: Bench, archive: str) -> None:
    ran = bench.begin(RUN, "first", imports=(archive,)).wait()

    assert ran == Returned(value=None)
    (line,) = bench.lines("log")
    assert (line["message"], line["logger"]) == ("said", "sfdag.print")
    assert line["path"] == "sfdag_bundle/printed.py"


def test_a_task_that_raises_is_told_without_it(bench: Bench, archive: str) -> None:
    failed = bench.begin(RUN, "second", imports=(archive,)).wait()

    assert isinstance(failed, Raised)
    assert "sfdag_bundle/" not in failed.text
    assert 'raise ValueError("no")' in failed.text


def test_another_release_brings_its_own(bench: Bench, archive: str, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            if name.startswith("sfdag_bundle/__init__"):
                continue
            new.writestr(name, old.read(name))
        new.writestr("sfdag_bundle/__init__.py", "def run(task): return 'the other'")

    ran = bench.begin(None, "first", handler="sfdag_bundle.run", imports=(str(other),)).wait()

    assert ran == Returned(value="the other")
