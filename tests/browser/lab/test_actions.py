"""Every action of a view, clicked through in JupyterLab while a cell runs, and while none does."""

from __future__ import annotations

import pytest

from tests.browser.lab.notebook import holding

CELLS = [
    "%load_ext sfdag_magics\n%sfdag graph clicked --schedule '0 5 * * * UTC'",
    "%%sftask\ndef load(*, rows: int = 3, boom: bool = False, seconds: int = 0) -> int:\n"
    "    import time\n    time.sleep(seconds)\n"
    "    if boom:\n        raise ValueError('boom')\n    return rows",
    "%%sftask --after load\ndef last(load) -> int:\n    return load",
    "%sfdag show",
]


def press(page, kind):
    page.locator(f"[data-action='{kind}']:enabled").click()
    page.locator(".sfdag-sheet").wait_for()


def confirm(page, kind):
    page.locator(f"[data-confirm='{kind}']:enabled").click()
    page.locator(".sfdag-sheet").wait_for(state="hidden")


def turn(page, kind, is_on):
    switch = page.locator(".sfdag-strip").get_by_role("switch")
    switch.click()
    confirm(page, kind)
    switch.and_(page.locator(f"[aria-checked='{is_on}']")).wait_for()


def run_and_stop(page, book):
    press(page, "run")
    page.locator("[data-key='seconds']").fill("3600")
    page.get_by_text("%sfdag run --set seconds=3600", exact=True).wait_for()
    confirm(page, "run")
    book.wait_for_state("load", "running")
    stop(page, book)


def stop(page, book):
    press(page, "stop")
    page.get_by_text("load is cancelled, nothing after that starts").wait_for()
    confirm(page, "stop")
    book.wait_for_state("load", "cancelled")


@pytest.fixture
def book(notebook, page, file):
    made = notebook("clicked.ipynb", *CELLS, holding(file))
    for cell in range(4):
        made.run(cell)
    page.locator("[data-task='load']").wait_for()
    return made


def test_every_action_is_clicked_through_while_a_cell_runs_and_while_none_does(
    book, page, keep, file
):
    book.start(4)
    page.locator(".sfdag-sentence").get_by_text("Not run yet").wait_for()
    press(page, "deploy")
    page.get_by_label("What changes").get_by_text("load").first.wait_for()
    keep(page, "lab_deploy")
    confirm(page, "deploy")
    page.locator("[data-topic='said']").get_by_text("deployed").wait_for()

    switch = page.locator(".sfdag-strip").get_by_role("switch")
    switch.and_(page.locator("[aria-checked='true']")).wait_for()
    assert "next" in switch.text_content()
    for kind, is_on in (("suspend", "false"), ("resume", "true")):
        turn(page, kind, is_on)

    press(page, "run")
    page.locator("[data-key='boom']").click()
    page.locator("[data-key='rows']").fill("many")
    page.get_by_text("“many” is not a whole number; for example 3").wait_for()
    assert page.locator("[data-confirm='run']").is_disabled()
    page.locator("[data-key='rows']").fill("5")
    page.get_by_text("%sfdag run --set rows=5 --set boom=true", exact=True).wait_for()
    keep(page, "lab_run_form")
    confirm(page, "run")
    book.wait_for_state("load", "failed")
    assert book.prompt(4) == "[*]:"

    press(page, "retry")
    page.get_by_role("group", name="run 2 tasks").wait_for()
    keep(page, "lab_retry")
    page.locator("[data-code='deployed']").check()
    page.get_by_text("--code deployed").wait_for()
    confirm(page, "retry")
    page.locator(".sfdag-run-facts").get_by_text("in 2 attempts").wait_for()
    book.wait_for_state("load", "failed")
    assert book.prompt(4) == "[*]:"

    run_and_stop(page, book)
    assert book.prompt(4) == "[*]:"
    file.touch()
    book.wait_for_end(4)
    run_and_stop(page, book)
    press(page, "retry")
    confirm(page, "retry")
    book.wait_for_state("load", "running")
    stop(page, book)
    turn(page, "suspend", "false")
    press(page, "deploy")
    page.get_by_role("group", name="Nothing to deploy").wait_for()
