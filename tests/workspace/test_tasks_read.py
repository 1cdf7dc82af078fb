"""How often a deploy reads the tasks: of what this kernel saw last, once before and once after."""

import contextlib

import pytest

from sfdag_magics import ConnectError, InputError, TaskGraph, sql_task
from sfdag_magics.client.connecting.targets import Targets
from sfdag_magics.client.deploying.deploy import Deployed
from sfdag_magics.widget.told.sheets import plan_mark
from sfdag_magics.workspace.open_target import OpenTarget
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.client.deploying.test_turns import ORDERS
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.interleaved import together
from tests.magics.scenes import person, two_python_tasks, two_tasks
from tests.magics.showing.test_chosen import talk
from tests.magics.showing.test_view_actions import Page, actions_on
from tests.rows import thinned


def kernel(backend):
    """Plain Python in a process of its own."""
    openers = Openers(
        target=lambda _: backend, targets=lambda _: Targets(), is_running=lambda _: True
    )
    return OpenTarget(Workspace(Registry(), openers))


def graph(*described, a="select 1", schedule=None):
    """`graph("b < a")`: the task `a`, and those with what stands above them."""
    made = TaskGraph("g", tasks=[sql_task("a", a)])
    for text in described:
        name, _, above = text.partition("<")
        made.add(sql_task(name.strip(), f"select '{name}'", after=above.split()))
    if schedule is not None:
        made.configure(schedule=schedule)
    return made


def read(fake):
    """How often the tasks were read since the last look, and whether anything was sent."""
    times = sum(text.startswith("SHOW TASKS") for text in fake.statements)
    asked = ("SHOW", "LIST", "SELECT", "EXECUTE TASK", "DESCRIBE")
    sent = [text for text in fake.statements if not text.startswith(asked)]
    fake.statements.clear()
    return times, bool(sent)


