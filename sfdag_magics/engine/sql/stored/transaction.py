"""What a session has not committed yet, and how a failed statement leaves it intact.

DuckDB aborts a transaction at a statement that fails while it runs, and then reports success for a
COMMIT that has written nothing. So: what can be repeated exactly is repeated on a new transaction;
where that cannot be known, the transaction is poisoned and everything up to ROLLBACK fails, COMMIT
included. A transaction that has not written yet is not opened in DuckDB at all, so its queries see
what others commit, as in Snowflake.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field
from typing import Any, TypeVar

import duckdb

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.stored.commit_clock import CommitClock
from sfdag_magics.engine.store import changes
from sfdag_magics.engine.store.effects import Effects
from sfdag_magics.engine.store.outcomes import NOTE, note_parameters
from sfdag_magics.light_classes import dataclass

_T = TypeVar("_T")

#: A conflict between single statements is over when the other one has committed: so long is waited
#: whatever LOCK_TIMEOUT says, and before two that hold each other up are taken for that.
_CONFLICT_S = 1.0
#: Between two tries: at first, by how much it grows, at most.
_RETRY_WAIT_S, _GROWTH, _LONGEST_WAIT_S = 0.005, 1.05, 0.25
_OUTDATED, _OUTDATED_ALONE = 5, 200
#: A statement that is out of memory after longer has taken it itself; another one's is given back
#: when that statement is ended for it.
_INNOCENT_S = 0.5
_SHORTAGES = 10
_SHORTAGE_WAIT_S = 0.2
#: Snowflake's code where a lock was not released.
_LOCKED = 625
#: Nothing ends a pause but its time.
_PAUSE = threading.Event()
_GONE = re.compile(r"Table with name [ths]_[0-9a-f]{32} does not exist")
#: What DuckDB says where somebody else was faster, or has dropped a table and not committed it yet.
_CONFLICT = re.compile(r"onflict|Attempting to modify table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One DuckDB statement that writes.

    Attributes:
        exact: whether it does the same again on the same data: no random values, no sequences, no
            rows picked in an order nobody fixed.
        fresh: whether it reads nothing (INSERT … VALUES of constants), so that it does the same on
            other data as well.
        is_change: whether its commit gets a number: it changes a table that has a stream.
        table: the DuckDB table whose rows it changes, where it is one of a user's.
    """

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = True
    fresh: bool = False
    is_change: bool = False
    table: str = ""


#: What each write answered, in DuckDB's rows.
Answers = list[list[tuple[Any, ...]]]
#: What is written with a statement's writes, so that its outcome is known when its answer is lost.
Note = Callable[[Answers], Write]


def note_of(query_id: str, answer: str | None = None) -> Write:
    """The write that notes an outcome; it does the same again on any data."""
    return Write(sql=NOTE, parameters=note_parameters(query_id, answer), fresh=True)


