"""Broad tables: which of their rows are quick tests, and which run with the slow ones."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

#: Of a section of a table, one row in so many is quick.
EVERY = 5


def thinned(*sections: Iterable[object]) -> list[object]:
    """The rows of tables for `parametrize`: of each section the first is quick, and each fifth.

    Rows that are alike stand side by side, so that what breaks a kind is seen by a quick row; the
    others, which tell which of its forms it breaks, are slow: like all slow tests they run in CI.
    """
    return [
        row if number % EVERY == 0 else pytest.param(row, marks=pytest.mark.slow)
        for section in sections
        for number, row in enumerate(section)
    ]
