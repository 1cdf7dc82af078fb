"""Snowflake's cron subset: which minutes an expression names, in its own time zone. No clock.

Five fields and a zone of the tz database (Snowflake docs: CREATE TASK, "SCHEDULE"). A day that
matches either of two restricted day fields qualifies; `L` is the month's last day, `5L` its last
Friday; a step counts from its own start (`4/3` of months is April, July, October). A local time
that occurs twice runs twice, one that does not exist is not run. Ready-made cron libraries follow
Debian's cron there, which runs the first once and the second late.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sfdag_magics.errors import InputError, InternalError
from sfdag_magics.light_classes import dataclass

_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
#: A named day recurs within this: 29 February, over a century year without one.
_HORIZON = timedelta(days=9 * 366)
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    lowest: int
    highest: int
    names: dict[str, int]

    def number(self, text: str) -> int:
        number = self.names.get(text.upper())
        if number is None:
            number = int(text) if text.isdecimal() else -1
        if not self.lowest <= number <= self.highest:
            raise InputError(
                f"{text!r} is no {self.name} of a cron expression",
                hint=f"{self.name}: {self.lowest}-{self.highest}"
                + (f" or {'|'.join(self.names)}" if self.names else ""),
            )
        return number

    def numbers(self, item: str) -> range:
        """The values of one item of a list: `*`, `5`, `1-5`, each with an optional `/step`."""
        found = _ITEM.fullmatch(item)
        if found is None or (found["first"] == "*" and found["last"]):
            raise InputError(
                f"{item!r} is no {self.name} of a cron expression",
                hint=f"a {self.name}, a range of them, or *",
            )
        first = self.lowest if found["first"] == "*" else self.number(found["first"])
        if found["last"]:
            last = self.number(found["last"])
        else:
            last = self.highest if found["first"] == "*" or found["step"] else first
        step = int(found["step"] or 1)
        if not step or last < first:
            raise InputError(
                f"{item!r} names no {self.name}", hint="write a range from low to high, a step >= 1"
            )
        return range(first, last + 1, step)


_MINUTE = _Field("minute", 0, 59, {})
_HOUR = _Field("hour", 0, 23, {})
_DAY = _Field("day of the month", 1, 31, {})
_MONTH = _Field("month", 1, 12, {name.upper(): number for name, number in _MONTHS.items()})
_WEEKDAY = _Field("day of the week", 0, 6, _WEEKDAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronSchedule:
    """`USING CRON <expression> <zone>`; equal when they name the same minutes in the same zone."""

    expression: str
    zone_name: str
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    #: None where the field is `*`.
    days: frozenset[int] | None
    weekdays: frozenset[int] | None
    last_day: bool
    #: Weekdays (Sunday is 0) of which only the month's last counts.
    last_weekdays: frozenset[int]

    def to_text(self) -> str:
        """The schedule as SCHEDULE = '…' takes it."""
        return f"USING CRON {self.expression} {self.zone_name}"

    def next_after(self, now: datetime, *, since: datetime | None = None) -> datetime:
        """The first matching minute strictly after `now`, in UTC; `since` is of no account."""
        del since  # only intervals count from it
        zone = ZoneInfo(self.zone_name)
        # A day early: where clocks go back over midnight, yesterday's minutes come once more.
        first = now.astimezone(zone).date() - timedelta(days=1)
        for offset in range(_HORIZON.days):
            day = first + timedelta(days=offset)
            coming = [
                moment
                for candidate in (day, day + timedelta(days=1))
                for moment in self._moments(candidate, zone)
                if moment > now
            ]
            if coming:
                return min(coming)
        # Parsing refuses a day that never comes.
        raise InternalError(f"{self.to_text()!r} names no time in the coming years")

    def _moments(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        if not self._is_day(day):
            return
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime.combine(day, time(hour, minute), tzinfo=zone)
                for fold in (0, 1):
                    moment = local.replace(fold=fold).astimezone(UTC)
                    back = moment.astimezone(zone)
                    if back.replace(tzinfo=None) == local.replace(tzinfo=None):
                        yield moment

    def _is_day(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        days_left = calendar.monthrange(day.year, day.month)[1] - day.day
        weekday = day.isoweekday() % 7
        by_day = self.days is not None and (
            day.day in self.days or (self.last_day and days_left == 0)
        )
        by_weekday = self.weekdays is not None and (
            weekday in self.weekdays or (weekday in self.last_weekdays and days_left < 7)
        )
        if self.days is None and self.weekdays is None:
            return True
        return by_day or by_weekday


def parse_cron(expression: str, zone_name: str) -> CronSchedule:
    """The schedule of a five-field expression in a zone of the tz database.

    Raises:
        InputError: a field is out of its range, no day ever matches, or the zone is unknown.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise InputError(
            f"{expression!r} has {len(fields)} fields instead of 5",
            hint="minute hour day-of-month month day-of-week, as in '0 5 * * *'",
        )
    _check_zone(zone_name)
    days, last_day = _days(fields[2])
    weekdays, last_weekdays = _weekdays(fields[4])
    schedule = CronSchedule(
        expression=" ".join(fields),
        zone_name=zone_name,
        minutes=_values(_MINUTE, fields[0]),
        hours=_values(_HOUR, fields[1]),
        months=_values(_MONTH, fields[3]),
        days=days,
        weekdays=weekdays,
        last_day=last_day,
        last_weekdays=last_weekdays,
    )
    _check_some_day(schedule)
    return schedule


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
    return (
        _values(_WEEKDAY, ",".join(plain)) if plain else frozenset(),
        frozenset(_WEEKDAY.number(item[:-1]) for item in last),
    )


def _check_zone(zone_name: str) -> None:
    try:
        ZoneInfo(zone_name)
    except (KeyError, ValueError, OSError) as exc:
        raise InputError(
            f"{zone_name!r} is no time zone", hint="such as UTC or America/Los_Angeles"
        ) from exc


def _check_some_day(schedule: CronSchedule) -> None:
    if schedule.days is None or schedule.last_day or schedule.weekdays is not None:
        return
    if min(schedule.days) > max(_LONGEST_MONTH.get(month, 31) for month in schedule.months):
        raise InputError(
            f"{schedule.to_text()!r} names a day that no month has",
            hint="another day of the month, L for the last, or another month",
        )
