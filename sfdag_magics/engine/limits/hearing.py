"""How long work in Python hears that its statement must end. Knows threads, no statements.

DuckDB is interrupted; what reads and translates a text asks now and then, and need not know whom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Item = TypeVar("_Item")

#: So many tokens or nodes take some milliseconds.
EACH = 256


class _Ear(threading.local):
    """What the statement of this thread is asked by."""

    check: Callable[[], None] | None = None


_ear = _Ear()


@contextmanager
def heard(check: Callable[[], None]) -> Iterator[None]:
    """While inside, `hear` calls `check` on this thread."""
    before, _ear.check = _ear.check, check
    try:
        yield
    finally:
        _ear.check = before


def hearing(items: Iterable[_Item]) -> Iterator[_Item]:
    """The items; between them it is heard that the statement must end."""
    for number, item in enumerate(items):
        if not number % EACH:
            hear()
        yield item


def hear() -> None:
    """Raises SqlError when the statement of this thread must end."""
    if _ear.check is not None:
        _ear.check()
