"""What a body and a condition can ask about their own run, and how they answer outside a task."""

import pytest

from sfdag_magics.engine.borders.answers import SqlError


class Asked:
    """A body that asks functions and keeps the answers."""

    def __init__(self, *calls):
        self.calls = calls
        self.answers = []

    def __call__(self, session):
        for function, *values in self.calls:
            try:
                self.answers.append(session.ask(f"SYSTEM${function}", *values))
            except SqlError as problem:
                self.answers.append(problem.message)


def asking(engine, *calls):
    """The answers a task gives that runs `r -> a -> b`, in b."""
    engine.bodies["a"] = Asked(("SET_RETURN_VALUE", "from a"))
    engine.bodies["b"] = Asked(*calls)
    engine.sql(
        'CREATE TASK r CONFIG = \'{"x": {"y": [1, 2]}, "s": "text"}\' AS SELECT 1',
        "CREATE TASK a AFTER r AS CALL a()",
        "CREATE TASK b AFTER a AS CALL b()",
    )
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "r")
    engine.run()
    return engine.bodies["b"].answers


@pytest.mark.rule("8.5")
def test_the_return_value_of_a_predecessor_and_of_what_is_above_it(engine):
    assert asking(
        engine,
        ("GET_PREDECESSOR_RETURN_VALUE",),
        ("GET_PREDECESSOR_RETURN_VALUE", "A"),
        ("GET_PREDECESSOR_RETURN_VALUE", "R"),
        ("GET_PREDECESSOR_RETURN_VALUE", "a"),
    ) == ["from a", "from a", None, "Task 'a' is not an enabled predecessor of task B."]


@pytest.mark.rule("8.8")
def test_a_return_value_is_in_the_history(engine):
    asking(engine)
    (row,) = engine.history(task_name="a")
    assert row["RETURN_VALUE"] == "from a"


@pytest.mark.rule("8.4")
def test_one_of_several_predecessors_must_be_named(engine):
    body = engine.bodies["c"] = Asked(("GET_PREDECESSOR_RETURN_VALUE",))
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK a AFTER r AS SELECT 1",
        "CREATE TASK c AFTER r, a AS CALL c()",
    )
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "r")
    engine.run()
    assert "2 enabled predecessors" in body.answers[0]


@pytest.mark.rule("5.1.9", "18.10")
def test_a_value_of_an_earlier_attempt_is_read_in_a_retry(engine):
    def b(session):
        if not seen:
            seen.append(None)
            raise SqlError("not yet")
        seen.append(session.ask("SYSTEM$GET_PREDECESSOR_RETURN_VALUE", "A"))

    seen = []
    engine.bodies.update(a=Asked(("SET_RETURN_VALUE", "kept")), b=b)
    engine.sql("CREATE TASK a AS CALL a()", "CREATE TASK b AFTER a AS CALL b()")
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "a")
    engine.run("EXECUTE TASK a")
    engine.run("EXECUTE TASK a RETRY LAST")
    assert seen == [None, "kept"]


@pytest.mark.rule("8.1", "18.2")
def test_the_last_of_several_values_set_counts_and_an_oversized_one_is_refused(engine):
    body = engine.bodies["r"] = Asked(
        ("SET_RETURN_VALUE", "one"), ("SET_RETURN_VALUE", "two"), ("SET_RETURN_VALUE", "é" * 5001)
    )
    engine.sql("CREATE TASK r AS CALL r()")
    engine.run()
    assert engine.history()[0]["RETURN_VALUE"] == "two"
    assert "10,002 bytes" in body.answers[2]


@pytest.mark.rule("6.4", "6.5")
def test_the_config_and_paths_into_it(engine):
    answers = asking(
        engine,
        ("GET_TASK_GRAPH_CONFIG",),
        ("GET_TASK_GRAPH_CONFIG", "x.y[1]"),
        ("GET_TASK_GRAPH_CONFIG", "s"),
        ("GET_TASK_GRAPH_CONFIG", "['x']['y']"),
        ("GET_TASK_GRAPH_CONFIG", '["x"].y[0]'),
        ("GET_TASK_GRAPH_CONFIG", "not.there"),
    )
    assert answers == ['{"x": {"y": [1, 2]}, "s": "text"}', "2", "text", "[1, 2]", "1", None]


@pytest.mark.rule("6.2")
def test_config_of_one_run_is_laid_over_the_graphs(engine):
    body = engine.bodies["r"] = Asked(("GET_TASK_GRAPH_CONFIG",))
    engine.sql('CREATE TASK r CONFIG = \'{"a": {"b": 1, "c": 2}}\' AS CALL r()')
    engine.run('EXECUTE TASK r USING CONFIG = \'{"a": {"c": 3}, "d": 4}\'')
    assert body.answers == ['{"a": {"b": 1, "c": 3}, "d": 4}']
    assert engine.history()[0]["CONFIG"] == body.answers[0]


