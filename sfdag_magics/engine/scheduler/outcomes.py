"""What the executor answers: how conditions came out, and how executions ended."""

from __future__ import annotations

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.fair_queue import Member
from sfdag_magics.engine.scheduler.instructions import KillTask
from sfdag_magics.engine.scheduler.lifecycle import Lifecycle
from sfdag_magics.engine.scheduler.phases import Move, Phase
from sfdag_magics.engine.scheduler.slots import Slots
from sfdag_magics.errors import InternalError

#: Snowflake's code and text for a WHEN that is false.
_NOT_MET = (40003, "Conditional expression for task evaluated to false.")


class TaskOutcomes:
    """Moves the tasks that were asked or alive by what they came to."""

    def __init__(self, slots: Slots, lifecycle: Lifecycle, effects: Touched) -> None:
        self._slots = slots
        self._lifecycle = lifecycle
        self._effects = effects

    def condition_evaluated(self, event: events.ConditionEvaluated) -> None:
        """The task waits for a slot, or is skipped."""
        if (found := self._slots.attempts.get(event.attempt_id)) is None:
            return  # cancelled while it was asked
        run, task = found
        if event.is_met:
            self._lifecycle.met(run, task, event.now)
            return
        task.error_code, task.error_message = _NOT_MET
        self._lifecycle.apply(run, task, Move.NOT_MET, event.now)

    def condition_failed(self, event: events.ConditionFailed) -> None:
        """The task has failed and never began."""
        if (found := self._slots.attempts.get(event.attempt_id)) is None:
            return  # cancelled while it was asked
        run, task = found
        task.error_code, task.error_message = event.code, event.message
        self._lifecycle.apply(run, task, Move.FAIL, event.now)

    def task_succeeded(self, event: events.TaskSucceeded) -> None:
        """It has its value, also where it was about to be stopped."""
        run, task = self._live(event.attempt_id, event)
        task.return_value = event.return_value
        task.error_code = task.error_message = None
        self._lifecycle.apply(run, task, Move.SUCCEED, event.now)

    def task_failed(self, event: events.TaskFailed) -> None:
        """Its own error counts, unless it was told to stop before."""
        run, task = self._live(event.attempt_id, event)
        if task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = event.code, event.message
        self._lifecycle.apply(run, task, Move.FAIL, event.now)

    def task_cancelled(self, event: events.TaskCancelled) -> None:
        """It was stopped, by us or by itself."""
        run, task = self._live(event.attempt_id, event)
        if task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = 604, event.message
        self._lifecycle.apply(run, task, Move.STOPPED, event.now)

    def timed_out(self, event: events.TimedOut) -> None:
        """Its time is up: it is stopped, and answers once more."""
        found = self._slots.attempts.get(event.attempt_id)
        if found is None or found[1].phase is not Phase.EXECUTING:
            return  # it ended, or was told to stop, just before
        run, task = found
        task.set_timeout_error()
        self._lifecycle.apply(run, task, Move.TIME_OUT, event.now)
        self._effects.act(KillTask(attempt_id=event.attempt_id))

    def _live(self, attempt_id: str, event: events.Event) -> Member:
        found = self._slots.attempts.get(attempt_id)
        if found is None:
            raise InternalError(f"{type(event).__name__} for {attempt_id}, which is not alive")
        return found
