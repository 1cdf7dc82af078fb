"""What the DAG API of unmodified snowflake.core makes of a program, as tasks that SQL shows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from snowflake.core import Root
from snowflake.core.task.dagv1 import DAG, DAGOperation, DAGTask, DAGTaskBranch
from snowflake.snowpark import Session

from .conftest import ended

#: What the client itself warns of.
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:Setting drop_finalizer to False:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'FQN' class:DeprecationWarning"),
]


@pytest.fixture
def operation(session: Session) -> DAGOperation:
    name = f"facts_{session.connection.session_id}"
    session.sql("create warehouse if not exists wh").collect()
    session.sql(f"create or replace schema {name}").collect()
    schema = Root(session).databases[session.get_current_database()].schemas[name]
    return DAGOperation(schema)


def shown(session: Session) -> dict[str, dict[str, object]]:
    return {row["name"]: row.as_dict() for row in session.sql("show tasks").collect()}


@pytest.mark.slow
@pytest.mark.rule("1.6.1", "1.6.2", "1.6.3")
def test_a_dag_is_a_root_with_children_named_after_it(session: Session, operation: DAGOperation):
    with DAG("d", schedule=timedelta(hours=1), warehouse="wh", comment="all of it") as dag:
        first = DAGTask("first", "select 1")
        second = DAGTask("second", "select 2", is_serverless=True)
        DAGTask("last", "select 3", is_finalizer=True)
        first >> second
    operation.deploy(dag)
    tasks = shown(session)
    full = f"SFDAG.{operation.schema.name.upper()}.D"
    assert sorted(tasks) == ["D", "D$FIRST", "D$LAST", "D$SECOND"]
    assert (tasks["D"]["schedule"], tasks["D"]["comment"]) == ("60 MINUTES", "all of it")
    assert tasks["D"]["definition"]
    above = {name: json.loads(str(row["predecessors"])) for name, row in tasks.items()}
    assert above == {"D": [], "D$FIRST": [full], "D$LAST": [], "D$SECOND": [f"{full}$FIRST"]}
    assert json.loads(str(tasks["D$LAST"]["task_relations"]))["FinalizedRootTask"] == full
    warehouses = {name: row["warehouse"] for name, row in tasks.items()}
    assert (warehouses["D$FIRST"], warehouses["D$SECOND"]) == ("WH", None)


@pytest.mark.rule("1.6.6", "1.6.7")
def test_children_are_resumed_and_the_root_with_its_schedule(
    session: Session, operation: DAGOperation
):
    with DAG("d") as dag:
        DAGTask("one", "select 1")
    operation.deploy(dag)
    states = {name: row["state"] for name, row in shown(session).items()}
    assert states == {"D": "suspended", "D$ONE": "started"}
    with DAG("s", schedule=timedelta(hours=1)) as scheduled:
        DAGTask("one", "select 1")
    operation.deploy(scheduled)
    session.sql("alter task s suspend").collect()
    operation.run(scheduled)
    assert shown(session)["S"]["state"] == "started"


@pytest.mark.rule("1.6.8", "1.6.9")
def test_drop_leaves_the_finalizer_unless_asked(session: Session, operation: DAGOperation):
    def deployed() -> DAG:
        with DAG("d") as dag:
            DAGTask("one", "select 1")
            DAGTask("last", "select 1", is_finalizer=True)
        operation.deploy(dag)
        return dag

    dag = deployed()
    assert operation.iter_dags(like="%") == ["D"]
    operation.drop(dag)
    assert list(shown(session)) == ["D$LAST"]
    session.sql("drop task d$last").collect()
    operation.drop(deployed(), drop_finalizer=True)
    assert shown(session) == {}


@pytest.mark.rule("3.5.1", "3.5.3")
def test_a_branch_is_a_condition_of_what_follows_it(session: Session, operation: DAGOperation):
    with DAG("d") as dag:
        left, right = DAGTaskBranch("left", "select 1"), DAGTaskBranch("right", "select 1")
        both = DAGTask("both", "select 1")
        left >> both
        right >> both
    operation.deploy(dag)
    condition = str(shown(session)["D$BOTH"]["condition"])
    for name in ("LEFT", "RIGHT"):
        assert f"SYSTEM$GET_PREDECESSOR_RETURN_VALUE('D${name}') = 'both'" in condition
    assert " and " in condition.lower()


@pytest.mark.slow
@pytest.mark.rule("7.9", "8.6", "3.2.4")
def test_a_context_knows_short_names_in_any_case(session: Session, operation: DAGOperation):
    def gives(session: Session) -> None:
        from snowflake.core.task.context import TaskContext

        TaskContext(session).set_return_value("given")

    def takes(session: Session) -> None:
        from snowflake.core.task.context import TaskContext

        context = TaskContext(session)
        values = {context.get_predecessor_return_value(name) for name in ("gives", "GIVES")}
        context.set_return_value(f"{context.get_current_task_short_name()} {sorted(values)}")

    session.sql("create stage code").collect()
    with DAG("d", stage_location="@code", packages=["snowflake-snowpark-python"]) as dag:
        DAGTask("gives", gives) >> DAGTask("takes", takes)
    operation.deploy(dag)
    operation.run(dag)
    (run,) = ended(lambda: operation.get_complete_dag_runs(dag, error_only=False))
    assert run.state == "SUCCEEDED"
    value = session.sql(
        "select return_value from table(information_schema.task_history(task_name => 'd$takes'))"
    ).collect()
    assert [row[0] for row in value] == ["TAKES ['given']"]
