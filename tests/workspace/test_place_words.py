"""What a message names is written as a call where no magics are loaded."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sfdag_magics
from sfdag_magics.errors import GraphError, InputError, Problem
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.magics import extension
from sfdag_magics.place_words import (
    AFTER,
    FINALIZER,
    OVERLAP,
    PACKAGES,
    RUN_IT,
    SHOW,
    WHEN,
    Next,
    after,
    backfill_with,
    in_a_shell,
    on_a_python_file,
    run_with,
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
        to_type("retry", code="deployed"),
        "%sfdag retry --code deployed",
        "target.retry(…, current_code=False)",
    ),
    (
        to_type("retry", run="3f2a91bc", start="load"),
        "%sfdag retry 3f2a91bc --from load",
        'target.retry(run="3f2a91bc", start=["load"])',
    ),
    (to_type("run", to="load"), "%sfdag run --to load", 'target.run(…, end=["load"])'),
    (
        to_type("run", only="load", inputs="3f2a91bc"),
        "%sfdag run --only load --inputs 3f2a91bc",
        'target.run(…, only=["load"], inputs="3f2a91bc")',
    ),
    (to_type("load", file="a.csv"), "%sfdag load a.csv", 'target.load("a.csv")'),
    (
        to_type("pull", table="T", target="prod"),
        "%sfdag pull T -t prod",
        'target.pull("T", "prod")',
    ),
    (to_type("export", form="sql"), "%sfdag export --as sql", 'target.export(form="sql")'),
    (
        to_type("export", form="ci", notebook="flows/n.ipynb"),
        "%sfdag export --as ci --notebook flows/n.ipynb",
        'target.export(form="ci", notebook="flows/n.ipynb")',
    ),
    (to_type("sftask", group="ml"), "%%sftask … --group ml", '@sftask(group="ml")'),
    (to_type("sftask", retries="3"), "%%sftask … --retries 3", "@sftask(retries=3)"),
    (
        to_type("graph", auto_retry="2"),
        "%sfdag graph --auto-retry 2",
        "graph.configure(auto_retry=2)",
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
    (
        to_type("logs", task="train", of="3f2a91bc"),
        "%sfdag logs train --run 3f2a91bc",
        'target.logs("train", run="3f2a91bc")',
    ),
    (
        to_type("retry", run="3f2a91bc", code="deployed"),
        "%sfdag retry 3f2a91bc --code deployed",
        'target.retry(run="3f2a91bc", current_code=False)',
    ),
    (to_type("why", task="a"), "%sfdag why a", 'target.why(…, task="a")'),
    (to_type("debug", task="a"), "%sfdag debug a", 'target.debug("a", …)'),
    (to_type("deploy", now=True), "%sfdag deploy --now", "target.deploy(…, now=True)"),
    (to_type("deploy", prune=True), "%sfdag deploy --prune", "target.deploy(…, prune=True)"),
    (
        to_type("deploy", suspended=True),
        "%sfdag deploy --suspended",
        "target.deploy(…, suspended=True)",
    ),
    (to_type("show"), "%sfdag show", "target.status(…)"),
    (SHOW, "%sfdag show", "target.live(…)"),
    (
        run_with("%sfdag run", "--set rows=5", {"rows": 5}),
        "%sfdag run --set rows=5",
        "target.run(…, config={'rows': 5})",
    ),
    (
        backfill_with("%sfdag backfill", "2026-11-01", {"start": "2026-11-01"}),
        "%sfdag backfill 2026-11-01",
        "target.backfill(…, start='2026-11-01')",
    ),
    (to_type("graphs"), "%sfdag graphs", "target.graphs()"),
    (to_type("models"), "%sfdag models", "target.models.all()"),
    (to_type("models", name="M"), "%sfdag models M", "target.models.versions('M')"),
    (
        to_type("models", name='D.S."a b"', plot="f1"),
        "%sfdag models 'D.S.\"a b\"' --plot f1",
        "target.models.versions('D.S.\"a b\"').plot('f1')",
    ),
    (
        to_type("models", name="M", promote="V1"),
        "%sfdag models M --promote V1",
        "target.models.promote('V1', 'M')",
    ),
    (
        to_type("models", name="M", rollback=True),
        "%sfdag models M --rollback",
        "target.models.roll_back('M')",
    ),
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
    (
        to_type("rollback", version="3"),
        "%sfdag rollback 3",
        "target.rollback(…, version=3)",
    ),
    (to_type("rollback", now=True), "%sfdag rollback --now", "target.rollback(…, now=True)"),
    (to_type("rollback", list=True), "%sfdag rollback --list", "target.versions(…)"),
    # Of the notebook alone, and of a shell alone.
    (
        to_type("target", explain="schema"),
        "%sfdag target --explain schema",
        "%sfdag target --explain schema",
    ),
    (
        to_type("show", format="text"),
        "%sfdag show --format text",
        "print(target.status(…))",
    ),
    (to_type("run", help=True), "%sfdag run -h", "help(target.run)"),
    (
        run_with("%sfdag run", "--set rows=5", {"rows": 5}, ("group", "it's \\")),
        "%sfdag run --set rows=5 --group 'it\\'s \\\\'",
        "target.run(…, group=\"it's \\\\\", config={'rows': 5})",
    ),
    (to_type("local stop", yes=True), "sfdag local stop --yes", "sfdag local stop --yes"),
    (AFTER, "--after", "after="),
    (WHEN, "--when", "when="),
    (PACKAGES, "--packages", "packages="),
    (FINALIZER, "--finalizer", "finalizer=True"),
    (after("pick"), "--after pick", 'after=["pick"]'),
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
#: Rooms that offer by values, not by texts.
ROOMS = ("graph", "bundle", "client", "workspace", "widget")
_HOME = Path(sfdag_magics.__file__).parent


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


def trees_with(words, room):
    """The code of each file of a room that has these words somewhere; what ships is no room's."""
    for path in (_HOME / room).rglob("*.py"):
        text = path.read_text("utf-8")
        if words in text and "shipped" not in path.parts:
            yield ast.parse(text)


