"""The names of a task's module: the notebook's, and those that things without one are given."""

from __future__ import annotations

import re
from collections.abc import Mapping


class Names:
    """Gives out names that nothing has yet."""

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self._given: set[str] = set()
        self._last: dict[str, int] = {}  # of each stem: names are given for good

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def add(self, name: str) -> None:
        """Something is called so."""
        self._given.add(name)

    def is_made(self, name: str) -> bool:
        """Whether a name is one of ours, which the notebook does not have."""
        return name in self._given and name not in self._namespace

    def fresh(self, base: str) -> str:
        """See `Bench.fresh`."""
        stem = f"_{re.sub(r'[^0-9a-zA-Z]+', '_', base).strip('_') or 'value'}"
        number = self._last.get(stem, 1)
        name = stem if number == 1 else f"{stem}_{number}"
        while name in self._given or name in self._namespace:
            number += 1
            name = f"{stem}_{number}"
        self._last[stem] = number
        self._given.add(name)
        return name
