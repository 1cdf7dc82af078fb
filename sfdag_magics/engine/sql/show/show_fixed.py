"""SHOW of what an account has and this engine does not: one warehouse, one role, one user."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import like, rowset
from sfdag_magics.engine.sql.reading.words import read_statement
from sfdag_magics.engine.sql.sessions.session import Session

_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
_TEXT, _FIXED, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
#: The warehouse of a session that names none.
WAREHOUSE = "COMPUTE_WH"

_WAREHOUSES = {
    **dict.fromkeys(("name", "state", "type", "size"), _TEXT),
    **dict.fromkeys(("min_cluster_count", "max_cluster_count", "started_clusters"), _FIXED),
    **dict.fromkeys(("running", "queued"), _FIXED),
    **dict.fromkeys(("is_default", "is_current"), _TEXT),
    "auto_suspend": _FIXED,
    "auto_resume": _TEXT,
    "created_on": _TIME,
    **dict.fromkeys(("owner", "comment", "resource_monitor", "scaling_policy"), _TEXT),
    "owner_role_type": _TEXT,
}
_ROLES = {
    "created_on": _TIME,
    **dict.fromkeys(("name", "is_default", "is_current", "is_inherited"), _TEXT),
    **dict.fromkeys(("assigned_to_users", "granted_to_roles", "granted_roles"), _FIXED),
    **dict.fromkeys(("owner", "comment"), _TEXT),
}
_USERS = {
    "name": _TEXT,
    "created_on": _TIME,
    **dict.fromkeys(("login_name", "display_name", "comment", "default_role", "owner"), _TEXT),
}
_GRANTS = {
    "created_on": _TIME,
    **dict.fromkeys(
        ("privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option"), _TEXT
    ),
    "granted_by": _TEXT,
}
_KEYS = {
    "created_on": _TIME,
    **dict.fromkeys(
        ("database_name", "schema_name", "table_name", "column_name", "key_sequence"), _TEXT
    ),
    **dict.fromkeys(("constraint_name", "rely", "comment"), _TEXT),
}
_NAMED = {"created_on": _TIME, **dict.fromkeys(("name", "owner", "comment"), _TEXT)}


def show_warehouses(statement: Statement, session: Session) -> Result:
    """SHOW WAREHOUSES [LIKE pattern]: the session's, and the one every client may name."""
    names = sorted({session.warehouse or WAREHOUSE, WAREHOUSE})
    rows = [
        (
            *(name, "STARTED", "STANDARD", "X-Small", 1, 1, 1, 0, 0),
            "N",
            "Y" if name == session.warehouse else "N",
            *(600, "true", _SINCE, "ACCOUNTADMIN", "", "null", "STANDARD", "ROLE"),
        )
        for name in _matching(statement, "WAREHOUSES", names)
    ]
    return rowset(_WAREHOUSES, rows)


def show_roles(statement: Statement, session: Session) -> Result:
    """SHOW ROLES [LIKE pattern]: the session's."""
    rows = [
        (_SINCE, name, "Y", "Y", "N", 1, 0, 0, "", "")
        for name in _matching(statement, "ROLES", [session.role])
    ]
    return rowset(_ROLES, rows)


def show_users(statement: Statement, session: Session) -> Result:
    """SHOW USERS [LIKE pattern]: the session's."""
    rows = [
        (name, _SINCE, name, name, "", session.role, session.role)
        for name in _matching(statement, "USERS", [session.user])
    ]
    return rowset(_USERS, rows)


def show_grants(statement: Statement, session: Session) -> Result:
    """SHOW GRANTS …: nothing is granted, one user owns everything."""
    return rowset(_GRANTS, [])


def show_keys(statement: Statement, session: Session) -> Result:
    """SHOW PRIMARY KEYS and the like: constraints are kept with their columns only."""
    return rowset(_KEYS, [])


def show_nothing(statement: Statement, session: Session) -> Result:
    """SHOW of a kind of object that this engine never has."""
    return rowset(_NAMED, [])


def _matching(statement: Statement, noun: str, names: Sequence[str]) -> Sequence[Any]:
    with read_statement(statement, noun) as reader:
        pattern = reader.string() if reader.accept("LIKE") else None
        reader.rest()
    wanted = like(pattern)
    return [name for name in names if wanted.match(name)]
