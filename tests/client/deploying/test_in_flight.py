"""A run that is executing while its graph is deployed: waited for, or told which code it gets."""

from datetime import UTC, datetime

import pytest

from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.client.deploying.in_flight import RunsInFlight, mixed_code
from sfdag_magics.errors import BackendError
from tests.client.deploying.test_deploy import code, deploy, graph, no_journal, plan
from tests.client.fake_snowflake import FakeSnowflake

TIME = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def fake():
    """Graph `a -> b -> c` with a run of which a has ended and b is running."""
    made = FakeSnowflake()
    deploy(made, graph("a", "b < a", "c < b"), code("c1", a="1", b="1", c="1"))
    made.graphs.append(
        {
            "STATE": "EXECUTING",
            "ATTEMPT_NUMBER": 1,
            "GRAPH_RUN_GROUP_ID": "0123456789",
            "ROOT_TASK_ID": "id-G",
        }
    )
    for name, state, started in (
        ("G", "SUCCEEDED", TIME),
        ("G$A", "SUCCEEDED", TIME),
        ("G$B", "EXECUTING", TIME),
        ("G$C", "SCHEDULED", None),
    ):
        made.history.append(
            dict.fromkeys(
                ("QUERY_ID", "ERROR_CODE", "ERROR_MESSAGE", "COMPLETED_TIME", "RETURN_VALUE")
            )
            | {
                "NAME": name,
                "STATE": state,
                "SCHEDULED_TIME": TIME,
                "QUERY_START_TIME": started,
                "SCHEDULED_FROM": "SCHEDULE",
                "ATTEMPT_NUMBER": 1,
                "CONFIG": None,
                "GRAPH_RUN_GROUP_ID": "0123456789",
            }
        )
    return made


def edited(fake, **tasks):
    made = graph("a", "b < a", "c < b")
    return plan(fake, made, code("c2", **{"a": "1", "b": "1", "c": "1", **tasks}))


@pytest.mark.parametrize(
    ("tasks", "told"),
    [
        ({"c": "2"}, "c will run the new code"),
        ({"a": "2", "b": "2"}, "a, b ran what was deployed"),
        ({"a": "2", "c": "2"}, "c will run the new code; a ran what was deployed"),
    ],
)
def test_without_waiting_it_is_told_which_task_runs_which_code(fake, tasks, told):
    assert mixed_code(fake, edited(fake, **tasks)) == (f"run 01234567 goes on: {told}",)


def test_nothing_is_told_where_no_code_changes_or_nothing_runs(fake):
    same = plan(fake, graph("a", "b < a", "c < b"), code("c1", a="1", b="1", c="1"))
    assert mixed_code(fake, same) == ()
    fake.graphs.clear()
    assert mixed_code(fake, edited(fake, c="2")) == ()


@pytest.mark.parametrize("instead", [None, "%sfdag deploy --now"])
def test_a_run_in_flight_is_waited_for_and_said_once(fake, instead):
    said, answer = [], fake._task_graphs

    def ends_at_the_third_look(sql):
        rows = answer(sql)
        looks.append(sql)
        return rows if len(looks) < 3 else []

    looks = []
    fake._task_graphs = ends_at_the_third_look
    RunsInFlight(fake, edited(fake, c="2"), said.append, instead=instead).wait()
    assert len(looks) == 3
    (line,) = said
    assert line.startswith("waiting for run 01234567 to end: its later tasks would run the new")
    assert ("--now" in line) == (instead is not None)


def test_nobody_has_the_turn_while_a_run_is_waited_for(fake):
    answer, made = fake._task_graphs, edited(fake, c="2")

    def ends_at_the_fourth_look(sql):
        held.append(made.journal.location in fake.files)
        return answer(sql) if len(held) < 4 else []

    held = []
    fake._task_graphs = ends_at_the_fourth_look
    done = apply(fake, made, awaited=RunsInFlight(fake, made, lambda _: None))
    assert held == [True, False, False, False, True]
    assert done.plan.edited == ("c",)
    assert no_journal(fake)


def test_who_cannot_see_whether_a_run_goes_on_leaves_nothing_behind(fake):
    made = edited(fake, c="2")
    fake.refuse = {"CURRENT_TASK_GRAPHS": BackendError("no")}
    with pytest.raises(BackendError, match="no"):
        apply(fake, made, awaited=RunsInFlight(fake, made, lambda _: None))
    assert no_journal(fake)
