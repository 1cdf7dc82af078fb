"""Sends as often as is worth seeing: the first at once, then so many a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

#: Thirty a second: more than that nobody sees.
PERIOD_S = 1 / 30


class Publisher:
    """The one writer of a page's state. Any thread may ask; `send` reads the newest state itself.

    It sends in the thread that asks: through the kernel's event loop nothing would reach the page
    while a cell runs. Only a wish that comes too early is granted later, by a timer.

    Args:
        send: never called by two threads at once.
        clock: seconds, monotonic.
        later: `(seconds, call)` has `call` made after that time, in another thread.
    """

    def __init__(
        self,
        send: Callable[[], None],
        *,
        period_s: float = PERIOD_S,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self._send = send
        self._period_s = period_s
        self._clock = clock
        self._later = later or _call_later
        # Held while sending, on purpose: it is what makes this the one writer.
        self._writing = threading.RLock()
        self._is_due_later = False
        self._sent_at = float("-inf")

    def publish(self) -> None:
        """Send now or, where something was sent just now, a moment later."""
        with self._writing:
            left_s = self._sent_at + self._period_s - self._clock()
            if left_s <= 0:
                self._send_now()
            elif not self._is_due_later:
                self._is_due_later = True
                self._later(left_s, self._send_due)

    def silence(self) -> AbstractContextManager[object]:
        """While inside, no other thread sends: for what has to reach the page together."""
        return self._writing

    def _send_due(self) -> None:
        with self._writing:
            if self._is_due_later:
                self._send_now()

    def _send_now(self) -> None:
        self._is_due_later = False
        self._sent_at = self._clock()
        self._send()


def _call_later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.name, timer.daemon = "sfdag-publish", True
    timer.start()
