"""When a root is due, by interval and by cron, over clock changes too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.cron_times import CronTimes, cron_times
from sfdag_magics.errors import InputError
from sfdag_magics.graph.times.schedule import (
    IntervalSchedule,
    parse_schedule,
    schedule_from_option,
)
from sfdag_magics.graph.times.schedule_words import schedule_words


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.rule("1.1.7")
@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("10 SECONDS", timedelta(seconds=10)),
        ("1 minute", timedelta(minutes=1)),
        ("30 M", timedelta(minutes=30)),
        ("192 h", timedelta(days=8)),
        (" 691200 second ", timedelta(days=8)),
        ("11520MINUTES", timedelta(days=8)),
    ],
)
def test_intervals_in_every_spelling(text, period):
    schedule = parse_schedule(text)
    assert schedule.period == period
    assert parse_schedule(schedule.to_text()) == schedule


@pytest.mark.rule("18.16")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9 SECONDS", "out of Snowflake's limits"),
        ("0 MINUTES", "out of Snowflake's limits"),
        ("193 HOURS", "out of Snowflake's limits"),
        ("9" * 2000 + " HOURS", "out of Snowflake's limits"),
        ("1 DAY", "is no schedule"),
        ("-5 MINUTES", "is no schedule"),
        ("1.5 HOURS", "is no schedule"),
        ("", "is no schedule"),
        ("USING CRON * * * * *", "names no time zone"),
        ("USING CRON", "is no schedule"),
        ("USING CRON * * * * * Mars/Base", "'Mars/Base' is no time zone"),
        ("USING CRON * * * * * ../etc", "is no time zone"),
        ("USING CRON 60 * * * * UTC", "'60' is no minute"),
        ("USING CRON * 24 * * * UTC", "'24' is no hour"),
        ("USING CRON * * 0 * * UTC", "'0' is no day of the month"),
        ("USING CRON * * * 13 * UTC", "'13' is no month"),
        (f"{'9' * 1000} MINUTES", "is out of Snowflake's limits for a schedule"),
        (f"{'9' * 5000} HOURS", "is out of Snowflake's limits for a schedule"),
        ("USING CRON * * * * 7 UTC", "'7' is no day of the week"),
        ("USING CRON * * * * L UTC", "'L' is no day of the week"),
        ("USING CRON * * * * FRI-MON UTC", "names no day of the week"),
        ("USING CRON */0 * * * * UTC", "names no minute"),
        ("USING CRON 1,,2 * * * * UTC", "is no minute"),
        ("USING CRON 0 0 30 FEB * UTC", "names a day that no month has"),
        ("USING CRON 0 0 31 4,6 * UTC", "names a day that no month has"),
    ],
)
def test_a_bad_schedule_says_why(text, message):
    with pytest.raises(InputError) as caught:
        parse_schedule(text)
    assert message in caught.value.message


def test_an_interval_counts_from_when_the_task_was_resumed():
    every = IntervalSchedule(count=10, unit="MINUTES")
    resumed = at("2026-01-01T09:03")
    assert every.next_after(resumed) == at("2026-01-01T09:13")
    assert every.next_after(at("2026-01-01T09:13"), since=resumed) == at("2026-01-01T09:23")
    # missed times collapse: after a long sleep only the next one is due
    assert every.next_after(at("2026-01-02T00:00"), since=resumed) == at("2026-01-02T00:03")
    # a clock that was set back to before the resume makes up for no time before it
    assert every.next_after(at("2026-01-01T08:00"), since=resumed) == at("2026-01-01T09:13")


@pytest.mark.rule("1.4.1", "1.4.2", "1.4.3")
@pytest.mark.parametrize(
    ("cron", "now", "due"),
    [
        ("* * * * * UTC", "2026-01-01T00:00:30", "2026-01-01T00:01"),
        ("0 5 * * * UTC", "2026-01-01T05:00", "2026-01-02T05:00"),
        ("*/15 9-17 * * MON-FRI UTC", "2026-01-02T17:45", "2026-01-05T09:00"),
        ("0 6,18 * * * UTC", "2026-01-01T07:00", "2026-01-01T18:00"),
        ("0 0 L * * UTC", "2026-02-01T00:00", "2026-02-28T00:00"),
        ("0 0 10,L * * UTC", "2028-02-11T00:00", "2028-02-29T00:00"),
        ("0 0 * * 5L UTC", "2026-01-01T00:00", "2026-01-30T00:00"),
        ("0 0 * * fril UTC", "2026-01-30T00:00", "2026-02-27T00:00"),
        ("0 0 1 4/3 * UTC", "2026-01-01T00:00", "2026-04-01T00:00"),
        ("0 0 1 4/3 * UTC", "2026-10-01T00:00", "2027-04-01T00:00"),
        ("0 0 29 2 * UTC", "2097-01-01T00:00", "2104-02-29T00:00"),
        # either day qualifies: the 13th, and every Friday
        ("0 0 13 * FRI UTC", "2026-01-09T00:00", "2026-01-13T00:00"),
        ("0 0 13 * FRI UTC", "2026-01-13T00:00", "2026-01-16T00:00"),
        ("0 9 * * SUN-MON America/Los_Angeles", "2026-01-05T00:00", "2026-01-05T17:00"),
        # a minute past midnight it became 23:01 of the day before
        ("30 23 * * * America/St_Johns", "2010-11-07T02:30:30", "2010-11-07T03:00"),
    ],
)
def test_cron_names_the_next_minute(cron, now, due):
    assert parse_schedule(f"USING CRON {cron}").next_after(at(now)) == at(due)


def due_times(cron, start, count):
    schedule, now, found = parse_schedule(f"USING CRON {cron}"), at(start), []
    for _ in range(count):
        now = schedule.next_after(now)
        found.append(now.strftime("%d %H:%M"))
    return found


def test_a_local_time_that_does_not_exist_is_not_run():
    # Los Angeles, 8 March 2026: 02:00 becomes 03:00
    assert due_times("30 2 * * * America/Los_Angeles", "2026-03-07T00:00", 2) == [
        "07 10:30",
        "09 09:30",
    ]


def test_a_local_time_that_occurs_twice_runs_twice():
    # Los Angeles, 1 November 2026: 01:30 comes twice
    assert due_times("30 1 * * * America/Los_Angeles", "2026-10-31T12:00", 3) == [
        "01 08:30",
        "01 09:30",
        "02 09:30",
    ]


@given(
    st.sampled_from(
        ["*/7 * * * *", "0 0 * * *", "30 1,2 * * *", "0 3 L * 0", "59 23 * * 1-5", "0 */5 1 * *"]
    ),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - drawn as UTC below
)
def test_nothing_due_is_left_out(cron, zone_name, moment):
    now = moment.replace(tzinfo=UTC)
    schedule = parse_schedule(f"USING CRON {cron} {zone_name}")
    due = schedule.next_after(now)
    assert due > now
    local = due.astimezone(ZoneInfo(zone_name))
    assert local.minute in schedule.times.minutes
    assert local.hour in schedule.times.hours
    # nobody is due in between: asked again from anywhere before it, the answer is the same
    assert schedule.last_before(due + timedelta(microseconds=1)) == due
    assert schedule.last_before(due) <= now
    assert schedule.next_after(now + (due - now) / 2) == due
    assert schedule.next_after(due - timedelta(microseconds=1)) == due


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1 day", "24 HOURS"),
        ("2D", "48 HOURS"),
        ("1h", "1 HOUR"),
        ("1 minutes", "1 MINUTE"),
        ("10 minutes", "10 MINUTES"),
        ("0 5 * * * UTC", "USING CRON 0 5 * * * UTC"),
        ("using cron 0 5 * * * UTC", "USING CRON 0 5 * * * UTC"),
    ],
)
def test_what_a_person_types_is_understood(text, meant):
    assert schedule_from_option(text).to_text() == meant


def test_more_than_eight_days_is_refused_to_a_person_too():
    with pytest.raises(InputError):
        schedule_from_option("9 days")


_FIELD = st.sampled_from(["*", "0", "30", "*/7", "5-50/10", "59", "15,45"])
_HOUR = st.sampled_from(["*", "2", "0", "23", "1-3", "*/5"])
_DAY_FIELD = st.sampled_from(["*", "29", "L", "1", "25,28"])
_WEEKDAY_FIELD = st.sampled_from(["*", "SUN", "0L", "MON-FRI"])


@pytest.mark.rule("1.4.6")
@given(
    fields=st.tuples(_FIELD, _HOUR, _DAY_FIELD, _WEEKDAY_FIELD),
    start=st.sampled_from(
        [
            ("Europe/Berlin", "2026-03-28T20:00"),
            ("Europe/Berlin", "2026-10-24T20:00"),
            ("Australia/Lord_Howe", "2026-04-04T10:00"),
            ("Australia/Lord_Howe", "2026-10-03T10:00"),
            ("America/Sao_Paulo", "2018-11-03T20:00"),
            ("Pacific/Apia", "2011-12-29T20:00"),
            ("Asia/Kathmandu", "2026-02-27T12:00"),
        ]
    ),
    minutes=st.integers(0, 720),
)
def test_the_next_time_is_the_first_minute_whose_local_time_matches(fields, start, minutes):
    minute, hour, day, weekday = fields
    zone_name, began = start
    schedule = parse_schedule(f"USING CRON {minute} {hour} {day} * {weekday} {zone_name}")
    now = at(began) + timedelta(minutes=minutes)
    found = schedule.next_after(now)
    for passed in range(1, 3 * 24 * 60):
        moment = now + timedelta(minutes=passed)
        local = moment.astimezone(ZoneInfo(zone_name))
        if (
            local.minute in schedule.times.minutes
            and local.hour in schedule.times.hours
            and schedule.times.is_day(local.date())
        ):
            assert found == moment
            return
    assert found >= now + timedelta(days=3)


@given(
    fields=st.tuples(_FIELD, _HOUR, _DAY_FIELD, _WEEKDAY_FIELD),
    zone_name=st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]),
    moment=st.datetimes(datetime(2011, 12, 1), datetime(2012, 4, 30)),  # noqa: DTZ001 - as above
)
def test_the_last_time_is_the_one_whose_next_is_not_before(fields, zone_name, moment):
    minute, hour, day, weekday = fields
    now = moment.replace(tzinfo=UTC)
    schedule = parse_schedule(f"USING CRON {minute} {hour} {day} * {weekday} {zone_name}")
    last = schedule.last_before(now)
    assert last < now <= schedule.next_after(last)


def test_a_time_is_walked_to_and_not_enumerated(monkeypatch):
    looked = []
    is_day = CronTimes.is_day
    monkeypatch.setattr(
        CronTimes, "is_day", lambda self, day: looked.append(day) or is_day(self, day)
    )
    for text, most in (("* * * * *", 1), ("*/7 * * * *", 3), ("0 5 * * *", 30), ("0 0 1 1 *", 500)):
        looked.clear()
        parse_schedule(f"USING CRON {text} America/New_York").next_after(at("2026-03-01T09:03"))
        assert len(looked) <= most, text


def test_the_next_time_is_looked_for_once_a_minute(monkeypatch):
    looked = []
    first_from = CronTimes.first_from
    monkeypatch.setattr(
        CronTimes, "first_from", lambda times, at: (looked.append(at), first_from(times, at))[1]
    )
    now = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    found = {cron_times("17 3 2 1 *", "UTC").next_after(now + timedelta(seconds=s)) for s in (0, 9)}
    assert found == {datetime(2032, 1, 2, 3, 17, tzinfo=UTC)}
    assert len(looked) == 1


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("*/15 * * * * UTC", "every 15 minutes"),
        ("15 * * * * UTC", "hourly at minute 15"),
        ("0 */2 * * * UTC", "every 2 hours from 00:00 UTC"),
        ("*/5 * * * MON-FRI UTC", "Monday to Friday every 5 minutes UTC"),
        ("0 6,18 * * SUN,MON UTC", "Mondays and Sundays at 06:00 and 18:00 UTC"),
        ("0 6 * * 0,6 UTC", "weekends at 06:00 UTC"),
        ("0 6 1 * * Europe/Berlin", "monthly on day 1 at 06:00 Europe/Berlin"),
        ("0 6 L * * UTC", "monthly on the last day at 06:00 UTC"),
        # What takes more words is told as it stands there.
        *(
            (cron, f"cron {cron}")
            for cron in ("0 6 * * 5L UTC", "0 6 1 1 * UTC", "0 6 1 * MON UTC")
        ),
        *((cron, f"cron {cron}") for cron in ("*/7 * * * * UTC", "0,30 9-17 * * * UTC")),
    ],
)
def test_a_cron_expression_is_told_in_words_where_these_are_few(cron, words):
    assert schedule_words(f"USING CRON {cron}") == words


def test_a_schedule_that_only_the_service_knows_is_told_as_it_is():
    assert schedule_words("WHENEVER IT RAINS") == "WHENEVER IT RAINS"
    assert schedule_words("1 hour") == "every hour"
