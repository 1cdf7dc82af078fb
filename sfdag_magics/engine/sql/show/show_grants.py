"""SHOW GRANTS, SHOW FUTURE GRANTS and SHOW DATABASE ROLES: what was granted, and to whom.

Columns are Snowflake's (docs: SHOW GRANTS, SHOW DATABASE ROLES). What one owns is told of an object
and not of a role, which owns everything here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.gate_words import NOUNS
from sfdag_magics.engine.sql.reading.grants import GRANTEES
from sfdag_magics.engine.sql.reading.words import end, read_statement
from sfdag_magics.engine.sql.sessions.grantable import (
    DATABASE_ROLE,
    database_roles,
    grants,
    named,
)
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_objects import Columns, texts
from sfdag_magics.sqltext import QualifiedName

_TIME, _FIXED = SfType.TIMESTAMP_LTZ, SfType.FIXED
_GRANTS: Columns = {
    "created_on": _TIME,
    **texts("privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option"),
    **texts("granted_by"),
}
#: Since the change 2025_01 of SHOW GRANTS TO USER.
_TO_USER: Columns = {
    "created_on": _TIME,
    **texts("privilege", "granted_on", "name", "role", "granted_to", "grantee_name"),
    **texts("grant_option", "granted_by"),
}
_OF: Columns = {
    "created_on": _TIME,
    **texts("role", "granted_to", "grantee_name", "granted_by"),
}
_FUTURE: Columns = {
    "created_on": _TIME,
    **texts("privilege", "grant_on", "name", "grant_to", "grantee_name", "grant_option"),
}
_DATABASE_ROLES: Columns = {
    "created_on": _TIME,
    **texts("name", "is_default", "is_current", "is_inherited"),
    **dict.fromkeys(
        ("granted_to_roles", "granted_to_database_roles", "granted_database_roles"), _FIXED
    ),
    **texts("owner", "comment", "owner_role_type"),
}
_Row = Callable[[ObjectFact], Sequence[Any]]


def show_grants(statement: Statement, session: Session) -> Result:
    """SHOW GRANTS [ON … | TO … | OF …] [LIMIT rows]; alone, those to the session's user."""
    with read_statement(statement, "GRANTS") as reader:
        if reader.accept("ON"):
            return _on(reader, session)
        if reader.accept("OF"):
            kind, name = _grantee(reader, session)
            found = [each for each in grants(session) if _is(each, on=kind, name=name)]
            return _answer(reader, _OF, _of_row, found)
        kind, name = "USER", named(session, "USER", QualifiedName(session.user)).name
        if reader.accept("TO"):
            kind, name = _grantee(reader, session)
        found = [each for each in grants(session) if _is(each, to=kind, grantee=name, scope="")]
        if kind == "USER":
            return _answer(reader, _TO_USER, _to_user_row, found)
        return _answer(reader, _GRANTS, _row, found)


def _on(reader: StatementReader, session: Session) -> Result:
    if reader.accept("ACCOUNT"):
        found = [each for each in grants(session) if _is(each, on="ACCOUNT")]
        return _answer(reader, _GRANTS, _row, found)
    kind = next(
        (noun for noun in sorted(NOUNS, key=len, reverse=True) if reader.accept(*noun.split())),
        None,
    )
    if kind is None:
        raise reader.unexpected("a kind of object")
    name = named(session, kind, reader.object_name()).name
    if reader.peek_words("("):
        name = f"{name}({reader.parenthesized()})"
    found = [each for each in grants(session) if _is(each, on=kind, name=name, scope="")]
    return _answer(reader, _GRANTS, _row, found)


def show_future_grants(statement: Statement, session: Session) -> Result:
    """SHOW FUTURE GRANTS IN {SCHEMA | DATABASE} name, or TO [DATABASE] ROLE name."""
    with read_statement(statement, "GRANTS") as reader:
        if reader.accept("IN"):
            kind = "DATABASE" if reader.accept("DATABASE") else "SCHEMA"
            if kind == "SCHEMA":
                reader.expect("SCHEMA")
            name = named(session, kind, reader.object_name()).name
            found = [each for each in grants(session) if _is(each, scope=kind, name=name)]
        else:
            reader.expect("TO")
            kind, name = _grantee(reader, session)
            future = [each for each in grants(session) if each.detail["scope"]]
            found = [each for each in future if _is(each, to=kind, grantee=name)]
        return _answer(reader, _FUTURE, _future_row, found)


def show_database_roles(statement: Statement, session: Session) -> Result:
    """SHOW DATABASE ROLES IN DATABASE name [LIMIT rows [FROM 'name']]."""
    with read_statement(statement, "DATABASE ROLES") as reader:
        reader.expect("IN", "DATABASE")
        found = database_roles(session, reader.object_name().name)
        limit = reader.integer() if reader.accept("LIMIT") else None
        after = reader.string() if reader.accept("FROM") else ""
        end(reader)
    told = grants(session)
    rows = [_role_row(fact, told) for fact in found if str(fact.detail["role"]) > after]
    return rowset(_DATABASE_ROLES, rows[:limit])


def _role_row(fact: ObjectFact, told: Sequence[ObjectFact]) -> Sequence[Any]:
    to = [each.detail["to"] for each in told if each.detail["object_id"] == fact.id]
    own = [each for each in told if each.detail["grantee_id"] == fact.id]
    return (
        *(fact.created_on, fact.detail["role"], "N", "N", "N"),
        *(to.count("ROLE"), to.count(DATABASE_ROLE)),
        sum(each.detail["on"] == DATABASE_ROLE for each in own),
        *(fact.owner, fact.comment, "ROLE"),
    )


def _grantee(reader: StatementReader, session: Session) -> tuple[str, str]:
    kind = next((each for each in GRANTEES if reader.accept(*each.split())), None)
    if kind is None:
        raise reader.unexpected("ROLE, DATABASE ROLE or USER")
    return kind, named(session, kind, reader.object_name()).name


def _is(fact: ObjectFact, **said: str) -> bool:
    return all(fact.detail[name] == value for name, value in said.items())


def _answer(
    reader: StatementReader, columns: Columns, row: _Row, found: Iterable[ObjectFact]
) -> Result:
    limit = reader.integer() if reader.accept("LIMIT") else None
    end(reader)
    return rowset(columns, [row(fact) for fact in found][:limit])


def _option(fact: ObjectFact) -> str:
    return str(bool(fact.detail["option"])).lower()


def _row(fact: ObjectFact) -> Sequence[Any]:
    said = fact.detail
    return (
        *(fact.created_on, said["privilege"], said["on"].replace(" ", "_"), said["name"]),
        *(said["to"].replace(" ", "_"), said["grantee"], _option(fact), fact.owner),
    )


def _to_user_row(fact: ObjectFact) -> Sequence[Any]:
    made, privilege, on, name, *rest = _row(fact)
    role = name if on == "ROLE" else None
    return (made, privilege, on, name, role, *rest)


def _of_row(fact: ObjectFact) -> Sequence[Any]:
    said = fact.detail
    return fact.created_on, said["name"], said["to"].replace(" ", "_"), said["grantee"], fact.owner


def _future_row(fact: ObjectFact) -> Sequence[Any]:
    made, privilege, on, name, to, grantee, option, _ = _row(fact)
    return made, privilege, on, f"{name}.<{on}>", to, grantee, option
