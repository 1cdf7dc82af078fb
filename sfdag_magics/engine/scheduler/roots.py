"""What the scheduler keeps of one root task between and beside its runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sfdag_magics.engine.runs import RootRecord
from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.phases import FINAL
from sfdag_magics.graph.grammar import OverlapPolicy


@dataclass(slots=True, kw_only=True, eq=False)
class Root:
    """One root task.

    Attributes:
        started: the version that its schedule runs; None while it is suspended.
        running: the runs that have started, by (group id, attempt).
        waiting: the one run that has not: due by schedule, or waiting for its turn.
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

    def lets_start(self, policy: OverlapPolicy) -> bool:
        """Whether another run may start now."""
        if policy is OverlapPolicy.ALLOW_ALL_OVERLAP:
            return True
        if policy is OverlapPolicy.ALLOW_CHILD_OVERLAP:
            return all(run.root.phase in FINAL for run in self.running.values())
        return not self.running
