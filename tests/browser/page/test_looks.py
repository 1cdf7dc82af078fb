"""What the view looks like: readable, in its place, the same in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.run_seen import duration_text
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.sight import Sight
from tests.browser.measures import BOXES, check_layout
from tests.browser.page.conftest import log
from tests.browser.page.host import put_host
from tests.render.builders import FRAUD, FRAUD_FAILED, run, shape

#: The states whose boxes have a second line.
DOUBLE = """[...document.querySelectorAll('.sfdag-double')]
  .filter((line) => getComputedStyle(line).display !== 'none')
  .map((line) => line.parentElement.dataset.state)"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_run_in_all_its_states(stage, page, keep, theme):
    put_host(page, theme)
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer(
        "detail",
        detail={
            "name": "train_model",
            "attempt": 1,
            "query_id": "01bd0f54-0000-1a2b-0000-00000001",
            "error": "Traceback (most recent call last):\n"
            '  File "Cell [7] train_model", line 12, in train_model\n'
            "    scaled = scaler.transform(frame[FEATURES])\n"
            "KeyError: 'amount_log'",
            "place": "Cell [7] train_model, line 12",
            "kept_back": ["evaluate_model", "check_quality"],
            "changes": ["code of train_model", "config as_of: '2026-06-25' → '2026-06-26'"],
        }
        | log("reading 120000 rows", "3 columns are missing", level="WARN", found=1),
    )
    assert page.locator(".sfdag").get_attribute("data-sfdag-theme") == theme
    keep(page, f"page_{theme}")
    assert page.evaluate(DOUBLE) == ["failed"]
    made.node("train_model").click()
    page.get_by_text("code of train_model").wait_for()
    keep(page, f"page_{theme}_drawer")
    check_layout(page)
    made.tab("Logs")
    page.get_by_text("reading 120000 rows").wait_for()
    page.get_by_label("Search the log").fill("COLUMNS")
    page.locator("mark").wait_for()
    keep(page, f"page_{theme}_drawer_logs")
    check_layout(page)


@pytest.mark.parametrize(
    ("background", "theme"),
    [
        ("white", "light"),
        ("rgb(20 20 20)", "dark"),
        ("color(srgb 1 1 1)", "light"),
        ("color(srgb 0.1 0.1 0.1)", "dark"),
        ("oklch(0.98 0.01 240)", "light"),
        ("oklch(0.2 0.02 240)", "dark"),
        ("lab(5% 0 0 / 0.9)", "dark"),
        ("color(srgb 0 0 0 / 0.2)", "light"),  # what is behind it counts
    ],
)
def test_a_theme_is_told_by_the_background_in_any_colour_space(stage, page, background, theme):
    page.evaluate(
        """background => {
          delete document.body.dataset.jpThemeLight;
          document.body.style.background = 'white';
          document.getElementById('cell').style.background = background;
        }""",
        background,
    )
    stage(FRAUD)
    page.locator(f".sfdag[data-sfdag-theme={theme}]").wait_for()


LONG_NAME = f"PRODUCTION.FEATURES.{'ROWS_OF_THE_LAST_DAY_' * 5}$FRAME_0196GRO"
LONG = "\n".join(f"  File 'lib/part_{n}.py', line {n}, in step_{n}" for n in range(60))


@pytest.mark.parametrize("width", [400, 1000, 1280])
def test_what_a_task_says_about_itself_is_never_cut_off(stage, page, keep, width):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer(
        "detail",
        detail={
            "name": "x",
            "attempt": 1,
            "query_id": "01bd0f54-0000-1a2b-0000-00000001",
            "error": f"Traceback (most recent call last):\n{LONG}\nKeyError: 'amount_log'",
            "returned": {"text": LONG, "note": "text · 2.1 kB of 10 kB"},
            "tables": [[LONG_NAME, LONG_NAME, 2798]],
        }
        | log(*LONG.splitlines()),
    )
    made.node("train_model").click()
    for name, seen in (
        ("Logs", ".sfdag-drawer .sfdag-logs"),
        ("Data", ".sfdag-code"),
        ("Summary", ".sfdag-error"),
    ):
        made.tab(name)
        page.locator(f"{seen} >> visible=true").first.wait_for()
        keep(page, f"page_long_{width}_{name.lower()}")
        check_layout(page)
    check_layout(page)
    facts = page.locator(".sfdag-facts dd").all()
    assert len(facts) == 5
    names = [name.bounding_box()["y"] for name in page.locator(".sfdag-facts dt").all()]
    assert names == pytest.approx([fact.bounding_box()["y"] for fact in facts], abs=2)
    assert all(fact.bounding_box()["height"] > 10 for fact in facts)


