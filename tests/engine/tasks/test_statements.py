"""CREATE, ALTER, DROP, SHOW and DESCRIBE TASK: what they do, what they refuse, in which words."""

import json
from datetime import UTC, datetime

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.sqltext import QualifiedName

GRAPH = (
    "CREATE TASK r AS SELECT 1",
    "CREATE TASK a AFTER r AS SELECT 2",
    "CREATE TASK b AFTER r, a AS SELECT 3",
)


def resume_all(engine):
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "R")


def shown(engine, name):
    return next(row for row in engine.sql("SHOW TASKS") if row["name"] == name)


@pytest.mark.rule("1.2.2")
def test_a_new_task_is_suspended_and_shown(engine):
    (answer,) = engine.sql("CREATE TASK r WAREHOUSE = w COMMENT = 'c' CONFIG = '{}' AS SELECT 1")
    assert answer == {"status": "Task R successfully created."}
    row = shown(engine, "R")
    assert row["state"] == "suspended"
    assert (row["warehouse"], row["comment"], row["config"]) == ("W", "c", "{}")
    assert row["definition"] == "SELECT 1"
    assert row["last_committed_on"] is None


@pytest.mark.rule("1.2.4")
def test_predecessors_and_relations_are_shown_with_full_names(engine):
    engine.sql(*GRAPH, "CREATE TASK f FINALIZE = r AS SELECT 4")
    assert json.loads(shown(engine, "B")["predecessors"]) == ["DB.PUBLIC.R", "DB.PUBLIC.A"]
    assert json.loads(shown(engine, "R")["task_relations"]) == {
        "Predecessors": [], "FinalizerTask": "DB.PUBLIC.F",
    }  # fmt: skip
    assert json.loads(shown(engine, "F")["task_relations"]) == {
        "Predecessors": [], "FinalizedRootTask": "DB.PUBLIC.R",
    }  # fmt: skip


def test_show_tasks_filters(engine):
    engine.sql(*GRAPH, "CREATE TASK other.z AS SELECT 1")
    names = lambda sql: [row["name"] for row in engine.sql(sql)]  # noqa: E731 - read at a glance
    assert names("SHOW TASKS") == ["A", "B", "R"]
    assert names("SHOW TASKS LIKE 'r%'") == ["R"]
    assert names("SHOW TASKS IN DATABASE db") == ["Z", "A", "B", "R"]
    assert names("SHOW TASKS IN ACCOUNT ROOT ONLY") == ["Z", "R"]
    assert names("SHOW TASKS LIMIT 1 FROM 'A'") == ["B"]
    assert names("SHOW TASKS STARTS WITH 'r'") == []


def test_show_tasks_in_a_schema_that_is_not_there_says_so(engine):
    with pytest.raises(SqlError, match="does not exist"):
        engine.sql("SHOW TASKS IN SCHEMA db.nowhere")


@pytest.mark.rule("1.2.5")
def test_describe_has_the_columns_of_show(engine):
    engine.sql(*GRAPH)
    (described,) = engine.sql("DESCRIBE TASK a")
    assert described == shown(engine, "A")


@pytest.mark.rule("1.1.26")
def test_parameters_of_a_task_are_shown_with_their_level(engine):
    engine.sql(
        "CREATE TASK r USER_TASK_TIMEOUT_MS = 5000 TASK_AUTO_RETRY_ATTEMPTS = 2"
        " TIMEZONE = 'UTC' AS SELECT 1"
    )
    rows = {row["key"]: row for row in engine.sql("SHOW PARAMETERS IN TASK r")}
    assert (rows["USER_TASK_TIMEOUT_MS"]["value"], rows["USER_TASK_TIMEOUT_MS"]["level"]) == (
        "5000", "TASK",
    )  # fmt: skip
    assert rows["SUSPEND_TASK_AFTER_NUM_FAILURES"]["value"] == "10"
    assert rows["TIMEZONE"]["value"] == "UTC"


