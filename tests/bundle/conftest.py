"""Each test's notebooks are a kernel of their own."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import forget_cells


@pytest.fixture(autouse=True)
def cells_of_its_own():
    yield
    forget_cells()
