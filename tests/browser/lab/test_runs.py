"""Several runs of one graph in JupyterLab: each view shows, explains and stops its own."""

from __future__ import annotations

import json
import subprocess

import pytest
import snowflake.connector

from tests.browser.lab.server import SFDAG

CELLS = [
    "%load_ext sfdag_magics\n%sfdag graph several",
    "%%sftask\ndef say(*, word: str = 'none', seconds: int = 1, boom: bool = False) -> str:\n"
    "    import time\n"
    "    print('the word is', word)\n"
    "    time.sleep(seconds)\n"
    "    if boom:\n"
    "        raise ValueError(word)\n"
    "    return word",
    "%sfdag deploy --yes",  # starts the engine, so that the runs are all that is waited for
    "%sfdag show",
    "one = %sfdag run --set word=ALPHA --set boom=true",
    "two = %sfdag run --set word=BETA --set seconds=60",
    "three = %sfdag run --set word=GAMMA",
]
SHOWN, ONE, TWO, THREE = 3, 4, 5, 6


class View:
    """The view in the output of one cell."""

    def __init__(self, page, cell):
        self.root = page.locator(".jp-Notebook .jp-CodeCell").nth(cell).locator(".sfdag")

    def wait(self, state):
        task = self.root.locator(f"[data-task='say'][data-state='{state}']")
        task.wait_for(timeout=60000)
        return self

    def says(self, text):
        self.root.get_by_text(text).first.wait_for()

    def act(self, kind):
        self.root.locator(f"[data-action='{kind}']:enabled").click()
        self.root.locator(f"[data-confirm='{kind}']").click()


@pytest.fixture
def connection(lab):
    """A client that is not of this notebook."""
    told = subprocess.run(  # noqa: S603 - our own console script
        [SFDAG, "local", "start", "--data", lab.engine, "--json"], capture_output=True, check=True
    )
    with snowflake.connector.connect(**json.loads(told.stdout)) as connection:
        yield connection


def test_each_view_speaks_of_its_run_that_of_the_graph_of_the_newest_or_of_what_is_picked(
    notebook, page, connection, keep
):
    book = notebook("several.ipynb", *CELLS)
    for cell in range(ONE + 1):
        book.run(cell)
    graph, one, two, three = (View(page, cell) for cell in (SHOWN, ONE, TWO, THREE))
    graph.wait("failed")
    one.wait("failed").says("word=ALPHA")

    book.run(TWO)
    two.wait("running")
    graph.wait("running").says("word=BETA")
    book.run(THREE)
    three.wait("pending").says("waits behind run")
    one.root.locator("[data-task='say']").click()
    one.root.get_by_role("tab", name="Logs").click()
    one.says("the word is ALPHA")
    one.says("This is not the newest run")
    keep(page, "lab_several_runs")

    two.act("stop")
    two.wait("cancelled")
    three.wait("succeeded")
    graph.wait("succeeded").says("word=GAMMA")

    graph.root.scroll_into_view_if_needed()
    connection.cursor().execute("EXECUTE TASK SFDAG.PUBLIC.SEVERAL")
    three.says("This is not the newest run")
    graph.root.locator(".sfdag-which:not(:has-text('word='))").wait_for()
    graph.wait("succeeded")

    bars = graph.root.locator(".sfdag-bar")
    alpha, gamma = bars.nth(0), bars.nth(2)
    graph.root.locator(".sfdag-bar:nth-child(4)").wait_for()
    assert "word=ALPHA" in alpha.get_attribute("aria-label")
    assert bars.last.get_attribute("aria-pressed") == "true"

    alpha.click()
    graph.wait("failed").says("word=ALPHA")
    # The graph's view looks for the newest run every second, and stays with what was picked.
    page.wait_for_timeout(2500)
    graph.wait("failed")

    gamma.click(modifiers=["Shift"])
    differs = graph.root.get_by_role("table", name="What differs")
    differs.wait_for()
    assert "word\tALPHA\tGAMMA" in differs.inner_text()
    keep(page, "lab_compare")
    graph.root.get_by_role("tab", name="Timeline").click()
    graph.root.locator(".sfdag-says", has_text="Ran longest: say,").wait_for()
    keep(page, "lab_timeline")

    gamma.click()
    graph.root.get_by_role("tab", name="Graph").click()
    graph.wait("succeeded").says("word=GAMMA")
