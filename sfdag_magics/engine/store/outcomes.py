"""Which statements and transactions took effect, by their ids. Knows rows, no statement.

A note is written in the transaction of the effect itself, so it is there exactly if the effect is:
whoever did not hear the answer of a statement can ask, even after a power cut.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.engine.store.duck import DuckStore

#: Longer than anybody asks again; `wire/begun.py` forgets what was begun long before.
KEPT = timedelta(days=2)

NOTE = "INSERT INTO registry.outcomes VALUES ($query_id, $noted_at, $answer)"


def note_parameters(query_id: str, answer: str | None) -> Mapping[str, Any]:
    """What `NOTE` is carried out with; `answer` is whatever `find` shall give back."""
    return {"query_id": query_id, "noted_at": _now(), "answer": answer}


class OutcomeNotes:
    """The notes of one data directory, for reading. Any thread."""

    def __init__(self, store: DuckStore, *, clock: Callable[[], datetime] | None = None) -> None:
        self._store = store
        self._clock = clock or _now

    def find(self, query_id: str) -> tuple[str | None] | None:
        """The answer noted under an id, in a tuple of one; None where nothing is."""
        if not _is_id(query_id):
            return None
        connection = self._store.connect()
        try:
            row = connection.execute(
                "SELECT answer FROM registry.outcomes WHERE query_id = $query_id"
                " ORDER BY answer NULLS LAST LIMIT 1",
                {"query_id": query_id},
            ).fetchone()
        finally:
            connection.close()
        return None if row is None else (row[0],)

    def forget_old(self) -> None:
        """Delete what nobody will ask for any more."""
        connection = self._store.connect()
        try:
            oldest = {"oldest": self._clock() - KEPT}
            connection.execute("DELETE FROM registry.outcomes WHERE noted_at < $oldest", oldest)
        finally:
            connection.close()


def _is_id(query_id: str) -> bool:
    try:
        uuid.UUID(query_id)
    except ValueError:
        return False
    return True


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
