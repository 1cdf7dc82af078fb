"""The tests of the engine with each older release: `python -m tests.environments.older`.

The suite runs with each release the quick ones of the rooms that ask it for most; this runs all.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.environments.installs import ALONE, overlay, passes_with

#: Oldest to newest; a new one is added here, in `pyproject.toml`, and by writing the lock anew.
RELEASES = {
    "duckdb": ("2.0.0", "2.0.1"),
    "sqlglot": ("30.22.0",),
}
#: Rooms whose tests ask DuckDB for nothing but that it starts: processes, states, the protocol,
#: and REST, whose every call is a statement that other rooms try.
_ROOMS = ("scheduler", "workers", "wire", "resources", "clients/core")
_ALL = ("tests/engine", *(f"--ignore=tests/engine/{room}" for room in _ROOMS))
#: What SQL means, and what is written to disk: where a release differs, one of these has shown it.
_SQL = ("functions", "results", "statements", "stored")
_QUICK = ("tests/engine/store", *(f"tests/engine/sql/{room}" for room in _SQL))
QUICK = (ALONE, "-m", "not slow", *_QUICK)
OLDER = [(name, each) for name, all_of in RELEASES.items() for each in all_of[:-1]]


def passes(name: str, release: str, folder: Path, which: Sequence[str]) -> tuple[bool, str]:
    """Whether these tests of the engine pass with it, and pytest's closing line."""
    return passes_with(overlay(folder, [f"{name}=={release}"]), *which)


def main() -> int:
    """All tests with all of them; 0 when they pass."""
    good = True
    for name, release in OLDER:
        with tempfile.TemporaryDirectory() as folder:
            passed, said = passes(name, release, Path(folder), _ALL)
        sys.stdout.write(f"{name} {release}: {said}\n")
        good &= passed
    return not good


if __name__ == "__main__":
    sys.exit(main())
