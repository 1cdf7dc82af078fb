"""What pip is asked: what it would install, and single releases beside this environment.

Changes nothing of the environment it runs in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
#: For a pytest in a test: each worker would collect all tests, and the one outside has its own.
ALONE = "-n0"
_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")


def resolved() -> dict[str, str]:
    """`{canonical name: release}` that pip would install for the tests, whatever is installed."""
    asked = ("--dry-run", "--ignore-installed", "--report", "-", "-e", f"{ROOT}[dev]")
    report = json.loads(_run(*_PIP, *asked))
    chosen = (item["metadata"] for item in report["install"])
    return {canonicalize_name(each["name"]): each["version"] for each in chosen}


def overlay(folder: Path, releases: Sequence[str]) -> dict[str, str]:
    """Install exactly these (`name==release`) into a folder; the environment that prefers them."""
    _run(*_PIP, "--no-deps", "--target", str(folder), *releases)
    # A pytest that runs this one must not take it for a worker of its own.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    outer["COLUMNS"] = "400"  # a failure's reason in its line, whole
    return {**outer, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def passes_with(environment: dict[str, str], *arguments: str) -> tuple[bool, str]:
    """Run pytest in it: whether it passed, and its failures with its closing line."""
    ran = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (ran.stdout + ran.stderr).strip().splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return ran.returncode == 0, "; ".join([*failed, *lines[-1:]])


def _run(*command: str) -> str:
    ran = subprocess.run(  # noqa: S603 - our own arguments, no shell
        command, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stderr}")
    return ran.stdout
