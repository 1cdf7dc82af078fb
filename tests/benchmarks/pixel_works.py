"""How late a change is on the page: from the engine's word that a task has ended to its picture.

In JupyterLab with a Chromium of this machine, the whole way: engine, kernel, server, page. The page
notes when it has drawn what an element says, which is at the next frame after the change; both
clocks are this machine's.
"""

from __future__ import annotations

import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

import snowflake.connector

from sfdag_magics.client.connecting.connect import connection_parameters
from tests.benchmarks.measured import Measured, median_s
from tests.benchmarks.silence import fresh_directory
from tests.browser.chromium import ARGUMENTS, found_chromium, why_not

_TASKS = 20
#: Notes when each task is drawn as one that succeeded, in milliseconds since 1970 UTC.
_DRAWN = """
(cell) => new Promise((resolve, reject) => {
  const output = jupyterapp.shell.currentWidget.content.widgets[cell].outputArea.node;
  const drawn = {};
  const late = setTimeout(() => reject(new Error(JSON.stringify(drawn))), 120000);
  const look = () => {
    for (const task of output.querySelectorAll('[data-task][data-state=succeeded]')) {
      const name = task.dataset.task;
      if (name in drawn) continue;
      drawn[name] = null;
      requestAnimationFrame(() => setTimeout(() => { drawn[name] = Date.now(); }));
    }
    if (Object.values(drawn).filter(moment => moment).length < TASKS) return;
    clearTimeout(late);
    clearInterval(again);
    resolve(drawn);
  };
  const again = setInterval(look, 250);
  new MutationObserver(look).observe(
    output, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-state']});
})
""".replace("TASKS", str(_TASKS))


def pixel() -> list[Measured]:
    """A chain of tasks of a second each, so that each change comes alone."""
    if found_chromium() is None:
        print(f"left out: {why_not()}", file=sys.stderr)  # noqa: T201 - a program's output
        return []
    with fresh_directory() as folder:
        drawn, ended, least_s = _watched(folder)
    late_s = sorted(drawn[name] - ended[name] for name in ended)
    return [
        Measured(
            work=f"from a state in the engine to the pixel, {what}",
            ours_s=measured_s,
            floor_s=least_s,
            target=target,
            floor="SELECT 1 from another process",
        )
        for what, measured_s, target in (
            ("median", statistics.median(late_s), "50 ms"),
            ("95th of a hundred", late_s[int(len(late_s) * 0.95)], "120 ms"),
        )
    ]


def _watched(folder: Path) -> tuple[dict[str, float], dict[str, float], float]:
    """When each task was drawn as ended and when it had, in seconds since 1970, and the floor."""
    from playwright.sync_api import sync_playwright

    from tests.browser.lab.notebook import Notebook
    from tests.browser.lab.server import start_lab, stop_lab

    above = ["", *(f" --after t{number}" for number in range(_TASKS - 1))]
    tasks = [f"%%sftask t{n} --sql{after}\nCALL SYSTEM$WAIT(1)" for n, after in enumerate(above)]
    cells = ["%load_ext sfdag_magics", *tasks, "%sfdag run"]
    with sync_playwright() as playwright:
        lab = start_lab(folder)
        try:
            browser = playwright.chromium.launch(
                executable_path=found_chromium(), args=list(ARGUMENTS)
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            book = Notebook(page, lab, "pixel.ipynb", cells).open()
            for cell in range(len(cells) - 1):
                book.run(cell)
            book.start(len(cells) - 1)
            moments = page.evaluate(_DRAWN, len(cells) - 1)
            ended, least_s = _told_by_the_engine(folder / "engine")
            browser.close()
        finally:
            stop_lab(lab)
    return {name: moment / 1000 for name, moment in moments.items()}, ended, least_s


def _told_by_the_engine(data: Path) -> tuple[dict[str, float], float]:
    with snowflake.connector.connect(**connection_parameters(data)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT NAME, COMPLETED_TIME FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
            " WHERE QUERY_TEXT LIKE 'CALL %' AND STATE = 'SUCCEEDED'"
        )
        rows = cursor.fetchall()
        least_s = median_s(lambda: cursor.execute("SELECT 1").fetchall(), times=50)
    ended = {str(name).rpartition("$")[2].lower(): moment.astimezone(UTC) for name, moment in rows}
    return {
        name: (moment - datetime.fromtimestamp(0, UTC)).total_seconds()
        for name, moment in ended.items()
    }, least_s
