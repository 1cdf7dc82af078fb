import pytest

from sfdag_magics.errors import GraphError
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.graph.sql_body import body_problem


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ("selec 1", "'selec' begins no SQL statement", "did you mean SELECT?"),
        ("-- fill\nisnert into t values (1)", "'isnert' begins no", "did you mean INSERT?"),
        ("x := 1", "'x' begins no SQL statement", "begin with SELECT"),
        ("select (1 + (2)", "'(' in its SQL is not closed", "close it"),
        ("select 1)", "')' in its SQL closes nothing", "take ')' out"),
        ("select [1)", "')' in its SQL closes nothing", "take ')' out"),
    ],
)
def test_what_is_no_statement_is_told_with_what_was_meant(body, message, hint):
    found = body_problem(body)
    assert found is not None
    assert message in found[0]
    assert hint in found[1]


@pytest.mark.parametrize(
    "body",
    [
        "select 1",
        "(select 1) union all (select ')')",
        "with t as (select 1) select * from t -- )",
        "CALL other('a')",
        "BEGIN let x := 1; return x; END",
        "declare x int; begin return 1; end",
        "insert into t select $$ ( $$",
        "merge into t using s on t.a = s.a when matched then delete",
        "execute immediate 'select 1'",
        "show tables ->> select * from $1",
    ],
)
def test_a_statement_of_any_kind_is_left_to_the_target(body):
    assert body_problem(body) is None


def test_a_graph_with_such_a_task_is_refused_with_all_that_is_wrong():
    graph = TaskGraph("g", tasks=[sql_task("a", "selec 1"), sql_task("b", "select (x")])
    with pytest.raises(GraphError) as raised:
        graph.check()
    assert [problem.task for problem in raised.value.problems] == ["a", "b"]


def test_two_tasks_that_name_one_package_in_two_versions_are_refused():
    cells = ("def a(): return 1", ["xgboost==3.1"]), ("def b(): return 2", ["xgboost==3.2"])
    tasks = [python_task(task_function(text, cell="Cell [1]"), packages=p) for text, p in cells]
    with pytest.raises(GraphError, match=r"b: names xgboost==3\.2, and a names xgboost==3\.1"):
        TaskGraph("g", tasks=tasks).check()
    graph = TaskGraph(
        "g",
        tasks=[
            tasks[0],
            python_task(task_function(cells[1][0], cell="Cell [1]"), packages=["xgboost"]),
        ],
    )
    graph.check()
