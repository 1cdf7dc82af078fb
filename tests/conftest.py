"""What holds for every test: how long one may take, and what some say in the closing summary."""

from __future__ import annotations

import gc
import os
import sys

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from sfdag_magics.bundle.taking.module_states import patched_things
from tests.rows import thin

#: Seconds after which a slow test has hung; for the others see `pyproject.toml`.
_SLOW_LIMIT_S = 600
#: Files that take a minute and more each: begun first, so that nobody waits for one at the end.
_LONG = (
    *("tests/browser/lab/", "tests/environments/", "tests/campaigns/", "tests/notebooks/"),
    "tests/test_style.py",
)
#: Folders whose tests share what takes long to start, a JupyterLab or a client: one worker runs
#: all of one, and it starts once.
_TOGETHER = ("tests/browser/lab/", "tests/engine/clients/core/")
#: The property under which a test says a line of the summary; see `record_property`.
SUMMARY = "summary"

# Engines, kernels and workers start by the hundred: what one has compiled the others read, whatever
# the environment says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# nbformat's schemas have no IRI; the grammars that jsonschema would make for them take seconds.
sys.modules.setdefault("rfc3987_syntax", None)

# No example has a time of its own: the machine may be busy, and the disk slow.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config):
    patch = pytest.MonkeyPatch()
    patch.setattr(patched_things, "_modules_beside", _without_tests(patched_things._modules_beside))
    config.add_cleanup(patch.undo)


def _without_tests(modules_beside):
    """Modules beside a notebook, where hundreds of ours, and all that they import, are none."""
    return lambda: {k: v for k, v in modules_beside().items() if not k.startswith("tests.")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more worker than there are cores: some wait for a page, a kernel or an engine."""
    return (os.cpu_count() or 1) + 1


class _Together(LoadFileScheduling):
    """A file's tests stay together, and those of some folders."""

    def _split_scope(self, nodeid):
        return next((room for room in _TOGETHER if nodeid.startswith(room)), nodeid.split("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return _Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is collected stays: it is not looked through, nor copied for that by a fork's child."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    left_out = thin(items)  # before `-m` selects
    if config.args == config.getini("testpaths"):  # a worker is told them as if they were typed
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]
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
