"""Tasks on the real SQL engine, in one process: bodies, conditions and history as SQL sees them."""

import json
import uuid

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import open_engine

from .on_sql import Engine


@pytest.fixture
def engine(on_sql):
    return on_sql


def test_clients_are_told_what_the_engine_has_of_its_own(engine):
    ((told,),) = engine.sql("SELECT SYSTEM$SFDAG_KNOWS()")
    functions = {
        "SYSTEM$SFDAG_NEWS",
        "SYSTEM$SFDAG_RUNS_BEGUN_AGAIN",
        "SYSTEM$SFDAG_RUN_BEGUN",
    }
    assert {*functions, "GRAPH_RUN_GROUP_ID", "CHANGED_SINCE"} <= set(json.loads(told))
    assert not any(name.startswith("SYSTEM$TASK") for name in json.loads(told))


def test_a_client_finds_the_run_that_it_began_by_what_its_config_holds(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.run('EXECUTE TASK r USING CONFIG = $${"run": "it\'s mine"}$$')
    history = "TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    ((root, group),) = engine.sql(f"SELECT root_task_id, graph_run_group_id FROM {history}")
    for said, found in (("it''s mine", group), ("another''s", None)):
        asked = f"SELECT SYSTEM$SFDAG_RUN_BEGUN('{root}', '{said}') AS run"
        assert engine.sql(asked) == [(found,)]


def test_a_client_is_told_what_show_tasks_leaves_out(engine):
    engine.sql(
        "CREATE TASK r TASK_AUTO_RETRY_ATTEMPTS = 2 OVERLAP_POLICY = ALLOW_ALL_OVERLAP AS SELECT 1",
        "CREATE TASK r$a USER_TASK_TIMEOUT_MS = 5000 COMMENT = 'c' AFTER r AS SELECT 1",
        "CREATE TASK other USER_TASK_TIMEOUT_MS = 1 AS SELECT 1",
    )
    ((told,),) = engine.sql("SELECT SYSTEM$SFDAG_HIDDEN_OPTIONS('PUBLIC.R') AS told")
    assert json.loads(told) == {
        "R": {"overlap_policy": "ALLOW_ALL_OVERLAP", "task_auto_retry_attempts": 2},
        "R$A": {"user_task_timeout_ms": 5000},
    }
    assert "takes the name of" in engine.error("SELECT SYSTEM$SFDAG_HIDDEN_OPTIONS()").message
    assert "takes the name of" in engine.error("SELECT SYSTEM$SFDAG_HIDDEN_OPTIONS('')").message


def test_a_block_begins_runs(engine):
    engine.sql("CREATE TASK r AS INSERT INTO told VALUES ('began')")
    assert engine.run("BEGIN IF (TRUE) THEN EXECUTE TASK r; END IF; END") == {"R": "SUCCEEDED"}
    assert engine.sql("SELECT * FROM told") == [("began",)]


def test_bodies_write_what_conditions_and_other_bodies_read(engine):
    engine.sql(
        "CREATE TASK r CONFIG = '{\"n\": 3}' AS SELECT SYSTEM$SET_RETURN_VALUE('go')",
        "CREATE TASK yes AFTER r WHEN SYSTEM$GET_PREDECESSOR_RETURN_VALUE('R') = 'go'"
        " AS INSERT INTO told SELECT SYSTEM$GET_TASK_GRAPH_CONFIG('n')",
        "CREATE TASK no AFTER r WHEN SYSTEM$GET_PREDECESSOR_RETURN_VALUE('R') = 'stop'"
        " AS INSERT INTO told VALUES ('never')",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
    )
    assert engine.run() == {"R": "SUCCEEDED", "YES": "SUCCEEDED", "NO": "SKIPPED"}
    assert engine.sql("SELECT * FROM told") == [("3",)]


def test_a_body_that_fails_leaves_nothing_and_says_why(engine):
    engine.sql("CREATE TASK r AS INSERT INTO told SELECT x FROM nowhere")
    assert engine.run() == {"R": "FAILED"}
    ((code, message),) = engine.sql(
        "SELECT error_code, error_message FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    )
    assert code == 2003
    assert "NOWHERE" in message
    assert engine.sql("SELECT COUNT(*) FROM told") == [(0,)]


@pytest.mark.rule("7.4")
def test_the_time_of_the_run_is_understood_as_a_timestamp(engine):
    info = "SYSTEM$TASK_RUNTIME_INFO('CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP')"
    engine.sql(
        "CREATE TABLE times(a TIMESTAMP_NTZ, b TIMESTAMP_LTZ)",
        f"CREATE TASK r AS INSERT INTO times SELECT TO_TIMESTAMP({info}), {info}::TIMESTAMP_LTZ",
    )
    assert engine.run() == {"R": "SUCCEEDED"}
    ((ntz, ltz),) = engine.sql("SELECT * FROM times")
    ((scheduled,),) = engine.sql(
        "SELECT scheduled_time FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
    )
    assert ltz == scheduled
    assert ntz == scheduled.replace(tzinfo=None)


def test_a_missing_value_is_the_error_that_clients_know(engine):
    info = "SYSTEM$TASK_RUNTIME_INFO('LAST_SUCCESSFUL_TASK_GRAPH_RUN_GROUP_ID')"
    engine.sql(f"CREATE TASK r AS SELECT TO_CHAR({info})")
    assert engine.run() == {"R": "FAILED"}
    ((message,),) = engine.sql(
        "SELECT error_message FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'r'))"
    )
    assert message == "NULL result in a non-nullable column"


def test_history_functions_are_filtered_like_tables(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.run()
    assert engine.sql(
        "SELECT root_task_name, state, attempt_number"
        " FROM TABLE(db.INFORMATION_SCHEMA.COMPLETE_TASK_GRAPHS(ROOT_TASK_NAME => 'R'))"
        " WHERE scheduled_from = 'EXECUTE_TASK'"
    ) == [("R", "SUCCEEDED", 1)]
    assert engine.sql("SELECT * FROM TABLE(INFORMATION_SCHEMA.CURRENT_TASK_GRAPHS())") == []
    names = "SELECT name FROM TABLE(INFORMATION_SCHEMA.TASK_DEPENDENTS(TASK_NAME => 'db.public.r'))"
    assert engine.sql(names) == [("R",)]


def test_ddl_of_tasks_ends_a_transaction(engine):
    engine.sql("BEGIN", "INSERT INTO told VALUES ('kept')", "CREATE TASK r AS SELECT 1", "ROLLBACK")
    assert engine.sql("SELECT * FROM told") == [("kept",)]


def test_tasks_go_with_their_schema_and_their_database(engine):
    engine.sql("CREATE SCHEMA db.s", "CREATE TASK db.s.a AS SELECT 1", "DROP SCHEMA db.s")
    with pytest.raises(SqlError, match="does not exist"):
        engine.sql("DESCRIBE TASK db.s.a")
    engine.sql("CREATE TASK db.public.r AS SELECT 1", "DROP DATABASE db")
    assert engine.sql("SHOW TASKS IN ACCOUNT") == []


def test_tasks_and_their_schedules_move_with_a_renamed_schema(engine):
    engine.sql(
        "CREATE SCHEMA db.s",
        "CREATE TASK r SCHEDULE = '1 HOUR' AS SELECT CURRENT_SCHEMA()",
        "CREATE TASK a AFTER r AS INSERT INTO db.public.told SELECT CURRENT_SCHEMA()",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
        "ALTER SCHEMA db.s RENAME TO db.t",
    )
    shown = engine.sql("SHOW TERSE TASKS IN ACCOUNT")
    assert [row[1:] for row in shown] == [
        ("A", "TASK", "DB", "T", None, "started"),
        ("R", "TASK", "DB", "T", "1 HOUR", "started"),
    ]
    current = "SELECT schema_name, state FROM TABLE(db.INFORMATION_SCHEMA.CURRENT_TASK_GRAPHS())"
    assert engine.sql(current) == [("T", "SCHEDULED")]
    engine.run("EXECUTE TASK db.t.r")
    assert engine.sql("SELECT * FROM db.public.told") == [("T",)]
    engine.sql("ALTER DATABASE db RENAME TO db2")
    assert engine.sql("DESCRIBE TASK db2.t.a")[0][1] == "A"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missed", "left"),
    [
        ("ALTER SCHEMA db.s RENAME TO db.t", [("R", "DB", "T"), ("A", "DB", "PUBLIC")]),
        ("ALTER DATABASE db RENAME TO db2", [("R", "DB2", "S"), ("A", "DB2", "PUBLIC")]),
        ("DROP SCHEMA db.s", [("A", "DB", "PUBLIC")]),
        ("CREATE OR REPLACE DATABASE db", [("A", "DB", "PUBLIC")]),
        ("DROP DATABASE db", []),
    ],
)
def test_a_kill_before_tasks_are_told_of_their_schema_is_made_up_for(tmp_path, missed, left):
    engine = Engine(tmp_path)
    engine.sql(
        "CREATE DATABASE db",
        "CREATE SCHEMA db.s",
        "CREATE TASK db.s.r SCHEDULE = '1 HOUR' AS SELECT 1",
        "ALTER TASK db.s.r RESUME",
        "CREATE TASK db.public.a AS SELECT 1",
    )
    engine.close()
    without_tasks = open_engine(tmp_path)
    without_tasks.open_session(SessionOptions()).execute(missed)
    without_tasks.close()
    engine = Engine(tmp_path)
    shown = engine.sql("SHOW TERSE TASKS IN ACCOUNT")
    engine.close()
    assert sorted((row[1], row[3], row[4]) for row in shown) == sorted(left)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("CREATE TASK b AS SELECT 1", "Task B successfully created."),
        ("CREATE OR REPLACE TASK a AS SELECT 2", "Task A successfully created."),
        ("ALTER TASK a RESUME", "Statement executed successfully."),
        ("DROP TASK a", "A successfully dropped."),
        ("EXECUTE TASK a", "Task A is scheduled to run immediately."),
    ],
)
def test_a_lost_answer_is_given_again_by_the_next_engine(tmp_path, statement, answer):
    query_id = str(uuid.uuid4())
    engine = Engine(tmp_path)
    engine.sql("USE SCHEMA sfdag.public", "CREATE TASK a AS SELECT 1")
    engine.session.execute(statement, query_id=query_id, noted=True)
    engine.close()
    engine = Engine(tmp_path)
    outcome = engine.sql_engine.outcomes.outcome(query_id)
    refused = str(uuid.uuid4())
    with pytest.raises(SqlError):
        engine.session.execute("DROP TASK sfdag.public.none", query_id=refused, noted=True)
    unknown = engine.sql_engine.outcomes.outcome(refused)
    engine.close()
    assert outcome.rows.to_pylist() == [{"status": answer}]
    assert unknown is None


@pytest.mark.slow
def test_a_long_query_is_cancelled(engine):
    engine.sql(
        "CREATE TABLE many AS SELECT SEQ4() n FROM TABLE(GENERATOR(ROWCOUNT => 5000))",
        "CREATE TASK r USER_TASK_TIMEOUT_MS = 300 AS"
        " SELECT COUNT(*) FROM many a, many b, many c, many d WHERE a.n + b.n > c.n + d.n",
    )
    assert engine.run() == {"R": "FAILED"}
    ((code,),) = engine.sql("SELECT error_code FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
    assert code == 630
