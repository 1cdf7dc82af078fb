"""A data directory that nobody else can put anything into, or take away. Knows modes and owners.

Whoever may write to a directory above it can move it away and put another in its place, so those
count too: they belong to this user or root, and others may write to them only where the sticky bit
keeps them from moving what is not theirs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sfdag_magics.errors import MachineError

_OTHERS_CAN_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0
_ELSEWHERE = "name another one with the environment variable SFDAG_DATA"


def secure_directory(data_dir: Path) -> Path:
    """The directory, made if needed with its parents, that only its owner can write to.

    Raises:
        MachineError: it cannot be made, or others could have put something there.
    """
    try:
        _make(data_dir)
        link, status = data_dir.lstat(), data_dir.stat()
        above = list(_above(data_dir))
    except OSError as exc:
        raise MachineError(
            f"the data directory {data_dir} cannot be made: {exc.strerror}", hint=_ELSEWHERE
        ) from exc
    if link.st_uid != os.getuid() or status.st_uid != os.getuid():
        raise MachineError(
            f"the data directory {data_dir} belongs to somebody else", hint=_ELSEWHERE
        )
    if status.st_mode & _OTHERS_CAN_WRITE:
        raise MachineError(
            f"others can write to the data directory {data_dir}",
            hint=f"look at what is there, then: chmod 700 {data_dir}",
        )
    for parent, found in above:
        _check_parent(data_dir, parent, found)
    return data_dir.resolve()


def loosely_kept(data_dir: Path) -> str:
    """What to say once of parents that a group may write to; empty where there are none."""
    loose = [str(parent) for parent, found in _above(data_dir) if _is_open_to(found, stat.S_IWGRP)]
    if not loose:
        return ""
    return (
        f"the group of {' and '.join(loose)} may move the data directory {data_dir} away:"
        f" chmod g-w {' '.join(loose)}, if others are in that group"
    )


def _make(directory: Path) -> None:
    """With all that is missing above it, for this user only, whatever the umask is."""
    if not directory.parent.exists():
        _make(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)


def _above(directory: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every directory above it, as it is named and as it really lies."""
    named = directory.absolute()
    for parent in sorted({*named.parents, *named.resolve().parents}):
        yield parent, parent.stat()


def _check_parent(data_dir: Path, parent: Path, found: os.stat_result) -> None:
    if found.st_uid not in (os.getuid(), _ROOT):
        raise MachineError(
            f"{parent} belongs to another user, who could replace the data directory {data_dir}",
            hint=_ELSEWHERE,
        )
    if _is_open_to(found, stat.S_IWOTH):
        raise MachineError(
            f"others can write to {parent} and replace the data directory {data_dir}",
            hint=f"chmod o-w {parent}, or {_ELSEWHERE}",
        )


def _is_open_to(found: os.stat_result, who: int) -> bool:
    return bool(found.st_mode & who) and not found.st_mode & stat.S_ISVTX
