"""Translations remembered for all sessions, those used last. Knows neither language.

What a translation relied on is part of its key, so that one that is out of date is never found. A
task's session lives for one statement: what was made for the last run serves the next one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_T = TypeVar("_T")
#: So many translations, of texts that have so many characters together.
_MOST, _MOST_CHARACTERS = 1024, 4_000_000


class Translations(Generic[_T]):
    """A bounded memory. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._remembered: OrderedDict[Hashable, tuple[int, _T]] = OrderedDict()
        self._characters = 0

    def get(self, key: Hashable) -> _T | None:
        """What was remembered under `key`."""
        with self._lock:
            found = self._remembered.get(key)
            if found is None:
                return None
            self._remembered.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, translated: _T, *, characters: int) -> None:
        """Remember; those not used for longest make room."""
        with self._lock:
            before, _ = self._remembered.pop(key, (0, None))
            self._remembered[key] = (characters, translated)
            self._characters += characters - before
            while len(self._remembered) > _MOST or self._characters > _MOST_CHARACTERS:
                _, (gone, _) = self._remembered.popitem(last=False)
                self._characters -= gone
