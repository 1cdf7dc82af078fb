"""Warehouses, roles and users: their operations as statements, and rows of SHOW as bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, properties, told
from sfdag_magics.engine.resources.forms.looking import one_shown
from sfdag_magics.engine.resources.forms.operations import (
    BASE,
    CREATE_MODE,
    IF_EXISTS,
    LIKE,
    LISTED,
    Call,
    Operation,
    creation,
    drop,
    filters,
    same_name,
)
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.engine.resources.kinds.account_fields import ROLE, USER, WAREHOUSE, WAREHOUSE_NAME

_WAREHOUSE = f"{BASE}/warehouses/{{name}}"
_Fields = tuple[Field, ...]
_Tell = Callable[[Mapping[str, Any]], dict[str, Any]]


def _operations(
    noun: str, fields: _Fields, query: _Fields, *, tell: _Tell, also: str
) -> tuple[Operation, ...]:
    """The operations of one kind; `also` has those that not all kinds have: `fetch`, `put`."""
    whole = f"{BASE}/{noun.lower()}s"
    one = f"{whole}/{{name}}"

    def listed(call: Call) -> list[dict[str, Any]]:
        return [tell(row) for row in call.rows(f"SHOW {noun}S{filters(call)}")]

    def created(call: Call) -> dict[str, str]:
        name = call.inside(call.body["name"])
        return call.done(creation(call, noun, name, properties(fields, call.body)))

    def put(call: Call) -> dict[str, str]:
        same_name(call)
        name = call.inside(call.names["name"])
        words = [f"CREATE OR ALTER {noun}", name, *properties(fields, call.body)]
        return call.done(" ".join(words))

    body = Record(fields)
    operations = [
        Operation(method="GET", path=whole, carry_out=listed, query=query),
        Operation(method="POST", path=whole, carry_out=created, query=(CREATE_MODE,), body=body),
        Operation(
            method="DELETE",
            path=one,
            carry_out=lambda call: drop(call, noun, call.inside(call.names["name"])),
            query=(IF_EXISTS,),
        ),
        *tag_operations(noun, one),
    ]
    if "fetch" in also:
        fetch = Operation(
            method="GET", path=one, carry_out=lambda call: tell(one_shown(call, noun, ""))
        )
        operations.append(fetch)
    if "put" in also:
        operations.append(Operation(method="PUT", path=one, carry_out=put, body=body))
    return tuple(operations)


def _tell_warehouse(row: Mapping[str, Any]) -> dict[str, Any]:
    monitor = row["resource_monitor"]
    body = told(WAREHOUSE, {**row, "resource_monitor": None if monitor == "null" else monitor})
    return {**body, "warehouse_size": body.get("size"), "warehouse_type": body.get("type")}


def _altered(action: str) -> Callable[[Call], dict[str, str]]:
    def alter(call: Call) -> dict[str, str]:
        exists = "IF EXISTS " if call.flag("ifExists") else ""
        return call.done(f"ALTER WAREHOUSE {exists}{call.inside(call.names['name'])} {action}")

    return alter


def _renamed(call: Call) -> dict[str, str]:
    return _altered(f"RENAME TO {call.inside(call.body['name'])}")(call)


def _used(call: Call) -> dict[str, str]:
    return call.done(f"USE WAREHOUSE {call.inside(call.names['name'])}")


_ACTIONS = {
    "resume": _altered("RESUME IF SUSPENDED"),
    "suspend": _altered("SUSPEND"),
    "abort": _altered("ABORT ALL QUERIES"),
}

OPERATIONS = (
    *_operations("WAREHOUSE", WAREHOUSE, (LIKE,), tell=_tell_warehouse, also="fetch put"),
    *_operations("ROLE", ROLE, LISTED, tell=lambda row: told(ROLE, row), also=""),
    *_operations("USER", USER, LISTED, tell=lambda row: told(USER, row), also="fetch put"),
    *(
        Operation(
            method="POST", path=f"{_WAREHOUSE}:{name}", carry_out=carry_out, query=(IF_EXISTS,)
        )
        for name, carry_out in _ACTIONS.items()
    ),
    Operation(
        method="POST",
        path=f"{_WAREHOUSE}:rename",
        carry_out=_renamed,
        query=(IF_EXISTS,),
        body=WAREHOUSE_NAME,
    ),
    Operation(method="POST", path=f"{_WAREHOUSE}:use", carry_out=_used),
)
