"""What names mean in a session: where it is, what it fills in, and what of it is there.

Reads the catalogue and what is the session's own; changes neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.store.catalogue import INFORMATION_SCHEMA, RELATIONS, Catalogue, Key
from sfdag_magics.sqltext import QualifiedName


def filled_in(name: QualifiedName, database: str | None, schema: str | None) -> QualifiedName:
    """The name with the current database and schema filled in."""
    found = name.database or database
    if found is None:
        raise SqlError(
            "Cannot perform operation. This session does not have a current database. Call"
            " 'USE DATABASE', or use a qualified name.",
            code=90105,
            sqlstate="22000",
        )
    within = name.schema or (schema if name.database is None else "PUBLIC")
    if within is None:
        raise SqlError(
            "Cannot perform operation. This session does not have a current schema. Call"
            " 'USE SCHEMA', or use a qualified name.",
            code=90106,
            sqlstate="22000",
        )
    return QualifiedName(name.name, within, found)


def relation_of(
    name: QualifiedName, *sources: Callable[[Key], ObjectFact | None]
) -> ObjectFact | None:
    """The table or view of a fully qualified name; what is in an earlier source hides others."""
    for facts in sources:
        for kind in RELATIONS:
            found = facts((kind, name.database or "", name.schema or "", name.name, ""))
            if found is not None:
                return found
    return None


def has_database(catalogue: Catalogue, database: str) -> bool:
    """Whether a database is there."""
    return catalogue.get(("DATABASE", database, "", database, "")) is not None


def has_schema(catalogue: Catalogue, database: str, schema: str) -> bool:
    """Whether a schema is there, INFORMATION_SCHEMA of every database included."""
    if not has_database(catalogue, database):
        return False
    key = ("SCHEMA", database, schema, schema, "")
    return schema == INFORMATION_SCHEMA or catalogue.get(key) is not None


def begun_in(catalogue: Catalogue, options: SessionOptions) -> tuple[str | None, str | None]:
    """The database and the schema that a session begins in.

    Raises:
        SqlError: one that it names is not there.
    """
    if options.database is None:
        return None, None
    if not has_database(catalogue, options.database):
        raise SqlError(
            f"SQL compilation error:\nDatabase '{options.database}' does not exist or not"
            " authorized.",
            code=2043,
            sqlstate="02000",
        )
    schema = options.schema or "PUBLIC"
    if has_schema(catalogue, options.database, schema):
        return options.database, schema
    if options.schema is None:
        return options.database, None
    raise SqlError(
        f"SQL compilation error:\nSchema '{options.database}.{schema}' does not exist or"
        " not authorized.",
        code=2043,
        sqlstate="02000",
    )


def name_behind(physical: str, *sources: Mapping[Key, ObjectFact]) -> str | None:
    """What the user calls the object that DuckDB knows by this name."""
    for facts in sources:
        for fact in facts.values():
            if fact.detail.get("physical") == physical:
                return fact.name
    return None
