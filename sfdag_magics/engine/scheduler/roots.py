"""What the scheduler keeps of the root tasks between and beside their runs."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from uuid import UUID, uuid5

from sfdag_magics.engine.borders.runs import RootRecord
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.phases import FINAL, Phase
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.light_classes import dataclass


@dataclass(slots=True, kw_only=True, eq=False)
class Root:
    """One root task.

    Attributes:
        started: the version that its schedule runs; None while it is suspended.
        running: the runs that have started, by (group id, attempt).
        base: when it was resumed, what an interval is counted from; of a root that data starts,
            when its last run began.
        waiting: the one run that has not: due by schedule, or waiting for its turn.
        is_looking: whether it is being asked if there is data; not remembered.
        looks_again: whether something came while it was asked, or ran.
    """

    root_id: str
    started: GraphSpec | None = None
    suspended: frozenset[str] = frozenset()
    base: datetime | None = None
    failures: dict[str, int] = field(default_factory=dict)
    runs_scheduled: int = 0
    last_success_group_id: str | None = None
    last_success_scheduled_time: datetime | None = None
    running: dict[tuple[str, int], GraphRun] = field(default_factory=dict)
    waiting: GraphRun | None = None
    is_looking: bool = False
    looks_again: bool = False

    def record(self) -> RootRecord:
        """The root as it is remembered."""
        return RootRecord(
            root_id=self.root_id,
            version=self.started.version if self.started else None,
            suspended=self.suspended,
            base=self.base,
            failures=dict(self.failures),
            runs_scheduled=self.runs_scheduled,
            last_success_group_id=self.last_success_group_id,
            last_success_scheduled_time=self.last_success_scheduled_time,
        )

    def let_wait(self, graph: GraphSpec, due: datetime, scheduled_from: str) -> GraphRun:
        """Have a run wait until it is due; the same events give it the same id."""
        self.runs_scheduled += 1
        self.waiting = GraphRun(
            graph=graph,
            group_id=str(uuid5(UUID(graph.root_id), str(self.runs_scheduled))),
            scheduled_from=scheduled_from,
            scheduled_time=due,
            original_scheduled_time=due,
            suspended=self.suspended,
            waits="due",
            config=graph.config,
        )
        return self.waiting

    def lets_start(self, policy: OverlapPolicy) -> bool:
        """Whether another run may start now."""
        if policy is OverlapPolicy.ALLOW_ALL_OVERLAP:
            return True
        if policy is OverlapPolicy.ALLOW_CHILD_OVERLAP:
            return all(run.root.phase in FINAL for run in self.running.values())
        return not self.running

    def count_failures(self, run: GraphRun) -> bool:
        """Count which of a run's tasks failed once more in a row; whether that changed anything."""
        before = dict(self.failures)
        for name, task in run.tasks.items():
            if task.phase is Phase.SUCCEEDED:
                self.failures.pop(name, None)
            elif task.phase is Phase.FAILED:
                self.failures[name] = self.failures.get(name, 0) + 1
        return self.failures != before

    def failed_too_often(self, run: GraphRun) -> TaskAttempt | None:
        """The first of a run's tasks for whose failures the root is to be suspended, if it runs."""
        limit = run.graph.suspend_after_failures
        if self.started is None or limit <= 0:
            return None
        failed = [task for task in run.tasks.values() if task.phase is Phase.FAILED]
        return next((task for task in failed if self.failures[task.spec.name] >= limit), None)


class Roots(dict[str, Root]):
    """All roots by id; one is there from when it is first asked for."""

    def __missing__(self, root_id: str) -> Root:
        """A root that nothing has happened to."""
        root = self[root_id] = Root(root_id=root_id)
        return root

    def runs(self) -> list[GraphRun]:
        """All runs that have started and not ended."""
        return [run for root in self.values() for run in root.running.values()]

    def restore(self, record: RootRecord, started: GraphSpec | None) -> None:
        """Take in a root as it was remembered, with the version that its schedule runs."""
        self[record.root_id] = Root(
            root_id=record.root_id,
            started=started,
            suspended=record.suspended,
            base=record.base,
            failures=dict(record.failures),
            runs_scheduled=record.runs_scheduled,
            last_success_group_id=record.last_success_group_id,
            last_success_scheduled_time=record.last_success_scheduled_time,
        )
