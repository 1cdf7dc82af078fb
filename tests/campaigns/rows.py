"""All rows of the broad tables of tests, of which a run of the whole suite has some.

`python -m tests.campaigns rows` runs them with pytest, whose options may follow.
"""

from __future__ import annotations

import pytest

from tests.rows import TABLES


def main(arguments: list[str]) -> int:
    """Pytest's exit code."""
    return int(pytest.main([*TABLES, *arguments]))
