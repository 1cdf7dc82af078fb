"""What must always hold, derived again from nothing but the state and the records.

The numbers are those of the promises: I1 order, I2 one live execution, I3 results stay, I5 the
finalizer once per attempt, I7 no overlap unless allowed. (I4, I6: see the run log's tests.)
Tests call this after every step; nothing in production depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, TaskRunRecord
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.instructions import Forget, Instruction, Record, StartTask
from sfdag_magics.engine.scheduler.phases import FINAL, LIVE, Phase
from sfdag_magics.engine.scheduler.roots import Root
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt
from sfdag_magics.errors import InternalError
from sfdag_magics.graph.grammar import OverlapPolicy


def check(scheduler: Scheduler) -> None:
    """Look at everything the scheduler knows.

    Raises:
        InternalError: an invariant does not hold; carries the story of the run.
    """
    live = 0
    for root in scheduler.roots.values():
        _check_overlap(root)
        for run in root.running.values():
            live += _check_run(scheduler, run)
    slots = scheduler.slots
    if live != slots.busy or live > slots.count:
        raise InternalError(f"{live} live, {slots.busy} counted, {slots.count} slots")


def _check_overlap(root: Root) -> None:
    """I7; a second run is only there where the policy of the runs lets it."""
    runs = list(root.running.values())
    policies = {run.graph.overlap for run in runs}
    if policies == {OverlapPolicy.NO_OVERLAP} and len(runs) > 1:
        raise runs[-1].impossible("runs beside another one")
    open_roots = [run for run in runs if run.root.phase not in FINAL]
    if OverlapPolicy.ALLOW_ALL_OVERLAP not in policies and len(open_roots) > 1:
        raise open_roots[-1].impossible("has its root beside another run's")
    if root.waiting is not None and root.waiting.key in root.running:
        raise root.waiting.impossible("both waits and runs")


def _check_run(scheduler: Scheduler, run: GraphRun) -> int:
    live = 0
    for task in run.tasks.values():
        if task.phase in LIVE:
            live += 1
            if scheduler.slots.attempts.get(str(task.attempt_id)) != (run, task):
                raise run.impossible(f"{task.spec.name} is alive and not known by its id")
        _check_order(run, task)
    unfinished = sum(run.tasks[name].phase not in FINAL for name in run.graph.tasks)
    if unfinished != run.unfinished:
        raise run.impossible(f"{unfinished} unfinished, {run.unfinished} counted")
    if run.is_over:
        raise run.impossible("is over and was not finished")
    slots = scheduler.slots
    if not slots.busy and not slots.attempts and not slots.holds_calls:
        raise run.impossible("goes on and nothing of it is alive")
    return live


def _check_order(run: GraphRun, task: TaskAttempt) -> None:
    """I1; a kept result was checked in its own attempt."""
    if task.phase in (Phase.WAITING, Phase.NOT_RUN) or task.is_kept:
        return
    if task is run.finalizer:
        if run.unfinished:
            raise run.impossible("the finalizer began before the others ended")
        return
    root = run.root.spec.name
    names = [name for name in task.spec.predecessors if name == root or name not in run.suspended]
    phases = {run.tasks[name].phase for name in names}
    wanted = FINAL if task.spec.runs_after_any_outcome else {Phase.SUCCEEDED}
    if not phases <= wanted or (not phases and task is not run.root):
        raise run.impossible(f"{task.spec.name} began after {sorted(phases)}")


class HistoryChecker:
    """Follows the instructions of a scheduler's whole life and what they make of the history."""

    def __init__(self) -> None:
        self.graph_runs: dict[tuple[str, int], GraphRunRecord] = {}
        self.task_runs: dict[tuple[str, int, str], TaskRunRecord] = {}
        self.roots: dict[str, RootRecord] = {}
        self._started: set[str] = set()
        self._finalizers: dict[tuple[str, int], str | None] = {}

    def follow(self, instructions: Iterable[Instruction]) -> None:
        """Take one event's instructions in.

        Raises:
            InternalError: a result changed, or something ran twice.
        """
        for instruction in instructions:
            match instruction:
                case Record(record=TaskRunRecord() as task):
                    self._task(task)
                case Record(record=GraphRunRecord() as run):
                    self._graph_run(run)
                case Record(record=RootRecord() as root):
                    self.roots[root.root_id] = root
                case Forget(group_id=group_id, attempt=attempt):
                    self._forget((group_id, attempt))
                case StartTask(attempt=attempt_started):
                    if attempt_started.attempt_id in self._started:
                        raise InternalError(f"{attempt_started.attempt_id} was started twice")
                    self._started.add(attempt_started.attempt_id)
                    finalizer = attempt_started.graph.finalizer
                    key = (attempt_started.group_id, attempt_started.number)
                    self._finalizers[key] = finalizer.name if finalizer else None
                case _:
                    pass

    def _task(self, task: TaskRunRecord) -> None:
        key = (task.group_id, task.attempt, task.name)
        old = self.task_runs.get(key)
        if old is not None and old.phase in FINAL and _result(old) != _result(task):
            raise InternalError(f"{key} was {_result(old)} and became {_result(task)}")
        self.task_runs[key] = task

    def _graph_run(self, run: GraphRunRecord) -> None:
        key = (run.group_id, run.attempt)
        old = self.graph_runs.get(key)
        if old is not None and old.state.is_final and old != run:
            raise InternalError(f"{key} had ended {old.state} and was changed")
        self.graph_runs[key] = run

    def _forget(self, key: tuple[str, int]) -> None:
        run = self.graph_runs.pop(key, None)
        if run is not None and run.waits is None:
            raise InternalError(f"{key} has run and was forgotten")
        for task_key in [task_key for task_key in self.task_runs if task_key[:2] == key]:
            del self.task_runs[task_key]

    def check_finalizers(self) -> None:
        """I5: each attempt that ended and had a finalizer to run has run it to its end, once."""
        for key, run in self.graph_runs.items():
            name = self._finalizers.get(key)
            if not run.state.is_final or name is None or name in run.suspended:
                continue
            task = self.task_runs.get((*key, name))
            if task is None or task.phase not in FINAL:
                raise InternalError(f"{key} ended {run.state} without its finalizer {name}")


def _result(task: TaskRunRecord) -> tuple[str, str | None, int | None, str | None]:
    return task.phase, task.return_value, task.error_code, task.attempt_id
