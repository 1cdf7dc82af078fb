"""What `%sfdag` does, done from plain Python."""

import re
from dataclasses import replace

import pytest

from sfdag_magics import (
    CaptureError,
    GraphError,
    InputError,
    NothingToRun,
    Run,
    RunFailedError,
    Target,
    TaskGraph,
    open_target,
    sftask,
    sql_task,
)
from sfdag_magics.client.connecting.targets import Targets
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import RetryCode, RunForm
from sfdag_magics.client.observing.usual import usual_times
from sfdag_magics.graph.config_form import config_form
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.render.sight import Sight
from sfdag_magics.sqltext import split_statements
from sfdag_magics.widget.told.detail import logs_command
from sfdag_magics.widget.told.page_state import page_intentions
from sfdag_magics.widget.told.sheets import page_again, page_form
from sfdag_magics.workspace.decorator import TaskDecorator
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace

PRODUCTION = Targets(
    default="prod", known={"prod": Target(name="prod", connection="company", production=True)}
)


@pytest.fixture
def opened(fake):
    """Opens the target of the fake Snowflake; a registry stands for the process's own."""

    def open_one(registry=None, targets=Targets(), **options):  # noqa: B008 - a frozen value
        openers = Openers(
            target=lambda _: fake, targets=lambda _: targets, is_running=lambda _: True
        )
        return OpenTarget(Workspace(registry or Registry(), openers), **options)

    return open_one


@pytest.fixture
def graph():
    tasks = (sql_task("a", "select 1"), sql_task("b", "select 2", after=["a"]))
    return TaskGraph("g", tasks=tasks)


def test_a_graph_is_checked_planned_deployed_and_run(opened, graph):
    with opened() as target:
        assert target.validate(graph).notes == ()
        assert str(target.validate(graph)).startswith("graph g: 2 tasks, nothing wrong")
        assert {change.kind for change in target.plan(graph).touched} == {"new"}
        assert [*target.deploy(graph).graph.tasks] == ["a", "b"]
        assert target.plan(graph).is_empty
        run = target.run(graph)
        assert run.result().tasks["b"].state == "succeeded"
        assert target.status(graph).seen == run.snapshot
        assert [seen.group_id for seen in target.runs("g")] == [run.group_id]
        assert [each.graph.name for each in target.graphs()] == ["g"]


def test_what_an_exported_script_makes_is_the_graph_to_a_deploy(opened, graph, fake):
    graph.configure(schedule="1 day", overlap="ALLOW_CHILD_OVERLAP", comment="it's")
    with opened() as target:
        found = target.export(graph, "sql")
        assert (found.form, found.not_carried) == ("sql", ())
        for statement in split_statements(found.text):
            fake.rows(statement)
        plan = target.plan(graph)
        assert [change.name for change in plan.changes] == ["g", "a", "b"]
        assert all(change.differences == () for change in plan.changes)
        assert (plan.elsewhere, plan.older, plan.dropped) == ((), {}, {})


def test_what_cannot_be_exported_is_named_as_a_call_says_it(opened, graph):
    with opened() as target:
        for form, said in (("modul", 'form="module"'), ("ci", 'form="ci", notebook="flows/')):
            with pytest.raises(InputError) as raised:
                target.export(graph, form)
            assert f"target.export({said}" in raised.value.hint
        with pytest.raises(InputError, match="form is a text"):
            target.export(graph, 1)
        assert "sfdag validate n.ipynb" in str(target.export(graph, "ci", notebook="n.ipynb"))


