"""How long a verb says nothing: the longest gap between two changes of what is seen.

In a terminal what counts is what is written to it, in JupyterLab what changes in the cell's output.
Of a first run, from the start of its cell, with no engine there, to its first result; and of the
verbs that look and act, each after its engine was killed.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import nbformat

from sfdag_magics.client.connecting.connect import stop_engine
from tests.benchmarks.measured import Measured
from tests.browser.chromium import ARGUMENTS, found_chromium

TIMES = 5
DEADLINE_S = 180.0
BEGIN, END = "the run begins", "the run is over"
#: What the line changes by itself as long as one step lasts.
RHYTHM_S = 0.3

CELLS = (
    "%load_ext sfdag_magics",
    "%%sftask\ndef first() -> int:\n    return 1",
    "%%sftask --after first\ndef second(first: int) -> int:\n    return first + 1",
)

#: Ends the engine as a machine does that runs out of memory.
KILL = """
import json, os, pathlib, signal
met = json.loads(pathlib.Path(os.environ["SFDAG_DATA"], "engine.json").read_text())
os.kill(met["pid"], signal.SIGKILL)
"""
AFTER_A_KILL = ("status", "runs", "why", "logs first", "retry", "plan", "graphs", "stop", "deploy")

#: Notes when something in the output of a cell changes, until its graph has succeeded.
WATCH = """
(cell) => new Promise((resolve, reject) => {
  const widgets = jupyterapp.shell.currentWidget.content.widgets;
  const output = widgets[cell].outputArea.node;
  const changes = [];
  const late = setTimeout(() => reject(new Error('no result')), 170000);
  new MutationObserver(() => {
    changes.push(performance.now());
    if (!output.querySelector('.sfdag-s-succeeded.sfdag-sentence')) return;
    clearTimeout(late);
    resolve(changes);
  }).observe(output, {subtree: true, childList: true, characterData: true, attributes: true});
  jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
  changes.push(performance.now());
  jupyterapp.commands.execute('notebook:run-cell');
})
"""


@contextmanager
def fresh_directory() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sfdag-silence-"))
    try:
        yield folder
    finally:
        stop_engine(folder / "engine")
        shutil.rmtree(folder, ignore_errors=True)


def longest_gap_s(moments: list[float]) -> float:
    return max(after - before for before, after in pairwise(moments))


def in_a_terminal() -> float:
    """The longest gap of one first run in plain IPython."""
    return _gap_in_a_terminal([*CELLS, f"print('{BEGIN}')", "%sfdag run --wait"])


def after_kills() -> float:
    """The longest gap of the verbs in plain IPython, each with its engine killed before it."""
    verbs = [cell for verb in AFTER_A_KILL for cell in (KILL, f"%sfdag {verb}")]
    return _gap_in_a_terminal([*CELLS, "%sfdag run --wait", f"print('{BEGIN}')", *verbs])


def _gap_in_a_terminal(sources: list[str]) -> float:
    with fresh_directory() as folder:
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in (*sources, f"print('{END}')")]
        )
        nbformat.write(book, folder / "first.ipynb")
        written = _written_to_a_terminal(
            [sys.executable, "-m", "IPython", "--no-banner", str(folder / "first.ipynb")],
            {**os.environ, "SFDAG_DATA": str(folder / "engine")},
        )
    text = ""
    moments: list[float] = []
    for moment, part in written:
        text += part
        if BEGIN in text:
            moments.append(moment)
        if END in text:
            return longest_gap_s(moments)
    raise AssertionError(f"the run did not end:\n{text}")


def _written_to_a_terminal(
    command: list[str], environment: dict[str, str]
) -> list[tuple[float, str]]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    )
    os.close(theirs)
    written: list[tuple[float, str]] = []
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline and select.select([ours], [], [], DEADLINE_S)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed: Linux says EIO
            break
        if not part:
            break
        written.append((time.monotonic(), part.decode(errors="replace")))
    process.kill()
    process.wait()
    os.close(ours)
    return written


def in_jupyterlab() -> float:
    """The longest gap of one first run in JupyterLab."""
    from playwright.sync_api import sync_playwright

    from tests.browser.lab.notebook import Notebook
    from tests.browser.lab.server import start_lab, stop_lab

    with fresh_directory() as folder, sync_playwright() as playwright:
        lab = start_lab(folder)
        try:
            browser = playwright.chromium.launch(
                executable_path=found_chromium(), args=list(ARGUMENTS)
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            book = Notebook(page, lab, "first.ipynb", [*CELLS, "%sfdag run"]).open()
            for cell in range(len(CELLS)):
                book.run(cell)
            changes = page.evaluate(WATCH, len(CELLS))
            browser.close()
        finally:
            stop_lab(lab)
    return longest_gap_s([moment / 1000 for moment in changes])


def silence() -> list[Measured]:
    places: dict[str, Callable[[], float]] = {
        "a first run in a terminal": in_a_terminal,
        "a verb whose engine was killed": after_kills,
    }
    if found_chromium() is not None:
        places["a first run in JupyterLab"] = in_jupyterlab
    return [
        Measured(
            work=f"longest silence of {place}",
            ours_s=statistics.median(measure() for _ in range(TIMES)),
            floor_s=RHYTHM_S,
            target="1 s",
            floor="what the line waits before it changes by itself",
        )
        for place, measure in places.items()
    ]
