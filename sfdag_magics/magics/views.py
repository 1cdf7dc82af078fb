"""How graphs and runs are shown in the notebook: the live view, its static form, or text."""

from __future__ import annotations

import importlib
import weakref
from datetime import UTC, datetime
from typing import Any, Protocol

from IPython.display import HTML, DisplayHandle, display

from sfdag_magics.client.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.magics.notebook import Notebook
from sfdag_magics.magics.options import Options
from sfdag_magics.magics.workspace import Workspace
from sfdag_magics.render.dot import dot
from sfdag_magics.render.layout import Direction, layout
from sfdag_magics.render.mermaid import mermaid
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.static import static_html
from sfdag_magics.render.svg import svg
from sfdag_magics.render.text import graph_text

FORMATS = ("svg", "dot", "mermaid", "text")


class Picture:
    """The static form in an output of its own; shown once, then replaced. Any thread."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def __call__(self, html: str) -> None:
        """Show this HTML in place of the last."""
        if self._handle is None:
            self._handle = display(HTML(html), display_id=True)  # type: ignore[no-untyped-call]  # IPython ships it untyped
        else:
            self._handle.update(HTML(html))  # type: ignore[no-untyped-call]  # as above


class OpenViews:
    """The live views of this notebook: closed with it; a drawing of a graph follows its cells."""

    def __init__(self) -> None:
        self._all: weakref.WeakSet[Any] = weakref.WeakSet()
        self._drawings: dict[str, Any] = {}

    def add(self, view: Any, graph: TaskGraph, *, follows: bool) -> None:  # noqa: ANN401 - imported late
        """Keep a view; one that follows no run is redrawn when the graph changes."""
        self._all.add(view)
        if not follows:
            self._drawings[key_of(graph.name)] = view

    def redraw(self, graph: TaskGraph) -> None:
        """Draw the graph again where its last drawing stands."""
        view = self._drawings.get(key_of(graph.name))
        # A run started by its button is history from then on: no task is added to it.
        if view is not None and view.snapshot is None:
            view.redraw(shape_of(graph))

    def close(self) -> None:
        """End all views' threads; what they drew stays."""
        for view in self._all:
            view.close()
        self._drawings.clear()


def show_static(graph: TaskGraph, run: Run | None) -> None:
    """The picture that stays in the saved notebook."""
    Picture()(static_html(shape_of(graph), run.snapshot if run else None))


class Shows(Protocol):
    """What a live view needs of the desk: `verb.Desk` is one."""

    @property
    def notebook(self) -> Notebook:
        """Where it is shown."""

    @property
    def workspace(self) -> Workspace:
        """What its buttons act on."""

    @property
    def views(self) -> OpenViews:
        """Where it is kept."""


def show_live(desk: Shows, graph: TaskGraph, run: Run | None, options: Options) -> Any:  # noqa: ANN401 - the view, imported late
    """The live view, with buttons, following `run` if there is one."""
    # The widget's packages cost as much as all the rest: only who sees a widget loads them.
    view = importlib.import_module("sfdag_magics.widget.view")
    actions = importlib.import_module("sfdag_magics.widget.actions")
    feed = importlib.import_module("sfdag_magics.widget.feed")
    workspace, target = desk.workspace, options.target
    embedded = workspace.places.target(target).is_embedded

    def retried() -> Run:
        found = workspace.find_run(graph, target=target)
        found.retry()
        return found

    shown = view.show(
        shape_of(graph),
        run,
        actions=actions.Actions(
            run=lambda: workspace.run(graph, lambda _: None, target=target),
            retry=retried,
            stop=lambda: workspace.find_run(graph, target=target).stop(),
            logs=lambda task: workspace.find_run(graph, target=target).logs(task),
            place=run.place if run else workspace.places.target_name,
        ),
        pace=feed.EMBEDDED_PACE if embedded else feed.SNOWFLAKE_PACE,
        picture=Picture(),
        direction=_direction(options),
    )
    desk.views.add(shown, graph, follows=run is not None)
    desk.notebook.show(shown)
    return shown


def as_text(graph: TaskGraph, run: Run | None, form: str, options: Options) -> str:
    """The graph in one of `FORMATS`."""
    shape, seen = shape_of(graph), run.snapshot if run else None
    match form:
        case "svg":
            drawn = layout(shape, direction=_direction(options))
            return svg(shape, drawn, seen, now=datetime.now(UTC))
        case "dot":
            return dot(shape)
        case "mermaid":
            return mermaid(shape)
        case _:
            return graph_text(shape, seen)


def _direction(options: Options) -> Direction:
    named = getattr(options, "direction", None)
    return Direction(named) if named else Direction.FITTING
