"""One Snowflake session on one DuckDB connection: its lock, names, transaction, and how to stop it.

Implements `ports.SqlSession`, and offers the handlers of this folder and of the features what they
need beyond it (`ports.TableAccess`). Knows no kind of statement: that is `sql_engine.py`.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.object_facts import FilesLoaded, LoadedFile, ObjectFact
from sfdag_magics.engine.borders.ports import (
    Bindings,
    SessionOptions,
    SqlSession,
    Statement,
    Unheard,
    Value,
)
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.results.in_snowflakes_words import answered
from sfdag_magics.engine.sql.results.result_cache import is_small
from sfdag_magics.engine.sql.sessions.executions import Execution, Executions
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
from sfdag_magics.engine.sql.sessions.shared import Shared
from sfdag_magics.engine.sql.stored.loading import Around, around, known
from sfdag_magics.engine.sql.stored.lost_answers import ALL_OR_NOTHING, has_one_effect, noted_answer
from sfdag_magics.engine.sql.stored.transaction import Answers, SessionTransaction, Write, note_of
from sfdag_magics.engine.store import loads
from sfdag_magics.engine.store.catalogue import CatalogueView, Key
from sfdag_magics.engine.store.facts import FactsTransaction, facts_transaction
from sfdag_magics.errors import InternalError
from sfdag_magics.sqltext import QualifiedName

#: A session's own last statements, with their small answers, whatever others have asked meanwhile.
_KEPT_QUERY_IDS = 100


class Session:
    """See `ports.SqlSession`. Any thread."""

    def __init__(self, shared: Shared, options: SessionOptions) -> None:
        self.shared = shared
        self.id = str(secrets.randbelow(10**15))  # clients take a session's id for a number
        self.user = options.user
        self.role = options.role
        self.warehouse = options.warehouse
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
        self.connection = shared.store.connect()
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
        #: Of the running COPY, for the writes of its INSERT.
        self._around: Around | None = None
        self._closed = False

    # -- statements ---------------------------------------------------------------------------

    def execute(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        noted: bool = False,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one statement and wait for it. Raises SqlError; the session stays usable."""
        identity = query_id or str(uuid.uuid4())
        with self.executions.begun(identity, limit_s=limit_s, unheard=unheard) as execution:
            statement = classify(text, identity, bindings)
            answer = self._carry_out(statement, execution, noted=noted)
            result = answered(lambda: self.shared.drain.settled(answer), self.name_of)
        self.remember(identity, result)
        return result

    def carry_out(self, statement: Statement) -> Result:
        """Run a classified statement; its result is not remembered under its id."""
        with self.executions.begun(statement.query_id) as execution:
            return self._carry_out(statement, execution)

    def _carry_out(
        self, statement: Statement, execution: Execution, *, noted: bool = False
    ) -> Result:
        execution.opens = statement.kind in self.shared.unlocked
        execution.noted |= noted and statement.kind in ALL_OR_NOTHING
        if not has_one_effect(statement):
            self.executions.await_end(execution)
        if statement.kind != "ROLLBACK":
            self.transaction.check()
        if execution.opens:
            return answered(lambda: self.shared.dispatch(statement, self), self.name_of, statement)
        with self._turn(execution):
            return answered(lambda: self.shared.dispatch(statement, self), self.name_of, statement)

    @contextmanager
    def _turn(self, execution: Execution) -> Iterator[None]:
        """Around a statement that has the session for itself."""
        with self.executions.turn(execution), self.lendings.of_a_statement():
            yield

    def execute_over(
        self, text: str, relations: Mapping[str, Result], *, bindings: Bindings = ()
    ) -> Result:
        """Run one query or DML statement in which each name of `relations` is a table."""
        return self.carry_out_over(classify(text, str(uuid.uuid4()), bindings), relations)

    def carry_out_over(self, statement: Statement, relations: Mapping[str, Result]) -> Result:
        """The same for a classified statement."""
        return self._over(relations, statement, self.shared.dispatch)

    def describe_over(self, statement: Statement, relations: Mapping[str, Result]) -> Result:
        """The columns that `carry_out_over` would answer with, and no rows."""
        return self._over(relations, statement, self.shared.describe)

    def _over(
        self,
        relations: Mapping[str, Result],
        statement: Statement,
        work: Callable[[Statement, SqlSession], Result],
    ) -> Result:
        with (
            self.executions.begun(statement.query_id) as execution,
            self._turn(execution),
        ):
            outer, self.relations = self.relations, {**self.relations, **relations}
            try:
                return answered(lambda: work(statement, self), self.name_of, statement)
            finally:
                self.relations = outer

    def remember(self, query_id: str, result: Result) -> None:
        """Make an answer available to RESULT_SCAN and LAST_QUERY_ID."""
        self.shared.results.put(query_id, result)
        self.query_ids = [*self.query_ids[-_KEPT_QUERY_IDS:], query_id]
        if is_small(result):
            self._answers = [*self._answers[-_KEPT_QUERY_IDS:], (query_id, result)]

    def answer_of(self, query_id: str) -> Result | None:
        """The answer of a statement that ran lately, in this session or another."""
        return self.shared.results.get(query_id) or dict(self._answers).get(query_id)

    def describe(
        self,
        text: str,
        *,
        bindings: Bindings = (),
        query_id: str | None = None,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """The columns a statement would answer with, and no rows; nothing is changed."""
        identity = query_id or str(uuid.uuid4())
        with self.executions.begun(identity, limit_s=limit_s, unheard=unheard) as execution:
            statement = classify(text, identity, bindings)
            with self._turn(execution):
                self.describing = True
                try:
                    return answered(
                        lambda: self.shared.describe(statement, self), self.name_of, statement
                    )
                finally:
                    self.describing = False

    def execute_batch(
        self,
        text: str,
        rows: Sequence[Sequence[Value]],
        *,
        query_id: str | None = None,
        noted: bool = False,
        limit_s: int | None = None,
        unheard: Unheard | None = None,
    ) -> Result:
        """Run one DML statement for many rows of positional values, as one statement."""
        identity = query_id or str(uuid.uuid4())
        with self.executions.begun(
            identity, noted=noted, limit_s=limit_s, unheard=unheard
        ) as execution:
            statement = classify(text, identity, ())
            with self._turn(execution):
                result = answered(
                    lambda: self.shared.batch(statement, rows, self), self.name_of, statement
                )
        self.remember(identity, result)
        return result

    # -- names and the catalogue --------------------------------------------------------------

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

    @contextmanager
    def facts(self) -> Iterator[FactsTransaction]:
        """The catalogue for a DDL statement, in a transaction of its own."""
        with self.lock:
            if self._facts is not None:
                yield self._facts
                return
            self.transaction.commit(own=False)
            with (
                self.shared.clock.committing(),
                facts_transaction(
                    self.connection,
                    self.shared.catalogue,
                    self.temporary,
                    session_id=self.id,
                    owner=self.role,
                    effects=self.executions,
                ) as facts,
            ):
                self._facts = facts
                try:
                    yield facts
                    for note in self.notes():
                        self.connection.execute(note.sql, dict(note.parameters))
                finally:
                    self._facts = None
                    self.changes += 1
            facts.tell(self.shared)

    def database_exists(self, database: str) -> bool:
        """Whether a database is there."""
        return has_database(self.shared.catalogue, database)

    def schema_exists(self, database: str, schema: str) -> bool:
        """Whether a schema is there, INFORMATION_SCHEMA of every database included."""
        return has_schema(self.shared.catalogue, database, schema)

    # -- DuckDB, for handlers -----------------------------------------------------------------

    def run_duckdb(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """The rows of a DuckDB query. Not for text that a user wrote."""
        with self.lock:
            self.check_cancelled()
            self.shared.vocabulary.have_for(sql)
            relation = self.transaction.read(
                lambda: self.connection.sql(sql, params=parameters or None)
            )
            return self.transaction.read(relation.to_arrow_table)

    def write(self, *writes: Write, answer: Callable[[Answers], Result]) -> Result:
        """Carry writes out in the session's transaction, or in one of their own.

        The statement's `answer` is made of what each of them said, and noted with them.
        """
        with self.lock:
            self.check_cancelled()
            if not self.parameters["AUTOCOMMIT"]:
                self.transaction.begin()
            if self._around is not None:
                said = self.transaction.write(self._around.writes(writes), self._around.note)
                return answer(self._around.inner(said))
            noted = self.executions.noted_id
            note = partial(_note, noted, answer) if noted else None
            return answer(self.transaction.write(writes, note))

    def loaded_files(self, table_id: str) -> Mapping[str, LoadedFile]:
        """What a table has loaded, as this session's transaction sees it."""
        return known(self.run_duckdb(loads.KNOWN, {"table_id": table_id}).to_pylist())

    def load(
        self,
        insertion: str | None,
        relations: Mapping[str, Result],
        files: FilesLoaded,
        answer: Result,
    ) -> None:
        """Carry out an INSERT over `relations`, or none, and remember `files`, in one commit."""
        with self.lock:
            self._around = around(files, answer, self.executions.noted_id)
            try:
                if insertion is None:
                    answered(lambda: self.write(answer=lambda _: answer), self.name_of)
                else:
                    self.execute_over(insertion, relations)
            finally:
                self._around = None

    def note(self, answer: Result) -> None:
        """Keep the running statement's answer, if it is noted, behind an effect outside DuckDB."""
        if self.executions.noted_id:
            self.write(answer=lambda _: answer)

    def notes(self) -> tuple[Write, ...]:
        """What is to be written with the effect of the running statement, where it is noted."""
        noted = self.executions.noted_id
        return (note_of(noted),) if noted else ()

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


def _note(query_id: str, answer: Callable[[Answers], Result], said: Answers) -> Write:
    return note_of(query_id, noted_answer(answer(said)))


def own_session(session: SqlSession) -> Session:
    """The session as this folder knows it; every session that reaches it is one of its own."""
    if not isinstance(session, Session):
        raise InternalError(f"{type(session).__name__} is not a session of this engine")
    return session
