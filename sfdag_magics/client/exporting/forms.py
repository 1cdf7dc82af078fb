"""From a graph to its text in the form that is asked for. Sends nothing."""

from __future__ import annotations

from sfdag_magics.bundle import build
from sfdag_magics.client.code.shipping import packages_of
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.exporting.as_dag import as_dag
from sfdag_magics.client.exporting.as_dcm import as_dcm
from sfdag_magics.client.exporting.as_module import as_module
from sfdag_magics.client.exporting.as_sql import as_sql
from sfdag_magics.client.exporting.as_workflow import Job, as_workflow
from sfdag_magics.client.exporting.exported import Exported, Form
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import nearest
from sfdag_magics.place_words import to_type

_OF_STATEMENTS = {Form.SQL: as_sql, Form.DAG: as_dag, Form.DCM: as_dcm}


def form_named(name: str) -> Form:
    """The form of this name.

    Raises:
        InputError: there is none.
    """
    if name not in set(Form):
        near = nearest(name, tuple(Form)) or Form.MODULE
        raise InputError(
            f"a graph is exported as {', '.join(Form)}, and not as {name!r}",
            hint=to_type("export", form=near),
        )
    return Form(name)


def exported(
    graph: TaskGraph, form: Form, target: Target, *, notebook: str | None = None
) -> Exported:
    """The graph in a form.

    Args:
        target: its settings count where the graph says nothing; a CI job deploys there.
        notebook: what a CI job reads: the path of the graph's notebook in its repository.

    Raises:
        InputError: it has no task here, tasks call different things by one name, or a CI job has
            no notebook.
        CaptureError: a task takes something that has no source.
        GraphError: it cannot run, so there are no statements for it; carries all problems.
    """
    if not graph.tasks:
        raise InputError(
            f"graph {graph.name!r} has no task here, so there is nothing to export",
            hint=f"run the cells of its tasks, then {to_type('export')}",
        )
    if form is Form.MODULE:
        bundle = build(graph, packages_of)
        bundle.check()
        return as_module(graph, bundle)
    if form is Form.CI:
        return as_workflow(graph, _job(notebook, target))
    graph.check()
    return _OF_STATEMENTS[form](graph, target)


def _job(notebook: str | None, target: Target) -> Job:
    if not notebook:
        raise InputError(
            "a CI job reads a notebook, and which one is not said",
            hint=to_type("export", form=Form.CI, notebook="flows/nightly.ipynb"),
        )
    return Job(notebook=notebook, target=target)
