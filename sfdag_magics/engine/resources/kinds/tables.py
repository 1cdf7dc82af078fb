"""Tables: their operations as statements, and rows of SHOW and DESCRIBE as bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record
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
    same_name,
    schema_scope,
)
from sfdag_magics.engine.resources.forms.points_of_time import POINT_OF_TIME, at
from sfdag_magics.engine.resources.forms.shapes import ListOf, Name, Text, Truth
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.engine.resources.kinds.table_fields import (
    COLUMN,
    NAME,
    TABLE_FIELDS,
    clauses,
    definition,
    kind_word,
    told_alone,
    told_column,
)
from sfdag_magics.sqltext import QualifiedName, sql_identifier

_TABLES = f"{IN_SCHEMA}/tables"
_TABLE = f"{_TABLES}/{{name}}"
_COPY_GRANTS = Field("copyGrants", Truth())
_MODES = (CREATE_MODE, _COPY_GRANTS)
_QUERY = Field("query", Text(), required=True)
_TARGET_PLACE = (Field("targetDatabase", Name()), Field("targetSchema", Name()))


def _copying(call: Call) -> list[str]:
    return ["COPY GRANTS"] if call.flag("copyGrants") else []


def _created(call: Call) -> dict[str, str]:
    name = call.inside(call.body["name"])
    return call.done(_creation(call, name, [definition(call.body), *clauses(call.body)]))


def _creation(call: Call, name: str, parts: list[str]) -> str:
    kind = kind_word(call.body or {})
    return creation(call, "TABLE", name, [*parts, *_copying(call)], modifiers=kind)


def _created_or_altered(call: Call) -> dict[str, str]:
    same_name(call)
    name = call.inside(call.names["name"])
    words = ["CREATE OR ALTER", kind_word(call.body), "TABLE", name, definition(call.body)]
    return call.done(" ".join(word for word in [*words, *clauses(call.body)] if word))


def _as_select(call: Call) -> dict[str, str]:
    parts = [definition(call.body), *clauses(call.body), f"AS {call.query['query']}"]
    name = call.inside(call.names.get("name", call.body["name"]))
    return call.done(creation(call, "TABLE", name, parts, modifiers=kind_word(call.body)))


def _using_template(call: Call) -> dict[str, str]:
    name = call.inside(call.body["name"] if call.body else call.names["name"])
    return call.done(creation(call, "TABLE", name, [f"USING TEMPLATE ({call.query['query']})"]))


def _like(call: Call) -> dict[str, str]:
    new = call.body["name"] if call.body else call.query["newTableName"]
    return call.done(_creation(call, call.inside(new), [f"LIKE {call.target.sql()}"]))


def _cloned(call: Call) -> dict[str, str]:
    target = _in_target_place(call, call.body["name"])
    return call.done(_creation(call, target, [f"CLONE {call.target.sql()}{at(call.body)}"]))


def _in_target_place(call: Call, name: str) -> str:
    database, schema = (call.query.get(f"target{part}") for part in ("Database", "Schema"))
    return QualifiedName(name, schema, database).within(call.database, call.names["schema"]).sql()


def _swapped(parameter: str) -> Callable[[Call], dict[str, str]]:
    def swap(call: Call) -> dict[str, str]:
        other = _in_target_place(call, call.query[parameter])
        return _altered(call, f"SWAP WITH {other}")

    return swap


def _altered(call: Call, action: str) -> dict[str, str]:
    exists = "IF EXISTS " if call.flag("ifExists") else ""
    return call.done(f"ALTER TABLE {exists}{call.target.sql()} {action}")


def _listed(call: Call) -> list[dict[str, Any]]:
    history = " HISTORY" if call.flag("history") else ""
    rows = call.rows(f"SHOW TABLES{history}{filters(call, schema_scope(call))}")
    return [_told(call, row) if call.flag("deep") else told_alone(row) for row in rows]


def _fetched(call: Call) -> dict[str, Any]:
    return _told(call, one_shown(call, "TABLE", schema_scope(call)))


def _told(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    described = call.rows(f"DESCRIBE TABLE {call.place(row['name']).sql()}")
    body = {**told_alone(row), "columns": [told_column(each) for each in described]}
    keys = [sql_identifier(each["name"]) for each in described if each["primary key"] == "Y"]
    if keys:
        body["constraints"] = [{"constraint_type": "PRIMARY KEY", "column_names": keys}]
    return body


def _two(
    spellings: tuple[str, str],
    carry_out: tuple[Callable[[Call], Any], Callable[[Call], Any]],
    queries: tuple[tuple[Field, ...], tuple[Field, ...]],
    bodies: tuple[Record | None, Record | None] = (None, None),
) -> tuple[Operation, ...]:
    """An action and its deprecated form, which clients still use."""
    return tuple(
        Operation(method="POST", path=path, carry_out=do, query=query, body=body)
        for path, do, query, body in zip(spellings, carry_out, queries, bodies, strict=True)
    )


def _same(action: str, name: str) -> tuple[Operation, ...]:
    """An ALTER TABLE in both spellings of its path."""
    return tuple(
        Operation(
            method="POST",
            path=f"{_TABLE}:{spelled}",
            carry_out=lambda call: _altered(call, action),
            query=(IF_EXISTS,),
        )
        for spelled in (name, name.replace("-", "_"))
    )


_BODY = Record(TABLE_FIELDS)
_NAMED = Record((NAME,))
OPERATIONS = (
    Operation(
        method="GET",
        path=_TABLES,
        carry_out=_listed,
        query=(*LISTED, Field("history", Truth()), Field("deep", Truth())),
    ),
    Operation(method="POST", path=_TABLES, carry_out=_created, query=_MODES, body=_BODY),
    Operation(method="GET", path=_TABLE, carry_out=_fetched),
    Operation(method="PUT", path=_TABLE, carry_out=_created_or_altered, body=_BODY),
    Operation(
        method="DELETE",
        path=_TABLE,
        carry_out=lambda call: drop(call, "TABLE", call.target.sql()),
        query=(IF_EXISTS,),
    ),
    *_two(
        (f"{_TABLES}:as-select", f"{_TABLE}:as_select"),
        (_as_select, _as_select),
        ((*_MODES, _QUERY), (*_MODES, _QUERY)),
        (
            Record((NAME, Field("columns", ListOf(COLUMN)), Field("cluster_by", ListOf(Text())))),
            _BODY,
        ),
    ),
    *_two(
        (f"{_TABLES}:using-template", f"{_TABLE}:using_template"),
        (_using_template, _using_template),
        ((*_MODES, _QUERY), (*_MODES, _QUERY)),
        (_NAMED, None),
    ),
    *_two(
        (f"{_TABLE}:create-like", f"{_TABLE}:create_like"),
        (_like, _like),
        (_MODES, (*_MODES, Field("newTableName", Name(), required=True))),
        (_NAMED, None),
    ),
    Operation(
        method="POST",
        path=f"{_TABLE}:clone",
        carry_out=_cloned,
        query=(*_MODES, *_TARGET_PLACE),
        body=Record((*TABLE_FIELDS, POINT_OF_TIME)),
    ),
    Operation(
        method="POST",
        path=f"{_TABLE}:undrop",
        carry_out=lambda call: call.done(f"UNDROP TABLE {call.target.sql()}"),
    ),
    *_two(
        (f"{_TABLE}:swap-with", f"{_TABLE}:swapwith"),
        (_swapped("targetName"), _swapped("targetTableName")),
        (
            (IF_EXISTS, Field("targetName", Name(), required=True), *_TARGET_PLACE),
            (IF_EXISTS, Field("targetTableName", Name(), required=True)),
        ),
    ),
    *_same("SUSPEND RECLUSTER", "suspend-recluster"),
    *_same("RESUME RECLUSTER", "resume-recluster"),
    *tag_operations("TABLE", _TABLE),
)
