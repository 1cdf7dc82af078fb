"""A data directory with all that SQL in it rests on, made ready while others do something else.

Knows which functions DuckDB is lent and which macros it has, no session and no statement. Most of
it is DuckDB's own work, beside which Python goes on: an engine imports its other parts meanwhile.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from sfdag_magics.engine.budget import Budget
from sfdag_magics.engine.sql.functions.digests import lend_digests
from sfdag_magics.engine.sql.functions.flatten import TABLE_MACROS
from sfdag_magics.engine.sql.functions.macros import creation_statements
from sfdag_magics.engine.sql.functions.number_formats import lend_number_formats
from sfdag_magics.engine.sql.functions.text_room import Room, lend_room
from sfdag_magics.engine.sql.functions.variants import lend_functions
from sfdag_magics.engine.store.duck import DuckStore, not_usable, open_store
from sfdag_magics.engine.store.macros import install_macros
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A directory that SQL can begin in; who has it closes the store.

    Attributes:
        room: only held: DuckDB does so no longer than the connection that was lent it.
    """

    store: DuckStore
    room: Room


def opened(data_dir: Path, budget: Budget) -> Opened:
    """Open a data directory, creating it for its first use, and make it ready.

    Raises:
        MachineError: in use, not writable, damaged, or written by a newer version.
    """
    store = open_store(data_dir, budget)
    try:
        return Opened(store=store, room=_made_ready(store, budget))
    except duckdb.Error as problem:
        store.close()
        raise not_usable(data_dir, problem) from problem
    except BaseException:
        store.close()
        raise


def _made_ready(store: DuckStore, budget: Budget) -> Room:
    connection = store.connect()
    lend_functions(connection)
    lend_digests(connection)
    lend_number_formats(connection)
    room = lend_room(connection, budget.alarm)
    install_macros(connection, (*creation_statements(), *TABLE_MACROS))
    connection.close()
    return room


class Opening:
    """`opened` on a thread of its own, begun now; `take` it once, or leaving lets go of it."""

    def __init__(self, data_dir: Path, budget: Budget) -> None:
        self._directory = data_dir
        self._budget = budget
        self._done: Future[Opened] = Future()
        self._is_taken = False
        self._thread = threading.Thread(target=self._open, name="sfdag-opening", daemon=True)
        self._thread.start()

    def take(self) -> Opened:
        """The opened directory, which is the caller's from now on; blocks until it is open.

        Raises:
            MachineError: see `opened`.
        """
        taken = self._done.result()
        self._is_taken = True
        return taken

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join()
        if not self._is_taken and self._done.exception() is None:
            self._done.result().store.close()

    def _open(self) -> None:
        try:
            self._done.set_result(opened(self._directory, self._budget))
        except BaseException as problem:  # noqa: BLE001 - raised where it is taken
            self._done.set_exception(problem)
