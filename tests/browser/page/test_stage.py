"""What all tabs share: their height, their tools where there is little room, and one outline."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.measures import BOXES, check_layout
from tests.browser.page.past import earlier
from tests.render.builders import FRAUD, FRAUD_FAILED, ranks, run, scattered, shape

TABS = ("Graph", "Timeline", "Table", "Runs")
CHAIN = shape("; ".join(f"step_{n:02} -> step_{n + 1:02}" for n in range(39)))
FORKS = shape("a -> b c d; b -> e; c -> e; d -> e; e -> f; a -> f")


@pytest.mark.parametrize("width", [400, 500, 640, 700, 1000])
@pytest.mark.parametrize("made", [shape("a -> b"), FRAUD, CHAIN], ids=["small", "usual", "long"])
def test_no_tab_is_higher_than_another(stage, page, made, width):
    page.set_viewport_size({"width": width, "height": 1400})
    stage(made, run(made), past=earlier(made))
    heights = []
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        box = page.locator(".sfdag-stage").bounding_box()
        heights.append((box["y"], box["height"]))
    assert max(heights)[1] <= 560
    assert len(set(heights)) == 1


def test_forty_tasks_in_a_row_are_seen_at_once(stage, page, keep):
    stage(CHAIN, run(CHAIN, step_00="succeeded", step_01="running"))
    keep(page, "page_long_chain")
    frame = page.locator(".sfdag-frame")
    assert frame.evaluate("e => [e.scrollWidth <= e.clientWidth, e.scrollHeight <= e.clientHeight]")
    check_layout(page)
    # By keys to the end of a line, and on to the next.
    page.locator("[data-task='step_06']").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.task") == "step_07"


@pytest.mark.parametrize("width", [400, 700, 820, 1000, 1400])
def test_a_graph_with_its_finalizer_is_seen_as_a_whole(stage, page, width):
    page.set_viewport_size({"width": width, "height": 1400})
    made = stage(FRAUD, run(FRAUD))
    frame = page.locator(".sfdag-frame")
    expect(page.locator(".sfdag-scale")).to_have_text(
        "100 %" if width == 1400 else re.compile("^[89]|^100")
    )
    assert frame.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    last, lane = (
        made.node("cleanup_rejected").bounding_box(),
        made.node("drop_schema").bounding_box(),
    )
    assert (lane["y"] > last["y"] + last["height"]) == (width < 1400)
    made.node("cleanup_golden").focus()
    for key in ["ArrowDown"] if width < 1400 else ["ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.task") == "drop_schema"
    made.answer("detail", detail={"name": "setup"})
    made.node("setup").click()
    page.locator(".sfdag-drawer h3").wait_for()
    assert frame.evaluate("e => e.scrollWidth <= e.clientWidth")
    # As wide as before, it stands where it stood.
    page.set_viewport_size({"width": 1400, "height": 1400})
    expect(page.locator(".sfdag-scale")).to_have_text("100 %")


def test_a_graph_too_large_to_be_read_as_a_whole_begins_as_small_as_can_be_read(stage, page):
    deep = shape("; ".join(f"s{n:02} -> s{n + 1:02} side_{n:02}" for n in range(24)))
    stage(deep, run(deep))
    frame = page.locator(".sfdag-frame")
    expect(page.locator(".sfdag-scale")).to_have_text("80 %")
    assert frame.evaluate("e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight")


def test_at_its_edges_is_seen_where_a_picture_goes_on(stage, page):
    page.set_viewport_size({"width": 700, "height": 1000})
    ranks = [
        f"t{rank}_{at} -> t{rank + 1}_{(at + step) % 8}"
        for rank in range(8)
        for at in range(8)
        for step in (0, 1)
    ]
    wide = shape("; ".join(ranks))
    stage(wide, run(wide))
    frame = page.locator(".sfdag-frame")
    expect(frame).to_have_attribute("data-more-right", "")
    plain = frame.evaluate("e => getComputedStyle(e).boxShadow")
    frame.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
    expect(frame).to_have_attribute("data-more-left", "")
    assert frame.get_attribute("data-more-right") is None
    assert frame.evaluate("e => getComputedStyle(e).boxShadow") != plain


def test_no_pill_stands_over_an_arrow(stage, page, keep):
    names = [node.name for node in FORKS.nodes]
    made = stage(FORKS, run(FORKS, **dict.fromkeys(names, "failed")))
    for word in ("edited", "not deployed"):
        made.show(run(FORKS, **dict.fromkeys(names, "failed")), marks=[word] * len(names))
        assert page.locator(".sfdag-pill").count() == len(names)
        covered = page.evaluate(
            """() => [...document.querySelectorAll('.sfdag-edge')].flatMap(path => {
              const [length, to] = [path.getTotalLength(), path.getScreenCTM()];
              const points = [...Array(41).keys()]
                .map(part => path.getPointAtLength(part / 40 * length))
                .map(({x, y}) => new DOMPoint(x, y).matrixTransform(to));
              return [...document.querySelectorAll('.sfdag-pill')]
                .map(e => e.getBoundingClientRect())
                .filter(r => points.some(at => at.x > r.left - 2 && at.x < r.right + 2
                  && at.y > r.top - 2 && at.y < r.bottom + 2)).length
                ? [path.getAttribute("d")] : []; })"""
        )
        assert covered == []
    keep(page, "page_pills")


def test_a_chosen_task_has_one_outline(stage, page):
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail={"name": "setup"})
    made.node("setup").click()
    page.locator(".sfdag-drawer h3").wait_for()
    drawn = made.node("setup").evaluate(
        """e => [getComputedStyle(e).outlineStyle,
                 ...[...e.querySelectorAll('.sfdag-halo')]
                   .map(h => getComputedStyle(h).strokeWidth)]"""
    )
    assert drawn == ["none", "2px"]


def test_how_large_the_picture_is_stands_between_the_buttons_that_change_it(stage, page):
    stage(FORKS, run(FORKS))
    scale = page.locator(".sfdag-scale")
    expect(scale).to_have_text("100 %")
    page.get_by_role("button", name="Zoom in").click()
    expect(scale).to_have_text("125 %")
    page.locator(".sfdag-frame").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, 300)
    page.keyboard.up("Control")
    expect(scale).not_to_have_text("125 %")
    page.get_by_role("button", name="to natural size").click()
    expect(scale).to_have_text("100 %")


def test_the_picture_follows_the_width_until_somebody_zooms(stage, page, keep):
    broad = ranks(5, 4)
    stage(broad, run(broad))
    frame, scale = page.locator(".sfdag-frame"), page.locator(".sfdag-scale")

    def seen_at(width, expected):
        page.set_viewport_size({"width": width, "height": 900})
        expect(scale).to_have_text(expected)
        return frame.evaluate("e => e.scrollWidth <= e.clientWidth")

    assert seen_at(1000, "100 %")
    assert seen_at(500, "86 %")
    assert seen_at(1000, "100 %")
    page.get_by_role("button", name="Fit the whole graph").click()
    assert seen_at(400, "69 %")
    keep(page, "page_fit_400px")
    assert seen_at(500, "86 %")
    page.get_by_role("button", name="Zoom in").click()
    expect(scale).to_have_text("108 %")
    assert not seen_at(400, "108 %")


@pytest.mark.parametrize(("width", "is_narrow"), [(1000, False), (820, True), (400, True)])
def test_secondary_tools_stand_in_a_menu_where_there_is_little_room(stage, page, width, is_narrow):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(FRAUD, FRAUD_FAILED, actions={"run": "%sfdag run", "deploy": "%sfdag deploy"})
    focus = page.get_by_role("button", name="Focus")
    assert focus.is_visible() is not is_narrow
    more = page.get_by_role("button", name="More about the graph")
    assert more.is_visible() is is_narrow
    deploy = page.locator("[data-action=deploy]")
    assert deploy.is_visible() is not is_narrow
    if not is_narrow:
        return
    made.node("check_quality").focus()
    more.click()
    page.get_by_role("menuitem", name="Upstream of check_quality").click()
    assert page.locator("[data-task][data-faded]").count() == 5
    page.get_by_role("button", name="More about this run").click()
    page.get_by_role("menuitem", name="Deploy…").click()
    assert page.locator(".sfdag-sheet").is_visible()


@pytest.mark.parametrize(("width", "is_beside"), [(1000, True), (850, True), (820, False)])
def test_the_details_stand_beside_the_graph_where_the_view_is_wide(stage, page, width, is_beside):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail={"name": "drop_schema"})
    made.node("cleanup_rejected").dispatch_event("click")
    drawer = page.locator(".sfdag-drawer")
    drawer.locator("h3").wait_for()
    there, stage_there = drawer.bounding_box(), page.locator(".sfdag-stage").bounding_box()
    assert (there["y"] < stage_there["y"] + 10) is is_beside
    box = made.node("cleanup_rejected").locator(".sfdag-box").first.bounding_box()
    assert box["x"] >= stage_there["x"]
    assert box["x"] + box["width"] <= stage_there["x"] + stage_there["width"]


#: Each shape needs another of the small forms to be seen at once.
SEEN_AT_ONCE = {
    "20 x 2": ranks(20, 2),
    "5 x 8": ranks(5, 8),
    "8 x 5": ranks(8, 5),
    "sparse": scattered(40),
}


@pytest.mark.parametrize("width", [1000, 1360])
def test_a_fan_of_sixty_opens_fitted(stage, page, keep, width):
    page.set_viewport_size({"width": width, "height": 900})
    fan = shape(f"start -> {' '.join(f'part_{n:02}' for n in range(60))}")
    stage(fan, run(fan))
    frame = page.locator(".sfdag-frame")
    page.wait_for_function("document.querySelector('.sfdag-picture').style.marginLeft")
    keep(page, f"page_fan_sixty_{width}")
    assert frame.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")


@pytest.mark.parametrize("many", SEEN_AT_ONCE.values(), ids=SEEN_AT_ONCE)
def test_a_graph_of_forty_is_seen_at_once_and_read(stage, page, keep, many):
    names = [node.name for node in many.nodes]
    states = itertools.cycle(("succeeded", "running", "failed", "pending"))
    stage(many, run(many, **dict(zip(names, states, strict=False))))
    frame = page.locator(".sfdag-frame")
    frame.locator(".sfdag-note").first.wait_for(state="attached")
    assert not frame.evaluate("e => e.getAttributeNames().some(n => n.startsWith('data-more'))")
    keep(page, f"page_forty_{many.name}")
    check_layout(page)


def test_a_graph_of_three_stands_upright_in_a_narrow_view(stage, page, keep):
    page.set_viewport_size({"width": 400, "height": 700})
    three = shape("load_orders -> clean_orders; clean_orders -> publish_daily")
    stage(three, run(three))
    boxes = page.evaluate(BOXES)
    assert all(left >= 0 and right <= 400 for left, _, right, _ in boxes)
    assert page.locator(".sfdag-scale").text_content() == "100 %"
    keep(page, "page_three_400px")
    check_layout(page)
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_function(f"new Set({BOXES}.map(box => box[1])).size === 1")


def test_where_the_picture_goes_on_its_edge_says_so(stage, page):
    ladder = shape("; ".join(f"a{n} -> a{n + 1} b{n + 1}; b{n} -> a{n + 1}" for n in range(40)))
    stage(ladder, run(ladder))
    frame = page.locator(".sfdag-frame")

    def edges():
        return frame.evaluate(
            "e => ['left', 'right'].filter(at => e.hasAttribute(`data-more-${at}`))"
        )

    page.wait_for_function("document.querySelector('.sfdag-frame[data-more-right]')")
    assert edges() == ["right"]
    frame.evaluate("e => { e.scrollLeft = 1e6; }")
    page.wait_for_function("document.querySelector('.sfdag-frame:not([data-more-right])')")
    assert edges() == ["left"]
    page.get_by_role("button", name="Fit the whole graph").click()
    page.wait_for_function("!document.querySelector('[data-more-left], [data-more-right]')")


def test_a_focus_is_named_on_each_tab_and_shows_what_a_search_would_fade(stage, page):
    made = stage(FORKS, run(FORKS))
    page.get_by_label("Find a task").fill("b")
    assert made.node("a").get_attribute("data-faded") is not None
    made.node("b").focus()
    page.get_by_role("button", name="Focus").click()
    page.get_by_role("menuitem", name="Upstream of b").click()
    assert made.node("a").get_attribute("data-faded") is None
    assert page.locator("[data-task][data-faded]").count() == 4
    page.get_by_role("tab", name="Timeline").click()
    chip = page.get_by_role("button", name="Focused on what is upstream of b")
    chip.click()
    assert chip.is_hidden()
    page.get_by_role("tab", name="Graph").click()
    assert page.locator("[data-task][data-faded]").count() == 0


def test_the_graph_stands_in_the_middle_and_what_opens_beside_it_covers_nothing_of_it(stage, page):
    small = shape("a -> b")
    made = stage(small, run(small, a="succeeded"))
    made.answer("detail", detail={"name": "a"})
    page.wait_for_function("document.querySelector('.sfdag-picture').style.marginLeft")
    picture, view = page.locator(".sfdag-picture"), page.locator(".sfdag-body").bounding_box()
    before = picture.bounding_box()
    middle = before["x"] + before["width"] / 2
    assert middle == pytest.approx(view["x"] + view["width"] / 2, abs=2)
    made.node("a").dblclick()
    page.locator(".sfdag-drawer h3").wait_for()
    page.wait_for_function(
        "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.sfdag-frame'))"
    )
    frame = page.locator(".sfdag-frame").bounding_box()
    assert picture.bounding_box()["x"] >= frame["x"]
    assert page.locator(".sfdag-drawer h3").text_content() == "a"
    page.keyboard.press("Escape")
    page.wait_for_function(
        "x => document.querySelector('.sfdag-picture').getBoundingClientRect().x === x",
        arg=before["x"],
    )


def test_beside_the_details_the_graph_is_whole_where_it_can_be_read_and_is_as_before_when_they_go(
    stage, page
):
    page.set_viewport_size({"width": 1160, "height": 900})
    wide = ranks(3, 3)
    made = stage(wide, run(wide, **{node.name: "succeeded" for node in wide.nodes}))
    made.answer("detail", detail={"name": "x", "error": "boom\n" * 40})
    page.wait_for_function("document.querySelector('.sfdag-picture').style.marginLeft")
    before = page.evaluate(BOXES)
    made.node(wide.nodes[-1].name).click()
    page.locator(".sfdag-error").wait_for()
    page.wait_for_function(
        "(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.sfdag-frame'))"
    )
    assert page.locator(".sfdag-scale").text_content() != "100 %"
    page.keyboard.press("Escape")
    page.wait_for_function(f"JSON.stringify({BOXES}) === JSON.stringify({json.dumps(before)})")


def test_the_hit_that_is_gone_to_is_marked_and_counted_as_long_as_one_searches(stage, page):
    made = stage(CHAIN, run(CHAIN))
    field = page.get_by_label("Find a task")
    field.fill("_3")
    count = page.locator(".sfdag-tabs .sfdag-find-count")
    assert count.text_content() == "10 of 40"
    field.press("Enter")
    field.press("Enter")
    assert count.text_content() == "2 of 10 found"
    assert page.locator("[data-hit]").evaluate_all("all => all.map(e => e.dataset.task)") == [
        "step_31"
    ]
    drawn = made.node("step_31").locator(".sfdag-halo")
    assert drawn.evaluate("e => getComputedStyle(e).strokeWidth") == "2px"
    field.press("Escape")
    assert page.locator("[data-hit]").count() == 0


def test_details_below_the_graph_come_into_sight(stage, page):
    page.set_viewport_size({"width": 400, "height": 500})
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail={"name": "setup"})
    made.node("setup").dispatch_event("click")
    title = page.locator(".sfdag-drawer h3")
    expect(title).to_be_in_viewport()
    assert title.text_content() == "setup"


SIXTY = shape(f"a -> {' '.join(f't{number}' for number in range(60))}")


def test_below_tiles_there_is_no_more_room_than_they_need(stage, page):
    stage(SIXTY, run(SIXTY))
    frame, picture = (
        page.locator(each).bounding_box() for each in (".sfdag-frame", ".sfdag-picture")
    )
    assert frame["height"] - picture["height"] < 24


#: Tiles in a group, which has them folded where they are more.
FORTY = shape(f"a -> {' '.join(f't{number}' for number in range(40))}")
GROUPED_FORTY = replace(
    FORTY,
    nodes=tuple(replace(n, group="tiles" if n.name != "a" else "first") for n in FORTY.nodes),
)


@pytest.mark.parametrize(("tiled", "width"), [(SIXTY, 400), (GROUPED_FORTY, 700)])
def test_in_a_narrow_view_tiles_stand_in_as_many_rows_as_it_takes(stage, page, keep, tiled, width):
    page.set_viewport_size({"width": width, "height": 900})
    stage(tiled, run(tiled))
    frame = page.locator(".sfdag-frame")
    expect(page.locator(".sfdag-picture [data-task]")).to_have_count(len(tiled.nodes))
    assert frame.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate(TILES_OUTSIDE) == []
    assert page.evaluate(NAMES_CUT) == []
    rows = page.evaluate(
        "[...new Set([...document.querySelectorAll('[data-task^=t]')]"
        ".map(e => Math.round(e.getBoundingClientRect().y)))].length"
    )
    assert rows > 6
    keep(page, f"page_tiles_{width}")


#: Names of groups that are not told in full.
NAMES_CUT = """[...document.querySelectorAll('.sfdag-group-name')].map((e) => e.textContent)
  .filter((text) => text.length < 5 || text.includes('…'))"""
#: Tiles that are not within their frame, or stand over another.
TILES_OUTSIDE = """() => {
  const box = (e) => e.getBoundingClientRect();
  const frame = box(document.querySelector('.sfdag-tiles'));
  const tiles = [...document.querySelectorAll('[data-task^=t] .sfdag-box:not(.sfdag-double)')];
  const isOver = (a, b) => a.left < b.right && b.left < a.right
    && a.top < b.bottom && b.top < a.bottom;
  return tiles.map(box).filter((tile, at, all) => tile.left < frame.left
    || tile.right > frame.right || tile.bottom > frame.bottom
    || all.some((other, place) => place !== at && isOver(tile, other)));
}"""


CROSSED = shape("load -> a b c; setup -> b; other -> b c; a -> d; b -> d; c -> d; d -> e")
GROUPS = {"a": "clean", "b": "clean", "c": "clean", "d": "training", "e": "training"}
#: Of each group's name, which arrows pass over its letters and which pills stand over them.
OVER_NAMES = """
() => [...document.querySelectorAll('.sfdag-group-name')].flatMap(name => {
  const { left, right, top, bottom } = name.getBoundingClientRect();
  const meets = (x, y) => x > left && x < right && y > top + 2 && y < bottom - 2;
  const isBefore = (e) => name.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
  const lines = [...document.querySelectorAll('.sfdag-edge')].filter(isBefore).filter(path => {
    const [length, to] = [path.getTotalLength(), path.getScreenCTM()];
    return [...Array(60).keys()].map(part => path.getPointAtLength(part / 59 * length))
      .map(({ x, y }) => new DOMPoint(x, y).matrixTransform(to)).some(({ x, y }) => meets(x, y));
  });
  const pills = [...document.querySelectorAll('.sfdag-pill > rect')]
    .map(e => e.getBoundingClientRect())
    .filter(r => r.left < right && r.right > left && r.top < bottom - 2 && r.bottom > top + 2);
  return [...lines, ...pills].map(() => name.textContent);
})
"""


@pytest.mark.parametrize("width", [1280, 400])
def test_no_arrow_and_no_pill_stands_over_the_name_of_a_group(stage, page, keep, width):
    page.set_viewport_size({"width": width, "height": 900})
    nodes = tuple(replace(node, group=GROUPS.get(node.name)) for node in CROSSED.nodes)
    crossed = replace(CROSSED, nodes=nodes)
    states = dict.fromkeys((node.name for node in nodes), "succeeded") | {"b": "failed"}
    seen = run(crossed, **states)
    made = stage(crossed, seen)
    for word in ("edited", "wrote no rows", "not deployed"):
        made.show(seen, marks=[word] * len(nodes))
        assert page.evaluate(OVER_NAMES) == []
    names = [text.split(" ·")[0] for text in page.locator(".sfdag-group-name").all_text_contents()]
    assert sorted(names) == ["clean", "training"]  # none of them is cut
    # Of what failed first it is seen as well that its cell is another by now.
    made.show(seen, marks=["edited"] * len(nodes))
    pills = " ".join(made.node("b").locator(".sfdag-pill").all_text_contents())
    assert pills in ("root cause · edited", "root cause edited", "root cause ≠", "! ≠")
    keep(page, f"page_crossed_{width}")


@pytest.mark.parametrize("width", [900, 700, 600, 400])
def test_what_failed_stands_in_the_head_at_each_width_and_no_button_in_a_second_line(
    stage, page, width
):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(FRAUD, FRAUD_FAILED)
    cause = page.locator(".sfdag-run-cause")
    expect(cause).to_be_visible()
    assert cause.bounding_box()["width"] > 200
    boxes = [each.bounding_box() for each in page.locator(".sfdag-toolbar > button:visible").all()]
    assert len({box["y"] for box in boxes}) == 1
    stage_at = page.locator(".sfdag-stage").bounding_box()["y"]
    offer = page.locator(".sfdag-beside-that")  # of a run that failed: it has no line of its own
    shown = offer.evaluate("e => { e.hidden = false; return getComputedStyle(e).display; }")
    assert shown == "none"
    failed_at = cause.bounding_box()["y"]
    made.show(run(FRAUD))  # without an error nothing below moves, and no band is empty
    expect(cause).to_be_hidden()
    assert abs(page.locator(".sfdag-live").bounding_box()["y"] - failed_at) < 5
    assert page.locator(".sfdag-stage").bounding_box()["y"] == stage_at


def test_what_failed_has_its_room_in_the_head_before_how_the_run_went(stage, page):
    page.set_viewport_size({"width": 960, "height": 900})
    stage(FRAUD, FRAUD_FAILED)
    facts = page.locator(".sfdag-run-facts")
    facts.evaluate("e => { e.textContent += ' · 32 kept from attempt 1 · 4.6 s in 2 attempts'; }")
    cause, buttons = page.locator(".sfdag-run-cause"), page.locator(".sfdag-toolbar")
    assert cause.bounding_box()["width"] > 200
    assert cause.bounding_box()["y"] < buttons.bounding_box()["y"] + 32
    said = facts.locator("..").bounding_box()
    assert said["x"] + said["width"] <= cause.bounding_box()["x"]


def test_nothing_that_stays_at_its_edge_stands_over_the_fade_of_the_runs(stage, page):
    page.set_viewport_size({"width": 700, "height": 900})
    stage(CHAIN, run(CHAIN), past=earlier(CHAIN))
    page.get_by_role("tab", name="Runs").click()
    frame = page.locator(".sfdag-grid-frame[data-more-below]")
    frame.wait_for()
    assert "gradient" in frame.evaluate("e => getComputedStyle(e).maskImage")
