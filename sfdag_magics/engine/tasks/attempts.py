"""Runs tasks: each attempt in a session of its own, on a bounded number of threads.

Carries the scheduler's instructions out and tells it how they ended; decides nothing. What a body
asks about its own run goes through `Attempts.of`, by the session it asks in. A body that is one
statement with one commit is noted in that commit, so what an engine's end cut off behind it is not
carried out again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import OpenSession, SessionOptions, SqlSession, Unheard
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.events import Event
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.scheduler.instructions import Attempt
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.versions import Versions
from sfdag_magics.engine.tasks.lane import Lane
from sfdag_magics.engine.tasks.looking import has_data
from sfdag_magics.engine.tasks.turns import Turns
from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass

_LOG = logging.getLogger(__name__)

#: Snowflake's code for a statement that was canceled.
CANCELED = 604
#: A session can be cancelled only while a statement runs in it, so an execution that has a session
#: and has not begun its statement would not hear.
_TOLD_AGAIN_S = 0.2
#: So many may be given up at the same time before others wait for their end.
_GIVEN_UP = 100
#: Snowflake runs tasks as this user (docs: "Task security").
_SYSTEM_USER = "SYSTEM"


#: Told the ids of an execution that the engine's end cut off and of the one in its place.
BeginsAgain = Callable[[str, str], None]
#: Whether the statement of this id took effect, as far as that is noted with its effect.
TookEffect = Callable[[str], bool]


@dataclass(slots=True, eq=False)
class LiveAttempt:
    """An execution that is alive, or whose condition is being asked.

    Attributes:
        return_value: what its body has set so far.
        again: tells it again to stop, as long as it has not.
        has_answered: whether the scheduler was told how it ended.
    """

    attempt: Attempt
    definition: TaskDefinition
    session: SqlSession | None = None
    is_killed: bool = False
    return_value: str | None = None
    again: threading.Timer | None = None
    has_answered: bool = False


_Work = Callable[[LiveAttempt, SqlSession], Event]


class Attempts:
    """The executor of the scheduler's loop. `start`, `evaluate` and `kill` return at once."""

    def __init__(
        self,
        *,
        versions: Versions,
        clock: Clock,
        post: Callable[[Event], None],
        slots: int,
        begins_again: BeginsAgain,
    ) -> None:
        self._versions = versions
        self._clock = clock
        self._post = post
        self._begins_again = begins_again
        self._lock = threading.Lock()
        self._live: dict[str, LiveAttempt] = {}
        self._open_session: OpenSession | None = None
        self._took_effect: TookEffect = lambda _query_id: False
        # Conditions take no slot, so they have a thread of their own.
        # One that was given up has no slot any more and keeps its thread until its step ends.
        most = slots + _GIVEN_UP
        self._statements = Lane("sfdag-task", most=most, tell=self._tell)
        self._calls = ThreadPoolExecutor(most, thread_name_prefix="sfdag-call")
        self._conditions = Turns(slots, "sfdag-condition")

    def use(self, open_session: OpenSession, took_effect: TookEffect) -> None:
        """Open sessions and ask for what became of bodies this way; once, before any starts."""
        self._open_session, self._took_effect = open_session, took_effect

    def start(self, attempt: Attempt) -> None:
        """See `Executor`."""
        if (live := self._entered(attempt, events.TaskFailed)) is None:
            return
        if attempt.task.calls:  # its worker has all the time, and this thread only waits
            self._calls.submit(self._work, live, self._run_body)
        else:
            self._statements.put(partial(self._outcome, live, self._run_body))

    def evaluate(self, attempt: Attempt) -> None:
        """See `Executor`."""
        if (live := self._entered(attempt, events.ConditionFailed)) is not None:
            asking = partial(self._work, live, self._ask_condition)
            self._conditions.submit(attempt.graph.root_id, asking)

    def kill(self, attempt_id: str) -> None:
        """See `Executor`."""
        with self._lock:
            live = self._live.get(attempt_id)
            if live is None:
                return  # it has just ended
            live.is_killed = True
            session = live.session
            live.again = threading.Timer(_TOLD_AGAIN_S, self.kill, [attempt_id])
            live.again.name = "sfdag-task-kill"
            live.again.daemon = True
            live.again.start()
        if session is not None:
            session.cancel()

    def look(self, graph: GraphSpec) -> None:
        """See `Executor`."""
        self._conditions.submit(graph.root_id, partial(self._look, graph))

    def of(self, session: SqlSession) -> LiveAttempt | None:
        """The attempt that a session works for."""
        if session.attempt_id is None:
            return None
        with self._lock:
            return self._live.get(session.attempt_id)

    def cut_off(self, session: SqlSession) -> Sequence[str]:
        """The ids of the executions in whose place the body runs that a session works for."""
        live = self.of(session)
        return () if live is None else live.attempt.cut_off

    def close(self) -> None:
        """Stop what runs, and wait for all threads."""
        with self._lock:
            alive = list(self._live)
        for attempt_id in alive:
            self.kill(attempt_id)
        self._conditions.close()
        self._calls.shutdown(wait=True, cancel_futures=True)
        self._statements.close()

    def _entered(
        self, attempt: Attempt, failed: type[events.TaskFailed | events.ConditionFailed]
    ) -> LiveAttempt | None:
        """The attempt as alive; None, and its failure is told, where its task cannot be read."""
        graph = attempt.graph
        try:
            version = self._versions.get(graph.root_id, graph.version)
        except MachineError as problem:
            now, attempt_id = self._clock.now(), attempt.attempt_id
            self._post(failed(now=now, attempt_id=attempt_id, code=300002, message=str(problem)))
            return None
        live = LiveAttempt(attempt, version.tasks[attempt.task.name])
        with self._lock:
            self._live[attempt.attempt_id] = live
        return live

    def _work(self, live: LiveAttempt, work: _Work) -> None:
        """One thread's whole job: the work, and the answer."""
        self._tell([self._outcome(live, work)])

    def _outcome(self, live: LiveAttempt, work: _Work) -> Event | None:
        """What came of the work, in a session of its own; None where that was told already."""
        try:
            session = self._session(live)
            try:
                answer = work(live, session)
            finally:
                session.close()
        except SqlError as problem:
            answer = self._failed(live, work, problem.code, problem.message)
        except Exception as problem:  # noqa: BLE001 - the border of the thread
            _LOG.exception("task %s could not be run", live.definition.name.sql())
            answer = self._failed(live, work, 300002, f"The embedded engine failed: {problem}")
        with self._lock:
            del self._live[live.attempt.attempt_id]
            if live.again is not None:
                live.again.cancel()
        return self._first(live, answer)

    def _look(self, graph: GraphSpec) -> None:
        found = False
        try:
            version = self._versions.get(graph.root_id, graph.version)
            definition = version.tasks[graph.root.name]
            found = has_data(definition.condition, lambda: self._opened(definition, None))
        except Exception:  # noqa: BLE001 - the border of the thread
            _LOG.exception("the streams of task %s could not be asked", graph.root.name)
        now = self._clock.now()
        self._post(events.DataLookedFor(now=now, root_id=graph.root_id, has_data=found))

    def _first(self, live: LiveAttempt, answer: Event) -> Event | None:
        """The answer, if it is the first: that counts."""
        with self._lock:
            if live.has_answered:
                return None
            live.has_answered = True
        return answer

    def _tell(self, answers: Sequence[Event | None]) -> None:
        for answer in answers:
            if answer is not None:
                self._post(answer)

    def _unheard(self, live: LiveAttempt, work: _Work) -> Unheard:
        """Fails an attempt whose statement does not hear that it must end."""

        def unheard(why: SqlError) -> None:
            self._tell([self._first(live, self._failed(live, work, why.code, why.message))])

        return unheard

    def _opened(self, definition: TaskDefinition, attempt_id: str | None) -> SqlSession:
        if self._open_session is None:
            raise RuntimeError("the task service was not started")
        return self._open_session(
            SessionOptions(
                user=_SYSTEM_USER,
                role=definition.owner,
                warehouse=definition.properties.warehouse,
                database=definition.name.database,
                schema=definition.name.schema,
                parameters=definition.properties.session_parameters,
                attempt_id=attempt_id,
            )
        )

    def _session(self, live: LiveAttempt) -> SqlSession:
        session = self._opened(live.definition, live.attempt.attempt_id)
        with self._lock:
            live.session = session
            is_killed = live.is_killed
        if is_killed:
            session.close()
            raise SqlError("SQL execution canceled", code=CANCELED, sqlstate="57014")
        return session

    def _run_body(self, live: LiveAttempt, session: SqlSession) -> Event:
        attempt_id = live.attempt.attempt_id
        # Each of them: one that was cut off before it asked says nothing of those before it.
        if not any(self._took_effect(earlier) for earlier in live.attempt.cut_off):
            if live.attempt.cut_off:
                self._begins_again(live.attempt.cut_off[-1], attempt_id)
            session.execute(
                live.definition.body,
                query_id=attempt_id,
                noted=True,
                unheard=self._unheard(live, self._run_body),
            )
        return events.TaskSucceeded(
            now=self._clock.now(), attempt_id=attempt_id, return_value=live.return_value
        )

    def _ask_condition(self, live: LiveAttempt, session: SqlSession) -> Event:
        result = session.execute(
            f"SELECT ({live.definition.condition})",
            unheard=self._unheard(live, self._ask_condition),
        )
        value = result.rows.column(0)[0].as_py()
        return events.ConditionEvaluated(
            now=self._clock.now(), attempt_id=live.attempt.attempt_id, is_met=_is_true(value)
        )

    def _failed(self, live: LiveAttempt, work: _Work, code: int, message: str) -> Event:
        message = redacted(message)
        now, attempt_id = self._clock.now(), live.attempt.attempt_id
        if work == self._ask_condition:
            return events.ConditionFailed(
                now=now, attempt_id=attempt_id, code=code, message=message
            )
        if code == CANCELED:
            return events.TaskCancelled(now=now, attempt_id=attempt_id, message=message)
        return events.TaskFailed(now=now, attempt_id=attempt_id, code=code, message=message)


def _is_true(value: object) -> bool:
    """A WHEN's value as SQL casts it to BOOLEAN; NULL is false."""
    if isinstance(value, str):
        return value.strip().lower() in ("true", "t", "yes", "y", "on", "1")
    return bool(value)
