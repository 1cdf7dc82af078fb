"""Whether a look at a run would show anything new: the embedded engine knows, at little cost.

Only of when to ask: what there is to see comes from the same statements on both engines.
"""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.sqltext import quoted_string


class RunNews:
    """Asks for the mark of a run's last change, as long as there is somebody who knows it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._is_told = backend.is_embedded

    def mark(self, group_id: str | None) -> str:
        """A text that is another after each change of the run; empty where nobody knows.

        Raises:
            ConnectError: nothing answered.
        """
        if not self._is_told or group_id is None:
            return ""
        try:
            (row,) = self._backend.rows(f"SELECT SYSTEM$SFDAG_NEWS({quoted_string(group_id)})")
        except ConnectError:
            raise
        except BackendError:  # an engine of an earlier release does not know it
            self._is_told = False
            return ""
        return str(next(iter(row.values())))
