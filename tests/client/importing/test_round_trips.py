"""A graph that is exported and imported says what it said: in each form, and as cells."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import definitions
from sfdag_magics.client.exporting.exported import Form
from sfdag_magics.client.exporting.forms import exported
from sfdag_magics.client.importing.module_text import module_text
from sfdag_magics.client.importing.sources import imported_program, imported_script
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.sqltext import QualifiedName
from tests.client.importing.graphs import graphs

HERE = Target(name="embedded")
#: A campaign says how many: `SFDAG_ROUNDS=5000 pytest tests/client/importing`.
ROUNDS = settings(
    max_examples=int(os.environ.get("SFDAG_ROUNDS", "15")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def statements(graph: TaskGraph, *, marks: bool) -> dict[str, str]:
    """What a deploy would send; the marks have what Snowflake has no place for."""
    found = {}
    for each in definitions(graph, QualifiedName(graph.name.upper()), HERE):
        said = each.statement
        if not marks:
            bare = replace(said.properties, comment=each.comment or None)
            said = replace(said, properties=bare)
        found[each.name] = said.to_sql()
    return found


def groups(graph: TaskGraph) -> dict[str, str | None]:
    return {task.name: task.group for task in graph.tasks}


def read_back(graph: TaskGraph, form: Form):
    if form is Form.MODULE:
        return imported_program(module_text(["it"], [(graph, ())]), "it")
    read = imported_program if form is Form.DAG else imported_script
    return read(exported(graph, form, HERE).text, "it")


@pytest.mark.parametrize("form", [Form.SQL, Form.DCM, Form.DAG, Form.MODULE])
@ROUNDS
@given(graph=graphs())
def test_nothing_is_lost(form, graph):
    if graph.validate():
        return
    found = read_back(graph, form)
    marks = form is not Form.DAG
    assert statements(found.graph(), marks=marks) == statements(graph, marks=marks)
    # A program has no place for groups; its head names the tasks that have one.
    if form is not Form.DAG:
        assert groups(found.graph()) == groups(graph)
    assert (found.problems, found.not_carried) == ((), ())
