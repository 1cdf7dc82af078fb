"""In Notebook 7, on the embedded engine: run, watch, fail, fix, retry, as in JupyterLab."""

from __future__ import annotations

from tests.browser.lab.notebook import Notebook
from tests.browser.lab.test_live import click
from tests.browser.measures import check_layout

TRAIN = "%%sftask\ndef train(load: int) -> int:\n    {}"
CELLS = [
    "%load_ext sfdag_magics\n%sfdag graph seven",
    "%%sftask\ndef load() -> int:\n    return 120000",
    TRAIN.format("raise ValueError('no such column: amount_log')"),
    "%sfdag show",
]
FAILING, SHOWN = 2, 3


def test_a_run_fails_live_is_fixed_and_retried(another, lab, keep):
    page = another()
    book = Notebook(page, lab, "seven.ipynb", CELLS, application="notebooks").open()
    for cell in range(len(CELLS)):
        book.run(cell)
    click(page, "run")
    book.wait_for_state("train", "failed", timeout_s=60)
    page.locator("[data-task='train']").click()
    page.locator(".sfdag-error").get_by_text("no such column: amount_log").wait_for()
    check_layout(page)
    keep(page, "notebook_7_failed")

    note = page.locator("[data-cells]")
    page.locator("[data-action='retry']").click()
    note.get_by_text("Nothing is edited: train would fail again the same").wait_for()
    page.get_by_role("button", name="Cancel").click()
    book.edit(FAILING, TRAIN.format("return load // 2"))
    page.locator("[data-action='retry']").click()
    note.get_by_text("train: the cell was changed and not run since").wait_for()
    keep(page, "notebook_7_not_run_since")
    page.get_by_role("button", name="Cancel").click()
    book.run(FAILING)
    click(page, "retry")
    book.wait_for_state("train", "succeeded")
    assert book.shown("load") == "reused"
    assert page.locator(".sfdag-static").is_hidden()
    check_layout(page)
    keep(page, "notebook_7_retried")

    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == len(CELLS)
