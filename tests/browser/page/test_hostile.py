"""Texts that want to be more, and more of them than there should be, in every place of the view."""

from __future__ import annotations

from itertools import count

from playwright.sync_api import expect

from tests.browser.measures import CUT_OFF, OVERFLOWING_LABELS, SIDEWAYS
from tests.browser.outside import asked_outside, assert_nothing_asked
from tests.browser.page.conftest import log
from tests.browser.page.places import Tour, forgive
from tests.browser.page.things import showing, thing
from tests.render.builders import HOSTILE, run, shape

#: Texts that Playwright can hand over.
TEXTS = [text for text in HOSTILE if text.isprintable() or "\n" in text]
#: Elements that the view is made of; of those that could do more, only as it makes them itself.
OURS = (
    "aside b bdi button code datalist dd details div dl dt h2 h3 h4 header i input kbd label li"
    " mark option p pre section select span strong summary table tbody td th thead tr ul"
    " canvas svg defs g marker path rect text title"
)
FRAMED = ".sfdag-shown-html[sandbox=''][srcdoc^='<meta http-equiv=\"Content-Security-Policy\"']"
PICTURED = ".sfdag-shown-picture[src^='data:image/']"
#: What stands in the view and is not its own: elements, handlers, addresses, styles with addresses.
FOREIGN = f"""
(ours) => [...document.querySelectorAll('.sfdag *')].filter((element) => {{
  const isOurs = ours.includes(element.localName)
    || element.matches({FRAMED!r}) || element.matches({PICTURED!r});
  return !isOurs || [...element.attributes].some(({{ name, value }}) => name.startsWith('on')
    || (['href', 'action', 'formaction'].includes(name))
    || (name === 'style' && /url|@|import/.test(value)));
}}).map((element) => element.outerHTML.slice(0, 200))
"""


def hostile():
    """`say(text)`: another hostile one for each text, all of them in turn."""
    number = count()
    said = {}

    def say(text):
        if text not in said:
            at = next(number)
            again = at // len(TEXTS)
            said[text] = f"{TEXTS[at % len(TEXTS)]}{again or ''}"
        return said[text]

    return say


def test_everywhere_they_stay_text(stage, page, keep):
    page.set_viewport_size({"width": 1600, "height": 1400})
    asked = asked_outside(page)
    page.evaluate("() => { window.alert = () => { window.alarmed = true; }; }")
    tour = Tour(stage, page, hostile())
    for place in tour:
        keep(page, f"hostile_{place.replace(', ', '_').replace(' ', '_')}")
        assert page.evaluate(FOREIGN, OURS.split()) == [], place
        if place.startswith("graph, "):  # before, marks stand on the boxes: words of ours, that fit
            assert page.evaluate(OVERFLOWING_LABELS) == [], place
    page.evaluate("document.querySelector('.sfdag p').innerHTML = '<b onclick=0>x</b>'")
    assert page.evaluate(FOREIGN, OURS.split()) == ['<b onclick="0">x</b>']
    assert page.evaluate("window.alarmed") is None
    assert_nothing_asked(page, asked)
    forgive(tour.made)


CONNECTING = (
    "<iframe src='http://x.invalid/'></iframe>",
    "<link rel='preconnect' href='http://x.invalid/'>",
    "<meta http-equiv='refresh' content='0;url=http://x.invalid/'>",
    "<template shadowrootmode='open'><iframe src='http://x.invalid/'></iframe></template>",
    "</head></html><object data='http://x.invalid/'></object>",
)


def test_a_frame_holds_nothing_that_connects_before_its_policy_is_asked(stage, page):
    chain = shape("a -> b")
    made = stage(chain, showing(run(chain, a="succeeded"), "a", len(CONNECTING)))
    shown = [thing(f"t{at}", "html", text=f"<p>in</p>{text}") for at, text in enumerate(CONNECTING)]
    made.answer_by_kind({"shown": {"shown": shown}})
    made.node("a").click()
    made.tab("Shown")
    frames = page.locator(".sfdag-shown-html")
    expect(frames).to_have_count(len(CONNECTING))
    held = [frame.get_attribute("srcdoc") for frame in frames.all()]
    assert ["x.invalid" in text for text in held] == [False] * len(CONNECTING)
    assert page.frame_locator(".sfdag-shown-html").first.get_by_text("in").is_visible()


def test_much_of_it_is_cut_scrolled_and_stays_text(stage, page):
    """A value of 10 kB of markup, a log of many long lines, a name of five thousand letters."""
    markup = "<img src=x onerror=alert(1)>" * 366
    chain = shape("a -> b")
    made = stage(chain, run(chain, a="succeeded"))
    lines = log(*[markup] * 200, left_out=500_000)
    returned = {"returned": {"text": markup, "note": "text · 10 kB of 10 kB"}}
    made.answer_by_kind({"detail": returned, "logs": lines})
    made.node("a").click()
    for tab, seen in (("Data", ".sfdag-code"), ("Logs", ".sfdag-line")):
        made.tab(tab)
        page.locator(f".sfdag-drawer {seen}").first.wait_for()
        assert page.evaluate(SIDEWAYS) == page.evaluate(CUT_OFF) == []
    assert page.get_by_text("500,000 earlier lines").is_visible()
    assert page.locator(".sfdag img").count() == 0
