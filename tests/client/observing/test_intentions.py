from dataclasses import replace

import pytest

from sfdag_magics.client.observing.intentions import cleaned_text, listed, retry_text, stop_text
from sfdag_magics.graph.states import GraphRunState
from tests.render.builders import FRAUD, run, shape

GRAPH = shape("a -> b; b -> c; a -> d", finalizer="tidy")
FAILED = run(GRAPH, a="succeeded", b="failed", c="blocked", d="skipped", tidy="succeeded")
GOING = run(GRAPH, a="succeeded", b="running", d="running")


def with_finalizer(seen):
    tasks = {**seen.tasks, "tidy": replace(seen.tasks["tidy"], is_finalizer=True)}
    return replace(seen, tasks=tasks)


def test_a_retry_says_of_each_task_what_becomes_of_it_and_that_the_finalizer_runs_again():
    assert retry_text(with_finalizer(FAILED), ("b", "elsewhere")) == (
        "retry of run 0196-gro of mortgage · runs: b, c · reused: a · stays skipped: d · "
        "runs again at the end: tidy · with edited code: b · the finalizer tidy has run after "
        "attempt 1: if it removed something, only a new run makes that again"
    )


def test_a_retry_says_which_values_are_of_code_that_was_edited_since():
    said = retry_text(with_finalizer(FAILED), ("a", "b"))
    assert " · with edited code: b · reused as its older code returned it: a · " in said
    assert "with edited code" not in retry_text(FAILED, ("a",))


@pytest.mark.parametrize("changed", [{"tidy": "cancelled"}, {"a": "failed"}])
def test_a_retry_misses_nothing_where_no_finalizer_ran_or_nothing_is_kept(changed):
    states = {"a": "succeeded", "b": "failed", "c": "blocked", "d": "skipped", "tidy": "succeeded"}
    assert cleaned_text(with_finalizer(run(GRAPH, **states))) != ""
    assert cleaned_text(with_finalizer(run(GRAPH, **states | changed))) == ""


def test_a_stop_says_what_is_cancelled_and_what_still_runs():
    assert stop_text(with_finalizer(GOING)) == (
        "cancel run 0196-gro of mortgage · b, d are cancelled, nothing after that starts · "
        "the finalizer tidy still runs"
    )


def test_a_run_that_waits_is_said_to_wait():
    waiting = replace(run(FRAUD), state=GraphRunState.SCHEDULED, note="waits behind run 3f2a91c0")
    assert stop_text(waiting) == (
        "cancel run 0196-gro of daily_training, which waits behind run 3f2a91c0"
    )


@pytest.mark.parametrize(
    ("count", "said"), [(12, "t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11"), (300, "289 more")]
)
def test_of_many_names_the_first_are_said(count, said):
    assert listed([f"t{n}" for n in range(count)]).endswith(said)
