"""What is opened on a thread of its own, while others do something else.

Most of it is the work of DuckDB, SQLite and the disk, beside which Python goes on: an engine
imports its parts meanwhile. Knows nothing of what it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar


class _Closes(Protocol):
    def close(self) -> None: ...


_T = TypeVar("_T", bound=_Closes)


class Opening(Generic[_T]):
    """A call of `open_it`, begun now; `take` what it returns once, or leaving closes it."""

    def __init__(self, open_it: Callable[[], _T]) -> None:
        self._open_it = open_it
        self._done: Future[_T] = Future()
        self._is_taken = False
        self._thread = threading.Thread(target=self._open, name="sfdag-opening", daemon=True)
        self._thread.start()

    def take(self) -> _T:
        """What was opened, which is the caller's from now on; blocks until it is open.

        Raises:
            MachineError: what opening it raised, as anything else it did.
        """
        taken = self._done.result()
        self._is_taken = True
        return taken

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.join()
        if not self._is_taken and self._done.exception() is None:
            self._done.result().close()

    def _open(self) -> None:
        try:
            self._done.set_result(self._open_it())
        except BaseException as problem:  # noqa: BLE001 - raised where it is taken
            self._done.set_exception(problem)
