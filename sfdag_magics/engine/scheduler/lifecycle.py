"""How runs begin, go on and end, from what their tasks come to.

All rules for one run lie in `graph_run`; here is what its end means for others: the tasks that get
a slot, the retry that follows, failures in a row, and the run that waited for its turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sfdag_magics.engine.borders.runs import TaskRunRecord
from sfdag_magics.engine.scheduler.effects import Touched
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.instructions import EvaluateCondition, StartTask, SuspendRoot
from sfdag_magics.engine.scheduler.phases import FINAL, LIVE, Move, Phase
from sfdag_magics.engine.scheduler.roots import Root, Roots
from sfdag_magics.engine.scheduler.schedules import Schedules
from sfdag_magics.engine.scheduler.slots import Slots
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt
from sfdag_magics.engine.scheduler.triggers import Triggers
from sfdag_magics.graph.states import GraphRunState


class Lifecycle:
    """Moves tasks and draws the consequences, for all runs of all roots."""

    def __init__(
        self,
        roots: Roots,
        schedules: Schedules,
        triggers: Triggers,
        slots: Slots,
        effects: Touched,
    ) -> None:
        self._roots = roots
        self._schedules = schedules
        self._triggers = triggers
        self._slots = slots
        self._effects = effects

    def start(self, run: GraphRun, now: datetime) -> None:
        """Let a run begin that its root lets start."""
        root = self._roots[run.graph.root_id]
        root.running[run.key] = run
        run.waits = None
        run.state = GraphRunState.EXECUTING
        if run.attempt == 1:
            run.last_success_group_id = root.last_success_group_id
            run.last_success_scheduled_time = root.last_success_scheduled_time
        self._effects.run(run)
        self._triggers.began(root, now)
        self._prepare(run, run.ready(), now)
        self._schedules.plan_next(root, now)
        run.next_scheduled_time = self._schedules.following(root, now)
        self._finish_if_over(run, now)

    def apply(self, run: GraphRun, task: TaskAttempt, move: Move, now: datetime) -> None:
        """Move a task that was asked or alive, and all that follows from it."""
        was_live = task.phase in LIVE
        ready = run.move(task, move, now)
        self._effects.task(run, task)
        if task.phase not in FINAL:
            return
        self._slots.ended(str(task.attempt_id), was_live=was_live)
        self._prepare(run, ready, now)
        if task is run.root and task.phase in FINAL:
            self._after_a_run(self._roots[run.graph.root_id], run, now)
        self._finish_if_over(run, now)

    def met(self, run: GraphRun, task: TaskAttempt, now: datetime) -> None:
        """Its condition is true: it waits for a slot."""
        run.move(task, Move.MET, now)
        self._slots.answered(str(task.attempt_id))
        self._slots.queue(run, task)
        self._effects.task(run, task)

    def ask(self, run: GraphRun, task: TaskAttempt, now: datetime) -> None:
        """Have its condition evaluated."""
        self._slots.asked(run, task)
        self._effects.act(EvaluateCondition(attempt=run.attempt_of(task, now)))

    def fill_slots(self, now: datetime) -> None:
        """Begin what waits, as long as a slot is free."""
        for run, task in self._slots.next_ones():
            if not run.time_left(task, now):
                task.set_timeout_error()
                self.apply(run, task, Move.TIME_OUT, now)
                continue
            run.move(task, Move.START, now)
            task.starts += 1
            task.query_start_time = run.last_start = now
            if run.query_start_time is None:
                run.query_start_time = now
                self._effects.run(run)
            self._slots.occupied(run, task)
            self._effects.act(StartTask(attempt=run.attempt_of(task, now)))
            self._effects.task(run, task)

    def _prepare(self, run: GraphRun, ready: Iterable[TaskAttempt], now: datetime) -> None:
        for task in ready:
            task.scheduled_time = run.scheduled_time if task is run.root else now
            task.attempt_id = run.new_attempt_id(task)
            if task.spec.condition is None:
                run.move(task, Move.QUEUE, now)
                self._slots.queue(run, task)
            else:
                run.move(task, Move.ASK, now)
                self.ask(run, task, now)
            self._effects.task(run, task)

    def _finish_if_over(self, run: GraphRun, now: datetime) -> None:
        root = self._roots[run.graph.root_id]
        if not run.is_over or run.key not in root.running:
            return
        del root.running[run.key]
        run.state = run.final_state()
        run.completed_time = now
        self._effects.run(run)
        if _is_retried(run):
            records = [run.task_record(task) for task in run.tasks.values()]
            self.start(next_attempt(run, records, suspended=run.suspended, now=now), now)
            return
        self._count_failures(root, run)
        if run.state is GraphRunState.SUCCEEDED:
            root.last_success_group_id = run.group_id
            root.last_success_scheduled_time = run.original_scheduled_time
            self._effects.root(root)
        self._after_a_run(root, run, now)

    def _count_failures(self, root: Root, run: GraphRun) -> None:
        if root.count_failures(run):
            self._effects.root(root)
        task = root.failed_too_often(run)
        if task is not None:
            task.suspends_root = True
            self._effects.task(run, task)
            self._effects.act(SuspendRoot(root_id=root.root_id))
            self._schedules.stop(root)

    def _after_a_run(self, root: Root, run: GraphRun, now: datetime) -> None:
        """Something ended that may have held up the next run."""
        waiting = root.waiting
        if waiting is None:
            self._schedules.plan_next(root, now)
            self._triggers.after_run(root, run)
        elif waiting.waits == "turn" and root.lets_start(waiting.graph.overlap):
            root.waiting = None
            self.start(waiting, now)


def next_attempt(
    last: GraphRun,
    tasks: Iterable[TaskRunRecord],
    *,
    suspended: frozenset[str],
    now: datetime,
) -> GraphRun:
    """The automatic retry after an attempt that has ended; what succeeded is kept."""
    run = GraphRun(
        graph=last.graph,
        group_id=last.group_id,
        attempt=last.attempt + 1,
        scheduled_from="AUTOMATIC RETRY",
        scheduled_time=now,
        original_scheduled_time=last.original_scheduled_time,
        suspended=suspended,
        automatic_retries=last.automatic_retries + 1,
        config=last.config,
        last_success_group_id=last.last_success_group_id,
        last_success_scheduled_time=last.last_success_scheduled_time,
    )
    run.take_over(tasks)
    return run


def _is_retried(run: GraphRun) -> bool:
    """Whether the attempt is followed by an automatic retry: not where somebody stopped it."""
    is_stopped = run.is_cancelled or any(
        task.phase is Phase.CANCELLED for task in run.tasks.values()
    )
    return (
        run.state is GraphRunState.FAILED
        and not is_stopped
        and run.automatic_retries < run.graph.automatic_retries
    )
