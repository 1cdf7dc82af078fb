"""JupyterLab, with Notebook 7 beside it, started once for the tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import ARTEFACTS
from tests.browser.lab.notebook import Notebook
from tests.browser.lab.server import start_lab, stop_lab

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def lab(tmp_path_factory, browser):
    folder = tmp_path_factory.mktemp("lab")
    server = start_lab(folder)
    for helper in ("scripted.py", "hostile_view.py"):
        shutil.copy(HERE / helper, server.root)
    yield server
    stop_lab(server)


@pytest.fixture(scope="package")
def visitor(browser):
    """One browser of one person, who has JupyterLab's scripts already: half of what it costs."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def page(visitor, lab, request):
    # What a test changed of JupyterLab's settings, such as the theme, is gone with it.
    shutil.rmtree(lab.settings, ignore_errors=True)
    page = visitor.new_page()
    yield page
    if request.session.testsfailed:
        ARTEFACTS.mkdir(exist_ok=True)
        shutil.copy(lab.log, ARTEFACTS / "lab_server.log")
    page.close()


@pytest.fixture
def file(tmp_path):
    """What waits for this file, a task or a cell, ends when it is there; at last with the test."""
    file = tmp_path / "go on"
    yield file
    file.touch()


@pytest.fixture
def notebook(page, lab):
    """`notebook(name, *cells)` opens a new notebook with these cells."""

    def notebook(name, *cells, **options):
        return Notebook(page, lab, name, cells, **options).open()

    return notebook
