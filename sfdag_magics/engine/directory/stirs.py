"""A file that says when anything of any run last changed, and when a run last ended: hints of when
to ask, for who is near.

The engine writes it and kernels on this machine read it, many times a second and at no cost. Nobody
relies on it: who misses a change sees it with the next question. Knows no run.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_FILE = "stirs"
#: The time of the last change, then that of the last end.
_TIME_BYTES = 8


class Stirs:
    """The engine's end of it. `stir` from any thread."""

    def __init__(self, directory: Path) -> None:
        """Open or create the file, for this user alone.

        Raises:
            OSError: the directory lets nobody write.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(directory / _FILE, flags, 0o600)
        self.stir(has_ended=True)

    def stir(self, *, has_ended: bool = False) -> None:
        """Something has changed, and can be asked for; maybe that a run is over."""
        now = time.time_ns().to_bytes(_TIME_BYTES, "little")
        with contextlib.suppress(OSError):  # a full disk is told of where it matters
            os.pwrite(self._descriptor, now * 2 if has_ended else now, 0)

    def close(self) -> None:
        """Give the file back; it stays."""
        os.close(self._descriptor)


def last_stir(directory: Path) -> bytes:
    """Another value after each change; empty where no engine has written one."""
    try:
        return (directory / _FILE).read_bytes()
    except OSError:
        return b""


def last_end(directory: Path) -> bytes:
    """Another value after each end of a run; after each change where an older engine writes."""
    told = last_stir(directory)
    return told[_TIME_BYTES:] or told
