"""How deep a statement may nest: Python's recursion limit while one is read and translated.

A reader of SQL calls itself some 25 times for each call or parenthesis inside another, so that
Python's usual limit of 1000 ends at 40 of them, and Snowpark writes one for each `|` or `+`. The
limit belongs to the process, not to a thread: it is raised only while a statement is read, and not
so far that code in C, which other threads may run meanwhile, could run out of its stack
(*measured* on stacks of 8 MB: JSON, pickle, copies and `repr` end with an error at 20,000 levels,
`sorted` with a key that sorts again is the first to crash, above 5,000). DuckDB has its own bound
of 1000 levels, which is the one that most statements meet.
"""

from __future__ import annotations

import sys
import threading
from contextlib import ContextDecorator

from sfdag_magics.engine.borders.answers import SqlError

_FRAMES = 10_000
_MESSAGE = (
    "SQL compilation error:\nThe statement is nested too deeply: some hundreds of parentheses,"
    " operators, calls, CASE expressions or subqueries inside one another can be read. Compute the"
    " inner part first, in a common table expression, a temporary table or a loop over fewer terms."
)


class _DeepReading(ContextDecorator):
    """Raises the limit while any thread is inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._usual = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._usual, _FRAMES))
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                sys.setrecursionlimit(self._usual)


#: `with deep_reading:` or `@deep_reading`, around what reads or translates a statement.
deep_reading = _DeepReading()


def too_deep() -> SqlError:
    """What is said of a statement that cannot be read even so."""
    return SqlError(_MESSAGE, code=1003, sqlstate="54001")
