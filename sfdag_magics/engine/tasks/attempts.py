"""Runs tasks: each attempt in a session of its own, on a bounded number of threads.

Carries the scheduler's instructions out and tells it how they ended; decides nothing. What a body
asks about its own run goes through `Attempts.of`, by the session it asks in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import OpenSession, SessionOptions, SqlSession, Unheard
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.events import Event
from sfdag_magics.engine.scheduler.instructions import Attempt
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.versions import Versions
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
        # Conditions take no slot, so they have a thread of their own.
        # One that was given up has no slot any more and keeps its thread until its step ends.
        self._tasks = ThreadPoolExecutor(slots + _GIVEN_UP, thread_name_prefix="sfdag-task")
        self._conditions = ThreadPoolExecutor(1, thread_name_prefix="sfdag-condition")

    def use(self, open_session: OpenSession) -> None:
        """Open sessions this way; once, before anything is started."""
        self._open_session = open_session

    def start(self, attempt: Attempt) -> None:
        """See `Executor`."""
        if (live := self._entered(attempt, events.TaskFailed)) is not None:
            self._tasks.submit(self._work, live, self._run_body)

    def evaluate(self, attempt: Attempt) -> None:
        """See `Executor`."""
        if (live := self._entered(attempt, events.ConditionFailed)) is not None:
            self._conditions.submit(self._work, live, self._ask_condition)

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

    def of(self, session: SqlSession) -> LiveAttempt | None:
        """The attempt that a session works for."""
        if session.attempt_id is None:
            return None
        with self._lock:
            return self._live.get(session.attempt_id)

    def close(self) -> None:
        """Stop what runs, and wait for all threads."""
        with self._lock:
            alive = list(self._live)
        for attempt_id in alive:
            self.kill(attempt_id)
        self._conditions.shutdown(wait=True, cancel_futures=True)
        self._tasks.shutdown(wait=True, cancel_futures=True)

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
        """One thread's whole job: a session, the work in it, and the answer."""
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
        self._answer(live, answer)

    def _answer(self, live: LiveAttempt, answer: Event) -> None:
        """Tell how it ended; the first word counts."""
        with self._lock:
            if live.has_answered:
                return
            live.has_answered = True
        self._post(answer)

    def _unheard(self, live: LiveAttempt, work: _Work) -> Unheard:
        """Fails an attempt whose statement does not hear that it must end."""
        return lambda why: self._answer(live, self._failed(live, work, why.code, why.message))

    def _session(self, live: LiveAttempt) -> SqlSession:
        if self._open_session is None:
            raise RuntimeError("the task service was not started")
        definition = live.definition
        session = self._open_session(
            SessionOptions(
                user=_SYSTEM_USER,
                role=definition.owner,
                warehouse=definition.properties.warehouse,
                database=definition.name.database,
                schema=definition.name.schema,
                parameters=definition.properties.session_parameters,
                attempt_id=live.attempt.attempt_id,
            )
        )
        with self._lock:
            live.session = session
            is_killed = live.is_killed
        if is_killed:
            session.close()
            raise SqlError("SQL execution canceled", code=CANCELED, sqlstate="57014")
        return session

    def _run_body(self, live: LiveAttempt, session: SqlSession) -> Event:
        attempt_id = live.attempt.attempt_id
        if live.attempt.cut_off is not None:
            self._begins_again(live.attempt.cut_off, attempt_id)
        session.execute(
            live.definition.body,
            query_id=attempt_id,
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
