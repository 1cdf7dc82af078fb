"""Broad tables: which of their rows are quick tests, and which run with the slow ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

#: Of a section of a table, one row in so many is quick.
EVERY = 15


def thinned(*sections: Iterable[object]) -> list[object]:
    """The rows of tables for `parametrize`: of each section the first is quick, and each fifteenth.

    Rows that are alike stand side by side, so that what breaks a kind is seen by a quick row; the
    others, which tell which of its forms it breaks, are slow: like all slow tests they run in CI.
    """
    return [
        row if number % EVERY == 0 else pytest.param(row, marks=pytest.mark.slow)
        for section in sections
        for number, row in enumerate(section)
    ]


#: The rooms whose tests are tables of like rows, and how many rows make a table broad.
_TABLES, _BROAD = ("tests/engine/", "tests/bundle/"), 10


def thin(items: Sequence[pytest.Item]) -> None:
    """The same for tests that are broad without saying so: one row in so many stays quick."""
    tables = [item for item in items if item.nodeid.startswith(_TABLES) and "[" in item.nodeid]
    rows = Counter(_test(item) for item in tables)
    told = {_test(item) for item in tables if item.get_closest_marker("slow")}
    seen: Counter[str] = Counter()
    for item in tables:
        test = _test(item)
        if rows[test] > _BROAD and test not in told and seen[test] % EVERY:
            item.add_marker(pytest.mark.slow)
        seen[test] += 1


def _test(row: pytest.Item) -> str:
    return row.nodeid.split("[")[0]
