"""Refusals in Snowflake's words, and the grant each of them asks for."""

import pytest

from sfdag_magics.client.connecting.privileges import Asked, advice

TASK = "CREATE OR ALTER TASK DB.S.G AS SELECT 1"

CASES = [
    (
        "Cannot execute task, EXECUTE TASK privilege must be granted to owner role",
        "ALTER TASK DB.S.G RESUME",
        "ask an ACCOUNTADMIN for: GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS",
    ),
    (
        "Cannot execute task , EXECUTE MANAGED TASK privilege must be granted to owner role",
        "ALTER TASK DB.S.G RESUME",
        "ask an ACCOUNTADMIN for: GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE DS,"
        " or name a --warehouse",
    ),
    (
        "USAGE privilege on the task's warehouse must be granted to owner role",
        "ALTER TASK DB.S.G RESUME",
        "ask the owner of WH for: GRANT USAGE ON WAREHOUSE WH TO ROLE DS",
    ),
    (
        "SQL access control error: Insufficient privileges to operate on schema 'S'",
        TASK,
        "ask the owner of DB.S for: GRANT CREATE TASK ON SCHEMA DB.S TO ROLE DS",
    ),
    (
        "SQL access control error: Insufficient privileges to operate on schema 'S'",
        "create or replace procedure P() …",
        "ask the owner of DB.S for: GRANT CREATE PROCEDURE ON SCHEMA DB.S TO ROLE DS",
    ),
    (
        "SQL access control error: Insufficient privileges to operate on stage 'SFDAG_CODE'",
        "PUT file://a @SFDAG_CODE",
        "ask the owner of SFDAG_CODE for: GRANT READ, WRITE ON STAGE SFDAG_CODE TO ROLE DS",
    ),
    (
        "SQL access control error: Insufficient privileges to operate on account 'XY'",
        "EXECUTE TASK DB.S.G",
        "ask an ACCOUNTADMIN for: GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS",
    ),
    (
        "No active warehouse selected in the current session.",
        "SELECT 1 FROM TABLE(DB.INFORMATION_SCHEMA.TASK_HISTORY())",
        'warehouse = "…" in the target of sfdag.toml, or session.use_warehouse("…")',
    ),
    (
        "Schema 'DB.S' does not exist or not authorized.",
        "SHOW TASKS IN SCHEMA DB.S",
        "DB.S is not there, or role DS may not see it: %sfdag doctor tells what it lacks",
    ),
    ("syntax error line 1 at position 0 unexpected 'selct'.", "selct 1", None),
]


@pytest.mark.parametrize(("message", "sql", "wanted"), CASES)
def test_each_refusal_has_its_grant_and_who_gives_it(message, sql, wanted):
    asked = Asked(sql=sql, role="DS", schema="DB.S", warehouse="WH")
    assert advice(message, asked) == wanted
