"""What clients have asked to be carried out, and how it went. Knows threads, no HTTP.

Each query runs on a thread of its own, so that cancels, status questions and the statements of
procedures get through while it runs. A request that is sent again is never carried out again.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import field
from enum import StrEnum

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.wire.attendance import Attendance, detached
from sfdag_magics.engine.wire.kept_results import KeptResults
from sfdag_magics.engine.wire.query_request import QueryRequest
from sfdag_magics.engine.wire.sessions import WireSession
from sfdag_magics.light_classes import dataclass

_log = logging.getLogger(__name__)

# A CALL holds its thread while its procedure's statements need others; so the bound is only there
# against a client gone wild.
_MAX_THREADS = 1000
# What happened to a request is kept longer than its result, so that its retry is not carried out.
_MAX_ENDED = 10_000
# How long a cancel insists, and how often.
_CANCEL_S = 5.0
_CANCEL_AGAIN_S = 0.05
#: What a query that has ended is waited for by: its own would keep all that ever waited for it.
_OVER: Future[None] = Future()
_OVER.set_result(None)

_QUERIES = uuid.UUID("7a0c1f3e-6d0b-4f6e-9a53-0d7c6a1f2b48")

CANCELED = 604
_STOPPED = 603
#: Snowflake's code for "internal error"; the text carries what we can find it by.
INTERNAL = 370_001


class QueryState(StrEnum):
    """Snowflake's words (snowflake-connector-python, `QueryStatus`)."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED_WITH_ERROR"
    ABORTED = "ABORTED"


@dataclass(slots=True, eq=False)
class Query:
    """One request to carry something out.

    Attributes:
        result: also None for a success whose rows were dropped to make room.
        done: resolved, always with None, once the query has ended, or was given up.
        statements: of a text of several statements, one query each, as far as they were begun.
    """

    id: str
    request: QueryRequest
    held: WireSession
    attendance: Attendance
    started_ms: int
    ended_ms: int | None = None
    result: Result | None = None
    error: SqlError | None = None
    statements: list[Query] = field(default_factory=list)
    done: Future[None] = field(default_factory=Future)

    @property
    def session_id(self) -> str:
        """The wire's id of its session."""
        return self.held.id

    @property
    def session_parameters(self) -> Mapping[str, Value]:
        """See `Attended`."""
        return self.held.session.parameters

    @property
    def session_used(self) -> float:
        """See `Attended`."""
        return self.held.last_used

    @property
    def state(self) -> QueryState:
        """Where it stands now."""
        if not self.done.done():
            return QueryState.RUNNING
        if self.error is None:
            return QueryState.SUCCESS
        return QueryState.ABORTED if self.error.code == CANCELED else QueryState.FAILED


Work = Callable[[Query], Result]


