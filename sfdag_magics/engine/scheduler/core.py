"""The scheduler: events in, instructions out. Decides everything about runs, and does nothing.

No I/O, no threads, no clock: the time comes with each event, ids follow from what they name. So the
same events give the same records, a crash is survived by restoring from records, and a month of
schedules is a fast test. All rules for one run lie in `graph_run`, all moves in `phases`; here is
what concerns several runs: schedules, overlap, retries, slots and failures in a row.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sfdag_magics.engine.runs import GraphRunRecord, RootRecord, TaskRunRecord
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.effects import Effects
from sfdag_magics.engine.scheduler.graph_run import GraphRun, TaskRun, graph_run_from_records
from sfdag_magics.engine.scheduler.graphs import GraphSpec, merged_config
from sfdag_magics.engine.scheduler.instructions import (
    EvaluateCondition,
    Instruction,
    KillTask,
    StartTask,
    SuspendRoot,
)
from sfdag_magics.engine.scheduler.phases import FINAL, LIVE, Move, Phase
from sfdag_magics.engine.scheduler.roots import Root
from sfdag_magics.errors import InternalError
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.graph.times.schedule import parse_schedule

#: Airflow's LocalExecutor runs 32, Prefect's pool 10, Dagster one per core. Ours share one DuckDB.
DEFAULT_SLOTS = 8
#: How often an execution that the engine's death cut off is begun again in one attempt.
MOST_RESTARTS = 3

#: Snowflake's code and text for a WHEN that is false.
_NOT_MET = (40003, "Conditional expression for task evaluated to false.")


class Scheduler:
    """The state of all graph runs. One thread owns it.

    `handle` changes it; nothing but a root that is of no use any more is taken from it otherwise.
    """

    def __init__(self, *, slots: int = DEFAULT_SLOTS) -> None:
        self.slots = slots
        self.roots: dict[str, Root] = {}
        #: Executions that are alive and conditions that were asked, by attempt id.
        self.attempts: dict[str, tuple[GraphRun, TaskRun]] = {}
        #: How many of them hold a slot.
        self.busy = 0
        #: Tasks that call a procedure wait: begun now, they would count the time until workers are
        #: ready as their own. Not remembered: the next engine's workers have their own beginning.
        self.holds_calls = False
        self._queue: deque[tuple[GraphRun, TaskRun]] = deque()
        self._effects = Effects()
        self._handlers: Mapping[type, Callable[[Any], None]] = {
            events.GraphStarted: self._graph_started,
            events.GraphStopped: self._graph_stopped,
            events.RunRequested: self._run_requested,
            events.RetryRequested: self._retry_requested,
            events.CancelRequested: self._cancel_requested,
            events.Tick: self._tick,
            events.ClockSetBack: self._clock_set_back,
            events.EngineRestarted: self._engine_restarted,
            events.WorkersWarming: self._workers_warming,
            events.WorkersReady: self._workers_ready,
            events.ConditionEvaluated: self._condition_evaluated,
            events.ConditionFailed: self._condition_failed,
            events.TaskSucceeded: self._task_succeeded,
            events.TaskFailed: self._task_failed,
            events.TaskCancelled: self._task_cancelled,
            events.TimedOut: self._timed_out,
        }

    def handle(self, event: events.Event) -> list[Instruction]:
        """Take one event in: records first, then what is to be done.

        Raises:
            InternalError: the event cannot happen now. The state is unusable after that.
        """
        self._handlers[type(event)](event)
        self._fill_slots(event.now)
        return self._effects.taken()

    def next_wakeup(self) -> datetime | None:
        """When the next Tick matters, or None while nothing is due by schedule."""
        due = [
            root.waiting.scheduled_time
            for root in self.roots.values()
            if root.waiting is not None and root.waiting.waits == "due"
        ]
        return min(due, default=None)

    def runs(self) -> list[GraphRun]:
        """All runs that have started and not ended."""
        return [run for root in self.roots.values() for run in root.running.values()]

    def ongoing(self, task_id: str) -> list[str]:
        """The ids of a task's executions that are queued or alive."""
        return [
            str(task.attempt_id)
            for run in self.runs()
            for task in run.tasks.values()
            if task.spec.task_id == task_id and _is_ongoing(task)
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
        root = self._root(event.graph.root_id)
        root.started, root.suspended, root.base = event.graph, event.suspended, event.now
        self._forget_due(root)
        self._effects.root(root)
        self._schedule_next(root, event.now)

    def _graph_stopped(self, event: events.GraphStopped) -> None:
        root = self._root(event.root_id)
        self._stop_schedule(root)

    def _stop_schedule(self, root: Root) -> None:
        root.started, root.suspended, root.base = None, frozenset(), None
        root.failures.clear()
        self._forget_due(root)
        self._effects.root(root)

    def _tick(self, event: events.Tick) -> None:
        for root in self.roots.values():
            run = root.waiting
            if run is None or run.waits != "due" or run.scheduled_time > event.now:
                continue
            root.waiting = None
            if root.lets_start(run.graph.overlap):
                self._start(run, event.now)
            else:  # a retry runs: this time is left out, the next is looked for when it ends
                self._effects.forget(run)

    def _clock_set_back(self, event: events.ClockSetBack) -> None:
        self._bring_forward(event.now)

    def _bring_forward(self, now: datetime) -> None:
        """Look again for what is due where the calendar, set back, has times before it."""
        for root in self.roots.values():
            waiting = root.waiting
            if waiting is None or waiting.waits != "due" or root.started is None:
                continue
            base = None if root.base is None else min(root.base, now)
            schedule = parse_schedule(str(root.started.schedule))
            first = schedule.next_after(now, since=base)
            # One time before it is no sign: a clock put right by a second stands before the time
            # that has just run.
            if schedule.next_after(first, since=base) < waiting.scheduled_time:
                root.base = base
                self._forget_due(root)
                self._schedule_next(root, now)

    def _schedule_next(self, root: Root, now: datetime) -> None:
        graph = root.started
        if graph is None or graph.schedule is None or root.waiting is not None:
            return
        if not root.lets_start(graph.overlap):
            return
        due = parse_schedule(graph.schedule).next_after(now, since=root.base)
        root.runs_scheduled += 1
        self._effects.root(root)
        root.waiting = self._new_run(
            GraphRun(
                graph=graph,
                group_id=str(uuid5(UUID(graph.root_id), str(root.runs_scheduled))),
                scheduled_from="SCHEDULE",
                scheduled_time=due,
                original_scheduled_time=due,
                suspended=root.suspended,
                waits="due",
                config=graph.config,
            )
        )

    def _forget_due(self, root: Root) -> None:
        if root.waiting is not None and root.waiting.waits == "due":
            self._effects.forget(root.waiting)
            root.waiting = None

    # Runs

    def _run_requested(self, event: events.RunRequested) -> None:
        graph = event.graph
        root = self._root(graph.root_id)
        if root.waiting is not None:  # EXECUTE TASK replaces it, due or waiting for its turn
            self._effects.forget(root.waiting)
            root.waiting = None
        run = self._new_run(
            GraphRun(
                graph=graph,
                group_id=event.group_id,
                scheduled_from="EXECUTE_TASK",
                scheduled_time=event.now,
                original_scheduled_time=event.now,
                suspended=event.suspended,
                waits="turn",
                config=merged_config(graph.config, event.config),
            )
        )
        if root.lets_start(graph.overlap):
            self._start(run, event.now)
        else:
            root.waiting = run

    def _new_run(self, run: GraphRun) -> GraphRun:
        self._effects.run(run)
        self._effects.task(run, run.root)
        return run

    def _start(self, run: GraphRun, now: datetime) -> None:
        root = self._root(run.graph.root_id)
        root.running[run.key] = run
        run.waits = None
        run.state = GraphRunState.EXECUTING
        if run.attempt == 1:
            run.last_success_group_id = root.last_success_group_id
            run.last_success_scheduled_time = root.last_success_scheduled_time
        self._effects.run(run)
        self._prepare(run, run.ready(), now)
        self._schedule_next(root, now)
        if root.waiting is not None and root.waiting.waits == "due":
            run.next_scheduled_time = root.waiting.scheduled_time
        elif root.started is not None and root.started.schedule is not None:
            schedule = parse_schedule(root.started.schedule)
            run.next_scheduled_time = schedule.next_after(now, since=root.base)
        self._finish_if_over(run, now)

    def _retry_requested(self, event: events.RetryRequested) -> None:
        last = event.earlier.last
        if not self._root(event.graph.root_id).lets_start(event.graph.overlap):
            raise InternalError(f"a retry of {last.group_id} was let in while another run goes on")
        run = self._next_attempt(
            graph_run_from_records(event.graph, last, event.earlier.tasks),
            event.earlier.tasks,
            suspended=event.suspended,
            now=event.now,
        )
        run.scheduled_from = "MANUAL RETRY"
        run.automatic_retries = 0
        self._start(run, event.now)

    def _next_attempt(
        self,
        last: GraphRun,
        tasks: Iterable[TaskRunRecord],
        *,
        suspended: frozenset[str],
        now: datetime,
    ) -> GraphRun:
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

    def _finish_if_over(self, run: GraphRun, now: datetime) -> None:
        root = self._root(run.graph.root_id)
        if not run.is_over or run.key not in root.running:
            return
        del root.running[run.key]
        run.state = run.final_state()
        run.completed_time = now
        self._effects.run(run)
        if self._is_retried(run):
            records = [run.task_record(task) for task in run.tasks.values()]
            self._start(self._next_attempt(run, records, suspended=run.suspended, now=now), now)
            return
        self._count_failures(root, run)
        if run.state is GraphRunState.SUCCEEDED:
            root.last_success_group_id = run.group_id
            root.last_success_scheduled_time = run.original_scheduled_time
            self._effects.root(root)
        self._after_a_run(root, now)

    def _is_retried(self, run: GraphRun) -> bool:
        """Whether the attempt is followed by an automatic retry: not where somebody stopped it."""
        is_stopped = run.is_cancelled or any(
            task.phase is Phase.CANCELLED for task in run.tasks.values()
        )
        return (
            run.state is GraphRunState.FAILED
            and not is_stopped
            and run.automatic_retries < run.graph.automatic_retries
        )

    def _count_failures(self, root: Root, run: GraphRun) -> None:
        limit = run.graph.suspend_after_failures
        before = dict(root.failures)
        failed = [task for task in run.tasks.values() if task.phase is Phase.FAILED]
        for name, task in run.tasks.items():
            if task.phase is Phase.SUCCEEDED:
                root.failures.pop(name, None)
        for task in failed:
            root.failures[task.spec.name] = root.failures.get(task.spec.name, 0) + 1
        if root.failures != before:
            self._effects.root(root)
        for task in failed:
            is_too_often = 0 < limit <= root.failures[task.spec.name]
            if is_too_often and root.started is not None:
                task.suspends_root = True
                self._effects.task(run, task)
                self._effects.act(SuspendRoot(root_id=root.root_id))
                self._stop_schedule(root)
                return

    def _after_a_run(self, root: Root, now: datetime) -> None:
        """Something ended that may have held up the next run."""
        waiting = root.waiting
        if waiting is None:
            self._schedule_next(root, now)
        elif waiting.waits == "turn" and root.lets_start(waiting.graph.overlap):
            root.waiting = None
            self._start(waiting, now)

    # Tasks

    def _prepare(self, run: GraphRun, ready: Iterable[TaskRun], now: datetime) -> None:
        for task in ready:
            task.scheduled_time = run.scheduled_time if task is run.root else now
            self._prepare_one(run, task, now)

    def _prepare_one(self, run: GraphRun, task: TaskRun, now: datetime) -> None:
        task.attempt_id = run.new_attempt_id(task)
        if task.spec.condition is None:
            run.move(task, Move.QUEUE, now)
            self._queue.append((run, task))
        else:
            run.move(task, Move.ASK, now)
            self._ask(run, task, now)
        self._effects.task(run, task)

    def _ask(self, run: GraphRun, task: TaskRun, now: datetime) -> None:
        self.attempts[str(task.attempt_id)] = (run, task)
        self._effects.act(EvaluateCondition(attempt=run.attempt_of(task, now)))

    def _fill_slots(self, now: datetime) -> None:
        held: list[tuple[GraphRun, TaskRun]] = []
        while self._queue and self.busy < self.slots:
            run, task = self._queue.popleft()
            if task.phase is not Phase.QUEUED:
                continue  # cancelled while it waited
            if self.holds_calls and task.spec.calls:
                held.append((run, task))
                continue
            if not run.time_left(task, now):
                task.error_code, task.error_message = _timeout_error(task)
                self._apply(run, task, Move.TIME_OUT, now)
                continue
            run.move(task, Move.START, now)
            task.starts += 1
            task.query_start_time = now
            if run.query_start_time is None:
                run.query_start_time = now
                self._effects.run(run)
            self.busy += 1
            self.attempts[str(task.attempt_id)] = (run, task)
            self._effects.act(StartTask(attempt=run.attempt_of(task, now)))
            self._effects.task(run, task)
        self._queue.extendleft(reversed(held))

    def _apply(self, run: GraphRun, task: TaskRun, move: Move, now: datetime) -> None:
        """Move a task that was asked or alive, and all that follows from it."""
        was_live = task.phase in LIVE
        ready = run.move(task, move, now)
        self._effects.task(run, task)
        if task.phase not in FINAL:
            return
        self.attempts.pop(str(task.attempt_id), None)
        self.busy -= was_live
        self._prepare(run, ready, now)
        if task is run.root and task.phase in FINAL:
            self._after_a_run(self._root(run.graph.root_id), now)
        self._finish_if_over(run, now)

    def _condition_evaluated(self, event: events.ConditionEvaluated) -> None:
        if (found := self.attempts.get(event.attempt_id)) is None:
            return  # cancelled while it was asked
        run, task = found
        if event.is_met:
            run.move(task, Move.MET, event.now)
            del self.attempts[event.attempt_id]
            self._queue.append((run, task))
            self._effects.task(run, task)
            return
        task.error_code, task.error_message = _NOT_MET
        self._apply(run, task, Move.NOT_MET, event.now)

    def _condition_failed(self, event: events.ConditionFailed) -> None:
        if (found := self.attempts.get(event.attempt_id)) is None:
            return  # cancelled while it was asked
        run, task = found
        task.error_code, task.error_message = event.code, event.message
        self._apply(run, task, Move.FAIL, event.now)

    def _task_succeeded(self, event: events.TaskSucceeded) -> None:
        run, task = self._live(event.attempt_id, event)
        task.return_value = event.return_value
        task.error_code = task.error_message = None
        self._apply(run, task, Move.SUCCEED, event.now)

    def _task_failed(self, event: events.TaskFailed) -> None:
        run, task = self._live(event.attempt_id, event)
        if task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = event.code, event.message
        self._apply(run, task, Move.FAIL, event.now)

    def _task_cancelled(self, event: events.TaskCancelled) -> None:
        run, task = self._live(event.attempt_id, event)
        if task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = 604, event.message
        self._apply(run, task, Move.STOPPED, event.now)

    def _timed_out(self, event: events.TimedOut) -> None:
        found = self.attempts.get(event.attempt_id)
        if found is None or found[1].phase is not Phase.EXECUTING:
            return  # it ended, or was told to stop, just before
        run, task = found
        task.error_code, task.error_message = _timeout_error(task)
        self._apply(run, task, Move.TIME_OUT, event.now)
        self._effects.act(KillTask(attempt_id=event.attempt_id))

    def _live(self, attempt_id: str, event: events.Event) -> tuple[GraphRun, TaskRun]:
        found = self.attempts.get(attempt_id)
        if found is None:
            raise InternalError(f"{type(event).__name__} for {attempt_id}, which is not alive")
        return found

    # Workers

    def _workers_warming(self, event: events.WorkersWarming) -> None:
        del event
        self.holds_calls = True

    def _workers_ready(self, event: events.WorkersReady) -> None:
        del event
        self.holds_calls = False

    # Cancelling, and the engine's death

    def _cancel_requested(self, event: events.CancelRequested) -> None:
        if event.attempt_id is not None:
            if (found := self.attempts.get(event.attempt_id)) is not None:
                self._cancel(*found, event.now)
            return
        for run in self._runs_meant(event):
            if event.task_id is None:
                run.is_cancelled = True
                self._effects.run(run)
            # A list: what is cancelled may make the finalizer ready, which is not meant.
            for task in [task for task in run.tasks.values() if _is_ongoing(task)]:
                if event.task_id in (None, task.spec.task_id):
                    self._cancel(run, task, event.now)

    def _runs_meant(self, event: events.CancelRequested) -> list[GraphRun]:
        if event.task_id is None:
            for root in self.roots.values():
                if root.waiting is not None and _is_meant(root.waiting, event.group_id):
                    self._effects.forget(root.waiting)
                    root.waiting = None
        return [run for run in self.runs() if event.group_id in (None, run.group_id)]

    def _cancel(self, run: GraphRun, task: TaskRun, now: datetime) -> None:
        if task.phase not in LIVE:
            task.error_code, task.error_message = 604, "SQL execution canceled"
        elif task.phase is Phase.EXECUTING:
            task.error_code, task.error_message = 604, "SQL execution canceled"
            self._effects.act(KillTask(attempt_id=str(task.attempt_id)))
        self._apply(run, task, Move.CANCEL, now)

    def _engine_restarted(self, event: events.EngineRestarted) -> None:
        self._bring_forward(event.now)  # nobody watched the clock meanwhile
        for run in self.runs():
            for task in [task for task in run.tasks.values() if _is_ongoing(task)]:
                self._interrupted(run, task, event.now)

    def _interrupted(self, run: GraphRun, task: TaskRun, now: datetime) -> None:
        if task.phase is Phase.EXECUTING and task.starts > MOST_RESTARTS:
            task.error_code = 2
            task.error_message = (
                f"The embedded engine stopped {task.starts} times while this task was running."
            )
            self._apply(run, task, Move.GIVE_UP, now)
            return
        if task.phase is not Phase.QUEUED:  # that one waits for a slot as before
            old_id = str(task.attempt_id)
            self._apply(run, task, Move.INTERRUPT, now)
            self._begin_again(run, task, old_id, now)

    def _begin_again(self, run: GraphRun, task: TaskRun, old_id: str, now: datetime) -> None:
        if task.phase is Phase.QUEUED:
            del self.attempts[old_id]
            self.busy -= 1
            task.attempt_id = run.new_attempt_id(task)
            task.query_start_time = None
            self._queue.append((run, task))
        elif task.phase is Phase.EVALUATING:
            self._ask(run, task, now)

    def _root(self, root_id: str) -> Root:
        return self.roots.setdefault(root_id, Root(root_id=root_id))

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
            self.roots[record.root_id] = Root(
                root_id=record.root_id,
                started=graph_of(record.root_id, record.version) if record.version else None,
                suspended=record.suspended,
                base=record.base,
                failures=dict(record.failures),
                runs_scheduled=record.runs_scheduled,
                last_success_group_id=record.last_success_group_id,
                last_success_scheduled_time=record.last_success_scheduled_time,
            )
        queued: list[tuple[GraphRun, TaskRun]] = []
        for found, tasks in runs:
            graph = graph_of(found.root_id, found.version)
            queued.extend(self._restore_run(graph_run_from_records(graph, found, tasks)))
        queued.sort(key=lambda pair: str(pair[1].scheduled_time))
        self._queue.extend(queued)

    def _restore_run(self, run: GraphRun) -> Iterable[tuple[GraphRun, TaskRun]]:
        root = self._root(run.graph.root_id)
        if run.waits is not None:
            root.waiting = run
            return
        root.running[run.key] = run
        for task in run.tasks.values():
            if task.phase in LIVE or task.phase is Phase.EVALUATING:
                self.attempts[str(task.attempt_id)] = (run, task)
                self.busy += task.phase in LIVE
            elif task.phase is Phase.QUEUED:
                yield run, task


def _is_meant(waiting: GraphRun, group_id: str | None) -> bool:
    """Whether a cancel of this group means a run that has not started; one of all, not the due."""
    return waiting.waits == "turn" if group_id is None else waiting.group_id == group_id


def _is_ongoing(task: TaskRun) -> bool:
    return task.phase in LIVE or task.phase in (Phase.EVALUATING, Phase.QUEUED)


def _timeout_error(task: TaskRun) -> tuple[int, str]:
    seconds = task.spec.timeout.total_seconds()
    return 630, (
        "Statement reached its statement or warehouse timeout of "
        f"{seconds:g} second(s) and was canceled."
    )
