"""Backfills that go on, in a cell or beside a notebook's own work, and how far. Knows no slots.

A kernel that ends takes them along: the run that goes then goes on, no more begin, and the same
backfill goes on with what is left when it is asked for again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.names import key_of
from sfdag_magics.place_words import to_type


class BackfillsGoing:
    """One of a graph on a target at a time: two would run the same slots. Any thread."""

    def __init__(self) -> None:
        self._beginning = threading.Lock()  # guards what follows
        self._threads: dict[tuple[str, str], threading.Thread] = {}
        self._how_far: dict[tuple[str, str], str] = {}

    def check(self, graph: str, target: str) -> None:
        """See that none is going.

        Raises:
            InputError: one is.
        """
        if (key_of(graph), target) in self._how_far:
            raise InputError(
                f"a backfill of graph {graph} is going already",
                hint=f"wait for its end, or {to_type('stop')} ends the slot that runs, and it",
            )

    def how_far(self, graph: str, target: str) -> str:
        """How far the one that is going has come, in words; empty where none is."""
        return self._how_far.get((key_of(graph), target), "")

    @contextmanager
    def in_a_cell(self, graph: str, target: str, how_far: str) -> Iterator[Callable[[str], None]]:
        """While one is carried out in this thread; gives what is told how far it has come.

        Args:
            how_far: the same as it begins.

        Raises:
            InputError: another one is going.
        """
        key = key_of(graph), target
        with self._beginning:
            self.check(graph, target)
            self._how_far[key] = how_far
        try:
            yield lambda text: self._how_far.update({key: text})
        finally:
            del self._how_far[key]

    def begin(
        self,
        graph: str,
        target: str,
        work: Callable[[Callable[[str], None]], str],
        tell: Callable[[str], None],
        *,
        how_far: str,
    ) -> None:
        """Have `work` done in a thread; `tell` is told what it answers, or why it ended.

        Args:
            work: is given what it says to how far it has come.
            how_far: the same as it begins.

        Raises:
            InputError: another one is going.
        """

        key = key_of(graph), target

        def until_over() -> None:
            try:
                said = work(lambda text: self._how_far.update({key: text}))
            except SfdagError as error:
                said = f"the backfill ended: {error.message}"
            finally:
                del self._how_far[key]
            tell(said)

        with self._beginning:
            self.check(graph, target)
            thread = threading.Thread(target=until_over, name="sfdag-backfill", daemon=True)
            self._threads[key], self._how_far[key] = thread, how_far
            thread.start()
