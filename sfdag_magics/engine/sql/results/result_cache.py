"""The answers of the last statements, for RESULT_SCAN and for clients that ask later or again.

Knows how much is kept and what goes first, nothing of what the rows say. A large answer is read in
parts, as slowly as its reader reads: many small ones do not push it out. Of small ones, which a
client may ask for by the thousand before it fetches the first, the older ones are kept as bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.sql.results.packed_answer import PackedAnswer
from sfdag_magics.light_classes import dataclass

_SMALL_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is kept at most; the answer that was given last always is.

    Attributes:
        number: of small answers as they are, of which Arrow holds kilobytes beside their values.
        packed: bytes of older small answers; enough for ten thousand of a few values.
        memory: bytes of answers whose rows are in memory.
        files: bytes of answers whose rows are in files.
    """

    number: int = 1000
    packed: int = 16 * 1024**2
    memory: int = 128 * 1024**2
    files: int


def is_small(result: Result) -> bool:
    """Whether what Arrow holds beside its values counts as they do: of such there are many."""
    return not result.in_file and result.nbytes < _SMALL_BYTES


class ResultCache:
    """Answers by query id; those that nobody asked for longest make room. Any thread."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._results: OrderedDict[str, Result] = OrderedDict()
        #: Those of them that are small, in the same order.
        self._small: OrderedDict[str, None] = OrderedDict()
        self._packed: OrderedDict[str, PackedAnswer] = OrderedDict()
        self._packed_bytes = 0
        self._memory = 0
        self._files = 0

    def put(self, query_id: str, result: Result) -> None:
        """Remember an answer."""
        with self._lock:
            self._forget(query_id)
            self._results[query_id] = result
            if is_small(result):
                self._small[query_id] = None
            self._count(result, 1)
            self._make_room()

    def get(self, query_id: str) -> Result | None:
        """The answer of a statement that ran lately, else None."""
        with self._lock:
            found = self._results.get(query_id)
            if found is not None:
                self._results.move_to_end(query_id)
            if query_id in self._small:
                self._small.move_to_end(query_id)
            packed = self._packed.get(query_id)
            if packed is not None:
                self._packed.move_to_end(query_id)
        return packed.unpacked() if packed is not None else found

    def _make_room(self) -> None:
        while len(self._small) > self._bounds.number:
            self._pack(next(iter(self._small)))
        while self._packed_bytes > self._bounds.packed:
            self._forget(next(iter(self._packed)))
        newest = next(reversed(self._results))
        leaving: list[str] = []
        memory, files = self._memory, self._files
        for query_id, result in self._results.items():
            too_much, too_large = memory > self._bounds.memory, files > self._bounds.files
            if query_id == newest or not (too_much or too_large):
                break
            if too_large and result.in_file:
                files -= result.nbytes
                leaving.append(query_id)
            elif too_much and not result.in_file:
                memory -= result.nbytes
                leaving.append(query_id)
        for query_id in leaving:
            self._drop(query_id)

    def _pack(self, query_id: str) -> None:
        packed = PackedAnswer.of(self._results[query_id])
        self._drop(query_id)
        self._packed[query_id] = packed
        self._packed_bytes += packed.nbytes

    def _forget(self, query_id: str) -> None:
        """Take an answer out, if it is here and however."""
        if query_id in self._results:
            self._drop(query_id)
        packed = self._packed.pop(query_id, None)
        if packed is not None:
            self._packed_bytes -= packed.nbytes

    def _drop(self, query_id: str) -> None:
        self._small.pop(query_id, None)
        self._count(self._results.pop(query_id), -1)

    def _count(self, result: Result, sign: int) -> None:
        if result.in_file:
            self._files += sign * result.nbytes
        else:
            self._memory += sign * result.nbytes
