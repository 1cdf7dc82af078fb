"""One kept process for all tests here, and modules beside the notebook."""

from __future__ import annotations

import pytest

from sfdag_magics.bundle.checked.loads import LoadCheck
from sfdag_magics.bundle.checked.process import Checker
from tests.bundle.module_state.conftest import module

__all__ = ["module"]


@pytest.fixture(scope="session")
def checker():
    checker = Checker()
    yield checker
    checker.close()


@pytest.fixture
def check(checker):
    return LoadCheck(checker)
