"""What another kernel deployed since, in all that is no Python: it is asked about as code is."""

import pytest

from sfdag_magics.client.connecting.targets import Targets
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.magics.scenes import person, restarted, two_python_tasks, two_tasks

_SQL = "%%sftask b --sql --after a\nselect {}\n"
#: `(the cell as it was, the cell as another kernel has it now, what of it is named)`
_CASES = {
    "SQL": (_SQL.format(2), _SQL.format(3), "b"),
    "condition": (
        "%%sftask b --sql --after a --when true\nselect 2\n",
        "%%sftask b --sql --after a --when false\nselect 2\n",
        "b (when)",
    ),
    "no condition": (
        _SQL.format(2),
        "%%sftask b --sql --after a --when false\nselect 2\n",
        "b (when)",
    ),
    "edges": (_SQL.format(2), "%%sftask b --sql\nselect 2\n", "b (after)"),
    "timeout": (
        "%%sftask b --sql --after a --timeout 20m\nselect 2\n",
        "%%sftask b --sql --after a --timeout 30m\nselect 2\n",
        "b (timeout)",
    ),
    "warehouse": (
        "%%sftask b --sql --after a --warehouse w1\nselect 2\n",
        "%%sftask b --sql --after a --warehouse w2\nselect 2\n",
        "b (warehouse)",
    ),
    "schedule": (
        '%sfdag graph g --schedule "1 hour"',
        '%sfdag graph g --schedule "2 hours"',
        "g (schedule)",
    ),
    "configuration": (
        "%sfdag graph g --set +rows=1",
        "%sfdag graph g --set +rows=2",
        "g (config rows)",
    ),
    "retries": (
        "%sfdag graph g --auto-retry 1",
        "%sfdag graph g --auto-retry 2",
        "g (automatic retries)",
    ),
}


def deployed_with(notebook, cell):
    two_tasks(notebook)
    notebook.run(cell)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)


@pytest.fixture(params=_CASES)
def replaced(request, notebook):
    """What this notebook has was replaced by another kernel, and this kernel begins anew."""
    older, newer, named = _CASES[request.param]
    deployed_with(notebook, older)
    deployed_with(notebook, newer)
    two_tasks(notebook)
    notebook.run(older)
    return named


def test_a_plan_names_what_is_older_here(notebook, replaced):
    assert f"! replaced by what is here, which is older: {replaced} as deployed at" in notebook.run(
        "%sfdag plan"
    )


def test_a_person_is_asked_before_it_is_replaced(notebook, replaced, monkeypatch):
    asked = person(monkeypatch, "n", "y")
    before = notebook.fake.statements[:]
    assert "not started" in notebook.run("%sfdag run --no-wait")
    assert not [s for s in notebook.fake.statements[len(before) :] if s.startswith("CREATE")]
    notebook.run("%sfdag run --no-wait")
    assert [each.partition(" as deployed at ")[0] for each in asked] == [f"replace {replaced}"] * 2
    assert asked[0].endswith(" UTC by what this notebook has, which is older? [y/N] ")


def test_who_agreed_beforehand_is_told_what_the_run_replaced(notebook, replaced):
    assert f"note: what is older here replaced {replaced} as" in notebook.run(
        "%sfdag run --replace"
    )
    assert "nothing to change" in notebook.run("%sfdag plan")


def test_nobody_is_asked_about_an_edit_after_a_restart(notebook, monkeypatch):
    deployed_with(notebook, _SQL.format(2))
    deployed_with(notebook, _SQL.format(3))
    asked = person(monkeypatch)
    two_tasks(notebook)
    notebook.run(_SQL.format(4))
    notebook.run("%sfdag run --no-wait")
    assert asked == []


def test_an_edit_of_the_sql_does_not_hide_an_older_condition(notebook):
    deployed_with(notebook, "%%sftask b --sql --after a --when true\nselect 2\n")
    deployed_with(notebook, "%%sftask b --sql --after a --when false\nselect 2\n")
    two_tasks(notebook)
    notebook.run("%%sftask b --sql --after a --when true\nselect 5\n")
    assert "which is older: b (when) as deployed at" in notebook.run("%sfdag plan")