def offers_in(room):
    """The shape of each command that a room offers: its verb, and the names of its arguments."""
    for tree in trees_with("to_type", room):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "to_type":
                yield ast.literal_eval(node.args[0]), *(each.arg for each in node.keywords)


def test_each_command_that_is_offered_is_one_of_those_above():
    offered = (each for each, *_ in OFFERS if isinstance(each, Next))
    known = {(each.verb, *(name for name, _ in each.arguments)) for each in offered}
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


def texts_in(room):
    """Each text of a room's code but its docstrings; what ships with a task is read anywhere."""
    for tree in trees_with("%sfdag", room):
        docs = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in docs:
                yield str(node.value)


def test_no_room_below_the_magics_writes_a_command_as_text():
    written = [text for room in ROOMS for text in texts_in(room) if "%sfdag " in text]
    assert written == []


def test_errors_and_problems_say_it_where_they_are_read():
    problem = Problem(task="a", message="is odd", hint=str(to_type("forget", task="a")))
    error = GraphError("graph g cannot run", problems=(problem,), hint=to_type("plan"))
    assert str(error) == (
        'graph g cannot run\n  a: is odd\n    graph.forget("a")\n  next: target.plan(…)'
    )
    assert InputError("no", hint=to_type("plan")).hint == "target.plan(…)"


def test_what_a_user_wrote_stays_as_it_is():
    said = "the task printed: %sfdag run, in this notebook, --set rows=3, and run its cell"
    assert str(InputError(said, hint=said)) == f"{said}\n  next: {said}"


def test_a_notebook_types_what_it_says(notebook):
    assert str(to_type("run")) == "%sfdag run"
    extension.unload(notebook.shell)
    assert str(to_type("run")) == "target.run(…)"


def test_in_a_shell_a_python_file_has_decorators_and_a_notebook_cells(request):
    group = to_type("sftask", group="g")
    with in_a_shell():
        of_cells = [str(group), str(after("a")), str(RUN_IT)]
        with on_a_python_file():
            of_a_file = [str(group), str(after("a")), str(RUN_IT)]
            assert str(OVERLAP) == 'graph.configure(overlap="ALLOW_ALL_OVERLAP")'
            assert str(to_type("graph", name="g")) == 'TaskGraph("g")'
            lines = [str(to_type("run")), str(SHOW)]
    assert of_cells == ["%%sftask … --group g", "--after a", ""]  # it runs the cells itself
    assert of_a_file == ['@sftask(group="g")', 'after=["a"]', ""]
    assert lines == ["%sfdag run", "%sfdag show"]  # of which a shell makes its own
    assert str(RUN_IT) == ""
    request.getfixturevalue("in_a_notebook")
    assert str(RUN_IT) == " and run its cell"