class Queries:
    """All queries of the wire, running and, within bounds, ended. Any thread.

    Args:
        clock: seconds that never go back; the same as the sessions'.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._threads = ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix="sfdag-query")
        self._lock = threading.Lock()
        self._by_id: dict[str, Query] = {}
        self._by_request: dict[tuple[str, str], Query] = {}
        self._running: set[Query] = set()
        #: Ended queries, oldest first; and those of them whose result is still there.
        self._ended: deque[Query] = deque()
        self._results = KeptResults()
        self._is_closed = False

    def submit(self, held: WireSession, request: QueryRequest, work: Work) -> Query:
        """Carry `work` out, or find the query that this request began when it was sent before.

        Raises:
            SqlError: the engine is stopping.
        """
        key = (held.id, request.request_id)
        with self._lock:
            if self._is_closed:
                raise _stopped()
            known = self._by_request.get(key) if request.request_id else None
            if known is not None:
                return known
            query = self._new(held, request, _query_id(*key) if request.request_id else None)
            self._by_request[key] = query
            self._threads.submit(self._carry_out, query, work)
        return query

    def run_within(self, parent: Query, work: Work) -> Query:
        """Carry out one statement of a text of several, on the caller's thread."""
        with self._lock:
            query_id = _query_id(parent.id, str(len(parent.statements)))
            query = self._new(parent.held, parent.request, query_id)
            parent.statements.append(query)
        self._carry_out(query, work)
        return query

    def find(self, query_id: str) -> Query | None:
        """A query by its id, None when it is not known or not any more."""
        with self._lock:
            return self._by_id.get(query_id)

    def requested(self, held: WireSession, request_id: str) -> Query | None:
        """The query a request began."""
        with self._lock:
            return self._by_request.get((held.id, request_id))

    def told(self, query: Query) -> None:
        """The query's client is sent its result."""
        with self._lock:
            self._results.told(query)

    def cancel(self, query: Query) -> None:
        """Stop a query and wait, within bounds, until it has ended; an ended one stays as it is.

        Asked again and again, because a session that has not yet begun to carry the query out, or
        is between two steps of it, has nothing to stop.
        """
        deadline = time.monotonic() + _CANCEL_S
        while not query.done.done() and time.monotonic() < deadline:
            for each in (*query.statements, query):
                if not each.done.done():
                    each.held.session.cancel(each.id)
            wait([query.done], timeout=_CANCEL_AGAIN_S)

    def give_up(self, query: Query, why: SqlError) -> None:
        """Answer a query that must end and goes on; its session is busy until it has ended."""
        _log.info("gives query %s up: it does not hear that it must end", query.id)
        self._end(query, error=why)

    def cancel_session(self, session_id: str, *, except_for: Query) -> int:
        """Stop all queries of a session (its own id, not the wire's); how many that were."""
        with self._lock:
            running = [query for query in self._running if query.held.session.id == session_id]
        running = [query for query in running if query is not except_for]
        for query in running:
            self.cancel(query)
        return len(running)

    def cancel_detached(self) -> None:
        """Stop what nobody waits for any more and nothing is lost with."""
        with self._lock:
            running = list(self._running)
        for query in detached(running, self._clock()):
            _log.info("cancels query %s: its client is gone", query.id)
            self.cancel(query)

    def is_busy(self, session_id: str) -> bool:
        """Whether a session has a query running."""
        with self._lock:
            return any(query.held.id == session_id for query in self._running)

    def running(self) -> int:
        """How many queries run now."""
        return len(self._running)

    def close(self) -> None:
        """Cancel what runs and wait for it."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        for query in running:
            self.cancel(query)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _new(self, held: WireSession, request: QueryRequest, query_id: str | None) -> Query:
        attendance = Attendance(self._clock)
        query = Query(query_id or str(uuid.uuid4()), request, held, attendance, _now_ms())
        query.done.set_running_or_notify_cancel()  # nobody who waits for it can cancel it
        self._by_id[query.id] = query
        self._running.add(query)
        return query

    def _carry_out(self, query: Query, work: Work) -> None:
        result: Result | None = None
        failure: SqlError | None = None
        try:
            result = work(query)
        except SqlError as error:
            failure = error
        except Exception as exc:  # noqa: BLE001 - the border: clients get a reference, no stack
            failure = unexpected_error(exc)
        with self._lock:
            self._running.discard(query)
        self._end(query, result, failure)

    def _end(
        self, query: Query, result: Result | None = None, error: SqlError | None = None
    ) -> None:
        """Settle how a query ended; the first word counts."""
        with self._lock:
            if query.ended_ms is not None:
                return
            is_stopped = self._is_closed and error is not None and error.code == CANCELED
            query.result, query.error = result, _stopped() if is_stopped else _alone(error)
            query.ended_ms = _now_ms()
            query.request = query.request.without_values()
            self._keep(query)
        done, query.done = query.done, _OVER
        done.set_result(None)

    def _keep(self, query: Query) -> None:
        self._ended.append(query)
        self._results.add(query)
        while len(self._ended) > _MAX_ENDED:
            oldest = self._ended.popleft()
            self._results.drop(oldest)
            self._by_id.pop(oldest.id, None)
            self._by_request.pop((oldest.held.id, oldest.request.request_id), None)


def _alone(error: SqlError | None) -> SqlError | None:
    """The error without its stack, whose frames hold all that the statement was at work on."""
    if error is not None:
        error.__cause__ = error.__context__ = error.__traceback__ = None
    return error


def _stopped() -> SqlError:
    # Another code and other words than a cancel's, which clients take for their own time-out.
    return SqlError(
        "The engine was stopped (sfdag local stop): this statement was cancelled, and nothing of"
        " it was kept that had not been committed.",
        code=_STOPPED,
        sqlstate="57P01",
    )


def unexpected_error(exc: Exception) -> SqlError:
    """What a client is told of what should not happen; the log has the rest, by its reference."""
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        _log.error("the disk is full: %s", exc)
        return SqlError(
            "The disk of the engine's data directory is full; the statement failed. Free some"
            " space and repeat it.",
            code=INTERNAL,
            sqlstate="53100",
        )
    reference = uuid.uuid4().hex[:12]
    _log.error("internal error, reference %s", reference, exc_info=exc)
    return SqlError(
        f"SQL execution internal error:\nProcessing aborted by error {INTERNAL}:{reference}."
        " Please report it with the engine's log.",
        code=INTERNAL,
        sqlstate="XX000",
    )


def _query_id(parent: str, name: str) -> str:
    """The id of what was asked for: the same in each engine that is asked for it."""
    return str(uuid.uuid5(_QUERIES, f"{parent}/{name}"))


def _now_ms() -> int:
    return int(time.time() * 1000)
