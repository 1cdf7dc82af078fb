"""Whether a look at a run would show anything new: the embedded engine knows, at little cost.

Only of when to ask: what there is to see comes from the same statements on both engines. Who is
near reads the mark of all runs from a file, and asks only whether the engine still answers.
"""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.sqltext import quoted_string

_NEWS = "SYSTEM$SFDAG_NEWS"


class RunNews:
    """Asks for the mark of a run's last change, where there is somebody who knows it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def mark(self, group_id: str | None, known: str) -> str:
        """A text that is another after each change of the run; empty where nobody knows.

        Args:
            known: the mark of the last look: given back only if the engine answered that it holds.

        Raises:
            ConnectError: nothing answered.
        """
        if group_id is None or not self._backend.knows(_NEWS):
            return ""
        last = self._backend.last_mark()
        if last and last != known:
            return last  # of this run or another: its rows are asked for from the mark before
        (row,) = self._backend.rows(f"SELECT {_NEWS}({quoted_string(group_id)})")
        told = str(next(iter(row.values())))
        return known if _is_no_later(told, known) else told


def _is_no_later(told: str, known: str) -> bool:
    """Whether a run with the mark `told` is as it was when all runs had the mark `known`."""
    engine, _, count = told.rpartition(":")
    same, _, seen = known.rpartition(":")
    return engine == same and count.isdecimal() and seen.isdecimal() and int(count) <= int(seen)
