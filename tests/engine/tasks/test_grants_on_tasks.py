"""Whose tasks are and what is granted on them, as SHOW tells it."""

import pytest

_OWN = ("OWNERSHIP", "ROLE", "ACCOUNTADMIN", "true")


@pytest.fixture
def engine(on_sql):
    on_sql.sql("CREATE ROLE rr", "CREATE TASK t AS SELECT 1")
    return on_sql


def grants(engine, on="t"):
    """Privilege, grantee and grant option of each row."""
    rows = engine.rows(f"SHOW GRANTS ON TASK {on}")
    assert {(row["granted_on"], row["name"]) for row in rows} == {
        ("TASK", f"DB.PUBLIC.{on.upper()}")
    }
    names = ("privilege", "granted_to", "grantee_name", "grant_option")
    return [tuple(row[name] for name in names) for row in rows]


def granted(privilege, role="RR"):
    return (privilege, "ROLE", role, "false")


def test_a_new_task_is_owned_by_the_role_that_made_it(engine):
    assert grants(engine) == [_OWN]


def test_ownership_goes_to_a_role_and_back_and_takes_what_was_granted_along(engine):
    engine.sql("ALTER TASK t SET SCHEDULE = '1 h'", "ALTER TASK t RESUME")
    engine.sql("GRANT OPERATE ON TASK t TO ROLE rr")
    assert engine.error("GRANT OWNERSHIP ON TASK t TO ROLE rr").code == 3036
    engine.sql("GRANT OWNERSHIP ON TASK t TO ROLE rr REVOKE CURRENT GRANTS")
    assert grants(engine) == [("OWNERSHIP", "ROLE", "RR", "true")]
    assert [row["privilege"] for row in engine.rows("SHOW GRANTS TO ROLE rr")] == ["OWNERSHIP"]
    (task,) = engine.rows("SHOW TASKS")
    assert (task["owner"], task["state"], task["last_suspended_reason"]) == (
        "RR",
        "suspended",
        "GRANT_OWNERSHIP",
    )
    engine.sql("CREATE OR ALTER TASK t AS SELECT 2")
    assert engine.rows("SHOW TASKS")[0]["owner"] == "RR"
    engine.sql("GRANT MONITOR ON TASK t TO ROLE rr")
    engine.sql("GRANT OWNERSHIP ON TASK t TO ROLE accountadmin COPY CURRENT GRANTS")
    assert grants(engine) == [_OWN, granted("MONITOR")]
    assert engine.run("EXECUTE TASK t") == {"T": "SUCCEEDED"}


def test_a_graph_has_one_owner(engine):
    engine.sql("CREATE TASK c AFTER t AS SELECT 1", "CREATE TASK d AFTER c AS SELECT 1")
    engine.sql("CREATE TASK f FINALIZE = t AS SELECT 1")
    engine.sql("GRANT OWNERSHIP ON ALL TASKS IN SCHEMA public TO ROLE rr")
    joined = {row["name"]: row["task_relations"] for row in engine.rows("SHOW TASKS")}
    assert ("DB.PUBLIC.C" in joined["D"], "FinalizedRootTask" in joined["F"]) == (True, True)
    engine.sql("GRANT OWNERSHIP ON TASK c TO ROLE accountadmin")
    found = {row["name"]: (row["owner"], row["predecessors"]) for row in engine.rows("SHOW TASKS")}
    assert found == {
        "T": ("RR", "[]"),
        "C": ("ACCOUNTADMIN", "[]"),
        "D": ("RR", "[]"),
        "F": ("RR", "[]"),
    }
    engine.sql("GRANT OWNERSHIP ON TASK f TO ROLE accountadmin")
    assert "FinalizedRootTask" not in engine.rows("SHOW TASKS LIKE 'f'")[0]["task_relations"]


def test_a_child_of_a_graph_that_goes_on_keeps_its_owner(engine):
    engine.sql("CREATE TASK c AFTER t AS SELECT 1", "ALTER TASK t SET SCHEDULE = '1 h'")
    engine.sql("ALTER TASK t RESUME")
    engine.error("GRANT OWNERSHIP ON TASK c TO ROLE rr")
    assert grants(engine, "c") == [_OWN]


