"""A run in JupyterLab goes on, and is seen to, whatever else ends: engine, session, page, kernel.

Its task ends when a file of this test is there, so that nothing here waits for a time.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from tests.browser.lab.notebook import Notebook, put_away
from tests.browser.lab.test_lost import KERNEL

SHOWN, EXPIRING, AGAIN, SLEEPING, TYPED = 3, 4, 5, 6, 7


def cells(graph, file):
    return [
        f"%load_ext sfdag_magics\n%sfdag graph {graph}",
        "%%sftask\ndef hold() -> int:\n    import os, time\n"
        f"    while not os.path.exists({str(file)!r}):\n        time.sleep(0.05)\n    return 7",
        "%%sftask --after hold\ndef last(hold: int) -> int:\n    return hold",
        "run = %sfdag run",
        "run._backend.session.connection.rest.delete_session()",
        f"%load_ext sfdag_magics\n%sfdag show -g {graph}",
        "import time\ntime.sleep(3600)",
        "",
    ]


class View:
    """One of the views on a page, by what it says."""

    def __init__(self, page, number=0):
        self.root = page.locator(".sfdag").nth(number)

    def wait(self, task, state):
        found = self.root.locator(f"[data-task='{task}'][data-state='{state}']")
        found.wait_for(timeout=60000)

    def says(self, topic, text):
        self.root.locator(f"[data-topic='{topic}']").get_by_text(text).wait_for(timeout=60000)

    def act(self, kind):
        self.root.locator(f"[data-action='{kind}']:enabled").click()
        self.root.locator(f"[data-confirm='{kind}']:enabled").click()


def kill_engine(lab):
    met = json.loads((Path(lab.engine) / "engine.json").read_text())
    os.kill(met["pid"], signal.SIGKILL)


def test_it_is_seen_to_go_on_without_its_engine_its_session_and_its_page(
    notebook, page, lab, file, keep
):
    book = notebook("outlives.ipynb", *cells("outlives", file))
    for cell in range(SHOWN + 1):
        book.run(cell)
    view = View(page)
    view.wait("hold", "running")
    kill_engine(lab)
    view.says("doing", "starting the embedded engine again")
    view.says("said", "the engine had ended and is back: hold begins again")
    view.wait("hold", "running")
    keep(page, "lab_outlives_the_engine")
    book.run(EXPIRING)
    book.save()

    book.open()
    view.wait("hold", "running")
    file.touch()
    view.wait("last", "succeeded")
    put_away(page)
    book.open_beside()
    view.wait("last", "succeeded")
    keep(page, "lab_reopened_after_the_run")


def test_two_views_in_one_notebook_and_a_third_elsewhere_tell_of_one_run(
    notebook, another, page, lab, file, keep
):
    book = notebook("here.ipynb", *cells("shared", file))
    for cell in (*range(SHOWN + 1), AGAIN):
        book.run(cell)
    elsewhere = another()
    other = Notebook(elsewhere, lab, "elsewhere.ipynb", cells("shared", file)).open()
    other.run(AGAIN)
    views = [View(page, 0), View(page, 1), View(elsewhere)]
    for view in views:
        view.wait("hold", "running")

    other.start(SLEEPING)
    views[2].act("stop")
    for view in views:
        view.wait("hold", "cancelled")
    views[0].act("retry")
    for view in views:
        view.wait("hold", "running")
    assert other.prompt(SLEEPING) == "[*]:"

    page.evaluate(f"{KERNEL}.restart()")
    notices = page.locator("[data-topic='lost']")
    notices.nth(1).wait_for()
    assert "nothing was started or stopped" in notices.first.text_content()
    keep(page, "lab_restarted_during_a_run")
    views[2].wait("hold", "running")
    book.edit(TYPED, notices.first.locator("code").text_content())
    book.run(TYPED)
    back = View(page, 2)
    back.root.scroll_into_view_if_needed()  # who does not see it asks for nothing
    back.wait("hold", "running")
    assert page.locator("[data-topic='lost']").count() == 2
    file.touch()
    for view in (back, views[2]):
        view.wait("last", "succeeded")
    assert page.locator("[data-action]:enabled").count() > 0
