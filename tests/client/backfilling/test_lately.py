"""How many slots a calendar of the last days or weeks shows. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.backfilling.lately import lately
from sfdag_magics.graph.times.schedule import parse_schedule

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


@pytest.mark.parametrize(
    ("schedule", "days", "count"),
    [
        ("USING CRON * * * * * UTC", 1, 1440),
        ("USING CRON 0 * * * * UTC", 14, 336),
        ("USING CRON 0 5 * * * UTC", 56, 56),
        ("USING CRON 0 5 * * 1 UTC", 365, 53),
        ("10 SECONDS", 0.25, 2160),
        ("12 HOURS", 28, 56),
    ],
)
def test_a_calendar_goes_back_as_far_as_its_slots_are_seen(schedule, days, count):
    within, slots = lately(parse_schedule(schedule), since=LONG_AGO, now=NOW, anchor=NOW)
    assert (within.until - within.after, len(slots)) == (timedelta(days=days), count)
    assert slots[-1].end <= NOW


def test_before_a_graph_was_there_nothing_was_due():
    hourly = parse_schedule("USING CRON 0 * * * * UTC")
    _, slots = lately(hourly, since=NOW - timedelta(hours=2), now=NOW, anchor=NOW)
    assert [slot.end.hour for slot in slots] == [11, 12]
    assert lately(hourly, since=NOW + timedelta(hours=2), now=NOW, anchor=NOW)[1] == ()
