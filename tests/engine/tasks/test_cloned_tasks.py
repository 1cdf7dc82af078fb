"""Tasks in the clone of their schema: suspended, joined as they were, and each its own."""


def test_tasks_are_cloned_with_their_schema_and_suspended(on_sql):
    on_sql.sql(
        "CREATE TAG team",
        "CREATE ROLE rr",
        "CREATE TASK r SCHEDULE = '1 h' WITH TAG (team = 'a') AS INSERT INTO told SELECT 'r'",
        "CREATE TASK c AFTER r AS SELECT 1",
        "CREATE TASK f FINALIZE = r AS SELECT 1",
        "GRANT OPERATE ON TASK c TO ROLE rr",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
        "CREATE SCHEMA copy CLONE public",
    )
    found = {row["name"]: row for row in on_sql.rows("SHOW TASKS IN SCHEMA copy")}
    assert {name: row["state"] for name, row in found.items()} == dict.fromkeys("CFR", "suspended")
    assert found["C"]["predecessors"] == '["DB.COPY.R"]'
    assert "DB.COPY.R" in found["F"]["task_relations"]
    assert on_sql.sql("SELECT SYSTEM$GET_TAG('team', 'copy.r', 'task')") == [("a",)]
    granted = on_sql.rows("SHOW GRANTS TO ROLE rr")
    assert {row["name"] for row in granted} == {"DB.PUBLIC.C", "DB.COPY.C"}
    theirs = {row["state"] for row in on_sql.rows("SHOW TASKS IN SCHEMA public")}
    assert theirs == {"started"}
    on_sql.sql("SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')")
    states = on_sql.run("EXECUTE TASK r")
    assert states == dict.fromkeys("CFR", "SUCCEEDED")
    assert on_sql.sql("SELECT (SELECT COUNT(*) FROM told), (SELECT COUNT(*) FROM public.told)") == [
        (1, 0)
    ]
    on_sql.sql("CREATE DATABASE whole CLONE db")
    assert len(on_sql.rows("SHOW TASKS IN DATABASE whole")) == 6
