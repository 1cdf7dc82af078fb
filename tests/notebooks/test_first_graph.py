"""notebooks/01_first_graph.ipynb: three tasks, two runs."""

from __future__ import annotations

import copy

import pytest

from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "01_first_graph.ipynb"


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


def test_both_runs_succeeded_once_each(executed):
    rows = executed.rows(
        "SELECT NAME, STATE, ATTEMPT_NUMBER FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    )
    assert sorted(rows) == sorted(
        [
            (name, "SUCCEEDED", 1)
            for name in (
                "TEMPERATURES",
                "TEMPERATURES$MEASURE",
                "TEMPERATURES$SUMMARIZE",
                "TEMPERATURES$ANNOUNCE",
            )
        ]
        * 2
    )


def test_a_value_travels_down_the_graph_and_into_the_notebook(executed):
    shown = executed.cell("run.tasks").outputs[0]["data"]["text/plain"]
    assert shown == "'168 hours between 7.0 and 23.0 degrees'"


def test_the_second_run_was_configured(executed):
    assert executed.rows("SELECT COUNT(*) FROM TEMPERATURES") == [(48,)]


def test_the_picture_stays_in_the_notebook(executed):
    html = executed.cell("%sfdag show").outputs[0]["data"]["text/html"]
    assert "data:image/svg+xml;base64," in html


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
