"""A schedule in the words of people: `daily at 05:00 UTC`, `every 60 minutes`. Pure.

Its times are those of its own zone, which is named with it. What has no short words is told as the
cron expression that it is.
"""

from __future__ import annotations

from collections.abc import Collection

from sfdag_magics.cron_times import CronTimes
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import IntervalSchedule, parse_schedule

#: Of a day; more are no words that anybody reads.
_MOST_TIMES = 4
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WORK, _WEEKEND = frozenset(range(1, 6)), frozenset({0, 6})
_HOURS, _MINUTES, _MONTHS = 24, 60, 12


def schedule_words(text: str) -> str:
    """What SCHEDULE = 'text' means; a schedule that only the service knows as it stands there.

    >>> schedule_words("USING CRON 0 5 * * * UTC"), schedule_words("60 MINUTES")
    ('daily at 05:00 UTC', 'every 60 minutes')
    >>> schedule_words("USING CRON 30 6,18 * * MON-FRI Europe/Berlin")
    'Monday to Friday at 06:30 and 18:30 Europe/Berlin'
    """
    try:
        schedule = parse_schedule(text)
    except InputError:
        return text.strip()
    return _interval(schedule) if isinstance(schedule, IntervalSchedule) else _cron(schedule)


def _interval(schedule: IntervalSchedule) -> str:
    unit = schedule.unit.removesuffix("S").lower()
    return f"every {counted(schedule.count, unit) if schedule.count > 1 else unit}"


def _cron(schedule: CronSchedule) -> str:
    days, of_day = _days(schedule.times), _of_day(schedule.times)
    if not days or not of_day or len(schedule.times.months) < _MONTHS:
        return f"cron {schedule.expression} {schedule.zone_name}"
    said = of_day if days == "daily" and not of_day.startswith("at ") else f"{days} {of_day}"
    # At which minute of an hour is the same in all zones, but for a few.
    return f"{said} {schedule.zone_name}" if days != "daily" or ":" in of_day else said


def _days(times: CronTimes) -> str:
    """On which days; empty where that takes more words."""
    if times.last_weekdays or (times.days is not None and times.weekdays is not None):
        return ""
    if times.weekdays is not None:
        return _on_weekdays(times.weekdays)
    if times.days is None:
        return "daily"
    days = [f"day {day}" for day in sorted(times.days)] + ["the last day"] * times.last_day
    return f"monthly on {days[0]}" if len(days) == 1 else ""


def _on_weekdays(days: Collection[int]) -> str:
    if set(days) == _WORK:
        return "Monday to Friday"
    if set(days) == _WEEKEND:
        return "weekends"
    named = [_WEEKDAYS[day] for day in sorted(days, key=lambda day: (day - 1) % 7)]
    return f"{'daily' if len(named) == len(_WEEKDAYS) else _listed([f'{day}s' for day in named])}"


def _of_day(times: CronTimes) -> str:
    """At which times of a day; empty where that takes more words."""
    hours, minutes = sorted(times.hours), sorted(times.minutes)
    if len(hours) == _HOURS:
        step = _step(minutes, _MINUTES)
        if len(minutes) == 1:
            return f"hourly at minute {minutes[0]}"
        return f"every {'minute' if step == 1 else f'{step} minutes'}" if step else ""
    if len(hours) * len(minutes) > _MOST_TIMES:
        step = _step(hours, _HOURS)
        return f"every {step} hours from 00:{minutes[0]:02}" if step and len(minutes) == 1 else ""
    return f"at {_listed([f'{hour:02}:{minute:02}' for hour in hours for minute in minutes])}"


def _step(values: list[int], whole: int) -> int | None:
    """By how much values go on from 0, the same also over the end; None where they do not."""
    step = whole // len(values)
    return step if values == [*range(0, whole, step)] and whole % step == 0 else None


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
