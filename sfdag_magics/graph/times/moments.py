"""How moments and durations are said. Pure: the present is an argument.

A moment is said in UTC, which is named: browser, kernel and engine may each stand in a zone of
their own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNITS = ((3600, "h"), (60, "m"))


def moment_text(moment: datetime, *, now: datetime) -> str:
    """A clock time, with its date where that is not today's; word for word as the page has it.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> moment_text(noon, now=noon)
    '12:00:00 UTC'
    """
    is_today = moment.astimezone(UTC).date() == now.astimezone(UTC).date()
    return dated_text(moment)[11:] if is_today else dated_text(moment)


def dated_text(moment: datetime) -> str:
    """A moment where others of another day stand beside it, or where it is read another day.

    >>> dated_text(datetime(2026, 11, 23, 12, tzinfo=UTC))
    '2026-11-23 12:00:00 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def typed_duration(duration: timedelta) -> str:
    """The shortest text that an option reads as this duration: `20m`, `90s`.

    >>> [typed_duration(timedelta(seconds=s)) for s in (1.5, 90, 1200, 7200)]
    ['1.5s', '90s', '20m', '2h']
    """
    seconds = duration.total_seconds()
    size, unit = next((each for each in _UNITS if seconds and seconds % each[0] == 0), (1, "s"))
    return f"{seconds / size:.10g}{unit}"
