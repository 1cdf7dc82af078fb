"""`python -m tests.environments.newest`: whether the newest releases that our bounds allow work.

Says one line: what is newer than the lock, and how the tests of the rooms that meet foreign code
fare with it. Exits with 1 where they fail; nothing is written and nothing is installed here.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.environments.installs import overlay, passes_with
from tests.environments.lock import locked, newest

#: Of DuckDB and sqlglot nothing is newer than what is tested: the tables of SQL need not run again.
_ROOMS = (
    *("tests/engine/clients", "tests/engine/copying", "tests/engine/python_code"),
    *("tests/engine/wire", "tests/engine/workers", "tests/engine/sql/results"),
    *("tests/client/connecting", "tests/magics/kernel", "tests/magics/showing", "tests/widget"),
)


def tried() -> tuple[bool, str]:
    """Whether the newest work, and the line that says so."""
    held = locked()
    newer = {name: release for name, release in newest().items() if held.get(name) != release}
    if not newer:
        return True, f"the bounds allow nothing newer than the lock ({len(held)} distributions)"
    named = ", ".join(f"{name} {held.get(name, 'new')} → {newer[name]}" for name in sorted(newer))
    with tempfile.TemporaryDirectory() as folder:
        environment = overlay(Path(folder), [f"{name}=={newer[name]}" for name in newer])
        works, said = passes_with(environment, "-m", "not slow and not browser", *_ROOMS)
    return works, f"{'work' if works else 'FAIL'} with {named}: {said}"


if __name__ == "__main__":
    works, line = tried()
    sys.stdout.write(f"newest: {line}\n")
    sys.exit(not works)