def test_what_was_altered_by_hand_after_a_deploy_is_newer_than_the_cell(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    statement = notebook.fake.tasks["G$B"]["statement"]
    object.__setattr__(statement, "body", "select 99")
    two_tasks(notebook)
    asked = person(monkeypatch, "n")
    assert "not started" in notebook.run("%sfdag run")
    altered = "replace b as altered there by what this notebook has, which is older? [y/N] "
    assert asked == [altered]


@pytest.mark.parametrize("body", ["select 2", "select 3"], ids=["as it was", "edited"])
def test_a_program_replaces_what_was_altered_by_hand_only_where_somebody_agrees(fake, body):
    openers = Openers(target=lambda _: fake, targets=lambda _: Targets(), is_running=lambda _: True)

    def deployed(body, **opened):
        tasks = (sql_task("a", "select 1"), sql_task("b", body, after=["a"]))
        target = OpenTarget(Workspace(Registry(), openers), **opened)
        target.deploy(TaskGraph("g", tasks=tasks))

    deployed("select 2")
    object.__setattr__(fake.tasks["G$B"]["statement"], "body", "select 99")
    with pytest.raises(InputError, match=r"nobody agreed to replace b,? (as )?altered there") as no:
        deployed(body)
    assert no.value.hint.startswith("open_target(…, agrees=…)")
    assert fake.tasks["G$B"]["statement"].body == "select 99"
    deployed(body, agrees=lambda question: True)
    assert fake.tasks["G$B"]["statement"].body == body


def elsewhere(notebook, *tasks, **options):
    workspace = Workspace(Registry(), notebook.magics.desk.workspace._openers)
    graph = TaskGraph("g")
    graph.configure(**options)
    for task in tasks:
        graph.add(task)
    workspace.deploys.deploy(graph, workspace.deploys.plan(graph), say=lambda _: None)


def test_only_the_properties_that_both_changed_are_asked_about(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    elsewhere(notebook, sql_task("b", "select 2", after=["a"], when="true"), auto_retry=2)
    notebook.run('%sfdag graph g --schedule "1 hour"')
    asked = person(monkeypatch, "n")
    notebook.run("%sfdag run")
    mine = (
        "replace b (when), changed elsewhere since your deploy, by what this notebook has? [y/N] "
    )
    assert asked == [mine]


def test_a_task_that_was_changed_elsewhere_is_asked_about_before_it_is_dropped(
    notebook, monkeypatch
):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    elsewhere(notebook, sql_task("b", "select 20", after=["a"]))
    notebook.run("%sfdag forget b")
    asked = person(monkeypatch, "n")
    assert "not started" in notebook.run("%sfdag run")
    assert asked == [
        "replace b, changed elsewhere since your deploy, by what this notebook has? [y/N] "
    ]


def test_a_schedule_that_waits_for_a_deploy_is_the_same_schedule(notebook):
    for hours in (1, 2):
        two_tasks(notebook)
        notebook.run(f'%sfdag graph g --schedule "{hours} hours"')
        notebook.run("%sfdag run")
        restarted(notebook)
    two_tasks(notebook)
    notebook.run('%sfdag graph g --schedule "2 hours"')
    assert "older" not in notebook.run("%sfdag plan")
    notebook.run('%sfdag graph g --schedule "1 hour"')
    assert "which is older: g (schedule) as deployed at" in notebook.run("%sfdag plan")


def test_a_plan_as_json_says_what_is_older_here(notebook):
    deployed_with(notebook, _SQL.format(2))
    deployed_with(notebook, _SQL.format(3))
    two_tasks(notebook)
    assert '"older_here": [\n    "b"\n  ]' in notebook.run("%sfdag plan --json")


def test_a_retry_that_ships_code_alone_leaves_what_was_altered_by_hand(notebook):
    two_python_tasks(notebook)
    notebook.run("%%sftask c --sql --after a\nselect 1\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()
    restarted(notebook)
    object.__setattr__(notebook.fake.tasks["G$C"]["statement"], "body", "select 99")
    two_python_tasks(notebook, result=2)
    notebook.run("%%sftask c --sql --after a\nselect 3\n")
    said = notebook.run("%sfdag retry")
    assert "only code is shipped with a retry; not applied to the graph: c" in said
    assert "new code: b" in said
    assert notebook.fake.tasks["G$C"]["statement"].body == "select 99"
