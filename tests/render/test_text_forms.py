"""Plain text, Mermaid and DOT: names are shown as they are and never read as syntax."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pygraphviz
import pytest

from sfdag_magics.client.observing.snapshot import RanBefore
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.render.dot import dot
from sfdag_magics.render.mermaid import mermaid, quoted
from sfdag_magics.render.run_seen import duration_text, headline, took_before, which_run
from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.render.text import graph_text
from sfdag_magics.widget.told.page_state import page_run
from tests.render.builders import FRAUD, FRAUD_FAILED, HOSTILE, NOON, run, shape


def test_text_tells_states_and_order():
    lines = graph_text(FRAUD, FRAUD_FAILED, now=NOON + timedelta(seconds=50)).splitlines()
    assert lines[0] == "daily_training: Running 4/11 · 50.0 s · 1 failed · 1 cancelled"
    assert any(re.search(r"✕ train_model +failed · 7.4 s +after split_data", x) for x in lines)
    assert any(line.endswith("after check_quality's answer") for line in lines)
    assert lines[-1].endswith("when everything else has ended")


@pytest.mark.parametrize("name", HOSTILE)
def test_text_obeys_no_name(name):
    hostile = Shape(name=name, nodes=(Node(name=name),), edges=())
    text = graph_text(hostile)
    assert len(text.splitlines()) == 2
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_mermaid_draws_each_kind_its_way():
    text = mermaid(FRAUD)
    assert text.startswith("flowchart LR\n")
    assert 'n5{"check_quality"}' in text
    assert "n5 -.-> n6" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_mermaid_reads_no_name_as_syntax(name):
    assert re.fullmatch(r'"(\w|[ _\-.,:$]|#\d+;)*"', quoted(name))


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.isprintable()])
def test_dot_shows_a_name_as_it_is(name):
    made = Shape(name="g", nodes=(Node(name=name),), edges=())
    graph = pygraphviz.AGraph(string=dot(made))
    label = graph.get_node("n0").attr["label"]
    assert label.replace("\\\\", "\\").replace('\\"', '"').replace("&amp;", "&") == name


def test_a_headline_counts_what_ran():
    made = shape("a -> b; b -> c")
    done = run(made, attempt=2, a="reused", b="succeeded", c="succeeded")
    assert headline(done, now=NOON) == "Succeeded 3/3 · 2m10s in 2 attempts"


@pytest.mark.parametrize(
    ("state", "note", "word"),
    [
        ("pending", "waits: Python is warming up", "Starting"),
        ("pending", "", "Running"),
        ("succeeded", "waits: a free slot", "Running"),
    ],
)
def test_a_run_that_is_held_up_before_its_first_task_is_starting(state, note, word):
    held_up = replace(run(shape("a -> b"), a=state), note=note)
    assert headline(held_up, now=NOON).startswith(f"{word} ")
    assert page_run(held_up)["word"] == word


def test_a_headline_counts_what_was_cancelled_as_nothing_that_ran():
    stopped = run(shape("a -> b; b -> c"), a="succeeded", b="cancelled", c="blocked")
    stopped = replace(stopped, state=GraphRunState.CANCELLED)
    assert headline(stopped, now=NOON) == "Cancelled 1/3 · 2m10s · 1 cancelled"


def test_a_retried_run_took_what_all_its_attempts_took():
    first = RanBefore(
        attempt=1,
        state=DisplayState.FAILED,
        started=NOON - timedelta(hours=2),
        completed=NOON - timedelta(hours=2) + timedelta(seconds=14),
    )
    seen = run(FRAUD, **dict.fromkeys(FRAUD_FAILED.tasks, "succeeded"))
    tasks = {**seen.tasks}
    name = next(iter(tasks))
    tasks[name] = replace(tasks[name], before=(first,))
    again = replace(seen, attempt=2, begun=first.started, tasks=tasks)
    assert took_before(seen) == timedelta()
    assert took_before(again) == timedelta(seconds=14)
    assert duration_text(seen.completed - seen.started + timedelta(seconds=14)) in headline(
        again, now=NOON
    )
    waited = replace(again, begun=first.started - timedelta(seconds=3))
    assert took_before(waited) == timedelta(seconds=17)


def test_durations_are_short():
    assert duration_text(timedelta(seconds=59.97)) == "1m00s"
    assert duration_text(timedelta(seconds=-1)) == "0 ms"


def test_a_run_is_named_by_when_it_began_and_a_retried_one_by_its_attempt_too():
    again = replace(FRAUD_FAILED, attempt=2, begun=NOON - timedelta(minutes=5))
    assert which_run(again) == (
        "run 0196-gro · 2026-11-23 11:55:00 UTC · attempt 2 from 2026-11-23 12:00:00 UTC"
    )
    assert which_run(FRAUD_FAILED) == "run 0196-gro · 2026-11-23 12:00:00 UTC"
    assert which_run(replace(FRAUD_FAILED, begun=NOON)) == which_run(FRAUD_FAILED)
