"""When anybody may have committed, and the numbers of the commits that streams show. Any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sfdag_magics.engine.sql.stored.claims import Claims


class CommitClock:
    """Tells whether anybody may have committed since a moment. Any thread."""

    def __init__(self, last_change: int = 0, told: Sequence[Callable[[], None]] = ()) -> None:
        """`told` are called when streams may show more than before, by whoever did that."""
        self._lock = threading.Lock()
        self._begun = 0
        self._ended = 0
        #: Transactions that have written and wait for others.
        self.holders_waiting = 0
        self._numbering = threading.Lock()
        #: The last commit that changed a table with a stream: it and all before it are visible.
        self.last_change = last_change
        #: What it was when changes were last forgotten.
        self.pruned = last_change
        self._told = told
        #: Tables that are made anew.
        self.claims = Claims()

    @contextmanager
    def committing(self) -> Iterator[None]:
        """Around whatever may make changes visible to others."""
        with self._lock:
            self._begun += 1
        try:
            yield
        finally:
            with self._lock:
                self._ended += 1

    def now(self) -> tuple[int, int]:
        """Equal at two moments only if no commit began or ended between them."""
        with self._lock:
            return (self._begun, self._ended)

    @contextmanager
    def holding_while_waiting(self) -> Iterator[None]:
        """Around the wait of a transaction for another one's writes while others wait for its."""
        with self._lock:
            self.holders_waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self.holders_waiting -= 1

    @contextmanager
    def numbering(self) -> Iterator[int]:
        """Around a commit that changes a table with a stream: its number.

        One at a time, so that what is committed becomes visible in the order of the numbers.
        """
        with self._numbering:
            number = self.last_change + 1
            yield number
            self.last_change = number
        self.tell()

    def tell(self) -> None:
        """Say that streams may show more than before."""
        for told in self._told:
            told()
