"""What exists, as it was committed last: databases, schemas, tables and every other object.

All of it is one kind of row, held in memory and read without a lock. Knows names and rows; how they
change is `facts.py`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.sqltext import QualifiedName

Key = tuple[str, str, str, str, str]

#: Kinds whose names must differ from each other within a schema.
RELATIONS = ("TABLE", "VIEW", "STREAM")
INFORMATION_SCHEMA = "INFORMATION_SCHEMA"
#: The database that every account has; its tables are computed, so it is not stored.
SNOWFLAKE = "SNOWFLAKE"
_SNOWFLAKE_SCHEMAS = ("ACCOUNT_USAGE", "CORE", "ML", "TELEMETRY")
#: When what every account has was made.
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
#: Kinds of which several may have one name, with other arguments.
OVERLOADED = ("PROCEDURE", "FUNCTION")


def key_of(fact: ObjectFact) -> Key:
    """What makes an object unique."""
    return (fact.kind, fact.database, fact.schema, fact.name, fact.arguments)


class Catalogue:
    """The committed objects. Reading needs no lock: a change replaces the whole mapping."""

    def __init__(self, facts: Mapping[Key, ObjectFact]) -> None:
        self._facts: Mapping[Key, ObjectFact] = facts
        #: Held from a transaction's first change of the catalogue to its end.
        self.writing = threading.RLock()
        #: Grows with every published change: what was translated before may be wrong now.
        self.version = 0

    def get(self, key: Key) -> ObjectFact | None:
        """The object of this key."""
        return self._facts.get(key)

    def all(self) -> Mapping[Key, ObjectFact]:
        """Every object; the mapping never changes."""
        return self._facts

    def publish(self, changes: Mapping[Key, ObjectFact | None]) -> None:
        """Make committed changes visible; None removes. Call with `writing` held."""
        merged = dict(self._facts)
        for key, fact in changes.items():
            if fact is None:
                merged.pop(key, None)
            else:
                merged[key] = fact
        self._facts = merged
        self.version += 1


class CatalogueView:
    """Implements `object_facts.FactsView`: what is committed, and what one session has."""

    def __init__(self, catalogue: Catalogue, temporary: Mapping[Key, ObjectFact]) -> None:
        self._facts = {**catalogue.all(), **temporary}

    def find(
        self, kind: str, name: QualifiedName, *, arguments: str | None = None
    ) -> ObjectFact | None:
        """The object of this fully qualified name; without `arguments` its only overload."""
        if arguments is None and kind in OVERLOADED:
            return found_in(self._facts, kind, name)
        return self._facts.get((kind, *namespace_of(name), name.name, arguments or ""))

    def listed(
        self, kind: str, *, database: str | None = None, schema: str | None = None
    ) -> tuple[ObjectFact, ...]:
        """All objects of a kind, oldest first, optionally of one namespace."""
        return listed_in(self._facts, kind, database, schema)


def found_in(facts: Mapping[Key, ObjectFact], kind: str, name: QualifiedName) -> ObjectFact | None:
    """The only overload of a name, None where there is none.

    Raises:
        SqlError: several objects have the name, and only their arguments tell them apart.
    """
    database, schema = namespace_of(name)
    same = [fact for key, fact in facts.items() if key[:4] == (kind, database, schema, name.name)]
    if len(same) > 1:
        raise SqlError(
            f"SQL compilation error:\n{kind.capitalize()} '{name.sql()}' has several"
            " signatures; name the argument types.",
            code=2014,
        )
    return same[0] if same else None


def listed_in(
    facts: Mapping[Key, ObjectFact], kind: str, database: str | None, schema: str | None
) -> tuple[ObjectFact, ...]:
    """All objects of a kind, oldest first, optionally of one namespace."""
    return tuple(
        fact
        for fact in facts.values()
        if fact.kind == kind
        and (database is None or fact.database == database)
        and (schema is None or fact.schema == schema)
    )


def namespace_of(name: QualifiedName) -> tuple[str, str]:
    """Database and schema of a fully qualified name; raises SqlError for any other."""
    if name.database is None or name.schema is None:
        raise SqlError(f"SQL compilation error:\nThe name {name.sql()} is not fully qualified.")
    return name.database, name.schema


def stored_facts(rows: list[tuple[Any, ...]]) -> dict[Key, ObjectFact]:
    """The objects of the registry's rows, and those that every account has."""
    facts = [*_virtual_facts(), *map(_fact_from_row, rows)]
    return {key_of(fact): fact for fact in facts}


def _fact_from_row(row: tuple[Any, ...]) -> ObjectFact:
    identity, kind, database, schema, name, arguments, created_on, owner, comment, detail = row
    return ObjectFact(
        id=identity,
        kind=kind,
        database=database,
        schema=schema,
        name=name,
        created_on=created_on.replace(tzinfo=UTC),
        owner=owner,
        comment=comment,
        arguments=arguments,
        detail=json.loads(detail),
    )


def _virtual_facts() -> list[ObjectFact]:
    def fact(kind: str, schema: str, name: str) -> ObjectFact:
        return ObjectFact(
            id=f"{SNOWFLAKE}.{schema}",
            kind=kind,
            database=SNOWFLAKE,
            schema=schema,
            name=name,
            created_on=EPOCH,
            owner="",
        )

    schemas = [fact("SCHEMA", schema, schema) for schema in _SNOWFLAKE_SCHEMAS]
    return [fact("DATABASE", "", SNOWFLAKE), *schemas]