def test_a_run_that_is_listed_can_be_handed_on(opened, graph, fake):
    target = opened()
    fake.failing = {"G$B"}
    target.run(graph).wait()
    (listed,) = target.runs(graph)
    assert target.find_run(run=listed).group_id == listed.group_id
    assert target.status(run=listed).seen.group_id == listed.group_id
    assert target.why(run=listed).task.name == "b"
    fake.failing = set()
    assert target.retry(run=listed).result().attempt == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda target, graph, run: target.validate(graph),
        lambda target, graph, run: target.plan(graph),
        lambda target, graph, run: target.export(graph),
        lambda target, graph, run: target.deploy(graph),
        lambda target, graph, run: target.run(graph),
        lambda target, graph, run: target.live(graph),
        lambda target, graph, run: target.live(run=run),
        lambda target, graph, run: target.runs("g"),
        lambda target, graph, run: target.status(graph, run),
        lambda target, graph, run: target.retry(run=run),
        lambda target, graph, run: target.stop(run=run),
        lambda target, graph, run: target.logs("b", graph),
        lambda target, graph, run: target.why(run=run),
        lambda target, graph, run: target.graphs(),
        lambda target, graph, run: target.suspend(graph),
        lambda target, graph, run: target.drop(graph),
        lambda target, graph, run: target.session,
        lambda target, graph, run: run.retry(),
        lambda target, graph, run: run.refresh(),
        lambda target, graph, run: run.wait(),
        lambda target, graph, run: run.result(1),
        lambda target, graph, run: run.stop(),
        lambda target, graph, run: run.why(),
        lambda target, graph, run: run.logs("b"),
    ],
)
def test_a_target_that_is_closed_is_not_opened_again(opened, graph, fake, act):
    with opened() as target:
        fake.failing = {"G$B"}
        run = target.run(graph)
        run.wait()
    target.close()  # again
    assert repr(target) == "OpenTarget('embedded')"
    with pytest.raises(
        InputError, match="the target 'embedded' is closed: its with block"
    ) as error:
        act(target, graph, run)
    assert error.value.hint == "use it before that, or open it again: open_target(…)"


def test_a_session_of_ones_own_stays_open_and_is_asked_for_no_run(graph, fake):
    openers = Openers(value=lambda value, name: value, targets=lambda _: Targets())
    with OpenTarget(Workspace(Registry(), openers)) as target:
        target._workspace.places.use_value(fake, "session")
        run = target.run(graph)
    assert not fake.is_closed
    with pytest.raises(InputError, match="the target 'session' is closed"):
        run.refresh()


def test_a_target_of_ones_own_says_its_name_when_it_is_closed():
    target = open_target(Target(name="mine"))
    target.close()
    assert repr(target) == "OpenTarget('mine')"
    with pytest.raises(InputError, match="the target 'mine' is closed"):
        target.graphs()


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda target: target.runs(5), "a graph is a TaskGraph or a name, and 5 is neither"),
        (lambda target: target.retry("g", 5), "the start of its id, and 5 is none"),
        (lambda target: target.status("g", 5), "the start of its id, and 5 is none"),
        (lambda target: target.stop("g", 5), "the start of its id, and 5 is none"),
    ],
)
def test_what_is_no_graph_or_no_run_is_named(opened, graph, act, says):
    target = opened()
    target.run(graph)
    with pytest.raises(InputError, match=says) as raised:
        act(target)
    assert raised.value.hint in ("target.graphs()", "target.runs(…)")


def graphless() -> int:
    return 1


#: What is no value of a call's argument, and what is said of it.
NO_VALUES = {
    "config is a mapping of names, not [1]": lambda target: target.run("g", config=[1]),
    "config is a mapping of names, not 'rows=1'": lambda target: target.run("g", config="rows=1"),
    "config is a mapping of names, not {1: …}": lambda target: target.run("g", config={1: 2}),
    "config['n'] is a builtins.object, which JSON cannot": lambda target: target.run(
        "g", config={"n": object()}
    ),
    "config['n'][0] is nan, which JSON cannot": lambda target: target.retry(
        "g", config={"n": [float("nan")]}
    ),
    "only= names no task, and nothing was run": lambda target: target.run("g", only=[]),
    "end= names no task, and nothing was run": lambda target: target.run("g", end=[" "]),
    "a number of seconds, 0 or more, not 'x'": lambda target: target.stop("g", timeout="x"),
    "timeout is a number of seconds, 0 or more, not '1'": lambda target: target.run("g").wait("1"),
    "timeout is a number of seconds, 0 or more, not nan": lambda target: target.run("g").result(
        float("nan")
    ),
    "last is a whole number above 0, not -1": lambda target: target.runs("g", last=-1),
    "last is a whole number above 0, not 'x'": lambda target: target.runs("g", last="x"),
    "timeout is a number of seconds, 0 or more, not -1": lambda target: target.run("g").wait(-1),
    "last is a whole number above 0, not 0": lambda target: target.runs("g", last=0),
    "has no attempt 9; there is attempt 1": lambda target: target.logs("a", "g", attempt=9),
    "has no attempt 0; there is attempt 1": lambda target: target.run("g").logs("a", 0),
    "task is a text, not a TaskGraph": lambda target: target.logs(TaskGraph("g"), "a"),
    "the start of its id, and an Outlook is none": lambda target: target.status(
        run=target.graphs()[0]
    ),
    "is no run of graph 'h'": lambda target: target.why("h", target.find_run("g")),
    "there is no target ''": lambda _: open_target(""),
    "attempt is a whole number, not 'x'": lambda target: target.logs("a", "g", attempt="x"),
    "task is a text, not 5": lambda target: target.logs(5, "g"),
    "graph is a TaskGraph or a name, not 5": lambda _: sftask(graphless, graph=5),
    "options is GraphOptions, not 'x'": lambda _: TaskGraph("x", "x"),
    "tasks is a Task, not 3": lambda _: TaskGraph("x", tasks=[3]),
    "task is a text, not 3": lambda _: TaskGraph("x").forget(3),
    "config is a mapping of names, not {2: …}": lambda _: TaskGraph("x").configure(config={2: 1}),
}


