"""When a root task runs that has no schedule and asks a stream: when data is there. Starts no run.

Whether there is data is asked outside, once at a time for each root: when it is resumed, when the
store says that something came, and when a run has ended; a run that was skipped is not reason
enough, as what it waits for has not come. A run that is found too early waits, and is recorded.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.instructions import LookForData
from sfdag_magics.engine.scheduler.phases import Phase
from sfdag_magics.engine.scheduler.roots import Root, Roots
from sfdag_magics.errors import InternalError

#: After so long without a run there is one, which keeps its streams from going stale (docs:
#: "Triggered tasks").
HEALTH_CHECK = timedelta(hours=12)


class Triggers:
    """The root tasks that data starts."""

    def __init__(self, roots: Roots, effects: Touched) -> None:
        self._roots = roots
        self._effects = effects

    def next_wakeup(self) -> datetime | None:
        """When a root has had no run for too long; None where there is none that waits so."""
        due = [_idle_until(root) for root in self._roots.values() if _is_at_rest(root)]
        return min(due, default=None)

    def resumed(self, root: Root, now: datetime) -> None:
        """A root may run at once: what is there already is found."""
        if root.started is not None and root.started.trigger_interval is not None:
            root.base = now - min(root.started.trigger_interval, HEALTH_CHECK)
            self._effects.root(root)
            self.look(root)

    def began(self, root: Root, now: datetime) -> None:
        """A run began: the next one does not for the root's interval."""
        if root.started is not None and root.started.trigger_interval is not None:
            root.base = now
            self._effects.root(root)

    def something_came(self) -> None:
        """Something changed in a table that has a stream: of any root."""
        for root in self._roots.values():
            if root.started is None or root.started.trigger_interval is None:
                continue
            if root.running:
                root.looks_again = True
            else:
                self.look(root)

    def look(self, root: Root) -> None:
        """Have it asked whether there is data, if the root waits for that."""
        if not _is_at_rest(root):
            return
        if root.is_looking:
            root.looks_again = True
            return
        root.is_looking, root.looks_again = True, False
        self._effects.act(LookForData(graph=_graph(root)))

    def after_run(self, root: Root, run: GraphRun) -> None:
        """A run ended: what it left, or what came meanwhile, is found."""
        if run.root.phase is not Phase.SKIPPED or root.looks_again:
            self.look(root)

    def looked(self, root: Root, now: datetime, *, has_data: bool) -> None:
        """The answer to a look."""
        root.is_looking = False
        if has_data:
            self.plan(root, now)
        elif root.looks_again:
            self.look(root)

    def plan(self, root: Root, now: datetime) -> None:
        """Let a run wait until the root may have one."""
        if not _is_at_rest(root):
            return
        graph = _graph(root)
        interval = min(graph.trigger_interval or HEALTH_CHECK, HEALTH_CHECK)
        due = now if root.base is None else max(now, root.base + interval)
        run = root.let_wait(graph, due, "TRIGGER")
        self._effects.root(root)
        self._effects.waiting(run)

    def plan_idle(self, now: datetime) -> None:
        """Let those run that have had no run for too long."""
        for root in self._roots.values():
            if _is_at_rest(root) and _idle_until(root) <= now:
                self.plan(root, now)

    def bring_forward(self, now: datetime) -> None:
        """The calendar was set back: nobody waits for longer than from now on."""
        for root in self._roots.values():
            if root.started is None or root.started.trigger_interval is None:
                continue
            if root.base is not None and root.base > now:
                root.base = now
                self._effects.root(root)
            if root.waiting is not None and root.waiting.waits == "due":
                self._effects.forget(root.waiting)
                root.waiting = None
                self.plan(root, now)

    def after_restart(self) -> None:
        """Nobody has looked while there was no engine."""
        for root in self._roots.values():
            self.look(root)


def _graph(root: Root) -> GraphSpec:
    if root.started is None:
        raise InternalError(f"the root {root.root_id} is suspended and looks for data")
    return root.started


def _is_at_rest(root: Root) -> bool:
    """Whether a root is started by data, and nothing of it waits or stands in the way."""
    graph = root.started
    if graph is None or graph.trigger_interval is None or root.waiting is not None:
        return False
    return root.lets_start(graph.overlap)


def _idle_until(root: Root) -> datetime:
    return (root.base or datetime.min.replace(tzinfo=UTC)) + HEALTH_CHECK
