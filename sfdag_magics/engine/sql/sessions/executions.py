"""The statements of one session that run or wait for their turn, and how they are ended.

Knows threads and locks; what a statement does, and why it must end, is told. A statement is ended
before it takes effect or not at all: what ends it and what commits it go through one lock, and the
first of them counts. So a statement that was given up never commits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Protocol

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Unheard
from sfdag_magics.engine.limits.hearing import heard
from sfdag_magics.engine.sql.results.duck_errors import CANCELED, copied
from sfdag_magics.light_classes import dataclass

#: A statement that waits for its turn looks this often whether it was ended.
_NOTICED_S = 0.1
_BEHIND = (
    "It waited for an earlier statement of the session, which was ended while it makes or compares"
    " very long values, and has yet to come to the next row. Use another session meanwhile."
)


@dataclass(slots=True, eq=False, kw_only=True)
class Execution:
    """One statement of a session.

    Attributes:
        noted: the id under which the outcome is noted with its effect; empty where it is not.
        opens: whether statements that begin after it may belong to it (a CALL).
        is_awaited: whether its end must be waited for, because it does more than one commit does.
        has_effect: whether its effect is being committed, or was; nothing ends it then.
        begun: seconds of the watch's clock.
        limit_s: how long it may take, waiting included; 0 for any time.
        ended_by: why it must end, once it must.
        ended: when that was first seen by the watch.
        end: ends it; may be called again.
        give_up: tells, once, that it does not hear; does nothing while its end is uncertain.
        unheard: told when it does not hear that it must end.
        is_given_up: whether that was told.
    """

    query_id: str
    noted: str = ""
    opens: bool = False
    is_awaited: bool = False
    has_effect: bool = False
    begun: float = 0.0
    limit_s: int = 0
    ended_by: SqlError | None = None
    ended: float | None = None
    end: Callable[[SqlError], None] = field(repr=False)
    give_up: Callable[[SqlError], None] = field(repr=False)
    unheard: Unheard | None = field(default=None, repr=False)
    is_given_up: bool = False


class Watch(Protocol):
    """Sees every statement of the engine."""

    def now(self) -> float:
        """Seconds that never go back."""

    def began(self, execution: Execution) -> None:
        """A statement runs or waits."""

    def ended(self, execution: Execution) -> None:
        """It does no longer."""

    def is_crowded(self) -> bool:
        """Whether more than one statement runs now."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a statement may take, and may wait for its turn; 0 for any time."""

    total_s: int = 0
    waiting_s: int = 0


