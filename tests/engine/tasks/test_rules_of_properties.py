"""What each property of a task takes, where it may stand, and how it is given back."""

import json

import pytest

from sfdag_magics.engine.borders.answers import SqlError


def shown(engine, name="R"):
    return next(row for row in engine.sql("SHOW TASKS") if row["name"] == name)


def parameter(engine, key, task="r"):
    rows = {row["key"]: row["value"] for row in engine.sql(f"SHOW PARAMETERS IN TASK {task}")}
    return rows[key]


def refused(engine, statement, match):
    with pytest.raises(SqlError, match=match):
        engine.sql(statement)


@pytest.mark.rule("1.1.1")
def test_a_name_is_upper_case_unless_quoted_and_stands_once_in_its_schema(engine):
    engine.sql("CREATE TASK one AS SELECT 1", 'CREATE TASK "one" AS SELECT 1')
    engine.sql("CREATE TASK other.one AS SELECT 1")
    assert [row["name"] for row in engine.sql("SHOW TASKS")] == ["ONE", "one"]
    refused(engine, "CREATE TASK ONE AS SELECT 1", "already exists")
    refused(engine, f"CREATE TASK {'x' * 256} AS SELECT 1", "255")


@pytest.mark.rule("1.1.2")
@pytest.mark.parametrize("body", ["SELECT 1", "CALL p()", "BEGIN RETURN 1; END"])
def test_a_body_is_one_statement_one_call_or_one_block(engine, body):
    engine.sql(f"CREATE TASK r AS {body}")
    assert shown(engine)["definition"] == body
    refused(engine, "CREATE TASK x SCHEDULE = '1 MINUTE'", "unexpected '<EOF>'")


