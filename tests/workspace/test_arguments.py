"""Public calls with arguments that they do not take: each tells which, and what there is."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest

import sfdag_magics
from sfdag_magics import GraphOptions, InputError, OpenTarget, TaskGraph, open_target, sftask

#: What the package gives, and nobody makes.
GIVEN = {
    *("Agrees", "Backfill", "Checked", "Comparison", "Debugged", "Deployed", "Exported", "Fate"),
    *("FunctionSource", "GraphOptionChanges", "GraphListing", "GroupRun", "Imported"),
    *("ImportedGraph", "LogLine", "LogListing", "Maker", "MetricPlot", "Model", "ModelListing"),
    *("ModelMade", "ModelRegistry", "ModelVersion", "ModelVersions", "NothingToRun", "OpenTarget"),
    *("Outlook", "Plan", "Problem", "Progress", "Promoted", "Question", "RootCause", "Run"),
    *("RunListing", "RunSnapshot", "Shown", "Simulation", "Status", "TaskOptions", "TaskRun"),
    *("Traced", "VersionSeen", "Way"),
}
#: Pure values, of whose methods nobody is asked for anything by name.
VALUES = GIVEN - {"Imported", "ModelRegistry", "ModelVersions", "NothingToRun", "OpenTarget", "Run"}


def is_kind(value):
    return inspect.isclass(value) and not issubclass(value, Exception | str)


def calls():
    """`(name, what is called with a wrong argument)` of all that is public."""
    for name in sorted(set(sfdag_magics.__all__) - {"__version__"}):
        value = getattr(sfdag_magics, name)
        if not inspect.isclass(value) and not name.endswith("ipython_extension"):
            yield name, value
        if is_kind(value) and name not in GIVEN:
            yield name, value
        if is_kind(value) and name not in VALUES:
            for method, function in inspect.getmembers(value, inspect.isfunction):
                if not method.startswith("_"):
                    yield f"{name}.{method}", lambda f=function, **named: f(None, **named)


#: Those that read further options themselves are asked below.
FREE = {"sftask", "python_task", "sql_task", "TaskGraph", "TaskGraph.configure"}
FREE |= {f"OpenTarget.{verb}" for verb in ("run", "retry", "backfill")}
CALLS = dict(calls())


@pytest.mark.parametrize("name", sorted(CALLS.keys() - FREE))
def test_an_argument_that_a_public_call_does_not_take_is_told_by_name(name):
    with pytest.raises(InputError, match="has no argument 'tyop'") as raised:
        CALLS[name](tyop=1)
    assert raised.value.hint.startswith(name.rpartition(".")[2])


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        (lambda: TaskGraph("g", schedul="1 day"), "did you mean schedule?", "options: "),
        (lambda: TaskGraph("g", after=["a"]), "which is one of a task", "@sftask(after="),
        (lambda: TaskGraph(), "TaskGraph needs name", "TaskGraph(name, options, tasks=…, **named)"),
        (
            lambda: GraphOptions(schedul="1 day"),
            "GraphOptions has no argument 'schedul'; did you mean schedule?",
            "GraphOptions(schedule=…, ",
        ),
        (
            lambda: sftask(schedule="1 day")(len),
            "no option 'schedule', which is one of the graph",
            "TaskGraph(…, schedule='…') or graph.configure(schedule='…')",
        ),
        (
            lambda: open_target().deploy("g", True),  # noqa: FBT003 - what is refused
            "deploy takes 1 value without a name, and 2 were given",
            "deploy(graph, prune=…, suspended=…, now=…)",
        ),
        (lambda: OpenTarget.why(None, "g", graph="g"), "why was given graph twice", "why(graph,"),
        (
            lambda: open_target().run("g", rows=10),
            "run: no option 'rows'",
            "config={'rows': …} for a key of the configuration; options: only,",
        ),
        (lambda: open_target().retry("g", strat=["a"]), "did you mean start?", "options: start,"),
        (lambda: open_target().backfill("g", evry="1 day"), "did you mean every?", "options: "),
    ],
)
def test_what_was_meant_and_how_it_is_called_is_told(call, message, hint, monkeypatch):
    def known(): ...

    monkeypatch.setitem(globals(), "len", known)  # a function with a source
    with pytest.raises(InputError) as raised:
        call()
    assert message in raised.value.message
    assert raised.value.hint.startswith(hint)


def test_an_error_within_a_call_is_its_own():
    with pytest.raises(TypeError, match="not iterable"):
        TaskGraph("g", tasks=5)


def test_options_of_a_graph_are_said_by_their_names_where_it_is_made():
    graph = TaskGraph("g", GraphOptions(warehouse="W"), schedule="1 day", graph_timeout="2h")
    assert graph.options == GraphOptions(
        warehouse="W", schedule="24 HOURS", graph_timeout=timedelta(hours=2)
    )
