"""Plays a run of a graph: the engine's scheduler decides, what is assumed answers it.

Each body succeeds at once unless it is assumed to fail; the clock stands still. What a branch that
nobody answered for says has to be assumed before it goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sfdag_magics.engine.borders.runs import GraphRunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.instructions import (
    Attempt,
    EvaluateCondition,
    Instruction,
    Record,
    StartTask,
)
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of, last_part
from sfdag_magics.graph.sql.predecessor_states import (
    ASKS_OUTCOMES,
    DEFAULT_OUTCOME,
    OUTCOMES,
    completion_state,
)
from sfdag_magics.graph.sql.when import READS_RETURN_VALUE
from sfdag_magics.graph.states import TaskState
from sfdag_magics.simulating.assumed import Assumed
from sfdag_magics.simulating.condition import ConditionError, UnknownError, is_met

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_GROUP = str(UUID(int=0))


class _Undecided(Exception):  # noqa: N818 - a question, no error
    """A branch runs that nobody answered for; its name."""


class Play:
    """One run under way.

    Attributes:
        run: its last attempt, as it was recorded last.
        tasks: `{stored name: the record of its last attempt}`; what never came up has none.
        taken_as_met: the tasks whose own condition could not be known, and what of it.
        raised: the tasks whose condition failed for these values, and how.
    """

    def __init__(self, graph: TaskGraph, spec: GraphSpec, assumed: Assumed) -> None:
        self.run: GraphRunRecord | None = None
        self.tasks: dict[str, TaskRunRecord] = {}
        self.taken_as_met: dict[str, str] = {}
        self.raised: dict[str, str] = {}
        self._graph = graph
        self._assumed = assumed
        self._spec = spec
        self._names = {graph.deployed_name(task.name): task.name for task in graph.tasks}

    def play(self) -> str | None:
        """Let it run to its end, or to a branch that has to be answered for first: its name."""
        scheduler = Scheduler(slots=len(self._spec.tasks) + 1)
        asked = events.RunRequested(now=_NOW, graph=self._spec, group_id=_GROUP)
        left: deque[Instruction] = deque(scheduler.handle(asked))
        try:
            while left:
                event = self._done(left.popleft())
                if event is not None:
                    left.extend(scheduler.handle(event))
        except _Undecided as question:
            return str(question)
        return None

    def answer(self, branch: str) -> str | None:
        """What a branch answered; None where it did not run."""
        return self._returned(self._graph.deployed_name(branch))

    def _done(self, instruction: Instruction) -> events.Event | None:
        match instruction:
            case Record(record=GraphRunRecord() as run):
                self.run = run
            case Record(record=TaskRunRecord() as task):
                self.tasks[task.name] = task
            case EvaluateCondition(attempt=attempt):
                return self._evaluated(attempt)
            case StartTask(attempt=attempt):
                return self._ended(attempt)
        return None

    def _ended(self, attempt: Attempt) -> events.Event:
        name = self._names.get(attempt.task.name)
        if name in self._assumed.fails:
            return events.TaskFailed(
                now=_NOW, attempt_id=attempt.attempt_id, code=0, message="as assumed"
            )
        if name in self._graph.branches and name not in self._assumed.returned:
            raise _Undecided(name)
        value = self._assumed.returned.get(name) if name else None
        return events.TaskSucceeded(now=_NOW, attempt_id=attempt.attempt_id, return_value=value)

    def _evaluated(self, attempt: Attempt) -> events.Event:
        name = self._names[attempt.task.name]
        try:
            met = self._is_met(name, attempt)
        except ConditionError as error:
            self.raised[name] = str(error)
            return events.ConditionFailed(
                now=_NOW, attempt_id=attempt.attempt_id, code=0, message=str(error)
            )
        return events.ConditionEvaluated(now=_NOW, attempt_id=attempt.attempt_id, is_met=met)

    def _is_met(self, name: str, attempt: Attempt) -> bool:
        """First what branches answered, which is certain; then its own condition."""
        arms = self._graph.branches
        for branch in (each for each in arms if name in arms[each]):
            if self.answer(branch) != name:
                return False
        own = self._graph.task(name).when
        if own is None or name in self._assumed.conditions:
            return self._assumed.conditions.get(name, True)
        try:
            return is_met(own, lambda function, said: self._answer(function, said, attempt))
        except UnknownError as unknown:
            self.taken_as_met[name] = str(unknown)
            return True

    def _answer(self, function: str, said: tuple[str, ...], attempt: Attempt) -> str | bool | None:
        first = said[0] if said else ""
        if function == READS_RETURN_VALUE:
            return self._value(first)
        if function == ASKS_OUTCOMES:
            holds = OUTCOMES.get((first or DEFAULT_OUTCOME).upper())
            if holds is None:
                raise ConditionError(f"Invalid argument '{first}' for function {function}.")
            return holds([self._state(above) for above in attempt.task.predecessors])
        if function == "SYSTEM$TASK_COMPLETION_STATE":
            return completion_state(self._state(first))
        raise UnknownError(f"{function}('{first}')")

    def _value(self, stored: str) -> str | None:
        """What a task returned; what it returns is only known where it was said."""
        found = self._names.get(key_of(last_part(stored)))
        if found is None:
            raise ConditionError(f"{stored} is no task of the graph")
        if found not in self._assumed.returned and self._state(stored) is TaskState.SUCCEEDED:
            raise UnknownError(f"what {found} returns")
        return self._returned(self._graph.deployed_name(found))

    def _returned(self, stored: str) -> str | None:
        record = self.tasks.get(stored)
        return record.return_value if record else None

    def _state(self, stored: str) -> TaskState | None:
        record = self.tasks.get(key_of(stored))
        return record.state if record else None

    def states(self) -> Mapping[str, TaskState | None]:
        """`{task: how it ended}`, in topological order, the finalizer last; None: not at all."""
        graph = self._graph
        order = sorted(graph.topology.order, key=lambda name: graph.task(name).finalizer)
        return {name: self._state(graph.deployed_name(name)) for name in order}
