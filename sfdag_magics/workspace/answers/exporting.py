"""A graph of the notebook as a text for elsewhere. Asks no target; reads its settings."""

from __future__ import annotations

from sfdag_magics.client.exporting.exported import Exported
from sfdag_magics.client.exporting.forms import exported, form_named
from sfdag_magics.graph.arguments.option_values import TEXT, check_value
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.workspace import Workspace


def exported_as(
    workspace: Workspace,
    graph: TaskGraph,
    form: str,
    target: str | None = None,
    *,
    notebook: str | None = None,
) -> Exported:
    """The graph in the form of this name.

    Raises:
        InputError: there is no such form, the graph has no task here, its tasks call different
            things by one name, or a CI job has no notebook.
        CaptureError: a task takes something that has no source.
        GraphError: the graph cannot run; carries all problems.
    """
    check_value("form", form, TEXT)
    check_value("notebook", notebook, TEXT)
    named = form_named(form)
    return exported(graph, named, workspace.places.target(target), notebook=notebook)
