"""A task that is called again where it raised; names of tasks where another graph stands for it."""

import json
import logging
import traceback
from datetime import timedelta

import pytest

from tests.bundle.notebook import GraphRun, Notebook, Shipped

FAILING = (
    "CALLS = {calls!r}\n"
    "def train(session, split: list, ctx):\n"
    "    split.append(1)\n"
    "    with open(CALLS, 'a') as told:\n"
    "        told.write(f'{{len(split)}}\\n')\n"
    "    if len(Path(CALLS).read_text().split()) <= {failures}:\n"
    "        raise {error}('not yet')\n"
    "    return split\n"
)


@pytest.fixture
def tried(tmp_path):
    """Runs a task that fails so often; `(its return value or error, the lengths it was given)`."""

    def run(failures, error="ValueError", **options):
        notebook, calls = Notebook(), tmp_path / "calls.txt"
        notebook.task("def split() -> list: ...")
        text = FAILING.format(calls=str(calls), failures=failures, error=error)
        notebook.run("from pathlib import Path")
        notebook.run(text.splitlines()[0])
        notebook.task(text.partition("\n")[2], **options)
        session = GraphRun(values={"MORTGAGE$SPLIT": "[0]"})
        try:
            found = Shipped(notebook.build().archive, tmp_path).run(session, "train")
        except BaseException as raised:  # noqa: BLE001 - what the task raised
            found = raised
        return found, calls.read_text().split(), session

    return run


def test_it_is_called_again_with_inputs_of_its_own_and_nothing_left_open(tried, caplog):
    with caplog.at_level(logging.WARNING, logger="sfdag"):
        found, lengths, session = tried(2, retries=3, backoff=timedelta(milliseconds=1))
    assert json.loads(found) == [0, 1]
    assert lengths == ["2", "2", "2"]
    assert session.asked.count("rollback") == 2
    assert [record.getMessage() for record in caplog.records] == [
        "train: try 1 of 4 failed, again in 0.001 s: ValueError: not yet",
        "train: try 2 of 4 failed, again in 0.002 s: ValueError: not yet",
    ]


@pytest.mark.parametrize(
    ("failures", "error", "options", "tries"),
    [
        (9, "ValueError", {"retries": 2}, 3),
        (9, "ValueError", {}, 1),
        (9, "KeyboardInterrupt", {"retries": 2}, 1),
    ],
)
def test_the_last_error_is_the_tasks_own(tried, failures, error, options, tries):
    found, lengths, _ = tried(failures, error, **options)
    assert type(found).__name__ == error
    assert len(lengths) == tries
    assert traceback.extract_tb(found.__traceback__)[-1].name == "train"


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("DB.S.MORTGAGE", "MORTGAGE$SPLIT"),
        ("DB.S.MORTGAGE_SFDAG_BRIDGE", "MORTGAGE_SFDAG_BRIDGE$SPLIT"),
    ],
)
def test_a_name_in_code_is_that_of_the_task_which_stands_for_it(tmp_path, root, expected):
    notebook = Notebook()
    notebook.task("def split() -> list: ...")
    notebook.run("ASK = \"system$get_predecessor_return_value('MORTGAGE$SPLIT')\"")
    notebook.task(
        "def train(session, ctx):\n"
        "    raw = session.sql(f'select {ASK}').collect()[0][0]\n"
        "    kept = ['MORTGAGE$RUN', 'X_MORTGAGE$SPLIT', 'MORTGAGE$SPLIT$X']\n"
        "    return [raw, ctx.get_predecessor_return_value('mortgage$split'), *kept]"
    )
    session = GraphRun(root=root, values={expected: "[5]"})
    found = Shipped(notebook.build().archive, tmp_path).run(session, "train")
    assert json.loads(found) == [
        "[5]",
        "[5]",
        "MORTGAGE$RUN",
        "X_MORTGAGE$SPLIT",
        "MORTGAGE$SPLIT$X",
    ]


def test_outside_a_task_names_stay_as_they_are(tmp_path):
    notebook = Notebook()
    notebook.task("def train(session): return 'MORTGAGE$SPLIT'")
    found = Shipped(notebook.build().archive, tmp_path).run(GraphRun(inside=False), "train")
    assert found == "MORTGAGE$SPLIT"
