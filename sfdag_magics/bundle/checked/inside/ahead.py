"""Imports what tasks import before anybody asks, with the time that nothing else wants.

In a thread of its own, as on Linux each has a priority of its own, and one that was lowered cannot
be raised again: children that load tasks are to have the usual one. Knows no task.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections import deque
from collections.abc import Iterable

#: Of the thread: below all that a person waits for.
_NICE = 10


def import_all(names: Iterable[str]) -> None:
    """Import modules that are not there yet; those that cannot be are left to who needs them."""
    for name in names:
        if name not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


class Ahead:
    """Modules to be imported, one after another."""

    def __init__(self) -> None:
        self._names: deque[str] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, names: Iterable[str]) -> None:
        """Have them imported as well; returns at once."""
        with self._lock:
            self._names += names
            if self._names and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sfdag-ahead", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop behind the module that is being imported: a process is copied without threads."""
        with self._lock:
            self._names.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while (name := self._next()) is not None:
            import_all([name])

    def _next(self) -> str | None:
        with self._lock:
            if self._names:
                return self._names.popleft()
            self._thread = None
            return None
