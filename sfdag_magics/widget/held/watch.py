"""Looks for the newest run of a graph, as long as somebody looks at a view of it.

Knows when to look and when not; what is looked at, and what follows from it, are callables.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sfdag_magics.errors import SfdagError

_log = logging.getLogger(__name__)

#: Seconds between two looks: two small questions on the embedded engine; a service's cost more.
EMBEDDED_WATCH_S = 1.0
SNOWFLAKE_WATCH_S = 30.0
#: A look that an engine's end cut off ends with the client's own time-out.
_CLOSE_S = 2.0


class Watch:
    """One daemon thread `sfdag-watch` per graph, started with the first view of it.

    Args:
        look: called in the watch's thread, time and again.
        is_looked_at: whether anybody would see what comes of it; without, nothing is asked.
        period_s: seconds between two looks.
    """

    def __init__(
        self,
        look: Callable[[], None],
        *,
        is_looked_at: Callable[[], bool],
        period_s: float = EMBEDDED_WATCH_S,
    ) -> None:
        self._look = look
        self._is_looked_at = is_looked_at
        self._period_s = period_s
        self._changed = threading.Condition()  # guards the two below
        self._closed = False
        self._is_awake = False
        self._thread = threading.Thread(target=self._watch, name="sfdag-watch", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at once: somebody has just come to see. Any thread."""
        with self._changed:
            self._is_awake = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop looking and wait for the thread, unless this is it or nobody answers it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(_CLOSE_S)

    def _watch(self) -> None:
        while not self._closed:
            if self._is_looked_at():
                self._looked()
            with self._changed:
                if not self._is_awake and not self._closed:
                    self._changed.wait(self._period_s)
                self._is_awake = False

    def _looked(self) -> None:
        try:
            self._look()
        except SfdagError as error:  # the next look may be answered; what is shown stays
            _log.debug("looking for runs: %s", error)
        except Exception:  # noqa: BLE001 - the thread's border: the view goes on without it
            _log.exception("looking for runs failed")
