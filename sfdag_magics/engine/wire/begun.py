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

#: A client that was left asleep may ask this late for what it did not hear.
KEPT_S = 24 * 3600
#: After so many lines those that are too old are dropped.
_REWRITE_AFTER = 50_000
#: Of a statement outside a transaction; transactions are named by ids.
_ALONE = "-"


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

    def add(self, query_id: str, transaction_id: str) -> None:
        """Remember that a statement begins; `transaction_id` is empty outside a transaction."""
        if self._lines >= self._rewrite_after:
            self._rewrite()
        self._lines += 1
        os.write(self._descriptor, _line(int(self._clock()), query_id, transaction_id))

    def begun(self) -> dict[str, str]:
        """The transaction (or empty) of each statement, by query id; too old ones are left out."""
        return {query_id: transaction for _, query_id, transaction in self._read()}

    def close(self) -> None:
        """Stop writing; the file stays."""
        os.close(self._descriptor)

    def _read(self) -> list[tuple[int, str, str]]:
        try:
            text = self._path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return []
        oldest = self._clock() - KEPT_S
        # the last line may be torn: its statement did not begin
        lines = [line.split(" ") for line in text.split("\n")[:-1]]
        return [
            (int(at), query_id, "" if transaction == _ALONE else transaction)
            for at, query_id, transaction in lines
            if int(at) >= oldest
        ]

    def _rewrite(self) -> None:
        kept = self._read()
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(
            fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW, 0o600
        )
        os.write(descriptor, b"".join(_line(*entry) for entry in kept))
        fresh.replace(self._path)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._lines = descriptor, len(kept)


def _line(at: int, query_id: str, transaction_id: str) -> bytes:
    return f"{at} {query_id} {transaction_id or _ALONE}\n".encode()
