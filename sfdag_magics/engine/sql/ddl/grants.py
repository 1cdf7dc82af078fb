"""GRANT and REVOKE, and roles of databases: kept and shown, and act on nothing.

One user owns everything here, so no privilege opens or shuts anything; what programs grant in
their set-up is told again by SHOW GRANTS and the REST resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sfdag_magics.engine.borders.answers import Result, already_exists, does_not_exist, syntax_error
from sfdag_magics.engine.borders.future_grants import GRANT, OWNERSHIP, key_of_grant
from sfdag_magics.engine.borders.object_facts import Facts
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.ddl.ownership import give
from sfdag_magics.engine.sql.reading.grants import Grant, read_grant
from sfdag_magics.engine.sql.reading.words import DONE, end, read_drop, read_statement
from sfdag_magics.engine.sql.sessions.grantable import (
    DATABASE_ROLE,
    Named,
    covered,
    database_of,
    database_role,
    key_of_role,
    named,
)
from sfdag_magics.engine.sql.sessions.session import Session

_KEPT = "Statement executed successfully: it is kept and shown, and one user owns everything here."


def grant(statement: Statement, session: Session) -> Result:
    """GRANT: what was granted before stays, with the grant option where that is said now."""
    said = read_grant(statement)
    privileges = _privileges(said, session)
    grantee = named(session, said.grantee_kind, said.grantee)
    objects = list(_objects(said, session))
    if (
        privileges == [OWNERSHIP]
        and said.on.scope != "FUTURE"
        and said.on.kind in session.shared.owned
    ):
        give(said, objects, session)
        return status(_KEPT)
    with session.facts() as facts:
        for on in objects:
            for privilege in privileges:
                _keep(facts, said, privilege, on, grantee)
    return status(_KEPT)


def revoke(statement: Statement, session: Session) -> Result:
    """REVOKE: of what was not granted nothing is revoked, which is no error."""
    said = read_grant(statement)
    privileges = _privileges(said, session)
    grantee = named(session, said.grantee_kind, said.grantee)
    objects = list(_objects(said, session))
    with session.facts() as facts:
        for on in objects:
            for fact in facts.listed(GRANT):
                kept = fact.detail
                is_meant = privileges == ["ALL"] or kept["privilege"] in privileges
                if is_meant and _place(said, on, grantee) == [kept[name] for name in _PLACE]:
                    if said.option:
                        facts.change(fact, detail={**kept, "option": False})
                    else:
                        facts.remove(fact)
    return status(_KEPT)


_PLACE = ("scope", "on", "name", "to", "grantee")


def _privileges(said: Grant, session: Session) -> Sequence[str]:
    """What is granted, by name where it is known what ALL means.

    Raises:
        SqlError: there is no such privilege on objects of this kind.
    """
    objects = session.shared.owned.get(said.on.kind)
    if objects is None:
        return said.privileges
    for each in said.privileges:
        if each not in (*objects.privileges, OWNERSHIP, "ALL"):
            raise syntax_error(
                f"unexpected '{each}', expected a privilege on a {said.on.kind}:"
                f" {', '.join((*objects.privileges, OWNERSHIP))} or ALL"
            )
    return objects.privileges if "ALL" in said.privileges else said.privileges


def _place(said: Grant, on: Named, grantee: Named) -> list[str]:
    scope = said.on.inside if said.on.scope == "FUTURE" else ""
    return [scope, said.on.kind, on.name, said.grantee_kind, grantee.name]


def _objects(said: Grant, session: Session) -> Iterator[Named]:
    """What the privileges are on: one object, those of a kind, or where later ones will be."""
    on = said.on
    if on.name is None:
        yield Named(name="")
    elif on.scope == "FUTURE":
        yield named(session, on.inside, on.name)
    elif on.scope == "ALL":
        named(session, on.inside, on.name)
        for name in covered(session, on):
            yield named(session, on.kind, name)
    else:
        found = named(session, on.kind, on.name)
        yield Named(name=f"{found.name}{on.arguments}", id=found.id)


def _keep(facts: Facts, said: Grant, privilege: str, on: Named, grantee: Named) -> None:
    place = _place(said, on, grantee)
    kept = {
        **dict(zip(_PLACE, place, strict=True)),
        "privilege": privilege,
        "object_id": on.id,
        "grantee_id": grantee.id,
        "option": said.option,
    }
    key = key_of_grant(kept)
    there = next((fact for fact in facts.listed(GRANT) if fact.name == key), None)
    if there is None:
        facts.add_to_account(GRANT, key, detail=kept)
    elif said.option:
        facts.change(there, detail=kept)


def create_database_role(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] DATABASE ROLE [IF NOT EXISTS] name [COMMENT = '…']."""
    with read_statement(statement, DATABASE_ROLE) as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = reader.object_name()
        comment = str(reader.options().get("COMMENT", ""))
        end(reader)
    place = database_of(session, name.schema or str(session.database))
    there = database_role(session, place.name, name.name)
    if there is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    if there is not None and "REPLACE" not in {token.word for token in statement.tokens[:3]}:
        raise already_exists(name.name)
    with session.facts() as facts:
        if there is not None:
            facts.remove(there)
        facts.add_to_account(
            DATABASE_ROLE,
            key_of_role(place, name.name),
            detail={"database_id": place.id, "role": name.name},
            comment=comment,
        )
    return status(f"Database role {name.name} successfully created.")


def alter_database_role(statement: Statement, session: Session) -> Result:
    """ALTER DATABASE ROLE [IF EXISTS] name RENAME TO …, SET COMMENT = '…', UNSET COMMENT."""
    with read_statement(statement, DATABASE_ROLE) as reader:
        exists = reader.accept("IF", "EXISTS")
        name = reader.object_name()
        new = reader.object_name() if reader.accept("RENAME", "TO") else None
        comment = None
        if new is None and reader.accept("UNSET", "COMMENT"):
            comment = ""
        elif new is None:
            reader.expect("SET")
            comment = str(reader.options().get("COMMENT", ""))
        end(reader)
    place = database_of(session, name.schema or str(session.database))
    there = database_role(session, place.name, name.name)
    if there is None and not exists:
        raise does_not_exist("Database role", name.sql())
    if there is None:
        return status(DONE)
    with session.facts() as facts:
        if new is None:
            facts.change(there, comment=comment)
            return status(DONE)
        if database_role(session, place.name, new.name) is not None:
            raise already_exists(new.name)
        key = key_of_role(place, new.name)
        facts.change(there, name=key, detail={**there.detail, "role": new.name})
    return status(DONE)


def drop_database_role(statement: Statement, session: Session) -> Result:
    """DROP DATABASE ROLE [IF EXISTS] name; what was granted to it or of it goes along."""
    said = read_drop(statement)
    there = database_role(session, said.name.schema or str(session.database), said.name.name)
    if there is None and not said.exists:
        raise does_not_exist("Database role", said.name.sql())
    if there is not None:
        with session.facts() as facts:
            facts.remove(there)
    return status(f"{said.name.name} successfully dropped.")
