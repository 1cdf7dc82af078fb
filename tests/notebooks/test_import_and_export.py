"""notebooks/06_import_and_export.ipynb: a DAG program, a script and a deployed graph, as cells."""

from __future__ import annotations

import copy

import pytest

from sfdag_magics import Target, open_target
from tests.notebooks.executing import committed, hold_against
from tests.notebooks.fixed import fixed, readable

pytestmark = pytest.mark.slow

NAME = "06_import_and_export.ipynb"


@pytest.fixture(scope="module")
def executed(execute):
    return execute(NAME)


def test_the_imported_program_ran_as_it_was_written(executed):
    assert executed.rows("SELECT N FROM PUBLISHED") == [(120,)]
    rows = executed.rows("SELECT NAME, STATE FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
    assert dict(rows) == {
        "ORDERS": "SUCCEEDED",
        **{f"ORDERS${t}": "SUCCEEDED" for t in ("LOAD_ORDERS", "LOAD_RETURNS", "CHECK", "PUBLISH")},
        "ORDERS$HOLD": "SKIPPED",
    }


def test_both_mistakes_are_named_before_and_none_is_left_after(executed):
    first = executed.printed(executed.cell("imported ="))
    assert "wrong: line 28: task Publish is made twice: what line 27 made is lost" in first
    assert "wrong: line 25: task load_orders: nothing fills rows of load" in first
    assert "wrong" not in executed.printed(executed.cell("%sfdag import orders.py --to"))


def test_a_deployed_graph_comes_back_with_its_code(executed):
    (cell,) = [
        cell
        for cell in executed.printed(executed.cell("for cell in")).split("\n\n\n")
        if "%%sftask --after load_orders,load_returns --branch" in cell
    ]
    assert "def check" in executed.printed(executed.cell("for cell in"))
    assert "__module__" not in cell


def test_a_graph_that_was_not_made_here_is_imported_from_where_it_stands(executed):
    executed.rows("CREATE TASK FOREIGN SCHEDULE = '1 HOUR' AS CREATE TABLE F AS SELECT 1 AS A")
    executed.rows(
        "CREATE TASK \"Odd one\" COMMENT = 'it''s' USER_TASK_TIMEOUT_MS = 5000 TIMEZONE = 'UTC'"
        " AFTER FOREIGN WHEN 1 = 1 AS SELECT SYSTEM$GET_PREDECESSOR_RETURN_VALUE('FOREIGN')"
    )
    executed.rows("CREATE TASK FINALLY FINALIZE = FOREIGN AS SELECT 2")
    with open_target(Target(name="it", path=str(executed.data))) as target:
        found = target.import_from("foreign")
    graph = found.graph()
    odd = graph.task("Odd_one")
    assert [task.name for task in graph.tasks] == ["FOREIGN", "Odd_one", "FINALLY"]
    assert (odd.after, odd.when, odd.comment) == (("FOREIGN",), "1 = 1", "it's")
    assert odd.timeout.total_seconds() == 5
    assert odd.body == "SELECT SYSTEM$GET_PREDECESSOR_RETURN_VALUE('FOREIGN$FOREIGN')"
    assert graph.finalizer.name == "FINALLY"
    assert "task Odd_one: TIMEZONE = 'UTC'" in found.not_carried
    assert found.problems == ()


def test_it_leaves_what_is_committed(executed):
    hold_against(readable(fixed(copy.deepcopy(executed.notebook))), readable(committed(NAME)))