@pytest.mark.parametrize("says", NO_VALUES)
def test_a_value_of_another_type_is_named(opened, graph, says):
    target = opened()
    target.run(graph)
    with pytest.raises(InputError, match=re.escape(says)) as raised:
        NO_VALUES[says](target)
    assert raised.value.hint
    assert 3 not in graph


def test_what_a_check_notes_names_calls(opened):
    graph = TaskGraph("g")

    def load(*, rows: int) -> int:
        return rows

    sftask(load, graph=graph)
    (note,) = opened().validate(graph).notes
    assert 'target.run(…, config={"rows": …})' in note


def test_what_failed_is_explained_and_continued(opened, graph, fake):
    target = opened()
    fake.failing = {"G$B"}
    with pytest.raises(RunFailedError, match="✕ b failed"):
        target.run(graph).result()
    assert target.why(graph).task.name == "b"
    assert target.why("G", task="A").first == "b"
    fake.failing = set()
    run = target.retry(graph)
    assert (run.result().attempt, run.tasks["a"].state) == (2, "reused")
    assert target.find_run(graph, run.group_id[:6]) is run


def test_a_status_prints_its_schedule_and_tasks(opened, graph):
    target = opened()
    target.deploy(graph)
    assert str(target.status(graph)) == "graph g has no run yet\nno schedule"
    target.run(graph).result()
    told = target.status(graph)
    first, schedule, _, *tasks = str(told).splitlines()
    assert (first.split()[1], schedule) == (told.seen.short_id, "no schedule")
    assert [line.split()[:2] for line in tasks] == [["✓", "a"], ["✓", "b"]]
    assert repr(told) == f"<{told.seen.label}>"


def test_a_run_says_which_graph_is_meant(opened, graph, fake):
    target = opened()
    fake.failing = {"G$B"}
    run = target.run(graph)
    assert run.wait().failed
    assert (target.status(run=run).run, target.find_run(run=run)) == (run, run)
    assert target.why(run=run).task.name == "b"
    fake.failing = set()
    assert target.retry(run=run).result().attempt == 2
    assert target.stop(run=run).is_over


@pytest.mark.parametrize("named", ["group-1", "#GROUP", "g"])
def test_the_start_of_an_id_is_enough_whatever_graph_its_run_is_of(opened, graph, fake, named):
    fake.failing = {"G$B"}
    opened().run(graph).wait()
    target = opened(Registry())  # knows of no graph but that of `@sftask`
    assert target.status(run=named).seen.label == "run group-1 of g"
    assert target.why(run=named).task.name == "b"
    assert target.find_run(run=named).graph == target.stop(run=named).graph == "g"
    assert target.logs("a", run=named).task == "a"
    fake.failing = set()
    assert target.retry(run=named).result().attempt == 2
    target.drop("g")
    assert opened(Registry()).find_run(run=named).group_id == "group-1"


def test_a_start_of_an_id_that_says_too_little_names_the_runs(opened, graph, fake):
    opened().run(graph).wait()
    target = opened(Registry())
    with pytest.raises(InputError, match="there is no run 'zzz' on fake") as raised:
        target.status(run="zzz")
    assert raised.value.hint == "target.graphs()"
    fake.history.append(fake.history[0] | {"NAME": "OTHER", "GRAPH_RUN_GROUP_ID": "group-0"})
    with pytest.raises(InputError, match="2 runs are called 'gr': ") as raised:
        target.why(run="gr")
    assert {"group-1 of g", "group-0 of OTHER"} == {
        *raised.value.message.partition(": ")[2].split(", ")
    }
    assert target.find_run("g", "group-1").graph == "g"


def test_a_graph_that_was_given_is_meant_by_its_name_with_its_tasks(opened, graph):
    target = opened()
    target.deploy(graph)
    graph.add(sql_task("b", "select 3", after=["a"]))
    assert [change.name for change in target.plan("G").touched] == ["b"]
    assert [task.name for task in opened().validate("g").whole.tasks] == ["a", "b"]


