"""Translations remembered by text, forgotten when the catalogue changes. Knows neither language."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_T = TypeVar("_T")
_MOST = 256


class Translations(Generic[_T]):
    """A bounded memory of one session; `version` tells when all of it is out of date."""

    def __init__(self, version: Callable[[], Hashable]) -> None:
        self._version = version
        self._made_at: Hashable = None
        self._remembered: OrderedDict[Hashable, _T] = OrderedDict()

    def get(self, key: Hashable) -> _T | None:
        """What was remembered under `key` since the last change."""
        if self._made_at != self._version():
            self._remembered.clear()
            return None
        found = self._remembered.get(key)
        if found is not None:
            self._remembered.move_to_end(key)
        return found

    def put(self, key: Hashable, translated: _T) -> None:
        """Remember; the one not used for longest makes room."""
        self._made_at = self._version()
        self._remembered[key] = translated
        if len(self._remembered) > _MOST:
            self._remembered.popitem(last=False)
