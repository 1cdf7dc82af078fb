"""What is remembered of graph runs: plain values between the scheduler, the run log and SQL.

Knows no rule: who may write what when is the scheduler's business. All times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from sfdag_magics.graph.states import GraphRunState, TaskState
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunRecord:
    """One task in one attempt of a graph run; (`group_id`, `attempt`, `name`) names it.

    A task whose result a retry keeps has no record in the new attempt.

    Attributes:
        name: the task's stored name.
        phase: the scheduler's finer word for `state`, needed to go on after a crash.
        attempt_id: the one execution this is about, also its query id; None before there is one.
        starts: how often it was started in this attempt: more than once after an engine's death.
    """

    group_id: str
    attempt: int
    name: str
    root_id: str
    task_id: str
    state: TaskState
    phase: str
    scheduled_time: datetime
    starts: int = 0
    attempt_id: str | None = None
    query_start_time: datetime | None = None
    completed_time: datetime | None = None
    return_value: str | None = None
    error_code: int | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRunRecord:
    """One attempt of one graph run; (`group_id`, `attempt`) names it.

    Attributes:
        version: of the graph `root_id`, as it was when the run was asked for.
        suspended: the tasks that were suspended then, and so do not run.
        scheduled_from: SCHEDULE, TRIGGER, EXECUTE_TASK, MANUAL RETRY or AUTOMATIC RETRY.
        original_scheduled_time: of the group's first attempt.
        automatic_retries: how many attempts in a row, up to this one, nobody asked for.
        waits: why it has not started, where it has not: `due` (a schedule, or the interval of what
            data starts) or `turn` (another run).
        is_cancelled: somebody stopped the whole run, so nothing of it starts any more but the
            finalizer.
    """

    group_id: str
    attempt: int
    root_id: str
    version: int
    state: GraphRunState
    scheduled_from: str
    scheduled_time: datetime
    original_scheduled_time: datetime
    suspended: frozenset[str] = frozenset()
    automatic_retries: int = 0
    waits: str | None = None
    is_cancelled: bool = False
    config: str | None = None
    last_success_group_id: str | None = None
    last_success_scheduled_time: datetime | None = None
    query_start_time: datetime | None = None
    next_scheduled_time: datetime | None = None
    completed_time: datetime | None = None

    @property
    def run_id(self) -> int:
        """Snowflake's RUN_ID: the original scheduled time in epoch milliseconds."""
        return int(self.original_scheduled_time.timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootRecord:
    """What outlives the runs of one root task.

    Attributes:
        version: of the started graph; None while the root is suspended.
        suspended: the started graph's suspended tasks.
        base: when it was resumed, or a root that data starts last began: what an interval is
            counted from.
        failures: {task name: failures in a row}, zeros left out.
        runs_scheduled: how many runs its schedule has made so far; their ids come from it.
    """

    root_id: str
    version: int | None = None
    suspended: frozenset[str] = frozenset()
    base: datetime | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    runs_scheduled: int = 0
    last_success_group_id: str | None = None
    last_success_scheduled_time: datetime | None = None


RunRecord = TaskRunRecord | GraphRunRecord | RootRecord
