"""ACCOUNT_USAGE of tasks, and what ran without a warehouse: rows, columns and their order."""

import pytest

_GRAPH = (
    "CREATE TASK r CONFIG = '{}' AS SELECT 1",
    "CREATE WAREHOUSE w",
    "CREATE TASK c WAREHOUSE = w AFTER r AS SELECT 1 / 0",
)


@pytest.fixture
def engine(on_sql):
    on_sql.sql(*_GRAPH, "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')", "ALTER TASK r SUSPEND")
    return on_sql


@pytest.mark.rule("3.1.6", "10.4.1")
def test_task_history_has_the_runs_that_ended_and_where_they_are(engine):
    engine.sql("ALTER TASK r SET SCHEDULE = '1 h'", "ALTER TASK r RESUME")  # one is due
    engine.error("EXECUTE TASK r AWAIT")
    rows = engine.rows(
        "SELECT name, state, query_text, error_code, attempt_number, task_schema_id IS NULL AS n,"
        " database_name, schema_name FROM snowflake.account_usage.task_history ORDER BY name"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("C", "FAILED", "SELECT 1 / 0", 100051, 1, False, "DB", "PUBLIC"),
        ("R", "SUCCEEDED", "SELECT 1", None, 1, False, "DB", "PUBLIC"),
    ]
    [(ids,)] = engine.sql(
        "SELECT COUNT(DISTINCT task_schema_id, task_database_id)"
        " FROM snowflake.account_usage.task_history"
    )
    assert ids == 1


def test_the_columns_are_those_of_the_documentation(engine):
    columns = list(engine.rows("SELECT * FROM snowflake.account_usage.task_history") or [])
    assert columns == []
    result = engine.session.execute("SELECT * FROM snowflake.account_usage.task_history")
    names = [column.name for column in result.columns]
    assert names[:9] == [
        "NAME", "QUERY_TEXT", "CONDITION_TEXT", "SCHEMA_NAME", "TASK_SCHEMA_ID", "DATABASE_NAME",
        "TASK_DATABASE_ID", "SCHEDULED_TIME", "COMPLETED_TIME",
    ]  # fmt: skip
    assert names[-2:] == ["GRAPH_RUN_GROUP_ID", "BACKFILL_INFO"]


def test_a_failure_that_suspended_the_root_is_a_failure(engine):
    engine.sql(
        "ALTER TASK r SET SUSPEND_TASK_AFTER_NUM_FAILURES = 1 SCHEDULE = '1 h'",
        "ALTER TASK r RESUME",
    )
    engine.error("EXECUTE TASK r AWAIT")
    [(state,)] = engine.sql(
        "SELECT state FROM snowflake.account_usage.task_history WHERE name = 'C'"
    )
    assert state == "FAILED"


@pytest.mark.rule("10.4.2")
def test_complete_task_graphs_has_all_runs_that_ended(engine):
    for _ in range(3):
        engine.error("EXECUTE TASK r AWAIT")
    found = engine.sql(
        "SELECT root_task_name, state, first_error_task_name, config"
        " FROM snowflake.account_usage.complete_task_graphs"
    )
    assert found == [("R", "FAILED", "C", "{}")] * 3


@pytest.mark.rule("2.7")
def test_task_versions_has_a_row_for_each_task_of_each_version(engine):
    engine.error("EXECUTE TASK r AWAIT")
    engine.sql("ALTER TASK c SET COMMENT = 'changed'")
    engine.error("EXECUTE TASK r AWAIT")
    rows = engine.sql(
        "SELECT graph_version, name, comment, warehouse_name, predecessors[0]::varchar,"
        " last_committed_on = graph_version_created_on, last_suspended_on IS NULL"
        " FROM snowflake.account_usage.task_versions WHERE graph_version > 1 OR name = 'C'"
        " ORDER BY 1, 2"
    )
    assert rows[-3:] == [
        (rows[-3][0], "C", "", "W", "DB.PUBLIC.R", True, True),
        (rows[-3][0] + 1, "C", "changed", "W", "DB.PUBLIC.R", True, True),
        (rows[-3][0] + 1, "R", "", None, None, True, False),
    ]


def test_what_ran_without_a_warehouse_cost_nothing(engine):
    engine.error("EXECUTE TASK r AWAIT")
    asked = "SELECT task_name, credits_used FROM TABLE(information_schema.serverless_task_history"
    assert engine.sql(f"{asked}())") == [("R", 0)]
    assert engine.sql(f"{asked}(task_name => 'c'))") == []
    assert engine.sql(f"{asked}(date_range_end => '2020-01-01'::timestamp_ltz))") == []


@pytest.mark.parametrize(
    "call",
    [
        "serverless_task_history(date_range_start => dateadd(D, -7, current_date),"
        " date_range_end => current_date)",
        "task_history(scheduled_time_range_start => current_date)",
        "task_history(scheduled_time_range_end => to_date('2026-11-30'))",
        "query_history(end_time_range_start => current_date)",
        "query_history(end_time_range_end => '2026-11-30 18:42:00.000 -0800')",
    ],
)
def test_a_range_may_begin_and_end_with_a_day(engine, call):
    assert engine.session.execute(f"SELECT * FROM TABLE(information_schema.{call})").columns


def test_each_hour_of_what_ran_without_a_warehouse_is_a_row(engine):
    for _ in range(2):
        engine.error("EXECUTE TASK r AWAIT")
    view = "snowflake.account_usage.serverless_task_history"
    names = [column.name for column in engine.session.execute(f"SELECT * FROM {view}").columns]
    assert names == [
        "START_TIME", "END_TIME", "TASK_ID", "TASK_NAME", "SCHEMA_ID", "SCHEMA_NAME",
        "DATABASE_ID", "DATABASE_NAME", "CREDITS_USED", "INSTANCE_ID",
    ]  # fmt: skip
    rows = engine.sql(
        "SELECT task_name, task_id, schema_name, database_name, credits_used, instance_id,"
        f" schema_id IS NULL, DATEDIFF(hour, start_time, end_time) FROM {view}"
    )
    (task,) = engine.rows("SHOW TASKS LIKE 'r'")
    assert set(rows) == {("R", task["id"], "PUBLIC", "DB", 0, None, False, 1)}


def test_the_views_of_the_account_are_shown(engine):
    shown = engine.rows("SHOW VIEWS IN SCHEMA snowflake.account_usage")
    names = [row["name"] for row in shown]
    assert {"QUERY_HISTORY", "SERVERLESS_TASK_HISTORY", "TASK_HISTORY"} <= set(names)
    assert names == [row["name"] for row in engine.rows("SHOW VIEWS IN DATABASE snowflake")]
    assert engine.sql("SHOW VIEWS IN SCHEMA db.public") == []
    for name in names:
        engine.sql(f"SELECT * FROM snowflake.account_usage.{name}")
