"""A browser for the tests of this folder, or one clear line that says why they did not run."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, found_chromium, why_not

HERE = Path(__file__).parent
ARTEFACTS = HERE / "artefacts"
#: Set where a missing browser must not pass, as in CI.
REQUIRED = "SFDAG_REQUIRE_BROWSER"
#: Set by who wants to look at the screenshots that tests keep: 300 of them, and a tenth of a second
#: each.
KEPT = "SFDAG_KEEP_SCREENSHOTS"

# What is expected comes; on a busy machine not within Playwright's own five seconds.
expect.set_options(timeout=60_000)

_not_run = pytest.StashKey[int]()


def pytest_collection_modifyitems(config, items):
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.slow)
    config.stash[_not_run] = 0
    if found_chromium() is None and not os.environ.get(REQUIRED):
        # Skipped, each would have its line; together they have one, below.
        items[:] = [item for item in items if item not in ours]
        config.stash[_not_run] = len(ours)


def pytest_terminal_summary(terminalreporter, config):
    count = config.stash.get(_not_run, 0)
    if count:
        terminalreporter.write_line(f"NOT RUN: {count} browser tests, {why_not()}", red=True)


# Not for the whole session: while it is open an event loop runs in this thread, and tests
# elsewhere that run one of their own could not.
@pytest.fixture(scope="package")
def browser():
    program = found_chromium()
    if program is None:
        pytest.fail(f"{REQUIRED} is set, but {why_not()}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and report.when != "teardown" and "browser" in item.funcargs:
        photograph(item.funcargs["browser"], item)
    return report


def photograph(browser, item):
    """Every page that is open as a test fails, whichever fixture opened it."""
    name = re.sub(r"\W+", "_", f"failed_{item.path.stem}_{item.name}")[:100]
    pages = [page for context in browser.contexts for page in context.pages]
    ARTEFACTS.mkdir(exist_ok=True)
    for number, page in enumerate(pages):
        with suppress(Error):  # one that shows nothing any more must not hide why the test failed
            page.screenshot(path=ARTEFACTS / f"{name}_{number}.png", timeout=10000)


@pytest.fixture
def keep(request):
    """Keeps a screenshot of a page or an element under a name, where somebody wants to look."""

    def keep(target, name):
        if not os.environ.get(KEPT):
            return
        ARTEFACTS.mkdir(exist_ok=True)
        target.screenshot(path=ARTEFACTS / f"{name}.png")

    return keep
