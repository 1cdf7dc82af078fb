"""How long an engine that was told to stop waits for what does not hear. Knows no parts of it.

One step of DuckDB's (an expression over very long texts) cannot be stopped, and may take minutes.
Everything that was acknowledged is stored by then, so the process leaves: what is in that step ends
as in a crash, after which the next engine takes up what belongs to a run.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

#: Longer than a statement that hears takes to end, and than the others need to be told.
PATIENCE_S = 4.0


def leave() -> None:
    """End this process at once, with nothing left to be written."""
    _log.warning("leaves what runs and does not hear that it must end")
    logging.shutdown()
    os._exit(0)


class Patience:
    """Has an end, after which it calls `leave` on a thread of its own; `end` it before that."""

    def __init__(self, seconds: float = PATIENCE_S, leave: Callable[[], None] = leave) -> None:
        self._timer = threading.Timer(seconds, leave)
        self._timer.name = "sfdag-patience"
        self._timer.daemon = True

    def begin(self) -> None:
        """Wait so long from now on."""
        self._timer.start()

    def end(self) -> None:
        """Everybody has heard; also where nobody was waited for."""
        self._timer.cancel()
