"""How graphs and runs are shown in the notebook: the live view, its static form, or text."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from typing import Any

from IPython.display import HTML, DisplayHandle, display

from sfdag_magics.client.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.options import Options
from sfdag_magics.magics.verb import Desk
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


def show_static(graph: TaskGraph, run: Run | None) -> None:
    """The picture that stays in the saved notebook."""
    Picture()(static_html(shape_of(graph), run.snapshot if run else None))


def show_live(desk: Desk, graph: TaskGraph, run: Run | None, options: Options) -> Any:  # noqa: ANN401 - the view, imported late
    """The live view, with buttons, following `run` if there is one."""
    # The widget's packages cost as much as all the rest: only who sees a widget loads them.
    view = importlib.import_module("sfdag_magics.widget.view")
    actions = importlib.import_module("sfdag_magics.widget.actions")
    feed = importlib.import_module("sfdag_magics.widget.feed")
    workspace, target = desk.workspace, options.target
    embedded = workspace.target(target).is_embedded

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
            place=run.place if run else workspace.target_name,
        ),
        pace=feed.EMBEDDED_PACE if embedded else feed.SNOWFLAKE_PACE,
        picture=Picture(),
        direction=_direction(options),
    )
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
