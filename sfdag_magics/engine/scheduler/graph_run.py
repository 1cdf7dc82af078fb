"""One attempt of one graph run: which of its tasks may run next. Knows no other run and no slots.

What is not recorded is derived: which tasks will never run, and what each still waits for, follows
from the phases of the others. So a fresh run, a retry and a run restored after a crash are built
by the same few lines.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime, timedelta
from uuid import UUID

from sfdag_magics.engine.borders.runs import GraphRunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler.graphs import GraphSpec, TaskSpec
from sfdag_magics.engine.scheduler.instructions import Attempt
from sfdag_magics.engine.scheduler.phases import (
    FINAL,
    KEPT_BY_RETRY,
    MOVES,
    SHOWN,
    Move,
    Phase,
)
from sfdag_magics.engine.scheduler.task_attempt import OF_TASK, TaskAttempt, in_both
from sfdag_magics.errors import InternalError
from sfdag_magics.graph.names import short_run
from sfdag_magics.graph.states import GraphRunState, TaskState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: Moves remembered per run for the story of an error; enough for a graph of a hundred tasks.
_STORY_LENGTH = 400


@dataclass(slots=True, kw_only=True, eq=False)
class GraphRun:
    """One attempt of a graph run; the fields are those of `GraphRunRecord`."""

    graph: GraphSpec
    group_id: str
    scheduled_from: str
    scheduled_time: datetime
    original_scheduled_time: datetime
    attempt: int = 1
    state: GraphRunState = GraphRunState.SCHEDULED
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
    #: All tasks by name, in topological order, the finalizer last.
    tasks: dict[str, TaskAttempt] = field(default_factory=dict)
    #: When a task of it began last.
    last_start: datetime | None = None
    #: Tasks that have not ended, without the finalizer.
    unfinished: int = 0
    #: What a person knows it by.
    title: str = ""
    #: The group's id as that of a space of names.
    _space: bytes = b""
    _story: deque[tuple[datetime, str, Phase, Move]] = field(
        default_factory=lambda: deque(maxlen=_STORY_LENGTH)
    )

    def __post_init__(self) -> None:
        finalizer = self.graph.finalizer
        specs = [*self.graph.tasks.values(), *([finalizer] if finalizer else [])]
        self.tasks = {spec.name: TaskAttempt(spec=spec) for spec in specs}
        name = QualifiedName(self.graph.root.name, self.graph.schema, self.graph.database).sql()
        self.title = f"{name} (run {short_run(self.group_id)})"
        self._space = UUID(self.group_id).bytes
        self._settle()

    @property
    def key(self) -> tuple[str, int]:
        """What names it among all attempts."""
        return self.group_id, self.attempt

    @property
    def root(self) -> TaskAttempt:
        """The root's task run."""
        return next(iter(self.tasks.values()))

    @property
    def finalizer(self) -> TaskAttempt | None:
        """The finalizer's task run, if the graph has one."""
        spec = self.graph.finalizer
        return None if spec is None else self.tasks[spec.name]

    def take_over(self, records: Iterable[TaskRunRecord]) -> None:
        """Set the phases from the group's task runs, of this attempt or kept from earlier ones.

        Records may come in any order; tasks the graph no longer has are ignored.
        """
        finalizer = self.graph.finalizer
        for record in sorted(records, key=lambda record: record.attempt):
            task = self.tasks.get(record.name)
            if task is None:
                continue
            if record.attempt == self.attempt:
                task.recall(record)
                task.is_kept = False
            elif finalizer is None or record.name != finalizer.name:
                kept = Phase(record.phase) in KEPT_BY_RETRY
                task.phase = Phase(record.phase) if kept else Phase.WAITING
                task.is_kept = kept
        began = [each.query_start_time for each in self.tasks.values() if not each.is_kept]
        self.last_start = max(filter(None, began), default=None)
        self._settle()

    def _settle(self) -> None:
        self.unfinished = 0
        for name, spec in self.graph.tasks.items():
            task = self.tasks[name]
            enabled = self._enabled(spec)
            ended = [self.tasks[above].phase for above in enabled]
            task.remaining = sum(phase not in FINAL for phase in ended)
            task.is_blocked = any(p in FINAL and p is not Phase.SUCCEEDED for p in ended)
            if task.phase is Phase.WAITING and self._never_runs(task):
                self._step(task, Move.BLOCK, self.scheduled_time)
            self.unfinished += task.phase not in FINAL
        finalizer = self.finalizer
        if finalizer is None or finalizer.phase is not Phase.WAITING:
            return
        if finalizer.spec.name in self.suspended:
            self._step(finalizer, Move.BLOCK, self.scheduled_time)

    def _enabled(self, spec: TaskSpec) -> list[str]:
        root = self.root.spec.name
        return [name for name in spec.predecessors if name == root or name not in self.suspended]

    def _never_runs(self, task: TaskAttempt) -> bool:
        spec = task.spec
        if task is self.root:
            return False
        if spec.name in self.suspended or not self._enabled(spec):
            return True
        if task.remaining:
            return False
        return self.is_cancelled or (task.is_blocked and not spec.runs_after_any_outcome)

    def ready(self) -> list[TaskAttempt]:
        """The tasks that wait for nothing more; the finalizer when all others have ended."""
        if not self.unfinished:
            finalizer = self.finalizer
            is_due = finalizer is not None and finalizer.phase is Phase.WAITING
            if finalizer is None or not is_due or self.root.phase is Phase.SKIPPED:
                return []
            return [finalizer]
        return [
            task
            for name in self.graph.tasks
            if (task := self.tasks[name]).phase is Phase.WAITING and not task.remaining
        ]

    @property
    def is_over(self) -> bool:
        """Whether no task of this attempt runs or will run."""
        if self.unfinished:
            return False
        finalizer = self.finalizer
        is_open = finalizer is not None and finalizer.phase not in FINAL
        return not is_open or self.root.phase is Phase.SKIPPED

    def move(self, task: TaskAttempt, move: Move, now: datetime) -> list[TaskAttempt]:
        """Move one task; the tasks that became ready by it.

        Raises:
            InternalError: the table of moves does not have it.
        """
        self._step(task, move, now)
        if task.phase not in FINAL:
            return []
        task.completed_time = now
        return self._ended(task, now)

    def _step(self, task: TaskAttempt, move: Move, now: datetime) -> None:
        phase = MOVES.get((task.phase, move))
        if phase is None:
            raise self.impossible(f"{task.spec.name} is {task.phase} and cannot '{move}'")
        self._story.append((now, task.spec.name, task.phase, move))
        task.phase = phase

    def _ended(self, ended: TaskAttempt, now: datetime) -> list[TaskAttempt]:
        if ended is self.finalizer:
            return []
        ready: list[TaskAttempt] = []
        pending = [ended]
        while pending:
            above = pending.pop()
            self.unfinished -= 1
            for name in self._children_waiting_for(above):
                task = self.tasks[name]
                task.remaining -= 1
                task.is_blocked |= above.phase is not Phase.SUCCEEDED
                if task.remaining or task.phase is not Phase.WAITING:
                    continue
                if self._never_runs(task):
                    self._step(task, Move.BLOCK, now)
                    pending.append(task)
                else:
                    ready.append(task)
        return ready if self.unfinished else self.ready()

    def _children_waiting_for(self, above: TaskAttempt) -> tuple[str, ...]:
        name = above.spec.name
        is_ignored = name in self.suspended and above is not self.root
        return () if is_ignored else self.graph.children[name]

    def final_state(self) -> GraphRunState:
        """How the attempt ended; FAILED weighs more than CANCELLED (Snowflake does not say)."""
        phases = {task.phase for task in self.tasks.values()}
        if Phase.FAILED in phases:
            return GraphRunState.FAILED
        if Phase.CANCELLED in phases or self.is_cancelled:
            return GraphRunState.CANCELLED
        if self.root.phase is Phase.SKIPPED:
            return GraphRunState.SKIPPED
        return GraphRunState.SUCCEEDED

    def new_attempt_id(self, task: TaskAttempt) -> str:
        """The id of the task's next execution: the same events give the same ids."""
        return self._attempt_id(task, task.starts + 1)

    def _attempt_id(self, task: TaskAttempt, start: int) -> str:
        return named_id(self._space, f"{self.attempt}/{task.spec.name}/{start}")

    def time_left(self, task: TaskAttempt, now: datetime) -> timedelta:
        """How long the task may take from now on; nothing is left when its run took too long."""
        whole = self.graph.timeout
        if whole is None or not task.spec.shares_timeout or self.query_start_time is None:
            return task.spec.timeout
        # A clock that was set back makes it no longer than it is.
        left = min(self.query_start_time + whole - now, whole)
        return max(min(task.spec.timeout, left), timedelta())

    def attempt_of(self, task: TaskAttempt, now: datetime) -> Attempt:
        """What the executor is told about the task's current execution."""
        return Attempt(
            attempt_id=str(task.attempt_id),
            graph=self.graph,
            task=task.spec,
            group_id=self.group_id,
            number=self.attempt,
            cut_off=tuple(self._attempt_id(task, start) for start in range(1, task.starts)),
            timeout=self.time_left(task, now),
            suspended=self.suspended,
            original_scheduled_time=self.original_scheduled_time,
            config=self.config,
            last_success_group_id=self.last_success_group_id,
            last_success_scheduled_time=self.last_success_scheduled_time,
        )

    def record(self) -> GraphRunRecord:
        """This attempt as it is remembered."""
        shared = {name: getattr(self, name) for name in _OF_RUN}
        return GraphRunRecord(root_id=self.graph.root_id, version=self.graph.version, **shared)

    def task_record(self, task: TaskAttempt) -> TaskRunRecord:
        """One of its task runs as it is remembered; the root of a waiting run is SCHEDULED."""
        is_auto_suspended = task.suspends_root and task.phase is Phase.FAILED
        shown = SHOWN.get(task.phase, TaskState.SCHEDULED)
        shared = {name: getattr(task, name) for name in OF_TASK}
        shared["scheduled_time"] = task.scheduled_time or self.scheduled_time
        return TaskRunRecord(
            group_id=self.group_id,
            attempt=self.attempt,
            name=task.spec.name,
            root_id=self.graph.root_id,
            task_id=task.spec.task_id,
            state=TaskState.FAILED_AND_AUTO_SUSPENDED if is_auto_suspended else shown,
            **shared,
        )

    def impossible(self, what: str) -> InternalError:
        """The error for what must not happen in this run, with its story."""
        return InternalError(
            f"graph run {self.group_id} attempt {self.attempt}: {what}", story=self.story()
        )

    def story(self) -> str:
        """The latest moves of this run, one per line."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for moment, name, phase, move in self._story:
            yield f"{moment.isoformat()} {name} {phase} {move}"


def named_id(space: bytes, name: str) -> str:
    """`uuid5` in a space of names given by its bytes, which is asked for with each execution."""
    said = hashlib.sha1(space + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(said[16], 16) & 3]  # RFC 4122, 4.3
    return f"{said[:8]}-{said[8:12]}-5{said[13:16]}-{variant}{said[17:20]}-{said[20:32]}"


def graph_run_from_records(
    graph: GraphSpec, record: GraphRunRecord, tasks: Iterable[TaskRunRecord]
) -> GraphRun:
    """A run as it was remembered; `tasks` are the task runs of all attempts of its group."""
    run = GraphRun(graph=graph, **{name: getattr(record, name) for name in _OF_RUN})
    run.take_over(task for task in tasks if task.attempt <= record.attempt)
    return run


_OF_RUN = in_both(GraphRunRecord, GraphRun)
