"""Who has the keys: the view while it has the focus, then the notebook around it."""

from tests.browser.lab.notebook import wait_for
from tests.browser.lab.test_live import SHOW

ABOVE, SHOWN = 0, 1
#: Where the focus is, how JupyterLab takes keys, and which cell they are for.
FOCUS = """
() => {
  const { content } = jupyterapp.shell.currentWidget;
  const active = document.activeElement;
  return { isBody: active === document.body, isAround: content.node.contains(active),
    isInView: active.closest('.sfdag') !== null, mode: content.mode,
    cell: content.activeCellIndex };
}
"""
IS_DIRTY = "jupyterapp.shell.currentWidget.context.model.dirty"


def test_the_last_escape_gives_the_keys_to_the_notebook_in_its_command_mode(notebook, page, keep):
    notebook("focus.ipynb", "'above'", SHOW).run(SHOWN)
    page.locator("[data-task='train']").click()
    page.locator(".sfdag-drawer h3").wait_for()
    assert page.evaluate(f"({FOCUS})().isInView && {IS_DIRTY}")
    page.keyboard.press("Control+s")
    wait_for(page, f"!{IS_DIRTY}")
    keep(page.locator(".sfdag"), "lab_chosen_task")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUS)["isInView"], "the first one closes the details"
    page.keyboard.press("Escape")
    found = page.evaluate(FOCUS)
    assert found == {
        "isBody": False,
        "isAround": True,
        "isInView": False,
        "mode": "command",
        "cell": SHOWN,
    }
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUS)["cell"] == ABOVE
