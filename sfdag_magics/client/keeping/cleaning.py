"""What of a data directory nothing names any more, and freeing it. Asks nobody.

Runs beyond their time, logs and staged files that nothing names go by themselves while an engine
runs; here goes what an engine that was killed, or an upgrade or restore, left behind.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sfdag_magics.client.keeping.disk import is_copy, size_of
from sfdag_magics.client.keeping.restoring import is_replaced, left_behind
from sfdag_magics.errors import MachineError
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.light_classes import dataclass

#: Of running processes and open sessions alone: an engine that starts empties them.
_OF_A_RUNNING_ENGINE = ("jobs", "results", "spill", "stages/.incoming", "stages/.uploads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One thing that may go: what it is, where it lies, how many bytes it has."""

    what: str
    path: Path
    bytes: int

    def __str__(self) -> str:
        return f"{size_text(self.bytes):>9}  {self.what}: {self.path}"


def leftovers(directory: Path, *, is_running: bool) -> tuple[Leftover, ...]:
    """What may go; of an engine that runs nothing that it works with."""
    found = [*_copies(directory), *_restores(directory)]
    if not is_running:
        found += [
            _leftover("work that an engine's end cut off", each)
            for name in _OF_A_RUNNING_ENGINE
            for each in _listed(directory / name)
        ]
    return tuple(each for each in found if each.bytes)


def _copies(directory: Path) -> Iterator[Leftover]:
    for path in _listed(directory):
        if is_copy(path):
            yield _leftover("a copy of an earlier format", path)


def _restores(directory: Path) -> Iterator[Leftover]:
    for path in left_behind(directory):
        what = "what a restore replaced" if is_replaced(path) else "a restore that was cut off"
        yield _leftover(what, path)


def _leftover(what: str, path: Path) -> Leftover:
    return Leftover(what=what, path=path, bytes=size_of(path))


def _listed(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []


def free(found: Leftover) -> None:
    """Delete it.

    Raises:
        MachineError: it cannot be.
    """
    try:
        if found.path.is_dir() and not found.path.is_symlink():
            shutil.rmtree(found.path)
        else:
            found.path.unlink(missing_ok=True)
    except OSError as problem:
        raise MachineError(
            f"{found.path} cannot be deleted: {problem.strerror}", hint=f"ls -ld {found.path}"
        ) from problem
