"""When the next run of a root task is due by its schedule. Starts no run.

The run that is next stands in its root as the one that waits, and is recorded: people see when it
is due.
"""

from __future__ import annotations

from datetime import datetime

from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.roots import Root, Roots
from sfdag_magics.graph.times.schedule import parse_schedule


class Schedules:
    """The schedules of all roots."""

    def __init__(self, roots: Roots, effects: Touched) -> None:
        self._roots = roots
        self._effects = effects

    def next_wakeup(self) -> datetime | None:
        """When the next run is due, or None while none is."""
        due = [
            root.waiting.scheduled_time
            for root in self._roots.values()
            if root.waiting is not None and root.waiting.waits == "due"
        ]
        return min(due, default=None)

    def stop(self, root: Root) -> None:
        """The root is suspended: nothing of it is due any more."""
        root.started, root.suspended, root.base = None, frozenset(), None
        root.failures.clear()
        self.forget_due(root)
        self._effects.root(root)

    def plan_next(self, root: Root, now: datetime) -> None:
        """Look for the next time of a root that is started, unless a run waits already."""
        graph = root.started
        if graph is None or graph.schedule is None or root.waiting is not None:
            return
        if not root.lets_start(graph.overlap):
            return
        schedule = parse_schedule(graph.schedule)
        due = schedule.next_after(now, since=root.base)
        run = root.let_wait(graph, due, "SCHEDULE")
        run.next_scheduled_time = schedule.next_after(due, since=root.base)
        self._effects.root(root)
        self._effects.waiting(run)

    def forget_due(self, root: Root) -> None:
        """A run that is due by schedule is not to be."""
        if root.waiting is not None and root.waiting.waits == "due":
            self._effects.forget(root.waiting)
            root.waiting = None

    def bring_forward(self, now: datetime) -> None:
        """Look again for what is due where the calendar, set back, has times before it."""
        for root in self._roots.values():
            waiting = root.waiting
            if waiting is None or waiting.waits != "due" or root.started is None:
                continue
            if root.started.schedule is None:
                continue  # data starts it
            base = None if root.base is None else min(root.base, now)
            schedule = parse_schedule(str(root.started.schedule))
            first = schedule.next_after(now, since=base)
            # One time before it is no sign: a clock put right by a second stands before the time
            # that has just run.
            if schedule.next_after(first, since=base) < waiting.scheduled_time:
                root.base = base
                self.forget_due(root)
                self.plan_next(root, now)

    def following(self, root: Root, now: datetime) -> datetime | None:
        """When the run after the one that starts now is due."""
        if root.waiting is not None and root.waiting.waits == "due":
            return root.waiting.scheduled_time
        if root.started is None or root.started.schedule is None:
            return None
        return parse_schedule(root.started.schedule).next_after(now, since=root.base)
