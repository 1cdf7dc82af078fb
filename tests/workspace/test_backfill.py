"""A backfill by a call: what it gives, what it refuses, and that nothing is asked twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sfdag_magics import (
    DisplayState,
    GraphRunState,
    InputError,
    RunSnapshot,
    Target,
    TaskGraph,
    TaskRun,
    sql_task,
)
from sfdag_magics.client.connecting.targets import Targets
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.run_slots import Slot, noted_slot
from sfdag_magics.workspace.answers.debugging import _recorded
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.client.told import GRAPH

PROD = Target(name="prod", connection="company", production=True)


@pytest.fixture
def opened(fake):
    def open_one(targets=Targets(), **options):  # noqa: B008 - a frozen value
        openers = Openers(
            target=lambda _: fake.opened(), targets=lambda _: targets, is_running=lambda _: True
        )
        return OpenTarget(Workspace(Registry(), openers), **options)

    return open_one


@pytest.fixture
def graph():
    made = TaskGraph("g", tasks=[sql_task("a", "select 1")])
    made.configure(schedule="0 5 * * * Europe/Berlin")
    return made


def test_a_call_runs_what_is_missing_and_gives_what_became_of_it(opened, graph, fake):
    with opened() as target:
        plan = target.backfill(graph, date(2025, 3, 29), "2025-03-31", dry_run=True)
        assert (len(plan.chosen), plan.ended, fake.history) == (3, (), [])
        assert repr(plan) == "<backfill of g: 0 of 3 slots run>"
        done = target.backfill(graph, date(2025, 3, 29), "2025-03-31", newest_first=True)
        assert [each.slot.end.day for each in done.ended] == [31, 30, 29]
        assert (done.left, str(done).splitlines()[-1]) == (
            (),
            "3 of 3 slots run: 3 succeeded",
        )
        again = target.backfill("g", datetime(2025, 3, 29, tzinfo=UTC), date(2025, 3, 31))
        assert (again.chosen, again.told[-1]) == ((), "nothing to run")


def test_a_run_takes_as_long_as_those_that_needed_no_retry(opened, graph, fake):
    def took(hours, attempt, started):
        completed = started + timedelta(hours=hours)
        return {"QUERY_START_TIME": started, "COMPLETED_TIME": completed, "ATTEMPT_NUMBER": attempt}

    with opened() as target:
        target.backfill(graph, "2025-03-29", "2025-03-30")
        at_once, retried = fake.graphs
        began = datetime(2026, 1, 1, tzinfo=UTC)
        again = {**retried, **took(1, 2, began + timedelta(hours=6))}
        retried |= took(2, 1, began) | {"STATE": "FAILED"}
        at_once |= took(3, 1, began)
        fake.graphs.append(again)
        assert usual(target, graph) == timedelta(hours=3)
        at_once["STATE"] = "FAILED"
        assert usual(target, graph) == timedelta(hours=7)


def usual(target, graph):
    return target.backfill(graph, "2025-03-29", "2025-03-31", dry_run=True).usual


def test_it_is_drawn_as_a_calendar_where_a_notebook_displays_it(opened, graph):
    with opened() as target:
        plan = target.backfill(graph, "2025-03-29", "2025-03-31", dry_run=True)
    assert isinstance(plan, Displayed)
    html = plan._repr_mimebundle_()["text/html"]
    assert html.count('title="2025-03-') == 3
    assert "3 slots to run, oldest first, one at a time" in html


def test_production_is_meant_by_its_name(opened, graph, fake):
    targets = Targets(default="prod", known={"prod": PROD})
    with opened(targets) as target, pytest.raises(InputError, match="nobody agreed to run 3 slots"):
        target.backfill(graph, "2025-03-29", "2025-03-31")
    assert fake.history == []
    with opened(targets, production="prod") as target:
        assert target.backfill(graph, "2025-03-29", "2025-03-31").left == ()


@pytest.mark.parametrize(
    ("start", "options", "said"),
    [
        (20250329, {}, "start is no date and no text: 20250329"),
        ("2025-03-29", {"reprocess": "some"}, "reprocess is 'some'"),
        ("2025-03-29", {"max_active": 0}, "max_active"),
        ("2025-03-29", {"nwest_first": True}, "nwest_first"),
        (None, {"reprocess": "all"}, 'reprocess="all" needs a START'),
    ],
)
def test_what_it_cannot_be_asked_for_is_named(opened, graph, start, options, said):
    with opened() as target, pytest.raises(InputError) as raised:
        target.backfill(graph, start, **options)
    assert said in raised.value.message
    assert raised.value.hint


def test_a_debugged_task_is_told_the_slot_of_its_run():
    slot = Slot(*(datetime(2025, 3, day, 5, tzinfo=UTC) for day in (24, 25)))
    task = TaskRun(name="a", state=DisplayState.SUCCEEDED)
    seen = RunSnapshot(
        graph="g",
        root="G",
        group_id="ab12",
        attempt=1,
        state=GraphRunState.SUCCEEDED,
        tasks={"a": task},
        slot=slot,
    )
    assert noted_slot(_recorded(GRAPH, seen, "a").config) == slot
