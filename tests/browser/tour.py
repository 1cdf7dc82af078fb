"""`python -m tests.browser.tour [FILE]`: every place of the view, measured in many sizes and looks.

Writes one table: places, and how many things are wrong in each, by what is measured. It takes some
minutes, so it is no test: those look at places one by one. Words behind say what was found.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from sfdag_magics.place_words import MAGICS
from tests.browser.atoms import BADGES, CUT_ROWS, HIDDEN, OVER_EACH_OTHER
from tests.browser.chromium import ARGUMENTS, found_chromium, why_not
from tests.browser.contrast import too_faint
from tests.browser.measures import (
    CUT_OFF,
    OVERFLOWING_LABELS,
    SIDEWAYS,
    SMALL_TARGETS,
    SMALL_TEXT,
)
from tests.browser.page.conftest import Stage, emptied
from tests.browser.page.host import put_host
from tests.browser.page.places import Tour
from tests.browser.page.test_access import found
from tests.in_a_notebook import Shell
from tests.render.builders import run, shape

#: The look, the width of the view in pixels, and how sharp the screen is: 640 at 2 is a page of
#: 1280 at 200 %. In another look sizes are the same.
CONDITIONS = (
    *(("light", width, 1) for width in (1000, 400, 700, 1280)),
    ("light", 640, 2),
    *((look, width, 1) for look in ("dark", "forced colours") for width in (1000, 400)),
)
#: Where contrasts are measured, and graphs of more tasks than that, which take the longest.
WIDE, LARGE = 1000, 100
MEASURES = {
    "over each other": OVER_EACH_OTHER,
    "hidden": HIDDEN,
    "badges": BADGES,
    "cut rows": CUT_ROWS,
    "labels": OVERFLOWING_LABELS,
    "sideways": SIDEWAYS,
    "cut off": CUT_OFF,
    "small text": SMALL_TEXT,
    "small targets": SMALL_TARGETS,
}
SMALLEST = """
Math.min(...[...document.querySelectorAll('.sfdag *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => !e.closest('title, .sfdag-unseen') && e.checkVisibility())
  .map(e => parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.().a ?? 1)))
"""
SHARDS = [f"shard_{number:02}" for number in range(60)]
GRAPHS = {
    "1 task": shape("only"),
    "7 tasks": shape("a -> b c; b -> d; c -> d e; d -> f; e -> f; f -> g"),
    "60 side by side": shape(
        f"plan -> {' '.join(SHARDS)};" + "; ".join(f"{name} -> merge" for name in SHARDS)
    ),
    "300 tasks": shape("; ".join(f"t{i // 3} -> t{i}" for i in range(1, 300))),
    "1000 tasks": shape(
        ";".join(f"t{i} -> t{i + 10} t{(i // 10 + 1) * 10 + (i + 3) % 10}" for i in range(990))
    ),
}
STATES = ("succeeded", "failed", "running", "succeeded", "blocked", "retrying", "skipped")


def main(target: str) -> None:
    """Measure all places, and write what was found."""
    program = found_chromium()
    if program is None:
        sys.exit(why_not())
    MAGICS.add(notebook := Shell())
    wrong: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    smallest: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        for look, width, scale in CONDITIONS:
            where = f"{look} {width}{' at 200 %' if scale > 1 else ''}"
            with _page(browser, width, scale, look) as page:
                for place in itertools.chain(_places(page, look), _graphs(page, look, width)):
                    for what, of in _measured(page, width, look).items():
                        wrong[place][what] |= dict.fromkeys(of, where)
                    least = page.evaluate(SMALLEST)
                    smallest[place] = min(least, smallest.get(place, least))
            Path(target).write_text(_table(wrong, smallest), encoding="utf-8")
            print(where, flush=True)  # noqa: T201 - it takes minutes, and says how far it is
        browser.close()
    MAGICS.discard(notebook)


@contextmanager
def _page(browser, width: int, scale: int, look: str):
    context = browser.new_context(
        viewport={"width": width, "height": 1200},
        device_scale_factor=scale,
        color_scheme="dark" if look == "dark" else "light",
        reduced_motion="reduce",
        forced_colors="active" if look == "forced colours" else "none",
    )
    yield context.new_page()
    context.close()


def _anew(page: Page, look: str) -> None:
    emptied(page)
    put_host(page, "dark" if look == "dark" else "light")


def _places(page: Page, look: str):
    _anew(page, look)
    yield from Tour(lambda *args, **options: Stage(page, *args, **options), page)


def _graphs(page: Page, look: str, width: int):
    """Each size of a graph on each tab, and one of its tasks chosen; the large ones in one look."""
    for name, made in GRAPHS.items():
        if len(made.nodes) > LARGE and (look, width) != ("light", WIDE):
            continue
        _anew(page, look)
        states = dict(
            zip((node.name for node in made.nodes), itertools.cycle(STATES), strict=False)
        )
        put = Stage(page, made, run(made, attempt=2, **states))
        put.answer("detail", detail={"name": "x", "error": "KeyError: 'amount_log'"})
        for tab in ("Graph", "Timeline", "Table", "Runs"):
            page.get_by_role("tab", name=tab).first.click()
            page.wait_for_timeout(300)
            yield f"{name}, {tab.lower()}"
        page.get_by_role("tab", name="Table").first.click()
        page.locator(".sfdag-tasks .sfdag-task").first.click()
        yield f"{name}, a task chosen in the table"
        page.get_by_role("tab", name="Graph").first.click()
        page.wait_for_timeout(300)
        yield f"{name}, a task chosen"


def _measured(page: Page, width: int, look: str) -> dict[str, list[str]]:
    page.wait_for_timeout(60)
    found_here = {what: page.evaluate(measure) for what, measure in MEASURES.items()}
    if width == WIDE and look != "forced colours":
        found_here["contrast"] = [str(each) for each in too_faint(page)]
    if width == WIDE and look == "light":
        found_here["axe"] = list(found(page)[0])
    return found_here


def _table(wrong, smallest) -> str:
    columns = [*MEASURES, "contrast", "axe"]
    head = ["place", *columns, "smallest text"]
    rows = [
        [place, *(str(len(wrong[place][what])) for what in columns), f"{smallest[place]:.1f} px"]
        for place in smallest
    ]
    told = [
        f"- {place}, {what}: {text} ({where})"
        for place, by in wrong.items()
        for what, of in by.items()
        for text, where in list(of.items())[:4]
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", *told, ""])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "TOUR.md")
