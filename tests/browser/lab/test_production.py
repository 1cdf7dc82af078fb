"""A production target in JupyterLab: the view asks as the verbs do, and goes on when agreed to."""

from __future__ import annotations

import pytest

CELLS = [
    "%load_ext sfdag_magics\n%sfdag graph careful",
    "%%sftask\ndef check(*, boom: bool = False) -> int:\n"
    "    if boom:\n        raise ValueError('boom')\n    return 1",
    "%sfdag deploy -t live --production live",
    "run = %sfdag run -t live --production live --set boom=true",
    "%sfdag graph other",
]
ASKED = "this is production: type live to run careful there"


@pytest.fixture
def targets(lab):
    """A file that makes the tests' engine a production target; for this test alone."""
    file = lab.root / "sfdag.toml"
    file.write_text(f"[target.live]\nproduction = true\npath = '{lab.engine}'\n")
    yield file
    file.unlink()


def test_a_button_asks_for_the_targets_name_and_then_runs(notebook, page, targets, keep):
    book = notebook("careful.ipynb", *CELLS)
    for cell in range(len(CELLS)):
        book.run(cell)
    book.wait_for_state("check", "failed")
    # Another graph is current now: the command names this one.
    page.locator("[data-action='run'][title='%sfdag run -g careful -t live']").click()
    page.locator("[data-confirm='run']").click()
    sheet = page.get_by_role("group", name=ASKED)
    sheet.wait_for()
    page.keyboard.type("careful")
    assert page.locator("[data-confirm='run']").is_disabled()
    page.keyboard.press("Escape")
    page.locator("[data-topic='said']").get_by_text("not started").wait_for()
    assert book.shown("check") == "failed"

    page.locator("[data-action='run']:enabled").click()
    page.locator("[data-confirm='run']").click()
    sheet.wait_for()
    page.keyboard.type("live")
    keep(page, "lab_production")
    page.keyboard.press("Enter")
    book.wait_for_state("check", "succeeded")
