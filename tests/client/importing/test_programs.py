"""Programs that make task graphs: read, not run. What becomes of them, and what is wrong."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest

from sfdag_magics.client.importing.sources import imported_program
from sfdag_magics.errors import InputError

BEGIN = """\
from datetime import timedelta
from snowflake.core.task import Cron, StoredProcedureCall, Task
from snowflake.core.task.dagv1 import DAG, DAGOperation, DAGTask, DAGTaskBranch
from snowflake.snowpark import Session
raise SystemExit("this never runs")
"""


def read(text, folder=None):
    return imported_program(BEGIN.replace("raise", "if False: raise") + text, "flow.py", folder)


def edges(found):
    return {task.name: task.after for task in found.graph().tasks}


def test_a_dag_with_functions_sql_and_a_branch():
    found = read(
        """
import json
ROWS = 3
def helper(x):
    return x * ROWS

# Loads.
def load(session: Session) -> str:
    return json.dumps(helper(2))

def choose(session) -> str:
    return "good" if load else "bad"

with DAG("nightly", schedule=Cron("0 5 * * *", "UTC"), warehouse="wh", use_func_return_value=True,
         config={"rows": 1}, packages=["snowflake-snowpark-python", "xgboost"],
         user_task_timeout_ms=60000, comment="it's") as dag:
    first = DAGTask("load", load)
    check = DAGTaskBranch("choose", definition=choose)
    good, bad = DAGTask("good", "select 1;"), DAGTask("bad", "select 2", warehouse="other")
    end = DAGTask("end", "select 3", is_finalizer=True)
    first >> check >> [good, bad]
DAGOperation(None).deploy(dag, mode="orReplace")
"""
    )
    graph = found.graph()
    assert (found.problems, found.not_carried) == ((), ())
    assert edges(found) == {
        "load": (),
        "choose": ("load",),
        "good": ("choose",),
        "bad": ("choose",),
        "end": (),
    }
    said = graph.options
    assert (said.schedule, said.warehouse, said.comment) == (
        "USING CRON 0 5 * * * UTC",
        "WH",
        "it's",
    )
    assert (said.graph_timeout, said.packages, dict(said.config)) == (
        timedelta(minutes=1),
        ("xgboost",),
        {"rows": 1},
    )
    assert (graph.task("choose").branch, graph.task("good").when) == (True, None)
    assert (graph.task("bad").warehouse, graph.task("good").warehouse) == ("OTHER", None)
    assert graph.finalizer.name == "end"
    assert graph.task("load").source.text.startswith("# Loads.\ndef load(session: Session)")
    (cell,) = found.graphs[0].code
    assert cell.split("\n")[0] == "from snowflake.snowpark import Session"
    assert "ROWS = 3" in cell
    assert "def helper(x):" in cell
    assert "DAG" not in cell


def test_loops_and_functions_over_what_is_known_are_followed():
    found = read(
        """
def made(names, **config):
    with DAG("g", config={"a": 1, **config}) as dag:
        tasks = [DAGTask(f"load_{i}", f"select {i}") for i, _ in enumerate(names, start=1)]
        last = None
        for table in sorted(set(names)):
            task = DAGTask("clean_" + table.lower(), definition="delete from " + table)
            if table == "B":
                task.add_predecessors(last)
            last = task
        DAGTask("end", "select 'x'") << [*tasks, last]
    return dag
if __name__ == "__main__":
    made(["B", "A"], b=2)
"""
    )
    assert edges(found) == {
        "load_1": (),
        "load_2": (),
        "clean_a": (),
        "clean_b": ("clean_a",),
        "end": ("load_1", "load_2", "clean_b"),
    }
    assert dict(found.graph().options.config) == {"a": 1, "b": 2}
    assert found.problems == ()


def test_procedures_with_arguments_are_called_below_their_function():
    found = read(
        """
def copy(session: Session, table: str, rows: int = 5) -> str:
    return "done"
def show(session) -> None:
    print(1)
with DAG("g") as dag:
    DAGTask("first", StoredProcedureCall(copy, args=["t", 3], packages=["pandas"]))
    DAGTask("copy", StoredProcedureCall(copy, args=["u"]))
    DAGTask("third", show); DAGTask("fourth", show)
