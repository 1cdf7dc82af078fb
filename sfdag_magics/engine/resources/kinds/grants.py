"""Grants of roles, of users and of roles of databases, which are made here as well.

Knows which statement each is; what is granted acts on nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told, told
from sfdag_magics.engine.resources.forms.operations import (
    BASE,
    CREATE_MODE,
    FROM_NAME,
    IF_EXISTS,
    IN_DATABASE,
    SHOW_LIMIT,
    Call,
    Operation,
    creation,
    drop,
)
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import (
    ListOf,
    Moment,
    Name,
    OneOf,
    Text,
    Truth,
    Whole,
)
from sfdag_magics.sqltext import QualifiedName, SqlTextError, quoted_string, sql_identifier

_MODE = Field("mode", OneOf(("restrict", "cascade")))
_PLACE = (Field("database", Name()), Field("schema", Name()))
_SECURABLE = Record((*_PLACE, Field("service", Name()), Field("name", Name(), required=True)))
_GRANT = (
    Field("securable", _SECURABLE),
    Field("containing_scope", Record((Field("database", Name(), required=True), _PLACE[1]))),
    Field("securable_type", Text(), column="granted_on", required=True),
    Field("grant_option", Truth()),
    Field("privileges", ListOf(Text())),
    only_told("created_on", Moment()),
    only_told("granted_by", Text()),
)
_GRANT_OF = tuple(
    only_told(name, Text()) for name in ("role", "granted_to", "grantee_name", "granted_by")
)
_GRANT_ON = tuple(
    only_told(name, Text())
    for name in (
        *("privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option"),
        "granted_by",
    )
)
_MADE = only_told("created_on", Moment())
_DATABASE_ROLE = (
    Field("name", Name(), required=True),
    Field("comment", Text(), "COMMENT"),
    _MADE,
    *(
        only_told(name, Whole())
        for name in ("granted_to_roles", "granted_to_database_roles", "granted_database_roles")
    ),
    only_told("owner", Name()),
    only_told("owner_role_type", Text()),
)
ROLES = ("ROLE", "DATABASE ROLE")
_WORDS = re.compile(r"[A-Za-z_]+( [A-Za-z_]+)*")
_Say = Callable[[Call], str]


def kind_sql(text: str, where: str) -> str:
    """A kind of object as SQL says it.

    Raises:
        RefusedCallError: it is none.
    """
    words = text.replace("_", " ").replace("-", " ").upper()
    if _WORDS.fullmatch(words) is None:
        raise RefusedCallError(f"{where}: {text[:60]!r} is no kind of object")
    return words


def privileges_sql(said: Sequence[str]) -> str:
    """Privileges as SQL lists them.

    Raises:
        RefusedCallError: one is none.
    """
    for each in said:
        if _WORDS.fullmatch(each) is None:
            raise RefusedCallError(f"body.privileges: {each[:60]!r} is no privilege")
    return ", ".join(said)


def _on(body: Mapping[str, Any], scope: str) -> str:
    """`ON …`, of a body: one object, the account, or all or future ones of a place."""
    kind = kind_sql(body["securable_type"], "body.securable_type")
    inside = body.get("containing_scope")
    if inside is not None:
        schema = inside.get("schema")
        place = QualifiedName(schema or inside["database"], inside["database"] if schema else None)
        return f"ON {scope} {_plural(kind)} IN {'SCHEMA' if schema else 'DATABASE'} {place.sql()}"
    if scope == "FUTURE":
        raise RefusedCallError("body: the field 'containing_scope' is missing")
    said = body.get("securable")
    if said is None:
        if kind != "ACCOUNT":
            raise RefusedCallError("body: the field 'securable' is missing")
        return "ON ACCOUNT"
    return f"ON {kind} {_named(said)}"


def _plural(kind: str) -> str:
    return f"{kind[:-1]}IES" if kind.endswith("Y") else f"{kind}S"


def _named(said: Mapping[str, Any]) -> str:
    return QualifiedName(said["name"], said.get("schema"), said.get("database")).sql()


def _role_of_database(said: Mapping[str, Any]) -> str:
    return QualifiedName(said["name"], said.get("database")).sql()


def _what(body: Mapping[str, Any], scope: str) -> str:
    """A role, or privileges and what they are on."""
    privileges, kind = (
        body.get("privileges"),
        kind_sql(body["securable_type"], "body.securable_type"),
    )
    if privileges:
        return f"{privileges_sql(privileges)} {_on(body, scope)}"
    said = body.get("securable")
    if kind not in ROLES or said is None:
        raise RefusedCallError("body: the field 'privileges' is missing")
    return f"{kind} {_named(said) if kind == 'ROLE' else _role_of_database(said)}"


def _granted(grantee: _Say, scope: str) -> Callable[[Call], dict[str, str]]:
    def grant(call: Call) -> dict[str, str]:
        option = " WITH GRANT OPTION" if call.body.get("grant_option") else ""
        return call.done(f"GRANT {_what(call.body, scope)} TO {grantee(call)}{option}")

    return grant


def _revoked(grantee: _Say, scope: str) -> Callable[[Call], dict[str, str]]:
    def revoke(call: Call) -> dict[str, str]:
        option = "GRANT OPTION FOR " if call.body.get("grant_option") else ""
        mode = f" {call.query['mode'].upper()}" if "mode" in call.query else ""
        what = _what(call.body, scope)
        return call.done(f"REVOKE {option}{what} FROM {grantee(call)}{mode}")

    return revoke


def limit_sql(call: Call) -> str:
    """LIMIT of a SHOW, where the call has one."""
    return f" LIMIT {call.query['showLimit']}" if "showLimit" in call.query else ""


def _told_grant(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of SHOW GRANTS TO as a `Grant`."""
    named = {"granted_on": row.get("granted_on") or row.get("grant_on"), **row}
    body = told([each for each in _GRANT if each.name not in ("securable", "privileges")], named)
    body["privileges"] = [row["privilege"]]
    body["grant_option"] = row["grant_option"] == "true"
    place = _securable(str(row["name"]), str(body["securable_type"]))
    if "grant_on" in row:
        scope = {key: value for key, value in place.items() if key != "name"}
        return {**body, "containing_scope": scope}
    return {**body, "securable": place} if place else body


