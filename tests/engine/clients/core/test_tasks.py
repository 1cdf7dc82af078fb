"""Tasks through the unmodified client: its verbs, its errors, and what SQL says of the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from snowflake.core import CreateMode
from snowflake.core.exceptions import APIError, ConflictError, NotFoundError
from snowflake.core.task import Cron, Task

from .conftest import ended

SESSION_PARAMETERS = {
    "STATEMENT_TIMEOUT_IN_SECONDS": 80000,
    "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
}
ON_NON_ROOT = Task("t", definition="select 1", task_auto_retry_attempts=1, predecessors=["r"])
TOO_OFTEN = Task("t", definition="select 1", schedule=timedelta(seconds=3))


def whole_task() -> Task:
    return Task(
        "whole",
        definition="select 1",
        warehouse="wh",
        schedule=timedelta(minutes=2, seconds=15),
        comment="it's a \\ task",
        config={"rows": 7, "name": "a'b", "on": True},
        session_parameters=SESSION_PARAMETERS,
        user_task_timeout_ms=120_000,
        suspend_task_after_num_failures=3,
        task_auto_retry_attempts=2,
        condition="1=1",
        allow_overlapping_execution=True,
    )


@pytest.mark.rule("1.5.2", "13.15")
def test_what_is_created_is_fetched(schema):
    fetched = schema.tasks.create(whole_task()).fetch()
    assert fetched.schedule == timedelta(minutes=2, seconds=15)
    assert (fetched.name, fetched.comment) == ("WHOLE", "it's a \\ task")
    assert (fetched.definition, fetched.condition) == ("select 1", "1=1")
    assert fetched.config == {"rows": 7, "name": "a'b", "on": True}
    assert fetched.session_parameters == SESSION_PARAMETERS
    assert (fetched.user_task_timeout_ms, fetched.suspend_task_after_num_failures) == (120_000, 3)
    assert (fetched.task_auto_retry_attempts, fetched.warehouse) == (2, "WH")
    assert fetched.allow_overlapping_execution is True
    assert (fetched.state, fetched.owner, fetched.owner_role_type) == (
        *("suspended", "ACCOUNTADMIN", "ROLE"),
    )
    assert (fetched.database_name, fetched.schema_name) == ("SFDAG", schema.name)


@pytest.mark.rule("13.3")
def test_defaults_are_those_of_the_service(schema):
    fetched = schema.tasks.create(Task("t", definition="select 1")).fetch()
    assert (fetched.comment, fetched.config, fetched.predecessors) == ("", {}, [])
    assert (fetched.user_task_timeout_ms, fetched.suspend_task_after_num_failures) == (
        3_600_000,
        10,
    )
    assert (fetched.task_auto_retry_attempts, fetched.schedule, fetched.warehouse) == (
        0,
        None,
        None,
    )


@pytest.mark.rule("13.13")
def test_cron_and_completion_intervals_come_back(schema):
    task = Task(
        "t",
        definition="select 1",
        schedule=Cron("0 5 * * MON-FRI", "Europe/Berlin"),
        target_completion_interval=timedelta(minutes=5),
    )
    fetched = schema.tasks.create(task).fetch()
    assert fetched.schedule == Cron("0 5 * * MON-FRI", "Europe/Berlin")
    assert fetched.target_completion_interval == timedelta(minutes=5)


@pytest.mark.rule("13.2")
def test_modes_of_creation(schema):
    tasks = schema.tasks
    first = tasks.create(Task("t", definition="select 1")).fetch()
    with pytest.raises(ConflictError, match=r"already exists[\s\S]*002002"):
        tasks.create(Task("t", definition="select 2"))
    tasks.create(Task("t", definition="select 2"), mode=CreateMode.if_not_exists)
    assert tasks["t"].fetch().definition == "select 1"
    tasks.create(Task("t", definition="select 2"), mode=CreateMode.or_replace)
    replaced = tasks["t"].fetch()
    assert replaced.definition == "select 2"
    assert replaced.created_on > first.created_on
    assert replaced.id != first.id


@pytest.mark.rule("13.4")
def test_create_or_alter_says_all_of_a_task(schema):
    task = schema.tasks.create(whole_task())
    before = task.fetch()
    before.comment, before.config = "another", None
    task.create_or_alter(before)
    after = task.fetch()
    assert (after.id, after.comment, after.config) == (before.id, "another", {})
    assert after.schedule == before.schedule
    schema.tasks["new"].create_or_alter(Task("new", definition="select 3"))
    assert schema.tasks["new"].fetch().definition == "select 3"


@pytest.mark.rule("13.1")
def test_lists_are_filtered_as_show_does(schema):
    for name in ("alpha", "beta", '"beta low"', "gamma"):
        schema.tasks.create(Task(name, definition="select 1"))
    schema.tasks.create(Task("child", definition="select 1", predecessors=["alpha"]))

    def names(**filters):
        return [task.name for task in schema.tasks.iter(**filters)]

    assert names() == ["ALPHA", "BETA", "CHILD", "GAMMA", '"beta low"']
    assert names(like="bet%") == ["BETA", '"beta low"']
    assert names(like="") == []
    assert names(starts_with="bet") == ['"beta low"']
    assert names(limit=2) == ["ALPHA", "BETA"]
    assert names(from_name="CHILD", limit=1) == ["GAMMA"]
    assert names(root_only=True) == ["ALPHA", "BETA", "GAMMA", '"beta low"']


@pytest.mark.parametrize(
    "name", ['"a b"', '"a.b"', '"a/b"', '"a:b"', '"a""b"', '"ä%2F?&#"', '"a\\\'"']
)
def test_names_that_urls_quote(schema, name):
    task = schema.tasks.create(Task(name, definition="select 1"))
    assert task.fetch().name == name
    task.resume()
    assert [each.state for each in schema.tasks.iter()] == ["started"]
    task.suspend()
    schema.tasks.create(Task("child", definition="select 1", predecessors=[name]))
    assert [each.name for each in task.fetch_task_dependents()] == [name, "CHILD"]
    schema.tasks["child"].drop()
    task.drop()
    with pytest.raises(NotFoundError):
        task.fetch()


@pytest.mark.rule("13.7", "13.14", "10.3.2")
def test_a_graph_is_resumed_run_and_told(schema, rows):
    tasks = schema.tasks
    tasks.create(Task("load", definition="select 1", schedule=timedelta(minutes=10)))
    tasks.create(Task("check", definition="select 1/0", predecessors=["load"]))
    tasks.create(Task("end", definition="select 2", finalize="load"))
    assert tasks["end"].fetch().finalize == "LOAD"
    assert tasks["check"].fetch().predecessors == [f"SFDAG.{schema.name}.LOAD"]
    for name in ("check", "end", "load"):
        tasks[name].resume()
    (scheduled,) = tasks["load"].get_current_graphs()
    assert scheduled.state == "SCHEDULED"
    tasks["load"].execute()
    (again,) = ended(lambda: list(tasks["load"].get_complete_graphs()))
    assert (again.state, again.first_error_task_name) == ("FAILED", "CHECK")
    assert "Division by zero" in again.first_error_message
    assert again.first_error_code == 100051
    assert again.run_id != scheduled.run_id
    (told,) = rows(
        "select * from table(information_schema.complete_task_graphs())"
        f" where schema_name = '{schema.name}'"
    )
    assert (told["RUN_ID"], told["GRAPH_VERSION"]) == (again.run_id, again.graph_version)
    tasks["load"].suspend()


@pytest.mark.rule("13.6")
def test_a_retry_goes_on_where_the_run_failed(schema, rows):
    tasks = schema.tasks
    tasks.create(Task("load", definition="select 1"))
    with pytest.raises(APIError, match="Cannot perform retry") as caught:
        tasks["load"].execute(retry_last=True)
    assert caught.value.status == 400
    rows("create table wanted_later(n int)")
    rows("drop table wanted_later")
    tasks.create(Task("check", definition="select * from wanted_later", predecessors=["load"]))
    tasks["check"].resume()
    tasks["load"].execute()
    ended(lambda: list(tasks["load"].get_complete_graphs()))
    rows("create table wanted_later(n int)")
    tasks["load"].execute(retry_last=True)
    states = ended(
        lambda: [
            run.state
            for run in tasks["load"].get_complete_graphs(error_only=False)
            if run.state == "SUCCEEDED"
        ]
    )
    assert states == ["SUCCEEDED"]


@pytest.mark.rule("13.11")
@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda tasks: tasks["none"].fetch(), NotFoundError, "NONE' does not exist"),
        (lambda tasks: tasks["none"].execute(), NotFoundError, "NONE' does not exist"),
        (lambda tasks: tasks["none"].drop(), NotFoundError, "NONE' does not exist"),
        (lambda tasks: list(tasks["none"].get_current_graphs()), NotFoundError, "does not exist"),
        (lambda tasks: tasks["none"].fetch_task_dependents(), NotFoundError, "does not exist"),
        (
            lambda tasks: tasks.create(ON_NON_ROOT),
            APIError,
            "cannot set parameter task_auto_retry_attempts on non-root task",
        ),
        (lambda tasks: tasks.create(TOO_OFTEN), APIError, "schedule"),
    ],
)
def test_errors_are_those_of_sql(schema, call, error, said):
    schema.tasks.create(Task("r", definition="select 1"))
    with pytest.raises(error, match=said):
        call(schema.tasks)


@pytest.mark.rule("13.5")
def test_a_missing_task_may_be_dropped(schema):
    schema.tasks["none"].drop(if_exists=True)


def test_a_call_that_need_not_be_waited_for_says_where_its_answer_is(root, schema):
    from snowflake.core._generated.api_client import ApiClient

    schema.tasks.create(Task("t", definition="select 1"))
    accepted = schema.tasks._api.execute_task("sfdag", schema.name, "t", async_exec=True)
    assert accepted.code == "392604"
    url = f"{ApiClient.get_host(root)}/api/v2/results/{accepted.result_handler}"
    answer = schema.tasks._api.api_client.request(root, "GET", url, headers={})
    assert b"is scheduled to run immediately" in answer.data


def test_operations_run_beside_each_other(schema):
    made = [schema.tasks.create_async(Task(f"t{n}", definition="select 1")) for n in range(8)]
    for each in made:
        each.result()
    assert len(list(schema.tasks.iter())) == 8


@pytest.mark.rule("13.8")
def test_dependents_are_all_below_or_the_direct_ones(schema):
    for name, above in (("r", []), ("a", ["r"]), ("b", ["a"])):
        schema.tasks.create(Task(name, definition="select 1", predecessors=above))

    def names(**said):
        api, database = schema.tasks._api, schema.database.name
        return [t.name for t in api.fetch_task_dependents(database, schema.name, "r", **said)]

    assert names() == ["R", "A", "B"]
    assert names(recursive=False) == ["R", "A"]


@pytest.mark.rule("13.9", "18.26")
def test_runs_of_graphs_are_told_by_their_older_paths_too(schema, root):
    schema.tasks.create(Task("r", definition="select 1"))
    schema.tasks["r"].execute()
    (run,) = ended(lambda: list(schema.tasks["r"].get_complete_graphs(error_only=False)))
    assert run.next_scheduled_time == run.scheduled_time
    api, place = schema.tasks._api, (schema.database.name, schema.name, "r")
    (deprecated,) = api.get_complete_graphs_deprecated(*place)
    assert deprecated.run_id == run.run_id
    assert list(api.get_current_graphs_deprecated(*place)) == []


def test_the_parameters_of_a_tasks_session_are_told(rows):
    rows("create task t timezone = 'Europe/Berlin' autocommit = true as select 1")
    told = {row["key"]: row for row in rows("show parameters in task t")}
    assert {"key", "value", "default", "level", "description", "type"} == set(told["AUTOCOMMIT"])
    names = ("value", "default", "level", "type")
    of = {key: tuple(row[name] for name in names) for key, row in told.items()}
    assert of["TIMEZONE"] == ("Europe/Berlin", "Etc/UTC", "TASK", "STRING")
    assert of["STATEMENT_TIMEOUT_IN_SECONDS"] == ("172800", "172800", "", "NUMBER")
    assert told["LOCK_TIMEOUT"]["description"] == "Longest a statement waits for another"
    assert list(told) == sorted(told)
    assert [row["key"] for row in rows("show parameters like 'lock%' in task t")] == [
        "LOCK_TIMEOUT"
    ]
