"""What a shipped task shows and how far it says it is: the files that it leaves on the stage."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from sfdag_magics.bundle.shipped import telling
from tests.bundle.notebook import GraphRun, Notebook, Shipped


@pytest.fixture
def told(tmp_path, caplog):
    """The files of a task with this body, by their kind; in what run can be said."""

    def run_of(body, run=None):
        caplog.set_level(logging.INFO)
        notebook = Notebook()
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        notebook.task(f"def train(session, ctx):\n{lines}")
        bundle = notebook.build()
        bundle.check()
        run = run or GraphRun().deployed()
        Shipped(bundle.archive, tmp_path).run(run, "train")
        return run

    return run_of


def test_the_last_progress_is_kept_whatever_came_too_soon(told):
    run = told("for n in range(100): ctx.progress(n + 1, 200, f'tree {n + 1}')")
    (progress,) = run.told().values()
    assert (progress["done"], progress["of"], progress["text"]) == (100, 200, "tree 100")
    writes = [each for each in run.asked if "stage" in each.lower()]
    assert writes == []  # files alone: no statement that would end a transaction


def test_files_lie_beside_the_graphs_archive_by_run_task_and_beginning(told):
    run = told("ctx.progress(1)", GraphRun().deployed(archive='@DB."s".ST/mortgage/ab12.zip'))
    (place,) = [name for name in run.files if name.endswith(".json")]
    start, began, rest = place.rpartition("/")[0], *place.rpartition("/")[2].split(".", 2)[1:]
    assert start == '@DB."s".ST/mortgage$runs/group-1'
    assert abs(int(began) / 1000 - datetime.now(UTC).timestamp()) < 600
    assert rest == "progress.json"


def test_a_failed_task_leaves_what_it_told(told):
    run = GraphRun().deployed()
    with pytest.raises(ValueError, match="boom"):
        told("ctx.progress(1)\nctx.progress(2)\nraise ValueError('boom')", run)
    assert [each["done"] for each in run.told().values()] == [2]


def test_what_is_shown_again_under_its_name_is_the_same_thing(told):
    run = told("ctx.show('one', name='a b')\nctx.show('two', name='a b')\nctx.show('three')")
    shown = sorted(run.told().values(), key=lambda each: each["number"])
    assert [(each["name"], each["text"]) for each in shown] == [
        ("a b", "two"),
        ("text 2", "three"),
    ]


def test_no_more_than_twenty_things_are_kept_and_the_log_says_which_is_not(told, caplog):
    run = told("for n in range(22): ctx.show(str(n), name=f'n{n}')")
    assert len(run.told()) == telling.MOST_SHOWN
    assert [text for text in caplog.messages if "n2" in text] == [
        "train: 20 things are shown; n20 is not",
        "train: 20 things are shown; n21 is not",
    ]


BROKEN = [
    ("ctx.progress('half')", "wants numbers"),
    ("ctx.progress(1, of='all')", "wants numbers"),
    ("class Bad:\n    def _repr_png_(self): raise KeyError('x')\nctx.show(Bad())", "draw a Bad"),
    ("ctx.show(b'x' * 100, name='raw')", "keeps of raw: 100 bytes that are no PNG"),
]


@pytest.mark.parametrize(("body", "said"), BROKEN)
def test_what_cannot_be_told_is_said_and_fails_no_task(told, caplog, body, said):
    told(body)
    (line,) = [text for text in caplog.messages if text.startswith("train: ")]
    assert said in line


ELSEWHERE = [
    (GraphRun(inside=False).deployed(), "this is no run of a graph of %sfdag"),
    (GraphRun(), "this is no run of a graph of %sfdag"),
    (GraphRun().deployed(name="OTHER$RUN"), "this is no run of a graph of %sfdag"),
]


@pytest.mark.parametrize(("run", "why"), ELSEWHERE)
def test_where_another_runs_the_code_it_keeps_nothing_and_says_so_once(told, caplog, run, why):
    told("ctx.show('a')\nctx.progress(1)\nctx.progress(2)\nctx.show('b')", run)
    assert caplog.messages == [f"train: ctx.show and ctx.progress keep nothing here: {why}"]
    assert run.files == {}


def test_a_stage_that_refuses_is_said_once_and_fails_no_task(told, caplog):
    run = GraphRun().deployed()
    run.refusing = RuntimeError("Insufficient privileges\nmore of it")
    told("ctx.progress(1)\nctx.show('a')\nctx.progress(2)", run)
    assert caplog.messages == [
        "train: ctx.show and ctx.progress keep nothing here: Insufficient privileges"
    ]
