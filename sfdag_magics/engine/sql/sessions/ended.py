"""One statement that is over, as QUERY_HISTORY tells of it."""

from __future__ import annotations

from datetime import datetime

from sfdag_magics.engine.borders.changed_rows import ChangedRows
from sfdag_magics.light_classes import dataclass


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
