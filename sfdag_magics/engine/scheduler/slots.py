"""Who waits for a slot, who holds one, and who was asked for a condition. Moves no task itself.

Knows nothing of graphs and runs beyond whose task it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.engine.scheduler.fair_queue import FairQueue, Member
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.phases import LIVE, Phase
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt

#: Airflow's LocalExecutor runs 32, Prefect's pool 10, Dagster one per core. Ours share one DuckDB.
DEFAULT_SLOTS = 8
#: So many graphs are named where their tasks are in the way.
_NAMED = 3
_WARMING = "Python is warming up"


class Slots:
    """The tasks that are queued, asked or alive.

    Attributes:
        count: how many may be alive at once.
        attempts: executions that are alive and conditions that were asked, by attempt id.
        busy: how many of them hold a slot.
        holds_calls: tasks that call a procedure wait: begun now, they would count the time until
            workers are ready as their own. Not remembered: the next engine's workers have their
            own beginning.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.attempts: dict[str, Member] = {}
        self.busy = 0
        self.holds_calls = False
        self._queue = FairQueue()

    def queue(self, run: GraphRun, task: TaskAttempt) -> None:
        """The task waits for a slot, behind the others of its run."""
        self._queue.add(run, task)

    def asked(self, run: GraphRun, task: TaskAttempt) -> None:
        """Its condition is asked for, which takes no slot."""
        self.attempts[str(task.attempt_id)] = (run, task)

    def answered(self, attempt_id: str) -> None:
        """Its condition is known."""
        del self.attempts[attempt_id]

    def occupied(self, run: GraphRun, task: TaskAttempt) -> None:
        """It has begun."""
        self.busy += 1
        self.attempts[str(task.attempt_id)] = (run, task)

    def ended(self, attempt_id: str, *, was_live: bool) -> None:
        """It has ended, from wherever it was."""
        self.attempts.pop(attempt_id, None)
        self.busy -= was_live

    def next_ones(self) -> Iterator[Member]:
        """Those whose turn it is while a slot is free; each begins or ends before the next."""
        while self.busy < self.count and (found := self._queue.take(self._may_begin)) is not None:
            if found[1].phase is Phase.QUEUED:  # else it was cancelled while it waited
                yield found

    def waiting(self, group_id: str) -> dict[str, str]:
        """The tasks of a run that are due and have not begun, each with what it waits for."""
        slot = self._for_a_slot()
        found = {
            task.spec.name: "the answer to its condition"
            for run, task in self.attempts.values()
            if run.group_id == group_id and task.phase is Phase.EVALUATING
        }
        for task in self._queue.of(group_id):
            reason = slot if self._may_begin(task) else _WARMING
            if reason is not None and task.phase is Phase.QUEUED:
                found[task.spec.name] = reason
        return found

    def _for_a_slot(self) -> str | None:
        if self.busy < self.count:
            return None
        live = (run for run, task in self.attempts.values() if task.phase in LIVE)
        roots = sorted({run.graph.root.name for run in live})
        more = f" and {len(roots) - _NAMED} more" if len(roots) > _NAMED else ""
        return (
            f"a free slot: {self.count} tasks run, which is the most at once, of"
            f" {', '.join(roots[:_NAMED])}{more}"
        )

    def _may_begin(self, task: TaskAttempt) -> bool:
        return not (self.holds_calls and task.spec.calls)

    def restore(self, run: GraphRun) -> Iterator[Member]:
        """Take in what of a run was alive or asked; answers with what is to be queued."""
        for task in run.tasks.values():
            if task.phase in LIVE:
                self.occupied(run, task)
            elif task.phase is Phase.EVALUATING:
                self.asked(run, task)
            elif task.phase is Phase.QUEUED:
                yield run, task
