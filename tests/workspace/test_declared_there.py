"""The form of a run asks what deployed tasks read whose cells were not run here."""

from __future__ import annotations

import pytest

from sfdag_magics.client.connecting.targets import Targets
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.showing.chosen import run_chosen, run_form
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.client.code.test_not_loaded import deploy, notebook
from tests.client.fake_snowflake import FakeSnowflake

LOAD = "def load(*, rows: int, day: str = 'x'): return rows"
TRAIN = "def train(load, *, rate: float = 0.5): return load"
CELLS = (LOAD, TRAIN)


@pytest.fixture
def fake():
    made = FakeSnowflake()
    deploy(made, notebook(*CELLS))
    return made


def kernel(fake, *, is_running=True):
    openers = Openers(
        target=lambda _: fake, targets=lambda _: Targets(), is_running=lambda _: is_running
    )
    made = Workspace(Registry(), openers)
    made.places.backend("embedded")
    fake.statements.clear()
    return made


def form(workspace, graph, *, whole=False, **typed):
    return run_form(workspace, graph, "embedded", typed, None, whole=whole)


def keys(made):
    return [(row.key, row.said, row.base, row.of) for row in made.form.rows]


def test_what_is_not_loaded_is_told_when_it_is_asked_for_and_from_then_on(fake):
    workspace, graph = kernel(fake), notebook(TRAIN)
    first = form(workspace, graph)
    assert keys(first) == [("rate", "float", "0.5", "default")]
    assert fake.statements == []
    later = [*keys(first), ("rows", "int", "", ""), ("day", "str", "x", "default")]
    assert keys(form(workspace, graph, whole=True)) == later
    fake.statements.clear()
    typed = form(workspace, graph, rows="7")
    assert (typed.form.config, typed.arguments) == ({"rows": 7}, "--set rows=7")
    assert fake.statements == []


def test_a_cell_that_is_run_meanwhile_says_it_itself(fake):
    workspace, graph = kernel(fake), notebook(TRAIN)
    form(workspace, graph, whole=True)
    graph.add(notebook(LOAD.replace("int", "float")).tasks[0])
    assert ("rows", "float", "", "") in keys(form(workspace, graph))


def test_where_all_is_loaded_nothing_more_is_to_be_asked(fake):
    workspace, graph = kernel(fake), notebook(*CELLS)
    form(workspace, graph, whole=True)
    assert not workspace.declared.may_be_more(graph, "embedded")


def test_a_target_that_does_not_run_is_not_asked(fake):
    workspace = kernel(fake, is_running=False)
    made = form(workspace, notebook(TRAIN), whole=True)
    assert (len(made.form.rows), fake.statements) == (1, [])
    assert not workspace.declared.may_be_more(notebook(TRAIN), "embedded")


def test_where_it_cannot_be_read_the_rest_can_be_typed(fake, monkeypatch):
    def refused(*_args, **_more):
        raise BackendError("no privilege")

    workspace = kernel(fake)
    monkeypatch.setattr(workspace.deploys, "standing", refused)
    assert keys(form(workspace, notebook(TRAIN), whole=True)) == [
        ("rate", "float", "0.5", "default")
    ]


def test_a_run_is_started_with_what_was_typed_for_them(fake, monkeypatch):
    workspace, graph, begun = kernel(fake), notebook(TRAIN), []
    form(workspace, graph, whole=True)
    monkeypatch.setattr(
        "sfdag_magics.magics.showing.chosen.started",
        lambda *_args, **more: begun.append((more["config"], more["typed"])),
    )
    run_chosen(
        workspace, graph, "embedded", {"rows": "7"}, agrees=lambda _: True, say=lambda _: None
    )
    assert begun == [({"rows": 7}, "--set rows=7")]


def test_a_graph_without_a_cell_here_has_all_its_keys(fake):
    workspace = kernel(fake)
    assert [row[0] for row in keys(form(workspace, TaskGraph("g"), whole=True))] == [
        "rows",
        "day",
        "rate",
    ]
