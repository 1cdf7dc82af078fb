"""The timeline: when tasks waited and ran, what the run waited for, what is to be expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.snapshot import RanBefore
from sfdag_magics.graph.states import DisplayState
from tests.browser.measures import check_layout
from tests.browser.page.conftest import A_FRAME
from tests.browser.page.past import earlier
from tests.render.builders import FRAUD, FRAUD_FAILED, NOON, run, shape

CHAIN = shape("a -> b c; b -> d; c -> d")


def timed(made, **times):
    """The run with tasks put on the list, begun and ended at these seconds; None for not yet."""
    tasks = dict(made.tasks)
    for name, seconds in times.items():
        scheduled, started, completed = (
            None if at is None else NOON + timedelta(seconds=at) for at in seconds
        )
        tasks[name] = replace(
            tasks[name], scheduled=scheduled, started=started, completed=completed
        )
    return replace(made, tasks=tasks, begun=NOON)


OVER = timed(
    run(CHAIN, a="succeeded", b="succeeded", c="succeeded", d="succeeded"),
    a=(0, 13, 26),
    b=(26, 26, 39),
    c=(26, 39, 117),
    d=(117, 117, 130),
)
GOING = timed(run(CHAIN, a="succeeded", b="running"), a=(0, 5, 10), b=(10, 10, None))


def opened(stage, page, shape, seen, **options):
    made = stage(shape, seen, **options)
    page.get_by_role("tab", name="Timeline").click()
    return made


def bars(page, name):
    """`{kind: (from, to)}` in per cent of the axis."""
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=name))
    return row.evaluate(
        """row => Object.fromEntries([...row.querySelectorAll('.sfdag-track > i')]
          .filter(e => !e.hidden)
          .map(e => [e.className.replace('sfdag-', ''), [e.style.left, e.style.width]]
            .map((each, at) => Array.isArray(each) ? each.map(parseFloat) : each)))"""
    )


def test_a_row_has_what_its_task_waited_and_ran(stage, page):
    opened(stage, page, CHAIN, OVER)
    assert bars(page, "a, succeeded")["waited"] == pytest.approx([0, 10])
    assert bars(page, "a, succeeded")["ran"] == pytest.approx([10, 10])
    assert bars(page, "c, succeeded")["waited"] == pytest.approx([20, 10])
    assert bars(page, "c, succeeded")["ran"] == pytest.approx([30, 60])
    assert "waited" not in bars(page, "b, succeeded")


def test_the_critical_path_of_a_failed_run_leads_from_the_finalizer_past_what_did_not_run(
    stage, page
):
    ended = shape("a -> b; b -> c; c -> d", finalizer="tidy")
    states = {"a": "succeeded", "b": "failed", "c": "blocked", "d": "blocked", "tidy": "succeeded"}
    failed = timed(run(ended, **states), a=(0, 0, 20), b=(20, 20, 120), tidy=(125, 125, 130))
    opened(stage, page, ended, failed)
    words = {"a": "succeeded", "b": "failed", "tidy": "succeeded"}
    assert all("critical" in bars(page, f"{name}, {word}") for name, word in words.items())
    assert (
        page.locator(".sfdag-says")
        .text_content()
        .startswith("Ran longest: b, 1m40s, 77 % of the run.")
    )


def test_the_critical_path_is_what_the_run_waited_for(stage, page):
    opened(stage, page, CHAIN, OVER)
    critical = {name for name in "abcd" if "critical" in bars(page, f"{name}, succeeded")}
    assert critical == {"a", "c", "d"}
    assert page.locator(".sfdag-says").text_content() == (
        "Ran longest: c, 1m18s, 60 % of the run. Besides, tasks of the critical path waited "
        "26.0 s, 13.0 s of it for a free slot while 1 other task ran."
    )


def test_the_slowest_task_is_that_of_any_attempt_and_what_it_took_is_in_its_row(stage, page):
    states = {"a": "reused", "b": "reused", "c": "succeeded", "d": "succeeded"}
    again = timed(
        run(CHAIN, attempt=2, **states),
        a=(-60, -60, -50),
        b=(-50, -50, -10),
        c=(0, 0, 3),
        d=(3, 3, 5),
    )
    opened(stage, page, CHAIN, again)
    assert "Ran longest: b, 40.0 s, in attempt 1." in page.locator(".sfdag-says").text_content()
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="b, reused"))
    assert row.get_by_role("cell").all_text_contents()[1:] == ["–", "40.0 s", "–"]


def test_table_and_graph_say_of_a_task_that_was_kept_what_the_timeline_says(stage, page, keep):
    states = {"a": "reused", "b": "reused", "c": "succeeded", "d": "skipped"}
    again = timed(
        run(CHAIN, attempt=2, **states),
        a=(-60, -60, -50),
        b=(-50, -50, -10),
        c=(0, 0, 3),
    )
    again = replace(again, tasks={**again.tasks, "d": replace(again.tasks["d"], attempt=2)})
    stage(CHAIN, again)
    assert page.locator("[data-task='b'] .sfdag-note").text_content() == "reused · 40.0 s"
    assert "attempt 2" not in page.locator("[data-task='d']").text_content()
    page.get_by_role("tab", name="Table").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="b", exact=True))
    assert row.locator(".sfdag-col-ran").inner_text() == "40.0 s, attempt 1"
    keep(page, "page_table_kept")
    page.set_viewport_size({"width": 400, "height": 900})
    assert row.locator(".sfdag-col-ran").get_attribute("title") == "40.0 s, attempt 1"
    page.wait_for_function("!document.querySelector('.sfdag-by-row').matches('[data-kept]')")
    assert row.locator(".sfdag-col-ran").inner_text() == "40.0 s"
    keep(page, "page_table_kept_narrow")


def test_tasks_that_queue_for_slots_are_said_to(stage, page):
    wide = shape("a -> b c d e")
    states = dict.fromkeys("abcde", "succeeded")
    queued = timed(
        run(wide, **states),
        a=(0, 0, 1),
        b=(1, 1, 10),
        c=(1, 1, 10),
        d=(1, 10, 20),
        e=(1, 10, 19),
    )
    opened(stage, page, wide, queued)
    assert (
        page.locator(".sfdag-says")
        .text_content()
        .endswith("critical path waited 9.0 s for a free slot while 2 other tasks ran.")
    )


@pytest.mark.usefixtures("own_page")
def test_what_has_not_run_is_expected_after_what_it_waits_for(stage, page):
    page.clock.set_fixed_time(NOON)  # what is expected moves on with the time
    # Usually each task takes 7.4 s; the axis ends a little after the last one that is expected.
    opened(stage, page, CHAIN, GOING, past=earlier(CHAIN))
    end = 65.536
    assert bars(page, "b, running")["ran"] == pytest.approx([1000 / end, 4000 / end], abs=0.5)
    assert bars(page, "c, pending")["expected"] == pytest.approx([5000 / end, 740 / end], abs=0.5)
    assert bars(page, "d, pending")["expected"][0] == pytest.approx(5740 / end, abs=0.5)
    assert "Expected end 12:01:0" in page.locator(".sfdag-says").text_content()


def test_what_an_earlier_attempt_ran_took_none_of_this_ones_time(stage, page):
    again = timed(
        run(CHAIN, attempt=2, a="reused", b="succeeded", c="reused", d="succeeded"),
        a=(-60, -50, -40),
        b=(0, 1, 65),
        c=(-40, -40, -30),
        d=(65, 65, 130),
    )
    opened(stage, page, CHAIN, again)
    assert bars(page, "a, reused") == {}
    assert set(bars(page, "b, succeeded")) == {"waited", "ran", "critical"}
    says = page.locator(".sfdag-says").text_content()
    assert says.startswith(
        "Times count from where attempt 2 begins; attempt 1 stands at its left, without the time "
        "between. Ran longest: d, 1m05s, 50 % of attempt 2."
    )


def test_the_numbers_are_there_without_the_bars(stage, page):
    opened(stage, page, CHAIN, OVER, past=earlier(CHAIN))
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="c, succeeded"))
    assert row.get_by_role("cell").all_text_contents()[1:] == ["13.0 s", "1m18s", "7.4 s"]
    headers = page.get_by_role("columnheader")
    assert headers.filter(has_text="usually").count() == 1


def test_its_rows_are_gone_along_by_keys_and_open_the_details(stage, page):
    made = opened(stage, page, CHAIN, OVER)
    made.answer("detail", detail={"name": "b"})
    assert page.locator(".sfdag-timeline [tabindex='0']").count() == 1
    page.locator(".sfdag-timeline [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".sfdag-drawer h3").text_content() == "b"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.row") == "1"


def test_the_tabs_are_one_stop_and_arrows_go_along_them(stage, page):
    stage(CHAIN, OVER)
    tabs = page.get_by_role("tablist", name="Ways to look at the run").get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Timeline"
    panel = page.get_by_role("tabpanel", name="Timeline")
    assert panel.is_visible()
    assert page.get_by_role("tabpanel").count() == 1
    page.keyboard.press("Home")
    assert page.get_by_role("tabpanel", name="Graph").is_visible()


def test_before_the_first_run_it_says_that_there_is_nothing(stage, page):
    made = opened(stage, page, CHAIN, None)
    assert page.get_by_text("No run has begun").is_visible()
    made.show(OVER)
    assert page.get_by_text("No run has begun").is_hidden()
    assert page.get_by_role("row").count() == 5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 700, 1000])
def test_it_is_readable_at_every_width(stage, page, keep, width, theme):
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.body.dataset.jpThemeLight = theme === 'light' }", theme)
    opened(stage, page, FRAUD, FRAUD_FAILED, past=earlier(FRAUD))
    keep(page, f"page_timeline_{theme}_{width}")
    check_layout(page)


def test_the_axis_and_what_is_over_stay_while_the_run_goes_on(stage, page):
    made = opened(stage, page, CHAIN, GOING)
    before = bars(page, "a, succeeded")
    line = page.locator(".sfdag-now")
    at = line.bounding_box()["x"]
    made.show(GOING, later=timedelta(seconds=2))
    assert bars(page, "a, succeeded") == before
    assert line.bounding_box()["x"] > at
    made.show(GOING, later=timedelta(seconds=50))
    assert bars(page, "a, succeeded")["ran"][1] < before["ran"][1]


def test_the_line_stands_where_now_is_at_every_width(stage, page):
    opened(stage, page, CHAIN, GOING)
    for width in (400, 700, 1000):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(A_FRAME)
        ends = page.evaluate(
            """() => { const row = [...document.querySelectorAll('.sfdag-row')]
                .find(each => each.classList.contains('sfdag-s-running'));
              return [row.querySelector('.sfdag-ran').getBoundingClientRect().right,
                document.querySelector('.sfdag-now').getBoundingClientRect().left]; }"""
        )
        assert ends[0] == pytest.approx(ends[1], abs=4), width


AGAIN = timed(
    run(CHAIN, attempt=3, a="reused", b="succeeded", c="reused", d="succeeded"),
    a=(-6000, -6000, -5960),
    b=(0, 0, 60),
    c=(-3600, -3600, -3590),
    d=(60, 60, 100),
)


def again():
    """A third attempt, an hour after the second, a while after the first, which began slowly."""
    tasks = dict(AGAIN.tasks)
    for name, attempt, state, start, end in (
        ("b", 1, "failed", -5960, -5940),
        ("c", 1, "failed", -5960, -5930),
        ("b", 2, "failed", -3600, -3580),
    ):
        ran = RanBefore(
            attempt=attempt,
            state=DisplayState(state),
            started=NOON + timedelta(seconds=start),
            completed=NOON + timedelta(seconds=end),
        )
        tasks[name] = replace(tasks[name], before=(*tasks[name].before, ran))
    tasks["c"] = replace(tasks["c"], attempt=2)
    return replace(AGAIN, tasks=tasks, begun=NOON - timedelta(seconds=6010))


def test_what_earlier_attempts_ran_stands_before_this_one_without_the_time_between(
    stage, page, keep
):
    opened(stage, page, CHAIN, again(), past=earlier(CHAIN, count=1))
    usually = page.locator(".sfdag-row .sfdag-usually-column")
    assert usually.first.text_content().startswith("last ")
    before = page.locator(".sfdag-track .sfdag-before").evaluate_all(
        """all => all.map(e => [e.title, parseFloat(e.style.left), parseFloat(e.style.width)])"""
    )
    assert [title for title, *_ in before] == [
        "attempt 1: reused, 40.0 s",
        "attempt 1: failed, 20.0 s",
        "attempt 2: failed, 20.0 s",
        "attempt 1: failed, 30.0 s",
        "attempt 2: reused, 10.0 s",
    ]
    # Attempts of 80, 20 and 130 s, with a fiftieth of that between them.
    whole = 80 + 20 + 130 + 2 * 4.6
    assert " · 3m50s in 3 attempts" in page.locator(".sfdag-run-facts").text_content()
    assert [left for _, left, _ in before] == pytest.approx(
        [1000 / whole, 5000 / whole, 8460 / whole, 5000 / whole, 8460 / whole], abs=0.1
    )
    assert bars(page, "b, succeeded")["ran"] == pytest.approx(
        [100 * (1 - 130 / whole), 6000 / whole], abs=0.1
    )
    labels = page.locator(".sfdag-axis .sfdag-track span").all_text_contents()
    assert labels[:3] == ["attempt 1 · 1m20s", "attempt 2", "attempt 3 · 0 s"]
    assert page.locator(".sfdag-begun").is_visible()
    key = page.get_by_role("list", name="What the bars mean")
    assert key.get_by_text("ran in an earlier attempt, paler (red: failed)").is_visible()
    assert key.get_by_text("attempt 3 begins").is_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="b, succeeded"))
    assert (
        row.get_by_role("cell")
        .first.text_content()
        .startswith("attempt 1: failed, 20.0 s, attempt 2: failed, 20.0 s, from ")
    )
    keep(page, "page_timeline_attempts")
    check_layout(page)


def test_a_run_of_one_attempt_has_none_before_it(stage, page):
    opened(stage, page, CHAIN, OVER)
    assert page.locator(".sfdag-track .sfdag-before").count() == 0
    assert page.get_by_text("ran in an earlier attempt").is_hidden()
    assert page.locator(".sfdag-begun").is_hidden()


def test_the_key_has_the_colour_of_the_bars_and_says_only_what_occurs(stage, page):
    opened(stage, page, CHAIN, OVER)
    colours = page.locator(".sfdag-row .sfdag-ran:not([hidden]), li .sfdag-ran").evaluate_all(
        "all => [...new Set(all.map(e => getComputedStyle(e).backgroundColor))]"
    )
    assert len(colours) == 1
    said = page.locator(".sfdag-timeline-key li").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.textContent)"
    )
    assert said == ["waited", "ran", "critical path: the run waited for these"]


@pytest.mark.parametrize("width", [400, 700, 1000])
def test_the_last_mark_of_the_axis_is_not_cut(stage, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    opened(stage, page, CHAIN, OVER)
    ends = page.evaluate(
        """() => { const track = document.querySelector('.sfdag-axis .sfdag-track');
          return [...track.querySelectorAll('span')].map(e => e.getBoundingClientRect())
            .map(r => [r.left - track.getBoundingClientRect().left,
                       track.getBoundingClientRect().right - r.right]); }"""
    )
    assert len(ends) >= 2
    assert all(left >= -0.5 and right >= -0.5 for left, right in ends)


@pytest.mark.parametrize("width", [400, 1000])
def test_a_name_without_room_is_shortened_in_its_middle(stage, page, width):
    names = [f"score_every_customer_of_the_region_{n:02}" for n in (58, 59)]
    wide = shape(" -> ".join(names))
    page.set_viewport_size({"width": width, "height": 900})
    opened(stage, page, wide, run(wide, **dict.fromkeys(names, "succeeded")))
    row = page.get_by_role("button", name=f"{names[1]}, succeeded")
    parts = row.locator(".sfdag-split-name > span")
    assert "".join(parts.all_text_contents()) == names[1]
    ends = parts.last.evaluate(
        "e => [e, e.parentElement].map(each => each.getBoundingClientRect().right)"
    )
    assert ends[0] <= ends[1] + 1
    assert parts.first.evaluate("e => getComputedStyle(e).textOverflow") == "ellipsis"
