"""Graphs that are too large to be read as they are: folded at first, unfolded on request."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.measures import SIDEWAYS, SMALL_TEXT
from tests.browser.page.past import earlier
from tests.render.builders import run, shape

NAMES = [f"{kind}_{number:02}" for kind in ("load", "train") for number in range(40)]
WHOLE = shape(
    "; ".join(f"plan -> {name}" for name in NAMES if name.startswith("load"))
    + ";"
    + "; ".join(f"{a} -> {b}" for a, b in zip(NAMES[:40], NAMES[40:], strict=True))
)
GROUPED = replace(
    WHOLE,
    nodes=tuple(
        replace(node, group=node.name.split("_")[0] if "_" in node.name else None)
        for node in WHOLE.nodes
    ),
)
SEEN = run(GROUPED, plan="succeeded", **dict.fromkeys(NAMES[:30], "succeeded"))
FAILED = run(GROUPED, plan="succeeded", load_00="succeeded", load_01="failed", load_02="running")
FOLDS = "[data-fold]"
PLACES = f"[...document.querySelectorAll('{FOLDS}')].map(e => e.getAttribute('transform'))"


def labels(page):
    """How the boxes call themselves; what still runs takes some seconds."""
    said = [fold.get_attribute("aria-label") for fold in page.locator(FOLDS).all()]
    return [re.sub(r" · (\d+m)?\d+ ?s, (?=\d)", " · so far, ", each) for each in said]


def test_groups_are_folded_and_say_how_their_tasks_went(stage, page, keep):
    made = stage(GROUPED, SEEN)
    before = page.evaluate(PLACES)
    assert labels(page) == [
        "plan, succeeded · 7.4 s",
        "load, running · so far, 30 succeeded, 10 pending, 40 tasks, folded",
        "train, pending, 40 pending, 40 tasks, folded",
    ]
    made.show(FAILED)
    assert labels(page)[1] == (
        "load, failed · so far, 1 failed, 1 running, 1 succeeded, 37 pending, 40 tasks, folded"
    )
    assert page.locator(".sfdag-graph .sfdag-says").text_content() == (
        "81 tasks: the groups are folded. 1 failed in load."
    )
    assert page.evaluate(PLACES) == before
    keep(page, "page_folded")
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SIDEWAYS) == []


def test_a_folded_graph_may_become_a_small_one_and_back(stage, page):
    made = stage(GROUPED, SEEN)
    made.redraw(shape("a -> b"))
    assert page.locator("[data-task]").count() == 2
    made.redraw(GROUPED, FAILED)
    assert len(labels(page)) == 3


def test_one_group_is_unfolded_by_a_click_and_folded_again_by_its_name(stage, page, keep):
    made = stage(GROUPED, FAILED)
    made.answer()
    page.locator(FOLDS).nth(2).click()
    assert made.sent[-1]["kind"] == "unfold"
    assert GROUPED.nodes[made.sent[-1]["task"]].name == "train_00"
    made.fold(unfolded=["train"])
    assert page.locator(FOLDS).count() == 42
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "train_00, pending"
    assert page.locator("[data-fold] .sfdag-tile").all_text_contents()[:2] == ["00", "01"]
    keep(page, "page_unfolded")
    assert page.evaluate(SMALL_TEXT) == []
    page.locator("[data-open-group=train] text").click()
    assert made.sent[-1]["kind"] == "fold"
    made.fold()
    assert page.locator(FOLDS).count() == 3
    assert page.evaluate("document.activeElement.dataset.fold") == "2"


def test_all_groups_are_unfolded_and_folded_again(stage, page):
    stage(GROUPED, FAILED)
    assert page.locator("[data-task]").count() == 1
    page.get_by_role("button", name="Unfold all").click()
    assert page.locator("[data-task]").count() == 81
    page.get_by_role("button", name="Fold groups").click()
    assert page.locator(FOLDS).count() == 3


def test_all_of_it_is_done_by_keys(stage, page):
    made = stage(GROUPED, FAILED)
    made.answer("detail", detail={"name": "plan"})
    page.locator(f"{FOLDS}[tabindex='0']").focus()
    page.keyboard.press("Enter")
    assert page.locator(".sfdag-drawer h3").text_content() == "plan"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("load")
    page.keyboard.press("f")
    assert made.sent[-1]["kind"] == "unfold"
    made.fold(unfolded=["load"])
    said = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert said.startswith("load_00")
    page.keyboard.press("f")
    assert made.sent[-1]["kind"] == "fold"
    made.fold()
    assert page.evaluate("document.activeElement.dataset.fold") == "1"


def test_where_nobody_lays_it_out_all_groups_are_unfolded(stage, page):
    made = stage(GROUPED, FAILED)
    page.evaluate("tellStatus('dead')")
    page.locator(".sfdag-lost").wait_for()
    page.locator(FOLDS).nth(2).click()
    assert page.evaluate("document.activeElement.dataset.task") == "train_00"
    assert made.sent == []


def test_what_is_looked_for_is_shown_by_its_group(stage, page):
    stage(GROUPED, FAILED)
    page.get_by_role("searchbox").fill("train_07")
    assert page.locator("[data-faded]").count() == 2
    page.get_by_role("searchbox").press("Enter")
    assert page.locator(f"{FOLDS}[tabindex='0']").get_attribute("data-fold") == "2"


@pytest.mark.parametrize("made", [WHOLE, shape("a -> b")], ids=["without groups", "small"])
def test_a_graph_that_cannot_be_folded_offers_nothing(stage, page, made):
    stage(made)
    assert page.locator(FOLDS).count() == 0
    assert page.get_by_role("button", name="Unfold all").is_hidden()
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("tab", name="Graph").click()
    assert page.get_by_role("button", name="Unfold all").is_hidden()
    page.locator("[data-task][tabindex='0']").focus()
    page.keyboard.press("f")
    assert page.locator("[data-task]").count() == len(made.nodes)


#: More tasks than are drawn at once.
FLAT = shape("; ".join(f"a -> t_{number:03}" for number in range(250)))


def test_a_large_picture_is_drawn_a_little_at_a_time(stage, page):
    stage(FLAT, run(FLAT, a="running"))
    at_once = page.evaluate(
        """() => { model.set('sfdag_graph', {...model.get('sfdag_graph')});
                   return document.querySelectorAll('[data-task]').length; }"""
    )
    assert 0 < at_once < 251
    expect(page.locator("[data-task]")).to_have_count(251)
    assert page.locator("[data-state=pending]").count() >= 250


#: Far more than a frame shows: each rank beside the one before it, so that nothing becomes a tile.
WIDE_AND_DEEP = shape(
    "; ".join(
        f"t_{rank}_{at:02} -> t_{rank + 1}_{(at + step) % 20:02}"
        for rank in range(9)
        for at in range(20)
        for step in (1, 7)
    )
)
FILLED = "[...document.querySelectorAll('[data-task]:has(.sfdag-box)')].map(e => e.dataset.task)"


def test_of_a_large_picture_only_what_is_seen_has_something_in_it(stage, page):
    made = stage(WIDE_AND_DEEP, run(WIDE_AND_DEEP, t_0_00="running"))
    every = page.locator("[data-task]")
    expect(every).to_have_count(200)
    seen = page.locator("[data-task]:has(.sfdag-box)")
    expect(seen).not_to_have_count(0)
    assert seen.count() < 120
    arrows = page.locator("path.sfdag-edge").count()
    assert 0 < arrows < len(WIDE_AND_DEEP.edges)
    made.show(run(WIDE_AND_DEEP, **dict.fromkeys((n.name for n in WIDE_AND_DEEP.nodes), "blocked")))
    expect(page.locator("[data-task][data-state=blocked]")).to_have_count(200)
    page.locator(".sfdag-frame").evaluate("e => { e.scrollLeft = 0; e.scrollTop = 0; }")
    page.wait_for_function(f"{FILLED}.some(e => e[2] === '0') && !{FILLED}.some(e => e[2] === '9')")
    page.locator(".sfdag-frame").evaluate("e => { e.scrollLeft = 1e6; e.scrollTop = 1e6; }")
    page.wait_for_function(f"{FILLED}.some(e => e[2] === '9') && !{FILLED}.some(e => e[2] === '0')")
    late = page.locator("[data-task]:has(.sfdag-box)").last
    assert "blocked" in late.text_content()
    assert "blocked" in every.first.get_attribute("aria-label")


def test_where_no_text_can_be_read_a_box_is_a_block_of_its_colour(stage, page, keep):
    stage(WIDE_AND_DEEP, run(WIDE_AND_DEEP, t_0_00="running"))
    page.get_by_role("button", name="Fit").click()
    expect(page.locator(".sfdag-block")).to_have_count(200)
    assert page.locator("[data-task] text").count() == 0
    keep(page, "page_large_fitted")
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("[data-task] .sfdag-name").first).to_be_visible()


def test_a_picture_that_is_larger_than_its_frame_has_a_map_to_be_dragged(stage, page, keep):
    stage(WIDE_AND_DEEP, run(WIDE_AND_DEEP, t_0_00="running"))
    minimap = page.locator(".sfdag-minimap")
    expect(minimap).to_be_visible()
    there = minimap.bounding_box()
    page.mouse.move(there["x"] + 6, there["y"] + 6)
    page.mouse.down()
    assert page.locator(".sfdag-frame").evaluate("e => [e.scrollLeft, e.scrollTop]") == [0, 0]
    page.mouse.move(there["x"] + there["width"] - 6, there["y"] + there["height"] - 6)
    page.mouse.up()
    seen = page.locator(".sfdag-frame").evaluate(
        """e => [e.scrollWidth - e.clientWidth - e.scrollLeft,
                 e.scrollHeight - e.clientHeight - e.scrollTop]"""
    )
    assert max(seen) < 2
    canvas = "document.querySelector('.sfdag-minimap canvas')"
    pixels = f"{canvas}.getContext('2d').getImageData(0, 0, {canvas}.width, {canvas}.height).data"
    page.wait_for_function(f"new Set({pixels}).size > 3")
    keep(page, "page_large_map")
    page.get_by_role("button", name="Fit").click()
    expect(minimap).to_be_hidden()


def test_a_large_graph_has_its_table_before_its_tasks_have_their_places(stage, page):
    made = stage(FLAT, run(FLAT, a="running"))
    placed = page.evaluate("model.get('sfdag_graph')")
    nowhere = {**placed, "placed": False}
    page.evaluate("graph => model.set('sfdag_graph', graph)", nowhere)
    assert page.locator(".sfdag-graph [role=status]").text_content() == "Drawing 251 tasks…"
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("[data-row]")).to_have_count(251)
    page.get_by_label("Select t_000").check()
    page.evaluate("graph => model.set('sfdag_graph', graph)", placed)
    assert page.get_by_label("Select t_000").is_checked()
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("[data-task]")).to_have_count(251)
    assert made.state_of("a") == "running"


def test_of_a_graph_that_opens_as_a_table_it_is_said_when_it_can_be_looked_at(stage, page, keep):
    large = shape("; ".join(f"a -> t_{number:03}" for number in range(301)))
    made = stage(FLAT)
    made.redraw(large)
    notice = page.locator("[data-topic='placing']")
    expect(notice).to_be_hidden()  # somebody looks at the picture already
    page.evaluate("cleanup()")
    page.evaluate("document.querySelector('.sfdag').remove()")
    placed = page.evaluate("model.get('sfdag_graph')")
    stage(large, is_news=False)
    page.evaluate("graph => model.set('sfdag_graph', graph)", {**placed, "placed": False})
    expect(notice).to_contain_text("The graph of 302 tasks is being laid out")
    assert notice.get_by_role("button", name="Show").count() == 0
    keep(page, "page_large_placing")
    page.evaluate("graph => model.set('sfdag_graph', graph)", placed)
    expect(notice).to_contain_text("is laid out")
    notice.get_by_role("button", name="Show the graph").click()
    expect(page.get_by_role("tab", name="Graph")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Table").click()
    expect(notice).to_be_hidden()


def test_what_is_gone_to_is_drawn_before_its_turn(stage, page):
    stage(FLAT)
    focused = page.evaluate(
        """() => { model.set('sfdag_graph', {...model.get('sfdag_graph')});
                   const field = document.querySelector('[type=search]');
                   field.value = 't_249';
                   field.dispatchEvent(new Event('input'));
                   field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}));
                   return document.querySelector('[data-task][tabindex="0"]').dataset.task; }"""
    )
    assert focused == "t_249"


def test_what_changed_in_a_large_picture_is_shown_and_nothing_marches(stage, page):
    made = stage(FLAT, run(FLAT, a="running"))
    expect(page.locator("[data-task]")).to_have_count(251)
    others = {f"t_{number:03}": "blocked" for number in range(250)}
    made.show(run(FLAT, a="failed", **others))
    expect(page.locator("[data-task][data-state=blocked]")).to_have_count(250)
    made.show(run(FLAT, a="running"))
    page.locator(".sfdag-live[data-beat]").wait_for(state="attached")
    assert page.locator(".sfdag-picture[data-beat]").count() == 0


@pytest.mark.parametrize("tab", ["Timeline", "Table"])
def test_the_rows_of_a_large_graph_come_a_little_at_a_time(stage, page, tab):
    stage(FLAT, run(FLAT, a="running"))
    rows = "[role=tabpanel]:not([hidden]) [data-row]"
    at_once = page.evaluate(
        """([tab, rows]) => { document.querySelector(`[role=tab][data-tab=${tab}]`).click();
                              return document.querySelectorAll(rows).length; }""",
        [tab.lower(), rows],
    )
    assert 0 < at_once < 251
    expect(page.locator(rows)).to_have_count(251)
    assert page.locator(f"{rows}[tabindex='0']").count() == 1
    heights = page.evaluate(
        """rows => { const at = [...document.querySelectorAll(rows)].map(
          each => each.closest('[role=row]').getBoundingClientRect());
          return [at.at(-1).bottom - at[0].top, at[0].height]; }""",
        rows,
    )
    assert heights[0] == pytest.approx(251 * heights[1])
    last = page.locator(rows).last.locator("xpath=ancestor::*[@role='row']")
    without = last.locator("*").count()
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        "([rows, count]) => [...document.querySelectorAll(rows)].at(-1)"
        ".closest('[role=row]').querySelectorAll('*').length > count + 5",
        arg=[rows, without],
    )


def test_only_rows_that_go_elsewhere_are_moved(stage, page):
    """The others keep the place, the focus and the selection that they have; of each block, as many
    go to the next one as came."""
    made = stage(FLAT, run(FLAT, a="succeeded", t_000="running", t_001="running"))
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("button", name="State", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(251)
    page.evaluate(
        """() => { window.moved = new Map();
          const table = document.querySelector('.sfdag-by-row');
          new MutationObserver(all => all.forEach(({target, addedNodes}) =>
            moved.set(target, (moved.get(target) ?? new Set()).union(new Set(addedNodes)))
          )).observe(table, {childList: true, subtree: true}); }"""
    )
    made.show(run(FLAT, a="succeeded", t_000="succeeded", t_001="succeeded", t_002="running"))
    first = page.locator("tbody tr .sfdag-task").first
    assert first.text_content() == "t_002"
    assert max(page.evaluate("[...moved.values()].map(rows => rows.size)")) <= 3


def test_a_run_has_its_cells_where_they_are_seen_and_every_name_at_once_found(stage, page):
    stage(FLAT, run(FLAT, a="running"), past=earlier(FLAT, count=20))
    page.get_by_role("tab", name="Runs").click()
    rows = page.locator(".sfdag-grid tbody tr")
    expect(rows).to_have_count(251)
    assert rows.first.locator(".sfdag-cell").count() == 20
    assert rows.last.locator(".sfdag-cell").count() == 0
    assert rows.last.text_content().startswith("t_249")
    rows.last.scroll_into_view_if_needed()
    expect(rows.last.locator(".sfdag-cell")).to_have_count(20)


def test_a_state_whose_tasks_are_not_here_leaves_them_and_asks_for_them(stage, page):
    made = stage(FLAT, run(FLAT, a="running"))
    page.evaluate("model.set('sfdag_state', {...model.get('sfdag_state'), base: 2, rows: {}})")
    asked = page.evaluate("sent.filter(message => message.whole)")
    assert [message["kind"] for message in asked] == ["look"]
    assert page.get_by_role("button", name="1 running").is_visible()
    made.show(run(FLAT, a="succeeded"))
    assert page.get_by_role("button", name="1 succeeded").is_visible()


SMALL = replace(
    shape("load -> clean_a clean_b; clean_a -> report; clean_b -> report"),
    nodes=tuple(
        replace(node, group="clean" if "_" in node.name else None)
        for node in shape("load -> clean_a clean_b; clean_a -> report; clean_b -> report").nodes
    ),
)


def test_a_small_graph_is_read_as_it_is_and_folded_by_who_wants_it(stage, page, keep):
    seen = run(SMALL, load="succeeded", clean_a="succeeded", clean_b="failed", report="blocked")
    stage(SMALL, seen)
    assert page.locator("[data-task]").count() == 4
    assert page.locator(".sfdag-group-name").all_text_contents() == ["clean · failed · 15.4 s"]
    keep(page, "page_small_unfolded")
    page.get_by_role("button", name="Fold groups").click()
    assert labels(page) == [
        "load, succeeded · 7.4 s",
        "clean, failed · 15.4 s, 1 failed, 1 succeeded, 2 tasks, folded",
        "report, blocked",
    ]
    keep(page, "page_small_folded")
    assert page.evaluate(SMALL_TEXT) == []
    page.get_by_role("button", name="Unfold all").click()
    assert page.locator("[data-task]").count() == 4
