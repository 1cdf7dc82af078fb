"""Texts that are written from the right: each in its order, and the sentence in its own."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.render.shape import Node, Shape
from tests.browser.measures import check_layout
from tests.browser.page.conftest import log
from tests.browser.page.past import earlier
from tests.browser.page.places import Tour
from tests.render.builders import run, shape

LOAD, TRAIN, GROUP = "טעינה 3", "اختبار", "קבוצה"
HELLO = "שלום, עולם!"
#: Where pieces of an element's text stand, from the left.
LEFTS = """
(element, pieces) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return pieces.map((piece) => {
    const node = nodes.find((each) => each.data.includes(piece));
    const range = document.createRange();
    range.setStart(node, node.data.indexOf(piece));
    range.setEnd(node, node.data.indexOf(piece) + piece.length);
    return range.getBoundingClientRect().left;
  });
}
"""


def in_order(locator, *pieces):
    lefts = locator.first.evaluate(f"(e, pieces) => ({LEFTS})(e, pieces)", list(pieces))
    return lefts == sorted(lefts)


def test_sentences_keep_their_order_around_names(stage, page):
    grouped = Shape(
        name=HELLO,
        nodes=tuple(Node(name=f"{LOAD}{n}", group=GROUP) for n in range(70)),
        edges=(),
    )
    states = {f"{LOAD}{n}": "failed" for n in range(4)}
    made = stage(grouped, run(grouped, **states))
    says = page.locator(".sfdag-graph .sfdag-says")
    assert in_order(says, "70 tasks", "4 failed", GROUP)
    small = shape("a -> b")
    small = replace(
        small,
        name=HELLO,
        nodes=(Node(name=LOAD), Node(name=TRAIN)),
        edges=(replace(small.edges[0], tail=LOAD, head=TRAIN),),
    )
    made.redraw(small, run(small, **{LOAD: "failed", TRAIN: "blocked"}))
    page.locator("[data-tab=timeline]").click()
    says = page.locator(".sfdag-times .sfdag-says")
    assert in_order(says, "Ran longest:", "טעינה", "% of the run")
    page.locator("[data-tab=table]").click()
    assert in_order(page.locator(".sfdag-col-value").filter(has_text="by"), "by", "טעינה")
    made.answer_by_kind({"logs": log(HELLO), "detail": {}})
    page.locator(".sfdag-tasks [data-row='0']").click()
    made.tab("Logs")
    message = page.locator(".sfdag-drawer .sfdag-line-text")
    assert in_order(message, "!", "עולם", "שלום")
    assert in_order(page.locator(".sfdag-drawer .sfdag-line"), "12:00", "INFO", "שלום")
    page.locator("[data-action='deploy'], [data-action='run']").first.click()
    assert in_order(page.locator(".sfdag-sheet-title"), "New run of", "!", "עולם", "שלום")


def test_a_name_has_its_own_order_in_the_picture_too(stage, page):
    named = Shape(name="graph", nodes=(Node(name=HELLO),), edges=())
    stage(named, run(named), past=earlier(named))
    assert in_order(page.locator(".sfdag-picture .sfdag-name"), "!", "עולם", "שלום")
    page.locator("[data-tab=runs]").click()
    assert in_order(page.locator(".sfdag-grid tbody th"), "!", "עולם", "שלום")


def test_in_every_place_nothing_is_cut_off(stage, page, keep):
    say = {}
    page.set_viewport_size({"width": 1000, "height": 1200})
    for place in Tour(stage, page, lambda text: say.setdefault(text, f"{HELLO} {len(say)}")):
        keep(page, f"right_to_left_{place.replace(', ', '_').replace(' ', '_')}")
        check_layout(page)
