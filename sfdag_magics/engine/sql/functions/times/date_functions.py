"""Functions of dates whose rules are not DuckDB's, as macros. Only data."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call
from sfdag_magics.engine.sql.values.let import let

_LAST = "CAST(_sf_m.{0} AS DATE) = last_day(_sf_m.{0})"
_SECONDS = "(epoch(_sf_m.{0}) - epoch(date_trunc('day', _sf_m.{0})))"

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_offset_hour(z)", "CAST(trunc(z.offset_minutes / 60) AS BIGINT)"),
    ("_sf_offset_minute(z)", "CAST(z.offset_minutes % 60 AS BIGINT)"),
    (
        "_sf_clock(y, mo, d, h, mi, s, ns)",
        "CAST(make_date(CAST(y AS BIGINT), 1, 1) AS TIMESTAMP)"
        " + to_months(CAST(mo - 1 AS INTEGER)) + to_days(CAST(d - 1 AS INTEGER))"
        " + to_hours(CAST(h AS BIGINT)) + to_minutes(CAST(mi AS BIGINT))"
        " + to_seconds(CAST(s AS BIGINT)) + to_microseconds(CAST(ns // 1000 AS BIGINT))",
    ),
    # a TIMESTAMP_TZ of what the clock of a zone shows
    (
        "_sf_of_clock(clock, zone)",
        "_sf_in_zone(zone, struct_pack(utc := timezone('UTC', timezone(zone, clock)),"
        " offset_minutes := 0))",
    ),
    # by a week's first day, 1 for Monday; the Thursday of a week is in the year that it counts in
    ("_sf_day_of_week(x, start)", "(isodow(_sf_to_date(x)) - start + 7) % 7 + 1"),
    ("_sf_week_begin(d, start)", "d - CAST((isodow(d) - greatest(start, 1) + 7) % 7 AS INTEGER)"),
    (
        "_sf_week(x, start, policy)",
        let(
            "_sf_d",
            "_sf_to_date(x)",
            "CASE WHEN policy = 1 THEN (dayofyear(_sf_d) - 1 + (isodow(date_trunc('year', _sf_d))"
            " - greatest(start, 1) + 7) % 7) // 7 + 1"
            " ELSE (dayofyear(_sf_week_begin(_sf_d, start) + 3) - 1) // 7 + 1 END",
        ),
    ),
    (
        "_sf_year_of_week(x, start, policy)",
        let(
            "_sf_d",
            "_sf_to_date(x)",
            "CASE WHEN policy = 1 THEN year(_sf_d) ELSE year(_sf_week_begin(_sf_d, start) + 3) END",
        ),
    ),
    # a TIMESTAMP_TZ of what a clock shows, with the offset of another
    (
        "_sf_at_offset(clock, z)",
        let(
            "_sf_m",
            "struct_pack(clock := CAST(clock AS TIMESTAMP), minutes := z.offset_minutes)",
            "CASE WHEN _sf_m.clock IS NOT NULL THEN struct_pack("
            "utc := _sf_m.clock - to_minutes(_sf_m.minutes),"
            " offset_minutes := _sf_m.minutes) END",
        ),
    ),
)
ALIASES: dict[str, str] = {}
CALLS: dict[str, Call] = {}

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    # the rest of a month is of 31 days, its time of day included
    "MONTHS_BETWEEN": (
        "a, b",
        let(
            "_sf_m",
            "struct_pack(a := _sf_moment(a), b := _sf_moment(b))",
            "CAST((year(_sf_m.a) - year(_sf_m.b)) * 12 + month(_sf_m.a) - month(_sf_m.b)"
            f" + CASE WHEN day(_sf_m.a) = day(_sf_m.b) OR ({_LAST.format('a')}"
            f" AND {_LAST.format('b')}) THEN 0 ELSE (day(_sf_m.a) - day(_sf_m.b)"
            f" + ({_SECONDS.format('a')} - {_SECONDS.format('b')}) / 86400) / 31 END"
            " AS DECIMAL(38, 6))",
        ),
        None,
    ),
}
