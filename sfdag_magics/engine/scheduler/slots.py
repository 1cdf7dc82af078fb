"""Who waits for a slot, who holds one, and who was asked for a condition. Moves no task itself.

Knows nothing of graphs and runs beyond whose task it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.phases import LIVE, Phase
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt

#: Airflow's LocalExecutor runs 32, Prefect's pool 10, Dagster one per core. Ours share one DuckDB.
DEFAULT_SLOTS = 8

#: A task of a run.
Member = tuple[GraphRun, TaskAttempt]


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
        self._queue: deque[Member] = deque()

    def queue(self, run: GraphRun, task: TaskAttempt) -> None:
        """The task waits for a slot, behind the others."""
        self._queue.append((run, task))

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
        held: list[Member] = []
        while self._queue and self.busy < self.count:
            run, task = self._queue.popleft()
            if task.phase is not Phase.QUEUED:
                continue  # cancelled while it waited
            if self.holds_calls and task.spec.calls:
                held.append((run, task))
                continue
            yield run, task
        self._queue.extendleft(reversed(held))

    def restore(self, run: GraphRun) -> Iterator[Member]:
        """Take in what of a run was alive or asked; answers with what is to be queued."""
        for task in run.tasks.values():
            if task.phase in LIVE:
                self.occupied(run, task)
            elif task.phase is Phase.EVALUATING:
                self.asked(run, task)
            elif task.phase is Phase.QUEUED:
                yield run, task
