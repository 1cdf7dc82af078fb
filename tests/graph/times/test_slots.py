"""The slots of a schedule in a range, and what a person's dates mean; over clock changes too."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.errors import InputError
from sfdag_magics.graph.times.schedule import schedule_from_option
from sfdag_magics.graph.times.slots import (
    MOST_SLOTS,
    Range,
    Slot,
    clock_of,
    day_of,
    slot_text,
    slots_in,
    typed_range,
    zone_of_schedule,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 4, 3, 18, tzinfo=UTC)


def typed(start, end=None, zone=UTC, now=NOW):
    return typed_range(start, end, zone=zone, since=now - timedelta(days=7), now=now)


def slots(schedule, start, end, zone=None):
    schedule = schedule_from_option(schedule)
    within = typed(start, end, zone or zone_of_schedule(schedule)[0])
    return slots_in(schedule, within, anchor=within.after)


def test_ten_days_are_ten_slots_whatever_the_time_of_the_day():
    for schedule in ("0 5 * * * UTC", "0 0 * * * UTC", "59 23 * * * Europe/Berlin", "1 day"):
        found = slots(schedule, "2025-03-24", "2025-04-02")
        assert len(found) == 10, schedule
        days = [day_of(slot, zone_of_schedule(schedule_from_option(schedule))[0]) for slot in found]
        assert days == [date(2025, 3, 24) + timedelta(days=n) for n in range(10)], schedule


def test_hours_of_a_day_cover_it_also_where_the_clock_is_set():
    found = slots("0 * * * * Europe/Berlin", "2025-03-30", "2025-03-30")
    assert len(found) == 23
    assert found[0].start == datetime(2025, 3, 30, tzinfo=BERLIN)
    assert found[-1].end == datetime(2025, 3, 31, tzinfo=BERLIN)
    assert clock_of(found[-1], BERLIN) == "24:00"
    assert len({clock_of(slot, BERLIN) for slot in found}) == 23


def test_the_slot_over_a_change_of_the_clock_is_an_hour_shorter():
    (found,) = slots("0 5 * * * Europe/Berlin", "2025-03-30", "2025-03-30")
    assert found.end - found.start == timedelta(hours=23)
    assert slot_text(found, BERLIN) == "2025-03-30 05:00"


_SCHEDULES = st.sampled_from(
    [
        *("0 5 * * * Europe/Berlin", "*/7 3 * * * Europe/Berlin", "30 2 * * * Europe/Berlin"),
        *("0 0 L * 0 UTC", "0 */5 1-9 * * Australia/Lord_Howe", "90 minutes", "1 day", "17h"),
    ]
)
_MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1))  # noqa: DTZ001 - as UTC below


@given(_SCHEDULES, _MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=60)))
def test_slots_follow_each_other_without_a_gap_and_are_all_there_are(text, start, length):
    schedule = schedule_from_option(text)
    within = Range(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + length)
    anchor = datetime(2025, 6, 1, 0, 13, tzinfo=UTC)
    found = slots_in(schedule, within, anchor=anchor)
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(within.after < slot.end <= within.until and slot.start < slot.end for slot in found)
    half = within.after + (within.until - within.after) / 2
    parts = (Range(within.after, half), Range(half, within.until))
    assert sum((slots_in(schedule, part, anchor=anchor) for part in parts), ()) == found
    for slot in found[:3]:
        assert day_of(slot, UTC) <= slot.end.date()


@pytest.mark.parametrize(
    ("start", "end", "zone", "after", "until"),
    [
        ("2025-03-24", "2025-03-25", UTC, "2025-03-24T00:00", "2025-03-26T00:00"),
        (date(2025, 3, 24), None, UTC, "2025-03-24T00:00", "2025-04-03T18:00"),
        ("2025-04-01", "2025-04-03", BERLIN, "2025-03-31T22:00", "2025-04-03T18:00"),
        ("2025-03-29", "2025-03-30", BERLIN, "2025-03-28T23:00", "2025-03-30T22:00"),
        ("2025-03-24T05:00+02:00", "2025-03-24 05:00 UTC", BERLIN, None, "2025-03-24T05:00"),
        ("2025-03-24T05:00Z", "2025-03-24T05:00", UTC, None, "2025-03-24T05:00"),
    ],
)
def test_a_date_is_all_its_day_in_the_schedules_zone_and_a_moment_itself(
    start, end, zone, after, until
):
    found = typed(start, end, zone)
    if after is not None:
        assert found.after == datetime.fromisoformat(after).replace(tzinfo=UTC)
    else:  # the moment itself is among the ends
        assert found.after.microsecond == 999_999
    assert found.until == datetime.fromisoformat(until).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "said", "hint"),
    [
        (
            "2025-03-24",
            "2025-03-20",
            "START 2025-03-24 is behind END 2025-03-20",
            "the other way round: 2025-03-20 2025",
        ),
        ("2025-05-01", None, "2025-05-01 lies ahead", "in the past"),
        ("2025-03-24", "2025-04-04", "END 2025-04-04 lies ahead", "leave END out"),
        ("2025-13-24", None, "'2025-13-24' is no date and no time", "2026-11-03T05:00"),
        ("monday", None, "'monday' is no date", "2026-11-03"),
        (None, "2025-03-20", "nothing was due before 2025-03-20", "earlier START"),
    ],
)
def test_a_range_that_is_none_is_named(start, end, said, hint):
    with pytest.raises(InputError) as raised:
        typed(start, end)
    assert said in raised.value.message
    assert hint in raised.value.hint


def test_more_slots_than_anybody_looks_at_are_refused():
    with pytest.raises(InputError, match="more than 10,000 slots of 1 MINUTE"):
        slots("1 minute", "2025-03-24", "2025-03-31")
    assert len(slots("1 minute", "2025-03-24", "2025-03-29")) < MOST_SLOTS


def test_a_slot_of_seconds_says_them():
    end = datetime(2025, 3, 24, 5, 0, 10, tzinfo=UTC)
    slot = Slot(end - timedelta(seconds=10), end)
    assert (slot_text(slot, UTC), clock_of(slot, UTC)) == ("2025-03-24 05:00:10", "05:00:10")
