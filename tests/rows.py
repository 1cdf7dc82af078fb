"""Broad tables: which of their rows are quick tests, which run with all tests, and which by name.

A run of a folder has all rows of its tables, and so has `python -m tests.campaigns rows`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import pytest

#: Of a section of a table, one row in so many is quick.
EVERY = 15


@dataclass(frozen=True, slots=True)
class _Room:
    """A room whose tests are tables of like rows.

    Attributes:
        broad: how many rows make a table of it broad.
        one_in: of the rows of a broad one, one in so many runs where the whole suite does.
        has_quick: whether the first and each fifteenth row of a broad one is quick.
    """

    broad: int
    one_in: int
    has_quick: bool = True

    def first(self, test: str) -> int:
        """The first row that runs with the whole suite.

        Quick rows always do. Where there are none, tables begin at rows of their own: all are over
        the same few widths and themes, and of each there are some then.
        """
        return 0 if self.has_quick else crc32(test.encode()) % self.one_in


_ROOMS = {
    "tests/engine/": _Room(11, 5),
    "tests/bundle/": _Room(11, 5),
    "tests/campaigns/": _Room(11, 3),
    "tests/magics/verbs/": _Room(11, 3),
    "tests/browser/page/": _Room(3, 3, has_quick=False),
}
TABLES = tuple(_ROOMS)


def thinned(*sections: Iterable[object]) -> list[object]:
    """The rows of tables for `parametrize`: of each section the first is quick, and each fifteenth.

    Rows that are alike stand side by side, so that what breaks a kind is seen by a quick row; the
    others, which tell which of its forms it breaks, are slow.
    """
    return [
        row if number % EVERY == 0 else pytest.param(row, marks=pytest.mark.slow)
        for section in sections
        for number, row in enumerate(section)
    ]


def thin(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """The same for tests that are broad without saying so: one row in so many stays quick.

    Returns:
        The slow rows that a run of the whole suite leaves out.
    """
    tables = [item for item in items if "[" in item.nodeid and item.nodeid.startswith(TABLES)]
    rows = Counter(_test(item) for item in tables)
    told = {_test(item) for item in tables if item.get_closest_marker("slow")}
    seen: Counter[str] = Counter()
    left_out = set()
    for item in tables:
        test = _test(item)
        room = next(room for start, room in _ROOMS.items() if test.startswith(start))
        if rows[test] >= room.broad:
            if test not in told and seen[test] % EVERY:
                item.add_marker(pytest.mark.slow)
            if _is_slow(item, room) and (seen[test] - room.first(test)) % room.one_in:
                left_out.add(item)
        seen[test] += 1
    return left_out


def _is_slow(row: pytest.Item, room: _Room) -> bool:
    return not room.has_quick or row.get_closest_marker("slow") is not None


def _test(row: pytest.Item) -> str:
    return row.nodeid.split("[")[0]
