"""What a session is from its opening to its end: its lock, names, settings, and how to stop it.

Owns one DuckDB connection and its transaction. Knows no statement, and writes nothing.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager

from sfdag_magics.engine.borders.account_names import SYSTEM_ROLES, WAREHOUSE
from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import (
    SessionOptions,
    Value,
)
from sfdag_magics.engine.sql.sessions.executions import Executions
from sfdag_magics.engine.sql.sessions.lendings import Lendings
from sfdag_magics.engine.sql.sessions.names_there import (
    begun_in,
    filled_in,
    has_database,
    has_schema,
    name_behind,
    relation_of,
)
from sfdag_magics.engine.sql.sessions.parameters import limits_of, session_parameters
from sfdag_magics.engine.sql.sessions.session_zone import follow_zone, is_utc
from sfdag_magics.engine.sql.sessions.shared import Shared
from sfdag_magics.engine.sql.stored.claims import Claim
from sfdag_magics.engine.sql.stored.loading import Around
from sfdag_magics.engine.sql.stored.transaction import SessionTransaction
from sfdag_magics.engine.store.catalogue import CatalogueView, Key
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.sqltext import QualifiedName


class OpenSession:
    """The part of `ports.SqlSession` that is about the session itself. Any thread."""

    def __init__(self, shared: Shared, options: SessionOptions) -> None:
        self.shared = shared
        self.id = str(secrets.randbelow(10**15))  # clients take a session's id for a number
        self.user = options.user
        self.role = options.role
        self.warehouse = options.warehouse
        #: By kind, what the session may name of the account though nobody has made it.
        self.unmade: Mapping[str, frozenset[str | None]] = {
            "ROLE": frozenset((options.role, *SYSTEM_ROLES)),
            "USER": frozenset((options.user,)),
            "WAREHOUSE": frozenset((options.warehouse, WAREHOUSE)),
        }
        self.database, self.schema = begun_in(shared.catalogue, options)
        self.attempt_id = options.attempt_id
        self.parameters: dict[str, Value] = session_parameters(options.parameters)
        #: Session variables by upper-case name.
        self.variables: dict[str, Value] = {}
        #: What only this session sees.
        self.temporary: dict[Key, ObjectFact] = {}
        #: Grows with what this session changes that its translations relied on.
        self.changes = 0
        #: Whether only columns are asked for: functions that do something are not called.
        self.describing = False
        #: Tables that only the running statement sees, by stored name.
        self.relations: Mapping[str, Result] = {}
        #: The streams that queries have read, for who reads them for good.
        self.streams_read: dict[str, ObjectFact] = {}
        self.connection = shared.store.connect()
        if not is_utc(zone := str(self.parameters["TIMEZONE"])):
            follow_zone(self.connection, zone)
        self.lock = threading.RLock()
        self.executions = Executions(
            self.lock,
            self.connection.interrupt,
            shared.watch,
            lambda: limits_of(self.parameters),
        )
        self.transaction = SessionTransaction(
            self.connection,
            shared.clock,
            cancelled=lambda: self.executions.must_end,
            crowded=shared.watch.is_crowded,
            lock_timeout_s=lambda: float(self.parameters["LOCK_TIMEOUT"]),
            effects=self.executions,
        )
        self.query_ids: list[str] = []
        self._answers: list[tuple[str, Result]] = []
        self.lendings = Lendings()
        self._facts: FactsTransaction | None = None
        #: Of the transaction of these facts.
        self._claim: Claim | None = None
        #: Of the running COPY, for the writes of its INSERT.
        self._around: Around | None = None
        self._closed = False

    # -- names and the catalogue --------------------------------------------------------------

    def has_of_account(self, kind: str, name: str) -> bool:
        """Whether a warehouse, role or user may be named."""
        made = self.shared.catalogue.get((kind, "", "", name, ""))
        return made is not None or name in self.unmade[kind]

    def resolve(self, name: QualifiedName) -> QualifiedName:
        """The name with the current database and schema filled in."""
        return filled_in(name, self.database, self.schema)

    def relation(self, name: QualifiedName) -> ObjectFact | None:
        """The table or view of a fully qualified name; a temporary one hides a permanent one."""
        return relation_of(name, self.temporary.get, self.shared.catalogue.get)

    def catalogue(self) -> CatalogueView:
        """The catalogue for reading, this session's temporary objects included."""
        return CatalogueView(self.shared.catalogue, self.temporary)

    @property
    def relied_on(self) -> Hashable:
        """What a translation relies on, besides its text: another value, another translation."""
        own = (self.id, self.changes) if self.temporary else None
        parameters = tuple(self.parameters.items())
        return self.shared.catalogue.version, own, self.database, self.schema, parameters

    def database_exists(self, database: str) -> bool:
        """Whether a database is there."""
        return has_database(self.shared.catalogue, database)

    def schema_exists(self, database: str, schema: str) -> bool:
        """Whether a schema is there, INFORMATION_SCHEMA of every database included."""
        return has_schema(self.shared.catalogue, database, schema)

    @property
    def transaction_id(self) -> str:
        """Names the open transaction; empty where none is."""
        return self.transaction.id

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once what the session did is durable; never after a rollback."""
        with self.lock:
            self.transaction.after_commit(action)

    # -- the end of things --------------------------------------------------------------------

    def on_cancel(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """While inside, `cancel()` also calls `stop`."""
        return self.executions.on_end(stop)

    def cancel(self, query_id: str | None = None) -> None:
        """Stop what runs or waits, from any thread: it fails with code 604."""
        self.executions.end(query_id)

    def check_cancelled(self) -> None:
        """Raises SqlError when what runs must end: cancelled, or beyond a limit."""
        self.executions.check()

    def close(self) -> None:
        """Roll back what is open, drop what is temporary; nobody waits for what was given up."""
        if not self.executions.behind_given_up(self._close):
            self._close()

    def _close(self) -> None:
        with self.lock:
            if self._closed:
                return
            self._closed = True
            self.transaction.rollback()
            gone = tuple(self.temporary.values())
            self.temporary.clear()
            self.connection.close()
        self.shared.dropped(gone)

    def name_of(self, physical: str) -> str | None:
        """What the user calls the object that DuckDB knows by this name."""
        return name_behind(physical, self.temporary, self.shared.catalogue.all())