def test_a_graph_may_be_named_and_is_that_of_the_decorator_where_none_is(opened):
    registry = Registry()

    def load():
        return "1"

    TaskDecorator(registry)(load)
    target = opened(registry)
    deployed = target.deploy()
    assert (deployed.graph.name, *deployed.graph.tasks) == ("notebook", "load")
    assert target.run("notebook").graph == "notebook"


def test_what_is_wrong_with_a_graph_is_an_error_that_carries_all_of_it(opened):
    graph = TaskGraph(
        "g", tasks=(sql_task("a", "select 1", after=["b"]), sql_task("c", "select 1", after=["d"]))
    )
    with pytest.raises(GraphError) as raised:
        opened().deploy(graph)
    assert {problem.task for problem in raised.value.problems} == {"a", "c"}


@pytest.mark.parametrize(
    "act",
    [getattr(OpenTarget, name) for name in ("deploy", "run", "drop", "suspend", "resume")],
    ids=lambda act: act.__name__,
)
def test_production_is_meant_by_its_name(opened, graph, act, fake):
    opened(targets=PRODUCTION, production="prod").deploy(graph)
    before = dict(fake.tasks)
    changed = TaskGraph("g", tasks=(sql_task("a", "select 3"),))
    for options in ({}, {"production": "produ"}):
        with pytest.raises(InputError, match="prod is production: nobody agreed to") as raised:
            act(opened(targets=PRODUCTION, **options), changed)
        assert raised.value.hint == "open_target('prod', production='prod')"
    asked = []
    with pytest.raises(InputError, match="nobody agreed"):
        act(opened(targets=PRODUCTION, agrees=lambda each: asked.append(each.name)), changed)
    assert asked == ["prod"]
    assert fake.tasks == before


@pytest.mark.parametrize(
    "retry",
    [lambda target, run: target.retry(run=run), lambda _, run: run.retry()],
    ids=["OpenTarget.retry", "Run.retry"],
)
def test_a_retry_with_new_code_is_agreed_to_as_a_deploy_is(opened, fake, retry):
    graph = TaskGraph("g")

    def work():
        return 1

    def corrected():
        return 2

    def retried(task, **options):
        sftask(work, name="a", graph=graph)
        fake.failing = {"G$A"}
        opened(targets=PRODUCTION, production="prod").deploy(graph)
        target = opened(targets=PRODUCTION, **options)
        run = opened(targets=PRODUCTION, production="prod").run(graph)
        assert run.wait().failed
        found = target.find_run(graph, run.group_id)
        sftask(task, name="a", graph=graph)
        fake.failing = set()
        retry(target, found)
        return found.wait().attempt

    assert retried(corrected, production="prod") == 2
    for options in ({}, {"production": "produ"}, {"agrees": lambda _: False}):
        with pytest.raises(InputError, match="nobody agreed"):
            retried(corrected, **options)


def test_what_somebody_else_deployed_meanwhile_is_replaced_by_who_agrees(opened, graph):
    asked = []
    target = opened(agrees=lambda question: not asked.append(question.what))
    alone = opened()
    for each in (target, alone):
        each.deploy(graph)
    theirs = TaskGraph("g", tasks=(sql_task("a", "select 5"), *graph.tasks[1:]))
    opened().deploy(theirs)
    with pytest.raises(InputError, match="nobody agreed to replace a, changed elsewhere"):
        alone.deploy(graph)
    target.deploy(graph)
    assert [what.partition(",")[0] for what in asked] == ["replace a"]


def test_a_run_is_stopped_by_itself_or_by_its_id(opened, graph, fake):
    target = opened()
    run = target.run(graph)
    assert target.stop(graph, by_name=True).is_over
    assert target.stop(graph, run) == target.stop(graph, run.group_id[:8]) == run.snapshot


def test_what_is_said_meanwhile_is_told(opened, graph):
    said = []
    opened(say=said.append).run(graph)
    assert any(line.startswith("deployed a, b") for line in said)


def test_schedules_are_stopped_and_started_and_a_graph_is_dropped(opened, graph):
    target = opened()
    graph.configure(schedule="1 day")
    target.deploy(graph)
    assert "suspended" in target.suspend(graph)
    assert target.status(graph).deployed.is_started is False
    assert "resume" in target.resume(graph) or target.status(graph).deployed.is_started
    assert "g" in target.drop(graph)
    with pytest.raises(InputError, match="is not deployed"):
        target.status(graph)


