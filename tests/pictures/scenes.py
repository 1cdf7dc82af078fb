"""What each picture of the README shows: a view on a page, and what was clicked in it.

Nothing here depends on a clock or a network, so a picture changes with the view alone; letters are
drawn with the machine's fonts.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.page.conftest import Stage, emptied
from tests.browser.page.host import put_host
from tests.pictures.story import COMPARED, DETAIL, FAILED, PAST, SHAPE, again

WIDTH = 1000
ACTIONS = {kind: f"%sfdag {kind}" for kind in ("run", "retry", "stop", "deploy")}


def _failed(page, made) -> None:
    made.answer("detail", detail=DETAIL)
    made.node("evaluate").click()
    page.locator(".sfdag-error").wait_for()


def _retry(page, made) -> None:
    made.sheets(again=again())
    page.locator("[data-action='retry']").click()
    page.locator(".sfdag-sheet").wait_for()


def _timeline(page, made) -> None:
    page.get_by_role("tab", name="Timeline").click()
    page.get_by_role("row").nth(len(SHAPE.nodes)).wait_for()


def _compared(page, made) -> None:
    made.answer("detail", detail=COMPARED)
    page.get_by_role("tab", name="Runs").click()
    heads = page.locator("button[data-run]")
    for number in (-2, -1):
        heads.nth(number).click()
    page.get_by_role("button", name="Compare A and B").click()
    page.get_by_role("table", name="Tasks of both runs").wait_for()


#: By the picture's name: the theme, and what is clicked.
SCENES: dict[str, tuple[str, Callable]] = {
    "failed": ("light", _failed),
    "failed_dark": ("dark", _failed),
    "retry": ("light", _retry),
    "timeline": ("light", _timeline),
    "compared": ("light", _compared),
}


def shown(page, name):
    """Set a scene on a page; the element that is its picture."""
    theme, act = SCENES[name]
    page.set_viewport_size({"width": WIDTH, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    emptied(page)
    put_host(page, theme)
    made = Stage(page, SHAPE, FAILED, actions=ACTIONS, past=PAST)
    page.locator("[data-task='setup']").wait_for()
    act(page, made)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    assert made.errors == []
    made.leave()
    return page.locator(".sfdag")
