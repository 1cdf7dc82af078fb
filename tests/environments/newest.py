"""`python -m tests.environments.newest`: whether the newest releases that our bounds allow work.

Says one line: what is newer than the lock, and how the tests of the rooms that meet foreign code
fare with it. Exits with 1 where they fail; nothing is written and nothing is installed here.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.environments.installs import overlay, passes_with
from tests.environments.lock import locked, newest

#: The rooms that meet foreign code.
_ROOMS = (
    *("tests/engine/clients", "tests/engine/copying", "tests/engine/python_code"),
    *("tests/engine/wire", "tests/engine/workers", "tests/engine/sql/results"),
    *("tests/client/connecting", "tests/magics/kernel", "tests/magics/showing", "tests/widget"),
)
#: All tables of SQL run again with another release of what SQL is written against.
_OF_SQL, _SQL = frozenset({"duckdb", "sqlglot"}), "tests/engine/sql"


def rooms_for(raised: Iterable[str]) -> tuple[str, ...]:
    """The folders of tests to run where these distributions are others than in the lock."""
    return (*_ROOMS, _SQL) if _OF_SQL & set(raised) else _ROOMS


def tried() -> tuple[bool, str]:
    """Whether the newest work, and the line that says so."""
    held = locked()
    newer = {name: release for name, release in newest().items() if held.get(name) != release}
    if not newer:
        return True, f"the bounds allow nothing newer than the lock ({len(held)} distributions)"
    named = ", ".join(f"{name} {held.get(name, 'new')} → {newer[name]}" for name in sorted(newer))
    with tempfile.TemporaryDirectory() as folder:
        environment = overlay(Path(folder), [f"{name}=={newer[name]}" for name in newer])
        works, said = passes_with(environment, "-m", "not slow and not browser", *rooms_for(newer))
    return works, f"{'work' if works else 'FAIL'} with {named}: {said}"


if __name__ == "__main__":
    works, line = tried()
    sys.stdout.write(f"newest: {line}\n")
    sys.exit(not works)
