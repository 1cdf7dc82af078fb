"""Snowflake's cron subset: which minutes an expression names, in its own time zone. No clock.

Five fields and a zone of the tz database (Snowflake docs: CREATE TASK, "SCHEDULE"). A day that
matches either of two restricted day fields qualifies; `L` is the month's last day, `5L` its last
Friday; a step counts from its own start (`4/3` of months is April, July, October). A local time
that occurs twice runs twice, one that does not exist is not run. Ready-made cron libraries follow
Debian's cron there, which runs the first once and the second late.

Ships beside the tasks' code, where a task asks for its slot: Python 3.9 and its library alone.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

_UTC = timezone.utc  # noqa: UP017 - the short name came with Python 3.11
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
#: A named day recurs within this: 29 February, over a century year without one.
_HORIZON = timedelta(days=9 * 366)
_MINUTE_LONG = timedelta(minutes=1)
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


class CronError(ValueError):
    """An expression that names no times, or a zone that is none; `hint` says how one is written."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _Field(NamedTuple):
    name: str
    lowest: int
    highest: int
    names: dict[str, int]

    def number(self, text: str) -> int:
        number = self.names.get(text.upper())
        if number is None:
            number = int(text) if text.isdecimal() else -1
        if not self.lowest <= number <= self.highest:
            raise CronError(
                f"{text!r} is no {self.name} of a cron expression",
                f"{self.name}: {self.lowest}-{self.highest}"
                + (f" or {'|'.join(self.names)}" if self.names else ""),
            )
        return number

    def numbers(self, item: str) -> range:
        """The values of one item of a list: `*`, `5`, `1-5`, each with an optional `/step`."""
        found = _ITEM.fullmatch(item)
        if found is None or (found["first"] == "*" and found["last"]):
            raise CronError(
                f"{item!r} is no {self.name} of a cron expression",
                f"a {self.name}, a range of them, or *",
            )
        first = self.lowest if found["first"] == "*" else self.number(found["first"])
        if found["last"]:
            last = self.number(found["last"])
        else:
            last = self.highest if found["first"] == "*" or found["step"] else first
        step = int(found["step"] or 1)
        if not step or last < first:
            raise CronError(
                f"{item!r} names no {self.name}", "write a range from low to high, a step >= 1"
            )
        return range(first, last + 1, step)


_MINUTE = _Field("minute", 0, 59, {})
_HOUR = _Field("hour", 0, 23, {})
_DAY = _Field("day of the month", 1, 31, {})
_MONTH = _Field("month", 1, 12, {name.upper(): number for name, number in _MONTHS.items()})
_WEEKDAY = _Field("day of the week", 0, 6, _WEEKDAYS)


# Whoever runs many graphs asks the same within a minute, and a year has many days to look at.
@lru_cache(maxsize=256)
def _first_from(times: CronTimes, minute: datetime) -> datetime:
    return times.first_from(minute)


