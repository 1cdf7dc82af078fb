"""Changes of the catalogue: rows kept or lost in one DuckDB transaction with what they describe.

Knows names and rows; knows nothing of what a statement says.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import duckdb

from sfdag_magics.engine.borders.answers import SqlError, already_exists, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.store.catalogue import (
    INFORMATION_SCHEMA,
    OVERLOADED,
    RELATIONS,
    SNOWFLAKE,
    Catalogue,
    Key,
    found_in,
    key_of,
    listed_in,
    namespace_of,
    stored_facts,
)
from sfdag_magics.engine.store.effects import Effects, Unended
from sfdag_magics.sqltext import QualifiedName

_DEFAULT_OWNER = "ACCOUNTADMIN"
#: What a conflict says, as DuckDB says of its own.
CHANGED_MEANWHILE = "Conflict: an object was changed or dropped meanwhile"


class Audience(Protocol):
    """Who wants to know what went without a statement of its own."""

    def dropped(
        self, facts: Sequence[ObjectFact], namespaces: Sequence[tuple[str, str | None]] = ()
    ) -> None:
        """These objects, and these databases and schemas, are gone."""


def load_catalogue(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    """The catalogue as the file has it; a new file gets the database SFDAG."""
    rows = connection.execute(
        "SELECT id, kind, database_name, schema_name, name, arguments, created_on, owner, comment,"
        " detail FROM registry.objects ORDER BY created_on, id"
    ).fetchall()
    catalogue = Catalogue(stored_facts(rows))
    if not rows:
        with facts_transaction(connection, catalogue, {}, session_id="") as transaction:
            for name in ("SFDAG", "PUBLIC"):
                kind = "DATABASE" if name == "SFDAG" else "SCHEMA"
                transaction.add_namespace(kind, "SFDAG", name)
    return catalogue


@contextmanager
def facts_transaction(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    temporary: dict[Key, ObjectFact],
    *,
    session_id: str,
    owner: str = _DEFAULT_OWNER,
    effects: Effects | None = None,
) -> Iterator[FactsTransaction]:
    """One DuckDB transaction with its facts: both kept at the end of the block, or none."""
    facts = FactsTransaction(connection, catalogue, temporary, session_id=session_id, owner=owner)
    ending = effects or Unended()
    connection.execute("BEGIN TRANSACTION")
    try:
        yield facts
        with ending.effect():
            connection.execute("COMMIT")
        facts.publish()
    except BaseException:
        with ending.undisturbed():
            _roll_back(connection)
        raise
    finally:
        facts.release()


class FactsTransaction:
    """Implements `object_facts.Facts`. One thread; made by `facts_transaction`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        catalogue: Catalogue,
        temporary: dict[Key, ObjectFact],
        *,
        session_id: str,
        owner: str,
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._temporary = temporary
        self._session_id = session_id
        self._owner = owner
        self._changes: dict[Key, ObjectFact | None] = {}
        self._temporary_changes: dict[Key, ObjectFact | None] = {}
        self._locked = False
        self._gone: list[ObjectFact] = []
        #: What is new in databases for good, in its order.
        self.made: list[ObjectFact] = []
        self._namespaces: list[tuple[str, str | None]] = []

    def find(
        self, kind: str, name: QualifiedName, *, arguments: str | None = None
    ) -> ObjectFact | None:
        """The object of this fully qualified name; without `arguments` its only overload."""
        if arguments is None and kind in OVERLOADED:
            return found_in(self._current(), kind, name)
        key = (kind, *namespace_of(name), name.name, arguments or "")
        for changes in (self._temporary_changes, self._changes):
            if key in changes:
                return changes[key]
        return self._temporary.get(key) or self._catalogue.get(key)

    def listed(
        self, kind: str, *, database: str | None = None, schema: str | None = None
    ) -> tuple[ObjectFact, ...]:
        """All objects of a kind, oldest first, optionally of one namespace."""
        return listed_in(self._current(), kind, database, schema)

    def within(self, database: str, schema: str | None = None) -> tuple[ObjectFact, ...]:
        """Every object in a database or schema, of whatever kind, itself included."""
        return tuple(
            fact
            for fact in self._current().values()
            if fact.database == database and (schema is None or fact.schema == schema)
        )

    def add(
        self,
        kind: str,
        name: QualifiedName,
        *,
        detail: Mapping[str, Any],
        comment: str = "",
        arguments: str = "",
        temporary: bool = False,
    ) -> ObjectFact:
        """Remember a new object.

        Raises:
            SqlError: the name is taken, or the database or schema does not exist.
        """
        database, schema = namespace_of(name)
        self.lock()
        self.require_schema(database, schema)
        fact = self._new(kind, database, schema, name.name, detail, comment, arguments)
        if temporary:
            fact = replace(fact, session_id=self._session_id)
        self._check_free(fact)
        self._put(fact)
        if not temporary:
            self.made.append(fact)
        return fact

    def add_namespace(
        self, kind: str, database: str, name: str, *, comment: str = "", transient: bool = False
    ) -> ObjectFact:
        """Remember a new DATABASE (of that name) or a SCHEMA in it."""
        self.lock()
        schema = "" if kind == "DATABASE" else name
        if kind == "SCHEMA":
            self.require_database(database)
            if name == INFORMATION_SCHEMA:
                raise already_exists(name)
        fact = self._new(kind, database, schema, name, {"transient": transient}, comment, "")
        self._check_free(fact)
        self._put(fact)
        self.made.append(fact)
        return fact

    def add_to_account(
        self, kind: str, name: str, *, detail: Mapping[str, Any], comment: str = ""
    ) -> ObjectFact:
        """Remember a new object of the account, which is in no database."""
        self.lock()
        fact = self._new(kind, "", "", name, detail, comment, "")
        self._check_free(fact)
        self._put(fact)
        return fact

    def change(
        self,
        fact: ObjectFact,
        *,
        detail: Mapping[str, Any] | None = None,
        comment: str | None = None,
        name: str | None = None,
    ) -> ObjectFact:
        """Replace what is given, keep the rest; the object keeps its id."""
        changed = replace(
            fact,
            detail=fact.detail if detail is None else dict(detail),
            comment=fact.comment if comment is None else comment,
            name=fact.name if name is None else name,
        )
        return self.move(fact, changed)

    def rename(self, fact: ObjectFact, new: QualifiedName) -> ObjectFact:
        """Give an object another name, in another schema where that says so."""
        database, schema = namespace_of(new)
        self.lock()
        self.require_schema(database, schema)
        return self.move(fact, replace(fact, database=database, schema=schema, name=new.name))

    def move(self, fact: ObjectFact, changed: ObjectFact) -> ObjectFact:
        """Put `changed` in the place of `fact`, in another namespace if it says so."""
        self._check_current(fact)
        if key_of(changed) != key_of(fact):
            self._check_free(changed)
        self.remove(fact)
        self._put(changed)
        return changed

    def put_back(self, fact: ObjectFact) -> None:
        """Remember an object that was removed before, as it is now."""
        self.lock()
        self._check_free(fact)
        self._put(fact)

    def remove(self, fact: ObjectFact) -> None:
        """Forget an object.

        Raises:
            duckdb.TransactionException: it is not what it was when the statement found it.
        """
        self._check_current(fact)
        if fact.session_id is not None:
            self._temporary_changes[key_of(fact)] = None
            return
        self._connection.execute("DELETE FROM registry.objects WHERE id = ?", [fact.id])
        self._changes[key_of(fact)] = None

    def remove_namespace(self, database: str, schema: str | None = None) -> tuple[ObjectFact, ...]:
        """Forget a database or schema and everything in it; what that was."""
        gone = self.within(database, schema)
        for fact in gone:
            self.remove(fact)
        self._gone.extend(gone)
        self._namespaces.append((database, schema))
        return gone

    def tell(self, audience: Audience) -> None:
        """After the commit: say what went with a namespace."""
        audience.dropped(self._gone, self._namespaces)

    def require_database(self, database: str) -> None:
        """Raises SqlError unless the database exists and takes objects."""
        if database == SNOWFLAKE:
            raise _not_ours("database", database)
        if self._seen(("DATABASE", database, "", database, "")) is None:
            raise does_not_exist("Database", database)

    def require_schema(self, database: str, schema: str) -> None:
        """Raises SqlError unless database and schema exist and take objects."""
        self.require_database(database)
        if schema == INFORMATION_SCHEMA:
            raise _not_ours("schema", schema)
        if self._seen(("SCHEMA", database, schema, schema, "")) is None:
            raise does_not_exist("Schema", f"{database}.{schema}")

    def publish(self) -> None:
        """Make what was committed visible to everybody."""
        for key, fact in self._temporary_changes.items():
            if fact is None:
                self._temporary.pop(key, None)
            else:
                self._temporary[key] = fact
        if self._changes:
            self._catalogue.publish(self._changes)

    def release(self) -> None:
        """Let the next writer of the catalogue in."""
        if self._locked:
            self._locked = False
            self._catalogue.writing.release()

    def lock(self) -> None:
        """Keep every other writer of the catalogue out until this transaction ends."""
        if not self._locked:
            self._catalogue.writing.acquire()
            self._locked = True

    def _current(self) -> dict[Key, ObjectFact]:
        merged = {**self._catalogue.all(), **self._temporary}
        for changes in (self._changes, self._temporary_changes):
            for key, fact in changes.items():
                if fact is None:
                    merged.pop(key, None)
                else:
                    merged[key] = fact
        return merged

    def _seen(self, key: Key) -> ObjectFact | None:
        return self._changes[key] if key in self._changes else self._catalogue.get(key)

    def _check_current(self, fact: ObjectFact) -> None:
        """See that an object is as it was found; from here on it stays so."""
        self.lock()
        if fact.session_id is None and self._seen(key_of(fact)) != fact:
            raise duckdb.TransactionException(CHANGED_MEANWHILE)

    def _check_free(self, fact: ObjectFact) -> None:
        """A temporary object may hide a permanent one of its name, so each has its own space."""
        kinds = RELATIONS if fact.kind in RELATIONS else (fact.kind,)
        changes, facts = (
            (self._temporary_changes, self._temporary.get)
            if fact.session_id is not None
            else (self._changes, self._catalogue.get)
        )
        for kind in kinds:
            key = (kind, *key_of(fact)[1:])
            if (changes[key] if key in changes else facts(key)) is not None:
                shown = fact.name if fact.kind != "SCHEMA" else f"{fact.database}.{fact.name}"
                raise already_exists(shown)

    def _new(
        self,
        kind: str,
        database: str,
        schema: str,
        name: str,
        detail: Mapping[str, Any],
        comment: str,
        arguments: str,
    ) -> ObjectFact:
        return ObjectFact(
            id=uuid.uuid4().hex,
            kind=kind,
            database=database,
            schema=schema,
            name=name,
            created_on=datetime.now(UTC),
            owner=self._owner,
            comment=comment,
            arguments=arguments,
            detail=dict(detail),
        )

    def _put(self, fact: ObjectFact) -> None:
        if fact.session_id is not None:
            self._temporary_changes[key_of(fact)] = fact
            return
        self._connection.execute(
            "INSERT INTO registry.objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                fact.id,
                fact.kind,
                fact.database,
                fact.schema,
                fact.name,
                fact.arguments,
                fact.created_on.replace(tzinfo=None),
                fact.owner,
                fact.comment,
                json.dumps(fact.detail),
            ],
        )
        self._changes[key_of(fact)] = fact


def _not_ours(kind: str, name: str) -> SqlError:
    """The error for what is Snowflake's own, and takes no objects of others."""
    return SqlError(
        f"SQL access control error:\nInsufficient privileges to operate on {kind} '{name}'",
        code=3001,
        sqlstate="42501",
    )


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # a failed COMMIT has rolled back already
        connection.execute("ROLLBACK")
