"""How moments and durations are said. Pure: the present is an argument.

A moment is said in UTC, which is named: browser, kernel and engine may each stand in a zone of
their own.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = ((3600, "h"), (60, "m"))
NUMBER = r"\d+(?:\.\d+)?"
UNIT = r"ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?"
_DURATION = re.compile(rf"({NUMBER})\s*({UNIT})?", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


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


def duration_from(text: str) -> timedelta | None:
    """A duration as people type it; a bare number is seconds. None where it is none.

    >>> [str(duration_from(text)) for text in ("20m", "90 s", "1.5h", "30", "20x")]
    ['0:20:00', '0:01:30', '1:30:00', '0:00:30', 'None']
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    unit = (found[2] or "s").lower()
    try:
        return timedelta(seconds=float(found[1]) * _SECONDS.get(unit, _SECONDS[unit[0]]))
    except OverflowError:  # longer than Python counts, and than any service waits
        return timedelta.max