class Executions:
    """All statements of one session. Any thread.

    Args:
        turn: held by the statement that runs.
        interrupt: stops what DuckDB computes for the session.
        limits: as the session has them now.
    """

    def __init__(
        self,
        turn: threading.RLock,
        interrupt: Callable[[], None],
        watch: Watch,
        limits: Callable[[], Limits],
    ) -> None:
        self._turn = turn
        self._interrupt = interrupt
        self._watch = watch
        self._limits = limits
        self._lock = threading.Lock()
        self._threads = threading.local()
        self._all: list[Execution] = []
        self._active: list[Execution] = []
        self._stops: list[tuple[Execution | None, Callable[[], None]]] = []
        #: How many parts of the running statement must come to their end.
        self._undisturbed = 0
        #: What waits for the end of a statement that was given up.
        self._behind: list[Callable[[], None]] = []

    @contextmanager
    def begun(
        self,
        query_id: str,
        *,
        noted: str = "",
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Iterator[Execution]:
        """Make a statement known to `end`, from before it waits to its end.

        `limit_s` is the statement's own limit, in place of the session's.

        Raises:
            SqlError: it had to end, or was given up.
        """
        mine = self._mine()
        # the same statement over rows that were read for it
        noted = noted or next((each.noted for each in mine if each.query_id == query_id), "")
        execution = Execution(
            query_id=query_id,
            noted=noted,
            begun=self._watch.now(),
            limit_s=self._limits().total_s if limit_s is None else limit_s,
            end=lambda why: self._end(self._ended_with(execution), why),
            give_up=lambda why: self._give_up(execution, why),
            unheard=unheard,
        )
        mine.append(execution)
        with self._lock:
            self._all.append(execution)
        self._watch.began(execution)
        try:
            with heard(self.check):
                yield execution
            if execution.is_given_up:
                _check([execution])
        except SqlError as problem:
            why = execution.ended_by
            if why is not None and problem.code != why.code:
                raise copied(why) from problem
            raise
        finally:
            self._watch.ended(execution)
            mine.pop()
            with self._lock:
                self._end_what_it_opened(execution)
                self._all.remove(execution)

    @contextmanager
    def turn(self, execution: Execution) -> Iterator[None]:
        """Hold the session; a statement that is ended while it waits does not begin."""
        self._wait(execution)
        try:
            with self._lock:
                self._active.append(execution)
            try:
                _check([execution])
                yield
            finally:
                with self._lock:
                    self._active.remove(execution)
        finally:
            self._turn.release()
            self._go_on()

    def _wait(self, execution: Execution) -> None:
        waiting_s = self._limits().waiting_s
        while not self._turn.acquire(timeout=_NOTICED_S):
            self._check_waiting(execution)
            if waiting_s and self._watch.now() - execution.begun > waiting_s:
                raise SqlError(
                    f"Statement reached its queued timeout of {waiting_s:,} second(s) and was"
                    " canceled: another statement of the session was still running.",
                    code=630,
                    sqlstate="57014",
                )

    def _check_waiting(self, execution: Execution) -> None:
        why = execution.ended_by
        if why is not None and self._is_given_up():
            raise SqlError(f"{why.message} {_BEHIND}", code=why.code, sqlstate=why.sqlstate)
        _check([execution])

    def behind_given_up(self, action: Callable[[], None]) -> bool:
        """Have `action` called where a statement that was given up ends, by its thread.

        False where none runs; it is not called then.
        """
        with self._lock:
            is_busy = self._is_given_up()
            if is_busy:
                self._behind.append(action)
            return is_busy

    def _go_on(self) -> None:
        with self._lock:
            if self._is_given_up():
                return
            actions, self._behind = self._behind, []
        for action in actions:
            action()

    def _is_given_up(self) -> bool:
        return any(each.is_given_up for each in self._active)

    def await_end(self, execution: Execution) -> None:
        """From now on the statement is waited for. Raises SqlError when it was ended before."""
        with self._lock:
            execution.is_awaited = True
            _check(self._mine())

    @contextmanager
    def effect(self, *, own: bool = True) -> Iterator[None]:
        """Around the commit of this thread's statement, or what makes it part of a transaction.

        Who was ended does not come in; who is in is not ended any more. Where it fails, nothing
        took effect, and the statement can be ended again.

        Args:
            own: whether it is the effect that the statement is there for.

        Raises:
            SqlError: the statement was ended before, or the program that it belongs to.
        """
        mine = self._mine()
        with self._lock:
            _check([*self._programs_around(mine), *mine])
            inside = [each for each in mine if not each.has_effect]
            for each in inside:
                each.has_effect = True
            self._undisturbed += 1
        done: list[Execution] = []
        try:
            yield
            done = [each for each in inside if own and not each.opens]
        finally:
            with self._lock:
                self._undisturbed -= 1
                for each in inside:
                    each.has_effect = each in done

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """While inside, DuckDB is not interrupted: what failed is being undone."""
        with self._lock:
            self._undisturbed += 1
        try:
            yield
        finally:
            with self._lock:
                self._undisturbed -= 1

    @contextmanager
    def on_end(self, stop: Callable[[], None]) -> Iterator[None]:
        """While inside, ending the running statement also calls `stop`."""
        mine = self._mine()
        entry = (mine[-1] if mine else None, stop)
        with self._lock:
            self._stops.append(entry)
            late = any(each.ended_by is not None for each in mine)
        try:
            if late:
                stop()
            yield
        finally:
            with self._lock:
                self._stops.remove(entry)

    def end(self, query_id: str | None, why: SqlError = CANCELED) -> None:
        """End one statement, or all: what runs or waits fails with `why`."""
        with self._lock:
            if query_id is None:
                chosen = list(self._all)
            else:
                named = (each for each in self._all if each.query_id == query_id)
                first = next(named, None)
                chosen = [] if first is None else self._from(first)
        self._end(chosen, why)

    def check(self) -> None:
        """Raises SqlError when the statement of this thread must end."""
        _check(self._mine())

    @property
    def must_end(self) -> bool:
        """Whether the statement of this thread must end."""
        return any(each.ended_by is not None for each in self._mine())

    @property
    def noted_id(self) -> str:
        """The id under which the outcome of this thread's statement is noted, else empty."""
        mine = self._mine()
        return mine[-1].noted if mine else ""

    def _ended_with(self, execution: Execution) -> list[Execution]:
        with self._lock:
            return self._from(execution) if execution in self._all else []

    def _from(self, execution: Execution) -> list[Execution]:
        """With a CALL also what its procedure runs, which began after it."""
        return self._all[self._all.index(execution) :] if execution.opens else [execution]

    def _programs_around(self, mine: list[Execution]) -> list[Execution]:
        """The CALLs that this thread's statement may belong to."""
        before = self._all[: self._all.index(mine[0])] if mine else []
        return [each for each in before if each.opens]

    def _end_what_it_opened(self, program: Execution) -> None:
        """What a worker sent before it was stopped must not go on when its CALL has ended."""
        if program.opens and program.ended_by is not None:
            for each in self._from(program):
                each.ended_by = each.ended_by or program.ended_by

    def _end(self, chosen: list[Execution], why: SqlError) -> None:
        with self._lock:
            for execution in chosen:
                execution.ended_by = execution.ended_by or why
            stops = [stop for execution, stop in self._stops if execution in chosen]
            works = any(each in chosen and not each.has_effect for each in self._active)
            if works and not self._undisturbed:
                # within the lock: it must not reach a commit that begins meanwhile
                self._interrupt()
        for stop in stops:
            stop()

    def _give_up(self, execution: Execution, why: SqlError) -> None:
        with self._lock:
            if execution.unheard is None or execution.is_given_up:
                return
            if execution not in self._all or self._is_open(execution):
                return
            for each in self._from(execution):
                each.is_given_up |= each is execution or each.unheard is None
        execution.unheard(why)

    def _is_open(self, execution: Execution) -> bool:
        """Whether it may still take effect, or do something that is no commit, though it was ended.

        A program is given up for the statement in it that does not hear; it does nothing itself.
        """
        if not execution.opens:
            return execution.has_effect or execution.is_awaited or execution.ended_by is None
        first, *inner = self._from(execution)
        running = [each for each in inner if not each.opens]
        busy = any(each.has_effect or each.is_awaited for each in (first, *inner))
        return busy or not running or any(each.ended_by is None for each in (first, *running))

    def _mine(self) -> list[Execution]:
        """The statements of this thread, the innermost last."""
        mine: list[Execution] | None = getattr(self._threads, "executions", None)
        if mine is None:
            mine = self._threads.executions = []
        return mine


def _check(executions: list[Execution]) -> None:
    for execution in executions:
        if execution.ended_by is not None and not execution.has_effect:
            raise copied(execution.ended_by)
