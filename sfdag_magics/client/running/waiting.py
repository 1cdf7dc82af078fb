"""When a run that is waited for is looked at again, and what is said when the time is up.

Knows of a run what a look at it shows, and not how one is looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

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
#: A look is waited for so long, however little is left.
_EMBEDDED_ANSWER_S = 1.0
_SNOWFLAKE_ANSWER_S = 10.0
#: Where changes are told, the shortest pause: a busy run has many a second.
_TOLD_S = 0.02


def pauses(backend: Backend) -> tuple[float, float]:
    """The shortest and the longest pause between two looks, in seconds."""
    return _EMBEDDED_POLL_S if backend.is_embedded else _SNOWFLAKE_POLL_S


class Waiting:
    """Waits for one run's end, look by look. One thread.

    Args:
        backend: says how long the pauses are.
        look: gives the run as it is now.
        hint: another value when a look may show something new; empty where nobody tells.
        timeout: seconds from now; None waits for as long as it takes.
        label: which run it is, as far as that is known.
    """

    def __init__(
        self,
        backend: Backend,
        look: Callable[[], RunSnapshot],
        hint: Callable[[], bytes],
        timeout: float | None,
        label: str,
    ) -> None:
        self._backend = backend
        self._label = label
        self._look = look
        self._hint = hint
        self._timeout = timeout
        self._began = time.monotonic()
        self._deadline = None if timeout is None else self._began + timeout
        self._shortest, self._longest = pauses(backend)
        self._no_end = threading.Event()  # a rest of ours ends by its time alone

    def rest_unseen(self, since: bytes) -> None:
        """Before the first look: until the hint is another, or for the longest pause."""
        most = self._longest if self._timeout is None else min(self._longest, self._timeout)
        rest(self._no_end, self._hint, since, least_s=0.0, most_s=most)

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
            seen = self._answered(ask)
            took = time.monotonic() - began
            if seen != last:
                pause, last = _TOLD_S if stir else self._shortest, seen
                if tell is not None:
                    tell(seen)
            if seen.is_over:
                return seen
            left = self._longest if self._deadline is None else self._deadline - time.monotonic()
            if left <= 0:
                raise still_going(seen, self._passed())
            is_told = self._rested(stir, pause, took, left)
            if is_told or not stir:  # what is told may be another run's, for hours
                pause = min(pause * 1.3, self._longest)

    def _answered(self, look: Callable[[], RunSnapshot]) -> RunSnapshot:
        """What a look gives, if that comes about in time; a last one may take a moment longer."""
        if self._deadline is None:
            return look()
        least = _EMBEDDED_ANSWER_S if self._backend.is_embedded else _SNOWFLAKE_ANSWER_S
        try:
            return answer_within(look, max(self._deadline - time.monotonic(), least))
        except TimeoutError:
            place, embedded = self._backend.place, self._backend.is_embedded
            raise StillGoingError(
                f"nobody knows whether {self._label} is still going after {self._passed():g} s: "
                f"{place} does not answer",
                hint="sfdag local status" if embedded else str(to_type("target")),
            ) from None

    def _passed(self) -> float:
        """What was waited for, in seconds; in whole ones where that is more than was allowed."""
        return max(self._timeout or 0.0, int(time.monotonic() - self._began))

    def _rested(self, stir: bytes, pause: float, took: float, left: float) -> bool:
        """Rest after a look; whether a change was told of."""
        # To look at a large run costs what its tasks wait for: half of the time at most.
        least = max(min(took, self._longest), pause if stir else 0.0)
        most = self._longest if stir else max(pause, least)
        return rest(
            self._no_end, self._hint, stir, least_s=min(least, left), most_s=min(most, left)
        )


def still_going(seen: RunSnapshot, timeout: float) -> StillGoingError:
    """What is said of a run that was not over in time."""
    return StillGoingError(
        f"{seen.label} is still going after {timeout:g} s: {_waited_for(seen)}",
        hint=to_type("status", run=seen.short_id),
    )


def _waited_for(seen: RunSnapshot) -> str:
    running = [task.name for task in seen.tasks.values() if task.state is DisplayState.RUNNING]
    return f"waiting for {listed(running)}" if running else seen.note or "nothing of it runs"
