"""A schedule's slots as a page is told them, and a backfill that is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.errors import InputError
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.widget.told.slots_told import page_backfill, page_slots

GOOD, GONE, BAD = SlotState.SUCCEEDED, SlotState.MISSING, SlotState.FAILED


def seen(states, *, length=timedelta(days=1), first=datetime(2026, 10, 30, 5, tzinfo=UTC)):
    slots = [Slot(first + (n - 1) * length, first + n * length) for n in range(len(states))]
    runs = [None if state is GONE else f"run-{n}" for n, state in enumerate(states)]
    those = tuple(SlotSeen(*each) for each in zip(slots, states, runs, strict=True))
    return SlotsLately(schedule="…", zone=UTC, zone_name="UTC", seen=those)


def test_a_calendar_has_a_block_for_each_month_and_a_place_for_each_slot():
    told = page_slots(seen([GOOD, BAD, GONE, GOOD]))
    assert [(m["title"], m["days"], m["rows"]) for m in told["months"]] == [
        ("2026-10", [30, 31], ["05:00"]),
        ("2026-11", [1, 2], ["05:00"]),
    ]
    (failed,) = told["months"][0]["cells"][0][1:]
    assert (failed["state"], failed["run"], failed["says"]) == (
        "failed",
        "run-1",
        "2026-10-31 05:00 UTC, failed",
    )
    missing = told["months"][1]["cells"][0][0]
    assert (missing["state"], missing["look"], missing["run"]) == ("missing", "pending", "")
    assert told["missing"] == ["2026-11-01T05:00", "2026-11-01T05:00"]
    assert told["says"].endswith("in UTC: ✓ 2 succeeded · ✕ 1 failed · ○ 1 missing")


def test_of_a_schedule_of_each_minute_an_hour_is_one_place():
    minutes = [GOOD] * 1440
    minutes[70] = BAD
    told = page_slots(seen(minutes, length=timedelta(minutes=1)))
    cells = [cell for month in told["months"] for row in month["cells"] for cell in row if cell]
    assert len(cells) == 25
    (failed,) = [cell for cell in cells if cell["state"] == "failed"]
    assert failed["run"] == "run-70"
    assert failed["says"].endswith("60 slots: ✓ 59 succeeded · ✕ 1 failed")
    assert (failed["start"], failed["end"]) == ("2026-10-30T06:01", "2026-10-30T07:00")


@pytest.mark.parametrize("is_begun", [True, False])
def test_without_slots_it_is_said_why(is_begun):
    none = SlotsLately(schedule="…", zone=UTC, zone_name="UTC", is_begun=is_begun)
    assert ("never started" in page_slots(none)["says"]) is not is_begun
    assert page_slots(None)["months"] == []


PROPOSED = BackfillProposed(
    title="2 slots to run",
    count=2,
    told=("2 slots to run, oldest first, one at a time: about 4m00s", "  2026-11-01 05:00"),
    arguments="2026-11-01 --reprocess failed",
    options={"start": "2026-11-01", "reprocess": "failed"},
)


def test_a_backfill_is_proposed_as_the_line_that_runs_it():
    told = page_backfill(lambda: PROPOSED, lambda text: f"{text} -t prod")
    assert told["command"] == "%sfdag backfill -t prod 2026-11-01 --reprocess failed"
    assert "about 4m00s" in told["told"][0]


def test_of_a_range_that_is_none_the_sheet_says_what_is_wrong():
    def refused():
        raise InputError("soon is no date", hint="2026-11-03")

    told = page_backfill(refused, str)
    assert (told["problem"], told["command"]) == ("soon is no date (2026-11-03)", "")
