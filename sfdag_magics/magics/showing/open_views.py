"""The live views that are open in a notebook, and which run each of them is told to show.

Draws nothing itself and asks through the run book alone.
"""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of, short_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.showing.shapes import shape_of_run, shape_seen
from sfdag_magics.place_words import SHOW
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.sight import Sight, where_nothing_runs
from sfdag_magics.workspace.run_book import Glance, RunBook


@dataclass(frozen=True, slots=True)
class Viewed:
    """What an open view is of: a graph on a target.

    Attributes:
        has_run: whether an engine ever served an embedded one.
        is_opening: whether this kernel is about to reach it.
    """

    graph: TaskGraph
    target: str
    is_embedded: bool = True
    has_run: Callable[[], bool] = lambda: True
    is_opening: Callable[[], bool] = lambda: False

    @property
    def sight(self) -> Sight:
        """What is known of it where nothing can be asked."""
        if self.is_opening():
            return Sight.OPENING
        return where_nothing_runs(is_embedded=self.is_embedded, has_run=self.has_run())


class OpenViews:
    """The live views of this notebook, closed with it. Those of a graph follow its newest run.

    A view of one run stays with that run and says when there is a newer one. Any thread.
    """

    def __init__(self) -> None:
        self._all: weakref.WeakKeyDictionary[Any, Viewed] = weakref.WeakKeyDictionary()
        self._watches: dict[tuple[str, str], Any] = {}

    def add(self, view: Any, shown: Viewed) -> None:  # noqa: ANN401 - imported late
        """Keep a view."""
        self._all[view] = shown

    def watch(self, shown: Viewed, book: RunBook, *, period_s: float) -> Callable[[], None]:
        """See that somebody looks for runs of the graph; what to call when a view is looked at."""
        key = (key_of(shown.graph.name), shown.target)
        if key not in self._watches:
            watch = importlib.import_module("sfdag_magics.widget.held.watch")
            self._watches[key] = watch.Watch(
                lambda: self._look(shown, book),
                is_looked_at=lambda: any(view.is_looked_at for view in self._of(*key)),
                period_s=period_s,
            )
        wake: Callable[[], None] = self._watches[key].wake
        return wake

    def complete_by(self, elsewhere: Callable[[str, str], Elsewhere]) -> None:
        """Complete the commands on all pages anew: the current graph or target may be another.

        Args:
            elsewhere: of a graph and a target, by their names.
        """
        for view, shown in list(self._all.items()):
            view.complete_by(elsewhere(shown.graph.name, shown.target).completed)

    def shown_instead(self, graph: TaskGraph, task: str) -> TaskGraph | None:
        """The graph that is shown, if this one is not, and that has such a task as deployed only.

        A cell that is run beside its view is meant for it.
        """
        found = None
        for view, shown in list(self._all.items()):
            if key_of(shown.graph.name) == key_of(graph.name):
                return None
            names = view.snapshot.tasks if view.snapshot is not None else ()
            if task not in shown.graph and key_of(task) in map(key_of, names):
                found = shown.graph
        return found

    def redraw(self, graph: TaskGraph) -> None:
        """Draw the graph again where it is shown for itself; a view of one run is history.

        Each of them says anew what is edited: a cell may have been, and the graph be the same.
        """
        for view, shown in list(self._all.items()):
            if key_of(shown.graph.name) != key_of(graph.name):
                continue
            if view.follows_graph or view.snapshot is None:
                view.redraw(shape_seen(graph, view.run))
            view.tell_edits()

    def began(self, run: Run, target: str) -> None:
        """This kernel started a run or continued one: who shows it, or its graph, follows it."""
        group, scheduled = run.snapshot.group_id, run.snapshot.scheduled
        views = self._of(key_of(run.graph), target)
        for view in views:
            is_its_run = group is not None and _group(view) == group
            is_graphs = _is_for_its_graph(view, views) and not _waits_for(view.snapshot, run)
            if is_its_run or is_graphs:
                view.follow(run)
            else:
                _tell_newer(view, group, scheduled)

    def opening(self, target: str) -> None:
        """This kernel is about to reach a target: what is of it need not offer that any more."""
        for view, shown in list(self._all.items()):
            if shown.target == target and view.snapshot is None:
                view.tell_sight(Sight.OPENING)

    def dropped(self, graph: str, target: str) -> None:
        """A graph was dropped from here: its views say so at once."""
        for view in self._of(key_of(graph), target):
            if view.snapshot is not None:
                view.tell_sight(Sight.DROPPED)

    def close(self) -> None:
        """End all threads; what was drawn stays."""
        self.look_no_more()
        for view in list(self._all):
            view.close()

    def look_no_more(self) -> None:
        """Look for no runs any more: the target is closed. Views say so when they are used."""
        for watch in self._watches.values():
            watch.close()
        self._watches.clear()

    def _of(self, graph: str, target: str) -> list[Any]:
        """The views of a graph by the key of its name, the oldest first."""
        return [
            view
            for view, shown in list(self._all.items())
            if shown.target == target and key_of(shown.graph.name) == graph
        ]

    def _look(self, shown: Viewed, book: RunBook) -> None:
        """Bring the graph's views up to date, whoever started a run meanwhile."""
        views = self._of(key_of(shown.graph.name), shown.target)
        before = [view for view in views if view.snapshot is not None]
        try:
            with starting_none():  # an engine that somebody stops stays stopped
                glance = book.glance(shown.graph, shown.target)
        except SfdagError:
            _tell_sight(views, Sight.SILENT)
            raise
        if glance is None:
            _tell_sight(views, shown.sight)
        elif glance.deployed is None:
            _tell_gone(views, before, shape_of(shown.graph))
        elif glance.group_id is None:
            _tell_sight(views, Sight.CLEAR)
            for view in views:
                if view.snapshot is None:
                    view.redraw(shape_of_run(shape_of(shown.graph), glance.deployed))
        else:
            for view in views:
                self._tell_of_run(view, views, glance, shown, book)

    def _tell_of_run(
        self,
        view: Any,  # noqa: ANN401 - imported late
        views: list[Any],
        glance: Glance,
        shown: Viewed,
        book: RunBook,
    ) -> None:
        if glance.group_id is None or glance.deployed is None:
            return
        is_its_run = _group(view) == glance.group_id
        if not is_its_run and not _is_for_its_graph(view, views):
            _tell_newer(view, glance.group_id, glance.scheduled)
        elif _is_other(view.snapshot, glance):
            graph, deployed = shown.graph, glance.deployed
            view.follow(book.of_group(graph, deployed, glance.group_id, shown.target))


