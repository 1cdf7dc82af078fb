"""Ends statements at chosen moments of their way to a commit. Nothing waits, nothing is timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.sql.sessions.session import own_session

WHY = SqlError("its time is over.", code=630, sqlstate="57014")


class Moment(StrEnum):
    """Where a statement is when it is ended and given up."""

    BEFORE = "before its commit"
    DURING = "during its commit"
    AFTER = "after its commit"


class Ender:
    """Ends what a session carries out at one moment, as the warden does.

    Attributes:
        told: what was given up, in the words that its client heard.
    """

    def __init__(self, session: SqlSession, moment: Moment) -> None:
        self.session = session
        self._executions = own_session(session).executions
        self._effect = self._executions.effect
        self._moment = moment
        self.told: list[SqlError] = []

    def run(self, session: SqlSession, text: str, **more: Any) -> Any:
        """Carry a statement out; its answer, or the error that it ended with."""
        with self.ending():
            try:
                return session.execute(text, unheard=self.told.append, **more)
            except SqlError as problem:
                return problem

    @contextmanager
    def ending(self) -> Iterator[None]:
        """While inside, what the session carries out is ended at the moment."""
        self._executions.effect = self._ended  # type: ignore[method-assign]
        try:
            yield
        finally:
            self._executions.effect = self._effect  # type: ignore[method-assign]

    @contextmanager
    def _ended(self, *, own: bool = True) -> Iterator[None]:
        if self._moment is Moment.BEFORE:
            self.end()
        with self._effect(own=own):
            if self._moment is Moment.DURING:
                self.end()
            yield
        if self._moment is Moment.AFTER:
            self.end()

    def end(self) -> None:
        """What the warden does, again and again, to a statement that does not hear."""
        for execution in list(self._executions._all):
            execution.end(WHY)
            execution.give_up(WHY)
