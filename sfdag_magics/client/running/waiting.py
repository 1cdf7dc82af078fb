"""When a run that is waited for is looked at again, and what is said when the time is up.

Knows of a run what a look at it shows, and not how one is looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.resting import rest
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.answers import answer_within
from sfdag_magics.errors import StillGoingError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.place_words import to_type

#: Seconds between two looks: the embedded engine costs nothing, Snowflake's services do.
_EMBEDDED_POLL_S = (0.05, 0.5)
_SNOWFLAKE_POLL_S = (2.0, 30.0)
#: An answer is waited for so long, however little is left.
_EMBEDDED_ANSWER_S = 1.0
_SNOWFLAKE_ANSWER_S = 10.0
#: Where changes are told, the shortest pause: a busy run has many a second.
_TOLD_S = 0.02

_Answer = TypeVar("_Answer")


def pauses(backend: Backend) -> tuple[float, float]:
    """The shortest and the longest pause between two looks, in seconds."""
    return _EMBEDDED_POLL_S if backend.is_embedded else _SNOWFLAKE_POLL_S


class Seen(Protocol):
    """One run, as far as it is known without asking; `watched.WatchedRun` is one."""

    @property
    def last(self) -> RunSnapshot | None:
        """As it was last seen; None where it never was."""

    @property
    def label(self) -> str:
        """Which run it is."""


class TimeGiven:
    """The time in which a run has to be over, and what is said when that or an answer is late.

    Args:
        timeout: seconds from now; None for as long as it takes.
    """

    def __init__(self, backend: Backend, run: Seen, timeout: float | None) -> None:
        self._backend = backend
        self._run = run
        self._timeout = timeout
        self.begin()

    def begin(self) -> None:
        """Let it count from now on."""
        self._began = time.monotonic()

    def left_s(self) -> float | None:
        """How much of it is left, none or less where it is up; None for as long as it takes."""
        if self._timeout is None:
            return None
        return self._began + self._timeout - time.monotonic()

    def answered(self, ask: Callable[[], _Answer]) -> _Answer:
        """What `ask` gives, if that comes about in time; a last one may take a moment longer.

        Raises:
            StillGoingError: it does not; says what is known of the run.
        """
        left = self.left_s()
        if left is None:
            return ask()
        least = _EMBEDDED_ANSWER_S if self._backend.is_embedded else _SNOWFLAKE_ANSWER_S
        waits = max(left, least)
        try:
            return answer_within(ask, waits)
        except TimeoutError:
            raise StillGoingError(
                f"{self._known()}: {self._backend.place} has not answered for {waits:.2g} s",
                hint="sfdag local status" if self._backend.is_embedded else to_type("target"),
            ) from None

    def is_up(self, seen: RunSnapshot) -> StillGoingError:
        """What is said of a run that was not over in time."""
        return StillGoingError(
            f"{_going_on(seen, self._passed())}: {_waited_for(seen)}",
            hint=to_type("status", run=seen.short_id),
        )

    def _known(self) -> str:
        seen = self._run.last
        if seen is None or seen.is_over:
            label, passed = self._run.label, self._passed()
            return f"nobody knows whether {label} is still going after {passed:g} s"
        return f"{_going_on(seen, self._passed())}, as it was last seen, {_waited_for(seen)}"

    def _passed(self) -> float:
        """What was waited for, in seconds; in whole ones where that is more than was allowed."""
        return max(self._timeout or 0.0, int(time.monotonic() - self._began))


class Waiting:
    """Waits for one run's end, look by look. One thread.

    Args:
        backend: says how long the pauses are.
        look: gives the run as it is now.
        hint: another value when a look may show something new; empty where nobody tells.
        time_given: for all of it.
    """

    def __init__(
        self,
        backend: Backend,
        look: Callable[[], RunSnapshot],
        hint: Callable[[], bytes],
        time_given: TimeGiven,
    ) -> None:
        self._look = look
        self._hint = hint
        self._time_given = time_given
        self._shortest, self._longest = pauses(backend)
        self._no_end = threading.Event()  # a rest of ours ends by its time alone

    def rest_unseen(self, since: bytes) -> None:
        """Before the first look: until the hint is another, or for the longest pause."""
        rest(self._no_end, self._hint, since, least_s=0.0, most_s=self._left())

    def until_over(
        self,
        *,
        first: Callable[[bytes], RunSnapshot] | None = None,
        tell: Callable[[RunSnapshot], None] | None = None,
    ) -> RunSnapshot:
        """The run when it is over.

        Args:
            first: the first look, in place of `look`; is given the hint from before it.
            tell: called with the first snapshot and each different one.

        Raises:
            StillGoingError: the time is up.
        """
        pause, last = self._shortest, None
        while True:
            began, stir = time.monotonic(), self._hint()
            ask = self._look if first is None or last is not None else partial(first, stir)
            seen = self._time_given.answered(ask)
            took = time.monotonic() - began
            if seen != last:
                pause, last = _TOLD_S if stir else self._shortest, seen
                if tell is not None:
                    tell(seen)
            if seen.is_over:
                return seen
            left = self._left()
            if left <= 0:
                raise self._time_given.is_up(seen)
            is_told = self._rested(stir, pause, took, left)
            if is_told or not stir:  # what is told may be another run's, for hours
                pause = min(pause * 1.3, self._longest)

    def _left(self) -> float:
        """How long to rest at most."""
        left = self._time_given.left_s()
        return self._longest if left is None else min(self._longest, left)

    def _rested(self, stir: bytes, pause: float, took: float, left: float) -> bool:
        """Rest after a look; whether a change was told of."""
        # To look at a large run costs what its tasks wait for: half of the time at most.
        least = max(min(took, self._longest), pause if stir else 0.0)
        most = self._longest if stir else max(pause, least)
        return rest(
            self._no_end, self._hint, stir, least_s=min(least, left), most_s=min(most, left)
        )


def _going_on(seen: RunSnapshot, passed_s: float) -> str:
    return f"{seen.label} is still going after {passed_s:g} s"


def _waited_for(seen: RunSnapshot) -> str:
    running = [task.name for task in seen.tasks.values() if task.state is DisplayState.RUNNING]
    return f"waiting for {listed(running)}" if running else seen.note or "nothing of it runs"
