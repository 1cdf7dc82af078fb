"""Each test's notebooks are a kernel of their own."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import forget_cells
from tests.in_a_notebook import in_a_notebook

__all__ = ["in_a_notebook"]


@pytest.fixture(autouse=True)
def messages_name_commands(in_a_notebook):
    """As they are read in a notebook."""


@pytest.fixture(autouse=True)
def cells_of_its_own():
    yield
    forget_cells()
