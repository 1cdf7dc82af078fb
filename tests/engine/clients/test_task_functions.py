"""What a task's body asks of its run, through the engine that a client talks to."""

from __future__ import annotations

import json
import time

import pytest
from snowflake.connector.errors import Error
from snowflake.snowpark import Session

BODIES = {
    "SELECT": "SELECT SYSTEM$TASK_RUNTIME_INFO('CURRENT_TASK_NAME')",
    "CALL": "CALL SYSTEM$TASK_RUNTIME_INFO('CURRENT_TASK_NAME')",
}


def run(session: Session, name: str) -> list[tuple[object, ...]]:
    """Run a task to its end; its state, error and return value."""
    session.sql(f"EXECUTE TASK {name}").collect()
    asked = (
        "SELECT state, error_message, return_value FROM"
        f" TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => '{name}'))"
        " WHERE completed_time IS NOT NULL"
    )
    for _ in range(600):
        if rows := session.sql(asked).collect():
            return [tuple(row) for row in rows]
        time.sleep(0.05)
    raise TimeoutError(name)


@pytest.mark.rule("7.3")
@pytest.mark.parametrize("how", BODIES)
def test_runtime_info_by_select_and_by_call(session: Session, how: str) -> None:
    name = f"asks_by_{how}".upper()
    session.sql("CREATE OR REPLACE TABLE told (what VARCHAR)").collect()
    body = (
        f"BEGIN {BODIES[how]};"
        " INSERT INTO told SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())); END"
    )
    session.sql(f"CREATE OR REPLACE TASK {name} AS {body}").collect()
    assert run(session, name) == [("SUCCEEDED", None, None)]
    (told,) = session.table("told").collect()
    assert (
        told[0]
        == f"{session.get_current_database()}.{session.get_current_schema()}".replace('"', "")
        + f".{name}"
    )


@pytest.mark.slow
@pytest.mark.rule("8.3")
def test_an_anonymous_procedure_sets_the_return_value(session: Session) -> None:
    body = """WITH p AS PROCEDURE () RETURNS VARCHAR LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
    PACKAGES = ('snowflake-snowpark-python') HANDLER = 'main' AS $$
def main(session):
    session.call("SYSTEM$SET_RETURN_VALUE", "from nobody")
    return "not this"
$$ CALL p()"""
    session.sql(f"CREATE OR REPLACE TASK sets_a_value AS {body}").collect()
    assert run(session, "SETS_A_VALUE") == [("SUCCEEDED", None, "from nobody")]


@pytest.mark.slow
@pytest.mark.rule("18.22")
def test_what_a_procedure_logs_is_kept_whatever_the_level_of_its_task(session: Session) -> None:
    body = """WITH p AS PROCEDURE () RETURNS VARCHAR LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
    PACKAGES = ('snowflake-snowpark-python') HANDLER = 'main' AS $$
import logging

def main(session):
    logging.getLogger("quiet").warning("kept all the same")
$$ CALL p()"""
    session.sql(f"CREATE OR REPLACE TASK logs LOG_LEVEL = 'FATAL' AS {body}").collect()
    assert run(session, "LOGS") == [("SUCCEEDED", None, None)]
    rows = session.sql(
        "SELECT e.value::VARCHAR FROM SNOWFLAKE.TELEMETRY.EVENTS e"
        " JOIN TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'LOGS')) h"
        " ON e.resource_attributes['snow.query.id']::VARCHAR = h.query_id"
    ).collect()
    assert "kept all the same" in {row[0] for row in rows}


@pytest.mark.rule("18.1")
def test_a_configuration_may_have_megabytes_and_no_more_than_a_statement(session: Session) -> None:
    large = json.dumps({"text": "x" * 1_000_000})
    session.sql(f"CREATE OR REPLACE TASK large CONFIG = $${large}$$ AS SELECT 1").collect()
    (row,) = session.sql("DESCRIBE TASK large").collect()
    assert row["config"] == large
    too_large = json.dumps({"text": "x" * (17 * 1024 * 1024)})
    with pytest.raises(Error, match=r"the text is too long|413 Payload Too Large"):
        session.connection.cursor().execute(f"ALTER TASK large SET CONFIG = $${too_large}$$")
    (row,) = session.sql("DESCRIBE TASK large").collect()
    assert row["config"] == large
