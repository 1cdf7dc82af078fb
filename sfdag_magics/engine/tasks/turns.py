"""Work of many graphs on a few threads: one thing at a time for each, and each in its turn.

So what takes long in one graph holds up none but itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

_Work = Callable[[], None]


class Turns:
    """The threads and what waits for them. Any thread."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._lock = threading.Lock()
        #: What waits behind the work of a graph that is on a thread, or waits for one.
        self._behind: dict[str, deque[_Work]] = {}

    def submit(self, graph: str, work: _Work) -> None:
        """Let the work be done behind all that was submitted for this graph."""
        with self._lock:
            if (behind := self._behind.get(graph)) is not None:
                behind.append(work)
                return
            self._behind[graph] = deque()
        self._begin(graph, work)

    def close(self) -> None:
        """Wait for what is on a thread; what waits is not done any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, graph: str, work: _Work) -> None:
        with suppress(RuntimeError):  # closed
            self._pool.submit(self._carry_out, graph, work)

    def _carry_out(self, graph: str, work: _Work) -> None:
        try:
            work()
        finally:
            with self._lock:
                behind = self._behind[graph]
                following = behind.popleft() if behind else None
                if following is None:
                    del self._behind[graph]
            if following is not None:
                self._begin(graph, following)
