"""What a table function takes for a time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.table_arguments import moment

_SAID = datetime(2026, 11, 30, 18, 42, tzinfo=UTC)
_EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    "value",
    [
        _SAID,
        _SAID.replace(tzinfo=None),
        _SAID.astimezone(_EAST),
        "2026-11-30 18:42",
        "2026-11-30T18:42:00Z",
        " 2026-11-30 18:42:00.000 +0000",
        "2026-11-30 10:42:00.000 -0800",
        "2026-11-30 10:42:00.000000000 -08:00",
        "2026-11-30T19:42:00+1",
        "2026-11-30 15:12:00 -0330",
        "11/30/2026 18:42:00",
        "30-NOV-2026 18:42:00",
        "Mon, 30 Nov 2026 10:42:00 -0800",
        "Mon Nov 30 10:42:00 -0800 2026",
    ],
)
def test_a_time_is_read(value):
    assert moment(value) == _SAID


def test_a_date_is_its_midnight():
    assert moment(date(2026, 11, 30)) == moment("2026-11-30") == datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", [7, True, "today", "2026-13-01", "2026-11-30 18:42:00 +9900", ""])
def test_what_is_no_time_is_named(value):
    with pytest.raises(SqlError, match=f"'{value}' is n".replace("+", r"\+")):
        moment(value)
