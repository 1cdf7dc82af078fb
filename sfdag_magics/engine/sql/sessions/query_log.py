"""The statements that ended lately, of all sessions: for QUERY_HISTORY. In memory and bounded.

Knows no session: who carries a statement out tells what became of it. Those of tasks are kept on
disk from time to time and at the end, and read again when somebody first asks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.changed_rows import ChangedRows, changed_rows
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.sessions.ended import Ended
from sfdag_magics.engine.sql.sessions.kept_statements import read_statements, write_statements
from sfdag_magics.light_classes import dataclass

#: So many are kept, and so many characters of their texts in all.
_MOST, _MOST_CHARACTERS = 10_000, 16_000_000
#: Snowflake docs, QUERY_HISTORY: of a longer text the rest is left out.
_LONGEST = 100_000
#: The user that tasks run as.
_OF_TASKS = "SYSTEM"


class QueryLog:
    """The log. Any thread.

    Args:
        path: of the file with what tasks did before; None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept: deque[Ended] = deque()
        self._characters = 0
        self._is_read = path is None
        self._is_kept = True

    def add(self, ended: Ended) -> None:
        """Take one in; the oldest make room."""
        with self._lock:
            self._kept.append(ended)
            self._characters += len(ended.text)
            self._is_kept = self._is_kept and ended.user != _OF_TASKS
            self._make_room()

    def newest_first(self) -> list[Ended]:
        """What is kept, by when it ended."""
        with self._lock:
            self._read()
            return list(reversed(self._kept))

    def keep(self) -> None:
        """Write down what tasks did, where there is more of it than the last time."""
        with self._lock:
            if self._is_kept or self._path is None:
                return
            self._read()
            of_tasks = [each for each in self._kept if each.user == _OF_TASKS]
            self._is_kept = True
        write_statements(self._path, of_tasks)

    def _read(self) -> None:
        if self._is_read or self._path is None:
            return
        self._is_read = True
        earlier = read_statements(self._path)
        self._kept.extendleft(reversed(earlier))
        self._characters += sum(len(each.text) for each in earlier)
        self._make_room()

    def _make_room(self) -> None:
        while len(self._kept) > _MOST or self._characters > _MOST_CHARACTERS:
            self._characters -= len(self._kept.popleft().text)


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
