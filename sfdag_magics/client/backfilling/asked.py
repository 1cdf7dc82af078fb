"""Which slots somebody asks to be run, in which order and how many at once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.errors import InputError
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.schedule import Schedule, schedule_from_option
from sfdag_magics.graph.times.slots import Slot, check_typed_range
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import EVERY, LENGTH, RANGE, REPROCESS_ALL


class Reprocess(StrEnum):
    """How much of what ran is run again; each takes what those before it take."""

    MISSING = "missing"
    FAILED = "failed"
    ALL = "all"

    @property
    def takes(self) -> frozenset[SlotState]:
        """The states of the slots that are run; one that is running never is."""
        return _TAKES[self]


_TAKES = {
    Reprocess.MISSING: frozenset({SlotState.MISSING}),
    Reprocess.FAILED: frozenset({SlotState.MISSING, SlotState.FAILED, SlotState.CANCELLED}),
    Reprocess.ALL: frozenset(SlotState) - {SlotState.RUNNING},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed.

    Attributes:
        start: a date, or a date and time; None means all that was missed.
        end: the same; None means now.
        every: a slot's length, or a cron expression, where the graph's schedule is not meant.
        most: how many runs at once.
    """

    start: str | date | None = None
    end: str | date | None = None
    every: str | None = None
    reprocess: Reprocess = Reprocess.MISSING
    most: int = 1
    newest_first: bool = False

    def check(self, *, now: datetime) -> None:
        """See that it can be meant, whatever graph it is of.

        Raises:
            InputError: a range is needed and is not there, or it or a slot's length is none.
        """
        check_typed_range(self.start, self.end, now=now)
        if self.start is None and self.reprocess is Reprocess.ALL:
            raise InputError(
                f"all slots of which time are to be run again? {REPROCESS_ALL} needs a START",
                hint=RANGE,
            )
        if self.start is None and self.every is not None:
            raise InputError(
                f"slots of {self.every} count from a START, and none is given",
                hint=EVERY,
            )
        _ = self.schedule

    @property
    def schedule(self) -> Schedule | None:
        """What `every` says; None where it says nothing.

        Raises:
            InputError: it is no schedule.
        """
        if self.every is None:
            return None
        try:
            return schedule_from_option(self.every)
        except InputError as error:
            raise InputError(f"{LENGTH} {error.message}", hint=error.hint) from error

    @property
    def words(self) -> str:
        """It in one line, by which the same backfill is known when it is asked for again."""
        ends = f"{self.start or ''}..{self.end or ''}"
        return " ".join(filter(None, (ends, self.every, str(self.reprocess))))


def chosen(
    seen: Sequence[SlotSeen], asked: Asked, *, done: Collection[Slot] = ()
) -> tuple[Slot, ...]:
    """The slots to run, in their order.

    Args:
        done: what the same backfill has run before it was interrupted.
    """
    those = [
        each.slot for each in seen if each.state in asked.reprocess.takes and each.slot not in done
    ]
    return tuple(reversed(those)) if asked.newest_first else tuple(those)


def expected_time(count: int, usual: timedelta | None, most: int) -> timedelta | None:
    """How long so many runs take, so many at once; None where nobody knows."""
    return None if usual is None else usual * -(-count // most)
