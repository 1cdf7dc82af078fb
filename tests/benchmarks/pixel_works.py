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

_TASKS = 24
#: From this task on a cell runs.
_BUSY_FROM = 12
#: Notes when each task is drawn as one that succeeded, in milliseconds since 1970 UTC.
_NOTE = """
(cells) => {
  window.drawn = cells.map(() => ({}));
  cells.forEach((cell, at) => {
    const output = jupyterapp.shell.currentWidget.content.widgets[cell].outputArea.node;
    const drawn = window.drawn[at];
    const look = () => {
      for (const task of output.querySelectorAll('[data-task][data-state=succeeded]')) {
        const name = task.dataset.task;
        if (name in drawn) continue;
        drawn[name] = null;
        requestAnimationFrame(() => setTimeout(() => { drawn[name] = Date.now(); }));
      }
    };
    new MutationObserver(look).observe(
      output, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-state']});
  });
}
"""
_HAS = "count => drawn.every(each => Object.values(each).filter(at => at).length >= count)"
_DEADLINE_MS = 180_000
_GRAPH = "pixel"


def pixel() -> list[Measured]:
    """A chain of tasks of a second each, so that each change comes alone.

    Three views show it: two of one notebook, and one of another on the same engine.
    """
    if found_chromium() is None:
        print(f"left out: {why_not()}", file=sys.stderr)  # noqa: T201 - a program's output
        return []
    with fresh_directory() as folder:
        views, ended, least_s = _watched(folder)
    idle = {f"t{number}" for number in range(_BUSY_FROM)}
    late = {
        "no cell runs": [views[0][name] - ended[name] for name in ended if name in idle],
        "a cell runs": [views[0][name] - ended[name] for name in ended if name not in idle],
        "the second view": [views[1][name] - ended[name] for name in ended],
        "another notebook": [views[2][name] - ended[name] for name in ended],
    }
    return [row for what, late_s in late.items() for row in _rows(what, sorted(late_s), least_s)]


def _rows(what: str, late_s: list[float], least_s: float) -> list[Measured]:
    return [
        Measured(
            work=f"from a state in the engine to the pixel, {what}: {which}",
            ours_s=measured_s,
            floor_s=least_s,
            target=target,
            floor="SELECT 1 from another process",
        )
        for which, measured_s, target in (
            ("median", statistics.median(late_s), "50 ms"),
            ("95th of a hundred", late_s[int(len(late_s) * 0.95)], "120 ms"),
        )
    ]


def _watched(folder: Path) -> tuple[list[dict[str, float]], dict[str, float], float]:
    """When each view drew each task as ended and when it had, in seconds, and the floor."""
    from playwright.sync_api import sync_playwright

    from tests.browser.lab.notebook import Notebook
    from tests.browser.lab.server import start_lab, stop_lab

    above = ["", *(f" --after t{number}" for number in range(_TASKS - 1))]
    tasks = [f"%%sftask t{n} --sql{after}\nCALL SYSTEM$WAIT(1)" for n, after in enumerate(above)]
    load, show = f"%load_ext sfdag_magics\n%sfdag graph {_GRAPH}", f"%sfdag show -g {_GRAPH}"
    cells = [load, *tasks, "%sfdag deploy --yes", show, "%sfdag run", "import time; time.sleep(99)"]
    *first, shown, run, sleep = range(len(cells))
    with sync_playwright() as playwright:
        lab = start_lab(folder)
        try:
            browser = playwright.chromium.launch(
                executable_path=found_chromium(), args=list(ARGUMENTS)
            )
            page, elsewhere = (
                browser.new_page(viewport={"width": 1280, "height": 1600}) for _ in range(2)
            )
            book = Notebook(page, lab, "pixel.ipynb", cells).open()
            for cell in (*first, shown):
                book.run(cell)
            other = Notebook(elsewhere, lab, "other.ipynb", [load, show]).open()
            for cell in range(2):
                other.run(cell)
            page.evaluate(_NOTE, [run, shown])
            elsewhere.evaluate(_NOTE, [1])
            book.start(run)
            page.wait_for_function(_HAS, arg=_BUSY_FROM, timeout=_DEADLINE_MS)
            book.start(sleep)
            for each in (page, elsewhere):
                each.wait_for_function(_HAS, arg=_TASKS, timeout=_DEADLINE_MS)
            drawn = [*page.evaluate("drawn"), *elsewhere.evaluate("drawn")]
            ended, least_s = _told_by_the_engine(folder / "engine")
            browser.close()
        finally:
            stop_lab(lab)
    views = [{name: at / 1000 for name, at in each.items()} for each in drawn]
    return views, ended, least_s


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
