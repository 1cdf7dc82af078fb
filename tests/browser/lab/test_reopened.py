"""A page that is opened while the kernel runs a cell has no widget until that has ended.

JupyterLab asks a kernel who it is before all else, by the channel on which the cell runs.
"""

from __future__ import annotations

import re

from sfdag_magics.widget.messages import ACTS
from tests.browser.lab.notebook import holding, wait_for
from tests.browser.lab.test_outlives import SHOWN, SLEEPING, View, cells


def test_the_picture_of_then_stands_there_until_the_view_is_live_again(
    notebook, page, file, tmp_path, keep
):
    free = tmp_path / "free"
    told = [*cells("reopened", file)[:SLEEPING], holding(free)]
    book = notebook("reopened.ipynb", *told)
    for cell in range(SHOWN + 1):
        book.run(cell)
    View(page).wait("hold", "running")
    book.start(SLEEPING)
    wait_for(page, "document.querySelector('.sfdag-static')?.textContent.includes('Running')")
    book.save()
    wait_for(page, "!jupyterapp.shell.currentWidget.context.model.dirty")

    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(book.address, wait_until="domcontentloaded")
    saved = page.locator(".sfdag-static")
    saved.get_by_text("its live view comes back once no cell runs").wait_for(timeout=60000)
    assert "as of 2" in saved.text_content()
    assert page.locator(".sfdag").count() == 0
    keep(page, "lab_reopened_while_a_cell_runs")
    free.touch()
    view = View(page)
    view.wait("hold", "running")
    assert saved.is_hidden()
    file.touch()
    view.wait("last", "succeeded")
    frames = b"".join(each if isinstance(each, bytes) else each.encode() for each in sent)
    asked = {found.decode() for found in re.findall(rb'"kind":\s*"(\w+)"', frames)}
    assert "look" in asked
    assert asked.isdisjoint(ACTS)  # nothing is done because somebody opens a notebook
