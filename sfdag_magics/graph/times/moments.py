"""How a moment is said: in UTC and named so, for browser, kernel and engine may each stand in a
zone of their own. Pure: the present is an argument."""

from __future__ import annotations

from datetime import UTC, datetime


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
