"""For tests of what is said in a notebook, where nothing loads the magics."""

import pytest

from sfdag_magics.place_words import MAGICS


class Shell:
    """Somebody's who has loaded them."""


@pytest.fixture
def in_a_notebook():
    """Messages name commands; what a script reads instead, `test_place_words` knows."""
    shell = Shell()
    MAGICS.add(shell)
    yield
    MAGICS.discard(shell)
