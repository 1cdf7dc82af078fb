"""Statements about tasks that need a session, a catalogue or a client's values beside the tasks."""

import json
import threading

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.workers.logs import entries_of

from .on_sql import Engine


@pytest.fixture
def engine(on_sql):
    return on_sql


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """One engine for all statements of which nothing may be left."""
    engine = Engine(tmp_path_factory.mktemp("untouched"))
    engine.sql("CREATE DATABASE db", "USE SCHEMA db.public")
    yield engine
    engine.close()


def tag_of(engine, tag, task):
    [row] = engine.rows(f"SELECT SYSTEM$GET_TAG('{tag}', '{task}', 'TASK') AS V")
    return row["V"]


def shown(engine, name):
    [row] = engine.rows(f"SHOW TASKS LIKE '{name}'")
    return row


@pytest.mark.rule("1.1.25")
def test_a_task_has_the_tags_it_was_created_with_and_those_set_and_unset_since(engine):
    engine.sql(
        "CREATE TAG a", "CREATE TAG b ALLOWED_VALUES 'x', 'y'",
        "CREATE TASK r SCHEDULE = '1 h' WITH TAG (a = '1', db.public.b = 'x') AS SELECT 1",
        "ALTER TASK r RESUME",
    )  # fmt: skip
    assert (tag_of(engine, "a", "r"), tag_of(engine, "b", "db.public.r")) == ("1", "x")
    engine.sql("ALTER TASK r SET TAG a = '2', b = 'y'")  # of a started root, too
    assert (tag_of(engine, "a", "r"), tag_of(engine, "b", "r")) == ("2", "y")
    references = engine.sql(
        "SELECT tag_name, tag_value, object_name, domain"
        " FROM TABLE(information_schema.tag_references('r', 'task')) ORDER BY 1"
    )
    assert references == [("A", "2", "R", "TASK"), ("B", "y", "R", "TASK")]
    engine.sql("ALTER TASK r UNSET TAG a, b", "ALTER SCHEMA public SET TAG a = 'of schema'")
    assert (tag_of(engine, "a", "r"), tag_of(engine, "b", "r")) == ("of schema", None)


def test_a_tag_that_does_not_take_its_value_changes_nothing(engine):
    engine.sql("CREATE TAG b ALLOWED_VALUES 'x'", "CREATE TAG a", "CREATE TASK r AS SELECT 1")
    assert "not allowed for tag 'B'" in engine.error("ALTER TASK r SET TAG a='1', b='z'").message
    assert tag_of(engine, "a", "r") is None
    assert "Tag 'DB.PUBLIC.C' does not" in engine.error("ALTER TASK r SET TAG c = 'x'").message
    assert engine.error("CREATE TASK s TAG (c = 'x') AS SELECT 1").code == 2003
    assert engine.rows("SHOW TASKS LIKE 's'") == []


def test_tags_stay_with_create_or_alter_and_go_with_or_replace(engine):
    engine.sql("CREATE TAG a", "CREATE TASK r TAG (a = 'x') AS SELECT 1")
    engine.sql("CREATE OR ALTER TASK r AS SELECT 2")
    assert tag_of(engine, "a", "r") == "x"
    engine.sql("CREATE OR REPLACE TASK r AS SELECT 3")
    assert tag_of(engine, "a", "r") is None


def test_a_clone_is_suspended_and_keeps_definition_tags_and_predecessors(engine):
    engine.sql(
        "CREATE TAG a", "CREATE TASK r SCHEDULE = '1 h' AS SELECT 1",
        "CREATE TASK c TAG (a = 'x') COMMENT = 'of c' AFTER r AS SELECT 2",
        "ALTER TASK c RESUME",
        "CREATE TASK d CLONE c", "CREATE OR REPLACE TASK d CLONE c COPY GRANTS",
        "CREATE TASK IF NOT EXISTS d CLONE r", "CREATE SCHEMA db.other",
        "CREATE TASK db.other.e CLONE db.public.c", "USE SCHEMA db.public",
    )  # fmt: skip
    clone = shown(engine, "d")
    assert (clone["state"], clone["comment"], clone["definition"]) == (
        "suspended", "of c", "SELECT 2",
    )  # fmt: skip
    assert json.loads(clone["predecessors"]) == ["DB.PUBLIC.R"]
    assert clone["id"] != shown(engine, "c")["id"]
    assert tag_of(engine, "a", "d") == "x"
    [elsewhere] = engine.rows("SHOW TASKS IN SCHEMA db.other")
    assert json.loads(elsewhere["predecessors"]) == []
    assert engine.error("CREATE TASK d CLONE c").code == 2002
    assert engine.error("CREATE TASK f CLONE nobody").code == 2003


