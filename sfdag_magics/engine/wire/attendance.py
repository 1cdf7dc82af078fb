"""Whether anybody still waits for a statement. Knows requests and a clock, no HTTP and no threads.

A client is there while a request of its session is open, and for a minute after the last one. A
statement that only reads is then given up. What writes, what was sent to be asked for later, and
CALLs go on, unless the session's ABORT_DETACHED_QUERY says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeVar

from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.wire.query_request import QueryRequest

#: Clients ask again within seconds; a laptop's lid may be closed for a moment.
GONE_S = 60.0


class Attended(Protocol):
    """A running statement."""

    @property
    def request(self) -> QueryRequest:
        """What its client asked for."""

    @property
    def attendance(self) -> Attendance:
        """Who waits for it."""

    @property
    def session_parameters(self) -> Mapping[str, Value]:
        """Of its session, as they are now."""

    @property
    def session_used(self) -> float:
        """When its session was used last."""

    @property
    def session_id(self) -> str:
        """Names the client's session."""


_T = TypeVar("_T", bound=Attended)


class Attendance:
    """Who waits for one statement. Event loop only, but for reading."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()
        self.open = 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around a request that waits for the statement; it ends when its client hangs up."""
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1
            self._last = self._clock()

    def asked(self) -> None:
        """Somebody has asked how the statement stands."""
        self._last = self._clock()

    @property
    def last(self) -> float:
        """When somebody waited or asked last."""
        return self._last


def detached(running: Iterable[_T], now: float) -> list[_T]:
    """The statements to be given up."""
    listed = list(running)
    present = {each.session_id for each in listed if each.attendance.open}
    return [
        each
        for each in listed
        if each.session_id not in present
        and now - max(each.attendance.last, each.session_used) > GONE_S
        and _is_given_up(each)
    ]


def _is_given_up(statement: Attended) -> bool:
    if statement.session_parameters.get("ABORT_DETACHED_QUERY"):
        return True
    return not statement.request.is_asynchronous and statement.request.only_reads
