"""What is deployed of a task's group: enough for a kernel that ran none of its cells."""

import pytest

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.workspace.parted.planning import groups_of
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

TARGET = Target(name="embedded")
HOSTILE = "two 'words' {x} #1 \"q\""


def graph(**groups):
    tasks = (sql_task(name, "select 1", group=group) for name, group in groups.items())
    return TaskGraph("g", tasks=tasks)


def plan(fake, made):
    return make_plan(fake, made, None, TARGET)


@pytest.fixture
def fake():
    made = FakeSnowflake()
    apply(made, plan(made, graph(a="clean", b="clean", c=None, d=HOSTILE)))
    return made


def test_another_kernel_knows_the_groups_and_draws_them(fake):
    standing = read_standing(fake, TaskGraph("g"), TARGET)
    assert groups_of(TaskGraph("g"), standing.before) == {"clean": ("a", "b"), HOSTILE: ("d",)}
    assert shape_of(standing.whole).groups == {"clean": ("a", "b"), HOSTILE: ("d",)}


def test_the_cells_of_this_kernel_say_it_anew(fake):
    standing = read_standing(fake, graph(a=None, c="clean"), TARGET)
    found = groups_of(graph(a=None, c="clean"), standing.before)
    assert found == {"clean": ("c", "b"), HOSTILE: ("d",)}


def test_a_task_of_another_group_is_changed_and_runs_as_it_did(fake):
    again = graph(a="clean", b="other", c=None, d=HOSTILE)
    found = plan(fake, again)
    (change,) = found.touched
    assert (change.name, change.details) == ("b", ("group: clean → other",))
    assert change.only_regroups
    before = read_standing(fake, again, TARGET).before.tasks["b"]
    apply(fake, found)
    after = read_standing(fake, again, TARGET).before.tasks["b"]
    assert (after.group, after.mark["hash"]) == ("other", before.mark["hash"])
    assert plan(fake, again).is_empty
