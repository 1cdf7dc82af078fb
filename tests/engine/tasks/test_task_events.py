"""How tasks ended, as rows of the event table: as far as a level asks for it."""

import json

import pytest

from tests.engine.tasks.on_sql import Engine

_EVENTS = """SELECT resource_attributes['snow.executable.name'], record, value, record_attributes,
 resource_attributes FROM SNOWFLAKE.TELEMETRY.EVENTS WHERE record_type = 'EVENT' ORDER BY 1"""


def events(engine: Engine):
    """Task, severity and value of each."""
    rows = engine.sql(_EVENTS)
    assert all(json.loads(row[1])["name"] == "execution.status" for row in rows)
    return [
        (json.loads(row[0]), json.loads(row[1])["severity_text"], json.loads(row[2]))
        for row in rows
    ]


@pytest.mark.rule("14.7")
def test_a_level_has_the_ends_of_tasks_kept_and_none_keeps_none(on_sql: Engine):
    on_sql.sql(
        "CREATE TASK r WAREHOUSE = compute_wh LOG_EVENT_LEVEL = INFO AS SELECT 1",
        "CREATE TASK bad LOG_LEVEL = ERROR AFTER r AS SELECT * FROM missing",
        "CREATE TASK quiet AFTER r AS SELECT 1",
        "CREATE TASK warns LOG_EVENT_LEVEL = WARN AFTER r AS SELECT 1",
        "CREATE TASK left_out LOG_LEVEL = INFO AFTER r WHEN 1 = 2 AS SELECT 1",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
    )
    on_sql.run()
    said = "002003: SQL compilation error:\nObject 'MISSING' does not exist or not authorized."
    (bad, good) = events(on_sql)
    assert (bad[:2], bad[2]["state"]) == (("BAD", "ERROR"), "FAILED")
    assert bad[2]["message"] == said
    assert good == ("R", "INFO", {"state": "SUCCEEDED"})
    resource = json.loads(on_sql.sql(_EVENTS)[1][4])
    ((task_id, query_id),) = on_sql.sql(
        "SELECT root_task_id, query_id FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
        " WHERE name = 'R'"
    )
    assert resource == {
        "snow.database.name": "DB",
        "snow.schema.name": "PUBLIC",
        "snow.executable.id": task_id,
        "snow.executable.name": "R",
        "snow.executable.type": "TASK",
        "snow.owner.name": "ACCOUNTADMIN",
        "snow.query.id": query_id,
        "snow.warehouse.name": "COMPUTE_WH",
    }


def test_the_nearest_level_above_a_task_counts_where_it_has_none(on_sql: Engine):
    on_sql.sql(
        "ALTER ACCOUNT SET LOG_EVENT_LEVEL = INFO",
        "ALTER SCHEMA db.public SET LOG_EVENT_LEVEL = ERROR",
        "CREATE TASK r AS SELECT 1",
        "CREATE SCHEMA db.other",
        "CREATE TASK db.other.told AS SELECT 1",
        "CREATE TASK db.other.off LOG_LEVEL = OFF AS SELECT 1",
    )
    for name in ("db.public.r", "db.other.told", "db.other.off"):
        on_sql.run(f"EXECUTE TASK {name}")
    assert [task for task, _severity, _value in events(on_sql)] == ["TOLD"]
