"""Rows that tasks read and wrote, and a task that is green but empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.snapshot import Rows
from sfdag_magics.widget.told.past_runs import page_past
from tests.browser.page.test_behaviour import DIAMOND, DONE


def with_rows(seen, group, **rows):
    tasks = {name: replace(task, rows=rows.get(name)) for name, task in seen.tasks.items()}
    return replace(seen, group_id=group, tasks=tasks)


@pytest.mark.usefixtures("own_page")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rows_stand_on_boxes_and_what_is_empty_is_named(stage, page, keep, theme):
    page.emulate_media(color_scheme=theme)
    stage(DIAMOND, DONE)
    earlier = with_rows(DONE, "earlier", a=Rows(written=1_234_567), b=Rows(written=40))
    now = with_rows(
        DONE, DONE.group_id, a=Rows(written=1_200_000, read=3), b=Rows(read=7), c=Rows(read=1)
    )
    past = page_past([now, earlier], shown=DONE.group_id)
    page.evaluate("past => model.set('sfdag_past', past)", past)
    box = page.locator("[data-task='a']")
    expect(box.locator("text.sfdag-mark")).to_have_text("1.2M rows")
    expect(page.locator("[data-task='b'] .sfdag-pill")).to_have_text("wrote no rows")
    assert "0 rows, wrote no rows" in page.locator("[data-task='b']").get_attribute("aria-label")
    expect(page.locator("[data-task='c'] text.sfdag-mark")).to_have_text("1 row")
    page.locator("[data-task='b']").click()
    facts = page.locator(".sfdag-facts").first
    expect(facts).to_contain_text("Written0 rows · usually about 40")
    expect(facts).to_contain_text("Read7 rows")
    keep(page, f"rows_{theme}")
    # Of a run that is shown by then nothing is known.
    page.evaluate("past => model.set('sfdag_past', past)", page_past([now, earlier]))
    expect(page.locator("[data-task='b'] .sfdag-pill")).to_have_count(0)
    expect(box.locator("text.sfdag-mark")).to_have_text("")


@pytest.mark.usefixtures("own_page")
def test_where_a_note_leaves_no_room_for_the_word_the_number_of_rows_stands_alone(stage, page):
    def took(task):
        ended = task.started + timedelta(hours=11, minutes=22)
        return replace(task, completed=ended, rows=Rows(written=400))

    seen = replace(DONE, tasks={name: took(task) for name, task in DONE.tasks.items()})
    stage(DIAMOND, seen)
    past = page_past([seen], shown=DONE.group_id)
    page.evaluate("past => model.set('sfdag_past', past)", past)
    box = page.locator("[data-task='a']")
    expect(box.locator("text.sfdag-mark")).to_have_text("400")
    assert "400 rows" in box.get_attribute("aria-label")
