"""What a message names is written as a call where no magics are loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sfdag_magics
from sfdag_magics.errors import GraphError, InputError, Problem
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.magics import extension
from sfdag_magics.place_words import as_calls, as_typed_here

CALLS = {
    "%sfdag run": "target.run(…)",
    "%sfdag run starts over": "target.run(…) starts over",
    "%sfdag run --set rows=…, %sfdag graph --set rows=…, or": (
        'target.run(…, config={"rows": …}), graph.configure(config={"rows": …}), or'
    ),
    "--set rows=3": 'config={"rows": 3}',
    "--set rows=-0.5": 'config={"rows": -0.5}',
    '--set kind="a" (one of "a", "b")': 'config={"kind": "a"} (one of "a", "b")',
    "--set note='\"…\"'": 'config={"note": "…"}',
    "--set flag=true": 'config={"flag": True}',
    "--set keys='[1, 2]'": 'config={"keys": [1, 2]}',
    "--set day=2026-01-31": 'config={"day": "2026-01-31"}',
    "--set at=2026-01-31T05:00:00": 'config={"at": "2026-01-31T05:00:00"}',
    "--set day=… as datetime.date": 'config={"day": …} as datetime.date',
    "%sfdag graph --set +rows=… keeps it": 'graph.configure(config={"+rows": …}) keeps it',
    "%sfdag graph --config none takes": 'graph.configure(without={"config"}) takes',
    "print() it, and read it with %sfdag logs": "print() it, and read it with target.logs(…)",
    "%sfdag status starts it": "target.status(…) starts it",
    "%sfdag status 3f2a91bc": 'target.status(run="3f2a91bc")',
    "%sfdag status -g churn": 'target.status("churn")',
    "%sfdag retry asks, %sfdag retry --code original ships nothing": (
        "target.retry(…) asks, target.retry(…, current_code=False) ships nothing"
    ),
    "%sfdag stop 3f2a91bc --by-name": 'target.stop(run="3f2a91bc", by_name=True)',
    "the whole traceback: %sfdag logs train": 'the whole traceback: target.logs("train", …)',
    "a failed (%sfdag why a)": 'a failed (target.why(…, task="a"))',
    "%sfdag deploy once that has ended; %sfdag deploy --now if": (
        "target.deploy(…) once that has ended; target.deploy(…, now=True) if"
    ),
    "%sfdag deploy --suspended does not": "target.deploy(…, suspended=True) does not",
    "(or %sfdag forget load), then %sfdag deploy": (
        '(or graph.forget("load")), then target.deploy(…)'
    ),
    "%sfdag graph --schedule '1 day', then": 'graph.configure(schedule="1 day"), then',
    "%sfdag graph --warehouse W, or": 'graph.configure(warehouse="W"), or',
    "%sfdag graphs --all lists others": "target.graphs(everywhere=True) lists others",
    "%sfdag graphs": "target.graphs()",
    "%sfdag runs": "target.runs(…)",
    "%sfdag graph NAME, if": 'TaskGraph("NAME"), if',
    "%sfdag target, then the same again": "open_target(…), then the same again",
    "name another: %sfdag target -c NAME": (
        'name another: open_target(Target(name=…, connection="NAME"))'
    ),
    "%sfdag show --format text": "%sfdag show --format text",
    "%%sftask … --allow-secret token": '@sftask(allow_secret=["token"])',
    "if only the target has it: %%sftask … --packages torch": (
        'if only the target has it: @sftask(packages=["torch"])'
    ),
    "%%sftask above a function makes the cell a task": "@sftask above a function makes a task",
    "correct it, and run its cell": "correct it",
    "close it and run the cell again": "close it",
    "correct b and run its cell, then the same again": "correct b, then the same again",
    "there is no graph 'g' in this notebook or on prod": "there is no graph 'g' here or on prod",
    "nothing to type": "nothing to type",
}
#: Of the notebook alone: nothing of a script draws, counts cells or lists what travels.
_NOTEBOOKS_OWN = {"show", "VERB", "bundle", "help", "version", "session"}
_HOME = Path(sfdag_magics.__file__).parent


@pytest.mark.parametrize("text", CALLS)
def test_a_command_is_a_call_in_a_script(text):
    assert as_calls(text) == CALLS[text]


def test_each_command_that_the_rooms_below_magics_name_has_a_call():
    files = [
        path
        for room in ("bundle", "client", "workspace", "graph")
        for path in (_HOME / room).rglob("*.py")
    ]
    named = {
        found
        for path in files
        for found in re.findall(r'(?<![`"])%sfdag [a-z]+', path.read_text("utf-8"))
    }
    assert len(named) > 10
    left = {each for each in named if as_calls(f"{each} x") == f"{each} x"}
    assert {each.removeprefix("%sfdag ") for each in left} <= _NOTEBOOKS_OWN


def test_a_key_that_no_task_reads_is_kept_by_the_call_that_is_named():
    graph = TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    graph.configure(config={"rowz": 1})
    (problem,) = graph.validate()
    assert 'graph.configure(config={"+rowz": …}) keeps it' in str(problem)
    graph.configure(config={"+rowz": 1})
    assert graph.validate() == ()
    graph.configure(without={"config"})
    assert graph.options.config == {}


def test_errors_and_problems_say_it_where_they_are_read():
    problem = Problem(task="a", message="is odd", hint="%sfdag forget a")
    error = GraphError("graph g cannot run", problems=(problem,), hint="%sfdag plan")
    assert str(error) == (
        'graph g cannot run\n  a: is odd\n    graph.forget("a")\n  next: target.plan(…)'
    )
    assert InputError("no", hint="%sfdag plan").hint == "target.plan(…)"
    assert InputError("use %sfdag plan").message == "use target.plan(…)"


def test_a_notebook_types_what_it_says(notebook):
    assert as_typed_here("%sfdag run") == "%sfdag run"
    extension.unload(notebook.shell)
    assert as_typed_here("%sfdag run") == "target.run(…)"
