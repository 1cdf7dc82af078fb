"""The statements that ended lately, of all sessions: for QUERY_HISTORY. In memory and bounded.

Knows no session: who carries a statement out tells what became of it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.changed_rows import ChangedRows, changed_rows
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.light_classes import dataclass

#: So many are kept, and so many characters of their texts in all.
_MOST, _MOST_CHARACTERS = 10_000, 16_000_000
#: Snowflake docs, QUERY_HISTORY: of a longer text the rest is left out.
_LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One statement that is over; times are aware UTC.

    Attributes:
        kind: as the gate has it; empty where it could not be read.
        rows: how many it answered or changed.
        answered: how many it answered with, of statements that change rows one.
    """

    query_id: str
    text: str
    kind: str
    session_id: str
    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None
    tag: str
    began: datetime
    ended: datetime
    rows: int = 0
    answered: int = 0
    changed: ChangedRows = ChangedRows()
    error_code: int | None = None
    error_message: str | None = None


class QueryLog:
    """The log. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Ended] = deque()
        self._characters = 0

    def add(self, ended: Ended) -> None:
        """Take one in; the oldest make room."""
        with self._lock:
            self._kept.append(ended)
            self._characters += len(ended.text)
            while len(self._kept) > _MOST or self._characters > _MOST_CHARACTERS:
                self._characters -= len(self._kept.popleft().text)

    def newest_first(self) -> list[Ended]:
        """What is kept, by when it ended."""
        with self._lock:
            return list(reversed(self._kept))


class Asker(Protocol):
    """Who carries a statement out, as the log tells of it."""

    id: str
    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None
    parameters: dict[str, Value]


@dataclass(slots=True)
class Noted:
    """What becomes known of a statement while it is carried out."""

    kind: str = ""
    result: Result | None = None


@contextmanager
def logged(log: QueryLog, asker: Asker, query_id: str, text: str) -> Iterator[Noted]:
    """Around a statement: it is in the log once it is over, however it ended."""
    noted, began = Noted(), datetime.now(UTC)
    problem: SqlError | None = None
    try:
        yield noted
    except SqlError as raised:
        problem = raised
        raise
    finally:
        log.add(_ended(asker, query_id, text, noted, began, problem))


def _ended(
    asker: Asker,
    query_id: str,
    text: str,
    noted: Noted,
    began: datetime,
    problem: SqlError | None,
) -> Ended:
    result = noted.result
    rows = 0
    if result is not None:
        affected = result.rows_affected
        rows = result.rows.num_rows if affected is None else affected
    return Ended(
        query_id=query_id,
        text=text if len(text) <= _LONGEST else text[:_LONGEST],
        kind=noted.kind,
        session_id=asker.id,
        user=asker.user,
        role=asker.role,
        warehouse=asker.warehouse,
        database=asker.database,
        schema=asker.schema,
        tag=str(asker.parameters.get("QUERY_TAG") or ""),
        began=began,
        ended=datetime.now(UTC),
        rows=rows,
        answered=0 if result is None else result.rows.num_rows,
        changed=ChangedRows() if result is None else changed_rows(result),
        error_code=None if problem is None else problem.code,
        error_message=None if problem is None else problem.message,
    )
