"""What deployed tasks read of the configuration whose cells were not run here."""

from __future__ import annotations

import pytest

from sfdag_magics.client.code.declared import with_declared
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph, TaskKind
from tests.client.code.test_not_loaded import deploy, notebook
from tests.client.fake_snowflake import FakeSnowflake

TASKS = (
    "def load(*, rows: int, day: str = 'x'): return rows",
    "def told(ctx, load): return load",
)
SQL = [("kept", "select system$get_task_graph_config('limit')", ["load"])]


@pytest.fixture
def fake():
    made = FakeSnowflake()
    deploy(made, notebook(*TASKS, sql=SQL))
    return made


def declared(fake):
    standing = read_standing(fake, TaskGraph("g"), Target(name="embedded"))
    return {task.name: task for task in with_declared(fake, standing.whole.tasks, standing.code)}


def test_a_functions_keys_have_their_types_and_the_sql_of_others_is_read(fake):
    tasks = declared(fake)
    keys = [(key.name, key.annotation, key.default) for key in tasks["load"].config_keys]
    assert keys == [("rows", "int", None), ("day", "str", "'x'")]
    assert (tasks["kept"].kind, tasks["kept"].body) == (TaskKind.SQL, SQL[0][1])


def test_one_that_has_the_context_may_read_any_key(fake):
    assert declared(fake)["told"].kind is TaskKind.NOT_LOADED


def test_where_the_archive_cannot_be_read_nothing_is_known(fake, monkeypatch):
    def refused(_):
        raise BackendError("no privilege")

    monkeypatch.setattr(fake, "download", refused)
    assert declared(fake)["load"].kind is TaskKind.NOT_LOADED
