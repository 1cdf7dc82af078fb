"""Suspending, resuming and dropping what is deployed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.client.deploying.lifecycle import check_droppable, drop, resume, suspend
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import ConnectError, InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.sqltext import QualifiedName
from tests.client.deploying.test_deploy import code
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan
from tests.client.told import graph_row, history_row

ROOT = QualifiedName("G", "S", "DB")
TARGET = Target(name="embedded")
#: What stays of a graph: which tasks it had, for whoever makes one of them again.
NOTE = "@DB.S.SFDAG_CODE/g/dropped.json"


def deployed(**options):
    fake = FakeSnowflake()
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1"), sql_task("b", "SELECT 2", after="a")])
    made.configure(**options)
    apply(fake, make_plan(fake, made, code(), TARGET))
    return fake


def there(fake):
    return read_graph(fake, ROOT)


def test_a_schedule_is_suspended_and_resumed_and_twice_does_no_harm():
    fake = deployed(schedule="1 day")
    for _ in range(2):
        said = suspend(fake, there(fake))
        assert not fake.tasks["G"]["started"]
    assert said == "graph g is suspended already · fake · DB.S"
    for _ in range(2):
        said = resume(fake, there(fake))
        assert fake.tasks["G"]["started"]
    assert said == "graph g runs by its schedule already: every 24 hours"


@pytest.mark.parametrize(
    ("decide", "said", "started"),
    [
        (resume, "resumed: graph g runs by its schedule, every 24 hours", True),
        (suspend, "graph g is suspended already, and no deploy starts its schedule now", False),
    ],
)
def test_who_says_what_a_schedule_does_leaves_nothing_to_a_deploy(decide, said, started):
    fake, made = FakeSnowflake(), TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(schedule="1 day", comment="of mine")
    apply(fake, make_plan(fake, made, code(), TARGET, schedule_waits=True))
    assert there(fake).schedule_waits
    assert decide(fake, there(fake)) == f"{said} · fake · DB.S"
    after = there(fake)
    assert (after.schedule_waits, after.is_started, after.comment) == (False, started, "of mine")
    again = make_plan(fake, made, code(), TARGET)
    assert again.root_changes == ()
    assert ("G" in again.started) is started  # it goes on as it was said


def test_a_resume_alters_nothing_for_else_a_failed_run_could_not_be_retried():
    fake, made = FakeSnowflake(), TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(schedule="1 day")
    apply(fake, make_plan(fake, made, code(), TARGET, schedule_waits=True))
    graph, asked = there(fake), len(fake.statements)
    resume(fake, graph)
    assert fake.statements[asked:] == ["ALTER TASK DB.S.G RESUME"]


@pytest.mark.parametrize("state", ["FAILED", "SUCCEEDED"])
def test_a_schedule_that_waits_is_not_altered_where_a_failed_run_can_be_retried(state):
    fake, made = FakeSnowflake(), TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(schedule="1 day")
    apply(fake, make_plan(fake, made, code(), TARGET, schedule_waits=True))
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", state, seconds=1)
    graph_row(fake, state)
    said = suspend(fake, there(fake))
    is_kept = state == "FAILED"
    assert there(fake).schedule_waits is is_kept
    assert ("the next deploy starts its schedule: %sfdag deploy --suspended does not" in said) is (
        is_kept
    )
    resume(fake, there(fake))
    assert ("run group-1 of g can no longer be retried" in suspend(fake, there(fake))) is is_kept


@pytest.mark.parametrize("by", ["resume", "SQL"])
def test_a_schedule_that_was_started_and_is_suspended_stays_so(by):
    fake, made = FakeSnowflake(), TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(schedule="1 day")
    apply(fake, make_plan(fake, made, code(), TARGET, schedule_waits=True))
    if by == "resume":
        resume(fake, there(fake))
    fake.tasks["G"]["started"] = True
    suspend(fake, there(fake))
    assert not there(fake).schedule_waits
    assert "G" not in make_plan(fake, made, code(), TARGET).started


def test_what_has_no_schedule_cannot_be_resumed_and_says_how_to_give_it_one():
    fake = deployed()
    with pytest.raises(InputError, match="has no schedule that could be resumed") as raised:
        resume(fake, there(fake))
    assert "--schedule '1 day'" in raised.value.hint


def test_what_has_no_schedule_says_so_when_it_is_suspended():
    fake = deployed()
    said = suspend(fake, there(fake))
    assert said == "graph g has no schedule: it runs when it is told to · fake · DB.S"


def test_a_suspended_graph_stays_so_when_it_is_deployed_again():
    fake = deployed(schedule="1 day")
    suspend(fake, there(fake))
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 3")])
    apply(fake, make_plan(fake, made, code(), TARGET))
    assert not fake.tasks["G"]["started"]


def test_a_run_in_flight_is_named_and_goes_on():
    fake = deployed(schedule="1 day")
    fake.graphs = [executing("group-12345")]
    assert "; run group-12 goes on (%sfdag stop ends it)" in suspend(fake, there(fake))


def test_a_graph_goes_with_its_code_and_leaves_others():
    fake = deployed(schedule="1 day")
    fake.files["@DB.S.SFDAG_CODE/other/c9.zip"] = b"other"
    assert drop(fake, there(fake)) == "dropped: graph g, 2 tasks, 1 file of code · fake · DB.S"
    assert fake.tasks == fake.procedures == {}
    assert list(fake.files) == ["@DB.S.SFDAG_CODE/other/c9.zip", NOTE]


@pytest.mark.parametrize(
    ("is_embedded", "stage", "stays"),
    [(True, None, True), (True, "OWN", False), (False, None, False)],
    ids=["embedded", "on a stage that only the graph names", "service"],
)
def test_what_its_tasks_showed_stays_where_it_goes_with_its_run(is_embedded, stage, stays):
    fake = FakeSnowflake()
    fake.is_embedded, fake.warehouse = is_embedded, "W"
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(stage=stage)
    apply(fake, make_plan(fake, made, replace(code(), tells=True), TARGET))
    place = f"@DB.S.{stage or 'SFDAG_CODE'}/g"
    shown, others = f"{place}$runs/r1/A.1.shown-x.json", f"{place}_2$runs/r1/A.1.shown-x.json"
    fake.files |= {shown: b"{}", others: b"{}"}
    drop(fake, there(fake))
    assert (shown in fake.files, others in fake.files) == (stays, True)


@pytest.mark.parametrize("call", range(1, 9))
def test_a_drop_that_breaks_off_anywhere_can_be_done_again(call):
    fake = deployed(schedule="1 day")
    graph = there(fake)
    fake.break_before = fake.calls + call
    with pytest.raises(ConnectError):
        drop(fake, graph)
    fake.break_before = None
    drop(fake, there(fake))
    assert fake.tasks == fake.procedures == {}
    assert list(fake.files) == [NOTE]
    noted = json.loads(fake.files[NOTE])
    assert {stored: len(versions) for stored, (_, versions) in noted.items()} == {
        "G$A": 1,
        "G$B": 1,
    }


def test_a_run_that_is_executing_keeps_its_graph():
    fake = deployed()
    fake.graphs = [executing("group-12345")]
    with pytest.raises(InputError, match="run group-12 of g is executing") as raised:
        check_droppable(fake, there(fake))
    assert raised.value.hint.startswith("%sfdag stop")


def executing(group):
    return {
        "STATE": "EXECUTING",
        "ATTEMPT_NUMBER": 1,
        "GRAPH_RUN_GROUP_ID": group,
        "QUERY_START_TIME": None,
        "SCHEDULED_TIME": None,
    }
