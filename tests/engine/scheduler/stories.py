"""A scheduler under a manual clock, told as a story; every invariant is checked after each step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from uuid import NAMESPACE_OID, uuid5

from sfdag_magics.engine.borders.runs import GraphRunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.graphs import GraphSpec, TaskSpec
from sfdag_magics.engine.scheduler.instructions import (
    Attempt,
    EvaluateCondition,
    Instruction,
    KillTask,
    LookForData,
    StartTask,
)
from sfdag_magics.engine.scheduler.invariants import HistoryChecker, check

START = datetime(2026, 3, 1, 9, 3, tzinfo=UTC)


def an_id(name: str) -> str:
    return str(uuid5(NAMESPACE_OID, name))


def graph(
    text: str,
    *,
    finalizer: str | None = None,
    when: dict[str, str] | None = None,
    timeouts: dict[str, timedelta] | None = None,
    timeout: timedelta | None = None,
    any_outcome: tuple[str, ...] = (),
    calls: str = "",
    version: int = 1,
    **options,
) -> GraphSpec:
    """`graph("a -> b -> c; a -> d")`: the first name is the root."""
    parents: dict[str, list[str]] = {}
    for chain in text.split(";"):
        names = [name.strip() for name in chain.split("->")]
        for position, name in enumerate(names):
            above = parents.setdefault(name, [])
            if position:
                above.append(names[position - 1])

    def spec(name: str) -> TaskSpec:
        return TaskSpec(
            name=name,
            task_id=an_id(name),
            predecessors=tuple(parents.get(name, ())),
            condition=(when or {}).get(name),
            timeout=(timeouts or {}).get(name, timeout or timedelta(hours=1)),
            shares_timeout=name not in (timeouts or {}) and name != finalizer,
            runs_after_any_outcome=name in any_outcome,
            calls=name in calls.split(),
        )

    return GraphSpec(
        root_id=an_id(next(iter(parents))),
        version=version,
        database="DB",
        schema="PUBLIC",
        tasks={name: spec(name) for name in TopologicalSorter(parents).static_order()},
        finalizer=spec(finalizer) if finalizer else None,
        timeout=timeout,
        **options,
    )


class Story:
    """Feeds events, keeps what was recorded, and knows who is running."""

    def __init__(self, *, slots: int = 8, now: datetime = START) -> None:
        self.scheduler = Scheduler(slots=slots)
        self.slots = slots
        self.history = HistoryChecker()
        self.now = now
        self.alive: dict[str, Attempt] = {}
        self.asked: dict[str, Attempt] = {}
        self.killed: list[str] = []
        #: Roots whose streams are being asked.
        self.looks: list[str] = []
        self.started: list[str] = []
        self.events: list[events.Event] = []
        self.graphs: dict[tuple[str, int], GraphSpec] = {}

    def feed(self, event: events.Event) -> list[Instruction]:
        instructions = self.scheduler.handle(event)
        self.events.append(event)
        self.history.follow(instructions)
        for instruction in instructions:
            if isinstance(instruction, StartTask):
                self.alive[instruction.attempt.attempt_id] = instruction.attempt
                self.started.append(instruction.attempt.task.name)
            elif isinstance(instruction, EvaluateCondition):
                self.asked[instruction.attempt.attempt_id] = instruction.attempt
            elif isinstance(instruction, LookForData):
                self.looks.append(instruction.graph.root_id)
            elif isinstance(instruction, KillTask):
                self.killed.append(self.alive[instruction.attempt_id].task.name)
        check(self.scheduler)
        self.history.check_finalizers()
        return instructions

    # what users do

    def resume(self, spec: GraphSpec, *suspended: str) -> list[Instruction]:
        self._know(spec)
        return self.feed(
            events.GraphStarted(now=self.now, graph=spec, suspended=frozenset(suspended))
        )

    def suspend(self, spec: GraphSpec) -> list[Instruction]:
        return self.feed(events.GraphStopped(now=self.now, root_id=spec.root_id))

    def execute(self, spec: GraphSpec, *suspended: str, config: str | None = None) -> str:
        self._know(spec)
        group_id = an_id(f"execution {len(self.events)}")
        self.feed(
            events.RunRequested(
                now=self.now,
                graph=spec,
                group_id=group_id,
                suspended=frozenset(suspended),
                config=config,
            )
        )
        return group_id

    def retry(self, spec: GraphSpec, group_id: str, *suspended: str) -> None:
        last = max(
            (run for run in self.history.graph_runs.values() if run.group_id == group_id),
            key=lambda run: run.attempt,
        )
        self.feed(
            events.RetryRequested(
                now=self.now,
                graph=spec,
                suspended=frozenset(suspended),
                earlier=events.EarlierAttempts(last=last, tasks=self.group(group_id)),
            )
        )

    def cancel(self, name: str) -> None:
        self.feed(events.CancelRequested(now=self.now, task_id=an_id(name)))

    def cancel_run(self, group_id: str) -> None:
        self.feed(events.CancelRequested(now=self.now, group_id=group_id))

    def cancel_all(self) -> None:
        self.feed(events.CancelRequested(now=self.now))

    # what happens

    def succeed(self, name: str, value: str | None = None) -> list[Instruction]:
        attempt_id = self._take(self.alive, name)
        return self.feed(
            events.TaskSucceeded(now=self.now, attempt_id=attempt_id, return_value=value)
        )

    def fail(self, name: str, code: int = 100, message: str = "boom") -> list[Instruction]:
        attempt_id = self._take(self.alive, name)
        return self.feed(
            events.TaskFailed(now=self.now, attempt_id=attempt_id, code=code, message=message)
        )

    def stopped(self, name: str) -> list[Instruction]:
        return self.feed(
            events.TaskCancelled(now=self.now, attempt_id=self._take(self.alive, name))
        )

    def time_out(self, name: str) -> list[Instruction]:
        attempt_id = next(key for key, found in self.alive.items() if found.task.name == name)
        return self.feed(events.TimedOut(now=self.now, attempt_id=attempt_id))

    def answer(self, name: str, *, met: bool) -> list[Instruction]:
        attempt_id = self._take(self.asked, name)
        return self.feed(events.ConditionEvaluated(now=self.now, attempt_id=attempt_id, is_met=met))

    def answer_with_error(self, name: str, message: str) -> list[Instruction]:
        attempt_id = self._take(self.asked, name)
        return self.feed(
            events.ConditionFailed(now=self.now, attempt_id=attempt_id, code=1, message=message)
        )

    def succeed_all(self) -> None:
        while self.alive:
            self.succeed(next(iter(self.alive.values())).task.name)

    def data_comes(self) -> list[Instruction]:
        """A table with a stream has changed."""
        return self.feed(events.DataCame(now=self.now))

    def looked(self, *, has_data: bool) -> list[Instruction]:
        """The one look that was asked for is answered."""
        (root_id,) = self.looks
        self.looks.clear()
        return self.feed(events.DataLookedFor(now=self.now, root_id=root_id, has_data=has_data))

    def pass_time(self, **duration: float) -> None:
        """Move the clock on, stopping at each moment the scheduler asks to be woken at."""
        end = self.now + timedelta(**duration)
        while (wake := self.scheduler.next_wakeup()) is not None and wake <= end:
            self.now = max(wake, self.now)
            self.feed(events.Tick(now=self.now))
            self.succeed_all()
        self.now = end

    def sleep(self, **duration: float) -> None:
        """The machine sleeps: the clock jumps and nothing happens meanwhile."""
        self.now += timedelta(**duration)
        self.feed(events.Tick(now=self.now))

    def set_back(self, **duration: float) -> None:
        """Somebody sets the calendar back."""
        self.now -= timedelta(**duration)
        self.feed(events.ClockSetBack(now=self.now))

    def crash(self) -> None:
        """The engine dies; another one knows only what was recorded."""
        self.scheduler = self.restored()
        self.alive.clear()
        self.asked.clear()
        self.looks.clear()
        self.feed(events.EngineRestarted(now=self.now))

    def restored(self) -> Scheduler:
        scheduler = Scheduler(slots=self.slots)
        open_runs = [run for run in self.history.graph_runs.values() if not run.state.is_final]
        scheduler.restore(
            self.history.roots.values(),
            [(run, self.group(run.group_id)) for run in open_runs],
            lambda root_id, version: self.graphs[root_id, version],
        )
        return scheduler

    def warm_up(self) -> None:
        self.feed(events.WorkersWarming(now=self.now))

    def are_ready(self) -> None:
        self.feed(events.WorkersReady(now=self.now))

    # what one can see

    def running(self) -> list[str]:
        return sorted(attempt.task.name for attempt in self.alive.values())

    def group(self, group_id: str) -> tuple[TaskRunRecord, ...]:
        return tuple(run for run in self.history.task_runs.values() if run.group_id == group_id)

    def states(self, group_id: str, attempt: int = 1) -> dict[str, str]:
        return {run.name: run.state.value for run in self.group(group_id) if run.attempt == attempt}

    def task(self, group_id: str, name: str, attempt: int = 1) -> TaskRunRecord:
        return self.history.task_runs[group_id, attempt, name]

    def run(self, group_id: str, attempt: int = 1) -> GraphRunRecord:
        return self.history.graph_runs[group_id, attempt]

    def runs(self) -> list[GraphRunRecord]:
        return sorted(self.history.graph_runs.values(), key=lambda run: run.scheduled_time)

    def _know(self, spec: GraphSpec) -> None:
        self.graphs[spec.root_id, spec.version] = spec

    @staticmethod
    def _take(attempts: dict[str, Attempt], name: str) -> str:
        found = next(key for key, attempt in attempts.items() if attempt.task.name == name)
        del attempts[found]
        return found
