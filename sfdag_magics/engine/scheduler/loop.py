"""The one thread that owns the scheduler: takes events in, makes them durable, then acts.

Knows threads, queues and clocks, and no rule of scheduling. What it remembers by and what carries
its instructions out are protocols. When a batch cannot be made durable, the scheduler is thrown
away and read back as it was: nothing that is not remembered is ever acted on, and what the
executor told is told again until it can be.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.events import Event
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.instructions import (
    Attempt,
    EvaluateCondition,
    Forget,
    Instruction,
    KillTask,
    LookForData,
    Record,
    StartTask,
    SuspendRoot,
)
from sfdag_magics.errors import InternalError, MachineError
from sfdag_magics.light_classes import dataclass

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

#: While something is due, the calendar is looked at this often: it may have been set, or the
#: machine may have slept.
_LONGEST_WAIT_S = 5.0


class Executor(Protocol):
    """Carries instructions out; called on the scheduler's thread, returns at once."""

    def start(self, attempt: Attempt) -> None:
        """Begin the body; later post TaskSucceeded, TaskFailed or TaskCancelled, once."""

    def evaluate(self, attempt: Attempt) -> None:
        """Ask the condition; later post ConditionEvaluated or ConditionFailed, once."""

    def kill(self, attempt_id: str) -> None:
        """Stop an execution; it still posts how it ended."""

    def look(self, graph: GraphSpec) -> None:
        """Ask the streams of the root's condition; later post DataLookedFor, once."""


