"""Time as the scheduler's loop sees it: what the calendar says, and what has really passed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Two clocks: schedules go by the first, timeouts by the second, which nobody sets."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """See `Clock`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock`."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is moved. For tests, here and elsewhere."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> datetime:
        """See `Clock`."""
        return self._now

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._monotonic

    def advance(self, duration: timedelta) -> None:
        """Let time pass on both clocks."""
        self._now += duration
        self._monotonic += duration.total_seconds()

    def set(self, now: datetime) -> None:
        """Set the time of day, as a person or a time server does; no time passes."""
        self._now = now