def test_a_target_that_nobody_described_is_said_by_its_name(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sfdag.toml").write_text('[target.dev]\ndatabase = "DEV"\n')
    assert open_target("dev").target.database == "DEV"
    assert open_target().target.name == "embedded"
    assert repr(open_target(Target(name="here", path=str(tmp_path)))) == "OpenTarget('here')"
    for wrong, told in (("prod", "no target 'prod'"), (3, "3 is no target: neither a name")):
        with pytest.raises(InputError, match=told):
            open_target(wrong)


def test_a_run_of_the_same_target_is_taken_as_it_is(opened, graph):
    target = opened()
    run = target.run(graph)
    assert isinstance(run, Run)
    assert target.find_run(graph, run) is run
    assert target.logs("A", graph, run).task == "a"


def test_the_live_view_goes_over_to_the_runs_of_its_target(opened, graph):
    with opened() as target:
        view = target.live(graph)
        assert view.snapshot is None
        first, second = target.run(graph), target.run(graph)
        assert view.run is second
        assert target.live(run=first).run is first
        assert view.run is second
        assert "widget-view+json" in str(view._repr_mimebundle_())
        assert target._views._watches
    assert not target._views._watches  # nobody looks for runs on a target that is closed
    view.close()


def test_the_live_view_of_a_script_offers_calls(opened, graph):
    view = opened().live(graph)
    commands = view.sfdag_actions["commands"]
    assert (commands["run"], commands["deploy"]) == ("target.run(…)", "target.deploy(…)")
    assert view.sfdag_actions["anew"] == view.sfdag_actions["back"] == "target.live(…)"
    view.close()


def test_where_there_are_no_magics_whatever_a_view_says_is_a_call(opened, graph):
    target = opened()
    run = target.run(graph)
    view = target.live(run=run)
    seen = run.snapshot
    assert str(logs_command("b", seen)) == f'target.logs("b", run="{seen.short_id}")'
    form = RunForm(form=config_form(graph.tasks, {}), arguments="")
    assert page_form(form, view._stand.now.completed)["command"] == "target.run(…)"
    failed = replace(seen, state=GraphRunState.FAILED)
    command = page_intentions(failed, Edited())
    calls = {
        code: page_again(failed, Edited(), usual_times(()), config={}, code=code, completed=str)[
            "command"
        ]
        for code in RetryCode
    }
    assert list(calls.values()) == [
        f'target.retry(run="{seen.short_id}"{more})'
        for more in ("", ", current_code=False", ", original_code=True")
    ]
    said = [each.note for each in Sight] + [value["command"] for value in command.values()]
    assert "%sfdag" not in " ".join([*said, *view.sfdag_actions["commands"].values()])
    view.close()


def test_nothing_to_run_is_a_value_and_a_no_is_another_thing(opened, graph):
    with opened() as target:
        first = target.run(graph)
        first.result()
        nothing = target.run(graph, reuse=True)
        assert (bool(nothing), isinstance(nothing, NothingToRun)) == (False, True)
        assert str(nothing) == "nothing to run: all of g is as it last succeeded"
        seen = nothing.result(timeout=1)
        assert (seen.state, seen.group_id) == ("SUCCEEDED", None)
        assert {name: task.state for name, task in seen.tasks.items()} == {
            "a": "reused",
            "b": "reused",
        }
        assert nothing.reused == dict.fromkeys(("a", "b"), first.group_id)
        assert [each.group_id for each in target.runs("g")] == [first.group_id]
    with (
        opened(targets=PRODUCTION, agrees=lambda question: False) as target,
        pytest.raises(InputError, match="nobody agreed: run g"),
    ):
        target.run(graph, reuse=True)


def test_all_that_is_wrong_is_one_error_with_its_problems(opened):
    registry = Registry()
    made = TaskDecorator(registry)
    held = (n for n in ())
    made(graph="g", name="a", after=["nope"])(_returning(held))
    made(graph="g", name="b")(_returning(held))
    registry.named("g").add(sql_task("c", "selct 1"))
    with opened(registry) as target:
        with pytest.raises(GraphError) as wrong:
            target.validate("g")
        assert [each.task for each in wrong.value.problems] == ["a", "a", "b", "c"]
        registry.named("g").forget("a")
        registry.named("g").forget("c")
        with pytest.raises(CaptureError, match="not everything can be shipped") as wrong:
            target.validate("g")
        (problem,) = wrong.value.problems
        assert (problem.task, "'held'" in problem.message) == ("b", True)


def _returning(held):
    def made():
        return held

    return made
