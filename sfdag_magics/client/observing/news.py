"""Whether a look at a run would show anything new: the embedded engine knows, at little cost.

Only of when to ask: what there is to see comes from the same statements on both engines.
"""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.sqltext import quoted_string

_NEWS = "SYSTEM$SFDAG_NEWS"


class RunNews:
    """Asks for the mark of a run's last change, where there is somebody who knows it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def mark(self, group_id: str | None) -> str:
        """A text that is another after each change of the run; empty where nobody knows.

        Raises:
            ConnectError: nothing answered.
        """
        if group_id is None or not self._backend.knows(_NEWS):
            return ""
        (row,) = self._backend.rows(f"SELECT {_NEWS}({quoted_string(group_id)})")
        return str(next(iter(row.values())))
