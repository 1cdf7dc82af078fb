"""What holds for every test: how long one may take, and what some say in the closing summary."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import settings

from tests.rows import thin

#: Seconds after which a slow test has hung; for the others see `pyproject.toml`.
_SLOW_LIMIT_S = 600
#: Rooms with files that take minutes each: begun first, so that nobody waits for one at the end.
_LONG = ("tests/environments/", "tests/campaigns/", "tests/notebooks/")
#: The property under which a test says a line of the summary; see `record_property`.
SUMMARY = "summary"

# Engines, kernels and workers start by the hundred: what one has compiled the others read, whatever
# the environment says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No example has a time of its own: the machine may be busy, and the disk slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    thin(items)  # before `-m` selects
    result = yield
    for item in items:  # folders have marked theirs
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_SLOW_LIMIT_S))
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    return result


def pytest_terminal_summary(terminalreporter):
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, line in report.user_properties:
                if name == SUMMARY:
                    terminalreporter.write_line(line)
