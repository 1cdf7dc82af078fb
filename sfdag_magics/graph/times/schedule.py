"""When a root task is due: intervals and cron expressions, with Snowflake's limits. No clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sfdag_magics.errors import InputError
from sfdag_magics.graph.times.cron import CronSchedule, parse_cron
from sfdag_magics.light_classes import dataclass

#: Snowflake docs, CREATE TASK: 10-691200 SECONDS, 1-11520 MINUTES, 1-192 HOURS.
SHORTEST_INTERVAL = timedelta(seconds=10)
LONGEST_INTERVAL = timedelta(days=8)
#: … and of TARGET_COMPLETION_INTERVAL: 86400 SECONDS, 1440 MINUTES, 24 HOURS.
_LONGEST_TARGET = timedelta(days=1)

_UNITS = {
    "HOURS": timedelta(hours=1),
    "MINUTES": timedelta(minutes=1),
    "SECONDS": timedelta(seconds=1),
}
_SPELLINGS = {
    spelling: unit for unit in _UNITS for spelling in (unit, unit.removesuffix("S"), unit[0])
}
_DAYS = {"D", "DAY", "DAYS"}
_INTERVAL = re.compile(r"(\d+)\s*([A-Za-z]+)")
#: A field of a cron expression, which no time zone looks like.
_DAY = "SUN|MON|TUE|WED|THU|FRI|SAT"
_FIELD = re.compile(rf"[\d*][\w*,/-]*|({_DAY})([,-]({_DAY}))*", re.IGNORECASE)
_CRON = re.compile(r"USING\s+CRON\s+(.+)\s+(\S+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSchedule:
    """Every `count` of `unit` (HOURS, MINUTES or SECONDS)."""

    count: int
    unit: str

    @property
    def period(self) -> timedelta:
        """The time from one due time to the next."""
        return self.count * _UNITS[self.unit]

    def to_text(self) -> str:
        """The schedule as SCHEDULE = '…' takes it, which has a word for one and for many."""
        unit = self.unit.removesuffix("S") if self.count == 1 else self.unit
        return f"{self.count} {unit}"

    def next_after(self, now: datetime, *, since: datetime | None = None) -> datetime:
        """The first due time strictly after `now`, in UTC.

        Args:
            since: when the task was resumed or got this interval, from which Snowflake counts;
                `now` where that is not given.
        """
        base = (since or now).astimezone(UTC)
        passed = max((now - base) // self.period, 0)
        return base + (passed + 1) * self.period


Schedule = IntervalSchedule | CronSchedule


def parse_schedule(text: str) -> Schedule:
    """The schedule that SCHEDULE = 'text' means.

    Raises:
        InputError: neither an interval within the limits nor a cron expression with its zone.
    """
    stripped = text.strip()
    if found := _CRON.fullmatch(stripped):
        fields = stripped.split()[2:]
        if len(fields) == 5 and _FIELD.fullmatch(fields[-1]):
            raise InputError(
                f"{text!r} names no time zone, which a cron schedule needs",
                hint=f"USING CRON {' '.join(fields)} UTC, or a zone such as Europe/Berlin",
            )
        return parse_cron(found[1], found[2])
    if stripped[:5].upper() == "USING":
        raise InputError(
            f"{text!r} is no schedule", hint="USING CRON 0 5 * * * UTC: five fields and a time zone"
        )
    schedule = _interval(stripped)
    if schedule is None:
        raise InputError(
            f"{text!r} is no schedule", hint="'10 MINUTES' or 'USING CRON 0 5 * * * UTC'"
        )
    if not SHORTEST_INTERVAL <= schedule.period <= LONGEST_INTERVAL:
        raise InputError(
            f"{text!r} is out of Snowflake's limits for a schedule",
            hint="between 10 SECONDS and 8 days",
        )
    return schedule


def target_interval_problem(text: str) -> str | None:
    """Why `text` is no TARGET_COMPLETION_INTERVAL."""
    interval = _interval(text.strip())
    if interval is None:
        return "it is no interval, such as '10 MINUTES'"
    if not SHORTEST_INTERVAL <= interval.period <= _LONGEST_TARGET:
        return "it is between 10 SECONDS and 24 HOURS"
    return None


def _interval(text: str) -> IntervalSchedule | None:
    found = _INTERVAL.fullmatch(text)
    unit = _SPELLINGS.get(found[2].upper()) if found else None
    if found is None or unit is None:
        return None
    # Ten digits are out of all bounds, and a thousand are no timedelta.
    return IntervalSchedule(count=int(found[1][:10]), unit=unit)


def schedule_from_option(text: str) -> Schedule:
    """The schedule a person means: also `1 day`, and a cron expression without USING CRON.

    Raises:
        InputError: as `parse_schedule`.
    """
    stripped = text.strip()
    found = _INTERVAL.fullmatch(stripped)
    if found and found[2].upper() in _DAYS and len(found[1]) < 9:
        return parse_schedule(f"{int(found[1]) * 24} HOURS")
    fields = stripped.split()
    # Six fields, or five whose zone was left out.
    if len(fields) in (5, 6) and _FIELD.fullmatch(fields[0]):
        return parse_schedule(f"USING CRON {stripped}")
    return parse_schedule(text)
