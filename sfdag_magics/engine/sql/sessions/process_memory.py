"""The memory of this process: how much it holds, how much more it may take, what it gives back.

DuckDB does not count what functions make (`REPEAT`, `ARRAY_GENERATE_RANGE`), and cannot be stopped
while one does. So the system is told how much the process may still take: an allocation beyond that
fails, which DuckDB and Python turn into an error of the statement, instead of ending the engine.
Knows the system's interfaces (Linux; elsewhere memory is only measured), no SQL.
"""

from __future__ import annotations

import ctypes
import resource
import threading
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sfdag_magics.engine.limits.memory_limit import lift_memory_limit

_STATUS = Path("/proc/self/status")
_THREADS = Path("/proc/self/task")
#: Behind a thread's name in its `stat` (Linux docs: proc(5)): pages that it was the first to touch.
_MINOR_FAULTS = 7
_TELLS_THREADS = hasattr(resource, "RUSAGE_THREAD")
_PAGE = resource.getpagesize()
_KILOBYTE = 1024
#: Whatever lies idle, one part in so many of what is allowed may be reserved anew: what one
#: allocator holds idle no other fills, nor all of it again the one that does.
_PART = 2
#: What a thread reserves for its stack where the system sets no bound.
_STACK = 8 * 1024**2


class Memory(Protocol):
    """What a process knows of its memory, in bytes."""

    def own(self) -> int:
        """What it holds and the system cannot take back: no pages of files."""

    def taken_here(self) -> tuple[int, int]:
        """This thread's id, and what it was the first to touch so far; 0 where nobody tells."""

    def taken_by(self, thread: int) -> int:
        """The same of another thread, by that id."""

    def allow(self, more: int) -> None:
        """Let allocations fail that would take more than so much from now on."""

    def allow_all(self) -> None:
        """Let nothing fail any more."""

    def release(self) -> None:
        """Hand to the system what allocators keep for later."""


class ProcessMemory:
    """This process's `Memory`. Any thread."""

    def __init__(self) -> None:
        #: Addresses that are reserved from the beginning and never filled.
        self._never_filled = _idle()

    def own(self) -> int:
        """See `Memory`."""
        held = _status("RssAnon")
        if held is not None:
            return held
        import psutil  # no part of a start where the system tells it

        return int(psutil.Process().memory_info().rss)

    def taken_here(self) -> tuple[int, int]:
        """See `Memory`."""
        thread = threading.get_native_id()
        if not _TELLS_THREADS:
            return thread, 0
        return thread, resource.getrusage(resource.RUSAGE_THREAD).ru_minflt * _PAGE

    def taken_by(self, thread: int) -> int:
        """See `Memory`."""
        try:
            told = (_THREADS / str(thread) / "stat").read_text()
        except OSError:  # not Linux, or it has ended
            return 0
        return int(told.rpartition(")")[2].split()[_MINOR_FAULTS]) * _PAGE

    def allow(self, more: int) -> None:
        """See `Memory`. The system bounds what is reserved, and allocators hold less.

        What they gave back keeps its addresses and may be filled again beside the bound: so much
        less may be reserved anew, down to a part.
        """
        reserved = _status("VmData")
        if reserved is None:
            return
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        idle = max(0, _idle() - self._never_filled)
        bound = reserved + max(more - idle, more // _PART)
        if most != resource.RLIM_INFINITY:
            bound = min(bound, most)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))

    def allow_all(self) -> None:
        """See `Memory`."""
        lift_memory_limit()

    def release(self) -> None:
        """See `Memory`."""
        pa.default_memory_pool().release_unused()
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU library's
        if trim is not None:
            trim(0)


def _idle() -> int:
    """The addresses of the heap that hold nothing."""
    stack, _ = resource.getrlimit(resource.RLIMIT_STACK)
    stacks = (_told("Threads") or 0) * (_STACK if stack == resource.RLIM_INFINITY else stack)
    return (_status("VmData") or 0) - (_status("RssAnon") or 0) - stacks


def _status(name: str) -> int | None:
    kilobytes = _told(name)
    return None if kilobytes is None else kilobytes * _KILOBYTE


def _told(name: str) -> int | None:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:  # not Linux
        return None
    found = next((line for line in lines if line.startswith(f"{name}:")), None)
    return None if found is None else int(found.split()[1])