@pytest.mark.rule("7.1", "7.5", "7.7")
def test_runtime_info_of_a_first_run(engine):
    names = ("CURRENT_TASK_NAME", "current_root_task_name", "CURRENT_ROOT_TASK_UUID",
             "CURRENT_TASK_GRAPH_RUN_GROUP_ID", "CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP",
             "LAST_SUCCESSFUL_TASK_GRAPH_RUN_GROUP_ID")  # fmt: skip
    answers = asking(engine, *[("TASK_RUNTIME_INFO", name) for name in names])
    row = engine.history()[0]
    assert answers == [
        "DB.PUBLIC.B", "DB.PUBLIC.R", row["ROOT_TASK_ID"], row["GRAPH_RUN_GROUP_ID"],
        "2026-05-04 12:00:00.000000 +0000", "NULL result in a non-nullable column",
    ]  # fmt: skip


def test_runtime_info_knows_the_last_success(engine):
    body = engine.bodies["r"] = Asked(
        ("TASK_RUNTIME_INFO", "LAST_SUCCESSFUL_TASK_GRAPH_RUN_GROUP_ID"),
        ("TASK_RUNTIME_INFO", "LAST_SUCCESSFUL_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP"),
    )
    engine.sql("CREATE TASK r AS CALL r()")
    engine.run()
    first = engine.history()[0]["GRAPH_RUN_GROUP_ID"]
    engine.run()
    assert body.answers[2:] == [first, "2026-05-04 12:00:00.000000 +0000"]


@pytest.mark.rule("7.8")
def test_the_current_task_name(engine):
    assert asking(engine, ("CURRENT_USER_TASK_NAME",)) == ["DB.PUBLIC.B"]
    assert engine.ask("SYSTEM$CURRENT_USER_TASK_NAME") == ""


@pytest.mark.rule("7.6", "8.7")
@pytest.mark.parametrize(
    ("function", "values"),
    [("SET_RETURN_VALUE", ("x",)), ("GET_PREDECESSOR_RETURN_VALUE", ()),
     ("GET_TASK_GRAPH_CONFIG", ()), ("TASK_RUNTIME_INFO", ("CURRENT_TASK_NAME",))],
)  # fmt: skip
def test_outside_a_task_these_fail(engine, function, values):
    with pytest.raises(SqlError, match="must be called from within a task"):
        engine.ask(f"SYSTEM${function}", *values)


def branch(engine, answer, when):
    engine.bodies["branch"] = Asked(("SET_RETURN_VALUE", answer))
    engine.sql(
        "CREATE TASK r AS CALL branch()",
        f"CREATE TASK yes AFTER r WHEN {when} AS SELECT 1",
        "CREATE TASK below AFTER yes AS SELECT 2",
    )
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "r")
    return engine.run()


WHEN = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('R') = 'yes'"


def test_a_branch_that_is_chosen_runs(engine):
    assert branch(engine, "yes", WHEN) == dict.fromkeys(["R", "YES", "BELOW"], "SUCCEEDED")


@pytest.mark.rule("3.5.4")
def test_a_branch_that_is_not_chosen_is_skipped_with_all_below_it(engine):
    assert branch(engine, "no", WHEN) == {"R": "SUCCEEDED", "YES": "SKIPPED"}
    (row,) = engine.history(task_name="yes")
    assert (row["ERROR_CODE"], row["QUERY_ID"]) == (40003, None)
    assert row["CONDITION_TEXT"] == WHEN
    assert engine.table("COMPLETE_TASK_GRAPHS")[0]["STATE"] == "SUCCEEDED"


def test_a_condition_that_names_no_predecessor_fails_the_task(engine):
    when = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('r') = 'yes'"
    assert branch(engine, "yes", when) == {"R": "SUCCEEDED", "YES": "FAILED"}


STATES = {
    "ALL_FAILED": "SKIPPED",
    "ALL_DONE": "SUCCEEDED",
    "AT_LEAST_ONE_FAILED": "SUCCEEDED",
    "NONE_FAILED": "SKIPPED",
    "NONE_SKIPPED": "SUCCEEDED",
}


@pytest.mark.rule("3.6.1")
@pytest.mark.parametrize("condition", STATES)
def test_a_join_may_ask_for_the_states_of_its_predecessors(engine, condition):
    def fails(_session):
        raise SqlError("boom")

    engine.bodies["fails"] = fails
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK good AFTER r AS SELECT 1",
        "CREATE TASK bad AFTER r AS CALL fails()",
        f"CREATE TASK join AFTER good, bad WHEN SYSTEM$PREDECESSORS_STATE('{condition}')"
        " AS SELECT 1",
    )
    engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", "r")
    assert engine.run()["JOIN"] == STATES[condition]


@pytest.mark.rule("3.6.2")
def test_the_state_of_another_task(engine):
    answers = asking(
        engine,
        ("TASK_COMPLETION_STATE", "A"),
        ("TASK_COMPLETION_STATE", "B"),
        ("TASK_COMPLETION_STATE", "X"),
    )
    assert answers == ["SUCCEEDED", "NOT_EXECUTED", "Task 'X' is not part of the graph."]
