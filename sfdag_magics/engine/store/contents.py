"""A data directory with what of it is kept in memory, opened in one go. Knows no Snowflake.

What no statement will ask for any more is gone from it: nobody can be using it yet.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.store.catalogue import Catalogue
from sfdag_magics.engine.store.changes import last_number
from sfdag_magics.engine.store.duck import DuckStore, not_usable, open_store
from sfdag_magics.engine.store.facts import load_catalogue
from sfdag_magics.engine.store.loads import forget_gone, forget_old_copied
from sfdag_magics.engine.store.outcomes import OutcomeNotes
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """An open directory; whoever has it closes it once.

    Attributes:
        last_change: the number of the last commit that changed a table with a stream.
    """

    store: DuckStore
    catalogue: Catalogue
    outcomes: OutcomeNotes
    last_change: int

    def close(self) -> None:
        """Write everything into the main file and let the directory go."""
        self.store.close()


def open_contents(directory: Path, budget: Budget) -> Contents:
    """Open a data directory, creating it for its first use.

    Raises:
        MachineError: in use (names the process), not writable, damaged, or of a newer version.
    """
    store = open_store(directory, budget)
    try:
        return _read(store)
    except duckdb.Error as problem:
        store.close()
        raise not_usable(directory, problem) from problem
    except BaseException:
        store.close()
        raise


def _read(store: DuckStore) -> Contents:
    outcomes = OutcomeNotes(store)
    outcomes.forget_old()
    connection = store.connect()
    try:
        catalogue = load_catalogue(connection)
        forget_gone(connection)
        forget_old_copied(connection, datetime.now(UTC))
        last = last_number(connection)
    finally:
        connection.close()
    return Contents(store=store, catalogue=catalogue, outcomes=outcomes, last_change=last)
