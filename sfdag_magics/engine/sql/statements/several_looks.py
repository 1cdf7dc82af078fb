"""Several statements that only look, in one request: SYSTEM$SFDAG_LOOK. Snowflake has none.

Knows how a result becomes JSON for our own client, which is told each statement's error as well.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import (
    SqlSession,
    Statement,
    SystemFunction,
    Value,
)
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.sessions.session import Session, own_session

#: First words of what changes nothing.
_LOOKING = frozenset({"SHOW", "DESCRIBE", "LIST", "SELECT", "EXPLAIN"})


def _look(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$SFDAG_LOOK('["SHOW TASKS", …]'): what each answers, or its error, as a JSON list."""
    own = own_session(session)
    return json.dumps([_answer(str(text), own) for text in json.loads(str(values[0]))])


def _answer(text: str, session: Session) -> dict[str, Any]:
    try:
        return _told(session.carry_out_over(_that_looks(text), {}))
    except SqlError as error:
        return {"error": error.message, "code": error.code, "sqlstate": error.sqlstate}


def _that_looks(text: str) -> Statement:
    statement = classify(text, str(uuid.uuid4()), ())
    if statement.kind.partition(" ")[0] not in _LOOKING:
        raise SqlError(f"SYSTEM$SFDAG_LOOK only looks, and {statement.kind} does not")
    return statement


def _told(result: Result) -> dict[str, Any]:
    columns = [(column.name, column.type.value) for column in result.columns]
    rows = zip(*(column.to_pylist() for column in result.sent.columns), strict=True)
    return {"columns": columns, "rows": [[_plain(value) for value in row] for row in rows]}


def _plain(value: object) -> object:
    """A value as JSON has it; a moment as ISO text."""
    match value:
        case {"utc": datetime() as utc, "offset_minutes": int() as minutes}:
            zone = timezone(timedelta(minutes=minutes))
            return utc.replace(tzinfo=UTC).astimezone(zone).isoformat()
        case datetime():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


LOOKING_FUNCTIONS: Mapping[str, SystemFunction] = {"SYSTEM$SFDAG_LOOK": _look}