def test_names_and_values_come_from_variables_of_the_session_and_from_bound_values(engine):
    engine.sql(
        "SET (t, s, ms) = ('db.public.r', 'USING CRON 0 5 * * * UTC', 60000)",
        "CREATE TASK IDENTIFIER($t) SCHEDULE = $s USER_TASK_TIMEOUT_MS = $ms"
        " AS BEGIN LET x := $s; RETURN x; END",
    )
    root = shown(engine, "r")
    assert root["schedule"] == "USING CRON 0 5 * * * UTC"
    assert root["definition"] == "BEGIN LET x := $s; RETURN x; END"
    engine.sql("CREATE TASK c AFTER IDENTIFIER($t) AS SELECT 2")
    assert json.loads(shown(engine, "c")["predecessors"]) == ["DB.PUBLIC.R"]
    engine.session.execute("ALTER TASK IDENTIFIER(?) SET COMMENT = ?", bindings=["r", "it's"])
    assert shown(engine, "r")["comment"] == "it's"
    engine.sql("BEGIN LET n := 'r'; EXECUTE TASK IDENTIFIER(:n); END")
    engine.sql("DESCRIBE TASK IDENTIFIER('r')", "DROP TASK IDENTIFIER('db.public.c')")
    assert (
        "variable '$NOBODY' does not exist" in engine.error("DROP TASK IDENTIFIER($nobody)").message
    )


@pytest.mark.rule("18.17")
def test_a_run_that_is_awaited_is_over_and_a_failure_is_the_statements(engine):
    engine.sql(
        "CREATE TASK r AS SELECT 1", "CREATE TASK c AFTER r AS INSERT INTO told VALUES ('x')",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')", "ALTER TASK r SUSPEND",
    )  # fmt: skip
    assert engine.sql("EXECUTE TASK r AWAIT") == [("Task R is scheduled to run immediately.",)]
    assert engine.sql("SELECT COUNT(*) FROM told") == [(1,)]
    engine.sql("CREATE OR REPLACE TASK c AFTER r AS SELECT 1 / 0", "ALTER TASK c RESUME")
    problem = engine.error("EXECUTE TASK r USING CONFIG = '{}' AWAIT")
    assert (problem.code, "in task C: Division by zero" in problem.message) == (100051, True)
    engine.sql("CREATE OR REPLACE TASK s WHEN 1 = 2 AS SELECT 1")
    engine.sql("EXECUTE TASK s AWAIT")


def test_waiting_for_a_run_is_cancelled_and_the_run_goes_on(engine):
    engine.sql("CREATE TASK r AS SELECT SYSTEM$WAIT(60)")
    timer = threading.Timer(0.5, engine.session.cancel)
    timer.start()
    assert engine.error("EXECUTE TASK r AWAIT").code == 604
    timer.join()
    assert engine.tasks.runs_in_flight() != ()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("selekt 1", "unexpected 'selekt'"),
        ("begin let x := 1; alter pipe p refresh; end", "ALTER PIPE is not supported"),
        ("select a from", "syntax error"),
    ],
)
def test_a_body_that_cannot_run_makes_and_changes_no_task(engine, body, said):
    engine.sql("CREATE TASK r AS SELECT 1")
    assert said in engine.error(f"CREATE OR REPLACE TASK r AS {body}").message
    assert said in engine.error(f"CREATE OR ALTER TASK r AS {body}").message
    assert said in engine.error(f"ALTER TASK r MODIFY AS {body}").message
    assert shown(engine, "r")["definition"] == "SELECT 1"
    assert said in engine.error(f"CREATE TASK s AS {body}").message
    assert [row["name"] for row in engine.rows("SHOW TASKS")] == ["R"]


def parameters(engine, task):
    """{parameter: (value, level)}."""
    rows = engine.rows(f"SHOW PARAMETERS IN TASK {task}")
    return {row["key"]: (row["value"], row["level"]) for row in rows}


