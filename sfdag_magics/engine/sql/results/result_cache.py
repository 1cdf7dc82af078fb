"""The answers of the last statements, for RESULT_SCAN and for clients that ask later or again.

Knows how much is kept and what goes first, nothing of what the rows say.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sfdag_magics.engine.answers import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is kept at most; the answer that was given last always is.

    Attributes:
        memory: bytes of answers whose rows are in memory.
        files: bytes of answers whose rows are in files.
    """

    number: int = 1000
    memory: int = 128 * 1024**2
    files: int


class ResultCache:
    """Answers by query id; those that nobody asked for longest make room. Any thread."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._memory = 0
        self._files = 0

    def put(self, query_id: str, result: Result) -> None:
        """Remember an answer."""
        with self._lock:
            replaced = self._results.pop(query_id, None)
            if replaced is not None:
                self._count(replaced, -1)
            self._results[query_id] = result
            self._count(result, 1)
            self._make_room()

    def get(self, query_id: str) -> Result | None:
        """The answer of a statement that ran lately, else None."""
        with self._lock:
            found = self._results.get(query_id)
            if found is not None:
                self._results.move_to_end(query_id)
            return found

    def _make_room(self) -> None:
        newest = next(reversed(self._results))
        leaving: list[str] = []
        for query_id, result in self._results.items():
            too_many = len(self._results) - len(leaving) > self._bounds.number
            too_much = self._memory > self._bounds.memory
            too_large = self._files > self._bounds.files
            if query_id == newest or not (too_many or too_much or too_large):
                break
            if too_many or (too_large if result.in_file else too_much):
                self._count(result, -1)
                leaving.append(query_id)
        for query_id in leaving:
            del self._results[query_id]

    def _count(self, result: Result, sign: int) -> None:
        if result.in_file:
            self._files += sign * result.nbytes
        else:
            self._memory += sign * result.nbytes
