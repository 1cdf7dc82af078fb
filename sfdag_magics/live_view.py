"""The live view from plain Python: that of `%sfdag show`, where no magics are loaded.

Puts together what stands below; `OpenTarget.live` is its door. Displays nothing but the picture
that stays in a saved notebook: the view is a value, drawn where a cell ends with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from IPython.core.getipython import get_ipython

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.showing.open_views import OpenViews
from sfdag_magics.magics.showing.view_actions import actions_of
from sfdag_magics.magics.showing.views import Picture, live_view
from sfdag_magics.workspace.workspace import Workspace


def views_of(workspace: Workspace) -> OpenViews:
    """The live views of a target, which follow the runs that are started there."""
    views = OpenViews()
    workspace.runs.on_began(views.began)
    return views


def live(workspace: Workspace, views: OpenViews, graph: TaskGraph, run: Run | None) -> Any:  # noqa: ANN401 - the view, imported late
    """A view of this run, else of whichever run of the graph is the newest."""
    target = workspace.places.target().name
    actions = actions_of(workspace, graph, run, target)

    def edited() -> Edited:
        try:
            found: Edited = actions.edited()
        except InputError:  # the target is closed; its buttons say so, what is drawn stays
            return Edited()
        return found

    return live_view(
        workspace,
        views,
        graph,
        run or workspace.runs.known(graph),
        target=target,
        actions=replace(actions, edited=edited),
        completed=str,
        follows_graph=run is None,
        picture=Picture() if _is_in_jupyter() else None,
    )


def _is_in_jupyter() -> bool:
    """Whether there are outputs that can be replaced: marimo has none, and keeps none either."""
    return hasattr(get_ipython(), "kernel")
