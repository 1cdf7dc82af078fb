"""A moment has its zone, and its date where that is not today's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfdag_magics.graph.times.moments import moment_text

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
IN_TOKYO = datetime(2026, 11, 24, 3, tzinfo=timezone(timedelta(hours=9)))

CASES = [
    (NOON, NOON, "12:00:00 UTC"),
    (NOON, NOON + timedelta(hours=12), "2026-11-23 12:00:00 UTC"),
    (NOON + timedelta(hours=12), NOON, "2026-11-24 00:00:00 UTC"),
    (IN_TOKYO, NOON, "18:00:00 UTC"),
]


@pytest.mark.parametrize(("moment", "now", "said"), CASES)
def test_it_is_said_in_utc_with_its_date_where_that_is_another(moment, now, said):
    assert moment_text(moment, now=now) == said
