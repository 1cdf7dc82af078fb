"""What a task prints, and what loads long before it, as records at INFO. Python 3.9.

Snowflake collects what is logged; that it collects what is printed stands on no page of its
documentation. The logger's own level counts where the account's is unset, which means OFF there.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

_PRINTED = logging.getLogger("sfdag.print")
_PRINTED.setLevel(logging.INFO)
_LOADED = logging.getLogger("sfdag.loading")
_LOADED.setLevel(logging.INFO)
#: What loads for longer is told: the service counts it as time in which the task ran.
_LONG_S = 2


class _Lines:
    """A text stream that makes a record of each line; all else is the real stream's."""

    def __init__(self, real: Any) -> None:  # noqa: ANN401 - a text stream, or what stands for one
        self._real = real
        self._begun = ""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - such as `buffer` and `fileno`
        return getattr(self._real, name)

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._record(line)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Make a record of a last line that was not ended."""
        if self._begun:
            self._record(self._begun)
            self._begun = ""

    @staticmethod
    def _record(line: str) -> None:
        # What a carriage return went back over was not meant to stay: a progress bar.
        _PRINTED.info("%s", line.rstrip("\r").rpartition("\r")[2])


@contextlib.contextmanager
def printed_as_records() -> Iterator[None]:
    """Inside, lines written to `sys.stdout` are logged; `print(…, file=sys.stderr)` is not."""
    lines = _Lines(sys.stdout)
    try:
        with contextlib.redirect_stdout(lines):
            yield
    finally:
        lines.end()


class LoadingTime:
    """Inside, a task's code is loaded with its imports; no frame of a traceback is its own."""

    def __init__(self, task: str) -> None:
        self._task = task

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        took = time.perf_counter() - self._began
        if took >= _LONG_S:
            _LOADED.info("%s: its imports took %.1f s before its function began", self._task, took)
