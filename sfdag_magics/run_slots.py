"""The slot of a run: the time that it is of, by the graph's schedule.

A run that makes good what was missed was told its slot by its configuration. Any other run is of
the last slot that had ended when it was due, so that a scheduled run, one by hand and one that is
made good read the same rows.

Ships beside the tasks' code: Python 3.9 and its library alone.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple

from .cron_times import CronError, cron_times

_UTC = timezone.utc  # noqa: UP017 - the short name came with Python 3.11
#: Where a run's configuration says its slot: in the part that is this package's own.
_OWN, _SLOT = "sfdag", "slot"
_CRON = ["USING", "CRON"]
_UNITS = {"S": "seconds", "M": "minutes", "H": "hours"}


class Slot(NamedTuple):
    """From one time of a schedule to the next; `end` is not part of it.

    Each moment has the offset that the schedule's zone has then, and no more of that zone: Python
    takes the difference of two moments of one zone by its clock, which is wrong where that is set.
    """

    start: datetime
    end: datetime


def noted_slot(config: Any) -> Slot | None:  # noqa: ANN401 - a run's, which is any JSON
    """The slot that a run was told; None where it was told none."""
    own = config.get(_OWN) if isinstance(config, dict) else None
    said = own.get(_SLOT) if isinstance(own, dict) else None
    if not isinstance(said, dict):
        return None
    try:
        return Slot(*(datetime.fromisoformat(said[name]) for name in ("start", "end")))
    except (KeyError, TypeError, ValueError):  # written by hand
        raise LookupError(
            f"the run's config says its slot as {json.dumps(said)}: "
            "it has a start and an end, as in 2026-11-03T05:00:00+00:00"
        ) from None


def slot_by_schedule(schedule: str | None, due: datetime, graph: str) -> Slot:
    """The last slot of a schedule that had ended when a run was due.

    Args:
        schedule: as SCHEDULE = '…' has it.
        due: where it has no zone, it is in UTC.
    """
    if not schedule:
        raise LookupError(
            f"graph {graph} has no schedule, so that a run of it is of no slot: "
            "give it one, or have backfill --every say how long a slot is"
        )
    moment = due.replace(tzinfo=_UTC) if due.tzinfo is None else due.astimezone(_UTC)
    words = schedule.split()
    if [word.upper() for word in words[:2]] != _CRON:
        return Slot(moment - _period(words, schedule), moment)
    try:
        times = cron_times(" ".join(words[2:-1]), words[-1])
        end = times.last_before(moment + timedelta.resolution)
        start = times.last_before(end)
    except CronError as error:
        raise LookupError(
            f"the slot of a run is read by schedule {schedule}, and {error}: "
            "where only its zone's data is missing, add tzdata to the packages"
        ) from None
    return Slot(in_zone(start, times.zone), in_zone(end, times.zone))


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as a clock of the zone shows it, with the offset that the zone has then."""
    return datetime.fromisoformat(moment.astimezone(zone).isoformat())


def _period(words: list[str], schedule: str) -> timedelta:
    unit = _UNITS.get(words[-1][:1].upper())
    if len(words) != 2 or unit is None or not words[0].isdecimal():
        raise LookupError(f"schedule {schedule} is none whose slots are known")
    return timedelta(**{unit: int(words[0])})
