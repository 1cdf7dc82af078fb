"""How graphs and runs are shown in the notebook: the live view, its static form, or text."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from IPython.display import DisplayHandle, display

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.observing.missed import missed
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.kernel.here import NotebookHere
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.reading.options import Options
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.showing.open_views import OpenViews, Viewed
from sfdag_magics.magics.showing.shapes import shape_seen
from sfdag_magics.magics.showing.view_actions import actions_of
from sfdag_magics.render.dot import dot
from sfdag_magics.render.layout import layout
from sfdag_magics.render.mermaid import mermaid
from sfdag_magics.render.placed import Direction
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.shown_static import Kept, last_shown
from sfdag_magics.render.sight import Sight
from sfdag_magics.render.static import static_bundle
from sfdag_magics.render.svg import svg
from sfdag_magics.render.text import graph_text
from sfdag_magics.workspace.workspace import Workspace

FORMATS = ("svg", "dot", "mermaid", "text")


class Picture:
    """The static form in an output of its own; shown once, then replaced. Any thread."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def __call__(self, bundle: Mapping[str, str]) -> None:
        """Show these forms of one picture in place of the last."""
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython ships it untyped
        else:
            self._handle.update(bundle, raw=True)  # type: ignore[no-untyped-call]  # as above


def show_static(graph: TaskGraph, run: Run | None, *, unseen: str = Sight.CLEAR.plain) -> None:
    """The picture that stays in the saved notebook.

    Args:
        unseen: what is said where there is no run to show.
    """
    seen = run.snapshot if run else None
    shown: tuple[Kept, ...] = ()
    if run is not None and seen is not None and seen.is_over:
        with contextlib.suppress(SfdagError):  # no reason to show no picture
            shown = last_shown(seen, run.shown)
    place = run.place if run is not None else ""
    shape = shape_seen(graph, run)
    show_bundle(static_bundle(shape, seen, unseen=unseen, shown=shown, place=place))


def show_bundle(bundle: Mapping[str, str]) -> None:
    """A value's forms in the cell's output: `{MIME type: form}`."""
    Picture()(bundle)


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

    def elsewhere_of(self, graph: str | None, target: str | None) -> Elsewhere:
        """What the commands on it have to name."""


def show_live(
    desk: Shows, graph: TaskGraph, run: Run | None, options: Options, *, follows_graph: bool = False
) -> Any:  # noqa: ANN401 - the view, imported late
    """The live view, with buttons. It shows `run`, or, as the graph's view, whichever is newest."""
    doing("drawing the graph")
    target = desk.workspace.places.target(options.target).name
    made = live_view(
        desk.workspace,
        desk.views,
        graph,
        run,
        target=target,
        actions=_actions(desk, graph, run, target),
        completed=desk.elsewhere_of(graph.name, target).completed,
        direction=_direction(options),
        follows_graph=follows_graph,
        picture=Picture(),
    )
    desk.notebook.show(made)
    return made


def live_view(
    workspace: Workspace,
    views: OpenViews,
    graph: TaskGraph,
    run: Run | None,
    *,
    target: str,
    actions: Any,  # noqa: ANN401 - imported late
    completed: Callable[[str], str],
    direction: Direction = Direction.FITTING,
    follows_graph: bool = False,
    picture: Picture | None = None,
) -> Any:  # noqa: ANN401 - the view, imported late
    """A live view that is kept in `views` and not displayed yet."""
    # The widget's packages cost as much as all the rest: only who sees a widget loads them.
    view = importlib.import_module("sfdag_magics.widget.view")
    feed = importlib.import_module("sfdag_magics.widget.held.feed")
    watch = importlib.import_module("sfdag_magics.widget.held.watch")
    is_embedded = workspace.places.target(target).is_embedded
    places = workspace.places
    shown = Viewed(
        graph,
        target,
        is_embedded,
        partial(places.has_run, target),
        is_opening=lambda: places.place(target).is_opening,
    )
    is_there = workspace.places.is_there(target)
    made = view.LiveView(
        shape_seen(graph, run),
        run,
        actions=actions,
        pace=feed.EMBEDDED_PACE if is_embedded else feed.SNOWFLAKE_PACE,
        picture=picture,
        direction=direction,
        seen=run.snapshot if run else None,
        follows_graph=follows_graph,
        completed=completed,
        sight=Sight.LOOKING if is_there or run else workspace.places.sight(target),
        on_look=views.watch(
            shown,
            workspace.runs,
            period_s=watch.EMBEDDED_WATCH_S if is_embedded else watch.SNOWFLAKE_WATCH_S,
        ),
    )
    if follows_graph and run is None and is_there:
        made.tell_doing("looking for its runs")  # a fresh kernel has to connect first
    views.add(made, shown)
    return made


def _actions(desk: Shows, graph: TaskGraph, run: Run | None, target: str) -> Any:  # noqa: ANN401 - imported late
    """What the buttons do in a notebook with cells, which knows what a task has missed."""
    return actions_of(
        desk.workspace,
        graph,
        run,
        target,
        missed=lambda task, error: missed(task, error, NotebookHere(desk.notebook)),
    )


def as_text(
    graph: TaskGraph,
    run: Run | None,
    form: str,
    options: Options,
    *,
    unseen: str = Sight.CLEAR.plain,
) -> str:
    """The graph in one of `FORMATS`; `unseen` is said where there is no run to show."""
    shape, seen = shape_seen(graph, run), run.snapshot if run else None
    match form:
        case "svg":
            drawn = layout(shape, direction=_direction(options))
            return svg(shape, drawn, seen, now=datetime.now(UTC))
        case "dot":
            return dot(shape)
        case "mermaid":
            return mermaid(shape)
        case _:
            which = f"{which_run(seen)} · {run.place}\n" if run and seen else ""
            return f"{which}{graph_text(shape, seen, unseen=unseen)}"


def _direction(options: Options) -> Direction:
    named = getattr(options, "direction", None)
    return Direction(named) if named else Direction.FITTING
