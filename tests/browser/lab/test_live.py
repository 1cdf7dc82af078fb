"""In JupyterLab, while a cell runs: states arrive, clicks are carried out, nothing moves."""

from __future__ import annotations

from tests.browser.lab.notebook import holding

SHOW = """
from IPython.display import display
from scripted import SHAPE, ScriptedRun
from sfdag_magics.widget import Actions, LiveView

run = None

def start(talk):
    global run
    run = ScriptedRun()
    return run

beside = None

def picture(bundle):
    if beside is not None:
        beside.update(bundle, raw=True)

actions = Actions(run=start, retry=lambda shown, talk: shown.retry())
view = LiveView(SHAPE, actions=actions, picture=picture)
display(view)
beside = display({"text/html": "not yet"}, raw=True, display_id=True)
"""


def click(page, kind):
    page.locator(f"[data-action='{kind}']:enabled").click()
    page.locator(f"[data-confirm='{kind}']").click()


def states_of(book, task):
    told = [change["state"] for change in book.recorded if change["task"] == task]
    return [state for state, before in zip(told, [None, *told], strict=False) if state != before]


def test_states_arrive_details_are_told_and_clicks_carried_out_while_a_cell_runs(
    notebook, page, file, keep
):
    book = notebook("live.ipynb", SHOW, holding(file))
    book.run(0)
    page.locator("[data-task='load']").wait_for()
    book.record(sleeping=1)
    book.start(1)
    click(page, "run")
    book.wait_for_state("train", "failed")
    assert book.prompt(1) == "[*]:"
    keep(page, "lab_failed_while_a_cell_runs")
    page.locator("[data-task='train']").click()
    page.locator(".sfdag-drawer").get_by_role("tab", name="Logs").click()
    page.locator(".sfdag-drawer").get_by_text("It printed and logged nothing.").wait_for()
    page.locator(".sfdag-drawer").get_by_role("tab", name="Summary").click()
    assert "no such column" in page.locator(".sfdag-error").text_content()
    assert book.prompt(1) == "[*]:"
    click(page, "retry")
    book.wait_for_state("report", "succeeded")
    assert book.prompt(1) == "[*]:"
    keep(page, "lab_retried_while_a_cell_runs")
    assert {change["prompt"] for change in book.recorded} == {None, "[*]:"}
    assert states_of(book, "load") == ["pending", "running", "succeeded", "reused"]
    assert states_of(book, "train")[:3] == ["pending", "running", "failed"]
    assert states_of(book, "train")[-2:] == ["running", "succeeded"]


def test_keys_pressed_in_the_view_do_not_reach_the_notebook(notebook, page):
    book = notebook("keys.ipynb", SHOW, "'second'")
    book.run(0)
    page.locator("[data-task='load']").focus()
    for key in ("d", "d", "a", "x", "z", "0", "0"):
        page.keyboard.press(key)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 2
    assert book.output(0) != ""
    for background in (".sfdag-header", ".sfdag-frame", ".sfdag-legend"):
        page.locator(background).click(position={"x": 6, "y": 6})
        for key in ("d", "d", "0", "0"):
            page.keyboard.press(key)
        assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 2, (
            background
        )
        assert page.locator(".jp-Dialog").count() == 0, background


def test_the_view_follows_the_theme(notebook, page, keep):
    book = notebook("theme.ipynb", SHOW)
    book.run(0)
    page.locator("[data-task='load']").wait_for()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        book.set_theme(theme)
        wanted = theme.split()[1].lower()
        page.locator(f".sfdag[data-sfdag-theme='{wanted}']").wait_for()
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        keep(page, f"lab_{wanted}")


def test_where_a_click_waits_behind_the_running_cell_the_view_says_so(notebook, page, file):
    book = notebook("waits.ipynb", "", SHOW, holding(file))
    # As with kernels that have no subshells, and in hosts that use none.
    kernel = "jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(f"{kernel}.commsOverSubshells = 'disabled'")
    book.run(1)
    page.locator("[data-task='load']").wait_for()
    book.start(2)
    click(page, "run")
    page.locator("[data-topic='link']").get_by_text("done after the running cell").wait_for()
    assert book.shown("load") == "pending"
    file.touch()
    book.wait_for_state("load", "succeeded")
    page.locator("[data-topic='link']").wait_for(state="detached")
