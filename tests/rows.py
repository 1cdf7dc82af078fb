"""Broad tables: which of their rows are quick tests, which run with all tests, and which by name.

A run of a folder has all rows of its tables, and so has `python -m tests.campaigns rows`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

#: Of a section of a table, one row in so many is quick.
EVERY = 15
#: Of the others, one in so many runs where the whole suite does.
_WHOLE = 3


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


#: The rooms whose tests are tables of like rows, and how many rows make a table broad.
TABLES, _BROAD = ("tests/engine/", "tests/bundle/", "tests/campaigns/"), 10


def thin(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """The same for tests that are broad without saying so: one row in so many stays quick.

    Returns:
        The slow rows that a run of the whole suite leaves out.
    """
    tables = [item for item in items if item.nodeid.startswith(TABLES) and "[" in item.nodeid]
    rows = Counter(_test(item) for item in tables)
    told = {_test(item) for item in tables if item.get_closest_marker("slow")}
    seen: Counter[str] = Counter()
    left_out = set()
    for item in tables:
        test = _test(item)
        if rows[test] > _BROAD:
            if test not in told and seen[test] % EVERY:
                item.add_marker(pytest.mark.slow)
            if item.get_closest_marker("slow") and seen[test] % _WHOLE:
                left_out.add(item)
        seen[test] += 1
    return left_out


def _test(row: pytest.Item) -> str:
    return row.nodeid.split("[")[0]
