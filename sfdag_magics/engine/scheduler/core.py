"""The scheduler: events in, instructions out. Decides everything about runs, and does nothing.

No I/O, no threads, no clock: the time comes with each event, ids follow from what they name. So the
same events give the same records, a crash is survived by restoring from records, and a month of
schedules is a fast test. All rules for one run lie in `graph_run`, all moves in `phases`. Here is
which event means what: `lifecycle` moves tasks and draws the consequences, `outcomes` and
`interruptions` say which move an answer or an order is, `schedules` when the next run is due,
`triggers` what data starts, `slots` who may begin; what comes of it is gathered in `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, TaskRunRecord
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.fair_queue import Member
from sfdag_magics.engine.scheduler.graph_run import GraphRun, graph_run_from_records
from sfdag_magics.engine.scheduler.graphs import GraphSpec, merged_config
from sfdag_magics.engine.scheduler.instructions import Instruction
from sfdag_magics.engine.scheduler.interruptions import Interruptions
from sfdag_magics.engine.scheduler.lifecycle import Lifecycle, next_attempt
from sfdag_magics.engine.scheduler.outcomes import TaskOutcomes
from sfdag_magics.engine.scheduler.roots import Roots
from sfdag_magics.engine.scheduler.schedules import Schedules
from sfdag_magics.engine.scheduler.slots import DEFAULT_SLOTS, Slots
from sfdag_magics.engine.scheduler.triggers import Triggers
from sfdag_magics.errors import InternalError


class Scheduler:
    """The state of all graph runs. One thread owns it.

    `handle` changes it; nothing but a root that is of no use any more is taken from it otherwise.
    """

    def __init__(self, *, slots: int = DEFAULT_SLOTS) -> None:
        self.roots = Roots()
        self.slots = Slots(slots)
        self._effects = Touched()
        self._due: datetime | None = None
        self._is_changed = True
        self._schedules = Schedules(self.roots, self._effects)
        self._triggers = Triggers(self.roots, self._effects)
        self._lifecycle = Lifecycle(
            self.roots, self._schedules, self._triggers, self.slots, self._effects
        )
        self._interruptions = Interruptions(self.roots, self.slots, self._lifecycle, self._effects)
        outcomes = TaskOutcomes(self.slots, self._lifecycle, self._effects)
        self._handlers: Mapping[type, Callable[[Any], None]] = {
            events.GraphStarted: self._graph_started,
            events.GraphStopped: self._graph_stopped,
            events.RunRequested: self._run_requested,
            events.RetryRequested: self._retry_requested,
            events.CancelRequested: self._interruptions.cancel_requested,
            events.DataCame: self._data_came,
            events.DataLookedFor: self._data_looked_for,
            events.Tick: self._tick,
            events.ClockSetBack: self._clock_set_back,
            events.EngineRestarted: self._engine_restarted,
            events.WorkersWarming: self._workers_warming,
            events.WorkersReady: self._workers_ready,
            events.ConditionEvaluated: outcomes.condition_evaluated,
            events.ConditionFailed: outcomes.condition_failed,
            events.TaskSucceeded: outcomes.task_succeeded,
            events.TaskFailed: outcomes.task_failed,
            events.TaskCancelled: outcomes.task_cancelled,
            events.TimedOut: outcomes.timed_out,
        }

    def handle(self, event: events.Event) -> list[Instruction]:
        """Take one event in: records first, then what is to be done.

        Raises:
            InternalError: the event cannot happen now. The state is unusable after that.
        """
        self._is_changed = True
        self._handlers[type(event)](event)
        self._lifecycle.fill_slots(event.now)
        return self._effects.taken()

    def next_wakeup(self) -> datetime | None:
        """When the next Tick matters, or None while nothing is due."""
        if self._is_changed:  # it is asked for several times between two events, over all roots
            due = (self._schedules.next_wakeup(), self._triggers.next_wakeup())
            self._due = min((each for each in due if each is not None), default=None)
            self._is_changed = False
        return self._due

    def runs(self) -> list[GraphRun]:
        """All runs that have started and not ended."""
        return self.roots.runs()

    def ongoing(self, task_id: str) -> list[str]:
        """The ids of a task's executions that are queued or alive."""
        return [
            str(task.attempt_id)
            for run in self.runs()
            for task in run.tasks.values()
            if task.spec.task_id == task_id and task.is_ongoing
        ]

    def forget_root(self, root_id: str) -> bool:
        """Let go of a root task that was dropped; False where it has a schedule or a run."""
        root = self.roots.get(root_id)
        if root is not None and (root.started or root.waiting or root.running):
            return False
        self.roots.pop(root_id, None)
        return True

    # Schedules

    def _graph_started(self, event: events.GraphStarted) -> None:
        root = self.roots[event.graph.root_id]
        root.started, root.suspended, root.base = event.graph, event.suspended, event.now
        self._schedules.forget_due(root)
        self._effects.root(root)
        self._schedules.plan_next(root, event.now)
        self._triggers.resumed(root, event.now)

    def _graph_stopped(self, event: events.GraphStopped) -> None:
        self._schedules.stop(self.roots[event.root_id])

    def _tick(self, event: events.Tick) -> None:
        self._triggers.plan_idle(event.now)
        self._start_what_is_due(event.now)

    def _data_came(self, event: events.DataCame) -> None:
        del event
        self._triggers.something_came()

    def _data_looked_for(self, event: events.DataLookedFor) -> None:
        self._triggers.looked(self.roots[event.root_id], event.now, has_data=event.has_data)
        self._start_what_is_due(event.now)

    def _start_what_is_due(self, now: datetime) -> None:
        for root in self.roots.values():
            run = root.waiting
            if run is None or run.waits != "due" or run.scheduled_time > now:
                continue
            root.waiting = None
            if root.lets_start(run.graph.overlap):
                self._lifecycle.start(run, now)
            else:  # a retry runs: this time is left out, the next is looked for when it ends
                self._effects.forget(run)

    def _clock_set_back(self, event: events.ClockSetBack) -> None:
        self._schedules.bring_forward(event.now)
        self._triggers.bring_forward(event.now)

    # Runs

    def _run_requested(self, event: events.RunRequested) -> None:
        graph = event.graph
        root = self.roots[graph.root_id]
        if root.waiting is not None:  # EXECUTE TASK replaces it, due or waiting for its turn
            self._effects.forget(root.waiting)
            root.waiting = None
        run = GraphRun(
            graph=graph,
            group_id=event.group_id,
            scheduled_from="EXECUTE_TASK",
            scheduled_time=event.now,
            original_scheduled_time=event.now,
            suspended=event.suspended,
            waits="turn",
            config=merged_config(graph.config, event.config),
        )
        self._effects.waiting(run)
        if root.lets_start(graph.overlap):
            self._lifecycle.start(run, event.now)
        else:
            root.waiting = run

    def _retry_requested(self, event: events.RetryRequested) -> None:
        last = event.earlier.last
        if not self.roots[event.graph.root_id].lets_start(event.graph.overlap):
            raise InternalError(f"a retry of {last.group_id} was let in while another run goes on")
        run = next_attempt(
            graph_run_from_records(event.graph, last, event.earlier.tasks),
            event.earlier.tasks,
            suspended=event.suspended,
            now=event.now,
        )
        run.scheduled_from = "MANUAL RETRY"
        run.automatic_retries = 0
        self._lifecycle.start(run, event.now)

    # The engine's own life

    def _workers_warming(self, event: events.WorkersWarming) -> None:
        del event
        self.slots.holds_calls = True

    def _workers_ready(self, event: events.WorkersReady) -> None:
        del event
        self.slots.holds_calls = False

    def _engine_restarted(self, event: events.EngineRestarted) -> None:
        self._schedules.bring_forward(event.now)  # nobody watched the clock meanwhile
        self._interruptions.cut_off(event.now)
        self._triggers.after_restart()

    def restore(
        self,
        roots: Iterable[RootRecord],
        runs: Iterable[tuple[GraphRunRecord, Iterable[TaskRunRecord]]],
        graph_of: Callable[[str, int], GraphSpec],
    ) -> None:
        """Fill an empty scheduler with what was recorded.

        Args:
            roots: all that were recorded.
            runs: those that have not ended, each with the task runs of its whole group.
            graph_of: the graph of a root id and version.
        """
        for record in roots:
            started = graph_of(record.root_id, record.version) if record.version else None
            self.roots.restore(record, started)
        queued: list[Member] = []
        for found, tasks in runs:
            graph = graph_of(found.root_id, found.version)
            queued.extend(self._restored(graph_run_from_records(graph, found, tasks)))
        for run, task in sorted(queued, key=lambda pair: str(pair[1].scheduled_time)):
            self.slots.queue(run, task)

    def _restored(self, run: GraphRun) -> Iterable[Member]:
        """What of a run was queued, once it is in its place."""
        root = self.roots[run.graph.root_id]
        if run.waits is not None:
            root.waiting = run
            return ()
        root.running[run.key] = run
        return self.slots.restore(run)
