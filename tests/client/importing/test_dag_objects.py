"""A `DAG` that there is as an object, and one that a program makes when it runs."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import pytest
from snowflake.core.task import Cron, StoredProcedureCall
from snowflake.core.task.dagv1 import DAG, DAGTask, DAGTaskBranch

from sfdag_magics.client.importing.dag_objects import imported_dags, is_dag
from sfdag_magics.client.importing.ran import imported_by_running

pytestmark = pytest.mark.slow  # Snowflake's package takes seconds to import


def helper(x):
    return json.dumps(x)


def load(session) -> str:
    return helper(2)


def choose(session) -> str:
    return "good"


def copy(session, table, rows=5):
    return table


def made():
    with DAG(
        "nightly",
        schedule=Cron("0 5 * * *", "UTC"),
        use_func_return_value=True,
        warehouse="wh",
        config={"a": 1},
        user_task_timeout_ms=1000,
        stage_location="@s",
    ) as dag:
        first, branch = DAGTask("load", load), DAGTaskBranch("choose", choose)
        good = DAGTask("good", "select 1", condition="1 = 1")
        bad = DAGTask("bad", StoredProcedureCall(copy, args=["t"], stage_location="@s"))
        DAGTask("end", "select 2", is_finalizer=True, is_serverless=True)
        first >> branch >> [good, bad]
    return dag


def test_what_it_says_is_what_the_graph_says():
    dag = made()
    assert is_dag(dag)
    assert not is_dag(object())
    found = imported_dags([dag], "dag")
    graph = found.graph()
    assert (found.problems, found.notes) == ((), ())
    assert found.not_carried == (
        "task bad: stage_location = '@s'",
        "task end: that it runs serverless, of no size",
        "graph nightly: stage_location = '@s'",
    )
    said = graph.options
    assert (said.schedule, said.warehouse) == ("USING CRON 0 5 * * * UTC", "WH")
    assert said.graph_timeout == timedelta(seconds=1)
    assert {t.name: t.after for t in graph.tasks if not t.finalizer} == {
        "load": (),
        "choose": ("load",),
        "good": ("choose",),
        "bad": ("choose",),
    }
    assert (graph.task("choose").branch, graph.task("good").when) == (True, "1 = 1")
    assert graph.task("bad").source.text == 'def bad(session):\n    return copy(session, "t")'
    (cell,) = found.graphs[0].code
    assert cell.startswith(f"from {__name__} import helper\n")
    assert "def copy(session, table, rows=5):" in cell


def test_a_task_that_another_of_its_name_replaced_is_named():
    with DAG("g") as dag:
        first, again = DAGTask("a", "select 1"), DAGTask("b", "select 2")
        DAGTask("b", "select 3")
        last = DAGTask("c", "select 4")
        first >> again >> last
    found = imported_dags([dag], "dag")
    assert found.problems == ("task b was made twice: the first is lost, with what it waited for",)
    assert found.graph().task("c").after == ("b",)


PROGRAM = """
import json, sys
from snowflake.core.task.dagv1 import DAG, DAGOperation, DAGTask
print("what it says is its own")
MOST = {"rows": [3, 4]}
def helper(x): return json.dumps(x + len(MOST))
def work(session): return helper(2)
def main(names):
    with DAG("ran", use_func_return_value=True) as dag:
        for name in names:
            DAGTask(name, work if name == "work" else f"select '{name}'")
    DAGOperation(None).deploy(dag)
    raise SystemExit(0)
main(str(len(sys.argv)) and open("names.txt").read().split())
"""


def test_a_program_that_runs_gives_what_it_made_and_deploys_nothing(tmp_path):
    (tmp_path / "flow.py").write_text(PROGRAM)
    (tmp_path / "names.txt").write_text("one work two")
    found = imported_by_running(tmp_path / "flow.py")
    graph = found.graph("ran")
    assert [task.name for task in graph.tasks] == ["one", "work", "two"]
    assert graph.task("work").source.text.startswith("def work(session)")
    (cell,) = found.graphs[0].code
    assert cell.startswith("import json\n")
    assert 'MOST = {"rows": [3, 4]}' in cell
    assert "def helper(x):" in cell
    assert "flow" not in sys.modules
