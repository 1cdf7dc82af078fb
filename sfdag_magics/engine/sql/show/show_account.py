"""SHOW WAREHOUSES, ROLES and USERS: what was made, and what a session has without a CREATE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.sql.reading.words import read_statement
from sfdag_magics.engine.sql.sessions.grantable import grants
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_objects import Columns, texts
from sfdag_magics.sqltext import sql_identifier

_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
_TEXT, _FIXED, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
#: As SHOW writes sizes; a statement writes them with and without hyphens.
_SIZES = {
    "XSMALL": "X-Small",
    "SMALL": "Small",
    "MEDIUM": "Medium",
    "LARGE": "Large",
    "XLARGE": "X-Large",
    **{f"{prefix}XLARGE": f"{number}X-Large" for prefix, number in (("X", 2), ("XX", 3))},
    **{f"X{number}LARGE": f"{number}X-Large" for number in range(2, 7)},
}

_WAREHOUSES: Columns = {
    **texts("name", "state", "type", "size"),
    **dict.fromkeys(("min_cluster_count", "max_cluster_count", "started_clusters"), _FIXED),
    **dict.fromkeys(("running", "queued"), _FIXED),
    **texts("is_default", "is_current"),
    "auto_suspend": _FIXED,
    "auto_resume": _TEXT,
    "created_on": _TIME,
    **texts("owner", "comment", "resource_monitor", "scaling_policy", "owner_role_type"),
    "enable_query_acceleration": _TEXT,
    "query_acceleration_max_scale_factor": _FIXED,
}


def _warehouse(fact: ObjectFact, session: Session) -> Sequence[Any]:
    said = fact.detail
    size = str(said.get("WAREHOUSE_SIZE", "XSMALL")).upper().replace("-", "")
    suspended = said.get("SUSPENDED", said.get("INITIALLY_SUSPENDED", False))
    return (
        fact.name,
        "SUSPENDED" if suspended else "STARTED",
        str(said.get("WAREHOUSE_TYPE", "STANDARD")),
        _SIZES.get(size, size),
        said.get("MIN_CLUSTER_COUNT", 1),
        said.get("MAX_CLUSTER_COUNT", 1),
        0 if suspended else 1,
        *(0, 0, "N"),
        "Y" if fact.name == session.warehouse else "N",
        said.get("AUTO_SUSPEND", 600) if said.get("AUTO_SUSPEND") != "NULL" else None,
        str(said.get("AUTO_RESUME", True)).lower(),
        fact.created_on,
        fact.owner,
        fact.comment,
        str(said.get("RESOURCE_MONITOR", "null")),
        str(said.get("SCALING_POLICY", "STANDARD")),
        "ROLE",
        str(said.get("ENABLE_QUERY_ACCELERATION", False)).lower(),
        said.get("QUERY_ACCELERATION_MAX_SCALE_FACTOR", 8),
    )


_ROLES: Columns = {
    "created_on": _TIME,
    **texts("name", "is_default", "is_current", "is_inherited"),
    **dict.fromkeys(("assigned_to_users", "granted_to_roles", "granted_roles"), _FIXED),
    **texts("owner", "comment"),
}


def _role(fact: ObjectFact, session: Session) -> Sequence[Any]:
    is_current = fact.name == session.role
    flag = "Y" if is_current else "N"
    owner = "" if fact.created_on == _SINCE else fact.owner
    name, told = sql_identifier(fact.name), [each.detail for each in grants(session)]
    to = [each["to"] for each in told if (each["on"], each["name"]) == ("ROLE", name)]
    own = [each["on"] for each in told if (each["to"], each["grantee"]) == ("ROLE", name)]
    return (
        *(fact.created_on, fact.name, flag, flag, "N"),
        *(to.count("USER") + is_current, to.count("ROLE"), own.count("ROLE")),
        *(owner, fact.comment),
    )


#: What is shown of a user as it was said.
_OF_USERS = ("DISPLAY_NAME", "FIRST_NAME", "LAST_NAME", "EMAIL", "DEFAULT_WAREHOUSE")
_ALSO_OF_USERS = ("DEFAULT_NAMESPACE", "DEFAULT_ROLE", "TYPE")
_USERS: Columns = {
    "name": _TEXT,
    "created_on": _TIME,
    **texts("login_name", *(name.lower() for name in _OF_USERS), "comment"),
    **texts(*(name.lower() for name in _ALSO_OF_USERS), "disabled", "must_change_password"),
    **texts("has_password", "has_rsa_public_key", "owner"),
}


def _user(fact: ObjectFact, session: Session) -> Sequence[Any]:
    said = {"DISPLAY_NAME": fact.name, "TYPE": "PERSON", **fact.detail}
    if fact.name == session.user:
        said = {"DEFAULT_ROLE": session.role, **said}
    return (
        fact.name,
        fact.created_on,
        str(said.get("LOGIN_NAME", fact.name)).upper(),
        *(said.get(name) for name in _OF_USERS),
        fact.comment,
        *(said.get(name) for name in _ALSO_OF_USERS),
        *(str(bool(said.get(name))).lower() for name in ("DISABLED", "MUST_CHANGE_PASSWORD")),
        *(str(bool(said.get(name))).lower() for name in ("PASSWORD", "RSA_PUBLIC_KEY")),
        fact.owner,
    )


def show_warehouses(statement: Statement, session: Session) -> Result:
    """SHOW WAREHOUSES: those made, the session's, and the one every client may name."""
    with read_statement(statement, "WAREHOUSES") as reader:
        wanted = ShowFilter.read(reader, session)
    return rowset(
        _WAREHOUSES, [_warehouse(each, session) for each in wanted.of(warehouses(session))]
    )


def warehouses(session: Session) -> list[ObjectFact]:
    """The warehouses that a session may name."""
    return _there(session, "WAREHOUSE")


def show_roles(statement: Statement, session: Session) -> Result:
    """SHOW ROLES: those made, the session's, and those of every account."""
    return _shown(statement, session, "ROLE")


def show_users(statement: Statement, session: Session) -> Result:
    """SHOW USERS: those made, and the session's."""
    return _shown(statement, session, "USER")


_Row = Callable[[ObjectFact, Session], Sequence[Any]]
_SHOWN: Mapping[str, tuple[Columns, _Row]] = {
    "ROLE": (_ROLES, _role),
    "USER": (_USERS, _user),
}


def _shown(statement: Statement, session: Session, kind: str) -> Result:
    columns, row = _SHOWN[kind]
    with read_statement(statement, f"{kind}S") as reader:
        wanted = ShowFilter.read(reader, session)
    return rowset(columns, [row(each, session) for each in wanted.of(_there(session, kind))])


def _there(session: Session, kind: str) -> list[ObjectFact]:
    """What was made, and what is there without a CREATE."""
    facts = {name: _unmade(kind, name) for name in sorted(filter(None, session.unmade[kind]))}
    facts |= {fact.name: fact for fact in session.catalogue().listed(kind)}
    return list(facts.values())


def _unmade(kind: str, name: str) -> ObjectFact:
    """What a session has without a CREATE, as if it had been made."""
    return ObjectFact(
        id="",
        kind=kind,
        database="",
        schema="",
        name=name,
        created_on=_SINCE,
        owner="ACCOUNTADMIN",
    )