def test_all_are_the_privileges_on_a_task_and_all_tasks_those_that_are_there(engine):
    engine.sql("CREATE TASK u AS SELECT 1", "GRANT ALL ON ALL TASKS IN SCHEMA db.public TO ROLE rr")
    each = [granted(privilege) for privilege in ("APPLYBUDGET", "MONITOR", "OPERATE")]
    assert grants(engine) == grants(engine, "u") == [_OWN, *each]
    engine.sql("REVOKE OPERATE ON ALL TASKS IN DATABASE db FROM ROLE rr")
    assert grants(engine, "u") == [_OWN, *each[:-1]]
    engine.sql("REVOKE ALL PRIVILEGES ON TASK t FROM ROLE rr")
    assert grants(engine) == [_OWN]


def test_grants_go_with_the_task_and_are_copied_where_that_is_said(engine):
    engine.sql("GRANT MONITOR ON TASK t TO ROLE rr")
    for kept in (
        "CREATE OR ALTER TASK t AS SELECT 2",
        "CREATE OR REPLACE TASK t COPY GRANTS AS SELECT 3",
    ):
        engine.sql(kept)
        assert grants(engine) == [_OWN, granted("MONITOR")]
    engine.sql("DROP TASK t", "CREATE TASK t AS SELECT 1")
    assert len(engine.rows("SHOW GRANTS ON TASK t")) == 1
    engine.sql("GRANT MONITOR ON TASK t TO ROLE rr", "CREATE OR REPLACE TASK t AS SELECT 1")
    assert len(engine.rows("SHOW GRANTS ON TASK t")) == 1


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("GRANT nosuch ON TASK t TO ROLE rr", 1003, "'NOSUCH', expected a privilege on a TASK"),
        ("REVOKE select ON TASK t FROM ROLE rr", 1003, "MONITOR, OPERATE, OWNERSHIP or ALL"),
        ("GRANT operate ON TASK nosuch TO ROLE rr", 2003, "Task 'DB.PUBLIC.NOSUCH' does not exist"),
        ("GRANT OWNERSHIP ON TASK nosuch TO ROLE rr", 2003, "Task 'DB.PUBLIC.NOSUCH'"),
        ("GRANT OWNERSHIP ON TASK t TO ROLE nobody", 2003, "Role 'NOBODY' does not exist"),
        ("GRANT OWNERSHIP ON TASK t TO USER sfdag", None, "OWNERSHIP of a TASK is a role's"),
        ("SHOW GRANTS ON TASK nosuch", 2003, "Task 'DB.PUBLIC.NOSUCH' does not exist"),
    ],
)
def test_what_cannot_be_granted_on_a_task_is_named(engine, text, code, said):
    problem = engine.error(text)
    assert (code in (None, problem.code), said in problem.message) == (True, True), problem.message
    assert grants(engine) == [_OWN]


def test_what_is_granted_on_future_tasks_is_granted_on_each_new_one_and_its_owner_is_set(engine):
    engine.sql(
        "GRANT MONITOR, OWNERSHIP ON FUTURE TASKS IN SCHEMA db.public TO ROLE rr",
        "CREATE TASK u AS SELECT 1",
        "CREATE TASK IF NOT EXISTS t AS SELECT 2",
    )
    assert grants(engine, "u") == [("OWNERSHIP", "ROLE", "RR", "true"), granted("MONITOR")]
    assert grants(engine) == [_OWN]
    engine.sql("REVOKE MONITOR ON TASK u FROM ROLE rr", "CREATE OR REPLACE TASK u AS SELECT 2")
    assert granted("MONITOR") in grants(engine, "u")
    engine.sql("REVOKE MONITOR ON TASK u FROM ROLE rr")
    engine.sql("CREATE OR REPLACE TASK u COPY GRANTS AS SELECT 3")
    assert granted("MONITOR") not in grants(engine, "u")
