"""What one graph run looked like at one moment: pure values. Knows no SQL and no connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.observing.frames import reason_of
from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    import pandas as pd

_ITSELF_FAILED = frozenset({DisplayState.FAILED, DisplayState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TaskRun:
    """One task in one attempt of a graph run; all times are aware UTC.

    Attributes:
        name: as the notebook spells it, such as `train`; in Snowflake it is `GRAPH$TRAIN`.
        attempt: the attempt that produced the state: an earlier one for a reused task.
        predecessors: the tasks it waits for, without the root.
        error_code: as Snowflake shows it, such as `100357`; None where nothing failed.
        progress: how far it said last that it is; None where it says nothing of that.
        shown: so many things it shows; `Run.shown` has them.
    """

    name: str
    state: DisplayState
    attempt: int = 1
    predecessors: tuple[str, ...] = ()
    is_finalizer: bool = False
    query_id: str | None = None
    scheduled: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    return_value: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    progress: Progress | None = None
    shown: int = 0

    def __repr__(self) -> str:
        return f"TaskRun({self.name}: {self.state.word})"

    @property
    def reason(self) -> str:
        """What its error says, in one line; empty where nothing failed."""
        return reason_of(self.error_message or "")

    @property
    def duration(self) -> timedelta | None:
        """How long it ran, or None while it has not ended."""
        if self.started is None or self.completed is None:
            return None
        return self.completed - self.started


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedBefore:
    """A task that failed in an earlier attempt of a run.

    Attributes:
        reason: what its error says, in one line.
    """

    attempt: int
    task: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunSnapshot(Displayed):
    """One attempt of one graph run, as it was when it was asked for. Immutable; any thread.

    Attributes:
        graph: the graph's name as the notebook spells it.
        root: the root task's full name as SQL reads it, such as `DB.SCHEMA.MORTGAGE`.
        group_id: Snowflake's id of the run over all its attempts; None while the run waits behind
            another one and has no row yet.
        scheduled_from: `EXECUTE_TASK`, `SCHEDULE`, `MANUAL RETRY`, `AUTOMATIC RETRY` or None.
        config: what the run was configured with, without what this package added.
        code: `{task: hash of the code}` its first attempt was started with, where that is known.
        definitions: of all its tasks in one word, as it was started; empty where not known.
        tasks: {task name: TaskRun} in topological order, the finalizer last, without the root;
            all of the run's, whatever the notebook has of them.
        differs: the part of `config` that is not the graph's own.
        older: the tasks that ran other code than what is deployed by now.
        begun: when its first attempt began; `started` is this attempt's.
        note: what else there is to say of the run as a whole: `waits behind run 3f2a91c0`.
        begun_again: the tasks that the end of the engine cut off and that it began anew.
        failed_before: what failed in earlier attempts, the first first.
        is_whole: whether all its tasks are known and which of them wait for which; of a graph that
            was dropped only those that ran are.
    """

    graph: str
    root: str
    group_id: str | None
    attempt: int
    state: GraphRunState
    scheduled_from: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)
    definitions: str = ""
    scheduled: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    tasks: Mapping[str, TaskRun] = field(default_factory=lambda: MappingProxyType({}))
    differs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    older: tuple[str, ...] = ()
    begun: datetime | None = None
    note: str = ""
    begun_again: tuple[str, ...] = ()
    failed_before: tuple[FailedBefore, ...] = ()
    is_whole: bool = True

    def __repr__(self) -> str:
        return f"RunSnapshot({self.label}: {self.state})"

    @property
    def is_over(self) -> bool:
        """Whether nothing of this attempt will change any more."""
        return self.state.is_final

    @property
    def short_id(self) -> str | None:
        """The first eight characters of the group id: enough to name the run by."""
        return self.group_id[:8] if self.group_id else None

    @property
    def has_begun(self) -> bool:
        """Whether it is more than asked for."""
        return self.group_id is not None and self.state is not GraphRunState.SCHEDULED

    @property
    def label(self) -> str:
        """The run in a sentence: `run 3f2a91c0 of mortgage, attempt 2`."""
        attempt = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"{run_label(self.graph, self.group_id)}{attempt}"

    @property
    def interrupted(self) -> str:
        """That the engine ended meanwhile, and what began again; empty where it did not."""
        names = ", ".join(self.begun_again)
        return f"the engine ended meanwhile: {names} began again" if names else ""

    @property
    def failed(self) -> tuple[TaskRun, ...]:
        """The tasks that failed or were cancelled themselves, the first to end first."""
        those = [task for task in self.tasks.values() if task.state in _ITSELF_FAILED]
        return tuple(
            sorted(those, key=lambda task: task.completed or datetime.max.replace(tzinfo=UTC))
        )

    def to_pandas(self) -> pd.DataFrame:
        """The tasks in topological order, a row each, with their states as a person reads them.

        Raises:
            MachineError: pandas is not installed.
        """
        return data_frame(map(_task_row, self.tasks.values()), _COLUMNS)

    def counts(self) -> dict[DisplayState, int]:
        """How many tasks are in each state; states without a task are left out."""
        found: dict[DisplayState, int] = {}
        for task in self.tasks.values():
            found[task.state] = found.get(task.state, 0) + 1
        return found


_COLUMNS = (
    *("task", "state", "attempt", "started", "completed", "duration", "return_value", "error"),
    "query_id",
)


def _task_row(task: TaskRun) -> Mapping[str, Any]:
    return {
        "task": task.name,
        "state": task.state.word,
        "attempt": task.attempt,
        "started": task.started,
        "completed": task.completed,
        "duration": task.duration,
        "return_value": task.return_value,
        "error": task.reason or None,
        "query_id": task.query_id,
    }


def run_label(graph: str, group_id: str | None) -> str:
    """A run in a few words, where nothing but its id is known: `run 3f2a91c0 of mortgage`."""
    return f"run {group_id[:8] if group_id else '(waiting)'} of {graph}"
