"""Graphs of Python functions as `DAG` deploys them, and TaskContext inside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from snowflake.core import CreateMode, Root
from snowflake.core.task import Cron
from snowflake.core.task.dagv1 import DAG, DAGOperation, DAGTask, DAGTaskBranch
from snowflake.snowpark import Session

from .conftest import ended

#: What the client itself warns of.
pytestmark = [
    pytest.mark.timeout(300),  # each task of Python is a process that imports Snowpark
    pytest.mark.filterwarnings("ignore:Setting drop_finalizer to False:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'FQN' class:DeprecationWarning"),
]


@pytest.fixture
def operation(session: Session):
    """The operations of a new schema, with a stage in it."""
    name = f"dags_{session.connection.session_id}"
    session.sql("create warehouse if not exists wh").collect()
    session.sql(f"create or replace schema {name}").collect()
    session.sql("create stage code").collect()
    session.sql("create table told(what string)").collect()
    schema = Root(session).databases[session.get_current_database()].schemas[name]
    return DAGOperation(schema)


def prepare(session: Session) -> str:
    from snowflake.core.task.context import TaskContext

    return str(TaskContext(session).get_task_graph_config_property("rows"))


def choose(session: Session) -> str:
    from snowflake.core.task.context import TaskContext

    return "few" if TaskContext(session).get_predecessor_return_value("prepare") == "7" else "many"


def few(session: Session) -> None:
    from snowflake.core.task.context import TaskContext

    context = TaskContext(session)
    told = [
        context.get_current_task_short_name(),
        context.get_current_root_task_name().rpartition(".")[2],
        str(context.get_last_successful_task_graph_run_group_id()),
        str(context.get_current_task_graph_original_schedule() is not None),
    ]
    session.sql(f"insert into told values ('{' '.join(told)}')").collect()
    context.set_return_value("done")


def many(session: Session) -> str:
    return "never"


def finish(session: Session) -> None:
    session.sql("insert into told values ('finished')").collect()


def graph(session: Session, **more: object) -> DAG:
    """prepare → choose → one of two, and a plain statement beside; with a finalizer."""
    dag = DAG(
        "nightly",
        warehouse="wh",
        stage_location=f"@{session.get_current_database()}.{session.get_current_schema()}.code",
        packages=["snowflake-snowpark-python", "snowflake.core"],
        use_func_return_value=True,
        config={"rows": 7},
        **more,
    )
    with dag:
        first = DAGTask("prepare", prepare)
        branch = DAGTaskBranch("choose", choose)
        first >> branch >> [DAGTask("few", few), DAGTask("many", many)]
        first >> DAGTask("plain", "insert into told values ('plain')")
        DAGTask("finish", finish, is_finalizer=True)
    return dag


def outcomes(session: Session, root_id: str) -> dict[str, tuple[str, str | None]]:
    rows = session.sql(
        "select name, state, return_value from table(information_schema.task_history("
        f"root_task_id => '{root_id}')) where state <> 'SCHEDULED'"
    ).collect()
    return {name.partition("$")[2]: (state, value) for name, state, value in rows}


@pytest.mark.slow
@pytest.mark.rule("1.6.4", "1.6.5", "3.5.2")
def test_a_dag_is_deployed_run_and_dropped(session: Session, operation: DAGOperation):
    dag = graph(session, schedule=Cron("0 5 * * *", "Europe/Berlin"))
    operation.deploy(dag)
    assert operation.iter_dags(like="night%") == ["NIGHTLY"]
    (scheduled,) = operation.get_current_dag_runs(dag)
    assert scheduled.state == "SCHEDULED"
    operation.run(dag)
    (run,) = ended(lambda: operation.get_complete_dag_runs(dag, error_only=False))
    assert (run.state, run.dag_name, run.first_error_message) == ("SUCCEEDED", "NIGHTLY", None)
    root = operation.schema.tasks["nightly"].fetch()
    assert (root.schedule, root.config) == (Cron("0 5 * * *", "Europe/Berlin"), {"rows": 7})
    assert outcomes(session, root.id) == {
        "": ("SUCCEEDED", None),
        "PREPARE": ("SUCCEEDED", "7"),
        "CHOOSE": ("SUCCEEDED", "few"),
        "FEW": ("SUCCEEDED", "done"),
        "MANY": ("SKIPPED", None),
        "PLAIN": ("SUCCEEDED", None),
        "FINISH": ("SUCCEEDED", None),
    }
    told = {row[0] for row in session.table("told").collect()}
    assert told == {"FEW NIGHTLY None True", "plain", "finished"}
    operation.drop(dag, drop_finalizer=True)
    assert operation.iter_dags(like="%") == []


@pytest.mark.rule("1.6.6")
@pytest.mark.slow
def test_a_dag_is_deployed_again_in_its_own_place(session: Session, operation: DAGOperation):
    operation.deploy(graph(session))
    before = operation.schema.tasks["nightly"].fetch()
    assert before.state == "suspended"
    operation.deploy(graph(session, schedule=timedelta(days=1)), mode=CreateMode.or_replace)
    after = operation.schema.tasks["nightly"].fetch()
    assert (after.state, after.schedule) == ("started", timedelta(days=1))
    assert after.id != before.id
    names = [task.name for task in operation.schema.tasks["nightly"].fetch_task_dependents()]
    assert sorted(names) == [
        *("NIGHTLY", "NIGHTLY$CHOOSE", "NIGHTLY$FEW", "NIGHTLY$FINISH"),
        *("NIGHTLY$MANY", "NIGHTLY$PLAIN", "NIGHTLY$PREPARE"),
    ]


@pytest.mark.slow
def test_a_failed_dag_is_told_and_retried(session: Session, operation: DAGOperation):
    def fails(session: Session) -> None:
        session.table("not_yet").collect()

    with DAG("failing", stage_location="@code", packages=["snowflake-snowpark-python"]) as dag:
        DAGTask("one", fails)
    operation.deploy(dag)
    operation.run(dag)
    (run,) = ended(lambda: operation.get_complete_dag_runs(dag))
    assert (run.state, run.first_error_task_name) == ("FAILED", "FAILING$ONE")
    assert "NOT_YET" in run.first_error_message
    session.sql("create table not_yet(n int)").collect()
    operation.run(dag, retry_last=True)
    states = ended(
        lambda: [
            each.state
            for each in operation.get_complete_dag_runs(dag, error_only=False)
            if each.state == "SUCCEEDED"
        ]
    )
    assert states == ["SUCCEEDED"]
