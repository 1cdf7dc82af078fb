"""A file that says when anything of any run last changed, and when a run last ended: hints of when
to ask, for who is near. And the mark of that change, from which on to ask.

The engine writes it and kernels on this machine read it, many times a second and at no cost. Nobody
relies on its times: who misses a change sees it with the next question. Knows no run.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from pathlib import Path

_FILE = "stirs"
#: The time of the last change, that of the last end, the engine's id and its count of changes. Each
#: number lies within eight bytes of its own: who reads meanwhile sees the one or the other.
_TIME_BYTES = 8
_ENDS = slice(8, 16)
_ENGINE = slice(16, 32)
_COUNT = slice(32, 40)


class Stirs:
    """The engine's end of it. `stir` from any thread."""

    def __init__(self, directory: Path) -> None:
        """Open or create the file, for this user alone.

        Raises:
            OSError: the directory lets nobody write.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(directory / _FILE, flags, 0o600)
        os.ftruncate(self._descriptor, min(os.fstat(self._descriptor).st_size, _ENGINE.start))
        self.stir("", has_ended=True)

    def stir(self, mark: str, *, has_ended: bool = False) -> None:
        """Something has changed, and can be asked for; maybe that a run is over.

        Args:
            mark: of this change, as `SYSTEM$SFDAG_NEWS` gives one; empty where there is none yet.
        """
        now = time.time_ns().to_bytes(_TIME_BYTES, "little")
        with contextlib.suppress(OSError):  # a full disk is told of where it matters
            os.pwrite(self._descriptor, _packed(mark), _ENGINE.start)  # before who sees a new time
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
    return told[_ENDS] or told


def last_mark(directory: Path) -> str:
    """The mark of the last change of any run; empty where no engine tells one."""
    told = last_stir(directory)
    count = int.from_bytes(told[_COUNT], "little")
    return f"{uuid.UUID(bytes=told[_ENGINE]).hex}:{count}" if len(told) == _COUNT.stop else ""


def _packed(mark: str) -> bytes:
    engine, _, count = mark.partition(":")
    if not count:
        return b""
    return uuid.UUID(engine).bytes + int(count).to_bytes(_TIME_BYTES, "little")
