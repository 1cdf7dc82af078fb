"""The live view from plain Python: that of `%sfdag show`, where no magics are loaded.

Puts together what stands below; `OpenTarget.live` is its door. Displays nothing but the picture
that stays in a saved notebook: the view is a value, drawn where a cell ends with it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from IPython.core.getipython import get_ipython

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.showing.open_views import OpenViews
from sfdag_magics.magics.showing.views import Picture, actions_of, live_view
from sfdag_magics.place_words import MAGICS, to_type
from sfdag_magics.workspace.workspace import Workspace

#: What follows a verb that is no longer of the sentence around it: a task, a run's id, options.
_COMMAND = re.compile(
    r"(?<!%)%sfdag (?P<verb>[a-z]+)"
    r"(?:(?<=logs|.why) (?P<task>\w+)| [0-9a-f]{8}\b)?"
    r"(?: --?[a-z][\w-]*(?:[ =](?![-%·])[^\s,;]+)?)*"
)


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

    anew = _as_calls(actions.anew)
    return live_view(
        workspace,
        views,
        graph,
        run or workspace.runs.known(graph),
        target=target,
        actions=replace(actions, anew=anew, back=actions.back if MAGICS else anew, edited=edited),
        completed=_as_calls,
        follows_graph=run is None,
        picture=Picture() if _is_in_jupyter() else None,
    )


def _is_in_jupyter() -> bool:
    """Whether there are outputs that can be replaced: marimo has none, and keeps none either."""
    return hasattr(get_ipython(), "kernel")


def _as_calls(text: str) -> str:
    """The text, its commands as calls where nobody could type them as they are."""
    return text if MAGICS else _COMMAND.sub(_call, text)


def _call(found: re.Match[str]) -> str:
    if found["verb"] == "show":
        return "target.live(…)"
    return str(to_type(found["verb"], task=found["task"]))
