"""Databases and schemas: their operations as statements, and rows of SHOW as bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told, properties, told
from sfdag_magics.engine.resources.forms.looking import one_shown
from sfdag_magics.engine.resources.forms.operations import (
    BASE,
    CREATE_MODE,
    IF_EXISTS,
    IN_DATABASE,
    LISTED,
    Call,
    Operation,
    creation,
    drop,
    filters,
    same_name,
)
from sfdag_magics.engine.resources.forms.points_of_time import POINT_OF_TIME, at
from sfdag_magics.engine.resources.forms.shapes import Moment, Name, OneOf, Text, Truth, Whole
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.sqltext import QualifiedName, sql_identifier

_DATABASES = f"{BASE}/databases"
_DATABASE = f"{_DATABASES}/{{name}}"
_SCHEMAS = f"{IN_DATABASE}/schemas"
_SCHEMA = f"{_SCHEMAS}/{{name}}"
_KINDS = ("PERMANENT", "TRANSIENT")
#: As a parameter it is written in small letters as well.
_KIND = Field("kind", OneOf((*_KINDS, "permanent", "transient", "")))
_RESTRICT = Field("restrict", Truth())
_HISTORY = Field("history", Truth())

#: What both have, first what is a property in SQL.
_OPTIONS = (
    Field("comment", Text(), "COMMENT"),
    Field("data_retention_time_in_days", Whole(), "DATA_RETENTION_TIME_IN_DAYS"),
    Field("default_ddl_collation", Text(), "DEFAULT_DDL_COLLATION"),
    Field("log_level", Text(), "LOG_LEVEL"),
    Field("max_data_extension_time_in_days", Whole(), "MAX_DATA_EXTENSION_TIME_IN_DAYS"),
    Field("suspend_task_after_num_failures", Whole(), "SUSPEND_TASK_AFTER_NUM_FAILURES"),
    Field("trace_level", Text(), "TRACE_LEVEL"),
    Field(
        "user_task_managed_initial_warehouse_size",
        Text(),
        "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    ),
    Field("user_task_timeout_ms", Whole(), "USER_TASK_TIMEOUT_MS"),
    Field("serverless_task_min_statement_size", Text(), "SERVERLESS_TASK_MIN_STATEMENT_SIZE"),
    Field("serverless_task_max_statement_size", Text(), "SERVERLESS_TASK_MAX_STATEMENT_SIZE"),
)
_COMMON = (
    Field("name", Name(), required=True),
    Field("kind", OneOf(_KINDS)),
    *_OPTIONS,
    only_told("created_on", Moment()),
    only_told("is_default", Truth()),
    only_told("is_current", Truth()),
    only_told("owner", Text()),
    only_told("options", Text()),
    only_told("retention_time", Whole()),
    only_told("dropped_on", Moment()),
    only_told("budget", Text()),
    only_told("owner_role_type", Text()),
)
_DATABASE_FIELDS = (*_COMMON, only_told("origin", Text()))
_SCHEMA_FIELDS = (
    *_COMMON,
    Field("managed_access", Truth()),
    Field("pipe_execution_paused", Truth(), "PIPE_EXECUTION_PAUSED"),
    only_told("database_name", Name()),
)


def _told(fields: tuple[Field, ...]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def tell(row: Mapping[str, Any]) -> dict[str, Any]:
        options = str(row.get("options") or "")
        kind = "TRANSIENT" if "TRANSIENT" in options else "PERMANENT"
        body = {**told(fields, row), "kind": kind}
        if fields is _SCHEMA_FIELDS:
            body["managed_access"] = "MANAGED ACCESS" in options
        return body

    return tell


_tell_database, _tell_schema = _told(_DATABASE_FIELDS), _told(_SCHEMA_FIELDS)


def _transient(call: Call) -> str:
    kind = str(call.query.get("kind") or call.body.get("kind") or "")
    return "TRANSIENT" if kind.upper() == "TRANSIENT" else ""


def _clauses(call: Call) -> list[str]:
    managed = ["WITH MANAGED ACCESS"] if call.body.get("managed_access") else []
    fields = (*_OPTIONS, Field("pipe_execution_paused", Truth(), "PIPE_EXECUTION_PAUSED"))
    return [*managed, *properties(fields, call.body)]


def _created(noun: str) -> Callable[[Call], dict[str, str]]:
    def create(call: Call) -> dict[str, str]:
        name = call.inside(call.body["name"])
        return call.done(creation(call, noun, name, _clauses(call), modifiers=_transient(call)))

    return create


def _created_or_altered(noun: str) -> Callable[[Call], dict[str, str]]:
    def put(call: Call) -> dict[str, str]:
        same_name(call)
        words = ["CREATE OR ALTER", _transient(call), noun, call.inside(call.names["name"])]
        return call.done(" ".join(word for word in [*words, *_clauses(call)] if word))

    return put


def _cloned(noun: str) -> Callable[[Call], dict[str, str]]:
    def clone(call: Call) -> dict[str, str]:
        source = call.inside(call.names["name"])
        target = sql_identifier(call.body["name"])
        if noun == "SCHEMA":
            database = call.query.get("targetDatabase", call.database)
            target = QualifiedName(call.body["name"], database).sql()
        return call.done(
            creation(
                call, noun, target, [f"CLONE {source}{at(call.body)}"], modifiers=_transient(call)
            )
        )

    return clone


def _dropped(noun: str) -> Callable[[Call], dict[str, str]]:
    def drop_it(call: Call) -> dict[str, str]:
        more = " RESTRICT" if call.flag("restrict") else ""
        return drop(call, noun, call.inside(call.names["name"]), more=more)

    return drop_it


def _undropped(noun: str) -> Callable[[Call], dict[str, str]]:
    return lambda call: call.done(f"UNDROP {noun} {call.inside(call.names['name'])}")


def _databases(call: Call) -> list[dict[str, Any]]:
    history = " HISTORY" if call.flag("history") else ""
    return [_tell_database(row) for row in call.rows(f"SHOW DATABASES{history}{filters(call)}")]


def _schemas(call: Call) -> list[dict[str, Any]]:
    history = " HISTORY" if call.flag("history") else ""
    scope = f"DATABASE {sql_identifier(call.database)}"
    return [_tell_schema(row) for row in call.rows(f"SHOW SCHEMAS{history}{filters(call, scope)}")]


def _database(call: Call) -> dict[str, Any]:
    return _tell_database(one_shown(call, "DATABASE", ""))


def _schema(call: Call) -> dict[str, Any]:
    return _tell_schema(one_shown(call, "SCHEMA", f"DATABASE {sql_identifier(call.database)}"))


def _of(
    noun: str,
    paths: tuple[str, str],
    fields: tuple[Field, ...],
    looks: tuple[Callable[[Call], Any], Callable[[Call], Any]],
) -> tuple[Operation, ...]:
    """The operations of one of both."""
    whole, one = paths
    body, modes = Record(fields), (CREATE_MODE, _KIND)
    target = (Field("targetDatabase", Name()),) if noun == "SCHEMA" else ()
    return (
        Operation(method="GET", path=whole, carry_out=looks[0], query=(*LISTED, _HISTORY)),
        Operation(method="POST", path=whole, carry_out=_created(noun), query=modes, body=body),
        Operation(method="GET", path=one, carry_out=looks[1]),
        Operation(
            method="PUT", path=one, carry_out=_created_or_altered(noun), query=(_KIND,), body=body
        ),
        Operation(
            method="DELETE", path=one, carry_out=_dropped(noun), query=(IF_EXISTS, _RESTRICT)
        ),
        Operation(
            method="POST",
            path=f"{one}:clone",
            carry_out=_cloned(noun),
            query=(*modes, *target),
            body=Record((*fields, POINT_OF_TIME)),
        ),
        Operation(method="POST", path=f"{one}:undrop", carry_out=_undropped(noun)),
        *tag_operations(noun, one),
    )


OPERATIONS = (
    *_of("DATABASE", (_DATABASES, _DATABASE), _DATABASE_FIELDS, (_databases, _database)),
    *_of("SCHEMA", (_SCHEMAS, _SCHEMA), _SCHEMA_FIELDS, (_schemas, _schema)),
)
