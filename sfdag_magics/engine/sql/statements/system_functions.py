"""`SYSTEM$…` functions of SQL itself. Features add their own."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Collection, Mapping

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession, SystemFunction, Value
from sfdag_magics.engine.sql.statements.stream_functions import STREAM_FUNCTIONS

#: What all functions of ours begin with.
_OWN = "SYSTEM$SFDAG_"
_SECONDS = {
    "DAYS": 86400.0,
    "HOURS": 3600.0,
    "MINUTES": 60.0,
    "SECONDS": 1.0,
    "MILLISECONDS": 0.001,
}


def _wait(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$WAIT(amount [, unit]): waits, unless it is cancelled."""
    if not values:
        raise SqlError("SQL compilation error:\nnot enough arguments for function [SYSTEM$WAIT]")
    unit = str(values[1]).upper() if len(values) > 1 else "SECONDS"
    if unit not in _SECONDS:
        raise SqlError(f"SQL compilation error:\ninvalid time unit '{unit}' of SYSTEM$WAIT")
    amount = _number(values[0])
    cancelled = threading.Event()
    with session.on_cancel(cancelled.set):
        if cancelled.wait(min(amount * _SECONDS[unit], threading.TIMEOUT_MAX)):
            raise SqlError("SQL execution canceled", code=604, sqlstate="57014")
    return f"waited {values[0]} {unit.lower()}"


def _number(value: Value) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise SqlError(f"Numeric value '{value}' is not recognized", code=100038, sqlstate="22018")
    return number


def _client_versions(_values: tuple[Value, ...], _session: SqlSession) -> Value:
    """SYSTEM$CLIENT_VERSION_INFO(): of no client is a version too old."""
    return "[]"


SYSTEM_FUNCTIONS: Mapping[str, SystemFunction] = {
    **STREAM_FUNCTIONS,
    "SYSTEM$WAIT": _wait,
    "SYSTEM$CLIENT_VERSION_INFO": _client_versions,
}


def own_words(
    functions: Collection[str], own_arguments: Collection[str]
) -> dict[str, SystemFunction]:
    """SYSTEM$SFDAG_KNOWS(): what this engine has that Snowflake has not, as a JSON list of names.

    A client of another release asks for no more than that.
    """
    own = [name for name in functions if name.startswith(_OWN)]
    told = json.dumps([*own, *own_arguments])
    return {f"{_OWN}KNOWS": lambda _values, _session: told}
