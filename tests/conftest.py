"""What holds for every test: how long one may take."""

from __future__ import annotations

import pytest

#: Seconds after which a slow test has hung; for the others see `pyproject.toml`.
_SLOW_LIMIT_S = 600


@pytest.hookimpl(trylast=True)  # after folders have marked theirs
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_SLOW_LIMIT_S))