def test_creating_a_task_twice(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    with pytest.raises(SqlError, match="already exists"):
        engine.sql("CREATE TASK r AS SELECT 2")
    engine.sql("CREATE TASK IF NOT EXISTS r AS SELECT 3")
    assert shown(engine, "R")["definition"] == "SELECT 1"
    before = shown(engine, "R")["id"]
    engine.sql("CREATE OR ALTER TASK r AS SELECT 4")
    assert shown(engine, "R")["id"] == before
    engine.sql("CREATE OR REPLACE TASK r AS SELECT 5")
    assert shown(engine, "R")["id"] != before


def test_a_task_in_a_schema_that_is_not_there_cannot_be_created(engine):
    with pytest.raises(SqlError, match="does not exist"):
        engine.sql("CREATE TASK db.nowhere.r AS SELECT 1")


REFUSED = {
    "a child with a schedule": ("CREATE TASK x SCHEDULE = '1 MINUTE' AFTER r AS SELECT 1",
                                "a task with a predecessor cannot have a schedule"),
    "a finalizer with a schedule": ("CREATE TASK x SCHEDULE = '1 MINUTE' FINALIZE = r AS SELECT 1",
                                    "a finalizer cannot have a schedule"),
    "retries of a child": ("CREATE TASK x TASK_AUTO_RETRY_ATTEMPTS = 1 AFTER r AS SELECT 1",
                           "cannot set parameter task_auto_retry_attempts on non-root task"),
    "overlap of a child": ("CREATE TASK x ALLOW_OVERLAPPING_EXECUTION = TRUE AFTER r AS SELECT 1",
                           "Cannot set allow_overlapping_execution on non-root task"),
    "a finalizer of a child": ("CREATE TASK x FINALIZE = a AS SELECT 1",
                               "cannot finalize a non-root task"),
    "a missing predecessor": ("CREATE TASK x AFTER nobody AS SELECT 1",
                              "Invalid predecessor DB.PUBLIC.NOBODY was specified."),
    "itself, which is not there": ("CREATE TASK x AFTER x AS SELECT 1",
                                   "Invalid predecessor DB.PUBLIC.X was specified."),
    "another schema": ("CREATE TASK x AFTER other.r AS SELECT 1", "must be in the same schema"),
    "a serverless size with a warehouse": (
        "CREATE TASK x WAREHOUSE = w USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'"
        " AS SELECT 1",
        "Cannot set USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE on a non-serverless task."),
    "a free condition": ("CREATE TASK x AFTER r WHEN EXISTS (SELECT 1) AS SELECT 1",
                         "Invalid expression for task condition expression"),
    "a task that is not there": ("ALTER TASK nobody RESUME", "does not exist"),
    "a predecessor it does not have": ("ALTER TASK a REMOVE AFTER b",
                                    "Invalid predecessor DB.PUBLIC.B was specified."),
    "nonsense": ("ALTER TASK a FROBNICATE", "syntax error"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(engine, case):
    engine.sql(*GRAPH)
    statement, message = REFUSED[case]
    with pytest.raises(SqlError, match=message):
        engine.sql(statement)
    assert [row["name"] for row in engine.sql("SHOW TASKS")] == ["A", "B", "R"]


@pytest.mark.rule("4.1", "4.2")
def test_one_finalizer_for_one_root_and_nothing_after_it(engine):
    engine.sql(*GRAPH, "CREATE TASK f FINALIZE = r AS SELECT 4")
    with pytest.raises(SqlError, match=r"already has the finalizer DB\.PUBLIC\.F"):
        engine.sql("CREATE TASK g FINALIZE = r AS SELECT 4")
    with pytest.raises(SqlError, match="cannot be a predecessor"):
        engine.sql("CREATE TASK g AFTER f AS SELECT 4")


@pytest.mark.rule("2.4")
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TASK a SUSPEND",
        "ALTER TASK a RESUME",
        "ALTER TASK a MODIFY AS SELECT 9",
        "ALTER TASK r SET COMMENT = 'x'",
        "CREATE OR ALTER TASK r AS SELECT 9",
        "CREATE OR REPLACE TASK a AFTER r AS SELECT 9",
        "CREATE TASK c AFTER a AS SELECT 9",
        "CREATE TASK f FINALIZE = r AS SELECT 9",
        "DROP TASK a",
        "DROP TASK r",
    ],
)
def test_a_graph_is_not_changed_while_its_root_is_started(engine, statement):
    engine.sql(*GRAPH)
    resume_all(engine)
    with pytest.raises(SqlError) as refused:
        engine.sql(statement)
    assert refused.value.code == 91421
    assert refused.value.message == (
        "Unable to update graph with root task DB.PUBLIC.R since that root task is not suspended."
    )


@pytest.mark.rule("1.3.3")
def test_cycles_are_let_be_until_the_root_is_resumed(engine):
    engine.sql(*GRAPH, "ALTER TASK a ADD AFTER b")
    with pytest.raises(SqlError, match="Graph has at least one cycle containing task"):
        engine.sql("ALTER TASK r RESUME")
    assert shown(engine, "R")["state"] == "suspended"


def made(*statements):
    return ("CREATE TASK r AS SELECT 1", "CREATE TASK c AFTER r AS SELECT 1",
            "CREATE TASK d AFTER c AS SELECT 1", *statements)  # fmt: skip


WITHOUT_A_ROOT = {
    "altered": made("ALTER TASK r ADD AFTER d"),
    "replaced": made("CREATE OR REPLACE TASK r AFTER d AS SELECT 1"),
    "created or altered": made("CREATE OR ALTER TASK r AFTER d AS SELECT 1"),
    "its root is dropped": made("CREATE OR ALTER TASK c AFTER r, d AS SELECT 1", "DROP TASK r",
                                "CREATE TASK r AFTER d AS SELECT 1"),
    "after itself": ("CREATE TASK r AS SELECT 1", "CREATE OR REPLACE TASK r AFTER r AS SELECT 1",
                     "CREATE TASK c AFTER r AS SELECT 1", "CREATE TASK d AFTER c AS SELECT 1"),
}  # fmt: skip


@pytest.mark.rule("1.3.3")
@pytest.mark.parametrize("case", WITHOUT_A_ROOT)
def test_a_cycle_without_a_root_is_told_by_each_of_its_tasks(engine, case):
    engine.sql(*WITHOUT_A_ROOT[case])
    told = r"Graph has at least one cycle containing task DB\.PUBLIC\.[RCD]\.$"
    for task in "rcd":
        for text in ("ALTER TASK {} RESUME", "EXECUTE TASK {}"):
            with pytest.raises(SqlError, match=told):
                engine.sql(text.format(task))
        with pytest.raises(SqlError, match=told):
            engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", task)
    assert {row["state"] for row in engine.sql("SHOW TASKS")} == {"suspended"}


def test_two_roots_are_let_be_until_one_is_resumed_or_executed(engine):
    engine.sql(*GRAPH, "CREATE TASK r2 AS SELECT 1", "ALTER TASK b ADD AFTER r2")
    for statement in ("ALTER TASK r RESUME", "EXECUTE TASK r"):
        with pytest.raises(SqlError, match="The graph has more than one root task"):
            engine.sql(statement)


def test_properties_are_set_and_unset(engine):
    engine.sql(
        "CREATE TASK r SCHEDULE = '1 MINUTE' AS SELECT 1",
        "ALTER TASK r SET COMMENT = 'x', CONFIG = '{\"a\": 1}', TIMEZONE = 'UTC'",
        "ALTER TASK r UNSET SCHEDULE",
    )
    row = shown(engine, "R")
    assert (row["comment"], row["config"], row["schedule"]) == ("x", '{"a": 1}', None)
    engine.sql("ALTER TASK r UNSET CONFIG, TIMEZONE")
    assert shown(engine, "R")["config"] is None


@pytest.mark.rule("1.3.10")
def test_a_child_that_loses_its_last_predecessor_is_a_suspended_root(engine):
    engine.sql(*GRAPH, "ALTER TASK a RESUME", "DROP TASK r")
    row = shown(engine, "A")
    assert (row["state"], row["last_suspended_reason"]) == ("suspended", "CHILD_BECAME_ROOT")
    assert json.loads(shown(engine, "B")["predecessors"]) == ["DB.PUBLIC.A"]


@pytest.mark.rule("1.2.3")
def test_a_finalizer_whose_root_is_dropped_is_a_suspended_task_alone(engine):
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK f FINALIZE = r AS SELECT 1",
        "ALTER TASK f RESUME",
        "DROP TASK r",
    )
    row = shown(engine, "F")
    assert (row["state"], row["last_suspended_reason"]) == ("suspended", "FINALIZER_BECAME_ROOT")
    assert "FinalizedRootTask" not in row["task_relations"]


