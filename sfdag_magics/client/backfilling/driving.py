"""Runs slots, one after the other or several at once, and tells of each that ends.

Knows how a run of a slot is begun only as something to call. What is left when it ends early, the
history tells: each run says its slot.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from enum import StrEnum

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import attempts
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.resting import rest
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.client.running.waiting import pauses
from sfdag_magics.graph.names import short_run
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.light_classes import dataclass

#: So many failures in a row are of the graph and not of a slot: the others would fail as well.
MOST_FAILURES = 3


class SlotEnd(StrEnum):
    """How the run of a slot ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    #: Another run took its turn before it began.
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSlot:
    """A slot whose run is over.

    Attributes:
        note: what else there is to say of it: what failed, by what it was replaced.
    """

    slot: Slot
    end: SlotEnd
    run: str | None
    took: timedelta | None = None
    note: str = ""


class Drive:
    """The slots of one backfill while they run. One thread.

    Args:
        begin: starts the run of a slot.
        most: how many run at once.

    Attributes:
        left: the slots that have not begun.
        going: those that run.
        ended: those that are over, in their order.
        stopped: why no more are begun; empty where nothing speaks against it.
    """

    def __init__(
        self,
        backend: Backend,
        graph: DeployedGraph,
        slots: Sequence[Slot],
        *,
        begin: Callable[[Slot], Run],
        most: int,
    ) -> None:
        self._backend = backend
        self._graph = graph
        self._begin = begin
        self._most = most
        self._no_end = threading.Event()  # a rest of ours ends by its time alone
        self.left = deque(slots)
        self.going: dict[Slot, Run] = {}
        self.ended: list[EndedSlot] = []
        self.stopped = ""

    def until_over(self) -> Iterator[EndedSlot]:
        """Each slot as its run ends, until none goes on and no more are begun.

        Raises:
            BackendError: the target refuses a run, or does not answer; what runs goes on.
        """
        shortest, longest = pauses(self._backend)
        pause = shortest
        while self.going or (self.left and not self.stopped):
            stir = self._backend.last_end()
            self._begin_more()
            over = self._over()
            for each in over:
                self._note(each)
                yield each
            if over:
                pause = shortest
                continue
            rest(self._no_end, self._backend.last_end, stir, least_s=0.0, most_s=pause)
            pause = min(pause * 1.3, longest)

    def _begin_more(self) -> None:
        while self.left and not self.stopped and len(self.going) < self._most and self._is_free():
            slot = self.left.popleft()
            self.going[slot] = self._begin(slot)

    def _is_free(self) -> bool:
        """Whether a run would begin at once: one that waits is replaced by the next that is asked.

        A graph whose runs overlap has no turns.
        """
        if self._graph.overlaps:
            return True
        return not self.going and not attempts.executing(self._backend, self._graph)

    def _over(self) -> list[EndedSlot]:
        seen = [(slot, run.refresh()) for slot, run in self.going.items()]
        over = [_ended(slot, snapshot) for slot, snapshot in seen if snapshot.is_over]
        for each in over:
            del self.going[each.slot]
        return over

    def _note(self, ended: EndedSlot) -> None:
        self.ended.append(ended)
        last = [each.end for each in self.ended[-MOST_FAILURES:]]
        if ended.end is SlotEnd.CANCELLED:
            self.stopped = f"run {short_run(ended.run or '')} was cancelled"
        elif last == [SlotEnd.FAILED] * MOST_FAILURES:
            self.stopped = f"{MOST_FAILURES} slots in a row failed"


def _ended(slot: Slot, seen: RunSnapshot) -> EndedSlot:
    took = seen.completed - seen.begun if seen.completed and seen.begun else None
    failed = seen.failed[0] if seen.failed else None
    note = f"{failed.name}: {failed.reason or failed.state.word}" if failed else seen.note
    return EndedSlot(slot=slot, end=_end(seen), run=seen.group_id, took=took, note=note)


def _end(seen: RunSnapshot) -> SlotEnd:
    if seen.state is GraphRunState.CANCELLED and seen.note and not seen.failed:
        return SlotEnd.REPLACED
    return SlotEnd(seen.state.value.lower())
