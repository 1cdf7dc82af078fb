"""A data directory that is opened while others do something else.

Most of it is DuckDB's own work, beside which Python goes on: an engine imports its parts meanwhile.
Knows no session and no statement.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self

from sfdag_magics.engine.budget import Budget
from sfdag_magics.engine.store.duck import DuckStore, open_store


class Opening:
    """`open_store` on a thread of its own, begun now; `take` it once, or leaving lets go of it."""

    def __init__(self, data_dir: Path, budget: Budget) -> None:
        self._directory = data_dir
        self._budget = budget
        self._done: Future[DuckStore] = Future()
        self._is_taken = False
        self._thread = threading.Thread(target=self._open, name="sfdag-opening", daemon=True)
        self._thread.start()

    def take(self) -> DuckStore:
        """The opened directory, which is the caller's from now on; blocks until it is open.

        Raises:
            MachineError: see `open_store`.
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
            self._done.set_result(open_store(self._directory, self._budget))
        except BaseException as problem:  # noqa: BLE001 - raised where it is taken
            self._done.set_exception(problem)