@pytest.mark.rule("1.1.3")
def test_tasks_with_and_without_a_warehouse_stand_in_one_graph(engine):
    engine.sql("CREATE TASK r WAREHOUSE = w AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    assert (shown(engine)["warehouse"], shown(engine, "A")["warehouse"]) == ("W", None)


@pytest.mark.rule("1.1.4", "1.3.5")
def test_a_size_to_begin_with_is_for_serverless_tasks(engine):
    size = "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE"
    engine.sql(f"CREATE TASK r {size} = 'XXLARGE' AS SELECT 1")
    assert parameter(engine, size) == "XXLARGE"
    refused(engine, f"ALTER TASK r SET {size} = 'ENORMOUS'", "ENORMOUS")
    told = f"Cannot set {size} on a non-serverless task"
    refused(engine, f"CREATE TASK x WAREHOUSE = w {size} = 'XSMALL' AS SELECT 1", told)
    assert parameter(engine, size) == "XXLARGE"


@pytest.mark.rule("1.1.5")
def test_the_least_size_is_not_above_the_most(engine):
    least, most = "SERVERLESS_TASK_MIN_STATEMENT_SIZE", "SERVERLESS_TASK_MAX_STATEMENT_SIZE"
    engine.sql(f"CREATE TASK r {least} = 'SMALL' {most} = 'LARGE' AS SELECT 1")
    assert (parameter(engine, least), parameter(engine, most)) == ("SMALL", "LARGE")
    refused(engine, f"CREATE TASK x {least} = 'LARGE' {most} = 'SMALL' AS SELECT 1", least)


@pytest.mark.rule("1.1.6")
def test_a_target_interval_has_bounds_and_is_for_serverless_tasks(engine):
    engine.sql("CREATE TASK r TARGET_COMPLETION_INTERVAL = '24 HOURS' AS SELECT 1")
    assert shown(engine)["target_completion_interval"] == "24 HOURS"
    for wrong in ("9 SECONDS", "1441 MINUTES", "25 HOURS"):
        refused(engine, f"ALTER TASK r SET TARGET_COMPLETION_INTERVAL = '{wrong}'", "INTERVAL")
    told = "TARGET_COMPLETION_INTERVAL is only allowed for serverless Tasks"
    refused(
        engine,
        "CREATE TASK x WAREHOUSE = w TARGET_COMPLETION_INTERVAL = '1 HOUR' AS SELECT 1",
        told,
    )


@pytest.mark.rule("1.1.8")
@pytest.mark.parametrize("place", ["AFTER r", "FINALIZE = r"])
def test_a_schedule_stands_on_roots_only(engine, place):
    engine.sql("CREATE TASK r AS SELECT 1")
    refused(engine, f"CREATE TASK x SCHEDULE = '1 MINUTE' {place} AS SELECT 1", "schedule")
    engine.sql(f"CREATE TASK x {place} AS SELECT 1")
    refused(engine, "ALTER TASK x SET SCHEDULE = '1 MINUTE'", "schedule")


@pytest.mark.rule("1.1.9", "6.1")
def test_a_configuration_is_a_json_object_of_a_root(engine):
    engine.sql('CREATE TASK r CONFIG = $${"a": {"b": 1}}$$ AS SELECT 1')
    assert json.loads(shown(engine)["config"]) == {"a": {"b": 1}}
    for wrong in ("[1]", "{", "1", ""):
        refused(engine, f"ALTER TASK r SET CONFIG = '{wrong}'", "(?i)config")
    engine.sql("ALTER TASK r SET CONFIG = '{\"c\": 2}'")
    assert json.loads(shown(engine)["config"]) == {"c": 2}
    engine.sql("ALTER TASK r UNSET CONFIG", "CREATE TASK a AFTER r AS SELECT 1")
    assert shown(engine)["config"] is None
    refused(engine, "ALTER TASK a SET CONFIG = '{}'", "non-root task")


@pytest.mark.rule("1.1.10")
def test_an_overlap_policy_is_one_of_three_on_a_root(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    assert parameter(engine, "OVERLAP_POLICY") == "NO_OVERLAP"
    for policy in ("ALLOW_CHILD_OVERLAP", "ALLOW_ALL_OVERLAP", "NO_OVERLAP"):
        engine.sql(f"ALTER TASK r SET OVERLAP_POLICY = {policy}")
        assert parameter(engine, "OVERLAP_POLICY") == policy
    refused(engine, "ALTER TASK r SET OVERLAP_POLICY = SOME", "SOME")
    refused(engine, "ALTER TASK a SET OVERLAP_POLICY = NO_OVERLAP", "non-root task")


@pytest.mark.rule("1.1.11")
def test_the_older_word_for_overlap(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    for said, policy in (("TRUE", "ALLOW_CHILD_OVERLAP"), ("FALSE", "NO_OVERLAP")):
        engine.sql(f"ALTER TASK r SET ALLOW_OVERLAPPING_EXECUTION = {said}")
        assert parameter(engine, "OVERLAP_POLICY") == policy
    told = "Cannot set allow_overlapping_execution on non-root task"
    refused(engine, "ALTER TASK a SET ALLOW_OVERLAPPING_EXECUTION = TRUE", told)


@pytest.mark.rule("1.1.12")
def test_parameters_that_a_task_may_not_have_are_refused_at_once(engine):
    engine.sql("CREATE TASK r TIMEZONE = 'UTC', AUTOCOMMIT = TRUE AS SELECT 1")
    for wrong in ("SEARCH_PATH = 'db.public'", "AUTOCOMMIT = FALSE"):
        refused(engine, f"CREATE TASK x {wrong} AS SELECT 1", wrong.split(" ")[0])
        refused(engine, f"ALTER TASK r SET {wrong}", wrong.split(" ")[0])


BOUNDS = {
    "1.1.13": ("USER_TASK_TIMEOUT_MS", 0, 604800000, "3600000"),
    "1.1.15": ("TASK_AUTO_RETRY_ATTEMPTS", 0, 30, "0"),
    "1.1.23": ("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", 10, 604800, "30"),
}


@pytest.mark.rule("1.1.13", "1.1.15", "1.1.23")
@pytest.mark.parametrize("number", BOUNDS)
def test_a_number_has_bounds_and_a_default(engine, number):
    key, least, most, default = BOUNDS[number]
    engine.sql("CREATE TASK r AS SELECT 1")
    assert parameter(engine, key) == default
    for value in (least, most):
        engine.sql(f"ALTER TASK r SET {key} = {value}")
        assert parameter(engine, key) == str(value)
    for wrong in (least - 1, most + 1):
        refused(engine, f"ALTER TASK r SET {key} = {wrong}", key)
    engine.sql(f"ALTER TASK r UNSET {key}")
    assert parameter(engine, key) == default


@pytest.mark.rule("1.1.14")
def test_failures_before_suspension_have_no_upper_bound(engine):
    key = "SUSPEND_TASK_AFTER_NUM_FAILURES"
    engine.sql("CREATE TASK r AS SELECT 1")
    assert parameter(engine, key) == "10"
    for value in ("0", "1000000"):
        engine.sql(f"ALTER TASK r SET {key} = {value}")
        assert parameter(engine, key) == value
    refused(engine, f"ALTER TASK r SET {key} = -1", key)


@pytest.mark.rule("1.1.19")
def test_a_comment_is_text_and_goes(engine):
    engine.sql("CREATE TASK r COMMENT = 'it''s' AS SELECT 1")
    assert shown(engine)["comment"] == "it's"
    engine.sql("ALTER TASK r UNSET COMMENT")
    assert not shown(engine)["comment"]


@pytest.mark.rule("1.1.18", "1.1.24")
def test_what_is_not_carried_out_is_kept(engine):
    engine.sql("CREATE TASK r LOG_LEVEL = 'INFO' EXECUTE AS USER u AS SELECT 1")
    assert parameter(engine, "LOG_LEVEL") == "INFO"
    engine.sql("CREATE TASK s CLONE r")
    assert parameter(engine, "LOG_LEVEL", "s") == "INFO"
    engine.sql("ALTER TASK r UNSET EXECUTE AS USER")


@pytest.mark.rule("1.1.20")
def test_a_finalizer_names_its_root(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK f FINALIZE = r AS SELECT 1")
    relations = json.loads(shown(engine, "F")["task_relations"])
    assert relations["FinalizedRootTask"] == "DB.PUBLIC.R"


@pytest.mark.rule("1.1.21")
def test_a_task_has_a_hundred_predecessors(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.sql(*(f"CREATE TASK a{n} AFTER r AS SELECT 1" for n in range(100)))
    engine.sql("CREATE TASK other_root AS SELECT 1", "CREATE TASK b AFTER other_root AS SELECT 1")
    engine.sql(f"CREATE TASK j AFTER {', '.join(f'a{n}' for n in range(100))} AS SELECT 1")
    refused(engine, "ALTER TASK j ADD AFTER b", "100")
    assert len(json.loads(shown(engine, "J")["predecessors"])) == 100


@pytest.mark.rule("1.1.22")
def test_a_root_may_have_a_condition(engine):
    engine.sql("CREATE TASK r WHEN 1=1 AS SELECT 1")
    assert shown(engine)["condition"] == "1=1"


@pytest.mark.rule("1.2.1")
def test_a_task_that_is_made_again_has_another_id(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    before = shown(engine)["id"]
    engine.sql("DROP TASK r", "CREATE TASK r AS SELECT 1")
    assert shown(engine)["id"] != before


@pytest.mark.rule("1.3.2", "18.30")
def test_a_graph_stands_in_one_schema(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK other.z AS SELECT 1")
    refused(engine, "CREATE TASK x AFTER other.z AS SELECT 1", "same schema")
    refused(engine, "CREATE TASK other.x AFTER r AS SELECT 1", "does not exist|Invalid predecessor")


@pytest.mark.rule("1.3.4")
def test_a_child_cannot_be_finalized(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    refused(engine, "CREATE TASK f FINALIZE = a AS SELECT 1", "cannot finalize a non-root task")


@pytest.mark.rule("1.3.7")
def test_create_or_alter_leaves_state_and_refuses_a_started_graph(engine):
    engine.sql("CREATE TASK r SCHEDULE = '1 HOUR' AS SELECT 1", "ALTER TASK r RESUME")
    refused(engine, "CREATE OR ALTER TASK r AS SELECT 2", "not suspended")
    engine.sql("ALTER TASK r SUSPEND", "CREATE OR ALTER TASK r AS SELECT 2")
    assert (shown(engine)["definition"], shown(engine)["state"]) == ("SELECT 2", "suspended")
    assert shown(engine)["schedule"] is None


@pytest.mark.rule("1.3.8")
def test_a_task_cannot_be_renamed(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    refused(engine, "ALTER TASK r RENAME TO s", "(?i)rename")
    assert shown(engine)["name"] == "R"


@pytest.mark.rule("1.3.9")
def test_a_clone_keeps_its_predecessors(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 2")
    engine.sql("CREATE TASK b CLONE a")
    clone = shown(engine, "B")
    assert (clone["definition"], clone["state"]) == ("SELECT 2", "suspended")
    assert json.loads(clone["predecessors"]) == ["DB.PUBLIC.R"]


@pytest.mark.rule("1.3.11")
def test_nothing_of_a_started_graph_is_dropped(engine):
    engine.sql("CREATE TASK r SCHEDULE = '1 HOUR' AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "R")
    for task in "ra":
        refused(engine, f"DROP TASK {task}", "not suspended")
    engine.sql("ALTER TASK r SUSPEND", "DROP TASK a", "DROP TASK r")
    assert engine.sql("SHOW TASKS") == []


@pytest.mark.rule("4.3", "4.4")
def test_a_finalizer_is_set_and_let_go(engine):
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    refused(engine, "ALTER TASK a SET FINALIZE = r", "cannot have predecessors")
    engine.sql("CREATE TASK f SCHEDULE = '1 HOUR' AS SELECT 1")
    refused(engine, "ALTER TASK f SET FINALIZE = r", "cannot have a schedule")
    engine.sql("ALTER TASK f UNSET SCHEDULE", "ALTER TASK f SET FINALIZE = r")
    refused(engine, "ALTER TASK f ADD AFTER r", "cannot have predecessors")
    engine.sql("ALTER TASK f RESUME", "ALTER TASK f UNSET FINALIZE")
    row = shown(engine, "F")
    assert (row["state"], row["last_suspended_reason"]) == ("suspended", "FINALIZER_BECAME_ROOT")


@pytest.mark.rule("18.16")
def test_what_is_wrong_with_a_schedule_is_named(engine):
    refused(engine, "CREATE TASK r SCHEDULE = 'USING CRON 61 * * * * UTC' AS SELECT 1", "61")
    refused(engine, "CREATE TASK r SCHEDULE = '5 FORTNIGHTS' AS SELECT 1", "5 FORTNIGHTS")
    assert engine.sql("SHOW TASKS") == []
