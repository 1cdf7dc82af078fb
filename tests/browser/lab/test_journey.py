"""The main job in JupyterLab, on the embedded engine: run, watch, fail, fix, retry.

Nothing here is played: real cells, a real engine process, real workers. What the page showed is
compared with what the engine remembers.
"""

from __future__ import annotations

import json
import subprocess

import nbformat
import pytest
import snowflake.connector

from tests.browser.lab.notebook import holding, wait_for
from tests.browser.lab.server import SFDAG
from tests.browser.lab.test_live import click, states_of
from tests.browser.measures import check_layout

TRAIN = """%%sftask
def train(prepare: int) -> int:
    import time
    print("training on", prepare, "rows")
    time.sleep(1)
    {body}"""
CELLS = [
    "%load_ext sfdag_magics\n%sfdag graph journey",
    "%%sftask\ndef load() -> int:\n    import time\n    time.sleep(1)\n    return 120000",
    "%%sftask\ndef prepare(load: int) -> int:\n"
    "    import time\n    time.sleep(1)\n    return load // 2",
    TRAIN.format(body="raise ValueError('no such column: amount_log')"),
    "%%sftask\ndef report(train: int) -> str:\n    return f'trained on {train}'",
    "%sfdag deploy --yes",
    "%sfdag show",
]
FAILING, SHOWN, HELD = 3, 6, 7

HISTORY = """
    select name, state, attempt_number, query_start_time, completed_time, return_value
    from table(information_schema.task_history(result_limit => 1000))
    where query_start_time is not null
    order by query_start_time
"""


@pytest.fixture
def history(lab):
    """`history()` reads TASK_HISTORY with the plain connector, past everything of ours."""

    def history():
        told = subprocess.run(  # noqa: S603 - our own console script
            [SFDAG, "local", "start", "--data", lab.engine, "--json"],
            capture_output=True,
            check=True,
        )
        with snowflake.connector.connect(**json.loads(told.stdout)) as connection:
            rows = connection.cursor().execute(HISTORY).fetchall()
        return [row for row in rows if row[0].startswith("JOURNEY$")]

    return history


def short(name):
    return name.split("$")[1].lower()


def expected_changes(rows):
    """`(task, state)` in the order in which TASK_HISTORY says they became true."""
    moments = []
    for name, state, _, started, completed, _ in rows:
        moments += [(started, short(name), "running"), (completed, short(name), state.lower())]
    return [(task, state) for _, task, state in sorted(moments, key=lambda moment: moment[0])]


def test_a_run_fails_live_is_fixed_and_retried(notebook, page, history, file, keep):
    book = notebook("journey.ipynb", *CELLS, holding(file))
    for cell in range(SHOWN + 1):
        book.run(cell)
    page.locator("[data-task='load']").wait_for()
    check_layout(page)

    book.record(sleeping=HELD)
    book.start(HELD)
    click(page, "run")
    book.wait_for_state("train", "failed")
    book.wait_for_state("report", "blocked")
    assert book.prompt(HELD) == "[*]:"
    check_layout(page)
    keep(page, "journey_1_failed_while_a_cell_runs")

    first = history()
    shown = [(c["task"], c["state"]) for c in book.recorded if c["prompt"] is not None]
    assert [c for c in shown if c[1] in {"running", "succeeded", "failed"}] == (
        expected_changes(first)
    )
    for task, end in (("load", "succeeded"), ("prepare", "succeeded"), ("train", "failed")):
        assert states_of(book, task) == ["pending", "running", end]

    page.locator("[data-task='train']").click()
    page.locator(".sfdag-drawer").get_by_role("tab", name="Logs").click()
    page.locator(".sfdag-drawer").get_by_text("training on 60000 rows").wait_for()
    page.locator(".sfdag-drawer").get_by_role("tab", name="Summary").click()
    assert "no such column: amount_log" in page.locator(".sfdag-error").text_content()
    keep(page, "journey_2_why")
    page.emulate_media(reduced_motion="no-preference")
    page.locator(".sfdag-place-link").click()
    page.wait_for_function(
        "document.getAnimations().some(each => each.effect?.target?.matches('.cm-line'))"
    )
    page.emulate_media(reduced_motion="reduce")
    wait_for(
        page,
        "document.activeElement.closest('.jp-CodeCell.jp-mod-active') !== null"
        " && document.querySelector('.jp-Notebook.jp-mod-editMode') !== null",
    )
    on_line = "document.getSelection().focusNode.parentElement.closest('.cm-line').textContent"
    assert "amount_log" in page.evaluate(on_line)

    file.touch()
    book.wait_for_end(HELD)
    file.unlink()
    book.edit(FAILING, TRAIN.format(body="return prepare"))
    book.run(FAILING)
    book.start(HELD)
    click(page, "retry")
    book.wait_for_state("report", "succeeded")
    assert book.prompt(HELD) == "[*]:"
    assert page.locator(".sfdag-sentence").get_by_text("in 2 attempts").is_visible()
    keep(page, "journey_3_retried")

    second = history()
    assert [row for row in second if row[2] == 1] == first
    again = {short(name): (state, value) for name, state, n, _, _, value in second if n == 2}
    assert again == {"train": ("SUCCEEDED", "60000"), "report": ("SUCCEEDED", "trained on 60000")}
    assert [book.shown(task) for task in ("load", "prepare")] == ["reused", "reused"]

    wait_for(page, "document.querySelector('.sfdag-static')?.textContent.includes('attempt 2')")
    book.save()
    saved = nbformat.read(book.path, as_version=4).cells[SHOWN].outputs
    (picture,) = [x.data["text/html"] for x in saved if "text/html" in x.get("data", {})]
    assert "Succeeded 4/4" in picture
    assert 'src="data:image/svg+xml;base64,' in picture

    page.set_viewport_size({"width": 400, "height": 900})
    check_layout(page)
    keep(page, "journey_4_narrow")
