"""How far a target's clock is from this machine's, as far as what is seen of a run tells.

A look that has something new brackets it: it happened, by the target's clock at the time it tells,
between the look before and this one by ours. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.light_classes import dataclass

#: Less matters to nobody.
_AHEAD = timedelta(seconds=5)
#: What looks like a clock behind ours may be the time that a service takes to tell its news.
_BEHIND = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Clock:
    """A target's clock. Both bounds are of its time less ours; None where nothing told one."""

    least: timedelta | None = None
    most: timedelta | None = None

    @property
    def ahead(self) -> timedelta:
        """To be added to a time of this machine, to have one of the target; zero where it fits."""
        nothing = timedelta(0)
        if self.least is not None and self.least > _AHEAD:
            return self.least
        if self.most is not None and self.most < -_BEHIND:
            return self.most
        return nothing

    def after(
        self,
        last: RunSnapshot | None,
        heard_last: datetime | None,
        seen: RunSnapshot,
        now: datetime,
    ) -> Clock:
        """The same after the run was seen so at this time of ours."""
        newest, before = _newest(seen), _newest(last) if last is not None else None
        if newest is None or newest == before:
            return self
        least = newest - now  # it has happened
        if last is None or heard_last is None or last.group_id != seen.group_id:
            return Clock(_stricter(self.least, least, max), self.most)
        found = Clock(least, newest - heard_last)  # and had not, when it was looked at before
        both = Clock(_stricter(self.least, found.least, max), _stricter(self.most, found.most, min))
        return found if both._is_impossible else both  # one of the clocks was set meanwhile

    @property
    def _is_impossible(self) -> bool:
        return self.least is not None and self.most is not None and self.least > self.most


def _stricter(
    known: timedelta | None,
    told: timedelta | None,
    choose: Callable[[timedelta, timedelta], timedelta],
) -> timedelta | None:
    return told if known is None else known if told is None else choose(known, told)


def _newest(seen: RunSnapshot) -> datetime | None:
    """The last time at which something is said to have happened in a run."""
    times = [moment for task in seen.tasks.values() for moment in (task.started, task.completed)]
    return max((moment for moment in times if moment is not None), default=None)
