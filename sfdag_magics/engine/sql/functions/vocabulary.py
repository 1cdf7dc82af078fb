"""All that statements in DuckDB's language may call of ours: what it is lent, and its macros.

Made by the first statement that calls something, or by an engine that has nothing else to do: it is
a fifth of a start (*measured*: numpy, without which DuckDB is lent nothing, and in a new directory
the macros). Knows no statement.
"""

from __future__ import annotations

import threading

import duckdb

from sfdag_magics.engine.sql.functions.digests import lend_digests
from sfdag_magics.engine.sql.functions.flatten import TABLE_MACROS
from sfdag_magics.engine.sql.functions.macros import creation_statements
from sfdag_magics.engine.sql.functions.number_formats import lend_number_formats
from sfdag_magics.engine.sql.functions.text_room import Room, lend_room
from sfdag_magics.engine.sql.functions.variants import lend_functions
from sfdag_magics.engine.starting.later_numpy import have_numpy
from sfdag_magics.engine.store.duck import DuckStore
from sfdag_magics.engine.store.macros import install_macros


class Vocabulary:
    """What the statements of one open directory may call. Any thread."""

    def __init__(self, store: DuckStore, memory: int) -> None:
        self._store = store
        self._memory = memory
        self._making = threading.Lock()
        #: Only held: DuckDB does so no longer than the connection that was lent it.
        self._room: Room | None = None

    def have(self) -> None:
        """Return when all of it is there. A transaction that began before may not see it.

        Raises:
            duckdb.Error: the disk is full, or the file is damaged; the next call tries again.
        """
        if self._room is not None:
            return
        with self._making:
            if self._room is None:
                connection = self._store.connect()
                try:
                    self._room = _made(connection, self._memory)
                finally:
                    connection.close()

    def have_for(self, sql: str) -> None:
        """`have`, unless this text calls nothing: no function, no view and no column's default."""
        if "(" in sql or "FROM" in sql:
            self.have()


def _made(connection: duckdb.DuckDBPyConnection, memory: int) -> Room:
    have_numpy()  # DuckDB imports it where a function is lent
    lend_functions(connection)
    lend_digests(connection)
    lend_number_formats(connection)
    room = lend_room(connection, memory)
    install_macros(connection, (*creation_statements(), *TABLE_MACROS))
    return room
