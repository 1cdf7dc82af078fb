"""Sequences, streams and tags: objects of a schema that are a name and a few properties."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.objects.statement_reader import name_from_text
from sfdag_magics.engine.resources.forms.fields import (
    Field,
    Record,
    Union,
    only_told,
    properties,
    told,
)
from sfdag_magics.engine.resources.forms.looking import one_shown
from sfdag_magics.engine.resources.forms.operations import (
    CREATE_MODE,
    IF_EXISTS,
    IN_SCHEMA,
    LIKE,
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
from sfdag_magics.engine.resources.forms.shapes import (
    ListOf,
    Moment,
    Name,
    OneOf,
    Text,
    Truth,
    Whole,
)
from sfdag_magics.engine.resources.forms.tags import tag_operations
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

_Clauses = Callable[[Call], Sequence[str]]
_Tell = Callable[[Mapping[str, Any]], dict[str, Any]]
_NAME = Field("name", Name(), required=True)
_OF_SCHEMA = (
    only_told("created_on", Moment()),
    only_told("database_name", Name()),
    only_told("schema_name", Name()),
    only_told("owner", Text()),
    only_told("owner_role_type", Text()),
)
_COPY_GRANTS = Field("copyGrants", Truth())
_TARGET = (Field("targetDatabase", Name()), Field("targetSchema", Name()))
_TARGET_NAME = Field("targetName", Name(), required=True)

_SEQUENCE = (
    _NAME,
    Field("start", Whole(), "START", column="next_value"),
    Field("increment", Whole(), "INCREMENT", column="interval"),
    Field("ordered", Truth()),
    Field("comment", Text(), "COMMENT"),
    *_OF_SCHEMA,
)
_PROPAGATIONS = ("ON_DEPENDENCY_AND_DATA_MOVEMENT", "ON_DEPENDENCY", "ON_DATA_MOVEMENT")
_TAG = (
    _NAME,
    Field("allowed_values", ListOf(Text())),
    Field("propagate", OneOf(_PROPAGATIONS), "PROPAGATE"),
    Field("on_conflict", Text(), "ON_CONFLICT"),
    Field("comment", Text(), "COMMENT"),
    *_OF_SCHEMA,
)
_SOURCE = (
    Field("name", Name(), required=True),
    Field("database_name", Name()),
    Field("schema_name", Name()),
)
_CHANGES = (
    Field("append_only", Truth(), "APPEND_ONLY"),
    Field("show_initial_rows", Truth(), "SHOW_INITIAL_ROWS"),
    POINT_OF_TIME,
)
_INSERTS = (Field("insert_only", Truth(), "INSERT_ONLY"), POINT_OF_TIME)
#: By the word of bodies and SQL, what a stream on it says more.
_SOURCES: Mapping[str, tuple[Field, ...]] = {
    "table": _CHANGES,
    "view": (*_CHANGES, only_told("base_tables", ListOf(Text()))),
    "external_table": _INSERTS,
    "stage": (),
}
_STREAM = (
    _NAME,
    Field(
        "stream_source",
        Union(
            by="src_type",
            kinds={kind: Record((*_SOURCE, *more)) for kind, more in _SOURCES.items()},
        ),
        required=True,
    ),
    Field("comment", Text(), "COMMENT"),
    only_told("table_name", Name()),
    only_told("stale", Truth()),
    only_told("mode", Text()),
    only_told("stale_after", Moment()),
    only_told("invalid_reason", Text()),
    only_told("type", Text()),
    *_OF_SCHEMA,
)


def _sequence_clauses(call: Call) -> Sequence[str]:
    ordered = call.body.get("ordered")
    order = [] if ordered is None else ["ORDER" if ordered else "NOORDER"]
    said = properties(_SEQUENCE, call.body)
    return [*said[:2], *order, *said[2:]] if len(said) > 2 else [*said, *order]


def _tag_clauses(call: Call) -> Sequence[str]:
    allowed = call.body.get("allowed_values")
    values = [f"ALLOWED_VALUES {', '.join(map(quoted_string, allowed))}"] if allowed else []
    return [*values, *properties(_TAG, call.body)]


def _stream_clauses(call: Call) -> Sequence[str]:
    source = call.body["stream_source"]
    kind = source["src_type"]
    name = QualifiedName(source["name"], source.get("schema_name"), source.get("database_name"))
    full = name.within(call.database, call.names["schema"]).sql()
    return [
        *(["COPY GRANTS"] if call.flag("copyGrants") else []),
        f"ON {kind.upper().replace('_', ' ')} {full}{at(source)}",
        *properties(_SOURCES[kind], source),
        *properties(_STREAM, call.body),
    ]


def _tell(fields: Sequence[Field]) -> _Tell:
    return lambda row: told(fields, row)


def _tell_tag(row: Mapping[str, Any]) -> dict[str, Any]:
    allowed = row["allowed_values"]
    return told(_TAG, {**row, "allowed_values": json.loads(allowed) if allowed else None})


def _tell_stream(row: Mapping[str, Any]) -> dict[str, Any]:
    source = name_from_text(str(row["table_name"]))
    names = {"name": source.name, "schema_name": source.schema, "database_name": source.database}
    kind = str(row["source_type"]).lower().replace(" ", "_")
    told_source: dict[str, Any] = {
        key: sql_identifier(name) for key, name in names.items() if name is not None
    }
    modes = {"APPEND_ONLY": "append_only", "INSERT_ONLY": "insert_only"}
    if row["mode"] in modes and any(each.name == modes[row["mode"]] for each in _SOURCES[kind]):
        told_source |= {modes[row["mode"]]: True}
    said = told(_STREAM, {**row, "table_name": source.name})
    return {**said, "stream_source": {"src_type": kind, **told_source}}


def _renamed(noun: str) -> Callable[[Call], dict[str, str]]:
    def rename(call: Call) -> dict[str, str]:
        place = (call.query.get(f"target{part}") for part in ("Schema", "Database"))
        new = QualifiedName(call.query["targetName"], *place)
        exists = "IF EXISTS " if call.flag("ifExists") else ""
        full = new.within(call.database, call.names["schema"]).sql()
        return call.done(f"ALTER {noun} {exists}{call.target.sql()} RENAME TO {full}")

    return rename


def _of(
    noun: str, fields: Sequence[Field], query: Sequence[Field], *, clauses: _Clauses, tell: _Tell
) -> tuple[Operation, ...]:
    """Create, list, fetch and drop."""
    whole = f"{IN_SCHEMA}/{noun.lower()}s"
    one = f"{whole}/{{name}}"

    def listed(call: Call) -> list[dict[str, Any]]:
        return [tell(row) for row in call.rows(f"SHOW {noun}S{filters(call, schema_scope(call))}")]

    def created(call: Call) -> dict[str, str]:
        return call.done(creation(call, noun, call.inside(call.body["name"]), clauses(call)))

    return (
        Operation(method="GET", path=whole, carry_out=listed, query=query),
        Operation(
            method="POST",
            path=whole,
            carry_out=created,
            query=(CREATE_MODE, _COPY_GRANTS),
            body=Record(tuple(fields)),
        ),
        Operation(
            method="GET",
            path=one,
            carry_out=lambda call: tell(one_shown(call, noun, schema_scope(call))),
        ),
        Operation(
            method="DELETE",
            path=one,
            carry_out=lambda call: drop(call, noun, call.target.sql()),
            query=(IF_EXISTS,),
        ),
    )


def _put_tag(call: Call) -> dict[str, str]:
    same_name(call)
    words = ["CREATE OR ALTER TAG", call.target.sql(), *_tag_clauses(call)]
    return call.done(" ".join(words))


def _rename_of(noun: str) -> Operation:
    return Operation(
        method="POST",
        path=f"{IN_SCHEMA}/{noun.lower()}s/{{name}}:rename",
        carry_out=_renamed(noun),
        query=(IF_EXISTS, *_TARGET, _TARGET_NAME),
    )


def _cloned(noun: str) -> Callable[[Call], dict[str, str]]:
    """One like another; a comment it gets by ALTER."""

    def clone(call: Call) -> dict[str, str]:
        place = (call.query.get(f"target{part}") for part in ("Schema", "Database"))
        name = QualifiedName(call.body["name"], *place).within(call.database, call.names["schema"])
        copied = ["COPY GRANTS"] if call.flag("copyGrants") else []
        made = creation(call, noun, name.sql(), [f"CLONE {call.target.sql()}", *copied])
        answer = call.done(made)
        if "comment" in call.body:
            comment = quoted_string(call.body["comment"])
            call.run(f"ALTER {noun} {name.sql()} SET COMMENT = {comment}")
        return answer

    return clone


_ONE_TAG = f"{IN_SCHEMA}/tags/{{name}}"
OPERATIONS = (
    *_of("SEQUENCE", _SEQUENCE, (LIKE,), clauses=_sequence_clauses, tell=_tell(_SEQUENCE)),
    _rename_of("SEQUENCE"),
    Operation(
        method="POST",
        path=f"{IN_SCHEMA}/sequences/{{name}}:clone",
        carry_out=_cloned("SEQUENCE"),
        query=(CREATE_MODE, *_TARGET),
        body=Record(_SEQUENCE),
    ),
    *_of("STREAM", _STREAM, LISTED, clauses=_stream_clauses, tell=_tell_stream),
    *tag_operations("STREAM", f"{IN_SCHEMA}/streams/{{name}}"),
    Operation(
        method="POST",
        path=f"{IN_SCHEMA}/streams/{{name}}:clone",
        carry_out=_cloned("STREAM"),
        query=(CREATE_MODE, _COPY_GRANTS, *_TARGET),
        body=Record((_NAME, Field("comment", Text()))),
    ),
    *_of("TAG", _TAG, (LIKE,), clauses=_tag_clauses, tell=_tell_tag),
    _rename_of("TAG"),
    Operation(method="PUT", path=_ONE_TAG, carry_out=_put_tag, body=Record(_TAG)),
    Operation(
        method="POST",
        path=f"{_ONE_TAG}:undrop",
        carry_out=lambda call: call.done(f"UNDROP TAG {call.target.sql()}"),
    ),
)
