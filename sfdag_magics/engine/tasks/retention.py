"""Which of the past is kept, and that the rest goes: in small steps, beside what runs.

A run goes as a whole, all attempts at once, with what its tasks logged and showed. None goes that
is in flight or that somebody may retry, however old or many, nor before the event of its retry,
which names it; the scheduler's thread looks again before each step. A step is one transaction, so a
crash leaves a run whole or gone; which logs are to follow is written with it (`leavings`), and of
what tasks showed goes what is of no run. Events go up to a checkpoint, and versions that nothing
names.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from sfdag_magics.engine.limits.history_limits import DAYS_VARIABLE, RUNS_VARIABLE, HistoryLimits
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.loop import Decided, SchedulerLoop
from sfdag_magics.engine.store.old_history import OldHistory, OldRun, Page
from sfdag_magics.engine.store.removals import (
    Removal,
    RemovedEvents,
    RemovedLeavings,
    RemovedRoots,
    RemovedRuns,
    RemovedVersions,
)
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_schema import backup_path
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.executions import RETRIED_FOR
from sfdag_magics.engine.tasks.left_by_runs import Logs, RunFiles
from sfdag_magics.engine.tasks.memory import TaskMemory
from sfdag_magics.errors import MachineError

_LOG = logging.getLogger(__name__)


#: So long after the start, and then so often, it is looked whether something is old.
_FIRST_S, _EVERY_S = 20.0, 3600.0
#: Where tasks wait for a slot, a checkpoint is tried so often, with so many seconds in between.
_TIMES, _AGAIN_S = 60, 1.0
#: The scheduler's thread is taken for a tenth of the time at most.
_REST = 9.0
#: Of one step: rows of task runs unless one run alone has more, roots, logs, events, versions.
_TASKS, _RUNS, _ROOTS, _LEAVINGS, _EVENTS, _VERSIONS = 200, 50, 500, 500, 1000, 20
#: The first format of the run log of which runs go.
_FIRST_WITH_LIMITS = 3
#: What was asked for just before it became too old is still being carried out.
_MARGIN = timedelta(days=1)
#: A task runs for eight days at most, so its log may be that much older than its end.
_LONGEST = timedelta(days=9)


class Retention:
    """Removes what is beyond the limits; `start` once, `close` once."""

    def __init__(
        self,
        *,
        runlog: RunLog,
        catalogue: TaskCatalogue,
        memory: TaskMemory,
        loop: SchedulerLoop,
        clock: Clock,
        limits: HistoryLimits,
        logs: Logs,
        files: RunFiles,
    ) -> None:
        self._runlog = runlog
        self._catalogue = catalogue
        self._memory = memory
        self._loop = loop
        self._clock = clock
        self._limits = limits
        self._logs = logs
        self._files = files
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._live, name="sfdag-retention", daemon=True)

    def start(self) -> None:
        """Look after a while, and then from time to time."""
        self._thread.start()

    def close(self) -> None:
        """End after the step that is being taken; the rest goes another time."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def notice(self) -> str:
        """What somebody whose history knew no limits before is to be told; often nothing."""
        found = self._runlog.found_format
        if not 0 < found < _FIRST_WITH_LIMITS:
            return ""
        with OldHistory(self._runlog) as old:
            horizon = self._horizon(old)
            count = old.count(horizon=horizon, retried_since=self._retried_since())
        if not count:
            return ""
        return (
            f"the history of runs is kept for {self._limits} now: {count:,} runs that ended before"
            f" {horizon:%Y-%m-%d} leave it ({DAYS_VARIABLE} and {RUNS_VARIABLE} say how many stay;"
            f" a copy of all is {backup_path(self._runlog.path, found)})"
        )

    def sweep(self) -> None:
        """Remove all that may go now. Any thread but the scheduler's; ends early on `close`.

        Raises:
            MachineError: something could not be written, or the engine is closing.
        """
        with OldHistory(self._runlog) as old:
            horizon = self._horizon(old)
            self._sweep_runs(old, horizon)
            self._sweep_files(old)
            self._sweep_roots(old)
            self._sweep_events(old, horizon)
        self._logs.remove_before(self._clock.now() - self._limits.age - _LONGEST)

    def _live(self) -> None:
        wait_s = _FIRST_S
        while not self._closing.wait(wait_s):
            wait_s = _EVERY_S
            try:
                self.sweep()
            except MachineError as problem:
                _LOG.warning("old runs stay for now: %s", problem)
            except Exception:  # noqa: BLE001 - the border of the thread
                _LOG.exception("old runs stay for now")

    def _horizon(self, old: OldHistory) -> datetime:
        return old.horizon(oldest=self._clock.now() - self._limits.age, runs=self._limits.runs)

    def _retried_since(self) -> datetime:
        return self._clock.now() - RETRIED_FOR - _MARGIN

    def _sweep_runs(self, old: OldHistory, horizon: datetime) -> None:
        page, removed = Page(size=_RUNS), 0
        retried = old.retried(old.told_from(horizon))
        while True:
            self._sweep_logs(old)  # first those that an engine's end has left
            found = old.runs(horizon=horizon, retried_since=self._retried_since(), page=page)
            if not found or self._closing.is_set():
                break
            for some in _portions(run for run in found if run.group_id not in retried):
                removed += self._step(partial(self._without, some))
        if removed:
            _LOG.info(
                "removed %d runs that ended before %s: the history is kept for %s (%s, %s)",
                removed, horizon.isoformat(), self._limits, DAYS_VARIABLE, RUNS_VARIABLE,
            )  # fmt: skip

    def _without(self, runs: Sequence[OldRun], scheduler: Scheduler) -> Decided[int]:
        """Removes those of which nothing goes on; it may have begun since they were looked for."""
        alive = {run.group_id for run in scheduler.runs()}
        alive |= {root.waiting.group_id for root in scheduler.roots.values() if root.waiting}
        gone = [run.group_id for run in runs if run.group_id not in alive]
        return Decided(answer=len(gone), writes=[RemovedRuns(group_ids=gone)])

    def _sweep_roots(self, old: OldHistory) -> None:
        unused = old.unused_roots()
        for start in range(0, len(unused), _ROOTS):
            if self._closing.is_set():
                return
            self._step(partial(self._without_roots, unused[start : start + _ROOTS]))

    def _without_roots(self, root_ids: Sequence[str], scheduler: Scheduler) -> Decided[int]:
        """Removes those that nobody can start: an id is given once."""
        there = {task.task_id for task in self._catalogue.all()}
        gone = [each for each in root_ids if each not in there and scheduler.forget_root(each)]
        return Decided(answer=len(gone), writes=[RemovedRoots(root_ids=gone)])

    def _sweep_logs(self, old: OldHistory) -> None:
        while (found := old.leavings(_LEAVINGS)) and not self._closing.is_set():
            for leaving in found:
                self._logs.remove(leaving.query_id, leaving.began, leaving.ended)
            ids = [leaving.query_id for leaving in found]
            self._step(partial(_removing, RemovedLeavings(query_ids=ids)))

    def _sweep_files(self, old: OldHistory) -> None:
        there = self._files.runs()  # before: a run is written down before its first task begins
        for group_id in sorted(old.unknown(there)):
            if self._closing.is_set():
                return
            self._files.remove(group_id)

    def _sweep_events(self, old: OldHistory, horizon: datetime) -> None:
        latest = old.latest_checkpoint()
        if latest is None or latest < self._clock.now() - timedelta(days=1):
            self._stand()
        before, first = old.told_from(horizon), old.first_event()
        for end in range(first + _EVENTS, before + _EVENTS, _EVENTS):
            if self._closing.is_set():
                return
            self._step(partial(_removing, RemovedEvents(before=min(end, before))))
        if first < before:
            self._sweep_versions(old)

    def _stand(self) -> None:
        """Let a replay begin about now, at a moment in which no task waits for a slot."""
        for _time in range(_TIMES):
            if self._loop.call(self._standing_here) or self._closing.wait(_AGAIN_S):
                return

    def _standing_here(self, _scheduler: Scheduler) -> Decided[bool]:
        return Decided(answer=self._memory.stand_here())

    def _sweep_versions(self, old: OldHistory) -> None:
        unused = old.unused_versions()
        for start in range(0, len(unused), _VERSIONS):
            if self._closing.is_set():
                return
            some = unused[start : start + _VERSIONS]
            self._step(partial(self._without_versions, some))

    def _without_versions(
        self, keys: Sequence[tuple[str, int]], _scheduler: Scheduler
    ) -> Decided[int]:
        """Removes those that are not their graph's present one: the next run goes by that."""
        gone = [key for key in keys if not self._is_present(*key)]
        return Decided(answer=len(gone), writes=[RemovedVersions(keys=gone)])

    def _is_present(self, root_id: str, version: int) -> bool:
        is_there = self._catalogue.by_id(root_id) is not None
        return is_there and self._runlog.latest_version(root_id) == version

    def _step(self, command: Callable[[Scheduler], Decided[int]]) -> int:
        began = time.monotonic()
        answer = self._loop.call(command)
        self._closing.wait((time.monotonic() - began) * _REST)
        return answer


def _removing(removal: Removal, _scheduler: Scheduler) -> Decided[int]:
    return Decided(answer=1, writes=[removal])


def _portions(runs: Iterable[OldRun]) -> Iterator[list[OldRun]]:
    """The runs in steps of about as many rows."""
    some: list[OldRun] = []
    for run in runs:
        some.append(run)
        if sum(each.tasks for each in some) >= _TASKS:
            yield some
            some = []
    if some:
        yield some
