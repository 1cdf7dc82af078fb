"""What a run tells of its tasks: logs, and why it failed."""

from dataclasses import replace

import pytest

from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import (
    BackendError,
    InputError,
)
from tests.client.rows import START
from tests.client.told import GRAPH, going, graph_row, history_row, run_that_failed


def test_lines_are_followed_until_their_task_has_ended(fake):
    run = Run(fake, GRAPH, group_id="group-1")
    going(fake)
    line = {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": "first"}
    fake.events["q-a-group-1"] = [line]
    lines = run.follow_logs("a")
    assert next(lines).message == "first"
    fake.events["q-a-group-1"].append(line | {"MESSAGE": "last"})
    fake.history[-1].update(STATE="SUCCEEDED", COMPLETED_TIME=START)
    assert [line.message for line in lines] == ["last"]


def test_lines_of_all_tasks_are_followed_until_the_run_has_ended(fake):
    """A line that comes late is given although one of another task stands behind it."""
    run = Run(fake, GRAPH, group_id="group-1")
    going(fake)
    line = {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": "a1"}
    history_row(fake, "b", "EXECUTING")
    fake.events |= {"q-a-group-1": [line], "q-b-1": [line | {"MESSAGE": "b1"}]}
    lines = run.follow_logs()
    assert [(each.task, each.message) for each in (next(lines), next(lines))] == [
        ("a", "a1"),
        ("b", "b1"),
    ]
    fake.events["q-a-group-1"].append(line | {"MESSAGE": "a2"})
    fake.graphs[-1]["STATE"] = "SUCCEEDED"
    for row in fake.history:
        row.update(STATE="SUCCEEDED", COMPLETED_TIME=START)
    assert [(each.task, each.message) for each in lines] == [("a", "a2")]


def test_logs_of_a_task_are_those_of_its_query(fake):
    run = run_that_failed(fake)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": START, "SEVERITY": None, "LOGGER": None, "MESSAGE": "hello"}
    ]
    (line,) = run.logs("b")
    assert str(line) == "2026-11-23 05:00:00 UTC INFO  hello"
    assert run.logs("c") == ()
    with pytest.raises(InputError, match="'x' is not a task"):
        run.logs("x")


def test_logs_of_an_earlier_attempt_can_be_read(fake):
    run = run_that_failed(fake)
    history_row(fake, "b", "SUCCEEDED", attempt=2, seconds=60)
    graph_row(fake, "SUCCEEDED", attempt=2)
    fake.events["q-b-1"] = [
        {"TIMESTAMP": None, "SEVERITY": "WARN", "LOGGER": "l", "MESSAGE": "first"}
    ]
    assert run.logs("b") == ()
    assert [line.message for line in run.logs("b", attempt=1)] == ["first"]


def test_why_names_the_first_failure_its_place_and_what_did_not_run(fake):
    run = run_that_failed(fake)
    fake.history[-1]["ERROR_MESSAGE"] = (
        'Traceback:\n  File "Cell [3] b", line 7, in b\n  File "lib.py", line 1\nValueError: boom'
    )
    fake.events["q-b-1"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "l", "MESSAGE": "reading"}
    ]
    cause = run.why()
    assert (cause.task.name, cause.place, cause.not_run) == ("b", "Cell [3] b, line 7", ("c",))
    assert cause.reason == "ValueError: boom"
    assert "1 other was not run because of it (c)" in str(cause)
    assert "reading" in str(cause)


def test_why_says_what_changed_since_the_last_success(fake):
    config = '{"rows": 10, "sfdag": {"run": "x", "code": {"a": "h1", "b": "h1"}}}'
    history_row(fake, "g", "SUCCEEDED", group="earlier", seconds=-3600, CONFIG=config)
    graph_row(fake, "SUCCEEDED", group="earlier")
    run = run_that_failed(fake)
    fake.history[1]["CONFIG"] = '{"rows": 20, "sfdag": {"code": {"a": "h1", "b": "h2"}}}'
    assert run.why().changes == ("config rows: 10 → 20", "code of b")
    assert "changed since the last success: code of b" in str(run.why())


