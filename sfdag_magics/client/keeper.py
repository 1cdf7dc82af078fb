"""Starts the embedded engine again when it dies under a statement. Knows no statement.

The connector asks a dead engine again and again for as long as its network timeout (*measured*:
ten minutes of silence after a kill -9). Sessions outlive the engine, so all it takes is an engine.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from sfdag_magics.client.activity import Doing, Listener, listener
from sfdag_magics.errors import SfdagError

_log = logging.getLogger(__name__)

#: Seconds a statement may take before it is looked whether the engine still lives, and between two
#: looks.
_LOOK_S = 0.5

#: By thread: whether its statements are worth an engine.
_starts_none: ContextVar[bool] = ContextVar("starts_none", default=False)


@contextlib.contextmanager
def starting_none() -> Iterator[None]:
    """While inside, this thread's statements start no engine that was stopped under them."""
    before = _starts_none.set(True)
    try:
        yield
    finally:
        _starts_none.reset(before)


class EngineKeeper:
    """Looks after one engine while statements wait for it. Any thread.

    Args:
        has_died: whether the engine's process is gone.
        start: starts it, and returns when it answers.
    """

    def __init__(self, has_died: Callable[[], bool], start: Callable[[], object]) -> None:
        self._has_died = has_died
        self._start = start
        self._changed = threading.Condition()  # guards the three below
        self._waiting: list[Listener] = []
        self._closed = False
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """While inside, a dead engine is started again, unless `starting_none` says otherwise."""
        if _starts_none.get():
            yield
            return
        with self._changed:
            hears = listener()
            self._waiting.append(hears)
            self._ensure_thread()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._waiting.remove(hears)

    def close(self) -> None:
        """Stop looking and wait for the thread to end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _ensure_thread(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._look, name="sfdag-keeper", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed or self._changed.wait_for(lambda: self._closed, _LOOK_S):
                    return
                waiting = tuple(self._waiting)
            if waiting and self._has_died():
                self._restart(waiting)

    def _restart(self, waiting: tuple[Listener, ...]) -> None:
        for hears in waiting:
            hears(Doing("starting the embedded engine again", "it had ended"))
        try:
            self._start()
        except SfdagError as error:  # the statement's own error tells the user; this is the reason
            _log.warning("the embedded engine does not start: %s", error.message)
            return
        for hears in waiting:
            hears(Doing("asking the embedded engine again"))
