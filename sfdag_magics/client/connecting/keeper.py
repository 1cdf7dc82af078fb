"""Starts the embedded engine again when it dies under a statement. Knows no statement.

The connector asks a dead engine again and again for as long as its network timeout (*measured*:
ten minutes of silence after a kill -9). Sessions outlive the engine, so all it takes is an engine.
"""

from __future__ import annotations

import contextlib
import enum
import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from sfdag_magics.client.connecting.activity import Doing, Listener, listener
from sfdag_magics.errors import ConnectError, SfdagError
from sfdag_magics.place_words import to_type

_log = logging.getLogger(__name__)

#: Seconds a statement may take before it is looked whether the engine still lives, and between two
#: looks.
_LOOK_S = 0.5


class _Worth(enum.Enum):
    """Which engine that is gone a statement starts again."""

    ANY = "any"
    CRASHED = "crashed"
    NONE = "none"


#: By thread: what its statements are worth.
_worth: ContextVar[_Worth] = ContextVar("worth", default=_Worth.ANY)


def starting_none() -> contextlib.AbstractContextManager[None]:
    """While inside, this thread's statements start no engine that ended under them."""
    return _worth_only(_Worth.NONE)


def starting_crashed() -> contextlib.AbstractContextManager[None]:
    """While inside, this thread's statements start an engine that crashed, and none stopped."""
    return _worth_only(_Worth.CRASHED)


def looks_on() -> bool:
    """Whether nobody waits for what this thread asks: it is not worth whatever it takes."""
    return _worth.get() is not _Worth.ANY


@contextlib.contextmanager
def _worth_only(worth: _Worth) -> Iterator[None]:
    before = _worth.set(worth)
    try:
        yield
    finally:
        _worth.reset(before)


class EngineKeeper:
    """Looks after one engine while statements wait for it. Any thread.

    Args:
        has_died: whether the engine's process is gone.
        start: starts it, and returns when it answers.
        was_stopped: whether it was meant to go, also while it is still on its way.
        is_gone: whether no engine will ever answer where it did: its data were deleted, or
            another program has its port.
    """

    def __init__(
        self,
        has_died: Callable[[], bool],
        start: Callable[[], object],
        *,
        was_stopped: Callable[[], bool],
        is_gone: Callable[[], bool] = bool,
    ) -> None:
        self._has_died = has_died
        self._start = start
        self._was_stopped = was_stopped
        self.is_gone = is_gone
        self._changed = threading.Condition()  # guards the three below
        self._waiting: list[tuple[Listener, _Worth]] = []
        self._closed = False
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """While inside, a dead engine is started again, as far as this thread is worth one.

        Raises:
            ConnectError: it was stopped, and this thread starts only what crashed; or it is gone.
        """
        if self.is_gone():  # a client would ask for minutes where nobody listens any more
            raise ConnectError(
                "the embedded engine that this was asked of is gone for good: "
                "its data were deleted, or another program has its port",
                hint=f"{to_type('graphs')} asks the one in its place",
            )
        worth = _worth.get()
        if worth is _Worth.NONE:
            yield
            return
        if worth is _Worth.CRASHED and self._was_stopped():
            raise ConnectError(
                "the embedded engine was stopped", hint=f"{to_type('status')} starts it"
            )
        with self._changed:
            waits = (listener(), worth)
            self._waiting.append(waits)
            self._ensure_thread()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._waiting.remove(waits)

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
            if waiting and self._has_died() and self._is_worth_it({each for _, each in waiting}):
                self._restart(tuple(hears for hears, _ in waiting))

    def _is_worth_it(self, worth: set[_Worth]) -> bool:
        return _Worth.ANY in worth or not self._was_stopped()

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
