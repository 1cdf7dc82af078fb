"""What stays in a saved notebook is seen by whoever opens it: untrusted, exported, offline."""

from __future__ import annotations

import copy

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.browser.lab.notebook import Notebook, wait_for
from tests.browser.lab.test_live import SHOW, click
from tests.render.code_host import on_a_code_host

PICTURE = "img[src^='data:image/svg+xml;base64,']"


@pytest.fixture(scope="module")
def saved_once(lend, lab):
    """A notebook whose run has ended, saved."""
    with lend() as page:
        book = Notebook(page, lab, "saved.ipynb", [SHOW]).open_beside()
        book.run(0)
        page.locator("[data-task='load']").wait_for()
        click(page, "run")
        book.wait_for_state("train", "failed")
        wait_for(page, "document.querySelector('.sfdag-static')?.textContent.includes('Failed')")
        assert page.locator(".sfdag-static").is_hidden()  # the live view says the same
        book.save()
    return nbformat.read(book.path, as_version=4)


@pytest.fixture
def saved(saved_once):
    return copy.deepcopy(saved_once)


def is_drawn(image):
    return image.evaluate("image => image.complete && image.naturalWidth > 200")


def test_an_untrusted_notebook_shows_the_picture_and_runs_nothing(saved, lab, page, keep):
    saved.cells[0].source += "\n# changed by somebody else, so not trusted here"
    outside = []
    page.route(
        lambda url: not url.startswith((lab.url, "data:", "blob:")),
        lambda route: (outside.append(route.request.url), route.abort()),
    )
    book = Notebook(page, lab, "untrusted.ipynb", [])
    nbformat.write(saved, book.path)
    book.open_beside()
    trusted = page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets[0].model.trusted",
    )
    assert trusted is False
    image = page.locator(PICTURE)
    image.wait_for()
    assert is_drawn(image)
    assert "1 failed" in book.output(0)
    assert book.prompt(0) == "[1]:"
    keep(page, "lab_untrusted")
    assert outside == []


def test_exported_or_on_a_code_host_the_picture_needs_no_network_and_no_style(saved, browser, keep):
    html, _ = HTMLExporter().from_notebook_node(saved)
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    context.route("**/*", lambda route: route.abort())
    page = context.new_page()
    page.set_content(html)
    image = page.locator(PICTURE)
    image.wait_for()
    assert is_drawn(image)
    assert page.get_by_text("no such column").first.is_visible()
    keep(page, "exported")
    page.set_content(on_a_code_host(_html(saved)))
    assert is_drawn(page.locator(PICTURE))
    assert page.get_by_text("no such column").first.is_visible()
    keep(page, "on_a_code_host")
    context.close()


def _html(notebook):
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return "".join(output.get("data", {}).get("text/html", "") for output in outputs)
