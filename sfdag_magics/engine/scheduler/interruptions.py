"""What is cut short: what somebody cancels, and what the end of an engine cut off."""

from __future__ import annotations

from datetime import datetime

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.instructions import KillTask
from sfdag_magics.engine.scheduler.lifecycle import Lifecycle
from sfdag_magics.engine.scheduler.phases import LIVE, Move, Phase
from sfdag_magics.engine.scheduler.roots import Roots
from sfdag_magics.engine.scheduler.slots import Slots
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt

#: How often an execution that the engine's death cut off is begun again in one attempt.
MOST_RESTARTS = 3


class Interruptions:
    """Ends or begins again what is going on."""

    def __init__(self, roots: Roots, slots: Slots, lifecycle: Lifecycle, effects: Touched) -> None:
        self._roots = roots
        self._slots = slots
        self._lifecycle = lifecycle
        self._effects = effects

    def cancel_requested(self, event: events.CancelRequested) -> None:
        """Cancel an execution, a task's executions, a group or everything."""
        if event.attempt_id is not None:
            if (found := self._slots.attempts.get(event.attempt_id)) is not None:
                self._cancel(*found, event.now)
            return
        for run in self._runs_meant(event):
            if event.task_id is None:
                run.is_cancelled = True
                self._effects.run(run)
            # A list: what is cancelled may make the finalizer ready, which is not meant.
            for task in [task for task in run.tasks.values() if task.is_ongoing]:
                if event.task_id in (None, task.spec.task_id):
                    self._cancel(run, task, event.now)

    def _runs_meant(self, event: events.CancelRequested) -> list[GraphRun]:
        if event.task_id is None:
            for root in self._roots.values():
                if root.waiting is not None and _is_meant(root.waiting, event.group_id):
                    self._effects.forget(root.waiting)
                    root.waiting = None
        return [run for run in self._roots.runs() if event.group_id in (None, run.group_id)]

    def _cancel(self, run: GraphRun, task: TaskAttempt, now: datetime) -> None:
        if task.phase not in LIVE:
            task.error_code, task.error_message = 604, "SQL execution canceled"
        elif task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = 604, "SQL execution canceled"
            self._effects.act(KillTask(attempt_id=str(task.attempt_id)))
        self._lifecycle.apply(run, task, Move.CANCEL, now)

    def cut_off(self, now: datetime) -> None:
        """Begin again what the engine's end cut off, unless that happened too often."""
        for run in self._roots.runs():
            for task in [task for task in run.tasks.values() if task.is_ongoing]:
                self._interrupted(run, task, now)

    def _interrupted(self, run: GraphRun, task: TaskAttempt, now: datetime) -> None:
        if task.phase is Phase.EXECUTING and task.starts > MOST_RESTARTS:
            task.error_code = 2
            task.error_message = (
                f"The embedded engine stopped {task.starts} times while task {task.spec.name} was"
                " running, so it is not begun again. It may have taken the machine's memory: look"
                " at what it does (its log says how far it came), then retry the run."
            )
            self._lifecycle.apply(run, task, Move.GIVE_UP, now)
            return
        if task.phase is not Phase.QUEUED:  # that one waits for a slot as before
            old_id = str(task.attempt_id)
            self._lifecycle.apply(run, task, Move.INTERRUPT, now)
            self._begin_again(run, task, old_id, now)

    def _begin_again(self, run: GraphRun, task: TaskAttempt, old_id: str, now: datetime) -> None:
        if task.phase is Phase.QUEUED:
            self._slots.ended(old_id, was_live=True)
            task.attempt_id = run.new_attempt_id(task)
            task.query_start_time = None
            self._slots.queue(run, task)
        elif task.phase is Phase.EVALUATING:
            self._lifecycle.ask(run, task, now)


def _is_meant(waiting: GraphRun, group_id: str | None) -> bool:
    """Whether a cancel of this group means a run that has not started; one of all, not the due."""
    return waiting.waits == "turn" if group_id is None else waiting.group_id == group_id
