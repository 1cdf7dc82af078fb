"""A backfill as it is planned, and as it went: which slots there are and which are run. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.backfilling.asked import Asked, Reprocess, expected_time
from sfdag_magics.client.backfilling.driving import EndedSlot, SlotEnd
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.graph.times.slots import Range, Slot, slot_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import REPROCESS_FAILED
from sfdag_magics.render.plots.slot_calendar import calendar_text, legend_text
from sfdag_magics.render.run_seen import duration_text

if TYPE_CHECKING:
    import pandas as pd

#: So many stretches of slots to run are listed by name; the calendar has them all.
_MOST_LISTED = 12
_AS_SEEN = {
    SlotEnd.SUCCEEDED: SlotState.SUCCEEDED,
    SlotEnd.FAILED: SlotState.FAILED,
    SlotEnd.CANCELLED: SlotState.CANCELLED,
    SlotEnd.SKIPPED: SlotState.SKIPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Backfill(Displayed):
    """The slots of a graph in a range, and those that are run; prints as a calendar of them.

    Attributes:
        graph: its name.
        place: where it runs.
        schedule: what cuts the range into slots: the graph's schedule, or what `every` says.
        zone: in which days are counted, and moments without a zone were read.
        seen: each slot as it was before anything ran, the oldest first.
        chosen: the slots that are run, in their order.
        usual: how long a run of the graph takes; None where none succeeded yet.
        notes: what else there is to say of it.
        id: by which its runs are known as those of one backfill.
        ended: what was run, in the order of its end.
        stopped: why no more slots were begun; empty where nothing was in the way.
    """

    graph: str
    place: str
    schedule: str
    zone: tzinfo
    zone_name: str
    within: Range
    seen: tuple[SlotSeen, ...]
    chosen: tuple[Slot, ...]
    asked: Asked
    usual: timedelta | None = None
    notes: tuple[str, ...] = ()
    id: str = ""
    ended: tuple[EndedSlot, ...] = field(default=())
    stopped: str = ""

    def __repr__(self) -> str:
        return f"<backfill of {self.graph}: {self.how_far}>"

    def __str__(self) -> str:
        calendar = calendar_text(self.slots, self.zone)
        return "\n".join(filter(None, (self.title, calendar, *self.told)))

    @property
    def count(self) -> str:
        """How many slots are run, in words."""
        return counted(len(self.chosen), "slot")

    @property
    def left(self) -> tuple[Slot, ...]:
        """The slots that were chosen and are not done, in their order."""
        done = {each.slot for each in self.ended if each.end is not SlotEnd.REPLACED}
        return tuple(slot for slot in self.chosen if slot not in done)

    @property
    def failed(self) -> tuple[EndedSlot, ...]:
        """The slots whose runs failed or were cancelled."""
        return tuple(each for each in self.ended if each.end in (SlotEnd.FAILED, SlotEnd.CANCELLED))

    @property
    def expected(self) -> timedelta | None:
        """How long what is left takes, by what is usual; None where nobody knows."""
        return expected_time(len(self.left), self.usual, self.asked.most)

    @property
    def expected_text(self) -> str:
        """That in words; empty where nobody knows."""
        return "" if self.expected is None else duration_text(self.expected)

    @property
    def slots(self) -> tuple[tuple[Slot, SlotState], ...]:
        """Each slot with its state by now, the oldest first."""
        now = {each.slot: _AS_SEEN[each.end] for each in self.ended if each.end in _AS_SEEN}
        return tuple((each.slot, now.get(each.slot, each.state)) for each in self.seen)

    @property
    def title(self) -> str:
        """What the slots are of, and how many there are in each state."""
        first = f"{self.graph} on {self.place} · {schedule_words(self.schedule)}"
        if not self.seen:
            after, until = (
                f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"
                for moment in (self.within.after, self.within.until)
            )
            return f"{first}\nno slot is due from {after} to {until}, in {self.zone_name}"
        ends = dict.fromkeys(self.name_of(self.seen[place].slot) for place in (0, -1))
        states = legend_text(state for _, state in self.slots)
        slots = counted(len(self.seen), "slot")
        return f"{first}\n{slots} due {' to '.join(ends)}, in {self.zone_name}: {states}"

    @property
    def told(self) -> tuple[str, ...]:
        """What is to run, or how it went, in lines."""
        if not self.chosen:
            return (*self.notes, f"nothing to run{self._left_alone}")
        if self.ended or self.stopped:
            return (self.outcome,)
        order = "newest first" if self.asked.newest_first else "oldest first"
        most = "one at a time" if self.asked.most == 1 else f"{self.asked.most} at once"
        takes = "no usual time yet" if self.expected is None else f"about {self.expected_text}"
        return (*self.notes, f"{self.count} to run, {order}, {most}: {takes}", f"  {self._listed}")

    @property
    def _left_alone(self) -> str:
        """Which slots somebody may have meant, where none is run."""
        again = Reprocess.FAILED.takes - self.asked.reprocess.takes
        count = sum(each.state in again for each in self.seen)
        left = f"{counted(count, 'slot')} that did not succeed"
        return f"; {REPROCESS_FAILED} runs {left} as well" if count else ""

    @property
    def _listed(self) -> str:
        """The slots to run in their order, those that follow each other as one stretch."""
        stretches: list[list[Slot]] = []
        for slot in self.chosen:
            last = stretches[-1][-1] if stretches else None
            if last is not None and (last.end == slot.start or slot.end == last.start):
                stretches[-1].append(slot)
            else:
                stretches.append([slot])
        names = [
            " to ".join(dict.fromkeys(self.name_of(stretch[place]) for place in (0, -1)))
            for stretch in stretches
        ]
        more = len(names) - _MOST_LISTED
        return " · ".join((*names[:_MOST_LISTED], *([f"and {more} more"] if more > 0 else [])))

    @property
    def how_far(self) -> str:
        """How many of the slots are run by now, in words."""
        return f"{len(self.chosen) - len(self.left)} of {self.count} run"

    @property
    def outcome(self) -> str:
        """How it went, in a line."""
        ends = [each.end for each in self.ended]
        parts = [f"{ends.count(end)} {end.value}" for end in SlotEnd if end in ends]
        said = f"{self.how_far}: {', '.join(parts) or '–'}"
        left = f" · {len(self.left)} left" if self.left else ""
        return f"{said}{left}{f' · stopped, as {self.stopped}' if self.stopped else ''}"

    def name_of(self, slot: Slot) -> str:
        """A slot by its end, in the zone that the title names."""
        return slot_text(slot, self.zone)

    def to_pandas(self) -> pd.DataFrame:
        """A row per slot, the oldest first. Raises MachineError where pandas is not installed."""
        columns = ("start", "end", "state", "run", "is_chosen")
        return data_frame(self.rows(), columns)

    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """Each slot as a row: its moments in UTC, its state by now, the run that says so."""
        runs = {each.slot: each.run for each in self.ended if each.run}
        chosen = frozenset(self.chosen)
        return tuple(
            {
                "start": seen.slot.start.astimezone(UTC),
                "end": seen.slot.end.astimezone(UTC),
                "state": state.value,
                "run": runs.get(seen.slot, seen.run),
                "is_chosen": seen.slot in chosen,
            }
            for seen, (_, state) in zip(self.seen, self.slots, strict=True)
        )
