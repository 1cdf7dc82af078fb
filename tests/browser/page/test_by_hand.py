"""A task that somebody said to be done: in the header, in its summary, in the sheet of a retry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.bridges.lineage import ByHand, Lineage, LineageKind
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import RetryCode, RetryWay
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.widget.told.sheets import page_again
from tests.browser.page.host import put_host
from tests.browser.page.test_sheets import ACTIONS
from tests.render.builders import HOSTILE, run, shape

GRAPH = shape("a -> b; b -> c; c -> d")
REASON = f"sent by mail {HOSTILE[0]}"
LINEAGE = Lineage(
    kind=LineageKind.RETRY,
    of="3f2a91c0-1",
    runs=("d",),
    kept={"a": "3f2a91c0-1", "b": ""},
    skipped=("c",),
    by_hand={"b": ByHand.DONE, "c": ByHand.SKIPPED},
    who="ana@lab",
    because=REASON,
)
SEEN = replace(run(GRAPH, a="reused", b="reused", c="skipped", d="failed"), lineage=LINEAGE)


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 400)])
def test_who_said_what_of_a_task_and_of_which_run_it_is(stage, page, keep, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    put_host(page, theme)
    made = stage(GRAPH, SEEN)
    expect(page.locator(".sfdag-which")).to_contain_text("continues run 3f2a91c0")
    facts = page.locator(".sfdag-run-facts")
    expect(facts).to_contain_text("1 ran, 1 kept from other runs, 1 done by hand")
    made.answer("detail", detail={"name": "b"})
    made.node("b").click()
    expect(page.locator(".sfdag-facts")).to_contain_text(f"done by ana@lab: {REASON}")
    keep(page, f"page_by_hand_{theme}_{width}")
    looks = page.evaluate("model.get('sfdag_looks')")
    for name, word in (("b", "done by hand"), ("c", "skipped by hand")):
        assert word in made.node(name).get_attribute("aria-label")
        assert (
            made.node(name).locator(".sfdag-glyph").get_attribute("d") == looks["by_hand"]["glyph"]
        )
    page.keyboard.press("Escape")
    made.answer("detail", detail={"name": "c"})
    made.node("c").click()
    expect(page.locator(".sfdag-drawer")).to_contain_text(
        f"It did not run: skipped by ana@lab: {REASON}"
    )


def test_what_was_said_of_a_task_stays_so_and_can_be_said_anew(stage, page, keep):
    made = stage(GRAPH, SEEN, actions=ACTIONS)
    way = RetryWay(lineage=LINEAGE)
    told = page_again(
        SEEN, Edited(), Usual(), config={}, code=RetryCode.CURRENT, completed=str, way=way
    )
    made.sheets(again=told)
    page.locator("[data-action='retry']").click()
    page.get_by_label("By hand…").check()
    page.get_by_text("What failed and what waits for it").wait_for()
    kept = page.locator(".sfdag-part", has_text="Kept, with what they returned").locator("li")
    assert [" ".join(each.split()) for each in kept.all_inner_texts()] == [
        "a , reused",
        "b , by hand",
    ]
    keep(page, "page_retry_of_by_hand")
    hands = page.locator("[data-hand]").evaluate_all("all => all.map(e => e.dataset.hand)")
    assert hands == ["b", "c", "d"]
