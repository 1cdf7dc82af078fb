"""What became of slots by the runs that are told of, and which of them are run. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.client.backfilling.asked import Asked, Reprocess, chosen, expected_time
from sfdag_magics.client.backfilling.slots_seen import (
    SlotRun,
    SlotSeen,
    last_backfill,
    slots_seen,
)
from sfdag_magics.errors import InputError
from sfdag_magics.graph.states import GraphRunState, SlotState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.run_slots import slot_by_schedule

DAY = timedelta(days=1)
FIRST = datetime(2025, 3, 25, 5, tzinfo=UTC)
SLOTS = tuple(Slot(FIRST + n * DAY, FIRST + (n + 1) * DAY) for n in range(10))
BEHIND = SLOTS[-1].end + DAY
GOOD, BAD, GOING = GraphRunState.SUCCEEDED, GraphRunState.FAILED, GraphRunState.EXECUTING


def ran(place, state=GOOD, *, late=timedelta(0), told=False, name="r", **more):
    slot = SLOTS[place]
    scheduled = datetime(2026, 1, 1, tzinfo=UTC) + late if told else slot.end + late
    return SlotRun(
        group_id=name, state=state, scheduled=scheduled, slot=slot if told else None, **more
    )


def states(*runs, **more):
    seen = slots_seen(SLOTS, runs, next_end=BEHIND, **more)
    return [each.state for each in seen]


def test_a_run_counts_for_its_slot_by_what_it_was_told_or_by_when_it_was_due():
    found = states(ran(0), ran(1, late=timedelta(hours=20)), ran(2, told=True), ran(9, BAD))
    assert found[:4] == [SlotState.SUCCEEDED] * 3 + [SlotState.MISSING]
    assert found[9] is SlotState.FAILED
    assert found.count(SlotState.MISSING) == 6


def test_a_run_of_later_or_earlier_is_of_none_of_them():
    later, earlier = ran(9, late=DAY), ran(0, late=-timedelta(minutes=1))
    assert set(states(later, earlier)) == {SlotState.MISSING}


@given(st.timedeltas(-3 * DAY, 14 * DAY), st.sampled_from([GOOD, BAD]))
def test_a_run_counts_for_the_slot_that_its_tasks_are_told_of(late, state):
    due = FIRST + late
    own = slot_by_schedule("USING CRON 0 5 * * * UTC", due, "G")
    run = SlotRun(group_id="r", state=state, scheduled=due)
    seen = slots_seen(SLOTS, [run], next_end=BEHIND)
    assert [each.slot for each in seen if each.run] == [slot for slot in SLOTS if slot == own]


def test_a_longer_slot_counts_for_all_within_it():
    week = Slot(SLOTS[0].start, SLOTS[6].end)
    run = SlotRun(group_id="w", state=GOOD, scheduled=BEHIND + 99 * DAY, slot=week)
    assert states(run) == [SlotState.SUCCEEDED] * 7 + [SlotState.MISSING] * 3


@pytest.mark.parametrize(
    ("those", "state"),
    [
        ([GOOD, BAD], SlotState.SUCCEEDED),
        ([BAD, GOOD], SlotState.SUCCEEDED),
        ([GOOD, GOING], SlotState.RUNNING),
        ([BAD, GraphRunState.CANCELLED], SlotState.CANCELLED),
        ([GraphRunState.CANCELLED, BAD], SlotState.FAILED),
        ([GraphRunState.SKIPPED], SlotState.SKIPPED),
        ([GraphRunState.SCHEDULED], SlotState.RUNNING),
    ],
)
def test_of_several_runs_one_that_goes_or_went_well_counts_else_the_newest(those, state):
    runs = [
        ran(3, each, told=True, late=timedelta(hours=n), name=f"r{n}")
        for n, each in enumerate(those)
    ]
    (seen,) = (each for each in slots_seen(SLOTS, runs, next_end=BEHIND) if each.run)
    assert (seen.slot, seen.state) == (SLOTS[3], state)
    assert runs[int(seen.run[1:])].state.value.startswith(state.value.upper()[:4]) or (
        state is SlotState.RUNNING
    )


def test_what_may_have_run_before_anything_is_told_is_unknown_and_not_missing():
    found = states(ran(1, told=True), told_since=SLOTS[4].end)
    assert found[:4] == [
        *(SlotState.UNKNOWN, SlotState.SUCCEEDED, SlotState.UNKNOWN, SlotState.UNKNOWN)
    ]
    assert set(found[4:]) == {SlotState.MISSING}


SEEN = tuple(
    SlotSeen(slot, state)
    for slot, state in zip(SLOTS, [*SlotState, SlotState.MISSING] * 2, strict=False)
)


def test_each_way_takes_what_the_ways_before_it_take_and_never_what_runs():
    missing, failed, every = (chosen(SEEN, Asked(start="x", reprocess=way)) for way in Reprocess)
    assert set(missing) < set(failed) < set(every)
    assert next(each for each in SEEN if each.state is SlotState.MISSING).slot == missing[0]
    running = {each.slot for each in SEEN if each.state is SlotState.RUNNING}
    assert set(every) | running == set(SLOTS)
    newest = chosen(SEEN, Asked(start="x", newest_first=True))
    assert newest == tuple(reversed(missing))
    assert chosen(SEEN, Asked(start="x"), done=missing) == ()


def test_the_time_that_is_expected_counts_how_many_run_at_once():
    usual = timedelta(seconds=3)
    assert expected_time(10, usual, 1) == 10 * usual
    assert expected_time(10, usual, 4) == 3 * usual
    assert expected_time(10, None, 4) is None


def test_the_newest_backfill_that_was_asked_for_so_is_the_one_that_goes_on():
    runs = [
        ran(0, told=True, backfill="one", words="w"),
        ran(1, told=True, backfill="two", words="w", late=DAY),
        ran(2, BAD, told=True, backfill="two", words="w", late=2 * DAY),
        ran(3, told=True, backfill="three", words="other", late=3 * DAY),
        ran(4, late=4 * DAY),
    ]
    assert last_backfill(runs, "w") == ("two", {SLOTS[1], SLOTS[2]})
    assert last_backfill(runs, "nothing like it") == ("", frozenset())


@pytest.mark.parametrize(
    "asked",
    [Asked(reprocess=Reprocess.ALL), Asked(every="1 day"), Asked(end="2025-01-02", every="2h")],
)
def test_what_needs_a_start_says_so(asked):
    with pytest.raises(InputError, match="START"):
        asked.check(now=datetime.now(UTC))