"""
    )
    texts = {task.name: task.source.text for task in found.graph().tasks}
    assert texts["first"] == 'def first(session):\n    return copy(session, "t", 3)'
    assert texts["copy"] == 'def copy_(session):\n    return copy(session, "u")'
    assert texts["fourth"] == "def fourth(session):\n    return show(session)"
    (cell,) = found.graphs[0].code
    assert cell.endswith(
        'def copy(session: Session, table: str, rows: int = 5) -> str:\n    return "done"'
    )
    assert found.graph().task("first").packages == ("pandas",)
    assert found.problems == ()


def test_names_that_are_no_identifiers_are_named_and_asked_for_as_they_are_here():
    found = read(
        'with DAG("my dag", use_func_return_value=True) as dag:\n'
        '    first = DAGTaskBranch("it is", "call system$set_return_value(1)")\n'
        '    first >> DAGTask("a b", "select 1")\n'
    )
    graph = found.graph()
    assert (graph.name, [task.name for task in graph.tasks]) == ("my_dag", ["it_is", "a_b"])
    asks = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('MY_DAG$IT_IS')"
    assert graph.condition("a_b") == f"{asks} = 'a b'"
    assert found.problems == ()


def test_what_a_function_returns_and_the_api_drops_is_not_the_tasks_value():
    found = read(
        """
def sets(session):
    TaskContext(session).set_return_value("a")
    return "b"
with DAG("g") as dag:
    DAGTask("sets", sets)
"""
    )
    assert found.graph().task("sets").source.text.endswith("def sets_(session):\n    sets(session)")


def test_modules_beside_it_are_read_and_functions_of_theirs_imported(tmp_path):
    (tmp_path / "names.py").write_text("DB = 'D'\nWH = DB + '_WH'\n")
    (tmp_path / "work.py").write_text("from names import DB\ndef job(session): return DB\n")
    found = read(
        "from names import WH\nimport names, work, other\n"
        'with DAG(f"g_{names.DB}", warehouse=WH) as dag:\n'
        '    DAGTask("job", work.job) >> DAGTask("far", other.away)\n',
        tmp_path,
    )
    graph = found.graph()
    assert (graph.name, graph.options.warehouse) == ("g_D", "D_WH")
    assert graph.task("job").source.text.startswith("from work import job\n")
    assert "from other import away" in graph.task("far").source.text
    assert found.not_carried == ("module work: it has to lie beside the notebook, as it does here",)


def test_tasks_of_the_lower_api_and_of_sql_that_is_sent():
    found = read(
        """
a = Task("a", definition="insert into t values (1)", schedule=timedelta(minutes=5))
b = tasks.create(Task("b", definition="select 2", warehouse="w"))
b.predecessors = [f"{b.database.name}.{a.name}"]
session.sql("create task r schedule = '1 hour' as insert into t values (2)").collect()
session.sql("create table t (a int)").collect()
"""
    )
    assert [each.graph.name for each in found.graphs] == ["a", "r"]
    assert [(t.name, t.after) for t in found.graph("a").tasks] == [("a", ()), ("b", ("a",))]
    assert found.problems == ()


WRONG = {
    "a cycle": ('a, b = DAGTask("a", "s"), DAGTask("b", "s")\n    a >> b >> a', "waits for itself"),
    "unfilled parameters": (
        'DAGTask("a", StoredProcedureCall(more))',
        "nothing fills x, y of more",
    ),
    "a branch that returns rows": (
        'DAGTaskBranch("a", rows) >> DAGTask("b", "select 1")',
        "rows is a branch and returns rows",
    ),
    "a branch of SQL that returns rows": (
        'DAGTaskBranch("a", "select 1") >> DAGTask("b", "select 1")',
        "is a branch and returns rows: its SQL never calls",
    ),
    "a branch whose answer is never set": (
        'DAGTaskBranch("a", plain) >> DAGTask("b", "select 1")',
        "whose answer is never set",
    ),
    "a lost duplicate": (
        'DAGTask("a", "s") >> DAGTask("b", "s")\n    DAGTask("B", "select 1")',
        "made twice: what line 11 made is lost, with 1 of its edges",
    ),
    "a second finalizer": (
        'DAGTask("a", "s", is_finalizer=True); DAGTask("b", "s", is_finalizer=True)',
        "second finalizer beside a",
    ),
    "an edge of a finalizer": (
        'DAGTask("a", "s") >> DAGTask("b", "s", is_finalizer=True)',
        "finalizer b has an edge",
    ),
    "a loop that is not known": (
        'DAGTask("a", "select 1")\n    for t in session.table("x").collect(): DAGTask(t, "s")',
        "its rounds are known when the program runs",
    ),
    "SQL that is not known": (
        'DAGTask("a", f"select {args.x}")',
        "its SQL has {args.x}, known when the program runs",
    ),
    "a definition that is not known": ('DAGTask("a", made_up())', "known when the program runs"),
    "a condition that is not known": (
        'if args.x: DAGTask("a", "select 1")\n    else: DAGTask("b", "select 2")',
        "both sides are read",
    ),
}
FUNCTIONS = """
def more(session, x, y): pass
def rows(session): return session.sql("select 1").collect()
def plain(session): return "b"
with DAG("g") as dag:
    {}