def test_parameters_come_from_schema_database_and_account_and_the_nearest_counts(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    timeout, after = "USER_TASK_TIMEOUT_MS", "SUSPEND_TASK_AFTER_NUM_FAILURES"
    assert parameters(engine, "r")[timeout] == ("3600000", "")
    engine.sql(f"ALTER ACCOUNT SET {timeout} = 5000 {after} = 3")
    assert parameters(engine, "r")[timeout] == ("5000", "ACCOUNT")
    engine.sql(f"ALTER DATABASE db SET {timeout} = 4000")
    engine.sql(f"ALTER SCHEMA public SET {timeout} = 3000")
    assert parameters(engine, "r")[timeout] == ("3000", "SCHEMA")
    engine.sql(f"CREATE TASK s {timeout} = 2000 AS SELECT 1")  # a task that is made since
    assert parameters(engine, "s")[timeout] == ("2000", "TASK")
    assert parameters(engine, "s")[after] == ("3", "ACCOUNT")
    engine.sql(f"ALTER TASK s UNSET {timeout}", f"ALTER SCHEMA db.public UNSET {timeout}")
    assert parameters(engine, "s")[timeout] == ("4000", "DATABASE")
    [row] = engine.rows(f"SHOW PARAMETERS LIKE '{timeout}' IN DATABASE db")
    assert (row["value"], row["level"]) == ("4000", "DATABASE")
    engine.sql("CREATE SCHEMA db.other", "CREATE TASK o AS SELECT 1")
    assert parameters(engine, "o")[timeout] == ("4000", "DATABASE")


def test_what_is_inherited_is_in_force_also_for_a_graph_that_is_started(engine):
    engine.sql(
        "CREATE TASK r SCHEDULE = '1 h' AS SELECT SYSTEM$WAIT(60)", "ALTER TASK r RESUME",
        "ALTER SCHEMA public SET USER_TASK_TIMEOUT_MS = 300",
    )  # fmt: skip
    problem = engine.error("EXECUTE TASK r AWAIT")
    assert (problem.code, "timeout" in problem.message) == (630, True)


def test_an_inherited_parameter_is_seen_by_an_engine_that_died_before_its_tasks_were_told(tmp_path):
    engine = Engine(tmp_path)
    engine.sql("CREATE DATABASE db", "CREATE TASK r AS SELECT 1")
    engine.close()
    without_tasks = open_engine(tmp_path)
    session = without_tasks.open_session(SessionOptions(database="DB", schema="PUBLIC"))
    session.execute("ALTER DATABASE db SET USER_TASK_TIMEOUT_MS = 7")
    without_tasks.close()
    engine = Engine(tmp_path)
    assert parameters(engine, "db.public.r")["USER_TASK_TIMEOUT_MS"] == ("7", "DATABASE")
    engine.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER SCHEMA public SET USER_TASK_TIMEOUT_MS = -1", "invalid value [-1]"),
        ("ALTER SCHEMA public SET USER_TASK_TIMEOUT_MS = 'x'", "expected a whole number"),
        ("ALTER ACCOUNT SET COLOR = 'red'", "invalid parameter 'COLOR'"),
        ("ALTER DATABASE db UNSET COLOR", "invalid parameter 'COLOR'"),
        ("ALTER SCHEMA public SET COMMENT = 'x' COLOR = 'red'", "invalid parameter 'COLOR'"),
        ("SHOW PARAMETERS IN SCHEMA db.nowhere", "Schema 'DB.NOWHERE' does not exist"),
        ("SHOW PARAMETERS IN DATABASE nowhere", "Database 'NOWHERE' does not exist"),
        ("SHOW PARAMETERS IN SHELF", "unexpected 'SHELF'"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_and_nothing_is_set(untouched, statement, said):
    assert said in untouched.error(statement).message
    assert untouched.rows("SHOW SCHEMAS LIKE 'public'")[0]["comment"] == ""


def test_what_does_nothing_for_a_schema_says_so(engine):
    told = engine.sql("ALTER SCHEMA public SET DEFAULT_DDL_COLLATION = '' COMMENT = 'c'")
    assert told == [(
        "Statement executed successfully. DEFAULT_DDL_COLLATION is kept and has no effect in"
        " the embedded engine.",
    )]  # fmt: skip
    assert engine.rows("SHOW SCHEMAS LIKE 'public'")[0]["comment"] == "c"


def test_comment_on_a_task_is_its_property(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "COMMENT ON TASK r IS 'it''s'")
    assert shown(engine, "r")["comment"] == "it's"
    engine.sql("COMMENT IF EXISTS ON TASK nobody IS 'x'")
    assert engine.error("COMMENT ON TASK nobody IS 'x'").code == 2003


@pytest.mark.rule("1.1.17")
def test_get_ddl_gives_back_all_that_is_kept_of_a_task(engine):
    engine.sql(
        "CREATE TAG a", "CREATE WAREHOUSE w", "CREATE TASK r AS SELECT 1",
        "CREATE NOTIFICATION INTEGRATION s TYPE = QUEUE ENABLED = TRUE", "CREATE USER bob",
        "CREATE TASK c WITH TAG (a = 'x') WITH CONTACT (steward = k) WAREHOUSE = w"
        " USER_TASK_TIMEOUT_MS = 5000 SUCCESS_INTEGRATION = s LOG_LEVEL = 'ERROR' COMMENT = 'it''s'"
        " TIMEZONE = 'Europe/Berlin' EXECUTE AS USER bob AFTER r WHEN 1 = 1 AS SELECT 2",
        "CREATE TASK f FINALIZE = r AS BEGIN RETURN 'a;b'; END",
    )  # fmt: skip
    for name in ("c", "f"):
        [(text,)] = engine.sql(f"SELECT GET_DDL('TASK', '{name}')")
        before = shown(engine, name)
        engine.sql(text)
        after = shown(engine, name)
        changed = {key for key in before if before[key] != after[key]}
        assert changed == {"created_on", "id"}
        assert engine.sql(f"SELECT GET_DDL('task', '{name}')") == [(text,)]
    [(full,)] = engine.sql("SELECT GET_DDL('TASK', 'c', TRUE)")
    assert "TASK DB.PUBLIC.C\n" in full
    assert "AFTER DB.PUBLIC.R\n" in full
    assert "CONTACT (STEWARD = K)" in full
    assert "DB.PUBLIC.A = 'x'" in full


def test_get_ddl_refuses_what_it_does_not_know(engine):
    assert engine.error("SELECT GET_DDL('TASK', 'nobody')").code == 2003
    assert engine.error("SELECT GET_DDL('TASK', 'a b')").code == 2003
    assert engine.error("SELECT GET_DDL('TASK', '(')").code == 2003
    assert "GET_DDL of a PIPE is not" in engine.error("SELECT GET_DDL('PIPE', 'told')").message
    assert "number of arguments" in engine.error("SELECT GET_DDL('TASK')").message


@pytest.mark.rule("1.3.1")
def test_a_task_has_so_many_children_at_most(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.sql(*(f"CREATE TASK c{number} AFTER r AS SELECT 1" for number in range(100)))
    said = "Task DB.PUBLIC.R: it has 101 children, Snowflake's limit is 100."
    assert engine.error("CREATE TASK more AFTER r AS SELECT 1").message == said
    engine.sql("CREATE TASK more AS SELECT 1", "CREATE OR REPLACE TASK c5 AFTER r AS SELECT 2")
    assert engine.error("ALTER TASK more ADD AFTER r").message == said


@pytest.mark.rule("1.1.16")
def test_an_integration_of_a_task_must_be_there_and_of_a_queue(engine):
    engine.sql(
        "CREATE NOTIFICATION INTEGRATION q TYPE = QUEUE ENABLED = TRUE",
        "CREATE NOTIFICATION INTEGRATION m TYPE = EMAIL ENABLED = TRUE",
        "CREATE TASK r ERROR_INTEGRATION = q AS SELECT 1",
    )
    assert shown(engine, "r")["error_integration"] == "Q"
    problem = engine.error("CREATE TASK s SUCCESS_INTEGRATION = nobody AS SELECT 1")
    assert (problem.code, "Integration 'NOBODY' does not" in problem.message) == (2003, True)
    assert "is of type EMAIL" in engine.error("ALTER TASK r SET ERROR_INTEGRATION = m").message
    assert shown(engine, "r")["error_integration"] == "Q"


def told(engine):
    """The payloads that would have been sent, by their kind, and the executions they are of."""
    found = [entry for path in engine.logs.files() for entry in entries_of(path)]
    payloads = [json.loads(entry.line["message"].partition("\n")[2]) for entry in found]
    attempts = [entry.resource["snow.task.attempt.id"] for entry in found]
    return list(zip(payloads, attempts, strict=True))


@pytest.mark.rule("14.5", "5.2.4")
def test_the_error_integration_of_the_root_would_hear_of_each_attempt_that_failed(engine):
    engine.sql(
        "CREATE NOTIFICATION INTEGRATION q TYPE = QUEUE ENABLED = TRUE",
        "CREATE TASK r ERROR_INTEGRATION = q TASK_AUTO_RETRY_ATTEMPTS = 1 AS SELECT 1",
        "CREATE TASK c AFTER r AS SELECT 1 / 0",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')", "ALTER TASK r SUSPEND",
    )  # fmt: skip
    engine.error("EXECUTE TASK r AWAIT")
    (first, attempt), (second, _) = told(engine)
    assert (first["messageType"], first["taskName"]) == ("USER_TASK_FAILED", "DB.PUBLIC.C")
    assert first["rootTaskName"] == second["rootTaskName"] == "DB.PUBLIC.R"
    assert first["messageId"] != second["messageId"]
    [message] = first["messages"]
    assert (message["queryId"], message["errorCode"]) == (attempt, "100051")
    assert message["errorMessage"] == "Division by zero"
    assert sorted(message) == [
        "completedTime", "errorCode", "errorMessage", "queryId", "queryStartTime", "runId",
        "scheduledTime",
    ]  # fmt: skip


@pytest.mark.rule("14.5")
def test_the_success_integration_would_hear_of_graphs_and_of_no_task_alone(engine):
    engine.sql(
        "CREATE NOTIFICATION INTEGRATION q TYPE = QUEUE ENABLED = TRUE",
        "CREATE TASK r SUCCESS_INTEGRATION = q AS SELECT 1", "EXECUTE TASK r AWAIT",
        "CREATE TASK c AFTER r AS SELECT 1", "ALTER TASK c RESUME", "EXECUTE TASK r AWAIT",
    )  # fmt: skip
    [(payload, _attempt)] = told(engine)
    assert (payload["messageType"], payload["rootTaskName"]) == ("GRAPH_SUCCEEDED", "DB.PUBLIC.R")
    [message] = payload["messages"]
    assert message["attemptNumber"] == 1
    assert message["graphCompletedTime"] >= message["scheduledTime"]


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        ("CREATE TASK a EXECUTE AS USER nobody AS SELECT 1", 2003, "User 'NOBODY' does not exist"),
        ("CREATE TASK information_schema.a AS SELECT 1", 3001, "schema 'INFORMATION_SCHEMA'"),
        ("CREATE TASK snowflake.core.a AS SELECT 1", 3001, "database 'SNOWFLAKE'"),
        ('CREATE TASK "" AS SELECT 1', 904, "a name has at least one character"),
        ("CREATE TASK a WHEN PARSE_JSON('{}'):b AS SELECT 1", 2, "Invalid expression for task"),
        ("SELECT SYSTEM$TASK_DEPENDENTS_ENABLE(NULL)", 2, "its argument is NULL"),
        ("CREATE TASK a USER_TASK_TIMEOUT_MS = -1 AS SELECT 1", 1003, "it is 0 to 604800000"),
        ("CREATE TASK a OVERLAP_POLICY = x AS SELECT 1", 1003, "it is one of NO_OVERLAP, ALLOW_"),
        ("CREATE TASK a AS CREATE TABLE", 1003, "unexpected 'TABLE'"),
    ],
)
def test_what_cannot_be_is_refused_by_its_rule_and_leaves_nothing(untouched, statement, code, said):
    problem = untouched.error(statement)
    assert (problem.code, said in problem.message) == (code, True), problem.message
    assert untouched.rows("SHOW TASKS IN ACCOUNT") == []


def test_a_task_that_is_not_there_is_already_dropped(on_sql):
    said = "Drop statement executed successfully (ZZZ already dropped)."
    assert on_sql.sql("DROP TASK IF EXISTS zzz") == [(said,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TASK other WHEN {} AS SELECT 1",
        "CREATE OR ALTER TASK r WHEN {} AS SELECT 1",
        "ALTER TASK r MODIFY WHEN {}",
    ],
)
def test_a_condition_that_is_no_expression_is_refused_when_it_is_given(engine, statement):
    engine.sql("CREATE TASK r WHEN 1 = 1 AS SELECT 1")
    for condition in ("true or", "true true", "SYSTEM$STREAM_HAS_DATA()"):
        problem = engine.error(statement.format(condition))
        assert problem.code == 1003
        assert problem.message.endswith(f"In the condition: {condition}")
