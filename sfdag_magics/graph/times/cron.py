"""A cron schedule as a graph has one; which minutes it names, `cron_times` knows. No clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sfdag_magics.cron_times import CronError, CronTimes, cron_times
from sfdag_magics.errors import InputError, InternalError
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CronSchedule:
    """`USING CRON <expression> <zone>`; equal when they name the same minutes in the same zone."""

    expression: str
    zone_name: str
    times: CronTimes

    def to_text(self) -> str:
        """The schedule as SCHEDULE = '…' takes it."""
        return f"USING CRON {self.expression} {self.zone_name}"

    def next_after(self, now: datetime, *, since: datetime | None = None) -> datetime:
        """The first matching minute strictly after `now`, in UTC; `since` is of no account."""
        del since  # only intervals count from it
        return self._within_years(self.times.next_after, now)

    def last_before(self, now: datetime) -> datetime:
        """The last matching minute strictly before `now`, in UTC."""
        return self._within_years(self.times.last_before, now)

    def _within_years(self, walk: Callable[[datetime], datetime], now: datetime) -> datetime:
        try:
            return walk(now)
        except CronError as error:  # parsing refuses a day that never comes
            raise InternalError(f"{self.to_text()!r}: {error}") from error


def parse_cron(expression: str, zone_name: str) -> CronSchedule:
    """The schedule of a five-field expression in a zone of the tz database.

    Raises:
        InputError: a field is out of its range, no day ever matches, or the zone is unknown.
    """
    try:
        times = cron_times(expression, zone_name)
    except CronError as error:
        raise InputError(str(error), hint=error.hint) from error
    return CronSchedule(expression=" ".join(expression.split()), zone_name=zone_name, times=times)
