"""The last slots of a schedule, as many as a calendar shows, and a backfill as proposed. Pure.

A schedule of each minute has half a million slots a year: how far back a calendar goes is by how
many slots there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.graph.times.schedule import Schedule
from sfdag_magics.graph.times.slots import Range, Slot, each_slot
from sfdag_magics.light_classes import dataclass

#: How far back a calendar goes, where it has no more slots so; else as far as the next of these.
_BACK = (
    *((timedelta(days=365), 60), (timedelta(days=56), 60), (timedelta(days=28), 120)),
    *((timedelta(days=14), 400), (timedelta(days=7), 1100), (timedelta(days=3), 1500)),
    *((timedelta(days=1), 1500), (timedelta(hours=6), 2200)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsLately:
    """The slots of a graph's schedule up to now, the oldest first, with what became of them.

    Attributes:
        schedule: as it is deployed.
        zone: in which its days are counted.
        is_begun: it was started at some time; else nothing was ever due by it.
    """

    schedule: str
    zone: tzinfo
    zone_name: str
    seen: tuple[SlotSeen, ...] = ()
    is_begun: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillProposed:
    """What a backfill would run, as it would say it itself.

    Attributes:
        title: how many slots it would run, and `count` the same as a number.
        told: how long that takes and which slots these are, in lines.
        arguments: what is typed behind `%sfdag backfill` for it.
        options: what a call is told for the same.
    """

    title: str
    count: int
    told: tuple[str, ...]
    arguments: str
    options: Mapping[str, str] = field(default_factory=dict)


def lately(
    schedule: Schedule, *, since: datetime, now: datetime, anchor: datetime
) -> tuple[Range, tuple[Slot, ...]]:
    """As many of the last slots as a calendar shows, and the range that they are of.

    Args:
        since: nothing was due before that.
        anchor: a time at which an interval is or would be due.
    """
    for back, most in _BACK:
        within = Range(min(max(since, now - back), now), now)
        found = tuple(islice(each_slot(schedule, within, anchor=anchor), most + 1))
        if len(found) <= most:
            break
    return within, found[-most:]