class RunMemory(Protocol):
    """What survives; called on the scheduler's thread."""

    def write(
        self, happened: Sequence[Event], changes: Sequence[Record | Forget], writes: Sequence[Any]
    ) -> None:
        """Make one batch durable, all of it or nothing.

        Args:
            happened: the events, in order.
            changes: what they amount to; a later one overrides an earlier one.
            writes: what `Decided.writes` of the batch held.

        Raises:
            MachineError: it is not durable.
        """

    def root_suspended(self, root_id: str) -> Sequence[Any]:
        """Take note that the scheduler suspended this root; what to write for it."""

    def restored(self, slots: int) -> Scheduler:
        """A scheduler as it was remembered last; forgets what was not written.

        Raises:
            MachineError: it cannot be read.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[_Answer]):
    """What a command came to: the answer holds once the events and writes are durable."""

    answer: _Answer
    events: Sequence[Event] = ()
    writes: Sequence[Any] = ()


Command = Callable[[Scheduler], Decided[_Answer]]


@dataclass(frozen=True, slots=True)
class _Asked:
    command: Command[Any]
    future: Future[Any]


class SchedulerLoop:
    """Owns a scheduler. `post` and `call` from any thread but its own."""

    def __init__(
        self,
        *,
        memory: RunMemory,
        executor: Executor,
        clock: Clock,
        slots: int,
        try_again_s: float = 1.0,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            memory: what survives.
            executor: what carries instructions out.
            clock: the time of day and the time that passes.
            slots: how many tasks run at once.
            try_again_s: how long to wait after something could not be made durable.
        """
        self._memory = memory
        self._executor = executor
        self._clock = clock
        self._slots = slots
        self._try_again_s = try_again_s
        self._inbox: queue.SimpleQueue[Event | _Asked | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sfdag-scheduler", daemon=True)
        #: What could not be made durable yet.
        self._again: list[Event] = []
        #: By attempt id, the monotonic time at which it has taken too long.
        self._deadlines: dict[str, float] = {}
        #: What the calendar said last.
        self._looked = clock.now()
        self._scheduler = Scheduler(slots=slots)
        #: As of the latest step; plain values, so that any thread may look.
        self.in_flight: tuple[str, ...] = ()
        self.next_wakeup: datetime | None = None

    def start(self) -> None:
        """Read back what was remembered, tell what the last engine's end cut off, and go on.

        Raises:
            MachineError: it cannot be read.
        """
        self._scheduler = self._memory.restored(self._slots)
        # Into the inbox, behind what was posted before: that workers are being made ready, say.
        self._inbox.put(events.EngineRestarted(now=self._clock.now()))
        self._thread.start()

    def close(self) -> None:
        """Stop taking events in, and wait for the thread; what runs is for the executor to stop."""
        self._closing.set()
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join()
        self._refuse_the_rest()

    def post(self, event: Event) -> None:
        """Tell that something happened; does not wait."""
        self._inbox.put(event)

    def wake(self) -> None:
        """Look at the clocks now."""
        self._inbox.put(None)

    def call(self, command: Command[_Answer]) -> _Answer:
        """Carry a command out between two events, and wait until it is durable.

        The command runs on the scheduler's thread, must not block, and must raise before it has
        changed anything.

        Raises:
            MachineError: it could not be made durable, or the engine is closing.
        """
        future: Future[_Answer] = Future()
        self._inbox.put(_Asked(command, future))
        if self._closing.is_set():
            self._refuse_the_rest()
        return future.result()

    def _refuse_the_rest(self) -> None:
        while True:
            try:
                item = self._inbox.get_nowait()
            except queue.Empty:
                return
            if isinstance(item, _Asked):
                item.future.set_exception(MachineError("the engine is stopping"))

    # On the scheduler's thread

    def _run(self) -> None:
        is_closing = False
        while not is_closing:
            items = self._collected()
            is_closing = self._closing.is_set()  # what came before is still remembered
            try:
                self._step(items)
            except Exception:  # noqa: BLE001 - the border of the thread
                # Without this, all tasks would stand still unseen.
                _LOG.exception("the scheduler could not take a step; it starts from what it knows")
                self._read_back()

    def _collected(self) -> list[Event | _Asked]:
        """All that has come in; waits for the first."""
        items: list[Event | _Asked] = []
        again, self._again = self._again, []
        items.extend(again)
        block = not again
        while True:
            try:
                item = self._inbox.get(block=block, timeout=self._patience() if block else None)
            except queue.Empty:
                break
            block = False
            if item is not None:
                items.append(item)
        return items

    def _patience(self) -> float | None:
        """How long to wait for an event; None is for ever."""
        waits = [deadline - self._clock.monotonic() for deadline in self._deadlines.values()]
        due = self._scheduler.next_wakeup()
        if due is not None:
            waits.append((due - self._clock.now()).total_seconds())
            waits.append(_LONGEST_WAIT_S)
        return max(min(waits), 0.0) if waits else None

    def _step(self, items: Sequence[Event | _Asked]) -> None:
        batch = _Batch()
        for item in [*items, *self._from_the_clocks()]:
            try:
                batch.add(self._taken(item))
            except InternalError as problem:
                _LOG.exception("an event that cannot be was left out")
                if isinstance(item, _Asked):
                    item.future.set_exception(problem)
                self._finish(batch)
                self._read_back()
                batch = _Batch()
        self._finish(batch)

    def _from_the_clocks(self) -> Iterable[Event]:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        before, self._looked = self._looked, now
        if now < before:
            yield events.ClockSetBack(now=now)
        for attempt_id, deadline in list(self._deadlines.items()):
            if deadline <= monotonic:
                del self._deadlines[attempt_id]  # once: it may take a while to stop
                yield events.TimedOut(now=now, attempt_id=attempt_id)
        due = self._scheduler.next_wakeup()
        if due is not None and due <= now:
            yield events.Tick(now=now)

    def _taken(self, item: Event | _Asked) -> _Batch:
        """What one item comes to; what a command refuses is told at once."""
        batch = _Batch()
        if not isinstance(item, _Asked):
            batch.told.append(item)
            self._handle(item, batch)
            return batch
        try:
            decided = item.command(self._scheduler)
        except Exception as refused:  # noqa: BLE001 - a handler's border: the caller is told
            item.future.set_exception(refused)
            return batch
        batch.asked.append((item, decided.answer))
        batch.writes.extend(decided.writes)
        for event in decided.events:
            self._handle(event, batch)
        return batch

    def _handle(self, event: Event, batch: _Batch) -> None:
        instructions = self._scheduler.handle(event)
        # A replay must know of the workers, though nothing may follow from that at once; that it
        # is looked for data is nothing to it.
        follows = any(not isinstance(each, LookForData) for each in instructions)
        if follows or isinstance(event, events.WorkersWarming | events.WorkersReady):
            batch.happened.append(event)
        for instruction in instructions:
            if isinstance(instruction, Record | Forget):
                batch.changes.append(instruction)
            elif isinstance(instruction, SuspendRoot):
                batch.writes.extend(self._memory.root_suspended(instruction.root_id))
            else:
                batch.actions.append(instruction)

    def _finish(self, batch: _Batch) -> None:
        """Make a batch durable and then act on it, or undo it."""
        try:
            if batch.happened or batch.writes:
                self._memory.write(batch.happened, batch.changes, batch.writes)
        except MachineError as problem:
            self._undo(batch, problem)
            return
        self.in_flight = tuple(run.title for run in self._scheduler.runs())
        self.next_wakeup = self._scheduler.next_wakeup()
        for item, answer in batch.asked:
            item.future.set_result(answer)
        for action in batch.actions:
            self._act(action)
        alive = self._scheduler.slots.attempts
        for attempt_id in [key for key in self._deadlines if key not in alive]:
            del self._deadlines[attempt_id]

    def _act(self, action: Instruction) -> None:
        match action:
            case StartTask() | EvaluateCondition() if self._closing.is_set():
                pass  # it is begun again by the next engine, as what is cut off is
            case StartTask(attempt=attempt):
                seconds = attempt.timeout.total_seconds()
                self._deadlines[attempt.attempt_id] = self._clock.monotonic() + seconds
                self._executor.start(attempt)
            case EvaluateCondition(attempt=attempt):
                self._executor.evaluate(attempt)
            case KillTask(attempt_id=attempt_id):
                self._executor.kill(attempt_id)
            case LookForData(graph=graph):
                self._executor.look(graph)
            case _:
                raise InternalError(f"nobody carries out {action}")

    def _undo(self, batch: _Batch, problem: MachineError) -> None:
        _LOG.error("what happened cannot be remembered: %s", problem)
        self._again.extend(batch.told)
        self._read_back()
        for item, _answer in batch.asked:
            item.future.set_exception(problem)
        self._closing.wait(self._try_again_s)

    def _read_back(self) -> None:
        try:
            self._scheduler = self._memory.restored(self._slots)
        except MachineError:
            _LOG.exception("the run log cannot be read")
            self._closing.wait(self._try_again_s)


class _Batch:
    """What goes into one transaction, and what follows it."""

    def __init__(self) -> None:
        #: Events that nobody waits for, so that they are told again after a failure.
        self.told: list[Event] = []
        self.happened: list[Event] = []
        self.changes: list[Record | Forget] = []
        self.writes: list[Any] = []
        self.actions: list[Instruction] = []
        self.asked: list[tuple[_Asked, Any]] = []

    def add(self, other: _Batch) -> None:
        self.told += other.told
        self.happened += other.happened
        self.changes += other.changes
        self.writes += other.writes
        self.actions += other.actions
        self.asked += other.asked