def _tell_sight(views: list[Any], sight: Sight) -> None:
    """What is known of the graph, to the views that have no run of it to show."""
    for view in views:
        if view.snapshot is None:
            view.tell_sight(sight)
            view.tell_doing("")


def _tell_gone(views: list[Any], before: list[Any], shape: Shape) -> None:
    """The graph is not there: dropped, where a run of it was shown before that was asked."""
    for view in views:
        if view in before:
            view.tell_sight(Sight.DROPPED)
        elif view.snapshot is None:
            view.redraw(shape)
    _tell_sight(views, Sight.CLEAR)


def _is_for_its_graph(view: Any, views: list[Any]) -> bool:  # noqa: ANN401 - imported late
    """Whether a view shows what its graph does: every run of a cell leaves one more behind.

    Those that nobody looks at catch up when somebody does, but for the last one made.
    """
    graphs = [each for each in views if each.follows_graph]
    return bool(graphs) and view.follows_graph and (view is graphs[-1] or view.is_looked_at)


def _group(view: Any) -> str | None:  # noqa: ANN401 - imported late
    return view.snapshot.group_id if view.snapshot is not None else None


def _waits_for(seen: RunSnapshot | None, run: Run) -> bool:
    """Whether the run has to wait for the one that is shown: the graph's view stays with that."""
    return seen is not None and not seen.is_over and not run.snapshot.has_begun


def _is_other(seen: RunSnapshot | None, glance: Glance) -> bool:
    """Whether a graph's view has to go over to the run that matters now."""
    if seen is None or seen.group_id != glance.group_id:
        # A run that was just asked for may not be in the history yet.
        return seen is None or seen.has_begun or seen.is_over
    return seen.is_over and glance.is_going


#: What a graph's view in which an older run was picked offers beside this.
_NEWEST = "“Newest run” shows it, and then those that come."


def _tell_newer(view: Any, group_id: str | None, scheduled: datetime | None) -> None:  # noqa: ANN401 - imported late
    seen = view.snapshot
    if seen is None or seen.group_id == group_id or seen.scheduled is None or scheduled is None:
        return
    if scheduled > seen.scheduled:
        name = f"run {short_run(group_id)}" if group_id else "another run"
        if view.follows_graph:
            text = f"{name} waits for its turn; this view goes over to it then."
        else:
            way = _NEWEST if view.is_of_graph else f"{SHOW} follows it."
            text = f"This is not the newest run: {name} is newer. {way}"
        view.tell_newer(group_id, scheduled, text)