READ = "Insufficient privileges to operate on table 'DB.S.RAW'"
MADE = "Insufficient privileges to operate on schema 'S'"


@pytest.mark.parametrize(
    ("body", "error", "grant"),
    [
        ("SELECT * FROM raw", READ, "GRANT SELECT ON TABLE DB.S.RAW TO ROLE ML"),
        ("CREATE TABLE t (a INT)", MADE, "GRANT CREATE TABLE ON SCHEMA DB.S TO ROLE ML"),
        ("CALL G$RUN('b')", MADE, "GRANT CREATE <what it creates> ON SCHEMA DB.S TO ROLE ML"),
        ("SELECT 1 / 0", "Division by zero", ""),
    ],
)
@pytest.mark.parametrize("is_embedded", [True, False])
def test_why_names_the_privilege_that_a_task_lacked(fake, body, error, grant, is_embedded):
    run_that_failed(fake)
    fake.is_embedded = is_embedded
    fake.history[-1]["ERROR_MESSAGE"] = f"Traceback …\nSnowparkSQLException: {error}"
    tasks = {**GRAPH.tasks, "b": replace(GRAPH.tasks["b"], definition=body)}
    graph = replace(GRAPH, owner="ML", tasks=tasks)
    cause = Run(fake, graph, group_id="group-1").why()
    assert cause.grant.endswith(grant) if grant and not is_embedded else cause.grant == ""
    assert (cause.grant in str(cause)) or not cause.grant


def test_why_says_who_cancelled_a_task_where_a_statement_did(fake):
    run = run_that_failed(fake)
    fake.history[-1].update(STATE="CANCELLED", ERROR_MESSAGE="SQL execution canceled")
    fake.cancels = [{"USER_NAME": "ANA", "START_TIME": START}]
    assert "  cancelled by ANA at 2026-11-23 05:00:00 UTC" in str(run.why()).splitlines()
    assert str(run.cancelled("b")) == "cancelled by ANA at 2026-11-23 05:00:00 UTC"
    asked, _same = (text for text in fake.statements if "SYSTEM$CANCEL_QUERY" in text)
    assert "'q-b-1'" in asked
    assert "'group-1'" in asked
    fake.cancels = []
    assert "cancelled by" not in str(run.why())


def test_why_of_a_sql_task_shows_what_it_ran(fake):
    run = run_that_failed(fake)
    assert "  its SQL: SELECT 1" in str(run.why()).splitlines()
    tasks = {**GRAPH.tasks, "b": replace(GRAPH.tasks["b"], definition="CALL G$RUN('b')")}
    assert "SQL" not in str(Run(fake, replace(GRAPH, tasks=tasks), group_id="group-1").why())


def test_why_does_not_say_of_more_runs_than_it_looked_through_that_none_succeeded(fake):
    for number in range(20):
        history_row(fake, "g", "SUCCEEDED", group=f"earlier-{number}", seconds=-100 + number)
        history_row(fake, "a", "FAILED", group=f"earlier-{number}", seconds=-100 + number)
        graph_row(fake, "FAILED", group=f"earlier-{number}")
    (told,) = run_that_failed(fake).why().changes
    assert told.startswith("not known, for none of the ")


def test_why_explains_without_an_event_table(fake):
    run = run_that_failed(fake)

    def no_table(sql):
        raise BackendError("Object 'EVENTS' does not exist", code=2003)

    fake._events = no_table
    assert run.why().logs == ()


def test_why_of_a_run_in_which_nothing_failed_says_so(fake):
    history_row(fake, "g", "SUCCEEDED")
    for name in "abc":
        history_row(fake, name, "SUCCEEDED")
    graph_row(fake, "SUCCEEDED")
    assert str(Run(fake, GRAPH, group_id="group-1").why()) == "run group-1 of g: nothing failed"
