"""What a message names is written as a call where no magics are loaded."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import sfdag_magics
from sfdag_magics.errors import GraphError, InputError, Problem
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.magics import extension
from sfdag_magics.place_words import (
    RUN_IT,
    as_calls,
    as_typed_here,
    in_a_shell,
    setting,
    to_type,
)
from tests.in_a_notebook import in_a_notebook

__all__ = ["in_a_notebook"]
#: What is offered, with what is typed in a notebook and what in a script.
OFFERS = [
    (to_type("run"), "%sfdag run", "target.run(…)"),
    (to_type("run", set="rows"), "%sfdag run --set rows=…", 'target.run(…, config={"rows": …})'),
    (to_type("run", target="prod"), "%sfdag run -t prod", 'open_target("prod").run(…)'),
    (to_type("retry", run=None), "%sfdag retry", "target.retry(…)"),
    (to_type("retry", run="3f2a91bc"), "%sfdag retry 3f2a91bc", 'target.retry(run="3f2a91bc")'),
    (
        to_type("retry", code="original"),
        "%sfdag retry --code original",
        "target.retry(…, current_code=False)",
    ),
    (to_type("stop", run="3f2a91bc"), "%sfdag stop 3f2a91bc", 'target.stop(run="3f2a91bc")'),
    (
        to_type("stop", run="3f2a91bc", by_name=True),
        "%sfdag stop 3f2a91bc --by-name",
        'target.stop(run="3f2a91bc", by_name=True)',
    ),
    (to_type("stop", by_name=True), "%sfdag stop --by-name", "target.stop(…, by_name=True)"),
    (to_type("status", run="3f2a91bc"), "%sfdag status 3f2a91bc", 'target.status(run="3f2a91bc")'),
    (to_type("status", graph="churn"), "%sfdag status -g churn", 'target.status("churn")'),
    (to_type("logs", task="train"), "%sfdag logs train", 'target.logs("train", …)'),
    (to_type("why", task="a"), "%sfdag why a", 'target.why(…, task="a")'),
    (to_type("deploy", now=True), "%sfdag deploy --now", "target.deploy(…, now=True)"),
    (to_type("deploy", prune=True), "%sfdag deploy --prune", "target.deploy(…, prune=True)"),
    (
        to_type("deploy", suspended=True),
        "%sfdag deploy --suspended",
        "target.deploy(…, suspended=True)",
    ),
    (to_type("show"), "%sfdag show", "target.status(…)"),
    (to_type("graphs"), "%sfdag graphs", "target.graphs()"),
    (to_type("graphs", all=True), "%sfdag graphs --all", "target.graphs(everywhere=True)"),
    (to_type("forget", task="load"), "%sfdag forget load", 'graph.forget("load")'),
    (
        to_type("forget", task="load", graph="churn"),
        "%sfdag forget load -g churn",
        'graph.forget("load")',
    ),
    (
        to_type("graph", set="+rows"),
        "%sfdag graph --set +rows=…",
        'graph.configure(config={"+rows": …})',
    ),
    (
        to_type("graph", config="none"),
        "%sfdag graph --config none",
        'graph.configure(without={"config"})',
    ),
    (
        to_type("graph", schedule="1 day"),
        "%sfdag graph --schedule '1 day'",
        'graph.configure(schedule="1 day")',
    ),
    (
        to_type("graph", warehouse="W"),
        "%sfdag graph --warehouse W",
        'graph.configure(warehouse="W")',
    ),
    (
        to_type("graph", unpinned=True),
        "%sfdag graph --unpinned",
        "graph.configure(unpinned=True)",
    ),
    (to_type("graph", help=True), "%sfdag graph -h", "help(TaskGraph.configure)"),
    (to_type("graph", name="NAME"), "%sfdag graph NAME", 'TaskGraph("NAME")'),
    (to_type("target"), "%sfdag target", "open_target(…)"),
    (
        to_type("target", connection="NAME"),
        "%sfdag target -c NAME",
        'open_target(Target(name=…, connection="NAME"))',
    ),
    (
        to_type("target", local="DIR"),
        "%sfdag target --local DIR",
        'open_target(Target(name=…, path="DIR"))',
    ),
    (to_type("target", use="NAME"), "%sfdag target use NAME", "open_target(NAME)"),
    (
        to_type("sftask", allow_secret="churn"),  # noqa: S106 - a name
        "%%sftask … --allow-secret churn",
        '@sftask(allow_secret=["churn"])',
    ),
    (
        to_type("sftask", packages="torch"),
        "%%sftask … --packages torch",
        '@sftask(packages=["torch"])',
    ),
    # Of the notebook alone, and of a shell alone.
    (to_type("show", format="text"), "%sfdag show --format text", "%sfdag show --format text"),
    (to_type("local stop", yes=True), "sfdag local stop --yes", "sfdag local stop --yes"),
    (RUN_IT, " and run its cell", ""),
]
SETTINGS = {
    "3": "3",
    "-0.5": "-0.5",
    '"a"': '"a"',
    "'\"…\"'": '"…"',
    "true": "True",
    "'[1, 2]'": "[1, 2]",
    "2026-01-31": '"2026-01-31"',
    "2026-01-31T05:00:00": '"2026-01-31T05:00:00"',
    "…": "…",
}
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
#: Rooms that offer by values, not by texts.
ROOMS = ("graph", "bundle", "client")
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
    assert named
    left = {each for each in named if as_calls(f"{each} x") == f"{each} x"}
    assert {each.removeprefix("%sfdag ") for each in left} <= _NOTEBOOKS_OWN


@pytest.mark.parametrize(("offer", "line", "call"), OFFERS)
def test_an_offer_is_a_line_of_a_notebook_or_a_call(request, offer, line, call):
    assert str(offer) == call
    with in_a_shell():  # which has no verbs of graphs
        assert str(offer) == line
    request.getfixturevalue("in_a_notebook")
    assert str(offer) == line


@pytest.mark.parametrize("value", SETTINGS)
def test_a_value_of_the_configuration_is_given_as_the_place_has_it(request, value):
    assert setting("key", value) == f'config={{"key": {SETTINGS[value]}}}'
    request.getfixturevalue("in_a_notebook")
    assert setting("key", value) == f"--set key={value}"


def offers_in(room):
    """The shape of each command that a room offers: its verb, and the names of its arguments."""
    for path in (_HOME / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "to_type":
                yield ast.literal_eval(node.args[0]), *(each.arg for each in node.keywords)


def test_each_command_that_is_offered_is_one_of_those_above():
    known = {(each.verb, *(name for name, _ in each.arguments)) for each, *_ in OFFERS[:-1]}
    found = {shape for room in ROOMS for shape in offers_in(room)}
    assert len(found) > 3
    assert {shape for shape in found if len(shape) > 1} <= known


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
