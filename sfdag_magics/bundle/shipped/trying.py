"""A task's function is called again where it raised, as its options say. Ships: Python 3.9.

The service retries graphs and not tasks; so this happens within the task's own run, whose time
limit holds for all of it. Knows nothing of how the function is called.
"""

from __future__ import annotations

import logging
import time
from typing import Any

_LOG = logging.getLogger("sfdag")


class Tries:
    """The tries of one task in one run.

    Args:
        entry: what the archive says of the task.
    """

    def __init__(self, entry: dict[str, Any]) -> None:
        self._task = entry["name"]
        self._most = int(entry.get("retries", 0)) + 1
        self._wait_s = float(entry.get("backoff_s", 0.0))
        self._done = 0

    def again(self, exc: BaseException, session: Any) -> bool:  # noqa: ANN401 - a Snowpark session
        """Whether there is another try; waits for it, and undoes what the last left open.

        What is not an error, such as the end of the process, is never tried again.
        """
        self._done += 1
        if self._done >= self._most or not isinstance(exc, Exception):
            return False
        wait_s = self._wait_s * 2 ** (self._done - 1)
        _LOG.warning(
            "%s: try %d of %d failed, again in %g s: %s: %s",
            self._task,
            self._done,
            self._most,
            wait_s,
            type(exc).__name__,
            exc,
        )
        _roll_back(session)
        time.sleep(wait_s)
        return True


def _roll_back(session: Any) -> None:  # noqa: ANN401 - a Snowpark session
    """End a transaction that the function began: the next try begins its own."""
    try:
        session.sql("rollback").collect()
    except Exception as exc:  # noqa: BLE001 - none is open, or the session says so in its own way
        _LOG.debug("nothing to roll back: %s", exc)
