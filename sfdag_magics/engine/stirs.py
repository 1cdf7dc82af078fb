"""A file that says when anything of any run last changed: a hint of when to ask, for who is near.

The engine writes it and kernels on this machine read it, many times a second and at no cost. Nobody
relies on it: who misses a change sees it with the next question. Knows no run.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_FILE = "stirs"


class Stirs:
    """The engine's end of it. `stir` from any thread."""

    def __init__(self, directory: Path) -> None:
        """Open or create the file, for this user alone.

        Raises:
            OSError: the directory lets nobody write.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(directory / _FILE, flags, 0o600)
        self.stir()

    def stir(self) -> None:
        """Something has changed, and can be asked for."""
        with contextlib.suppress(OSError):  # a full disk is told of where it matters
            os.pwrite(self._descriptor, time.time_ns().to_bytes(8, "little"), 0)

    def close(self) -> None:
        """Give the file back; it stays."""
        os.close(self._descriptor)


def last_stir(directory: Path) -> bytes:
    """Another value after each change; empty where no engine has written one."""
    try:
        return (directory / _FILE).read_bytes()
    except OSError:
        return b""
