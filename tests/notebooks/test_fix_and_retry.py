"""notebooks/03_fix_and_retry.ipynb: a failure that is explained, tried here and continued."""

from __future__ import annotations

import copy

import pytest

from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "03_fix_and_retry.ipynb"


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


def errors(cell):
    return [output.evalue for output in cell.outputs if output.output_type == "error"]


def test_what_has_finished_ran_once_and_what_failed_again(executed):
    rows = executed.rows(
        "SELECT NAME, ATTEMPT_NUMBER, STATE FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
        " WHERE GRAPH_RUN_GROUP_ID IN (SELECT GRAPH_RUN_GROUP_ID"
        " FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY()) WHERE ATTEMPT_NUMBER = 2)"
        " AND NAME LIKE 'ORDERS$%'"
    )
    assert sorted(rows) == [
        ("ORDERS$ANNOUNCE", 2, "FAILED"),
        ("ORDERS$CLEAN", 1, "SUCCEEDED"),
        ("ORDERS$PRICE", 1, "FAILED"),
        ("ORDERS$PRICE", 2, "SUCCEEDED"),
        ("ORDERS$PUBLISH", 2, "SUCCEEDED"),
        ("ORDERS$RECEIVE", 1, "SUCCEEDED"),
    ]


def test_the_failure_is_explained_and_fails_here_as_it_did_there(executed):
    assert "✕ price failed (Cell [5] price, line 5)" in executed.printed(
        executed.cell("%sfdag why")
    )
    given = executed.cell('inputs["clean"]').outputs[0]["data"]["text/plain"]
    assert given == "(55, 'EUR')"
    assert errors(executed.cell("%sfdag debug price --call")) == ["float division by zero"]


def test_the_correction_is_tried_on_what_the_task_was_given(executed):
    tried = executed.cell("%sfdag debug price --call", 1)
    assert tried.outputs[-1]["data"]["text/plain"] == "{'orders': 47, 'highest': 12.5}"


def test_what_a_person_says_of_a_task_is_noted_and_the_run_goes_on(executed):
    said = executed.printed(executed.cell("%sfdag runs"))
    assert "announce done by" in said
    assert "announce → by telephone" in said


def test_a_green_task_that_wrote_nothing_is_named(executed):
    said = executed.printed(executed.cell("%sfdag status"))
    assert "clean wrote no rows, and usually about 55: green but empty" in said


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
