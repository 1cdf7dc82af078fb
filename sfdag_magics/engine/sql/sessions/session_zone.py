"""The zone of a session, as its connection has it: casts, parts and texts of moments go by it."""

from __future__ import annotations

import duckdb

from sfdag_magics.engine.borders.answers import SqlError

#: What macros compare with: they ask nothing of the calendar then.
_UTC = "UTC"
_NAMES_OF_UTC = frozenset(
    ("UTC", "ETC/UTC", "UCT", "ETC/UCT", "ZULU", "ETC/ZULU", "UNIVERSAL", "ETC/UNIVERSAL")
)


def is_utc(zone: str) -> bool:
    """Whether it is the zone that a connection begins with."""
    return zone.upper() in _NAMES_OF_UTC


def follow_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Let what the connection casts, cuts and shows be of the zone.

    Raises:
        SqlError: the calendar has no such zone.
    """
    name = _UTC if is_utc(zone) else zone.replace("'", "''")
    try:
        connection.execute(f"SET TimeZone = '{name}'")
    except duckdb.Error as problem:
        raise SqlError(
            f"SQL compilation error:\ninvalid value [{zone}] for parameter 'TIMEZONE'",
            code=1008,
            sqlstate="22023",
        ) from problem
