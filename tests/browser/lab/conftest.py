"""JupyterLab, with Notebook 7 beside it, started once for the tests of this folder.

It is loaded into a page once as well, which takes longer than most tests do: a notebook is opened
beside the one before it, whose kernel has ended. What has to load it anew asks for `another` page.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import ARTEFACTS
from tests.browser.lab.notebook import Notebook, put_away
from tests.browser.lab.server import end_kernels, start_lab, stop_lab

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 1000}


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
    # What moves while a task runs is drawn by the processor here.
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(scope="package")
def lend(visitor, lab):
    """`with lend() as page`: the page that has JupyterLab, or a new one if that was closed."""
    kept = []

    @contextmanager
    def lend():
        page = kept.pop() if kept else visitor.new_page()
        page.set_viewport_size(SIZE)
        yield page
        if not page.is_closed():
            put_away(page)
            kept.append(page)
        end_kernels(lab)

    return lend


@pytest.fixture
def page(lend, lab, request):
    failed_before = request.session.testsfailed
    with lend() as page:
        yield page
        if request.session.testsfailed > failed_before:
            ARTEFACTS.mkdir(exist_ok=True)
            shutil.copy(lab.log, ARTEFACTS / "lab_server.log")
            page.close()  # nobody is given what it was left as, nor the settings that it made
            shutil.rmtree(lab.settings, ignore_errors=True)


@pytest.fixture
def another(visitor, lab):
    """`another()` is one more page of the same browser, which has not loaded JupyterLab."""
    pages = []

    def another():
        pages.append(visitor.new_page())
        return pages[-1]

    yield another
    for page in pages:
        page.close()
    end_kernels(lab)


@pytest.fixture
def file(tmp_path):
    """What waits for this file, a task or a cell, ends when it is there; at last with the test."""
    file = tmp_path / "go on"
    yield file
    file.touch()


@pytest.fixture
def notebook(page, lab):
    """`notebook(name, *cells)` opens a new notebook with these cells."""

    def notebook(name, *cells):
        return Notebook(page, lab, name, cells).open_beside()

    return notebook
