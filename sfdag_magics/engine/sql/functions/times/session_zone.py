"""What the clock of the session's zone shows, as macros. Only data.

The zone is DuckDB's `TimeZone` of the session's connection, which casts between TIMESTAMP and
TIMESTAMPTZ go by. Where it is UTC, which is the rule, nothing is asked of the calendar.
"""

from __future__ import annotations

from sfdag_magics.engine.sql.values.let import let

_IS_UTC = "current_setting('TimeZone') = 'UTC'"

SESSION_ZONE: tuple[tuple[str, str], ...] = (
    ("_sf_instant(z)", "timezone('UTC', z.utc)"),
    ("_sf_utc(i)", "timezone('UTC', i)"),
    # minutes from UTC at an instant
    (
        "_sf_session_minutes(i)",
        f"CASE WHEN {_IS_UTC} THEN 0 ELSE CAST(date_diff('minute', timezone('UTC', i),"
        " CAST(i AS TIMESTAMP)) AS INTEGER) END",
    ),
    # TIMESTAMP_TZ of an instant, of a moment of UTC, and of what the session's clock shows
    (
        "_sf_of_instant(i)",
        let(
            "_sf_i",
            "i",
            "CASE WHEN _sf_i IS NOT NULL THEN struct_pack(utc := timezone('UTC', _sf_i),"
            " offset_minutes := _sf_session_minutes(_sf_i)) END",
        ),
    ),
    ("_sf_of_utc(m)", "_sf_of_instant(timezone('UTC', m))"),
    ("_sf_of_wall(m)", "_sf_of_instant(CAST(m AS TIMESTAMPTZ))"),
)