@pytest.mark.rule("10.5.2", "10.5.1", "4.9")
def test_dependents_come_breadth_first_and_the_finalizer_last(engine):
    engine.sql(
        *GRAPH, "CREATE TASK c AFTER b AS SELECT 4", "CREATE TASK f FINALIZE = r AS SELECT 5"
    )
    names = lambda **named: [  # noqa: E731 - read at a glance
        row["NAME"] for row in engine.table("TASK_DEPENDENTS", **named)
    ]
    assert names(task_name="db.public.r") == ["R", "A", "B", "C", "F"]
    assert names(task_name="r", recursive=False) == ["R", "A", "B", "F"]
    assert names(task_name="b") == ["B", "C"]


@pytest.mark.rule("9.3.2", "18.25")
def test_enabling_dependents_starts_the_whole_graph_and_the_finalizer(engine):
    engine.sql(*GRAPH, "CREATE TASK f FINALIZE = r AS SELECT 5")
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "db.public.a")
    assert {row["state"] for row in engine.sql("SHOW TASKS")} == {"started"}


@pytest.mark.rule("9.3.3")
def test_suspending_and_resuming_again_and_again_is_no_error(engine):
    engine.sql("CREATE TASK r SCHEDULE = '1 MINUTE' AS SELECT 1")
    engine.sql("ALTER TASK r SUSPEND", "ALTER TASK r RESUME", "ALTER TASK r RESUME")
    engine.sql("ALTER TASK r SUSPEND", "ALTER TASK r SUSPEND")
    assert shown(engine, "R")["last_suspended_reason"] == "USER_SUSPENDED"


