"""Sees that no statement takes the machine: its time, its memory, and what stays when it ended.

One thread for all sessions of an engine, awake only while statements run. Ending a statement is
insisted on, because one that is between two steps of its work has nothing that could be stopped;
and one whose step is long is given up, so that nobody waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.budget import MEMORY_VARIABLE, Budget, size_text
from sfdag_magics.engine.sql.sessions.executions import Execution
from sfdag_magics.engine.sql.sessions.process_memory import Memory
from sfdag_magics.light_classes import dataclass

_log = logging.getLogger(__name__)

_LOOK_S = 0.1
# A statement is not blamed for the engine's memory before it had the time to take some; and the
# one that was ended gets the time to give it back before the next one is. Nor is one blamed that
# took less than this part of what another one did since memory was last low: it may be held up by
# that one, however long. A statement's own thread takes part in all that DuckDB does for it
# (*measured*: of eight threads an eighth of the pages; `SELECT 1` some tens of them).
_INNOCENT_S = 0.3
_PATIENCE_S = 1.0
_PART_OF_MOST = 0.5
_LOW = 0.5  # of the alarm
# A statement that was ended and goes on for longer than this is in a step that cannot be stopped.
_DEAF_S = 1.0
# Beyond what a statement may take: threads begin and answers are written.
_SLACK = 64 * 1024**2
# How long after the last look at it memory that was given back is handed to the system.
_TIDY_S = 2.0


@dataclass(slots=True)
class _Taking:
    """What a statement's thread had taken when it began, or when memory was last low."""

    thread: int
    before: int


class Warden:
    """Implements `executions.Watch`. Any thread; `start` and `close` it once.

    Args:
        memory: of the process.
        tidy: lets go of what nobody needs; called after statements ran.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        budget: Budget,
        memory: Memory,
        tidy: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._budget = budget
        self._memory = memory
        self._tidy = tidy
        self._clock = clock
        self._changed = threading.Condition()
        self._running: dict[Execution, _Taking] = {}
        self._is_untidy = False
        self._is_closed = False
        self._ended_one = self._tidied = clock()
        self._thread = threading.Thread(target=self._watch, name="sfdag-warden", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()
        self._memory.allow_all()

    def now(self) -> float:
        """The time that executions begin at."""
        return self._clock()

    def began(self, execution: Execution) -> None:
        """See a statement to its end; called by the thread that carries it out."""
        taking = _Taking(*self._memory.taken_here())
        with self._changed:
            self._running[execution] = taking
            if not self._is_untidy:
                self._is_untidy = True
                self._changed.notify()

    def ended(self, execution: Execution) -> None:
        """It needs no watching any more."""
        with self._changed:
            del self._running[execution]

    def is_crowded(self) -> bool:
        """Whether more than one statement runs now."""
        return len(self._running) > 1

    def look(self) -> None:
        """Do what is due now."""
        with self._changed:
            running = dict(self._running)
        for execution in running:
            why = execution.ended_by or self._overdue(execution)
            if why is not None:
                self._insist(execution, why)
        if running:
            self._see_to_memory(running)
        if self._clock() - self._tidied > _TIDY_S:
            self._tidied = self._clock()
            self._tidy()
            self._memory.release()
            with self._changed:
                self._is_untidy = bool(self._running)

    def _insist(self, execution: Execution, why: SqlError) -> None:
        execution.end(why)
        now = self._clock()
        execution.ended = now if execution.ended is None else execution.ended
        if now - execution.ended > _DEAF_S:
            execution.give_up(why)

    def _see_to_memory(self, running: Mapping[Execution, _Taking]) -> None:
        own = self._memory.own()
        if own <= self._budget.alarm * _LOW:
            for taking in running.values():
                taking.before = self._memory.taken_by(taking.thread)
        if own <= self._budget.alarm:
            self._memory.allow(self._budget.alarm - own + _SLACK)
        else:  # what was allowed last stays the bound
            self._end_the_last(running)

    def _overdue(self, execution: Execution) -> SqlError | None:
        limit_s = execution.limit_s
        if not limit_s or self._clock() - execution.begun < limit_s:
            return None
        return SqlError(
            f"Statement reached its statement or warehouse timeout of {limit_s:,} second(s) and"
            " was canceled.",
            code=630,
            sqlstate="57014",
        )

    def _end_the_last(self, running: Mapping[Execution, _Taking]) -> None:
        """End the statement that began last of those that may have taken the memory."""
        now = self._clock()
        taken = {
            execution: self._memory.taken_by(taking.thread) - taking.before
            for execution, taking in running.items()
            if not execution.opens
            and execution.ended_by is None
            and now - execution.begun > _INNOCENT_S
        }
        if not taken or now - self._ended_one < _PATIENCE_S:
            return
        self._ended_one = now
        most = max(taken.values())
        suspects = [each for each, own in taken.items() if own >= most * _PART_OF_MOST]
        chosen = max(suspects, key=lambda execution: execution.begun)
        _log.warning("out of memory: ends statement %s", chosen.query_id)
        chosen.end(self._out_of_memory())

    def _out_of_memory(self) -> SqlError:
        return SqlError(
            f"The embedded engine has taken {size_text(self._budget.alarm)} of memory and may take"
            f" {size_text(self._budget.memory)}; this statement was ended because it began last"
            " of those that take much."
            " Make it smaller (single values of many megabytes? very long arrays?), or let the"
            f" engine take more: stop it (sfdag local stop) and set {MEMORY_VARIABLE}, such as"
            f" {MEMORY_VARIABLE}=60%, where it is started.",
            code=300005,
            sqlstate="53200",
        )

    def _watch(self) -> None:
        while not self._is_over():
            self.look()

    def _is_over(self) -> bool:
        """Wait for the next look, however long nothing runs; whether there is none any more."""
        with self._changed:
            if self._is_untidy:
                self._changed.wait_for(lambda: self._is_closed, _LOOK_S)
            else:
                self._changed.wait_for(lambda: self._is_closed or self._is_untidy)
            return self._is_closed
