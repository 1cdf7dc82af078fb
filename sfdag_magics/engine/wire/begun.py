"""Which statements of a session were begun, across the death of the engine. Knows a file, no SQL.

A line per statement, appended before it begins. The operating system keeps what was written when
the process is killed; nothing waits for a disk, because a power cut ends the client as well, and
then nobody asks again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sfdag_magics.light_classes import dataclass

#: A client that was left asleep may ask this late for what it did not hear.
KEPT_S = 24 * 3600
#: After so many lines those that are too old are dropped.
_REWRITE_AFTER = 50_000
_NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A statement that was begun.

    Attributes:
        transaction_id: of the transaction it was part of, or was refused with; empty for none.
        can_repeat: where it left no outcome it did nothing, or nothing that matters twice. False
            where that was not looked at.
    """

    query_id: str
    transaction_id: str = ""
    can_repeat: bool = False

    def line(self, at: int) -> bytes:
        """As the file has it."""
        mark = "again" if self.can_repeat else _NOTHING
        return f"{at} {self.query_id} {self.transaction_id or _NOTHING} {mark}\n".encode()


class BegunFile:
    """The statements that one session began; one thread at a time."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.time,
        rewrite_after: int = _REWRITE_AFTER,
    ) -> None:
        self._path = path
        self._clock = clock
        self._rewrite_after = rewrite_after
        self._lines = 0
        self._descriptor = -1
        self._rewrite()

    def add(self, statement: Begun) -> None:
        """Remember that a statement begins."""
        if self._lines >= self._rewrite_after:
            self._rewrite()
        self._lines += 1
        os.write(self._descriptor, statement.line(int(self._clock())))

    def begun(self) -> dict[str, Begun]:
        """The statements by query id; too old ones are left out."""
        found: dict[str, Begun] = {}
        for _, statement in self._read():
            earlier = found.get(statement.query_id, statement)
            found[statement.query_id] = Begun(
                query_id=statement.query_id,
                transaction_id=statement.transaction_id,
                can_repeat=statement.can_repeat or earlier.can_repeat,
            )
        return found

    def close(self) -> None:
        """Stop writing; the file stays."""
        os.close(self._descriptor)

    def _read(self) -> list[tuple[int, Begun]]:
        try:
            text = self._path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return []
        oldest = self._clock() - KEPT_S
        # the last line may be torn: its statement did not begin
        found = [_read_line(line) for line in text.split("\n")[:-1]]
        return [(at, statement) for at, statement in found if at >= oldest]

    def _rewrite(self) -> None:
        kept = self._read()
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(
            fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW, 0o600
        )
        os.write(descriptor, b"".join(statement.line(at) for at, statement in kept))
        fresh.replace(self._path)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._lines = descriptor, len(kept)


def _read_line(line: str) -> tuple[int, Begun]:
    at, query_id, transaction_id, mark = (*line.split(" "), _NOTHING)[:4]
    return int(at), Begun(
        query_id=query_id,
        transaction_id="" if transaction_id == _NOTHING else transaction_id,
        can_repeat=mark != _NOTHING,
    )
