"""The event log told again: what a scheduler that knows nothing else makes of it.

For whoever doubts a state or wants to know how it came to be: the rows that answer questions are
what the events amount to, and here is the proof. Begins at the oldest checkpoint that is kept.
Reads only, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sfdag_magics.engine.borders.runs import GraphRunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.events import EarlierAttempts
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.instructions import Instruction
from sfdag_magics.engine.scheduler.invariants import HistoryChecker
from sfdag_magics.engine.scheduler.journal import event_from_text
from sfdag_magics.engine.store.checkpoints import CHECKPOINT, checkpoint_from_text
from sfdag_magics.engine.store.runlog import LoggedEvent, RunLog
from sfdag_magics.engine.tasks.defined.versions import Versions

#: Is told each event of the log and what followed from it.
Watcher = Callable[[LoggedEvent, list[Instruction]], None]


class Replay:
    """A scheduler that is told the events of a run log; `history` is what came of them.

    Attributes:
        unlike: where a checkpoint says something else than the events before it; should be empty.
    """

    def __init__(self, runlog: RunLog) -> None:
        self._runlog = runlog
        self._versions = Versions(runlog)
        self._scheduler: Scheduler | None = None
        self.history = HistoryChecker()
        self.unlike: list[str] = []

    def run(self, watch: Watcher = lambda logged, instructions: None) -> None:
        """Tell all events from the oldest checkpoint on; what lies before it cannot be told.

        Raises:
            InternalError: an event cannot follow on those before it.
        """
        for logged in self._runlog.events():
            if logged.kind == CHECKPOINT:
                self._stand_at(logged)
            elif self._scheduler is not None:
                event = event_from_text(logged.kind, logged.document, self)
                instructions = self._scheduler.handle(event)
                self.history.follow(instructions)
                watch(logged, instructions)

    def _stand_at(self, logged: LoggedEvent) -> None:
        checkpoint = checkpoint_from_text(logged.document)
        history = self.history
        runs = {(run.group_id, run.attempt): run for run, _tasks in checkpoint.runs}
        tasks = {
            (task.group_id, task.attempt, task.name): task
            for _run, tasks in checkpoint.runs
            for task in tasks
        }
        roots = {root.root_id: root for root in checkpoint.roots}
        if self._scheduler is not None:
            going = {key: run for key, run in history.graph_runs.items() if not run.state.is_final}
            before = {key: history.task_runs[key] for key in tasks if key in history.task_runs}
            self.unlike += _unlike(going, runs)
            self.unlike += _unlike(before, {key: tasks[key] for key in before})
            self.unlike += _unlike(_kept(history.roots, roots), roots)
        history.graph_runs.update(runs)
        history.task_runs.update(tasks)
        history.roots = roots
        self._scheduler = Scheduler(slots=checkpoint.slots)
        self._scheduler.restore(checkpoint.roots, checkpoint.runs, self.graph)
        self._scheduler.slots.holds_calls = checkpoint.holds_calls

    # What events only name

    def graph(self, root_id: str, version: int) -> GraphSpec:
        """See `journal.References`."""
        return self._versions.get(root_id, version).spec

    def earlier(self, group_id: str, attempt: int) -> EarlierAttempts:
        """See `journal.References`; what ended before the oldest checkpoint is as it was stored."""
        runs, tasks = self.history.graph_runs, self.history.task_runs
        for run in self._runlog.group_runs(group_id):
            if run.attempt <= attempt:
                runs.setdefault((group_id, run.attempt), run)
        for task in self._runlog.group_tasks(group_id):
            if task.attempt <= attempt:
                tasks.setdefault((group_id, task.attempt, task.name), task)
        return EarlierAttempts(
            last=runs[group_id, attempt],
            tasks=tuple(_of_group(tasks, group_id).values()),
        )

    def differences(self) -> list[str]:
        """What the log's rows say otherwise than its events, in words; nothing if all is well."""
        found = list(self.unlike)
        for group_id in dict.fromkeys(group for group, _attempt in self.history.graph_runs):
            stored = self._runlog.group_runs(group_id)
            if not stored:
                continue  # it is no longer kept
            found += _unlike(_of_group(self.history.graph_runs, group_id), _runs(stored))
            tasks = self._runlog.group_tasks(group_id)
            found += _unlike(_of_group(self.history.task_runs, group_id), _tasks(tasks))
        stored_roots = {root.root_id: root for root in self._runlog.roots()}
        told_roots = _kept(self.history.roots, stored_roots)
        return [*found, *_unlike(told_roots, stored_roots)]


def replayed(runlog: RunLog) -> Replay:
    """The log told again. Raises as `Replay.run` does."""
    replay = Replay(runlog)
    replay.run()
    return replay


def _runs(records: list[GraphRunRecord]) -> dict[Any, GraphRunRecord]:
    return {(run.group_id, run.attempt): run for run in records}


def _tasks(records: list[TaskRunRecord]) -> dict[Any, TaskRunRecord]:
    return {(task.group_id, task.attempt, task.name): task for task in records}


def _of_group(records: Mapping[Any, Any], group_id: str) -> dict[Any, Any]:
    return {key: record for key, record in records.items() if key[0] == group_id}


def _kept(told: Mapping[Any, Any], stored: Mapping[Any, Any]) -> dict[Any, Any]:
    """What is told without what is no longer kept."""
    return {key: record for key, record in told.items() if key in stored}


def _unlike(told: Mapping[Any, Any], stored: Mapping[Any, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*told, *stored]):
        ours, theirs = told.get(key), stored.get(key)
        if ours is None or theirs is None:
            yield f"{key}: only {'stored' if ours is None else 'told'}"
        elif ours != theirs:
            before, after = asdict(ours), asdict(theirs)
            changed = [name for name in before if before[name] != after[name]]
            yield f"{key}: " + ", ".join(
                f"{name} was told {before[name]!r} and is stored {after[name]!r}"
                for name in changed
            )
