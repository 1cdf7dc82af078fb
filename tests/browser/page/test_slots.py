"""The calendar of a schedule's slots, and the sheet that says what would run them and does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.backfilling.lately import BackfillProposed, SlotsLately
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.widget.told.past_runs import page_past
from sfdag_magics.widget.told.slots_told import page_backfill, page_slots
from tests.browser.page.host import put_host
from tests.browser.page.past import earlier
from tests.render.builders import run, shape

CHAIN = shape("a -> b; b -> c")
FIRST = datetime(2026, 10, 20, 5, tzinfo=UTC)
DAY = timedelta(days=1)
STATES = [SlotState.SUCCEEDED] * 30
STATES[4], STATES[20], STATES[21], STATES[29] = (
    *(SlotState.FAILED, SlotState.MISSING, SlotState.MISSING, SlotState.RUNNING),
)
SLOTS = SlotsLately(
    schedule="USING CRON 0 5 * * * UTC",
    zone=UTC,
    zone_name="UTC",
    seen=tuple(
        SlotSeen(
            Slot(FIRST + n * DAY, FIRST + (n + 1) * DAY),
            state,
            None if state is SlotState.MISSING else f"{n:08}-slot",
        )
        for n, state in enumerate(STATES)
    ),
)
PROPOSED = BackfillProposed(
    title="2 slots to run",
    count=2,
    told=(
        "2 slots to run, oldest first, one at a time: about 3m20s",
        "  2026-11-10 05:00 to 2026-11-11 05:00",
    ),
    arguments="2026-11-10T05:00 2026-11-11T05:00",
)


def opened(stage, page, place="embedded engine", slots=SLOTS, commands=None):
    past = earlier(CHAIN, 1)
    seen = run(CHAIN, a="succeeded", b="succeeded", c="succeeded")
    actions = commands or {"run": "%sfdag run", "fill": "%sfdag backfill"}
    made = stage(CHAIN, seen, past=past, actions=actions)
    made.answer_by_kind(
        {"slots": page_slots(slots), "backfill": page_backfill(lambda: PROPOSED, str)}
    )
    schedule = {"text": "daily at 05:00 UTC", "exact": SLOTS.schedule, "on": True, "due": None}
    page.evaluate(
        """([past, place]) => {
            model.set('sfdag_actions', {...model.get('sfdag_actions'), place});
            model.set('sfdag_past', past);
        }""",
        [{**page_past(past), "schedule": schedule}, place],
    )
    page.get_by_role("tab", name="Runs").click()
    return made


def slot(page, says):
    return page.get_by_role("button", name=says)


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 400)])
def test_what_became_of_each_slot_is_seen_and_opened_by_mouse_and_keys(
    stage, page, keep, theme, width
):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = opened(stage, page)
    expect(page.get_by_text("26 succeeded")).to_be_visible()
    assert page.locator("[data-slot]").count() == len(STATES)
    keep(page, f"page_slots_{theme}_{width}")
    slot(page, "2026-10-25 05:00 UTC, failed: press to show its run").click()
    assert made.sent[-1]["runs"] == ["00000004-slot"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert made.sent[-1]["runs"] == ["00000005-slot"]
    page.keyboard.press("End")
    assert "running" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert page.locator("[data-slot][tabindex='0']").count() == 1


def values(start, end, reprocess="missing"):
    return [["start", start], ["end", end], ["reprocess", reprocess]]


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 400)])
def test_slots_are_chosen_and_run_after_their_number_and_their_line_were_seen(
    stage, page, keep, theme, width
):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = opened(stage, page)
    slot(page, "2026-11-10 05:00 UTC, missing").click()
    sheet = page.locator(".sfdag-sheet")
    expect(sheet).to_contain_text("about 3m20s")
    expect(sheet.locator("h3")).to_contain_text("2 slots to run")
    ends = {end: page.locator(f"[data-range='{end}']") for end in ("start", "end")}
    assert [each.input_value() for each in ends.values()] == ["2026-11-10T05:00"] * 2
    expect(sheet.locator("code")).to_have_text("%sfdag backfill 2026-11-10T05:00 2026-11-11T05:00")
    expect(sheet).to_contain_text("A day as 2026-11-30, or a time as 2026-11-30T05:00")
    assert sheet.locator("datalist option").count() == len(STATES)
    keep(page, f"page_backfill_proposed_{theme}_{width}")
    slot(page, "2026-11-08 05:00 UTC, succeeded").click(modifiers=["Shift"])
    assert [each.input_value() for each in ends.values()] == [
        "2026-11-08T05:00",
        "2026-11-10T05:00",
    ]
    page.get_by_label("What failed, too").check()
    start = page.locator("[data-confirm='fill']")
    expect(start).to_be_enabled()
    # Without a beginning nothing is asked, and nothing is wrong yet.
    asked = len(made.sent)
    ends["start"].fill("")
    expect(sheet).to_contain_text("Nothing is chosen yet")
    expect(start).to_be_disabled()
    assert (len(made.sent), sheet.locator(".sfdag-problem").inner_text()) == (asked, "")
    ends["start"].fill("2026-11-09")
    expect(start).to_be_enabled()
    start.click()
    assert made.sent[-1]["kind"] == "fill"
    assert made.sent[-1]["values"] == values("2026-11-09", "2026-11-10T05:00", "failed")
    page.locator("[data-backfill]").click()  # all that was missed
    assert ends["start"].input_value() == "2026-11-10T05:00"


def test_where_the_calendar_is_empty_no_slot_of_it_is_to_be_pressed(stage, page):
    opened(stage, page, slots=replace(SLOTS, seen=(), is_begun=False))
    expect(page.get_by_text("The schedule was never started.")).to_be_visible()
    page.locator("[data-backfill]").click()
    expect(page.get_by_text("Nothing is chosen yet: say from when on.")).to_be_visible()


def test_what_a_view_cannot_start_is_to_be_typed(stage, page):
    opened(stage, page, commands={"run": "%sfdag run"})
    page.locator("[data-backfill]").click()
    expect(page.locator(".sfdag-sheet code")).not_to_be_empty()
    assert page.locator("[data-confirm]").count() == 0


def test_where_looking_on_costs_a_warehouse_it_is_asked_for_first(stage, page):
    made = opened(stage, page, place="the account")
    assert not [each for each in made.sent if each["kind"] == "slots"]
    page.get_by_role("button", name="Slots of the schedule", exact=True).click()
    expect(page.locator("[data-slot]")).to_have_count(len(STATES))


def test_without_a_schedule_there_is_no_calendar(stage, page):
    made = stage(CHAIN, run(CHAIN), past=earlier(CHAIN))
    page.get_by_role("tab", name="Runs").click()
    expect(page.locator(".sfdag-slots")).to_be_hidden()
    assert made.sent == []
