"""Who reads the run log waits for nobody else who does. Knows connections, no query."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sfdag_magics.engine.store.runlog_schema import open_reader

#: So many stay open for those who come; more are opened while more read at the same time.
_KEPT = 2


class Readers:
    """Connections that only read one file, each for one query at a time. Any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()  # guards the two below
        self._idle = [open_reader(path)]
        self._is_closed = False

    @contextmanager
    def one(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile.

        Raises:
            sqlite3.ProgrammingError: they are closed.
        """
        with self._guard:
            if self._is_closed:
                raise sqlite3.ProgrammingError("the log is closed")
            connection = self._idle.pop() if self._idle else None
        connection = connection or open_reader(self._path)
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            is_kept = not self._is_closed and len(self._idle) < _KEPT
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            connection.close()

    def close(self) -> None:
        """Close all, those in use when they have been used."""
        with self._guard:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
