"""One task in one attempt of a graph run: how far it is, and how that is remembered.

Knows no other task and no rule of what may follow.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sfdag_magics.engine.borders.runs import TaskRunRecord
from sfdag_magics.engine.scheduler.graphs import TaskSpec
from sfdag_magics.engine.scheduler.phases import LIVE, Phase
from sfdag_magics.graph.states import TaskState
from sfdag_magics.light_classes import dataclass


@dataclass(slots=True, kw_only=True)
class TaskAttempt:
    """One task in one attempt. Its phase is `GraphRun`'s to change.

    Attributes:
        is_kept: its result is an earlier attempt's, so this attempt has no record of it.
        remaining: resumed predecessors that have not ended.
        is_blocked: a resumed predecessor ended otherwise than SUCCEEDED.
    """

    spec: TaskSpec
    phase: Phase = Phase.WAITING
    is_kept: bool = False
    remaining: int = 0
    is_blocked: bool = False
    attempt_id: str | None = None
    starts: int = 0
    suspends_root: bool = False
    scheduled_time: datetime | None = None
    query_start_time: datetime | None = None
    completed_time: datetime | None = None
    return_value: str | None = None
    error_code: int | None = None
    error_message: str | None = None

    def recall(self, record: TaskRunRecord) -> None:
        """Be as it was remembered."""
        for name in OF_TASK:
            setattr(self, name, getattr(record, name))
        self.phase = Phase(record.phase)
        self.suspends_root = record.state is TaskState.FAILED_AND_AUTO_SUSPENDED

    @property
    def is_ongoing(self) -> bool:
        """Whether it is queued, asked for its condition, or alive."""
        return self.phase in LIVE or self.phase in (Phase.EVALUATING, Phase.QUEUED)

    def set_timeout_error(self) -> None:
        """Say that its time is up, in Snowflake's words."""
        self.error_code = 630
        self.error_message = (
            "Statement reached its statement or warehouse timeout of "
            f"{self.spec.timeout.total_seconds():g} second(s) and was canceled."
        )


def in_both(record: type, run: type) -> tuple[str, ...]:
    """The names of what a record and a run have alike, so that none is forgotten in copying."""
    of_run = {each.name for each in fields(run)}
    return tuple(each.name for each in fields(record) if each.name in of_run)


#: What a task run and its record have alike.
OF_TASK = in_both(TaskRunRecord, TaskAttempt)
