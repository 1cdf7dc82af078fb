"""In JupyterLab, a view that outlives its kernel says so, and one whose kernel is busy does not."""

from __future__ import annotations

import pytest

from tests.browser.lab import test_live
from tests.browser.lab.server import ask

#: Where the magics are loaded, what brings the view back is a line of the notebook.
SHOW = f"%load_ext sfdag_magics\n{test_live.SHOW}"
KERNEL = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
DIE = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
#: Holds the kernel's main thread and, but for moments, the interpreter: a call by `PyDLL` keeps it.
HOLD = (
    "import ctypes, time\nend = time.time() + 12\n"
    "while time.time() < end: ctypes.PyDLL(None).usleep(50_000)"
)


#: From then on a page hears of its kernel what it likes, and while it is deaf no more than answers.
#: The channel's name stands in the frame, before the message's own parts.
HEAR = f"""
() => {{
  const socket = {KERNEL}._ws, hear = socket.onmessage;
  const isAnswer = ({{ data }}) =>
    !new TextDecoder().decode(new Uint8Array(data, 0, 100)).includes('iopub');
  socket.onmessage = (event) => {{ if (!window.isDeaf || isAnswer(event)) hear(event); }};
}}
"""


def be_deaf(page, *, is_deaf=True):
    """Keep from a page all that no question was asked for.

    So it goes by chance where a kernel is restarted by somebody else: the server hears the new one
    some moments late, and what it said until then is lost.
    """
    page.evaluate("isDeaf => { window.isDeaf = isDeaf; }", is_deaf)


def restart_elsewhere(lab, page):
    """As another page of the same server does, or a script."""
    kernel = page.evaluate(f"{KERNEL}.id")
    ask(lab, f"api/kernels/{kernel}/restart", method="POST")


def are_lost(page, *, views=1):
    """Wait until all views of the page say so; each finds it out by itself."""
    notices = page.locator("[data-topic='lost']")
    notices.nth(views - 1).wait_for()
    for command in notices.locator("code").all_text_contents():
        first, *named, last = command.splitlines()
        assert (first, last) == ("%load_ext sfdag_magics", "%sfdag show")
        assert all(line.startswith("%sfdag graph ") for line in named)
    assert page.locator("[data-action]:enabled").count() == 0


@pytest.mark.parametrize("end", ["restart", "crash", "another kernel"])
def test_a_view_that_outlives_its_kernel_says_so_and_offers_no_button(notebook, page, keep, end):
    book = notebook(f"{end.replace(' ', '_')}.ipynb", SHOW, DIE)
    book.run(0)
    page.locator("[data-task='load']").wait_for()
    if end == "restart":
        page.evaluate(f"{KERNEL}.restart()")
    elif end == "crash":
        book.start(1)
        page.locator(".jp-Dialog button").click()  # JupyterLab says that it starts another
    else:
        page.evaluate(
            "jupyterapp.shell.currentWidget.sessionContext.changeKernel({name: 'python3'})"
        )
    are_lost(page)
    keep(page, f"lab_after_{end.replace(' ', '_')}")


def test_a_restart_by_somebody_else_is_found_without_a_word_of_it(notebook, page, lab):
    book = notebook("elsewhere.ipynb", SHOW, SHOW, "'heard by both'")
    page.evaluate(HEAR)
    for is_pressed in (False, True):
        book.run(0)
        book.run(1)
        page.locator("[data-action='run']:enabled").nth(1).wait_for()
        book.run(2)
        be_deaf(page)
        restart_elsewhere(lab, page)
        if is_pressed:
            page.locator("[data-action='run']:enabled").nth(1).click()
        are_lost(page, views=2)
        assert page.locator(".sfdag-sheet:visible").count() == 0
        be_deaf(page, is_deaf=False)


def test_a_kernel_that_runs_a_cell_is_not_taken_for_gone(notebook, page):
    book = notebook("held.ipynb", SHOW, HOLD)
    book.run(0)
    page.locator("[data-task='load']").wait_for()
    book.start(1)
    page.locator("[data-action='run']:enabled").click()
    book.wait_for_end(1)
    assert page.locator("[data-topic='lost']").count() == 0
    assert page.locator("[data-confirm='run']").is_visible()
