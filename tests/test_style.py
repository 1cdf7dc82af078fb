"""Format, lint and types, as pyproject.toml configures them: what `ruff` and `mypy` find fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.test_repository import ROOT


def found(*command: str) -> str:
    """What a checker has to say; nothing where it is content."""
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("command", [("ruff", "check", "-q"), ("ruff", "format", "--check")])
def test_format_and_lint_are_as_configured(command):
    assert found(*command) == ""


@pytest.mark.slow
def test_every_type_holds_in_the_package_and_the_benchmarks():
    # No cache: two checkers that share one write into each other's, and its own nobody reads.
    assert found("mypy", "--cache-dir", os.devnull) == ""


def test_a_checker_that_finds_something_is_heard(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text("import os\n", "utf-8")
    assert "F401" in found("ruff", "check", "--isolated", str(planted))