EDITS = {
    "nothing": (graph("b < a"), {}, (1, False)),
    "a task": (graph("b < a", a="select 2"), {}, (2, True)),
    "an edge": (graph("b"), {}, (2, True)),
    "one more": (graph("b < a", "c < a"), {}, (2, True)),
    "one that goes": (graph(), {"prune": True}, (2, True)),
    "another name": (graph("c < a"), {"prune": True}, (2, True)),
    "an option": (graph("b < a", schedule="1 hour"), {}, (2, True)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_this_kernel_deployed_is_read_once_before_and_once_after(edit):
    fake = FakeSnowflake()
    target = kernel(fake)
    target.deploy(graph("b < a"))
    assert read(fake) == (2, True)  # it is new: the look that found nothing, and the one after
    made, how, expected = EDITS[edit]
    target.deploy(made, **how)
    assert read(fake) == expected
    assert target.plan(made, **how).is_empty


@pytest.mark.parametrize("look", [OpenTarget.plan, OpenTarget.validate])
def test_a_look_for_something_else_is_remembered_as_well(look):
    fake = FakeSnowflake()
    kernel(fake).deploy(graph("b < a"))
    target = kernel(fake)
    look(target, graph("b < a"))
    read(fake)
    target.deploy(graph("b"))
    assert read(fake) == (2, True)


def test_of_a_graph_that_was_seen_not_to_be_there_the_tasks_are_read_once_after():
    fake = FakeSnowflake()
    target = kernel(fake)
    assert "new" in str(target.plan(graph("b < a")))
    read(fake)
    target.deploy(graph("b < a"))
    assert read(fake) == (1, True)


@pytest.mark.parametrize("edit", EDITS)
def test_where_nothing_was_seen_the_tasks_are_read_for_the_plan_as_well(edit):
    fake = FakeSnowflake()
    kernel(fake).deploy(graph("b < a"))
    read(fake)
    made, how, (times, sends) = EDITS[edit]
    kernel(fake).deploy(made, **how)
    assert read(fake) == (times + sends, sends)


def test_a_run_deploys_what_was_edited_by_what_was_seen(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run --wait")
    read(notebook.fake)
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    notebook.run("%sfdag run --wait")
    assert read(notebook.fake) == (2, True)
    notebook.run("%sfdag run --wait")
    assert read(notebook.fake) == (1, False)


def test_edited_code_has_the_tasks_read_once_whatever_was_seen(notebook):
    two_python_tasks(notebook)
    notebook.run("%sfdag run --wait")
    read(notebook.fake)
    two_python_tasks(notebook, result=2)
    notebook.run("%sfdag run --wait")
    assert read(notebook.fake) == (1, True)
    notebook.fake.rows("ALTER TASK DB.S.G$B SUSPEND")
    two_python_tasks(notebook, result=3)
    notebook.run("%sfdag run --wait")
    assert notebook.fake.tasks["G$B"]["started"] is False
    assert read(notebook.fake) == (1, True)  # planned anew of what was just read


def test_who_is_asked_is_asked_about_what_is_there(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    read(notebook.fake)
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    notebook.run("%sfdag deploy --yes")
    assert read(notebook.fake) == (2, True)
    notebook.run("%%sftask b --sql --after a\nselect 4\n")
    person(monkeypatch, "y")
    notebook.run("%sfdag deploy")
    assert read(notebook.fake) == (3, True)


def test_a_button_deploys_by_what_its_sheet_showed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%%sftask b --sql --after a\nselect 3\n")
    actions = actions_on(notebook, "embedded")
    mark = plan_mark(actions.plan())
    read(notebook.fake)
    assert actions.deploy(talk(Page(""), plan=mark))
    assert read(notebook.fake) == (2, True)


def _changed_by_another(fake):
    kernel(fake).deploy(graph("b < a", "c < a"))


def _altered_by_hand(fake):
    fake.rows("ALTER TASK DB.S.G$B SUSPEND")


def _dropped(fake):
    kernel(fake).drop("g")


@pytest.mark.parametrize("change", [_changed_by_another, _altered_by_hand, _dropped])
@pytest.mark.parametrize("edit", EDITS)
def test_what_was_changed_since_is_planned_anew_and_nothing_of_it_is_lost(edit, change):
    fake, other = FakeSnowflake(), FakeSnowflake()
    made, how, _ = EDITS[edit]
    for each in (fake, other):
        kernel(each).deploy(graph("b < a"))
    target = kernel(fake)
    target.plan(graph("b < a"))
    for each in (fake, other):
        change(each)
    target.deploy(made, **how)
    kernel(other).deploy(made, **how)  # a kernel that sees the graph now for the first time
    assert _kept(fake) == _kept(other)
    assert _no_journal(fake)


def _kept(fake):
    return {
        name: (task["statement"].body, task["started"], task["statement"].after)
        for name, task in fake.tasks.items()
    }


def _no_journal(fake):
    return not [name for name in fake.files if "/deploy" in name]


def test_what_somebody_changed_and_is_to_be_replaced_is_asked_for_all_the_same():
    fake = FakeSnowflake()
    target = kernel(fake)
    target.deploy(graph("b < a"))
    kernel(fake).deploy(graph("b < a", a="select 'theirs'"))
    with pytest.raises(InputError, match="nobody agreed to replace a, changed elsewhere"):
        target.deploy(graph("b < a", a="select 'mine'"))
    assert fake.tasks["G$A"]["statement"].body == "select 'theirs'"
    assert _no_journal(fake)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deploy_by_memory_cut_off_at_any_call_is_completed_by_the_next(when):
    made = graph("b", "c < a", schedule="1 hour")
    whole, target = _one_deploy()
    target.deploy(made)
    for cut in range(1, whole.calls + 1):
        fake, target = _one_deploy()
        setattr(fake, f"break_{when}", cut)
        with contextlib.suppress(ConnectError):  # what only looks is done again
            target.deploy(made)
        target.deploy(made)
        assert _kept(fake) == _kept(whole), f"cut {when} call {cut}"
        assert _no_journal(fake)


def _one_deploy():
    fake = FakeSnowflake()
    target = kernel(fake)
    target.deploy(graph("b < a", schedule="1 day"))
    fake.calls = 0
    return fake, target


@pytest.mark.parametrize("order", thinned(ORDERS))
def test_of_two_who_deploy_at_once_by_memory_both_have_what_they_made(order):
    fake = FakeSnowflake()
    kernel(fake).deploy(graph("b < a", schedule="1 day"))

    def deploying(name):
        def deploy(backend):
            target = kernel(backend)
            place = target._workspace.places.place(None)
            place.seen.update(seen)
            return target.deploy(graph("b < a", f"{name} < a", schedule="1 day"))

        return deploy

    looked = kernel(fake)
    looked.plan(graph("b < a"))
    seen = looked._workspace.places.place(None).seen
    answers = together(fake, order, mine=deploying("mine"), theirs=deploying("theirs"))
    assert [type(answer) for answer in answers.values()] == [Deployed, Deployed], answers
    assert {"G$MINE", "G$THEIRS"} <= fake.tasks.keys()
    assert all(task["started"] for task in fake.tasks.values())
    assert _no_journal(fake)