def test_tasks_go_with_their_schema(engine):
    engine.sql(*GRAPH, "CREATE TASK other.z SCHEDULE = '1 MINUTE' AS SELECT 1",
               "ALTER TASK other.z RESUME")  # fmt: skip
    assert len(engine.table("CURRENT_TASK_GRAPHS")) == 1
    engine.drop_schema("DB", "OTHER")
    assert [row["name"] for row in engine.sql("SHOW TASKS IN ACCOUNT")] == ["A", "B", "R"]
    assert engine.table("CURRENT_TASK_GRAPHS") == []


def test_tasks_and_their_states_survive_a_restart(engine):
    engine.sql(*GRAPH, "CREATE TASK f FINALIZE = r TIMEZONE = 'UTC' AS SELECT 5")
    resume_all(engine)
    before = engine.sql("SHOW TASKS")
    engine.restart()
    assert engine.sql("SHOW TASKS") == before


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("CALL p()", True),
        ("\n Call db.s.p(1)", True),
        ("(call p())", True),
        ("WITH h AS PROCEDURE () RETURNS INT LANGUAGE PYTHON CALL h()", True),
        ("CALL SYSTEM$WAIT(1)", False),
        ("call system$set_return_value('x')", False),
        ("SELECT 'call p()'", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
    ],
)
def test_only_a_call_of_a_procedure_takes_a_worker(body, calls):
    task = TaskDefinition(
        task_id="1", name=QualifiedName("t"), body=body, created_on=datetime.now(UTC), owner="o"
    )
    assert task.calls_procedure is calls
