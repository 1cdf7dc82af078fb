"""What one graph run looked like at one moment: pure values. Knows no SQL and no connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.observing.bridges.lineage import Lineage
from sfdag_magics.client.observing.frames import reason_of
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.errors import NoSuchTaskError
from sfdag_magics.graph.displayed import Displayed, data_frame
from sfdag_magics.graph.grouped import GroupRun, group_run
from sfdag_magics.graph.names import counted, short_run
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.graph.times.slots import slot_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.run_slots import Slot

if TYPE_CHECKING:
    import pandas as pd

_ITSELF_FAILED = frozenset({DisplayState.FAILED, DisplayState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RanBefore:
    """What a task did in an attempt before the one its state is of."""

    attempt: int
    state: DisplayState
    started: datetime
    completed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What one attempt of a task did.

    Attributes:
        read: so many rows its own queries answered with.
        written: so many it inserted, updated or merged; what it deleted is none.
    """

    read: int = 0
    written: int = 0

    def __str__(self) -> str:
        said = [
            f"{counted(self.written, 'row')} written" if self.written else "",
            f"{counted(self.read, 'row')} read" if self.read else "",
        ]
        return ", ".join(filter(None, said)) or "no rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelMade:
    """A version of a model that a task logged, beside what is the default now.

    Attributes:
        model: its full name as SQL reads it.
        metrics: `{name: number}` in the order in which they were set.
        default: the version that is the default; empty where there is none.
        beside: the default's metrics.
    """

    model: str
    version: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    default: str = ""
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        """Whether it is the default itself."""
        return self.version == self.default


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
        before: what it did in earlier attempts, the first first.
        group: the tasks that it folds, runs and retries with.
        rows: what it read and wrote; None where nobody asked or nobody tells.
        models: the versions of models that it logged, where its graph has `snowflake.ml`.
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
    before: tuple[RanBefore, ...] = ()
    group: str | None = None
    rows: Rows | None = None
    models: tuple[ModelMade, ...] = ()

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


class TasksOfRun(Mapping[str, TaskRun]):
    """The tasks of one run by name, in topological order; a name that is none of them says so.

    Args:
        label: the run, for people.

    Raises:
        NoSuchTaskError: of `tasks[name]`; names the tasks there are.
    """

    __slots__ = ("_label", "_tasks")

    def __init__(self, tasks: Mapping[str, TaskRun], label: str) -> None:
        self._tasks = dict(tasks)
        self._label = label

    def __getitem__(self, name: str) -> TaskRun:
        if name in self._tasks:
            return self._tasks[name]
        raise NoSuchTaskError(
            f"{name!r} is not a task of {self._label}", hint=f"one of: {listed(self._tasks)}"
        )

    def __contains__(self, name: object) -> bool:
        return name in self._tasks

    def __iter__(self) -> Iterator[str]:
        return iter(self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)

    def __eq__(self, other: object) -> bool:
        return self._tasks == (other._tasks if isinstance(other, TasksOfRun) else other)

    __hash__ = None  # type: ignore[assignment]  # as of other mappings

    def __repr__(self) -> str:
        return repr(self._tasks)


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
        scheduled_from: `EXECUTE_TASK`, `SCHEDULE`, `TRIGGER`, `MANUAL RETRY`, `AUTOMATIC RETRY` or
            None.
        config: what the run was configured with, without what this package added.
        code: `{task: hash of the code}` its first attempt was started with, where that is known.
        definitions: of all its tasks in one word, as it was started; empty where not known.
        packages: what its Python tasks had, Python included, such as `pandas==2.3.0`; None where
            nobody asked or it is forgotten.
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
        lineage: of a run in which tasks gave recorded values, what it goes on from.
        slot: the time that it is of, as `ctx.slot` tells its tasks: what it was told, as one that
            makes good what was missed, else the last one of the schedule that had ended when it was
            due.
        slot_told: it was told that, whenever it was due.
        ended_schedule: its failure was one too many in a row, so that the service suspended the
            graph.
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
    packages: tuple[str, ...] | None = None
    scheduled: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    tasks: Mapping[str, TaskRun] = field(default_factory=dict)
    differs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    older: tuple[str, ...] = ()
    begun: datetime | None = None
    note: str = ""
    begun_again: tuple[str, ...] = ()
    failed_before: tuple[FailedBefore, ...] = ()
    is_whole: bool = True
    lineage: Lineage | None = None
    slot: Slot | None = None
    slot_told: bool = False
    ended_schedule: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", TasksOfRun(self.tasks, self.label))

    def __repr__(self) -> str:
        return f"RunSnapshot({self.label}: {self.state})"

    @property
    def is_over(self) -> bool:
        """Whether nothing of this attempt will change any more."""
        return self.state.is_final

    @property
    def short_id(self) -> str | None:
        """The first eight characters of the group id: enough to name the run by."""
        return short_run(self.group_id) if self.group_id else None

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
    def origin(self) -> str:
        """What it goes on from, where tasks gave recorded values: `continues run 3f2a91c0`."""
        return self.lineage.text if self.lineage is not None else ""

    @property
    def by_hand(self) -> Mapping[str, str]:
        """`{task: what a person said of it, and why}`: `done by ana@lab: sent by mail`."""
        return self.lineage.said if self.lineage is not None else {}

    @property
    def slot_text(self) -> str:
        """Of which slot it is: `by hand, of the slot due 2026-11-03 05:00 UTC`; empty of none."""
        if self.slot is None:
            return ""
        zone = self.slot.end.tzinfo
        due = f"of the slot due {slot_text(self.slot, zone)} {zone}"
        is_by_hand = not self.slot_told and self.scheduled_from == "EXECUTE_TASK"
        return f"by hand, {due}" if is_by_hand else due

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

    def executions(self, task: str | None = None, attempt: int | None = None) -> dict[str, str]:
        """`{query id: task}` of one task, or of all that began; of an attempt its own alone."""
        if task is not None:
            query_id = self.tasks[task].query_id
            return {query_id: task} if query_id else {}
        return {
            each.query_id: each.name
            for each in self.tasks.values()
            if each.query_id and attempt in (None, each.attempt)
        }

    @property
    def groups(self) -> dict[str, GroupRun]:
        """What each group of tasks did, as one; in the order of their first tasks."""
        found: dict[str, dict[str, TaskRun]] = {}
        for task in self.tasks.values():
            if task.group is not None:
                found.setdefault(task.group, {})[task.name] = task
        return {name: group_run(name, tasks) for name, tasks in found.items()}

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
    return f"run {short_run(group_id) if group_id else '(waiting)'} of {graph}"
