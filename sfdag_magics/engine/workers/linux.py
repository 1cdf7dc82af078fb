"""What Linux offers to keep hold of child processes. Elsewhere each call does nothing, and says so.

Knows `prctl` and `/proc` only.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def die_with_parent(signal_number: int) -> bool:
    """Ask for `signal_number` when the thread that started this process ends."""
    return _prctl(_SET_PARENT_DEATH_SIGNAL, signal_number)


def adopt_orphans() -> bool:
    """Become the parent of descendants whose own parent dies, however they detached themselves."""
    return _prctl(_SET_CHILD_SUBREAPER, 1)


def children() -> tuple[int, ...]:
    """The pids of this (single-threaded) process's children, adopted ones included."""
    try:
        with open("/proc/thread-self/children", "rb", buffering=0) as file:
            return tuple(map(int, file.readall().split()))
    except OSError:
        return ()


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    return _system_call()(option, value, 0, 0, 0) == 0


@cache  # found before the fork, so that no worker looks for it
def _system_call() -> Callable[..., int]:
    return ctypes.CDLL(None).prctl