class CronTimes(NamedTuple):
    """The minutes that an expression names.

    Attributes:
        days: None where the field is `*`; so is `weekdays`.
        last_weekdays: weekdays (Sunday is 0) of which only the month's last counts.
    """

    zone: tzinfo
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    days: frozenset[int] | None
    weekdays: frozenset[int] | None
    last_day: bool
    last_weekdays: frozenset[int]

    def next_after(self, moment: datetime) -> datetime:
        """The first matching minute strictly after `moment`, in UTC."""
        first = moment.astimezone(_UTC).replace(second=0, microsecond=0) + _MINUTE_LONG
        return _first_from(self, first)

    def first_from(self, minute: datetime) -> datetime:
        """The first matching minute from this one on, in UTC."""
        return self._walked(minute, 1)

    def last_before(self, moment: datetime) -> datetime:
        """The last matching minute strictly before `moment`, in UTC."""
        first = (moment.astimezone(_UTC) - timedelta.resolution).replace(second=0, microsecond=0)
        return self._walked(first, -1)

    def _walked(self, moment: datetime, way: Literal[1, -1]) -> datetime:
        begun = moment
        while abs(moment - begun) < _HORIZON:
            local = moment.astimezone(self.zone)
            steps = self._steps(local, way)
            if not steps:
                return moment
            moment = _stepped(moment, local, [way * step for step in steps])
        raise CronError(f"no such minute within nine years of {begun}", "another day or month")

    def _steps(self, local: datetime, way: Literal[1, -1]) -> tuple[timedelta, ...]:
        """How far it is at least to a minute that matches, the farthest first; none if one does.

        By the clock on the wall: where that is set in between, a shorter step is the right one.
        """
        onward = way == 1
        minutes_left = 60 - local.minute if onward else local.minute + 1
        to_hour = timedelta(minutes=minutes_left)
        if not self.is_day(local.date()):
            hours_left = 23 - local.hour if onward else local.hour
            return (to_hour + timedelta(hours=hours_left), to_hour, _MINUTE_LONG)
        if local.hour not in self.hours:
            return (to_hour, _MINUTE_LONG)
        if local.minute in self.minutes:
            return ()
        away = [way * (minute - local.minute) for minute in self.minutes]
        to_minute = min((minutes for minutes in away if minutes > 0), default=minutes_left)
        return (timedelta(minutes=to_minute), _MINUTE_LONG)

    def is_day(self, day: date) -> bool:
        """Whether a local date is one of those that the expression names."""
        if day.month not in self.months:
            return False
        days_left = calendar.monthrange(day.year, day.month)[1] - day.day
        weekday = day.isoweekday() % 7
        is_last = self.last_day and days_left == 0
        by_day = self.days is not None and (day.day in self.days or is_last)
        by_weekday = self.weekdays is not None and (
            weekday in self.weekdays or (weekday in self.last_weekdays and days_left < 7)
        )
        if self.days is None and self.weekdays is None:
            return True
        return by_day or by_weekday


def _stepped(moment: datetime, local: datetime, steps: list[timedelta]) -> datetime:
    """The moment after the longest step over which no clock is set."""
    for step in steps[:-1]:
        there = moment + step
        if there.astimezone(local.tzinfo).utcoffset() == local.utcoffset():
            return there
    return moment + steps[-1]


def cron_times(expression: str, zone_name: str) -> CronTimes:
    """The minutes of a five-field expression in a zone of the tz database.

    Raises:
        CronError: a field is out of its range, no day ever matches, or the zone is unknown.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise CronError(
            f"{expression!r} has {len(fields)} fields instead of 5",
            "minute hour day-of-month month day-of-week, as in '0 5 * * *'",
        )
    days, last_day = _days(fields[2])
    weekdays, last_weekdays = _weekdays(fields[4])
    times = CronTimes(
        zone=zone_of(zone_name),
        minutes=_values(_MINUTE, fields[0]),
        hours=_values(_HOUR, fields[1]),
        months=_values(_MONTH, fields[3]),
        days=days,
        weekdays=weekdays,
        last_day=last_day,
        last_weekdays=last_weekdays,
    )
    _check_some_day(times, f"USING CRON {' '.join(fields)} {zone_name}")
    return times


def zone_of(name: str) -> tzinfo:
    """A zone of the tz database; UTC also where there is none.

    Raises:
        CronError: there is no such zone, or this machine has no data of it.
    """
    if name == "UTC":
        return _UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:
        raise CronError(f"{name!r} is no time zone", "such as UTC or America/Los_Angeles") from exc


def _values(field: _Field, text: str) -> frozenset[int]:
    return frozenset(number for item in text.split(",") for number in field.numbers(item))


def _days(text: str) -> tuple[frozenset[int] | None, bool]:
    if text == "*":
        return None, False
    items = text.upper().split(",")
    plain = [item for item in items if item != "L"]
    return (_values(_DAY, ",".join(plain)) if plain else frozenset()), "L" in items


def _weekdays(text: str) -> tuple[frozenset[int] | None, frozenset[int]]:
    if text == "*":
        return None, frozenset()
    items = text.upper().split(",")
    last = [item for item in items if len(item) > 1 and item.endswith("L")]
    plain = [item for item in items if item not in last]
    numbers = frozenset(_WEEKDAY.number(item[:-1]) for item in last)
    return (_values(_WEEKDAY, ",".join(plain)) if plain else frozenset()), numbers


def _check_some_day(times: CronTimes, text: str) -> None:
    if times.days is None or times.last_day or times.weekdays is not None:
        return
    if min(times.days) > max(_LONGEST_MONTH.get(month, 31) for month in times.months):
        raise CronError(
            f"{text!r} names a day that no month has",
            "another day of the month, L for the last, or another month",
        )
