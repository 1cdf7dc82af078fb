"""What the scheduler wants done. It never does anything itself.

Every `Record` and `Forget` of an event is durable before the rest of its instructions is begun.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sfdag_magics.engine.borders.runs import RunRecord
from sfdag_magics.engine.scheduler.graphs import GraphSpec, TaskSpec
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Remember this value in place of the one of the same name."""

    record: RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Forget a graph run that has never started."""

    group_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One execution of one task: all that it may ask about itself.

    Attributes:
        attempt_id: its unique id, which is also the query id of its statement.
        number: of the graph run's attempt, from 1.
        cut_off: the ids of its executions before, which the engine's end cut off, in order.
        timeout: how long it may take, which is what is left to its run where that is less.
    """

    attempt_id: str
    graph: GraphSpec
    task: TaskSpec
    group_id: str
    number: int
    cut_off: tuple[str, ...]
    timeout: timedelta
    suspended: frozenset[str]
    original_scheduled_time: datetime
    config: str | None
    last_success_group_id: str | None
    last_success_scheduled_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateCondition:
    """Evaluate the task's WHEN and answer ConditionEvaluated or ConditionFailed."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTask:
    """Run the task's body and answer TaskSucceeded, TaskFailed or TaskCancelled, once."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class KillTask:
    """Stop an execution; it still answers, once, how it ended."""

    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendRoot:
    """A task of this root failed too often in a row: the root is to be suspended."""

    root_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookForData:
    """Ask the streams of the root's WHEN whether any has data, and answer DataLookedFor."""

    graph: GraphSpec


Instruction = Record | Forget | EvaluateCondition | StartTask | KillTask | SuspendRoot | LookForData
