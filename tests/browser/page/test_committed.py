"""The repository's notebooks as those read them who run nothing: exported, and on a code host."""

from __future__ import annotations

import pytest
from nbconvert import HTMLExporter

from tests.notebooks.executing import committed, names
from tests.render.code_host import on_a_code_host

PICTURE = "img[src^='data:image/']"
#: Notebooks that draw no graph.
WITHOUT = ("05_backfill.ipynb",)
#: How wide an image is that could not be read, and one that does not say how wide it is.
NOT_DRAWN = (0, 300)


def exported(notebook):
    return HTMLExporter().from_notebook_node(notebook)[0]


def on_a_host(notebook):
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", ())]
    return "".join(on_a_code_host(each.get("data", {}).get("text/html", "")) for each in outputs)


@pytest.fixture
def offline(browser):
    """A page without scripts and network, and what it asked for nevertheless."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 1000}, java_script_enabled=False
    )
    asked = []
    context.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    yield context.new_page(), asked
    context.close()


@pytest.mark.parametrize("form", [exported, on_a_host])
@pytest.mark.parametrize("name", names())
def test_every_picture_is_drawn_and_nothing_is_fetched(name, form, offline, keep):
    page, asked = offline
    notebook = committed(name)
    page.set_content(form(notebook))
    sizes = page.locator(PICTURE).evaluate_all("all => all.map(image => image.naturalWidth)")
    saved = str(notebook).count("data:image/svg+xml")
    assert len(sizes) >= saved
    assert (saved == 0) is (name in WITHOUT)
    assert not set(sizes).intersection(NOT_DRAWN)
    keep(page, f"{form.__name__}_{name.removesuffix('.ipynb')}")
    assert [url for url in asked if not url.startswith("data:")] == []
