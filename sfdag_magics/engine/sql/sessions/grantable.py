"""What may be granted, and whose it may be: found in the catalogue, by name or as it was.

A grant is on an object and not on a name: one that was dropped takes its grants with it, as in
Snowflake. Integrations, functions and what this engine does not have are names here.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from sfdag_magics.engine.borders.answers import does_not_exist
from sfdag_magics.engine.borders.future_grants import GRANT, OWNERSHIP
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.owning import Owned, OwnedObjects
from sfdag_magics.engine.sql.reading.grants import Securable
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, sql_identifier

DATABASE_ROLE = "DATABASE ROLE"
_IN_SCHEMAS = ("TABLE", "VIEW", "STAGE", "SEQUENCE", "STREAM", "FILE FORMAT", "TAG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something by its full name, and which it is; None where that is not known."""

    name: str
    id: str | None = None


def named(session: Session, kind: str, name: QualifiedName) -> Named:
    """What a grant names.

    Raises:
        SqlError: there is no such database, schema, object, role or user.
    """
    if kind in ("ROLE", "USER", "WAREHOUSE", "INTEGRATION", "SHARE"):
        return _of_account(session, kind, name.name)
    if kind == "DATABASE":
        return _fact(_namespace(session, name.name, ""), kind, sql_identifier(name.name))
    if kind == "SCHEMA":
        database = name.schema or str(session.database)
        full = QualifiedName(name.name, None, None).sql()
        shown = f"{sql_identifier(database)}.{full}"
        return _fact(_namespace(session, database, name.name), kind, shown)
    if kind == DATABASE_ROLE:
        database = name.schema or str(session.database)
        shown = f"{sql_identifier(database)}.{sql_identifier(name.name)}"
        return _fact(database_role(session, database, name.name), kind, shown)
    full_name = session.resolve(name)
    if kind in ("TABLE", "VIEW"):
        return _fact(session.relation(full_name), kind, full_name.sql())
    if kind in _IN_SCHEMAS:
        return _fact(session.catalogue().find(kind, full_name), kind, full_name.sql())
    if kind in session.shared.owned:
        return _owned(session.shared.owned[kind], full_name)
    return Named(name=full_name.sql())


def _owned(objects: OwnedObjects, name: QualifiedName) -> Named:
    found = next((each for each in objects.all() if each.name == name), None)
    if found is None:
        raise does_not_exist(objects.kind.capitalize(), name.sql())
    return Named(name=name.sql(), id=found.id)


def _fact(fact: ObjectFact | None, kind: str, shown: str) -> Named:
    if fact is None:
        raise does_not_exist(kind.capitalize(), shown)
    return Named(name=shown, id=fact.id)


def _of_account(session: Session, kind: str, name: str) -> Named:
    fact = session.shared.catalogue.get((kind, "", "", name, ""))
    if fact is None and kind in session.unmade and name not in session.unmade[kind]:
        raise does_not_exist(kind.capitalize(), name)
    return Named(name=sql_identifier(name), id=fact.id if fact is not None else None)


def _namespace(session: Session, database: str, schema: str) -> ObjectFact | None:
    kind = "SCHEMA" if schema else "DATABASE"
    return session.shared.catalogue.get((kind, database, schema, schema or database, ""))


def database_of(session: Session, database: str) -> ObjectFact:
    """A database.

    Raises:
        SqlError: there is none of that name.
    """
    place = _namespace(session, database, "")
    if place is None:
        raise does_not_exist("Database", database)
    return place


def database_role(session: Session, database: str, role: str) -> ObjectFact | None:
    """A database's role."""
    key = key_of_role(database_of(session, database), role)
    return session.shared.catalogue.get((DATABASE_ROLE, "", "", key, ""))


def key_of_role(database: ObjectFact, role: str) -> str:
    """What a database's role is kept under: it goes along where the database is renamed."""
    return f"{database.id}/{role}"


def database_roles(session: Session, database: str) -> list[ObjectFact]:
    """The roles of a database, by name."""
    place = database_of(session, database)
    found = session.catalogue().listed(DATABASE_ROLE)
    own = [fact for fact in found if fact.detail["database_id"] == place.id]
    return sorted(own, key=lambda fact: str(fact.detail["role"]))


def covered(session: Session, on: Securable) -> Iterator[QualifiedName]:
    """The objects that `ON ALL kind IN …` means now."""
    if on.name is None:
        return
    is_database = on.inside == "DATABASE"
    database = on.name.name if is_database else on.name.schema or session.database
    schema = None if is_database else on.name.name
    if on.kind in session.shared.owned:
        for each in session.shared.owned[on.kind].all():
            if each.name.database == database and schema in (None, each.name.schema):
                yield each.name
        return
    for fact in session.catalogue().listed(on.kind, database=database, schema=schema):
        if on.kind == "SCHEMA":
            yield QualifiedName(fact.name, fact.database)
        else:
            yield QualifiedName(fact.name, fact.schema, fact.database)


def grants(session: Session) -> list[ObjectFact]:
    """What is owned, and all grants whose object and grantee are still there, the oldest first."""
    owned = [(kind.kind, each) for kind in session.shared.owned.values() for each in kind.all()]
    there = {fact.id for fact in session.shared.catalogue.all().values()}
    there |= {each.id for _, each in owned}
    return [
        *(_ownership(kind, each) for kind, each in owned),
        *_told(session, there),
    ]


def _ownership(kind: str, owned: Owned) -> ObjectFact:
    """What an owner has of an object, as if it had been granted."""
    return ObjectFact(
        id=owned.id,
        kind=GRANT,
        database="",
        schema="",
        name="",
        created_on=owned.created_on,
        owner=owned.owner,
        detail={
            "scope": "",
            "on": kind,
            "name": owned.name.sql(),
            "to": "ROLE",
            "grantee": sql_identifier(owned.owner),
            "privilege": OWNERSHIP,
            "object_id": owned.id,
            "grantee_id": None,
            "option": True,
        },
    )


def _told(session: Session, there: Set[str]) -> list[ObjectFact]:
    return [
        fact
        for fact in session.catalogue().listed(GRANT)
        if all(
            fact.detail[each] is None or fact.detail[each] in there
            for each in ("object_id", "grantee_id")
        )
    ]
