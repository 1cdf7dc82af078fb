"""The sessions that clients hold, by the id in their tokens. Knows no HTTP and no SQL.

A session outlives the engine: its names and parameters are noted, and it is opened again when its
token is used after a restart or a long idle time. A statement that an earlier engine began and a
client sends again gets the answer it had, or is carried out if it certainly was not. What cannot be
brought back is never passed over in silence: the first statement after the loss of a transaction
fails, so does each statement of that transaction that is sent again, and so does the retry of a
statement of which nobody knows whether it was carried out.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import field, replace

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import OpenSession, Outcomes, SessionOptions, SqlSession
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.begun import Begun, BegunFile
from sfdag_magics.engine.wire.notes import NoteFile, Notes, SessionNote
from sfdag_magics.engine.wire.reading import only_reads
from sfdag_magics.light_classes import dataclass

_log = logging.getLogger(__name__)

# As long as a master token lives in Snowflake. Afterwards the session rests in its note.
IDLE_S = 4 * 3600

_LOST_TRANSACTION = (
    "The open transaction was rolled back, because the engine was restarted. Nothing of it was"
    " written; this statement was not run. Begin the transaction again."
)
_UNKNOWN_OUTCOME = (
    "The engine was restarted while this statement ran. It may or may not have taken effect; it"
    " was not run again."
)
_LOOK = "Look at the data before repeating it."
_NOT_DONE = (
    "The engine was restarted before this statement took effect: nothing of it was written. Run it"
    " again."
)
# To know whether a statement can be repeated it is read; a longer one is of unknown outcome.
_LONGEST_LOOKED_AT = 20_000
# Snowflake's SQLSTATE classes: 40 transaction rollback; 40003 statement completion unknown.
_CODE = 603


@dataclass(slots=True, eq=False)
class WireSession:
    """One client's hold on a session.

    Attributes:
        ticket: of a guest, the ticket it came in with; the session is then its caller's.
        lost_transaction: the id of the transaction that the engine died with, until that is told.
        before: what an earlier engine began, by query id.
    """

    id: str
    session: SqlSession
    outcomes: Outcomes
    last_used: float
    ticket: str = ""
    lost_transaction: str = ""
    before: Mapping[str, Begun] = field(default_factory=dict)
    note: NoteFile | None = None
    begun: BegunFile | None = None
    #: Guards `lost_transaction` and the files.
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_noted(self) -> bool:
        """Whether it outlives the engine; guests die with it."""
        return self.note is not None

    def begin(self, query_id: str, text: str) -> Result | None:
        """Note that a statement begins; its answer, if an earlier engine carried it out already.

        Raises:
            SqlError: the engine was restarted, and something was lost with it.
        """
        before = self.before.get(query_id)
        if before is not None:
            known = self.outcomes.again(query_id, text, self.session)
            if known is not None:
                self.settle()
                return known
            if before.transaction_id:
                raise _lost_transaction()
            if not (before.can_repeat or self.outcomes.can_repeat(text)):
                raise _unknown_outcome(self.outcomes.advice(text))
        with self.lock:
            if self.lost_transaction:
                self._tell_loss(query_id)
            if not only_reads(text):
                self._add(Begun(query_id=query_id, transaction_id=self.session.transaction_id))
            self._write()
        return None

    def announce(self, query_id: str, text: str) -> None:
        """Note a statement that may begin later, and whose client waits for no answer."""
        can_repeat = len(text) <= _LONGEST_LOOKED_AT and self.outcomes.can_repeat(text)
        with self.lock:
            transaction_id = self.session.transaction_id
            self._add(
                Begun(query_id=query_id, transaction_id=transaction_id, can_repeat=can_repeat)
            )

    def require_known(self, query_id: str) -> None:
        """Raises SqlError where an earlier engine began a statement, and left no outcome of it."""
        before = self.before.get(query_id)
        if before is None:
            return
        if before.transaction_id:
            raise _lost_transaction()
        if before.can_repeat:
            raise SqlError(_NOT_DONE, code=_CODE, sqlstate="40000")
        raise _unknown_outcome()

    def _tell_loss(self, query_id: str) -> None:
        """Refuse a statement, and note that first: its client may not hear it, and ask again."""
        self._add(Begun(query_id=query_id, transaction_id=self.lost_transaction))
        self.lost_transaction = ""
        self._write()
        raise _lost_transaction()

    def _add(self, statement: Begun) -> None:
        if self.begun is not None:
            self.begun.add(statement)

    def settle(self) -> None:
        """Note what a statement may have changed: names, parameters, the transaction."""
        with self.lock:
            self._write()

    def _write(self) -> None:
        if self.note is not None:
            self.note.write(note_of(self.session))

    def rest(self) -> None:
        """Close the session and keep its note; a guest only leaves."""
        if not self.ticket:
            self.session.close()
        with self.lock:
            files = (self.note, self.begun)
            self.note = self.begun = None
        for file in files:
            if file is not None:
                file.close()


def _lost_transaction() -> SqlError:
    return SqlError(_LOST_TRANSACTION, code=_CODE, sqlstate="40000")


def _unknown_outcome(advice: str = _LOOK) -> SqlError:
    return SqlError(f"{_UNKNOWN_OUTCOME} {advice}", code=_CODE, sqlstate="40003")


def note_of(session: SqlSession) -> SessionNote:
    """What is worth noting of a session."""
    return SessionNote(
        user=session.user,
        role=session.role,
        warehouse=session.warehouse,
        database=session.database,
        schema=session.schema,
        parameters=dict(session.parameters),
        transaction_id=session.transaction_id,
    )


class Sessions:
    """All sessions of the wire. Any thread.

    Args:
        open_session: opens one; this registry closes it.
        tickets: of the workers, who enter sessions that are open already.
        outcomes: of what earlier engines carried out.
        notes: where sessions are noted.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        open_session: OpenSession,
        *,
        tickets: Tickets,
        outcomes: Outcomes,
        notes: Notes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_session = open_session
        self._tickets = tickets
        self._outcomes = outcomes
        self._notes = notes
        self._clock = clock
        self._lock = threading.Lock()
        #: Held while a session comes back: nobody may use it before it is whole.
        self._restoring = threading.Lock()
        self._sessions: dict[str, WireSession] = {}

    def open(self, options: SessionOptions) -> WireSession:
        """A new session.

        Raises:
            SqlError: its database or schema does not exist.
        """
        session = self._open_session(options)
        held = self._hold(secrets.token_hex(16), session)
        held.note = self._notes.open(held.id)
        held.begun = self._notes.begun(held.id)
        held.settle()
        return self._keep(held)

    def _hold(self, session_id: str, session: SqlSession, *, ticket: str = "") -> WireSession:
        return WireSession(session_id, session, self._outcomes, self._clock(), ticket=ticket)

    def enter(self, ticket: str) -> WireSession | None:
        """A guest's hold on the session of a ticket; None when the ticket is dead."""
        self._forget_guests()
        session = self._tickets.session(ticket)
        if session is None:
            return None
        return self._keep(self._hold(secrets.token_hex(16), session, ticket=ticket))

    def _forget_guests(self) -> None:
        """Let go of guests whose procedures have ended: workers die without a word."""
        with self._lock:
            for held in tuple(self._sessions.values()):
                if held.ticket and self._tickets.session(held.ticket) is None:
                    del self._sessions[held.id]

    def find(self, session_id: str) -> WireSession | None:
        """A live session, which counts as used now."""
        with self._lock:
            held = self._sessions.get(session_id)
            if held is not None:
                held.last_used = self._clock()
        if held is not None and held.ticket and self._tickets.session(held.ticket) is None:
            self.end(session_id)
            return None
        return held

    def restore(self, session_id: str) -> WireSession | None:
        """A session from its note, under the same id; None when it has ended for good."""
        with self._restoring:
            live = self.find(session_id)  # another request was faster
            note = self._notes.read(session_id) if live is None else None
            if note is None:
                return live
            held = self._hold(session_id, self._open_as(note))
            if note.transaction_id and self._outcomes.outcome(note.transaction_id) is None:
                held.lost_transaction = note.transaction_id
            held.note = self._notes.open(session_id)
            held.begun = self._notes.begun(session_id)
            held.before = held.begun.begun()
            return self._keep(held)

    def end(self, session_id: str) -> None:
        """Close a session for good; unknown ones are ignored."""
        with self._lock:
            held = self._sessions.pop(session_id, None)
        if held is not None:
            held.rest()
        self._notes.remove(session_id)

    def rest_idle(self, is_busy: Callable[[str], bool]) -> None:
        """Close what nobody has used for long and no query keeps busy; notes stay."""
        latest = self._clock() - IDLE_S
        with self._lock:
            idle = [held for held in self._sessions.values() if held.last_used < latest]
            idle = [held for held in idle if not is_busy(held.id)]
            for held in idle:
                del self._sessions[held.id]
        for held in idle:
            _log.info("session %s rests after a long idle time", held.id[:8])
            held.rest()

    def close(self) -> None:
        """Close all; notes stay, so that clients find their sessions again."""
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        for held in sessions:
            held.rest()

    def __len__(self) -> int:
        return len(self._sessions)

    def _keep(self, held: WireSession) -> WireSession:
        with self._lock:
            return self._sessions.setdefault(held.id, held)

    def _open_as(self, note: SessionNote) -> SqlSession:
        options = SessionOptions(
            user=note.user,
            role=note.role,
            warehouse=note.warehouse,
            database=note.database,
            schema=note.schema,
            parameters=note.parameters,
        )
        try:
            return self._open_session(options)
        except SqlError:
            # Its database or schema was dropped meanwhile, as a live session would have noticed.
            return self._open_session(replace(options, database=None, schema=None))
