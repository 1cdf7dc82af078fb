"""notebooks/02_fraud_detection.ipynb: what the engine remembers after the whole notebook ran."""

from __future__ import annotations

import copy
import json
import re

import pytest

from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "02_fraud_detection.ipynb"
GRAPH = "DAILY_TRAINING"


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


@pytest.fixture(scope="module")
def history(executed):
    """{run group: {(task, attempt): state}}, oldest run first, root left out."""
    rows = executed.rows(
        "SELECT GRAPH_RUN_GROUP_ID, NAME, ATTEMPT_NUMBER, STATE"
        " FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(RESULT_LIMIT => 10000))"
        " ORDER BY SCHEDULED_TIME, ATTEMPT_NUMBER"
    )
    groups = {}
    for group, name, attempt, state in rows:
        if name != GRAPH:
            task = name.removeprefix(f"{GRAPH}$").lower()
            groups.setdefault(group, {})[task, attempt] = state
    return list(groups.values())


def tasks(run, attempt, state):
    """The tasks that ended so in one attempt of a run."""
    return {task for (task, number), ended in run.items() if (number, ended) == (attempt, state)}


def test_the_first_run_failed_once_and_was_retried_from_there(history):
    first = history[0]
    assert tasks(first, 1, "FAILED") == {"evaluate"}
    assert tasks(first, 1, "SUCCEEDED") == {
        "setup",
        "feature_eng",
        "split_data",
        "train",
        "keep_books",
    }
    assert tasks(first, 2, "SUCCEEDED") == {
        "evaluate",
        "check_quality",
        "mark_model_golden",
        "cleanup_golden",
        "keep_books",
    }
    assert tasks(first, 2, "SKIPPED") == {"cleanup_rejected"}


def test_the_reason_of_the_failure_names_the_cell_and_its_line(executed):
    why = executed.printed(executed.cell("%sfdag why"))
    assert re.search(r'File "Cell \[\d+\] evaluate", line \d+, in evaluate', why)
    assert "KeyError: 'PREDICTION'" in why


def test_both_arms_were_taken(history):
    arms = [
        next(
            arm
            for arm in ("mark_model_golden", "cleanup_rejected")
            if (arm, attempt) in run and run[arm, attempt] == "SUCCEEDED"
        )
        for run, attempt in zip(history, [2, 1, 1, 1, 1, 1], strict=True)
    ]
    assert arms == [
        "mark_model_golden",
        "mark_model_golden",
        "cleanup_rejected",
        "mark_model_golden",
        "mark_model_golden",
        "mark_model_golden",
    ]


def test_the_finalizer_ran_once_in_every_attempt(executed, history):
    attempts = sum(len({attempt for _, attempt in run}) for run in history)
    assert attempts == 7
    assert executed.rows("SELECT COUNT(*) FROM FRAUD_DEV.PUBLIC.ATTEMPTS") == [(6,)]
    assert executed.rows("SELECT COUNT(*) FROM FRAUD_PROD.PUBLIC.ATTEMPTS") == [(1,)]


def test_no_schema_of_a_run_is_left(executed):
    shown = executed.cell('session.sql("SHOW SCHEMAS').outputs[0]["data"]["text/plain"]
    assert shown.count("RUN_") == 1  # while the run had failed
    for database in ("FRAUD_DEV", "FRAUD_PROD"):
        assert executed.rows(f"SHOW SCHEMAS LIKE 'RUN_%' IN DATABASE {database}") == []


@pytest.mark.parametrize(("database", "days"), [("FRAUD_DEV", 5), ("FRAUD_PROD", 1)])
def test_every_run_left_a_version_with_its_metrics(executed, database, days):
    rows = executed.rows(f"SHOW VERSIONS IN MODEL {database}.PUBLIC.FRAUD_DETECTION")
    metrics = {
        row[1]: metadata["metrics"]
        for row in rows
        for metadata in [next(json.loads(v) for v in row if isinstance(v, str) and "metrics" in v)]
    }
    assert len(metrics) == days
    assert all({"accuracy", "f1", "f1_one_rule"} <= set(found) for found in metrics.values())
    rejected = {name for name in metrics if name.startswith("D20260628")}
    for name, found in metrics.items():
        beats = found["f1"] > max(found["f1_one_rule"], found["f1_all_negative"])
        assert beats == (name not in rejected), name


def test_the_default_is_the_last_promoted_version(executed):
    (model,) = executed.rows("SHOW MODELS LIKE 'FRAUD_DETECTION' IN SCHEMA FRAUD_DEV.PUBLIC")
    assert any(isinstance(value, str) and value.startswith("D20260630_") for value in model)


def test_each_version_is_listed_with_the_run_that_made_it(executed, history):
    said = executed.printed(executed.cell("%sfdag models"))
    made = re.findall(r"D202606\d\d_(\w{6}) .* (\w{6})\w\w of daily_training · train$", said, re.M)
    assert len(made) == 5
    assert all(version == run.upper() for version, run in made)  # as the task names it
    assert re.search(r"★ D20260630_", said)


def test_the_plot_is_in_the_notebook(executed):
    outputs = executed.cell("import matplotlib").outputs
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
