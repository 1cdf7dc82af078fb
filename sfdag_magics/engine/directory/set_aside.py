"""A data directory that a restore has moved away, for the time that another takes its place.

Where a system cannot let two directories change places, there is none of the name for a moment. A
restore that is killed then leaves the old one beside it, whole: whoever comes next puts it back.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def set_aside(directory: Path) -> Path:
    """What the directory is called while it makes place."""
    return directory.with_name(f"{directory.name}.before-restore")


def is_away(directory: Path) -> bool:
    """Whether the directory was moved away, and nothing took its place."""
    return set_aside(directory).is_dir() and not is_used(directory)


def is_used(directory: Path) -> bool:
    """Whether anything lies in the directory."""
    return directory.is_dir() and next(directory.iterdir(), None) is not None


def put_back(directory: Path) -> bool:
    """Undo what a killed restore had begun; whether there was anything to undo.

    One that goes on holds the directory (`restoring`), and is waited for.
    """
    if not is_away(directory):
        return False
    before = set_aside(directory)
    try:
        descriptor = os.open(before, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:  # over meanwhile
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not is_away(directory):
            return False
        before.rename(directory)  # also over an empty one
    finally:
        os.close(descriptor)
    return True
