"""The older resource of all grants, whose paths name the kinds of grantee and object.

Knows which statement each is; what is granted acts on nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told, told
from sfdag_magics.engine.resources.forms.operations import BASE, SHOW_LIMIT, Call, Operation
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import ListOf, Moment, OneOf, Text, Truth
from sfdag_magics.engine.resources.kinds.grants import (
    ROLES,
    kind_sql,
    limit_sql,
    privileges_sql,
)
from sfdag_magics.sqltext import SqlTextError

_DELETE_MODE = Field("deleteMode", OneOf(("restrict", "cascade")))
_MADE = only_told("created_on", Moment())
_GRANTEE = f"{BASE}/grants/{{granteeType}}/{{granteeName}}"
_ONE = f"{_GRANTEE}/{{securableType}}/{{securableName}}/privileges"
_GROUP = (
    f"{_GRANTEE}/{{bulkGrantType}}/{{securableTypePlural}}/{{scopeType}}/{{scopeName}}/privileges"
)
_NAMES = (
    *("granteeType", "granteeName", "securableType", "securableName", "bulkGrantType"),
    *("securableTypePlural", "scopeType", "scopeName", "privilege"),
)
_BODY = Record(
    (
        Field("privileges", ListOf(Text())),
        Field("grant_option", Truth()),
        *(only_told(name, Text()) for name in ("grantee_type", "grantee_name")),
        *(only_told(name, Text()) for name in ("securable_type", "securable_name")),
        *(only_told(name, Text()) for name in ("granted_by_role_type", "granted_by_name")),
        _MADE,
    )
)


def _words(call: Call, name: str) -> str:
    return kind_sql(call.names[name], name)


def _full(call: Call, name: str) -> str:
    try:
        return name_from_text(call.names[name]).sql()
    except SqlTextError as problem:
        raise RefusedCallError(f"{name}: {call.names[name][:60]!r} is no name") from problem


def _grantee(call: Call) -> str:
    return f"{_words(call, 'granteeType')} {_full(call, 'granteeName')}"


def _on(call: Call) -> str:
    if "scopeType" in call.names:
        place = f"{_words(call, 'scopeType')} {_full(call, 'scopeName')}"
        kinds = _words(call, "securableTypePlural")
        return f"ON {_words(call, 'bulkGrantType')} {kinds} IN {place}"
    kind = _words(call, "securableType")
    return "ON ACCOUNT" if kind == "ACCOUNT" else f"ON {kind} {_full(call, 'securableName')}"


def _granted(call: Call) -> dict[str, str]:
    said = call.body.get("privileges")
    option = " WITH GRANT OPTION" if call.body.get("grant_option") else ""
    if said:
        return call.done(f"GRANT {privileges_sql(said)} {_on(call)} TO {_grantee(call)}{option}")
    kind = "" if "scopeType" in call.names else _words(call, "securableType")
    if kind not in ROLES:
        raise RefusedCallError("body: the field 'privileges' is missing")
    return call.done(f"GRANT {kind} {_full(call, 'securableName')} TO {_grantee(call)}")


def _revoked(option: str) -> Callable[[Call], dict[str, str]]:
    def revoke(call: Call) -> dict[str, str]:
        privilege = privileges_sql([call.names["privilege"]])
        mode = f" {call.query['deleteMode'].upper()}" if "deleteMode" in call.query else ""
        what = f"{option}{privilege} {_on(call)}"
        return call.done(f"REVOKE {what} FROM {_grantee(call)}{mode}")

    return revoke


def _listed(call: Call) -> list[dict[str, Any]]:
    rows = call.rows(f"SHOW GRANTS TO {_grantee(call)}{limit_sql(call)}")
    return [_told(row) for row in rows]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **told((_MADE,), row),
        "grantee_type": row["granted_to"],
        "grantee_name": row["grantee_name"],
        "securable_type": row["granted_on"],
        "securable_name": row["name"],
        "privileges": [row["privilege"]],
        "grant_option": row["grant_option"] == "true",
        "granted_by_role_type": "ROLE",
        "granted_by_name": row["granted_by"],
    }


def _operations() -> list[Operation]:
    found = [
        Operation(
            method="GET", path=_GRANTEE, carry_out=_listed, query=(SHOW_LIMIT,), unnamed=_NAMES
        )
    ]
    for path in (_ONE, _GROUP):
        found.append(
            Operation(method="POST", path=path, carry_out=_granted, body=_BODY, unnamed=_NAMES)
        )
        found += [
            Operation(
                method="DELETE",
                path=f"{path}/{{privilege}}{behind}",
                carry_out=_revoked(option),
                query=(_DELETE_MODE,),
                unnamed=_NAMES,
            )
            for behind, option in (("", ""), ("/grant-option", "GRANT OPTION FOR "))
        ]
    return found


OPERATIONS = tuple(_operations())
