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
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.deploying.lifecycle import resume, suspend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.missed import missed
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.kernel.here import NotebookHere
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.reading.options import Options
from sfdag_magics.magics.showing.chosen import (
    own_config,
    run_chosen,
    run_form,
    schedule_there,
    ship,
    turn_schedule,
)
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.showing.open_views import OpenViews, Viewed
from sfdag_magics.magics.showing.shapes import shape_seen
from sfdag_magics.render.dot import dot
from sfdag_magics.render.layout import Direction, layout
from sfdag_magics.render.mermaid import mermaid
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.shown_static import Kept, last_shown
from sfdag_magics.render.sight import Sight, where_nothing_runs
from sfdag_magics.render.static import static_bundle
from sfdag_magics.render.svg import svg
from sfdag_magics.render.text import graph_text
from sfdag_magics.workspace.compared_code import compared_code
from sfdag_magics.workspace.left_as_deployed import goes_along
from sfdag_magics.workspace.seen_code import ran_code
from sfdag_magics.workspace.starting import continued, stopped
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
    Picture()(static_bundle(shape, seen, unseen=unseen, shown=shown, place=place))


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
    shown = Viewed(graph, target, is_embedded)
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
        sight=Sight.LOOKING if is_there or run else where_nothing_runs(is_embedded=is_embedded),
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


def actions_of(
    workspace: Workspace,
    graph: TaskGraph,
    run: Run | None,
    target: str,
    *,
    missed: Callable[[str, str], str] | None = None,
) -> Any:  # noqa: ANN401 - imported late
    """What the buttons do: each acts on the run it is given, the one the view shows.

    Args:
        missed: what a task that failed with that error had not, and the notebook has.
    """
    actions = importlib.import_module("sfdag_magics.widget.held.actions")
    sheets = importlib.import_module("sfdag_magics.widget.told.sheets")

    return actions.Actions(
        run=lambda talk: run_chosen(
            workspace, graph, target, talk.chosen.values, agrees=talk.agrees, say=talk.say
        ),
        retry=lambda shown, talk: continued(
            workspace,
            graph,
            shown,
            target=target,
            current_code=not talk.chosen.original,
            agrees=talk.agrees,
            say=talk.say,
        ),
        stop=lambda shown, talk: stopped(
            workspace, shown, target=target, agrees=talk.agrees, say=talk.say
        ),
        deploy=lambda talk: ship(
            workspace,
            graph,
            target,
            lambda plan: sheets.plan_mark(plan) == talk.chosen.plan,
            agrees=talk.agrees,
            say=talk.say,
        ),
        suspend=partial(_turn, workspace, graph, target, suspend, "suspend"),
        resume=partial(_turn, workspace, graph, target, resume, "resume"),
        form=lambda typed, seen: run_form(workspace, graph, target, typed, seen),
        plan=lambda: workspace.deploys.plan(graph, target),
        schedule=lambda: schedule_there(workspace, graph, target),
        config=lambda: own_config(workspace, graph, target),
        logs=lambda shown, tasks, attempt, ask: shown.log_window(tasks, attempt, ask),
        no_logs=lambda shown: shown.why_no_logs(),
        shown=lambda shown, task, attempt: shown.shown(task, attempt),
        attempts=lambda shown, task: shown.attempts(task),
        parameters=lambda task: graph.task(task).parameters if task in graph else (),
        changes=lambda shown, task: shown.why(task).changes,
        code=lambda shown, task: str(
            ran_code(workspace, graph, shown.snapshot, target).get(task) or ""
        ),
        lines=lambda shown, task, ask: compared_code(workspace, graph, shown, task, ask, target),
        ran_with=lambda shown, task: shown.ran_with(task),
        tables=lambda shown, task: shown.named_tables(task),
        rows=lambda shown, task, said: shown.first_rows(task, said),
        missed=missed,
        edited=lambda: Edited(
            code=workspace.shipped.edited_code(graph, target),
            in_graph=workspace.shipped.edited_in_graph(graph, target),
            any=workspace.shipped.not_shipped(graph, target),
            not_there=workspace.shipped.not_there(graph, target),
        ),
        again=lambda shown: goes_along(workspace, graph, shown, target),
        past=lambda count: _past(workspace, graph, target, count),
        at=lambda group: workspace.runs.find(graph, group, target, past=True),
        shape=lambda shown: shape_seen(graph, shown),
        place=run.place if run else target,
        anew=_anew(workspace, graph.name, target),
        back=_back(workspace, graph, target),
    )


def _turn(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    do: Callable[[Backend, DeployedGraph], str],
    verb: str,
    talk: Any,  # noqa: ANN401 - imported late
) -> None:
    turn_schedule(workspace, graph, target, do, verb, agrees=talk.agrees, say=talk.say)


def _past(workspace: Workspace, graph: TaskGraph, target: str, count: int) -> list[RunSnapshot]:
    with starting_none():  # looking on is no reason to undo somebody's stop
        return workspace.runs.recent_there(graph, target, last=count)


def _anew(workspace: Workspace, graph: str | None, target: str) -> str:
    """What shows the graph wherever no graph and no target is chosen yet."""
    is_default = target == workspace.places.targets.default
    elsewhere = Elsewhere(graph=graph, target=None if is_default else target)
    return elsewhere.completed("%sfdag show")


def _back(workspace: Workspace, graph: TaskGraph, target: str) -> str:
    """The same after the kernel's restart: the graph is the one that cells are to join again."""
    show = _anew(workspace, None, target)
    is_unnamed = workspace.registry.is_unnamed(graph)
    return show if is_unnamed else f"%sfdag graph {graph.name}\n{show}"


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
