"""The slots of a schedule, from one time at which it is due to the next. Pure: given what is now.

A slot is named by its end, at which its run is due: then what it reads is there. A slot that ends
at midnight is of the day that ends then, so that a day's slots are those whose time it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sfdag_magics.errors import InputError
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import Schedule
from sfdag_magics.light_classes import dataclass
from sfdag_magics.run_slots import Slot

__all__ = ["Slot"]

#: More slots than that nobody looks at, nor runs.
MOST_SLOTS = 10_000
_DAY = timedelta(days=1)
#: How far a zone's clock may be before or behind UTC's, at most.
_WIDEST = timedelta(hours=14)
_FORMS = "2026-11-03, 2026-11-03T05:00, or with its zone 2026-11-03T05:00+01:00"


@dataclass(frozen=True, slots=True)
class Range:
    """The slots that end after `after` and not after `until`. Aware, in UTC."""

    after: datetime
    until: datetime


def zone_of_schedule(schedule: Schedule) -> tuple[tzinfo, str]:
    """The zone in which the schedule's days are counted, and its name."""
    if isinstance(schedule, CronSchedule):
        return schedule.times.zone, schedule.zone_name
    return UTC, "UTC"


def check_typed_range(start: str | date | None, end: str | date | None, *, now: datetime) -> None:
    """Refuse what means no range in any zone, where the schedule's is not known yet.

    Raises:
        InputError: one is no date, START is behind END, or START lies ahead.
    """
    if start is None:
        _ = end is not None and _end_of(end, UTC)
        return
    ahead = _start_of(start, UTC) > now + _WIDEST
    until = now + _WIDEST if end is None else _end_of(end, UTC)
    # Both count in one zone, unless one of the two names its own.
    slack = timedelta() if end is None or _names_zone(start) == _names_zone(end) else _WIDEST
    if ahead or until + slack <= _start_of(start, UTC):
        typed_range(start, end, zone=UTC, since=now, now=now)


def _names_zone(typed: str | date) -> bool:
    read = _read(typed)
    return isinstance(read, datetime) and read.tzinfo is not None


def typed_range(
    start: str | date | None,
    end: str | date | None,
    *,
    zone: tzinfo,
    since: datetime,
    now: datetime,
) -> Range:
    """What START and END mean: a date all its day, a moment itself.

    Args:
        zone: of dates and moments that name none.
        since: what no START means.

    Raises:
        InputError: one is no date, START is behind END, or either lies ahead.
    """
    after = since if start is None else _start_of(start, zone)
    until = now if end is None else _end_of(end, zone)
    if start is None and end is None:
        return Range(min(since, now).astimezone(UTC), now.astimezone(UTC))
    if start is not None and after >= now:
        raise InputError(
            f"{start} lies ahead: only what was due by now can be made good",
            hint="a START in the past",
        )
    if until <= after:
        said = f"START {start} is behind END {end}" if start else f"nothing was due before {end}"
        raise InputError(
            said, hint=f"the other way round: {end} {start}" if start else "an earlier START"
        )
    if until > now and not _is_today(until, zone, now):
        raise InputError(
            f"END {end} lies ahead: only what was due by now can be made good",
            hint="leave END out: it is now then",
        )
    return Range(after.astimezone(UTC), min(until, now).astimezone(UTC))


def _is_today(until: datetime, zone: tzinfo, now: datetime) -> bool:
    """Whether it is the midnight at which the day ends that now is in."""
    return until == _midnight(now.astimezone(zone).date() + _DAY, zone)


def _start_of(typed: str | date, zone: tzinfo) -> datetime:
    found = _read(typed)
    if isinstance(found, datetime):  # which is itself among the slots' ends
        return _aware(found, zone) - timedelta.resolution
    return _midnight(found, zone)


def _end_of(typed: str | date, zone: tzinfo) -> datetime:
    found = _read(typed)
    return _aware(found, zone) if isinstance(found, datetime) else _midnight(found + _DAY, zone)


def _read(typed: str | date) -> date:
    """A date, or the date and time that it is as well."""
    if isinstance(typed, date):
        return typed
    text = typed.strip()
    try:
        if len(text) == len("2026-11-03"):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.removesuffix(" UTC") + "+00:00" * text.endswith(" UTC"))
    except ValueError as error:
        raise InputError(f"{typed!r} is no date and no time", hint=_FORMS) from error


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def slots_in(schedule: Schedule, within: Range, *, anchor: datetime) -> tuple[Slot, ...]:
    """The slots whose end is in the range, the oldest first. Moments in UTC.

    Args:
        anchor: a time at which an interval is or would be due; cron needs none.

    Raises:
        InputError: they are more than anybody looks at.
    """
    found: list[Slot] = []
    for slot in each_slot(schedule, within, anchor=anchor):
        if len(found) == MOST_SLOTS:
            raise InputError(
                f"there are more than {MOST_SLOTS:,} slots of {schedule.to_text()} from "
                f"{within.after:%Y-%m-%d} to {within.until:%Y-%m-%d}",
                hint="a shorter range: START and END",
            )
        found.append(slot)
    return tuple(found)


def each_slot(schedule: Schedule, within: Range, *, anchor: datetime) -> Iterator[Slot]:
    """The same one after the other, however many they are."""
    if isinstance(schedule, CronSchedule):
        end = schedule.next_after(within.after)
        start = schedule.last_before(end)
    else:
        passed = (within.after - anchor) // schedule.period
        start = anchor + passed * schedule.period
        end = start + schedule.period
    while end <= within.until:
        yield Slot(start, end)
        start, end = end, end_after(schedule, end)


def end_after(schedule: Schedule, end: datetime) -> datetime:
    """The end of the slot behind the one that ends then."""
    if isinstance(schedule, CronSchedule):
        return schedule.next_after(end)
    return end + schedule.period


def day_of(slot: Slot, zone: tzinfo) -> date:
    """The day that a slot is of: one that ends at midnight is of the day that ends then."""
    return (slot.end - timedelta.resolution).astimezone(zone).date()


def clock_of(slot: Slot, zone: tzinfo) -> str:
    """The time of its day at which a slot ends, from 00:01 to 24:00."""
    end = slot.end.astimezone(zone)
    said = f"{end:%H:%M:%S}" if end.second else f"{end:%H:%M}"
    return "24:00" if said == "00:00" else said


def slot_text(slot: Slot, zone: tzinfo | None) -> str:
    """A slot as a table names it, in the zone that stands above it.

    >>> start = datetime(2026, 11, 2, 5, tzinfo=UTC)
    >>> slot_text(Slot(start, start + timedelta(days=1)), UTC)
    '2026-11-03 05:00'
    """
    end = slot.end.astimezone(zone)
    return f"{end:%Y-%m-%d %H:%M:%S}" if end.second else f"{end:%Y-%m-%d %H:%M}"
