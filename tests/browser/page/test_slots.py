"""The calendar of a schedule's slots, and the sheet that says what would run them."""

from __future__ import annotations

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
    told=(
        "2 slots to run, oldest first, one at a time: about 3m20s",
        "  2026-11-10 05:00 to 2026-11-11 05:00",
    ),
    arguments="2026-11-10T05:00 2026-11-11T05:00",
)


def opened(stage, page, place="embedded engine", slots=SLOTS):
    past = earlier(CHAIN, 1)
    made = stage(CHAIN, run(CHAIN, a="succeeded", b="succeeded", c="succeeded"), past=past)
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


def test_a_backfill_is_said_with_its_time_and_never_begun(stage, page, keep):
    made = opened(stage, page)
    slot(page, "2026-11-10 05:00 UTC, missing").click()
    sheet = page.locator(".sfdag-sheet")
    expect(sheet).to_contain_text("about 3m20s")
    assert [page.locator(f"[data-range='{end}']").input_value() for end in ("start", "end")] == [
        "2026-11-10T05:00",
        "2026-11-10T05:00",
    ]
    expect(sheet.locator("code")).to_have_text("%sfdag backfill 2026-11-10T05:00 2026-11-11T05:00")
    keep(page, "page_backfill_proposed")
    assert [each.strip() for each in sheet.get_by_role("button").all_inner_texts()] == [
        "Close",
        "Copy",
    ]
    page.get_by_label("What failed, too").check()
    page.locator("[data-range='end']").fill("")
    page.wait_for_function(
        "sent.some(({kind, values}) => kind === 'backfill' && values[1][1] === '' "
        "&& values[2][1] === 'failed')"
    )
    page.locator("[data-range='end']").press("Enter")
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator("[data-backfill]").click()
    assert page.locator("[data-range='start']").input_value() == "2026-11-10T05:00"
    assert {each["kind"] for each in made.sent} <= {"slots", "backfill"}


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
