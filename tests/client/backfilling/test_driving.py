"""How slots are run: in turn or several at once, behind others' runs, and what ends it early."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.backfilling.driving import Drive, SlotEnd
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.graph.times.slots import Slot
from tests.client.told import GRAPH

BEGAN = datetime(2025, 3, 25, 5, tzinfo=UTC)
SLOTS = [Slot(BEGAN + timedelta(n), BEGAN + timedelta(n + 1)) for n in range(6)]
FOR_A_SECOND = {"begun": BEGAN, "completed": BEGAN + timedelta(seconds=1)}


class Run:
    """A run that goes on for so many looks."""

    def __init__(self, name, end, looks):
        self.name, self.end, self.looks = name, end, looks

    def refresh(self):
        self.looks -= 1
        seen = RunSnapshot(
            graph="g", root="G", group_id=self.name, attempt=1, state=GraphRunState.EXECUTING
        )
        if self.looks > 0:
            return seen
        if self.end is SlotEnd.REPLACED:
            return replace(seen, state=GraphRunState.CANCELLED, note="replaced by run ab12")
        failed = TaskRun(name="a", state=DisplayState.FAILED, error_message="boom")
        tasks = {"a": failed} if self.end in (SlotEnd.FAILED, SlotEnd.CANCELLED) else {}
        state = GraphRunState(self.end.value.upper())
        return replace(seen, state=state, tasks=tasks, **FOR_A_SECOND)


class World:
    """A target on which others' runs go on for some looks."""

    is_embedded = True

    def __init__(self, *ends, looks=1, others=0):
        self.ends, self.looks, self.others = ends, looks, others
        self.begun, self.most_at_once, self.runs = [], 0, []

    def last_end(self):
        return b""

    def rows(self, sql):
        self.others -= 1
        told = {"STATE": "EXECUTING", "ATTEMPT_NUMBER": 1, "GRAPH_RUN_GROUP_ID": "other"}
        return [told] if self.others >= 0 else []

    def begin(self, slot):
        assert self.others <= 0
        end = self.ends[len(self.begun)] if len(self.begun) < len(self.ends) else SlotEnd.SUCCEEDED
        self.begun.append(slot)
        self.runs.append(Run(f"run-{len(self.begun)}", end, self.looks + len(self.begun) % 2))
        self.most_at_once = max(self.most_at_once, sum(run.looks > 0 for run in self.runs))
        return self.runs[-1]

    def drive(self, *, most=1, overlaps=False):
        graph = replace(GRAPH, overlaps=overlaps)
        return Drive(self, graph, SLOTS, begin=self.begin, most=most)


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    monkeypatch.setattr("sfdag_magics.client.backfilling.driving.rest", lambda *_, **__: True)


def test_slots_are_run_in_turn_each_told_when_it_is_over():
    world = World(looks=3)
    drive = world.drive()
    over = drive.until_over()
    first = next(over)
    assert (first.slot, first.run, first.took) == (SLOTS[0], "run-1", timedelta(seconds=1))
    assert [*drive.left] == SLOTS[1:]
    assert [each.slot for each in over] == SLOTS[1:]
    assert (world.begun, world.most_at_once) == (SLOTS, 1)
    assert (drive.going, [*drive.left], drive.stopped) == ({}, [], "")


def test_as_many_run_at_once_as_was_asked_and_no_more():
    world = World(looks=4)
    ended = [*world.drive(most=3, overlaps=True).until_over()]
    assert sorted(each.slot for each in ended) == SLOTS
    assert world.most_at_once == 3


def test_a_run_of_somebody_else_is_waited_for():
    world = World(others=5)
    assert len([*world.drive().until_over()]) == len(SLOTS)


def test_a_slot_that_another_run_replaced_is_told_and_the_others_go_on():
    world = World(SlotEnd.REPLACED)
    ended = [*world.drive().until_over()]
    assert [each.end for each in ended] == [SlotEnd.REPLACED, *[SlotEnd.SUCCEEDED] * 5]
    assert ended[0].note == "replaced by run ab12"


@pytest.mark.parametrize(
    ("ends", "begun", "why"),
    [
        ([SlotEnd.SUCCEEDED, SlotEnd.CANCELLED], 2, "run run-2 was cancelled"),
        ([SlotEnd.FAILED] * 3, 3, "3 slots in a row failed"),
        ([SlotEnd.FAILED, SlotEnd.SUCCEEDED, SlotEnd.FAILED, SlotEnd.FAILED], 6, ""),
        ([SlotEnd.SKIPPED] * 6, 6, ""),
    ],
)
def test_what_ends_it_early(ends, begun, why):
    world = World(*ends)
    drive = world.drive()
    ended = [*drive.until_over()]
    assert (len(world.begun), drive.stopped) == (begun, why)
    assert [each.end for each in ended[: len(ends)]] == ends
    assert [*drive.left] == SLOTS[begun:]
    assert all(each.note.startswith("a: ") for each in ended if each.end is SlotEnd.FAILED)


def test_where_it_ends_early_what_runs_is_waited_for():
    world = World(SlotEnd.CANCELLED, looks=5)
    drive = world.drive(most=2, overlaps=True)
    assert len([*drive.until_over()]) == len(world.begun) < len(SLOTS)
    assert drive.going == {}
