"""The calendar of slots: days by columns, a sign for each state, as text and as HTML."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.schedule import schedule_from_option
from sfdag_magics.graph.times.slots import Range, slots_in, zone_of_schedule
from sfdag_magics.render.plots.slot_calendar import calendar_html, calendar_text, legend_text


def slots(text, first, last, *states):
    schedule = schedule_from_option(text)
    zone, _ = zone_of_schedule(schedule)
    within = Range(*(datetime.fromisoformat(each).replace(tzinfo=zone) for each in (first, last)))
    found = slots_in(schedule, within, anchor=within.after)
    given = [*states, *[SlotState.SUCCEEDED] * (len(found) - len(states))]
    return list(zip(found, given, strict=True)), zone


def test_a_block_for_each_month_and_a_row_for_each_time():
    table = slots(
        "0 5,17 * * * Europe/Berlin",
        "2025-03-30",
        "2025-04-02",
        SlotState.FAILED,
        SlotState.MISSING,
    )
    assert calendar_text(*table).splitlines() == [
        "2025-03  30 31",
        "  05:00   ✕  ✓",
        "  17:00   ○  ✓",
        "2025-04   1",
        "  05:00   ✓",
        "  17:00   ✓",
    ]


def test_midnight_is_the_end_of_its_day():
    assert calendar_text(*slots("0 0 * * * UTC", "2025-03-30", "2025-04-01")).splitlines() == [
        "2025-03  30 31",
        "  24:00   ✓  ✓",
    ]


def test_many_times_of_a_day_are_told_by_their_hours_what_needs_a_look_first():
    states = [SlotState.SUCCEEDED] * 7 + [SlotState.MISSING]
    text = calendar_text(*slots("*/10 * * * * UTC", "2025-03-30", "2025-03-31", *states))
    rows = text.splitlines()
    assert len(rows) == 25
    assert rows[1:3] == ["  01:00   ✓", "  02:00   ○"]
    assert rows[-1] == "  24:00   ✓"


def test_an_hour_that_comes_twice_shows_the_worse_of_both():
    table, zone = slots("30 2 * * * Europe/Berlin", "2025-10-25", "2025-10-27")
    assert len(table) == 3
    worse = [(slot, SlotState.FAILED if n == 1 else state) for n, (slot, state) in enumerate(table)]
    assert calendar_text(worse, zone).splitlines()[1] == "  02:30   ✓  ✕"


class _Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.titles, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "span":
            said = dict(attrs)
            assert said["title"] == said["aria-label"]
            self.titles.append(said["title"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_each_cell_says_its_slot_and_state_in_words():
    table = slots("0 5 * * * UTC", "2025-03-30", "2025-04-02", SlotState.FAILED)
    cells = _Cells()
    cells.feed(calendar_html(*table))
    assert cells.titles == [
        "2025-03-30 05:00 failed",
        "2025-03-31 05:00 succeeded",
        "2025-04-01 05:00 succeeded",
    ]
    assert cells.open == []


def test_no_slots_are_no_lines():
    assert (calendar_text([], UTC), calendar_html([], ZoneInfo("UTC"))) == ("", "")


def test_the_legend_counts_states_in_one_order():
    states = [SlotState.MISSING, SlotState.SUCCEEDED, SlotState.MISSING]
    assert legend_text(states) == "✓ 1 succeeded · ○ 2 missing"