class SessionTransaction:
    """The transaction of one session; used with the session's lock held."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        clock: CommitClock,
        cancelled: Callable[[], bool],
        crowded: Callable[[], bool],
        lock_timeout_s: Callable[[], float],
        effects: Effects,
    ) -> None:
        self._connection = connection
        self._effects = effects
        self._clock = clock
        self._cancelled = cancelled
        self._crowded = crowded
        self._lock_timeout_s = lock_timeout_s
        self._started = False
        self._poisoned = False
        self._mark = (0, 0)
        self._log: list[Write] = []
        self._after: list[Callable[[], None]] = []
        #: Whether BEGIN was said (or implied, without autocommit) and nothing ended it.
        self.is_open = False
        #: Names the open transaction; its outcome is noted under it.
        self.id = ""
        #: The last commit that streams show in the open transaction; None where none is open.
        self._shown: int | None = None
        #: Ids of the streams that the open transaction has read for good.
        self.consumed: set[str] = set()

    def begin(self, shown: int | None = None) -> None:
        """Open a transaction; inside one, nothing changes.

        `shown` is the last commit that streams have shown the statement that opens it, if any have.
        """
        if not self.is_open:
            self.id = str(uuid.uuid4())
            self._shown = self._clock.last_change if shown is None else shown
        self.is_open = True

    def check(self) -> None:
        """Raises SqlError when only ROLLBACK is left."""
        if self._poisoned:
            raise SqlError(
                "The transaction cannot go on: a failed statement undid its earlier changes, and"
                " they could not be repeated exactly. ROLLBACK, then run the transaction again.",
                code=90250,
                sqlstate="25P02",
            )

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` when the open transaction is durable; at once where none is open."""
        if self.is_open:
            self._after.append(action)
        else:
            action()

    def shown_changes(self) -> int:
        """The number of the last commit that streams show now.

        In an open transaction they show the same until it ends: what was there at its beginning.
        """
        if self._shown is None:
            return self._clock.last_change
        self._start()
        return self._shown

    def commit(self, *notes: Write, own: bool = True) -> None:
        """Make everything since BEGIN durable and visible, and `notes` with it.

        `own` is whether the running statement is there for that.

        Raises:
            SqlError: the transaction was poisoned, or the statement was ended; it is still open.
            duckdb.Error: DuckDB refused; everything since BEGIN is undone.
        """
        self.check()
        if self._started:
            # DuckDB says yes to the COMMIT of an aborted transaction, but not to a query in it
            self._connection.execute("SELECT 1")
            with self._effects.effect(own=own), self._clock.committing():
                try:
                    for note in (note_of(self.id), *notes):
                        self._run(note)
                    self._commit(self._log)
                except duckdb.Error:
                    self.rollback()
                    raise
        after = self._after
        self._forget()
        for action in after:
            action()

    def rollback(self) -> None:
        """Undo everything since BEGIN."""
        if self._started:
            self.rollback_quietly()
        self._forget()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Around a query in the transaction, if there is one."""
        self.check()
        try:
            yield
        except duckdb.Error:
            self._recover()
            raise

    def write(self, writes: Sequence[Write], note: Note | None = None) -> Answers:
        """Carry out one user statement's writes and its note, all or none; what each answered."""
        self.check()
        if not self.is_open:
            return self._write_alone(writes, note)
        self._start()
        answers: Answers = []
        try:
            for write in writes:
                answers.append(self._run(write))
            with self._effects.effect():
                noted = () if note is None else (note(answers),)
                for each in noted:
                    self._run(each)
                self._log.extend((*writes, *noted))
        except (duckdb.Error, SqlError):
            self._recover(partly_done=bool(answers))
            raise
        return answers

    def retried(self, work: Callable[[], _T], *, finds_names: bool = True) -> _T:
        """`work`, again while it loses against somebody else's write, drop or use of memory.

        `finds_names` is whether it would find what a table that was replaced is called now.

        Raises:
            SqlError: another transaction's writes stood in the way for too long.
        """
        outdated = shortages = 0
        pause_s = _RETRY_WAIT_S
        locked_since: float | None = None
        with ExitStack() as waiting:
            while True:
                began = time.monotonic()
                try:
                    return work()
                except duckdb.TransactionException as problem:
                    if not _CONFLICT.search(str(problem)) or self._cancelled():
                        raise
                    if locked_since is None:
                        locked_since = began
                        if self._log:
                            waiting.enter_context(self._clock.holding_while_waiting())
                    self._check_patience(time.monotonic() - locked_since)
                except duckdb.CatalogException as problem:
                    # a table was replaced between finding its name and running the statement
                    outdated += 1
                    most = _OUTDATED if self._started else _OUTDATED_ALONE  # its snapshot stays old
                    is_over = not finds_names or outdated > most or self._cancelled()
                    if is_over or not _GONE.search(str(problem)):
                        raise
                except (duckdb.OutOfMemoryException, MemoryError):
                    shortages += 1
                    guilty = time.monotonic() - began > _INNOCENT_S or not self._crowded()
                    if guilty or shortages > _SHORTAGES or self._cancelled():
                        raise
                    _PAUSE.wait(_SHORTAGE_WAIT_S)
                _PAUSE.wait(pause_s)
                pause_s = min(pause_s * _GROWTH, _LONGEST_WAIT_S)

    def _check_patience(self, waited_s: float) -> None:
        """Raises SqlError where another transaction's writes have been waited for long enough."""
        if waited_s < _CONFLICT_S:
            return
        if self._log and self._clock.holders_waiting > 1:
            raise _locked("waits for this one's in turn", "ROLLBACK, then run this one again")
        limit_s = self._lock_timeout_s()
        if waited_s > limit_s:
            raise _locked(
                f"has not ended within the {limit_s:g} seconds of LOCK_TIMEOUT",
                "End that one (COMMIT or ROLLBACK), then run this statement again, or let it wait"
                " longer: ALTER SESSION SET LOCK_TIMEOUT = seconds",
            )

    def _write_alone(self, writes: Sequence[Write], note: Note | None) -> Answers:
        def work() -> Answers:
            with self._clock.committing():
                self._connection.execute("BEGIN TRANSACTION")
                try:
                    answers = [self._run(write) for write in writes]
                    with self._effects.effect():
                        if note is not None:
                            self._run(note(answers))
                        self._commit(writes)
                except BaseException:
                    self.rollback_quietly()
                    raise
                return answers

        return self.retried(work, finds_names=False)

    def _commit(self, writes: Sequence[Write]) -> None:
        tables = {write.table for write in writes if write.table}
        with self._clock.claims.committing(tables):
            if not any(write.is_change for write in writes):
                self._connection.execute("COMMIT")
                return
            with self._clock.numbering() as number:
                self._run(Write(sql=changes.NUMBERED, parameters=changes.numbered(number)))
                self._connection.execute("COMMIT")

    def rollback_quietly(self) -> None:
        """End DuckDB's transaction, whatever state it is in."""
        # a failed COMMIT has ended it
        with suppress(duckdb.Error), self._effects.undisturbed():
            self._connection.execute("ROLLBACK")

    def _run(self, write: Write) -> list[tuple[Any, ...]]:
        parameters = dict(write.parameters) or None
        rows: list[tuple[Any, ...]] = self._connection.execute(write.sql, parameters).fetchall()
        return rows

    def _start(self) -> None:
        if self._started:
            return
        self._mark = self._clock.now()
        self._connection.execute("BEGIN TRANSACTION")
        # the snapshot is taken by the first statement that reads, not by BEGIN
        self._connection.execute("SELECT version FROM registry.format").fetchall()
        self._started = True

    def _recover(self, *, partly_done: bool = False) -> None:
        """Bring back what a failed statement made DuckDB undo, or poison the transaction."""
        with self._effects.undisturbed():
            self._brought_back(partly_done=partly_done)

    def _brought_back(self, *, partly_done: bool) -> None:
        if not self._started or (not partly_done and not self._is_aborted()):
            return
        self.rollback_quietly()
        self._started = False
        if self._log and not self._replay():
            self.rollback_quietly()
            self._started = False
            self._poisoned = True

    def _replay(self) -> bool:
        mark = self._mark
        self._start()
        unchanged = self._clock.now() == mark
        exact = unchanged and all(write.exact for write in self._log)
        if not exact and not all(write.fresh for write in self._log):
            return False
        try:
            for write in self._log:
                self._run(write)
        except duckdb.Error:
            return False
        return True

    def _is_aborted(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except duckdb.TransactionException:
            return True
        return False

    def _forget(self) -> None:
        self.is_open = False
        self.id = ""
        self._shown = None
        self.consumed = set()
        self._started = False
        self._poisoned = False
        self._log = []
        self._after = []


def _locked(why: str, advice: str) -> SqlError:
    return SqlError(
        f"Another session's transaction has written the same rows and {why}. Nothing of this"
        f" statement was done. {advice}.",
        code=_LOCKED,
        sqlstate="57014",
    )
