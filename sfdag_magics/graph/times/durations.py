"""A duration as people type it in an option: `20m`, `90s`. Pure."""

from __future__ import annotations

from datetime import timedelta

_UNITS = ((3600, "h"), (60, "m"))


def typed_duration(duration: timedelta) -> str:
    """The shortest text that an option reads as this duration.

    >>> [typed_duration(timedelta(seconds=s)) for s in (1.5, 90, 1200, 7200)]
    ['1.5s', '90s', '20m', '2h']
    """
    seconds = duration.total_seconds()
    size, unit = next((each for each in _UNITS if seconds and seconds % each[0] == 0), (1, "s"))
    return f"{seconds / size:.10g}{unit}"