def _securable(name: str, kind: str) -> dict[str, str]:
    """The parts of a full name; what is no plain name is one part."""
    if not name:
        return {}
    future = name.endswith(">")
    try:
        read = name_from_text(name.rpartition(".<")[0] + ".X" if future else name)
    except SqlTextError:
        return {"name": name}
    parts = {"database": read.database, "schema": read.schema}
    if read.database is None:
        parts = {"database": read.schema, "schema": None}
    said = {key: sql_identifier(part) for key, part in parts.items() if part is not None}
    return {**said, "name": sql_identifier(read.name)}


def _to(grantee: _Say, *, future: bool) -> Callable[[Call], list[dict[str, Any]]]:
    words = "FUTURE GRANTS" if future else "GRANTS"

    def listed(call: Call) -> list[dict[str, Any]]:
        return [
            _told_grant(row)
            for row in call.rows(f"SHOW {words} TO {grantee(call)}{limit_sql(call)}")
        ]

    return listed


def _of(path: str, grantee: _Say, *, future: bool) -> list[Operation]:
    """The grants to what a path names, and with `future` those of later objects."""
    found = []
    for plural, scope in (("grants", "ALL"), ("future-grants", "FUTURE")):
        if scope == "ALL" or future:
            at, body = f"{path}/{plural}", Record(_GRANT)
            found += [
                Operation(
                    method="GET",
                    path=at,
                    carry_out=_to(grantee, future=scope == "FUTURE"),
                    query=(SHOW_LIMIT,),
                ),
                Operation(method="POST", path=at, carry_out=_granted(grantee, scope), body=body),
                Operation(
                    method="POST",
                    path=f"{at}:revoke",
                    carry_out=_revoked(grantee, scope),
                    query=(_MODE,),
                    body=body,
                ),
            ]
    return found


def _role(call: Call) -> str:
    return f"ROLE {sql_identifier(call.names['name'])}"


def _user(call: Call) -> str:
    return f"USER {sql_identifier(call.names['name'])}"


def _database_role(call: Call) -> str:
    return f"DATABASE ROLE {QualifiedName(call.names['name'], call.database).sql()}"


def _shown(statement: str, fields: Sequence[Field]) -> Callable[[Call], list[dict[str, Any]]]:
    def listed(call: Call) -> list[dict[str, Any]]:
        rows = call.rows(f"SHOW GRANTS {statement} {_role(call)}{limit_sql(call)}")
        return [told((_MADE, *fields), row) for row in rows]

    return listed


_IN_DATABASE_ROLES = f"{IN_DATABASE}/database-roles"


def _database_roles(call: Call) -> list[dict[str, Any]]:
    limit = call.query.get("showLimit", 10_000)
    after = f" FROM {quoted_string(call.query['fromName'])}" if "fromName" in call.query else ""
    shown = f"SHOW DATABASE ROLES IN DATABASE {sql_identifier(call.database)} LIMIT {limit}{after}"
    return [told(_DATABASE_ROLE, row) for row in call.rows(shown)]


def _database_role_made(call: Call) -> dict[str, str]:
    name = QualifiedName(call.body["name"], call.database).sql()
    comment = call.body.get("comment")
    said = [] if comment is None else [f"COMMENT = {quoted_string(comment)}"]
    return call.done(creation(call, "DATABASE ROLE", name, said))


def _database_role_dropped(call: Call) -> dict[str, str]:
    return drop(call, "DATABASE ROLE", QualifiedName(call.names["name"], call.database).sql())


OPERATIONS = (
    *_of(f"{BASE}/roles/{{name}}", _role, future=True),
    Operation(
        method="GET",
        path=f"{BASE}/roles/{{name}}/grants-of",
        carry_out=_shown("OF", _GRANT_OF),
        query=(SHOW_LIMIT,),
    ),
    Operation(
        method="GET",
        path=f"{BASE}/roles/{{name}}/grants-on",
        carry_out=_shown("ON", _GRANT_ON),
        query=(SHOW_LIMIT,),
    ),
    *_of(f"{BASE}/users/{{name}}", _user, future=False),
    Operation(
        method="GET",
        path=_IN_DATABASE_ROLES,
        carry_out=_database_roles,
        query=(SHOW_LIMIT, FROM_NAME),
    ),
    Operation(
        method="POST",
        path=_IN_DATABASE_ROLES,
        carry_out=_database_role_made,
        query=(CREATE_MODE,),
        body=Record(_DATABASE_ROLE),
    ),
    Operation(
        method="DELETE",
        path=f"{_IN_DATABASE_ROLES}/{{name}}",
        carry_out=_database_role_dropped,
        query=(IF_EXISTS,),
    ),
    *_of(f"{_IN_DATABASE_ROLES}/{{name}}", _database_role, future=True),
)
