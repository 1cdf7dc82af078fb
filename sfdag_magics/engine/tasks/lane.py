"""Works that are short follow each other on one thread; one that is long is left to its thread.

Threads that carry out statements of half a millisecond beside each other take the interpreter from
one another: with eight of them each statement costs twice the processor's time that it costs on one
thread, and none ends sooner. Knows no work, and nothing of what comes of it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_Outcome = TypeVar("_Outcome")

#: Some ten statements that are short.
_PATIENCE_S = 0.005


class Lane(Generic[_Outcome]):
    """Takes works in their order. Any thread; `close` it once.

    One thread leads: what waits, it takes. Another one watches as long as something waits, and
    leads as soon as the first is at one work for too long.

    Args:
        name: of its threads.
        most: so many works at most are carried out at once.
        tell: told what came of works, together where others followed at once. Must not block.
        patience_s: a work that takes longer is long.
    """

    def __init__(
        self,
        name: str,
        *,
        most: int,
        tell: Callable[[Sequence[_Outcome]], None],
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._name = name
        self._most = most
        self._tell = tell
        self._patience_s = patience_s
        self._changed = threading.Condition()  # guards all below
        self._waiting: deque[Callable[[], _Outcome]] = deque()
        #: What came of works that were not the last, until it is told.
        self._came: list[_Outcome] = []
        self._leader: threading.Thread | None = None
        #: When the leader began what it is at.
        self._begun = 0.0
        self._threads: list[threading.Thread] = []
        self._resting = 0
        self._is_closed = False

    def put(self, work: Callable[[], _Outcome]) -> None:
        """Have `work` carried out, which must not raise; returns at once."""
        with self._changed:
            self._waiting.append(work)
            if len(self._waiting) == 1:
                self._wake()  # to lead, or to watch

    def close(self) -> None:
        """Carry out no more than what was begun, and wait for that."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._tell_what_came()  # what follows, and was waited for, is gone
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _wake(self) -> None:
        if self._resting:
            self._changed.notify()
        elif len(self._threads) < self._most:
            name = f"{self._name}_{len(self._threads)}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            self._end(work())

    def _end(self, outcome: _Outcome) -> None:
        with self._changed:
            self._came.append(outcome)
            leads = self._leader is threading.current_thread()
            if not leads or len(self._waiting) < 2:
                self._tell_what_came()  # the last one may be long, and nobody watches it

    def _next(self) -> Callable[[], _Outcome] | None:
        """What this thread is to do now; waits for it, and has nothing once the lane is closed."""
        me = threading.current_thread()
        with self._changed:
            if self._leader is me and not self._waiting:
                self._leader = None
            while not self._is_closed and not self._leads(me):
                self._rest()
            if self._is_closed:
                return None
            return self._taken(me)

    def _leads(self, me: threading.Thread) -> bool:
        """Whether this thread is the one to take what waits."""
        return bool(self._waiting) and (self._leader in (None, me) or self._late_in_s() <= 0)

    def _late_in_s(self) -> float:
        return self._begun + self._patience_s - time.monotonic()

    def _rest(self) -> None:
        self._resting += 1
        self._changed.wait(self._late_in_s() if self._waiting else None)
        self._resting -= 1

    def _taken(self, me: threading.Thread) -> Callable[[], _Outcome]:
        work = self._waiting.popleft()
        self._begun = time.monotonic()
        if self._leader is not me:
            self._leader = me
            self._tell_what_came()
            if self._waiting:
                self._wake()  # to watch
        return work

    def _tell_what_came(self) -> None:
        if self._came:
            came, self._came = self._came, []
            self._tell(came)
