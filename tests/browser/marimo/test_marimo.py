"""In marimo, which has no magics: the live view acts, and values show what they are."""

from __future__ import annotations

from tests.browser.lab.test_live import click

PICTURE = "img[src^='data:image/svg+xml;base64,']"


def test_the_live_view_acts_and_graphs_and_runs_are_drawn(page, keep):
    page.locator("[data-task='second'][data-state='failed']").wait_for(timeout=60000)
    page.locator("[data-task='second']").click()
    page.locator(".sfdag-error").get_by_text("no such column: 100").wait_for()
    # marimo is light until it is told otherwise, whatever the system's own theme is.
    assert page.locator(".sfdag").get_attribute("data-sfdag-theme") == "light"
    keep(page, "marimo_failed")
    assert page.locator("[data-action='run']").get_attribute("title") == "target.run(…)"
    click(page, "retry")
    page.locator("[data-task='second'][data-state='succeeded']").wait_for()

    said = page.locator(".sfdag-static")
    said.nth(1).wait_for(timeout=60000)
    assert "2 tasks, not run" in said.nth(0).inner_text()
    assert "ValueError: no such column: 100" in said.nth(1).inner_text()
    assert "%sfdag" not in page.locator("body").inner_text()
    drawn = page.locator(PICTURE).evaluate_all("all => all.map(image => image.naturalWidth)")
    assert len(drawn) == 2
    assert min(drawn) > 200
    keep(page, "marimo")
