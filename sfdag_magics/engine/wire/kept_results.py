"""Results of queries that have ended, for clients that ask late or again: which go first. No locks.

One of many rows is fetched in parts, as slowly as its reader reads, and one that nobody waited for
is fetched when there is time for it: neither goes because others have asked for much meanwhile, but
only for its bytes. Small ones that clients have had stay for a request that is sent again; of them
there are the most, so a number stays.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from sfdag_magics.engine.borders.answers import Result

# The SQL room keeps some of its own.
_MAX_BYTES = 64 * 1024 * 1024
# Of a small one Arrow holds kilobytes beside its values.
_MAX_TOLD = 1000
#: It has gone whole with its reply (`encoding/chunks.py`).
_SMALL_BYTES = 16 * 1024


class Ended(Protocol):
    """What has a result, or had one; it is itself and not what it says."""

    result: Result | None

    def __hash__(self) -> int:
        """By identity."""


class KeptResults:
    """Which ended queries have their results still, the oldest first."""

    def __init__(self) -> None:
        self._all: OrderedDict[Ended, int] = OrderedDict()
        #: The small ones of them that clients have had.
        self._told: OrderedDict[Ended, None] = OrderedDict()
        self._bytes = 0

    def add(self, ended: Ended) -> None:
        """Keep the result of a query that has just ended, if it has one; this one stays."""
        if ended.result is None:
            return
        self._all[ended] = ended.result.nbytes
        self._bytes += ended.result.nbytes
        while self._bytes > _MAX_BYTES and len(self._all) > 1:
            self.drop(next(iter(self._all)))

    def told(self, ended: Ended) -> None:
        """Its client is sent the result."""
        if self._all.get(ended, _SMALL_BYTES) >= _SMALL_BYTES:
            return
        self._told[ended] = None
        while len(self._told) > _MAX_TOLD:
            self.drop(next(iter(self._told)))

    def drop(self, ended: Ended) -> None:
        """Take the result from who has it."""
        self._bytes -= self._all.pop(ended, 0)
        self._told.pop(ended, None)
        ended.result = None
