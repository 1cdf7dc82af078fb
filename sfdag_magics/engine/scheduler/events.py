"""What can happen to the scheduler: one small value per event, each with the time it came."""

from __future__ import annotations

from datetime import datetime

from sfdag_magics.engine.borders.runs import GraphRunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStarted(_Event):
    """The root was resumed; `suspended` are the tasks of the graph that are not."""

    graph: GraphSpec
    suspended: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStopped(_Event):
    """The root was suspended, replaced or dropped: what runs goes on, what was due is not."""

    root_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequested(_Event):
    """EXECUTE TASK; `group_id` names the run, `config` is its USING CONFIG."""

    graph: GraphSpec
    group_id: str
    suspended: frozenset[str] = frozenset()
    config: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAttempts:
    """What a retry needs to know of a run group: its last attempt and all its task runs."""

    last: GraphRunRecord
    tasks: tuple[TaskRunRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRequested(_Event):
    """EXECUTE TASK … RETRY, of a run group whose last attempt is over and not well."""

    graph: GraphSpec
    earlier: EarlierAttempts
    suspended: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested(_Event):
    """Stop the current executions of one task, of one run group, of a task in it, or of all.

    `attempt_id` means that one execution and nothing else.
    """

    task_id: str | None = None
    group_id: str | None = None
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCame(_Event):
    """Something changed in a table that has a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataLookedFor(_Event):
    """Whether any stream has data that a root's condition asks."""

    root_id: str
    has_data: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(_Event):
    """Time has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSetBack(_Event):
    """The calendar says an earlier time than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRestarted(_Event):
    """No execution that was going on is alive any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersWarming(_Event):
    """What runs procedures is being made ready: a task that calls one would wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersReady(_Event):
    """What runs procedures is ready, or never will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _AttemptEvent(_Event):
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEvaluated(_AttemptEvent):
    """The answer to a WHEN; NULL counts as false, as in SQL."""

    is_met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionFailed(_AttemptEvent):
    """The WHEN expression raised."""

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSucceeded(_AttemptEvent):
    """The body ended well, having set `return_value` or nothing."""

    return_value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed(_AttemptEvent):
    """The body ended with an error."""

    code: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCancelled(_AttemptEvent):
    """The body was stopped, on our word or somebody else's."""

    message: str = "SQL execution canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(_AttemptEvent):
    """The execution has taken longer than its task may, on the monotonic clock."""


Event = (
    GraphStarted
    | GraphStopped
    | RunRequested
    | RetryRequested
    | CancelRequested
    | DataCame
    | DataLookedFor
    | Tick
    | ClockSetBack
    | EngineRestarted
    | WorkersWarming
    | WorkersReady
    | ConditionEvaluated
    | ConditionFailed
    | TaskSucceeded
    | TaskFailed
    | TaskCancelled
    | TimedOut
)