def test_beside_a_small_graph_a_long_traceback_is_scrolled(stage, page, keep):
    page.set_viewport_size({"width": 1280, "height": 900})
    small = shape("a -> b")
    made = stage(small, run(small, a="failed", b="blocked"))
    made.answer("detail", detail={"name": "a", "error": LONG})
    made.node("a").click()
    page.locator(".sfdag-error").wait_for()
    keep(page, "page_small_graph_long_traceback")
    assert page.locator(".sfdag-drawer").bounding_box()["height"] == 420


def test_at_400_pixels_nothing_but_the_graph_scrolls(stage, page, keep):
    page.set_viewport_size({"width": 400, "height": 900})
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail={"returned": {"text": "x" * 300, "note": ""}} | log("y" * 500))
    made.node("split_data").click()
    made.tab("Logs")
    page.get_by_text("y" * 500).wait_for()
    page.get_by_role("button", name="Run").first.click(force=True)
    keep(page, "page_400px")
    check_layout(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 400


@pytest.mark.parametrize("width", [600, 820, 1000])
def test_no_state_moves_a_box(stage, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    made = stage(FRAUD)
    before = page.evaluate(BOXES)
    for state in DisplayState:
        made.show(run(FRAUD, **{node.name: state.value for node in FRAUD.nodes}))
        assert made.state_of("setup") == state.value
        assert page.evaluate(BOXES) == before


@pytest.mark.parametrize("state", list(DisplayState))
def test_each_state_is_told_without_colour(stage, page, state):
    made = stage(shape("a"), run(shape("a"), a=state.value))
    node = made.node("a")
    assert state.word in node.get_attribute("aria-label")
    assert state.word in node.locator(".sfdag-note").text_content()
    glyphs = page.evaluate("Object.entries(model.get('sfdag_looks')).map(([s, l]) => [s, l.glyph])")
    drawn = node.locator(".sfdag-glyph").get_attribute("d")
    assert dict(glyphs)[state.value] == drawn


def test_a_thousand_tasks_are_drawn_and_brought_up_to_date(stage, page):
    wide = shape(
        ";".join(f"t{i} -> t{i + 10} t{(i // 10 + 1) * 10 + (i + 3) % 10}" for i in range(990)),
        name="thousand",
    )
    made = stage(wide, run(wide))
    rows = page.get_by_role("tabpanel", name="Table").get_by_role("row")
    expect(rows).to_have_count(1001)  # they come a little at a time
    page.get_by_role("tab", name="Graph").click()
    expect(page.locator("[data-task]")).to_have_count(1000)
    made.show(run(wide, **{f"t{i}": "succeeded" for i in range(500)}))
    expect(page.locator("[data-state='succeeded'][data-task]")).to_have_count(500)
    assert page.locator(".sfdag-legend [data-state='succeeded']").text_content() == "500 succeeded"


@pytest.mark.parametrize("width", [400, 1280])
def test_sixty_side_by_side_are_still_a_picture(stage, page, keep, width):
    page.set_viewport_size({"width": width, "height": 900})
    wide = shape(
        f"plan -> {' '.join(SHARDS)};" + "; ".join(f"{name} -> merge" for name in SHARDS),
    )
    made = stage(wide)
    before = page.evaluate(PLACES)
    states = ["succeeded"] * 30 + ["failed", "running", "retrying", "cancelled"] + ["blocked"] * 26
    made.show(run(wide, plan="succeeded", **dict(zip(SHARDS, states, strict=True))))
    assert page.evaluate(PLACES) == before
    tile = made.node("shard_07")
    assert tile.locator("text").all_text_contents() == ["07", "7.4 s"]
    assert tile.get_attribute("aria-label") == "shard_07, 7.4 s, succeeded"
    keep(page, f"page_sixty_{width}")
    check_layout(page)
    if width == 1280:
        assert page.locator(".sfdag-frame").evaluate("e => e.scrollHeight <= e.clientHeight")
    # By keys: into the block, along it, and out of it.
    made.node("plan").focus()
    for key, wanted in (("ArrowDown", "shard_"), ("ArrowRight", "shard_"), ("ArrowUp", "plan")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.task").startswith(wanted)
    made.node("shard_30").click()
    assert page.locator(".sfdag-drawer h3").text_content() == "shard_30"


SHARDS = [f"shard_{number:02}" for number in range(60)]
PLACES = "[...document.querySelectorAll('[data-task]')].map(e => e.getAttribute('transform'))"
VISIBLE = """
name => {
  const frame = document.querySelector('.sfdag-frame').getBoundingClientRect();
  const box = document.querySelector(`[data-task='${name}'] .sfdag-box`).getBoundingClientRect();
  return box.left >= frame.left && box.right <= frame.right
    && box.top >= frame.top && box.bottom <= frame.bottom;
}
"""
LARGE = {
    "a tree of 300": shape("; ".join(f"t{i // 3} -> t{i}" for i in range(1, 300))),
    "a mesh of 1000": shape(
        ";".join(f"t{i} -> t{i + 10} t{(i // 10 + 1) * 10 + (i + 3) % 10}" for i in range(990))
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_graph_opens_at_its_first_task_and_fits_as_a_whole(stage, page, keep, name):
    stage(LARGE[name])
    page.get_by_role("tab", name="Graph").click()
    page.wait_for_function(f"({VISIBLE})('t0')")
    keep(page, f"page_{name.replace(' ', '_')}")
    page.get_by_role("button", name="Fit the whole graph").click()
    inside = page.evaluate(
        """() => {
          const frame = document.querySelector('.sfdag-frame');
          return frame.scrollWidth <= frame.clientWidth && frame.scrollHeight <= frame.clientHeight;
        }"""
    )
    assert inside
    keep(page, f"page_{name.replace(' ', '_')}_fitted")


def test_an_empty_graph_says_what_to_type(stage, page, keep):
    stage(Shape(name="notebook", nodes=(), edges=()))
    assert "%%sftask" in page.locator(".sfdag-empty").text_content()
    keep(page, "page_empty")


@pytest.mark.parametrize("sight", [Sight.LOOKING, Sight.ENGINE_OFF, Sight.NOT_CONNECTED])
def test_of_a_graph_that_is_not_known_no_false_word_stands_on_the_page(stage, page, sight):
    stage(Shape(name="slow", nodes=(), edges=())).show(None, sight=sight)
    assert page.locator(".sfdag-word").text_content() == sight.word != Sight.CLEAR.word
    assert page.locator(".sfdag-live").text_content() == ""
    assert not page.locator(".sfdag-empty").is_visible()
    assert page.locator("[data-topic=sight]").all_text_contents() == (
        [sight.note] if sight.note else []
    )


def test_what_is_left_of_a_dropped_graph_offers_nothing(stage, page):
    stage(FRAUD, FRAUD_FAILED).show(FRAUD_FAILED, sight=Sight.DROPPED)
    assert page.locator(".sfdag-live").text_content() == "dropped"
    assert "was dropped" in page.locator("[data-topic=sight]").text_content()
    buttons = {kind: page.locator(f"[data-action={kind}]") for kind in ("run", "retry", "stop")}
    assert {kind for kind, button in buttons.items() if button.is_enabled()} == {"run"}


def test_a_graph_that_never_ran_says_so(stage, page):
    stage(FRAUD)
    assert "Not run yet" in page.locator(".sfdag-header").text_content()
    assert page.locator(".sfdag-legend").text_content() == "11 pending"


@pytest.mark.parametrize("milliseconds", [989, 3_599_000])
def test_a_tile_has_room_for_the_longest_duration(stage, page, milliseconds):
    wide = shape(f"plan -> {' '.join(SHARDS)};" + "; ".join(f"{name} -> merge" for name in SHARDS))
    going = run(wide, plan="succeeded", shard_07="succeeded")
    took = timedelta(milliseconds=milliseconds)
    task = going.tasks["shard_07"]
    timed = replace(task, completed=task.started + took)
    made = stage(wide, replace(going, tasks={**going.tasks, "shard_07": timed}))
    note = made.node("shard_07").locator(".sfdag-note").text_content()
    assert note == duration_text(took)


def test_only_what_failed_has_a_double_border(stage, page):
    made = shape("a -> b; b -> c")
    put = stage(made, run(made, a="succeeded", b="failed", c="blocked"))
    drawn = "all => all.map(each => getComputedStyle(each).display)"
    assert page.locator(".sfdag-double").evaluate_all(drawn) == ["none", "inline", "none"]
    put.node("b").click()  # it has one around its box by then
    assert page.locator(".sfdag-double").evaluate_all(drawn) == ["none"] * 3
