"""What a task prints, as records of `logging` at INFO. Knows streams, nothing of tasks. Python 3.9.

Snowflake collects what is logged; that it collects what is printed stands on no page of its
documentation. The logger's own level counts where the account's is unset, which means OFF there.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterable, Iterator
from typing import Any

_PRINTED = logging.getLogger("sfdag.print")
_PRINTED.setLevel(logging.INFO)


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
