"""How late a change is on the page: from the engine's word that a task has ended to its picture.

In JupyterLab with a Chromium of this machine, the whole way: engine, kernel, server, page. The page
notes when it has drawn what an element says, which is at the next frame after the change; both
clocks are this machine's.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import snowflake.connector

from sfdag_magics.client.connecting.connect import connection_parameters
from tests.benchmarks.measured import Measured, median_s
from tests.benchmarks.silence import fresh_directory
from tests.browser.chromium import ARGUMENTS, found_chromium, why_not

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

_TASKS = 60
#: From this task on a cell runs.
_BUSY_FROM = 30
_VIEWPORT: ViewportSize = {"width": 1280, "height": 1600}
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


#: What other views there are of the run, each condition by itself: the machine is idle otherwise.
_CONDITIONS = {"one view": (), "two views": ("here",), "two notebooks": ("elsewhere",)}


def pixel() -> list[Measured]:
    """A chain of tasks of a second each, so that each change comes alone."""
    if found_chromium() is None:
        print(f"left out: {why_not()}", file=sys.stderr)  # noqa: T201 - a program's output
        return []
    return [row for condition in _CONDITIONS for row in _measured(condition)]


def _measured(condition: str) -> list[Measured]:
    with fresh_directory() as folder:
        views, ended, least_s = _watched(folder, _CONDITIONS[condition])
    idle = {f"t{number}" for number in range(_BUSY_FROM)}
    late = {
        f"{condition}, {what}": [
            view[name] - ended[name]
            for view in views
            for name in ended
            if (name in idle) == is_idle
        ]
        for what, is_idle in (("no cell runs", True), ("a cell runs", False))
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


def _watched(
    folder: Path, others: Sequence[str]
) -> tuple[list[dict[str, float]], dict[str, float], float]:
    """When each view drew each task as ended and when it had, in seconds, and the floor.

    Args:
        others: where there is a view beside the one below the cell that runs the graph.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.lab.notebook import Notebook
    from tests.browser.lab.server import start_lab, stop_lab

    above = ["", *(f" --after t{number}" for number in range(_TASKS - 1))]
    tasks = [f"%%sftask t{n} --sql{after}\nCALL SYSTEM$WAIT(1)" for n, after in enumerate(above)]
    load, show = f"%load_ext sfdag_magics\n%sfdag graph {_GRAPH}", f"%sfdag show -g {_GRAPH}"
    shows = [show] * others.count("here")
    ends = ["%sfdag run", "import time; time.sleep(999)"]
    cells = [load, *tasks, "%sfdag deploy --yes", *shows, *ends]
    *first, run, sleep = range(len(cells))
    with sync_playwright() as playwright:
        lab = start_lab(folder)
        try:
            browser = playwright.chromium.launch(
                executable_path=found_chromium(), args=list(ARGUMENTS)
            )
            pages = [
                browser.new_page(viewport=_VIEWPORT) for _ in range(1 + ("elsewhere" in others))
            ]
            book = Notebook(pages[0], lab, "pixel.ipynb", cells).open()
            for cell in first:
                book.run(cell)
            for page in pages[1:]:
                other = Notebook(page, lab, "other.ipynb", [load, show]).open()
                for cell in range(2):
                    other.run(cell)
                page.evaluate(_NOTE, [1])
            pages[0].evaluate(_NOTE, [run, *first[len(first) - len(shows) :]])
            book.start(run)
            pages[0].wait_for_function(_HAS, arg=_BUSY_FROM, timeout=_DEADLINE_MS)
            book.start(sleep)
            for page in pages:
                page.wait_for_function(_HAS, arg=_TASKS, timeout=_DEADLINE_MS)
            drawn = [each for page in pages for each in page.evaluate("drawn")]
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
