"""Views: their operations as statements, and rows of SHOW and DESCRIBE as bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told, told
from sfdag_magics.engine.resources.forms.looking import one_shown
from sfdag_magics.engine.resources.forms.operations import (
    CREATE_MODE,
    IF_EXISTS,
    IN_SCHEMA,
    LISTED,
    Call,
    Operation,
    creation,
    drop,
    filters,
    schema_scope,
)
from sfdag_magics.engine.resources.forms.shapes import ListOf, Moment, Name, OneOf, Text, Truth
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.sqltext import quoted_string, sql_identifier

_VIEWS = f"{IN_SCHEMA}/views"
_VIEW = f"{_VIEWS}/{{name}}"
_COLUMN = Record(
    (
        Field("name", Name(), required=True),
        Field("comment", Text()),
        only_told("datatype", Text()),
    )
)
_FIELDS = (
    Field("name", Name(), required=True),
    Field("secure", Truth(), column="is_secure"),
    Field("kind", OneOf(("PERMANENT", "TEMPORARY"))),
    Field("recursive", Truth()),
    Field("columns", ListOf(_COLUMN), required=True),
    Field("comment", Text()),
    Field("query", Text(), column="text", required=True),
    only_told("created_on", Moment()),
    only_told("database_name", Name()),
    only_told("schema_name", Name()),
    only_told("owner", Text()),
    only_told("owner_role_type", Text()),
)


def _created(call: Call) -> dict[str, str]:
    body = call.body
    modifiers = [
        "SECURE" if body.get("secure") else "",
        "TEMPORARY" if body.get("kind") == "TEMPORARY" else "",
        "RECURSIVE" if body.get("recursive") else "",
    ]
    columns = ", ".join(map(_column, body["columns"]))
    parts = [
        f"({columns})" if columns else "",
        "COPY GRANTS" if call.flag("copyGrants") else "",
        f"COMMENT = {quoted_string(body['comment'])}" if "comment" in body else "",
        f"AS {body['query']}",
    ]
    words = " ".join(word for word in modifiers if word)
    name = call.inside(body["name"])
    return call.done(creation(call, "VIEW", name, parts, modifiers=words))


def _column(column: Mapping[str, Any]) -> str:
    comment = f" COMMENT {quoted_string(column['comment'])}" if "comment" in column else ""
    return f"{sql_identifier(column['name'])}{comment}"


def _listed(call: Call) -> list[dict[str, Any]]:
    rows = call.rows(f"SHOW VIEWS{filters(call, schema_scope(call))}")
    return [_told(call, row) for row in rows]


def _told(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    described = call.rows(f"DESCRIBE VIEW {call.place(row['name']).sql()}")
    columns = [
        {"name": sql_identifier(each["name"]), "datatype": each["type"]}
        | ({"comment": each["comment"]} if each["comment"] else {})
        for each in described
    ]
    return {**told(_FIELDS, row), "columns": columns}


OPERATIONS = (
    Operation(
        method="GET", path=_VIEWS, carry_out=_listed, query=(*LISTED, Field("deep", Truth()))
    ),
    Operation(
        method="POST",
        path=_VIEWS,
        carry_out=_created,
        query=(CREATE_MODE, Field("copyGrants", Truth())),
        body=Record(_FIELDS),
    ),
    Operation(
        method="GET",
        path=_VIEW,
        carry_out=lambda call: _told(call, one_shown(call, "VIEW", schema_scope(call))),
    ),
    Operation(
        method="DELETE",
        path=_VIEW,
        carry_out=lambda call: drop(call, "VIEW", call.target.sql()),
        query=(IF_EXISTS,),
    ),
    *tag_operations("VIEW", _VIEW),
)
