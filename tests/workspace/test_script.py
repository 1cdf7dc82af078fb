"""Plain Python without a notebook: the README's script, and tasks of a module beside a script."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sfdag_magics.client.connecting import connect

README = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
BESIDE = """
from dataclasses import dataclass

FACTOR = 3

@dataclass
class Size:
    rows: int

def _scaled(value: int) -> int:
    return FACTOR * value

def load(rows: int = 7) -> Size:
    return Size(_scaled(rows))

def double(load: Size) -> int:
    return 2 * load.rows
"""
SCRIPT = """
import jobs
from sfdag_magics import TaskGraph, open_target, sftask

def telling(what):
    def told(double: int) -> str:
        return f"{double} {what} of {__name__}"
    return told

graph = TaskGraph("of_a_module")
for function in (jobs.load, jobs.double, telling("rows")):
    sftask(function, graph=graph)
with open_target() as target:
    print(target.run(graph).result(timeout=120).tasks["told"].return_value)
"""


@pytest.fixture
def run_script(tmp_path):
    """Runs a script as a file of its own, against an engine of its own; its output."""
    data = tmp_path / "engine"

    def run(text):
        script = tmp_path / "nightly.py"
        script.write_text(text, "utf-8")
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(script)],
            cwd=tmp_path,
            env={**os.environ, "SFDAG_DATA": str(data)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    connect.stop_engine(data)


@pytest.mark.slow
def test_the_readmes_script_does_what_it_says(run_script):
    section = README.split("\n## From Python\n")[1].split("\n## ")[0]
    (script,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    lines = run_script(script).splitlines()
    assert (lines[0], lines[-1]) == ("10 rows", "100 rows, and that is well")
    assert lines[1].startswith("✕ check failed (nightly.py, line 13): nothing else was kept")
    assert "  AssertionError: 100 rows are too many" in lines


@pytest.mark.slow
def test_functions_of_a_module_beside_the_script_are_tasks_with_what_they_use(run_script, tmp_path):
    (tmp_path / "jobs.py").write_text(BESIDE, "utf-8")
    assert run_script(SCRIPT) == "42 rows of __main__\n"