"""


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_and_the_rest_is_read(case):
    lines, said = WRONG[case]
    found = read(FUNCTIONS.format(lines))
    assert any(said in problem for problem in found.problems), found.problems
    assert found.graph("g").tasks


def test_options_that_our_own_graph_is_given_by_name_are_read():
    found = read(
        """
from sfdag_magics import GraphOptions, TaskGraph, sql_task
graph = TaskGraph("g", GraphOptions(warehouse="W"), schedule="1 day", tasks=[sql_task("a", "x()")])
"""
    )
    assert (found.graph().options.warehouse, found.graph().options.schedule) == ("W", "24 HOURS")


def test_what_is_left_out_is_listed():
    found = read(
        'with DAG("g", schedule=args.often, stage_location="@s", error_integration="e") as dag:\n'
        '    DAGTask("a", "select 1", session_parameters={"TIMEZONE": "UTC"}, is_serverless=True)\n'
    )
    listed = [line.partition(": ")[2] for line in found.not_carried]
    assert listed == [
        "task a: TIMEZONE = 'UTC'",
        "graph g: ERROR_INTEGRATION = E",
        "graph g: schedule = args.often, known when the program runs",
        "graph g: stage_location = '@s'",
    ]


HARMFUL = {
    "an endless loop": "while True:\n    x = 1",
    "a recursion": "def f(n): return f(n + 1)\nx = f(0)",
    "a list that grows": "x = [1]\nfor i in range(9999):\n    x = x + x",
    "a text that grows": "x = 'a' * 10 ** 9",
    "a wide form": "x = f'{1:999999999}'\ny = '{:999999999}'.format(1)\nz = '%999999999d' % 1",
    "a number that grows": "x = 9\nfor i in range(9999):\n    x = x * x",
    "a very long range": "for i in range(10 ** 12):\n    x = i",
    "what would do harm": "import os\nos.remove('x')\nopen('x', 'w').write('y')\nexec('1 / 0')",
}


@pytest.mark.parametrize("case", HARMFUL)
def test_no_program_is_run_or_makes_the_reader_run_on(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = read(f"{HARMFUL[case]}\nDAGTask('a', 'select 1', dag=DAG('g'))\n")
    assert [task.name for task in found.graph().tasks] == ["a"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"), [("x = (", "no Python: line"), ("x = 1", "no task"), ("\0", "no Python")]
)
def test_what_is_no_program_of_tasks_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        imported_program(text, "flow.py")


def test_what_it_writes_is_python():
    found = read(
        FUNCTIONS.format('DAGTask("a", plain); DAGTask("b", "select \'x\'", comment="c\\n")')
    )
    ast.parse(found.module)
    assert 'comment="c\\n"' in found.module
    assert found.cells[1].startswith('b_comment = "c\\n"\n%sfdag graph g')
    assert "%%sftask b --sql --comment {b_comment}" in "\n".join(found.cells)
